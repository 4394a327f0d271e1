"""Trains the linear SVM with PyTorch and writes the figures the Go trainer must repeat.

    pip install torch numpy safetensors
    python3 training/testdata/parity_svm.py CIFAR_DIR

CIFAR_DIR holds data_batch_1.bin to data_batch_5.bin; it may also be given as the
environment variable CIFAR10_DIR. Two files are written beside this script:

    svm_init.safetensors  torch.nn.Linear(3072, 1)'s own initial weights, seed 1
    parity_svm.json       losses and accuracies of 20 epochs for every case

Every case runs without shuffling: the selected images keep the order of the files,
the last round(0.3 n) validate, the others train in batches of 64, and the last,
smaller batch counts.

  train_loss      the batch losses as trained, weighted by batch size
  val_loss        C * mean(max(0, 1 - y*score)) over the validation images after the epoch
  train_accuracy,
  val_accuracy    after the epoch over the whole set; a score above 0 is the second class

Two sets of images:

  cifar10  the 10,000 training images of frog (y = -1) and horse (y = +1)
  formula  500 images that need no file. Image i (0..499), byte p (0..3071) of its red,
           green and blue planes one after another:

               h = (i * 73856093) ^ (p * 19349663)    all in wrapping 32-bit unsigned
               h = h ^ (h >> 13)
               h = h * 1274126177
               h = h ^ (h >> 16)
               noise = h >> 26                                          0..63
               base = 96 + 4 * (i % 2)      where (p / 8) % 3 == p / 1024
                      112                   elsewhere      (whole-number division)
               byte = base - (i * 7) % 41 + noise                       56..175

           Its class is i % 2 (0: y = -1, 1: y = +1), but the other one for every
           eleventh image (i % 11 == 0), which keeps the losses away from 0.
           formula_sha256 in the output is taken over 500 records of one class byte
           (0 or 1) and 3072 image bytes.

Both precisions are run. The figures are float32's; float32_noise is the largest
relative difference of a loss from the same case run in float64.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

HERE = Path(__file__).resolve().parent
PIXELS = 3 * 32 * 32
EPOCHS = 20
BATCH_SIZE = 64
FROG, HORSE = 6, 7
FORMULA_IMAGES = 500
STEP = 4  # how much brighter the second class is where the pattern lies, under noise of 0..63

OPTIMIZERS = [
    {"name": "plain", "c": 1.0, "learning_rate": 0.1, "momentum": 0.0, "nesterov": False, "weight_decay": 0.5},
    {"name": "momentum", "c": 0.1, "learning_rate": 0.01, "momentum": 0.9, "nesterov": False, "weight_decay": 0.01},
    {"name": "nesterov", "c": 0.1, "learning_rate": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
]


def cifar10_images(folder):
    """The frogs and horses of the five training files: classes (n,) of 0 or 1 and bytes (n, 3072)."""
    files = [np.fromfile(Path(folder) / f"data_batch_{k}.bin", dtype=np.uint8) for k in range(1, 6)]
    records = np.concatenate(files).reshape(-1, 1 + PIXELS)
    records = records[np.isin(records[:, 0], (FROG, HORSE))]
    return (records[:, 0] == HORSE).astype(np.uint8), records[:, 1:]


def formula_images():
    """The made-up images: classes (500,) of 0 or 1 and bytes (500, 3072)."""
    i = np.arange(FORMULA_IMAGES, dtype=np.uint32)[:, None]
    p = np.arange(PIXELS, dtype=np.uint32)[None, :]
    h = (i * np.uint32(73856093)) ^ (p * np.uint32(19349663))
    h ^= h >> np.uint32(13)
    h *= np.uint32(1274126177)
    h ^= h >> np.uint32(16)
    noise = h >> np.uint32(26)
    in_pattern = (p // 8) % 3 == p // 1024
    base = np.where(in_pattern, 96 + STEP * (i % 2), 112)
    pixels = base - (i * 7) % 41 + noise
    assert pixels.dtype.kind in "iu" and pixels.max() <= 255
    swapped = i[:, 0] % 11 == 0
    return ((i[:, 0] % 2) ^ swapped).astype(np.uint8), pixels.astype(np.uint8)


def normalized(pixels):
    """torchvision's ToTensor and Normalize(0.25, 0.25), step by step in float32."""
    return (torch.from_numpy(pixels).float() / 255).sub_(0.25).div_(0.25)


def initial_weights():
    """torch.nn.Linear's default initialisation from seed 1."""
    torch.manual_seed(1)
    return {f"fc.{name}": value.detach().clone() for name, value in torch.nn.Linear(PIXELS, 1).named_parameters()}


def hinge(scores, y, c):
    return c * torch.clamp(1 - y * scores, min=0).mean()


def evaluate(model, x, y, c):
    """Loss and accuracy over a whole set."""
    with torch.no_grad():
        scores = model(x).squeeze(1)
        correct = (scores > 0) == (y > 0)
        return hinge(scores, y, c).item(), correct.double().mean().item()


def train(x, y, init, case, dtype):
    """One case in one precision: its epochs, the first batch's loss and gradient, the final weights."""
    x, y = x.to(dtype), y.to(dtype)
    held_out = round(0.3 * len(x))
    n, c = len(x) - held_out, case["c"]
    model = torch.nn.Sequential()
    model.add_module("fc", torch.nn.Linear(PIXELS, 1))
    model.load_state_dict(init)
    model.to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=case["learning_rate"], momentum=case["momentum"],
                                nesterov=case["nesterov"], weight_decay=case["weight_decay"])
    first_batch, epochs = None, []
    for _ in range(EPOCHS):
        running = 0.0
        for start in range(0, n, BATCH_SIZE):
            batch = slice(start, min(start + BATCH_SIZE, n))
            optimizer.zero_grad()
            loss = hinge(model(x[batch]).squeeze(1), y[batch], c)
            loss.backward()
            if first_batch is None:
                first_batch = {"loss": loss.item(), "bias_gradient": model.fc.bias.grad.item(),
                               "weight_gradient_l2": model.fc.weight.grad.norm().item(),
                               "weight_gradient_first": model.fc.weight.grad[0, :4].tolist()}
            optimizer.step()
            running += loss.item() * (batch.stop - batch.start)
        train_accuracy = evaluate(model, x[:n], y[:n], c)[1]
        val_loss, val_accuracy = evaluate(model, x[n:], y[n:], c)
        epochs.append({"train_loss": running / n, "val_loss": val_loss,
                       "train_accuracy": train_accuracy, "val_accuracy": val_accuracy})
    return {"first_batch": first_batch, "epochs": epochs, "final_bias": model.fc.bias.item(),
            "final_weight_l2": model.fc.weight.norm().item()}


def largest_difference(epochs, reference):
    """The largest relative difference between two runs' losses."""
    return max(abs(a[key] - b[key]) / b[key]
               for a, b in zip(epochs, reference) for key in ("train_loss", "val_loss"))


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CIFAR10_DIR")
    if not folder:
        sys.exit("say where CIFAR-10 is: python3 training/testdata/parity_svm.py CIFAR_DIR")
    init = initial_weights()
    weights_file = HERE / "svm_init.safetensors"
    save_file({name: value.numpy() for name, value in init.items()}, weights_file)
    weights_file.chmod(0o644)  # the library writes it for the owner alone

    sets = {"cifar10": cifar10_images(folder), "formula": formula_images()}
    records = np.concatenate([sets["formula"][0][:, None], sets["formula"][1]], axis=1)
    cases = []
    for dataset, (classes, pixels) in sets.items():
        x, y = normalized(pixels), 2.0 * torch.from_numpy(classes).float() - 1
        for optimizer in OPTIMIZERS:
            result = train(x, y, init, optimizer, torch.float32)
            exact = train(x, y, init, optimizer, torch.float64)
            noise = largest_difference(result["epochs"], exact["epochs"])
            cases.append({"dataset": dataset, **optimizer, **result, "float32_noise": noise})
            last = result["epochs"][-1]
            print(f"{dataset} {optimizer['name']}: train {last['train_loss']:.6g} val {last['val_loss']:.6g}"
                  f" accuracy {last['train_accuracy']:.4f} {last['val_accuracy']:.4f} float32 noise {noise:.2g}")
    report = {"torch": torch.__version__, "formula_sha256": hashlib.sha256(records.tobytes()).hexdigest(),
              "cases": cases}
    (HERE / "parity_svm.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
