"""Makes clip.json, the figures clip_test.go compares with: gradients clipped by
torch.nn.utils.clip_grad_norm_, and torch.optim's steps along them.

    /usr/bin/python3 solvers/testdata/clip.py          (made with torch 1.13)

Weights and gradients are sgd.py's fractions of a power of two, so that both
sides start from the same bits; the test computes them by the same formulas.
"""

import json
from pathlib import Path

import torch

SHAPES = [(3, 4), (5,)]
STEPS = 10

OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.05),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.1, betas=(0.9, 0.999), eps=1e-8),
}
NORMS = [0.001, 1.0, 2.4, 100.0]  # the gradients' own are around 2.4


def weight(parameter, element):
    """Is a multiple of 1/32 between -1 and 1."""
    return ((element * 11 + parameter * 5) % 65 - 32) / 32


def gradient(step, parameter, element):
    """Is a multiple of 1/64 between -1 and 1."""
    return ((step * 37 + parameter * 17 + element * 29) % 129 - 64) / 64


def filled(parameter, formula):
    count = torch.Size(SHAPES[parameter]).numel()
    return torch.tensor([formula(i) for i in range(count)], dtype=torch.float32).reshape(SHAPES[parameter])


def flat(tensors):
    return [tensor.detach().flatten().tolist() for tensor in tensors]


def train(optimizer, norm):
    parameters = [torch.nn.Parameter(filled(p, lambda i: weight(p, i))) for p in range(len(SHAPES))]
    optimizer = OPTIMIZERS[optimizer](parameters)
    steps = []
    for step in range(STEPS):
        for p, parameter in enumerate(parameters):
            parameter.grad = filled(p, lambda i: gradient(step, p, i))
        before = torch.nn.utils.clip_grad_norm_(parameters, norm).item()
        optimizer.step()
        steps.append({"norm": before, "gradients": flat(p.grad for p in parameters), "weights": flat(parameters)})
    return steps


cases = [{"optimizer": optimizer, "norm": norm, "steps": train(optimizer, norm)}
         for optimizer in OPTIMIZERS for norm in NORMS]
for case in cases[:len(NORMS)]:
    print(case["norm"], "clips", sum(step["norm"] > case["norm"] for step in case["steps"]), "of", STEPS)
Path(__file__).with_suffix(".json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
