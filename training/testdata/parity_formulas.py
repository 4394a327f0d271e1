"""Trains small models of other formulas than the shipped ones with PyTorch: other
activations, a skip connection, a weight that is used three times, and a loss that
reduces over the batch, which a last, smaller batch changes.

    pip install torch numpy
    python3 training/testdata/parity_formulas.py         (made with torch 2.15)

Each model restores 12 values. Its weights and the images' bytes follow from the formula
of parity_autoencoder.py, with k from 0 over the tensors and k = 100 + i for image i,
whose bytes are h >> 24. Images are byte/255, the first 21 of 30 train in batches of 8, 8
and 5, without shuffling, the others validate. SGD, learning rate 0.1, momentum 0.9.
Losses are as in parity_autoencoder.py; norms are those of the last weights. Written
beside this script: parity_formulas.json. The figures are float64's; float32_noise is how
far, relatively, float32's losses are from them.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
SEED = 3
PIXELS, HIDDEN = 12, 8
IMAGES, TRAINED, BATCH_SIZE, EPOCHS = 30, 21, 8, 5
LEARNING_RATE, MOMENTUM = 0.1, 0.9
LAYERS = {"in": (HIDDEN, PIXELS), "mid": (HIDDEN, HIDDEN), "out": (PIXELS, HIDDEN)}


def draws(k, count):
    h = np.uint32((16 * SEED + k) * 0x9E3779B9 % 2**32) ^ np.arange(count, dtype=np.uint32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def weights(k, shape, fan_in):
    u = (draws(k, math.prod(shape)) >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)
    return torch.from_numpy((u * np.float32(1 / math.sqrt(fan_in))).reshape(shape))


def perceptron(activate):
    return lambda net, x: net["out"](activate(net["mid"](activate(net["in"](x)))))


def skip(net, x):
    h = torch.relu(net["in"](x))
    return net["out"](h + torch.relu(net["mid"](h)))


def thrice(net, x):
    h = net["in"](x)
    for _ in range(3):
        h = torch.tanh(net["mid"](h))
    return net["out"](h)


def mse(y, x):
    return ((y - x) ** 2).mean()


def deviation(y, x):
    """The mean square of the differences and how far they are from their mean over the batch."""
    d = y - x
    return (d ** 2).mean() + (d - d.mean(0)).abs().mean()


CASES = {
    "tanh": (perceptron(torch.tanh), mse),
    "sigmoid": (perceptron(torch.sigmoid), mse),
    "leaky relu": (perceptron(lambda x: torch.nn.functional.leaky_relu(x, 0.1)), mse),
    "skip": (skip, mse),
    "one weight three times": (thrice, mse),
    "loss over the batch": (perceptron(torch.tanh), deviation),
}


def train(formula, loss_of, dtype):
    net = torch.nn.ModuleDict({name: torch.nn.Linear(shape[1], shape[0]) for name, shape in LAYERS.items()})
    with torch.no_grad():
        for k, parameter in enumerate(net.parameters()):
            fan_in = list(LAYERS.values())[k // 2][1]
            parameter.copy_(weights(k, tuple(parameter.shape), fan_in))
    net.to(dtype)
    pixels = np.stack([draws(100 + i, PIXELS) >> np.uint32(24) for i in range(IMAGES)]).astype(np.float32)
    x = (torch.from_numpy(pixels) / 255).to(dtype)
    optimizer = torch.optim.SGD(net.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)
    epochs = []
    for _ in range(EPOCHS):
        running = 0.0
        for batch in x[:TRAINED].split(BATCH_SIZE):
            optimizer.zero_grad()
            loss = loss_of(formula(net, batch), batch)
            loss.backward()
            optimizer.step()
            running += loss.item() * len(batch)
        with torch.no_grad():
            validation = sum(loss_of(formula(net, b), b).item() * len(b) for b in x[TRAINED:].split(BATCH_SIZE))
        epochs.append({"train_loss": running / TRAINED, "val_loss": validation / (IMAGES - TRAINED)})
    return epochs, [p.norm().item() for p in net.parameters()]


def case(name, formula, loss_of):
    epochs, norms = train(formula, loss_of, torch.float64)
    single, _ = train(formula, loss_of, torch.float32)
    noise = max(abs(a[key] / b[key] - 1) for a, b in zip(single, epochs) for key in a)
    print(f"{name}: train {epochs[0]['train_loss']:.6g} to {epochs[-1]['train_loss']:.6g}, float32 noise {noise:.2g}")
    return {"name": name, "float32_noise": noise, "epochs": epochs, "norms": norms}


def main():
    torch.set_num_threads(1)
    report = {"torch": torch.__version__, "seed": SEED, "cases": [case(name, *c) for name, c in CASES.items()]}
    (HERE / "parity_formulas.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
