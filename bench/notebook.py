#!/usr/bin/env python3
"""Times what a student would run instead of this program: the notebook's loops, and scikit-learn's LinearSVC.

    python3 bench/notebook.py MODEL|LinearSVC [--data DIR]

An epoch of the notebook reads torchvision's dataset through its transforms and a DataLoader, and evaluates
as this program does, with as many threads as PyTorch takes by itself. LinearSVC goes on to the optimum of
what configs/svm.yaml minimizes, but for the square of its hinge; that needs real images, DIR as the
program's -data takes it. Prints lines in the form of Go's benchmarks.
"""

import argparse
import time

import torch
import torchvision
from sklearn.svm import LinearSVC
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Subset, random_split
from torchvision import transforms

from exercise import BATCH, HIDDEN, LATENT, MODELS, PIXELS, normalized, records


class Images(torchvision.datasets.CIFAR10):
    """torchvision's dataset of records that are in memory already, as its own are; it makes items of them by itself."""

    def __init__(self, given, transform, target_transform):
        self.data, self.targets = given[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).copy(), given[:, 0].tolist()
        self.transform, self.target_transform = transform, target_transform


class Tied(nn.Module):
    """The autoencoder whose decoder has the encoder's weights, transposed."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(PIXELS, HIDDEN), nn.Linear(HIDDEN, LATENT)
        self.biases = nn.ParameterList([torch.zeros(HIDDEN), torch.zeros(PIXELS)])

    def forward(self, x):
        code = self.second(functional.relu(self.first(x)))
        hidden = functional.relu(functional.linear(code, self.second.weight.t(), self.biases[0]))
        return functional.linear(hidden, self.first.weight.t(), self.biases[1])


def time_epoch(name, data):
    """Trains for two epochs and prints how long the second one takes."""
    if name == "svm":
        transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.25,) * 3, (0.25,) * 3)])
        images = Images(records(data), transform, lambda label: 1.0 if label == 7 else -1.0)
        images = Subset(images, [i for i, label in enumerate(images.targets) if label in (6, 7)])
        model = nn.Linear(PIXELS, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.5)
    else:
        images = Images(records(data), transforms.ToTensor(), None)
        model = Tied() if name == "autoencoder_tied" else nn.Sequential(
            nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, LATENT),
            nn.Linear(LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    training, validation = random_split(images, [0.7, 0.3])
    loader = DataLoader(training, batch_size=BATCH[name], shuffle=True)
    evaluated = [DataLoader(each, batch_size=128) for each in ((validation, training) if name == "svm" else (validation,))]

    def loss_of(x, y):
        x = x.flatten(1)
        if name == "svm":
            return torch.clamp(1 - y.float() * model(x).squeeze(1), min=0).mean()
        return functional.mse_loss(model(x), x)

    for _ in range(2):
        began, total = time.perf_counter(), 0.0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_of(x, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        with torch.no_grad():
            for each in evaluated:
                total = sum(loss_of(x, y).item() * len(x) for x, y in each)
    print(f"BenchmarkNotebook/{name} 1 {time.perf_counter() - began:.4g} s/epoch")


def time_optimum(data):
    """Prints how long LinearSVC takes to its optimum and how many test images it gets right."""
    training, test = normalized("svm", records(data)), normalized("svm", records(data, ("test_batch",)))
    began = time.perf_counter()
    classifier = LinearSVC(C=1 / (0.5 * len(training.images)), dual=False).fit(training.images, training.labels)
    print(f"BenchmarkLinearSVC 1 {time.perf_counter() - began:.4g} s "
          f"{100 * classifier.score(test.images, test.labels):.4g} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=[*MODELS, "LinearSVC"])
    parser.add_argument("--data", help="the folder that holds CIFAR-10; noise without")
    options = parser.parse_args()
    if options.what == "LinearSVC":
        time_optimum(options.data)
    else:
        time_epoch(options.what, options.data)


if __name__ == "__main__":
    main()
