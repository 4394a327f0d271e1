"""Trains the linear SVM with PyTorch in the ways that recipes add to plain training:
the squared hinge, a warm-up beside a cosine schedule, clipped gradients and a moving
average of the weights.

    pip install torch numpy safetensors
    python3 training/testdata/parity_recipes.py          (made with torch 1.13)

Images, order, initial weights and figures are those of parity_svm.py's "formula" set;
val_loss and the accuracies are the average's where there is one. learning_rate is that
of the epoch's last step. Written beside this script: parity_recipes.json. The figures
are float32's; float32_noise is the largest relative difference of a loss from the same
case run in float64.
"""

import copy
import json

import torch
from safetensors.numpy import load_file

from parity_svm import BATCH_SIZE, HERE, PIXELS, formula_images, largest_difference, normalized

EPOCHS = 10
MOMENTUM, WEIGHT_DECAY = 0.9, 0.01

# Without a warm-up, clipping or an average, the value is 0. There are 6 steps an epoch.
CASES = [
    {"name": "squared hinge", "squared": True, "c": 0.01, "learning_rate": 0.01, "warmup_steps": 0, "clip_norm": 0, "average_decay": 0},
    {"name": "warm-up", "squared": False, "c": 0.1, "learning_rate": 0.01, "warmup_steps": 15, "clip_norm": 0, "average_decay": 0},
    {"name": "clipping", "squared": False, "c": 0.1, "learning_rate": 0.01, "warmup_steps": 0, "clip_norm": 0.1, "average_decay": 0},
    {"name": "average", "squared": False, "c": 0.1, "learning_rate": 0.01, "warmup_steps": 0, "clip_norm": 0, "average_decay": 0.8},
    {"name": "all", "squared": True, "c": 0.01, "learning_rate": 0.02, "warmup_steps": 15, "clip_norm": 0.1, "average_decay": 0.9},
]


def loss_of(case, scores, y):
    margins = torch.clamp(1 - y * scores, min=0)
    return case["c"] * (margins ** 2 if case["squared"] else margins).mean()


def evaluate(case, model, x, y):
    """Loss and accuracy over a whole set."""
    with torch.no_grad():
        scores = model(x).squeeze(1)
        return loss_of(case, scores, y).item(), ((scores > 0) == (y > 0)).double().mean().item()


def averaged(case, model):
    """The moving average, begun with the model's own weights; the model itself without one."""
    if case["average_decay"] == 0:
        return model
    def towards(average, weights, steps):
        decay = min(case["average_decay"], (1 + steps.item()) / (10 + steps.item()))
        return decay * average + (1 - decay) * weights
    average = torch.optim.swa_utils.AveragedModel(model, avg_fn=towards)
    average.update_parameters(model)  # the first call copies, and counts as a step
    return average


def train(case, x, y, init, dtype):
    x, y = x.to(dtype), y.to(dtype)
    n = len(x) - round(0.3 * len(x))
    model = torch.nn.Sequential()
    model.add_module("fc", torch.nn.Linear(PIXELS, 1))
    model.load_state_dict(copy.deepcopy(init))
    model.to(dtype)
    average = averaged(case, model)
    optimizer = torch.optim.SGD(model.parameters(), lr=case["learning_rate"], momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)
    warmup = case["warmup_steps"]
    linear = warmup and torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
    epochs, clipped = [], 0
    for _ in range(EPOCHS):
        running = 0.0
        for start in range(0, n, BATCH_SIZE):
            batch = slice(start, min(start + BATCH_SIZE, n))
            optimizer.zero_grad()
            loss = loss_of(case, model(x[batch]).squeeze(1), y[batch])
            loss.backward()
            if case["clip_norm"]:
                clipped += torch.nn.utils.clip_grad_norm_(model.parameters(), case["clip_norm"]).item() > case["clip_norm"]
            optimizer.step()
            rate = optimizer.param_groups[0]["lr"]
            if linear:
                linear.step()
            if average is not model:
                average.update_parameters(model)
            running += loss.item() * (batch.stop - batch.start)
        cosine.step()
        train_accuracy = evaluate(case, average, x[:n], y[:n])[1]
        val_loss, val_accuracy = evaluate(case, average, x[n:], y[n:])
        epochs.append({"train_loss": running / n, "val_loss": val_loss, "train_accuracy": train_accuracy,
                       "val_accuracy": val_accuracy, "learning_rate": rate})
    return {"epochs": epochs, "clipped_steps": clipped}


def main():
    torch.set_num_threads(1)
    init = {name: torch.from_numpy(value) for name, value in load_file(HERE / "svm_init.safetensors").items()}
    classes, pixels = formula_images()
    x, y = normalized(pixels), 2.0 * torch.from_numpy(classes).float() - 1
    cases = []
    for case in CASES:
        result, exact = (train(case, x, y, init, dtype) for dtype in (torch.float32, torch.float64))
        noise = largest_difference(result["epochs"], exact["epochs"])
        cases.append({**case, **result, "float32_noise": noise})
        last = result["epochs"][-1]
        print(f"{case['name']}: train {last['train_loss']:.6g} val {last['val_loss']:.6g} accuracy {last['val_accuracy']:.4f}"
              f" clipped {result['clipped_steps']} float32 noise {noise:.2g}")
    (HERE / "parity_recipes.json").write_text(json.dumps({"torch": torch.__version__, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
