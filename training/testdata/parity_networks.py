"""Trains MLPs and autoencoders with PyTorch, each with one thing more than plain layers:
an activation, batch normalization, dropout, noise, cross-entropy over two or three classes.

    pip install torch numpy safetensors
    python3 training/testdata/parity_networks.py          (made with torch 2.15)

The images are those of parity_svm.py's "formula" set, in their order, normalized for
the MLPs; image i is of class i % CLASSES. 350 train in batches of 64, of which the last
has 30, and 150 validate. The first weights follow from parity_autoencoder.py's formula,
k being the tensor's place in the model's list; batch normalizations begin as torch's.
SGD with momentum 0.9.

Every step uses the same random numbers: those of Go's math/rand/v2 from PCG(1, 2), first
what is added to the images, row by row, then what is dropped after each hidden layer.

Written beside this script: parity_networks.json. Figures and state (the batch
normalizations' statistics at the end: norm and first values) are float32's;
float32_noise is the largest relative difference of a loss from float64's.
"""

import json
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from parity_autoencoder import SEED
from parity_svm import BATCH_SIZE, HERE, PIXELS, formula_images, largest_difference, normalized

EPOCHS = 10
ACTIVATIONS = {"relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "gelu": nn.GELU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}
PLAIN = {"kind": "mlp", "hidden": [24, 12], "latent": 0, "classes": 3, "activation": "relu", "batch_norm": False, "dropout": 0, "noise": 0, "learning_rate": 0.01}
AUTOENCODER = {**PLAIN, "kind": "autoencoder", "hidden": [24], "latent": 8, "learning_rate": 1.0}
CASES = [
    *({**PLAIN, "name": name, "activation": name, "learning_rate": 0.003} for name in ACTIVATIONS),
    {**PLAIN, "name": "two classes", "classes": 2},
    {**PLAIN, "name": "softmax regression", "hidden": [], "learning_rate": 0.001},
    {**PLAIN, "name": "large scores", "hidden": [], "learning_rate": 100.0},
    {**PLAIN, "name": "batch norm", "batch_norm": True, "learning_rate": 0.001},
    {**PLAIN, "name": "dropout", "dropout": 0.3},
    {**AUTOENCODER, "name": "noise", "noise": 0.1},
    {**AUTOENCODER, "name": "batch norm and noise", "activation": "elu", "batch_norm": True, "noise": 0.1, "learning_rate": 0.1},
    {**AUTOENCODER, "name": "tied, all", "kind": "tied_autoencoder", "activation": "elu", "batch_norm": True, "dropout": 0.2, "noise": 0.1, "learning_rate": 0.1},
]


class Go:
    """The random numbers of Go's math/rand/v2: PCG-DXSM and the ziggurat of NormFloat64."""

    def __init__(self):
        self.state = 1 << 64 | 2
        m, r, v = 2.0**31, 3.442619855899, 9.91256303526217e-3
        x, q = r, v / math.exp(-0.5 * r * r)
        self.k, self.w, self.f = [0.0] * 128, [0.0] * 128, [0.0] * 128
        self.k[0], self.w[0], self.w[127], self.f[0], self.f[127] = r / q * m, q / m, r / m, 1.0, math.exp(-0.5 * r * r)
        for i in range(126, 0, -1):
            last, x = x, math.sqrt(-2 * math.log(v / x + math.exp(-0.5 * x * x)))
            self.k[i + 1], self.f[i], self.w[i] = x / last * m, math.exp(-0.5 * x * x), x / m

    def uint64(self):
        mask = 2**64 - 1
        multiplier, increment = 2549297995355413924 << 64 | 4865540595714422341, 6364136223846793005 << 64 | 1442695040888963407
        self.state = (self.state * multiplier + increment) % 2**128
        hi, lo = self.state >> 64, self.state & mask
        hi = ((hi ^ hi >> 32) * 0xDA942042E4DD58B5) & mask
        return ((hi ^ hi >> 48) * (lo | 1)) & mask

    def uniform(self):
        return (self.uint64() & 2**53 - 1) / 2**53

    def normal(self):
        while True:
            u = self.uint64()
            j, i = (u & 2**32 - 1) - (u >> 31 & 1) * 2**32, u >> 32 & 0x7F
            x = j * float(np.float32(self.w[i]))
            if abs(j) < int(self.k[i]):
                return x
            if i == 0:
                while True:
                    x, y = -math.log(self.uniform()) / 3.442619855899, -math.log(self.uniform())
                    if 2 * y >= x * x:
                        return math.copysign(3.442619855899 + x, j)
            if self.f[i] + self.uniform() * (self.f[i - 1] - self.f[i]) < math.exp(-0.5 * x * x):
                return x


def randoms(case, rows, widths):
    """The noise (rows, PIXELS) and the factors of each hidden layer's values (rows, width)."""
    go, keep = Go(), np.float32(1 / (1 - case["dropout"]))
    noise = [np.float32(case["noise"] * go.normal()) for _ in range(rows * PIXELS if case["noise"] else 0)]
    masks = [[0 if go.uniform() < case["dropout"] else keep for _ in range(rows * width if case["dropout"] else 0)] for width in widths]
    shaped = lambda values, width: torch.from_numpy(np.array(values, dtype=np.float32).reshape(rows, width)) if values else None
    return shaped(noise, PIXELS), [shaped(mask, width) for mask, width in zip(masks, widths)]


class Dropped(nn.Module):
    """nn.Dropout with factors that are given to it."""

    factors = None

    def forward(self, x):
        return x * self.factors.to(x.dtype) if self.training else x


def after_hidden(case, width):
    return [*([nn.BatchNorm1d(width)] if case["batch_norm"] else []), ACTIVATIONS[case["activation"]](), *([Dropped()] if case["dropout"] else [])]


def sequential(case, widths):
    modules = []
    for i, (before, width) in enumerate(zip(widths, widths[1:])):
        modules += [nn.Linear(before, width), *(after_hidden(case, width) if i < len(widths) - 2 else [])]
    return nn.Sequential(*modules)


class Tied(nn.Module):
    """One hidden layer; named as the program names it."""

    def __init__(self, case):
        super().__init__()
        hidden, latent = case["hidden"][0], case["latent"]
        self.enc_fc1, self.enc_bn1, self.enc_fc2 = nn.Linear(PIXELS, hidden), nn.BatchNorm1d(hidden), nn.Linear(hidden, latent)
        self.dec_fc1_bias, self.dec_bn1, self.dec_fc2_bias = nn.Parameter(torch.empty(hidden)), nn.BatchNorm1d(hidden), nn.Parameter(torch.empty(PIXELS))
        self.after = nn.ModuleList(nn.Sequential(*after_hidden(case, hidden)[1:]) for _ in range(2))

    def forward(self, x):
        z = self.enc_fc2(self.after[0](self.enc_bn1(self.enc_fc1(x))))
        h = self.after[1](self.dec_bn1(functional.linear(z, self.enc_fc2.weight.T, self.dec_fc1_bias)))
        return functional.linear(h, self.enc_fc1.weight.T, self.dec_fc2_bias)


def model_of(case):
    """The module with its first weights, and the widths of its hidden layers."""
    hidden, latent = case["hidden"], case["latent"]
    if case["kind"] == "mlp":
        model, widths = sequential(case, [PIXELS, *hidden, case["classes"] if case["classes"] > 2 else 1]), hidden
    elif case["kind"] == "autoencoder":
        encoder = [PIXELS, *hidden, latent]
        model, widths = nn.Sequential(), hidden + hidden[::-1]
        model.add_module("encoder", sequential(case, encoder))
        model.add_module("decoder", sequential(case, encoder[::-1]))
    else:
        model, widths = Tied(case), hidden + hidden[::-1]
    state = model.state_dict()
    names = list(state)
    if case["kind"] == "tied_autoencoder":
        of = lambda layer: [name for name in state if name.startswith(layer)]
        names = of("enc_fc1") + of("enc_bn1") + of("enc_fc2") + ["dec_fc1_bias"] + of("dec_bn1") + ["dec_fc2_bias"]
    fan_in = PIXELS
    for k, name in enumerate(names):
        if state[name].dim() == 2:
            fan_in = state[name].shape[1]
        elif name.startswith("dec_fc"):
            fan_in = latent if name == "dec_fc1_bias" else hidden[0]
        elif not name.endswith(".bias") or names[k - 1].endswith(".weight") and state[names[k - 1]].dim() == 1:
            continue  # of a batch normalization
        shape = tuple(state[name].shape)
        h = np.uint32((16 * SEED + k) * 0x9E3779B9 % 2**32) ^ np.arange(math.prod(shape), dtype=np.uint32)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
        u = (h >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)
        state[name].copy_(torch.from_numpy((u * np.float32(1 / math.sqrt(fan_in))).reshape(shape)))
    return model, widths


def loss_of(case, output, x, y):
    if case["kind"] != "mlp":
        return functional.mse_loss(output, x)
    if case["classes"] == 2:
        return functional.binary_cross_entropy_with_logits(output.squeeze(1), y.to(output.dtype))
    return functional.cross_entropy(output, y)


def train(case, x, y, draws, dtype):
    x, n = x.to(dtype), len(x) - round(0.3 * len(x))
    model, _ = model_of(case)
    model.to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=case["learning_rate"], momentum=0.9)
    drops, epochs = [module for module in model.modules() if isinstance(module, Dropped)], []
    for _ in range(EPOCHS):
        running = 0.0
        model.train()
        for start in range(0, n, BATCH_SIZE):
            batch = slice(start, min(start + BATCH_SIZE, n))
            noise, masks = draws[batch.stop - batch.start]
            for module, factors in zip(drops, masks):
                module.factors = factors
            images = x[batch] if noise is None else x[batch] + noise.to(dtype)
            optimizer.zero_grad()
            loss = loss_of(case, model(images), x[batch], y[batch])
            loss.backward()
            optimizer.step()
            running += loss.item() * (batch.stop - batch.start)
        model.eval()
        with torch.no_grad():
            epochs.append({"train_loss": running / n, "val_loss": loss_of(case, model(x[n:]), x[n:], y[n:]).item()})
    state = {name: [value.double().norm().item(), *value[:3].tolist()] for name, value in model.state_dict().items() if "running" in name}
    return {"epochs": epochs, "state": state}


def main():
    torch.set_num_threads(1)
    _, pixels = formula_images()
    cases = []
    for case in CASES:
        y = torch.arange(len(pixels)) % case["classes"]
        x = normalized(pixels) if case["kind"] == "mlp" else torch.from_numpy(pixels).float() / 255
        draws = {rows: randoms(case, rows, model_of(case)[1]) for rows in (BATCH_SIZE, 30)}
        result, exact = (train(case, x, y, draws, dtype) for dtype in (torch.float32, torch.float64))
        noise = largest_difference(result["epochs"], exact["epochs"])
        cases.append({**case, **result, "float32_noise": noise})
        first, last = result["epochs"][0], result["epochs"][-1]
        print(f"{case['name']}: train {first['train_loss']:.6g} to {last['train_loss']:.6g} val {last['val_loss']:.6g} float32 noise {noise:.2g}")
    (HERE / "parity_networks.json").write_text(json.dumps({"torch": torch.__version__, "seed": SEED, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
