#!/usr/bin/env python3
"""Times PyTorch at training the models of configs/svm.yaml, autoencoder.yaml and autoencoder_tied.yaml.

    python3 bench/torch_step.py [--data CIFAR_DIR]

Needs torch and numpy. For each model it tries numbers of threads for torch and for OpenBLAS, each
in a process of its own, and prints every try as a line in the form of Go's benchmarks:

    BenchmarkTorch/autoencoder/torch=1,blas=2 274 5.9 median-ms 6.1 mean-ms 2.1 s/epoch

median-ms and mean-ms are of one training step: gather a shuffled batch, forward, loss, backward,
optimizer step; s/epoch is an epoch with the evaluations that this program does after each. All
images lie ready as float32, so that torch prepares nothing. Without --data they are noise.
"""

import argparse
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

PIXELS, HIDDEN, LATENT = 3072, 128, 32
MODELS = ("svm", "autoencoder", "autoencoder_tied")
WARM_UP = 20  # steps that are not timed


def settings():
    """The tries: threads of torch and of OpenBLAS."""
    threads = sorted({1, len(os.sched_getaffinity(0))})
    return [f"torch={t},blas={b}" for t, b in itertools.product(threads, threads)]


def environment(setting):
    """The environment of a process with the setting; OpenBLAS reads it once, at its start.

    Variables that make OpenBLAS choose other kernels than those for the processor are left out.
    """
    chosen = dict(part.split("=") for part in setting.split(","))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    return {**kept, "OPENBLAS_NUM_THREADS": chosen["blas"], "OMP_NUM_THREADS": chosen.get("torch", "1")}


def measure(model, setting, data=None):
    """Times a model with a setting in a new process and returns its line."""
    command = [sys.executable, __file__, "--only", model, setting, *(["--data", data] if data else [])]
    return subprocess.run(command, env=environment(setting), check=True, stdout=subprocess.PIPE, text=True).stdout


def images(model, data):
    """Training and validation images and labels as the model's config has them."""
    if data:
        records = np.concatenate([np.fromfile(Path(data) / f"data_batch_{k}.bin", np.uint8) for k in range(1, 6)])
        records = records.reshape(-1, 1 + PIXELS)
    else:
        records = np.random.default_rng(1).integers(0, 256, (50_000, 1 + PIXELS), np.uint8)
        records[:, 0] = np.arange(len(records)) % 10
    if model == "svm":
        records = records[np.isin(records[:, 0], (6, 7))]  # frog and horse
    labels = 2 * torch.from_numpy(records[:, 0] == 7).float() - 1
    x = torch.from_numpy(records[:, 1:]).float() / 255
    if model == "svm":
        x = (x - 0.25) / 0.25
    order = torch.randperm(len(x))
    training, validation = order[round(0.3 * len(x)):], order[:round(0.3 * len(x))]
    return x[training], labels[training], x[validation], labels[validation]


def build(model):
    """The module's function, its loss and its optimizer."""
    if model == "svm":
        fc = nn.Linear(PIXELS, 1)
        return fc, lambda out, x, y: torch.clamp(1 - y * out.squeeze(1), min=0).mean(), torch.optim.SGD(
            fc.parameters(), lr=0.1, weight_decay=0.5)
    encoder = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, LATENT))
    if model == "autoencoder":
        module = nn.Sequential(encoder, nn.Sequential(nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS)))
        forward, parameters = module, list(module.parameters())
    else:
        biases = [nn.Parameter(torch.zeros(HIDDEN)), nn.Parameter(torch.zeros(PIXELS))]
        parameters = [*encoder.parameters(), *biases]

        def forward(x):
            hidden = functional.relu(functional.linear(encoder(x), encoder[2].weight.t(), biases[0]))
            return functional.linear(hidden, encoder[0].weight.t(), biases[1])
    return forward, lambda out, x, y: functional.mse_loss(out, x), torch.optim.Adam(parameters, lr=1e-3)


def evaluate(forward, loss_of, x, y):
    """Mean loss and accuracy over a set, in batches of 128."""
    loss, right = 0.0, 0
    with torch.no_grad():
        for xs, ys in zip(x.split(128), y.split(128)):
            out = forward(xs)
            loss += loss_of(out, xs, ys).item() * len(xs)
            if out.shape[1] == 1:
                right += ((out.squeeze(1) > 0) == (ys > 0)).sum().item()
    return loss / len(x), right / len(x)


def time_model(model, setting, data):
    """Trains an epoch after warming up and prints the line."""
    torch.manual_seed(1)
    x, y, x_validation, y_validation = images(model, data)
    forward, loss_of, optimizer = build(model)
    size = 64 if model == "svm" else 128

    def step(places):
        xs, ys = x[places], y[places]
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(forward(xs), xs, ys)
        loss.backward()
        optimizer.step()
        return loss.item() * len(places)

    for places in torch.randperm(len(x)).split(size)[:WARM_UP]:
        step(places)
    times, began = [], time.perf_counter()
    for places in torch.randperm(len(x)).split(size):
        start = time.perf_counter()
        step(places)
        times.append(time.perf_counter() - start)
    if model == "svm":
        evaluate(forward, loss_of, x, y)
    evaluate(forward, loss_of, x_validation, y_validation)
    epoch = time.perf_counter() - began
    print(f"BenchmarkTorch/{model}/{setting} {len(times)} {1e3 * np.median(times):.4g} median-ms "
          f"{1e3 * np.mean(times):.4g} mean-ms {epoch:.4g} s/epoch")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder of data_batch_1.bin to data_batch_5.bin")
    parser.add_argument("--only", nargs=2, metavar=("MODEL", "SETTING"), help="one try, in this process's environment")
    options = parser.parse_args()
    if options.only:
        time_model(*options.only, options.data)
        return
    for model, setting in itertools.product(MODELS, settings()):
        print(measure(model, setting, options.data), end="", flush=True)


if __name__ == "__main__":
    main()
