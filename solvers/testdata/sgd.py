"""Makes sgd.json, schedules.json and warmup.json, the figures sgd_test.go and
schedule_test.go compare with: torch.optim.SGD on two float32 parameters, and
torch's learning-rate schedules, by epoch, and by step with a warm-up.

    python3 sgd.py          (made with torch 1.13)

Weights and gradients are fractions of a power of two, so that both sides start
from the same bits; the test computes them by the same formulas.
"""

import json
import os

import torch

SHAPES = [(3, 4), (5,)]
STEPS = 10
RATES = [0.1] * (STEPS // 2) + [0.025] * (STEPS // 2)

CASES = {
    "plain": {},
    "momentum": {"momentum": 0.9},
    "weight decay": {"weight_decay": 0.5},
    "nesterov": {"momentum": 0.9, "nesterov": True},
    "all": {"momentum": 0.8, "weight_decay": 0.05, "nesterov": True},
}

SCHEDULES = {
    "cosine 12": (0.1, 12, lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=12)),
    "cosine 50": (0.025, 50, lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=50)),
    "step": (0.1, 20, lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=4, gamma=0.1)),
    "step of 1": (0.5, 6, lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=1, gamma=0.9)),
}


def weight(parameter, element):
    """Is a multiple of 1/32 between -1 and 1."""
    return ((element * 11 + parameter * 5) % 65 - 32) / 32


def gradient(step, parameter, element):
    """Is a multiple of 1/64 between -1 and 1."""
    return ((step * 37 + parameter * 17 + element * 29) % 129 - 64) / 64


def filled(parameter, formula):
    count = torch.Size(SHAPES[parameter]).numel()
    return torch.tensor([formula(i) for i in range(count)], dtype=torch.float32).reshape(SHAPES[parameter])


def train(options):
    parameters = [torch.nn.Parameter(filled(p, lambda i: weight(p, i))) for p in range(len(SHAPES))]
    optimizer = torch.optim.SGD(parameters, lr=RATES[0], **options)
    weights = []
    for step, rate in enumerate(RATES):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for p, parameter in enumerate(parameters):
            parameter.grad = filled(p, lambda i: gradient(step, p, i))
        optimizer.step()
        weights.append([parameter.detach().flatten().tolist() for parameter in parameters])
    return weights


def rates(initial, epochs, scheduler):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=initial)
    schedule = scheduler(optimizer)
    learning_rates = []
    for _ in range(epochs):
        learning_rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return learning_rates


def warm_rates(initial, epochs, steps, warmup):
    """The rate of each step of a cosine over epochs, beside a warm-up."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=initial)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    linear = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
    learning_rates = []
    for _ in range(epochs):
        for _ in range(steps):
            learning_rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            linear.step()
        cosine.step()
    return learning_rates


def write(name, figures):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        json.dump(figures, file, separators=(",", ":"))
        file.write("\n")


write("sgd.json", {
    "rates": RATES,
    "cases": [
        {
            "name": name,
            "momentum": options.get("momentum", 0.0),
            "weight_decay": options.get("weight_decay", 0.0),
            "nesterov": options.get("nesterov", False),
            "weights": train(options),  # by step, parameter and element
        }
        for name, options in CASES.items()
    ],
})
write("schedules.json", {
    name: rates(*schedule) for name, schedule in SCHEDULES.items()
})
write("warmup.json", [
    {"initial": initial, "epochs": epochs, "steps": steps, "warmup": warmup,
     "rates": warm_rates(initial, epochs, steps, warmup)}
    for initial, epochs, steps, warmup in [(0.1, 4, 5, 8), (0.3, 3, 4, 4), (0.1, 2, 3, 50), (0.1, 2, 3, 2)]
])
