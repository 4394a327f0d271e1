"""Makes adam.json, the figures adam_test.go compares with: torch.optim.Adam and
torch.optim.AdamW on two float32 parameters.

    python3 adam.py          (made with torch 1.13)

Weights and gradients are sgd.py's fractions of a power of two, so that both
sides start from the same bits; the test computes them by the same formulas.

cases         30 steps each; weights are given after each of "steps".
dead_cases    3,000 steps each whose gradients are the formula's for the first
              10 and exactly 0 from then on, as those of a unit that has died
              are. The first moment decays into the denormal numbers and never
              quite reaches 0; nothing of that may show in the weights.
              "smallest_first_moment" is of those that are not 0, null where
              all are.

float32_noise is the largest difference of a weight from the same case run in
float64, as a share of the weight or of 0.1, whichever is larger.
"""

import json
import os

import numpy
import torch

SHAPES = [(3, 4), (5,)]
STEPS = [1, 2, 3, 5, 10, 15, 16, 17, 20, 25, 30]
DEAD_STEPS = [10, 11, 20, 50, 200, 830, 1000, 3000]
LIVING_STEPS = 10
RATE = 0.01
BETAS, EPS = (0.9, 0.999), 1e-8

OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}

# What differs from RATE throughout, BETAS, EPS and no weight decay, which is
# AdamW's default no more than Adam's here.
CASES = {
    "default": {},
    "weight decay": {"weight_decay": 0.1},
    "betas": {"betas": (0.8, 0.95)},
    "no moments": {"betas": (0.0, 0.0)},
    "eps": {"eps": 0.05},
    "falling rate": {"rates": [0.1] * 15 + [0.025] * 15},
    "all": {"rates": [0.1] * 15 + [0.025] * 15, "betas": (0.7, 0.99), "eps": 1e-3, "weight_decay": 0.5},
}
DEAD_CASES = {
    "default": {},
    "weight decay": {"weight_decay": 0.1},
    "both moments vanish": {"betas": (0.9, 0.9)},
}


def weight(parameter, element):
    """Is a multiple of 1/32 between -1 and 1."""
    return ((element * 11 + parameter * 5) % 65 - 32) / 32


def gradient(step, parameter, element):
    """Is a multiple of 1/64 between -1 and 1."""
    return ((step * 37 + parameter * 17 + element * 29) % 129 - 64) / 64


def filled(parameter, formula, dtype):
    count = torch.Size(SHAPES[parameter]).numel()
    return torch.tensor([formula(i) for i in range(count)], dtype=dtype).reshape(SHAPES[parameter])


def shortest(tensor):
    """The values as the shortest decimals that read back as the same float32."""
    return [float(str(value)) for value in tensor.detach().flatten().numpy().astype(numpy.float32)]


def train(kind, options, steps, living, dtype):
    """Yields the optimizer and its parameters after each of steps; the gradients live for the first steps."""
    parameters = [torch.nn.Parameter(filled(p, lambda i: weight(p, i), dtype)) for p in range(len(SHAPES))]
    rates = options.get("rates", [RATE] * steps[-1])
    optimizer = OPTIMIZERS[kind](parameters, lr=rates[0], betas=options.get("betas", BETAS),
                                 eps=options.get("eps", EPS), weight_decay=options.get("weight_decay", 0.0))
    for step, rate in enumerate(rates):
        optimizer.param_groups[0]["lr"] = rate
        for p, parameter in enumerate(parameters):
            parameter.grad = filled(p, lambda i: gradient(step, p, i) if step < living else 0.0, dtype)
        optimizer.step()
        if step + 1 in steps:
            yield optimizer, parameters


def case(name, kind, options, steps, living):
    weights, smallest = [], []
    for optimizer, parameters in train(kind, options, steps, living, torch.float32):
        weights.append([shortest(parameter) for parameter in parameters])
        moments = torch.cat([optimizer.state[p]["exp_avg"].flatten().abs() for p in parameters])
        smallest.append(shortest(moments[moments > 0].min())[0] if moments.any() else None)
    noise = max(abs(value - exact) / max(abs(exact), 0.1)
                for (_, parameters), given in zip(train(kind, options, steps, living, torch.float64), weights)
                for parameter, values in zip(parameters, given)
                for value, exact in zip(values, parameter.flatten().tolist()))
    print(f"{kind}, {name}: float32 noise {noise:.2g}")
    return {
        "name": name,
        "kind": kind,
        "betas": options.get("betas", BETAS),
        "eps": options.get("eps", EPS),
        "weight_decay": options.get("weight_decay", 0.0),
        "rates": options.get("rates", [RATE]),  # by step; the last one holds on
        "float32_noise": noise,
        "weights": weights,  # by recorded step, parameter and element
    }, smallest


def main():
    cases = [case(name, kind, options, STEPS, STEPS[-1])[0] for kind in OPTIMIZERS for name, options in CASES.items()]
    dead_cases = []
    for kind in OPTIMIZERS:
        for name, options in DEAD_CASES.items():
            figures, smallest = case(name, kind, options, DEAD_STEPS, LIVING_STEPS)
            dead_cases.append({**figures, "smallest_first_moment": smallest})
    figures = {"steps": STEPS, "cases": cases, "dead_steps": DEAD_STEPS, "living_steps": LIVING_STEPS,
               "dead_cases": dead_cases}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "adam.json"), "w") as file:
        json.dump(figures, file, separators=(",", ":"))
        file.write("\n")


main()
