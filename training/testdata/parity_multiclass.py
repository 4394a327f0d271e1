"""Trains the linear SVM over ten classes with PyTorch: MultiMarginLoss times the number
of classes, and ten two-class hinges at once, each plain and squared.

    pip install torch numpy safetensors
    python3 training/testdata/parity_multiclass.py          (made with torch 2.15)

The images are those of parity_svm.py's "formula" set, in their order; image i is of
class i % 10. The initial weights follow from parity_autoencoder.py's formula. Written
beside this script: parity_multiclass.json. The figures are float32's; float32_noise is
the largest relative difference of a loss from the same case run in float64.
"""

import json
import math

import numpy as np
import torch

from parity_autoencoder import SEED
from parity_svm import BATCH_SIZE, HERE, PIXELS, formula_images, largest_difference, normalized

EPOCHS, CLASSES = 20, 10
LEARNING_RATE, MOMENTUM, WEIGHT_DECAY = 1e-4, 0.9, 0.1

CASES = [
    {"loss": "hinge", "multiclass": "weston_watkins"},
    {"loss": "squared_hinge", "multiclass": "weston_watkins"},
    {"loss": "hinge", "multiclass": "one_vs_rest"},
    {"loss": "squared_hinge", "multiclass": "one_vs_rest"},
]


def initial_weights():
    """Weight and bias by the formula of parity_autoencoder.py's initial_weights."""
    tensors = {}
    for k, (name, shape) in enumerate([("fc.weight", (CLASSES, PIXELS)), ("fc.bias", (CLASSES,))]):
        h = np.uint32((16 * SEED + k) * 0x9E3779B9 % 2**32) ^ np.arange(math.prod(shape), dtype=np.uint32)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
        u = (h >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)
        tensors[name] = torch.from_numpy((u * np.float32(1 / math.sqrt(PIXELS))).reshape(shape))
    return tensors


def loss_of(case):
    power = 2 if case["loss"] == "squared_hinge" else 1
    if case["multiclass"] == "weston_watkins":
        multi_margin = torch.nn.MultiMarginLoss(p=power)
        return lambda scores, y: CLASSES * multi_margin(scores, y)

    def one_vs_rest(scores, y):
        signs = 2 * torch.nn.functional.one_hot(y, CLASSES).to(scores.dtype) - 1
        return torch.clamp(1 - signs * scores, min=0).pow(power).sum(dim=1).mean()
    return one_vs_rest


def train(case, x, y, dtype):
    x, n, loss_function = x.to(dtype), len(x) - round(0.3 * len(x)), loss_of(case)
    model = torch.nn.Sequential()
    model.add_module("fc", torch.nn.Linear(PIXELS, CLASSES))
    model.load_state_dict(initial_weights())
    model.to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)

    def evaluate(x, y):
        with torch.no_grad():
            scores = model(x)
            return loss_function(scores, y).item(), (scores.argmax(dim=1) == y).double().mean().item()

    epochs = []
    for _ in range(EPOCHS):
        running = 0.0
        for start in range(0, n, BATCH_SIZE):
            batch = slice(start, min(start + BATCH_SIZE, n))
            optimizer.zero_grad()
            loss = loss_function(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            running += loss.item() * (batch.stop - batch.start)
        val_loss, val_accuracy = evaluate(x[n:], y[n:])
        epochs.append({"train_loss": running / n, "val_loss": val_loss,
                       "train_accuracy": evaluate(x[:n], y[:n])[1], "val_accuracy": val_accuracy})
    return epochs


def main():
    torch.set_num_threads(1)
    _, pixels = formula_images()
    x, y = normalized(pixels), torch.arange(len(pixels)) % CLASSES
    cases = []
    for case in CASES:
        epochs, exact = (train(case, x, y, dtype) for dtype in (torch.float32, torch.float64))
        noise = largest_difference(epochs, exact)
        cases.append({**case, "epochs": epochs, "float32_noise": noise})
        print(f"{case}: {epochs[0]['train_loss']:.6g} to {epochs[-1]['train_loss']:.6g}, "
              f"accuracy {epochs[-1]['train_accuracy']:.3f}, float32 noise {noise:.2g}")
    settings = {"torch": torch.__version__, "seed": SEED, "learning_rate": LEARNING_RATE,
                "momentum": MOMENTUM, "weight_decay": WEIGHT_DECAY, "batch_size": BATCH_SIZE}
    (HERE / "parity_multiclass.json").write_text(json.dumps({**settings, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
