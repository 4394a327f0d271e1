"""Loads a run's weights into torch.nn modules and scores them again with PyTorch.

    pip install torch numpy safetensors pyyaml
    python3 training/testdata/load_weights.py RUN CIFAR_DIR

RUN is a run folder; CIFAR_DIR holds the .bin files and may also be given as the
environment variable CIFAR10_DIR. The names in the file decide the module, which must
take exactly them. Printed are the losses of the last and the best weights on the
test images, and on the validation images where the split is sequential, beside
those of summary.json. The script ends with status 1 where one differs by more than
1e-5 of it.

A run that subtracts the mean image cannot be scored here (data.center), nor an MLP with
another activation than ReLU.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
import yaml
from parity_autoencoder import Autoencoder, TiedAutoencoder
from safetensors.torch import load_file
from torch.nn import functional

CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
PIXELS = 3 * 32 * 32
TOLERANCE = 1e-5  # of a loss: both sides add float32 products, in different orders


def module_for(tensors):
    """The torch.nn module whose names the tensors bear, with their values."""
    if "fc.weight" in tensors:
        module = torch.nn.Sequential()
        module.add_module("fc", torch.nn.Linear(PIXELS, 1))
    elif "0.weight" in tensors:
        places = sorted({int(name.split(".")[0]) for name in tensors})
        module = torch.nn.Sequential(*[torch.nn.Identity() for _ in range(places[-1] + 1)])
        for place in places:
            shape = tensors[f"{place}.weight"].shape
            norm = f"{place}.running_mean" in tensors
            module[place] = torch.nn.BatchNorm1d(*shape) if norm else torch.nn.Linear(*shape[::-1])
            if place < places[-1] and f"{place + 1}.weight" not in tensors:
                module[place + 1] = torch.nn.ReLU()
    else:
        tied = "enc_fc1.weight" in tensors
        layer, step, kind = ("enc_fc{}.weight", 1, TiedAutoencoder) if tied else ("encoder.{}.weight", 2, Autoencoder)
        widths, i = [PIXELS], int(tied)
        while layer.format(i) in tensors:
            widths.append(tensors[layer.format(i)].shape[0])
            i += step
        module = kind(widths)
    module.load_state_dict(tensors, strict=True)
    return module.eval()


def images(files, classes):
    """The images of the classes in the files' order: indices into classes (n,) and bytes (n, 3072)."""
    records = np.concatenate([np.fromfile(file, dtype=np.uint8) for file in files]).reshape(-1, 1 + PIXELS)
    numbers = [CLASS_NAMES.index(name) for name in classes]
    records = records[np.isin(records[:, 0], numbers)]
    return np.array([numbers.index(label) for label in records[:, 0]]), records[:, 1:]


def normalized(pixels, normalize):
    """torchvision's ToTensor and Normalize."""
    x = (torch.from_numpy(pixels).float() / 255).view(-1, 3, 1024)
    if normalize:
        mean, std = (torch.tensor(normalize[key], dtype=torch.float32).view(3, 1) for key in ("mean", "std"))
        x = (x - mean) / std
    return x.view(-1, PIXELS)


def loss(module, config, labels, pixels):
    """The config's loss over a set: MSE, cross-entropy, or the hinge with the second class as +1."""
    total = 0.0
    with torch.no_grad():
        for start in range(0, len(pixels), 1000):
            x = normalized(pixels[start:start + 1000], config["data"].get("normalize"))
            if config["loss"]["kind"] == "mse":
                batch_loss = functional.mse_loss(module(x), x).item()
            elif config["loss"]["kind"] == "cross_entropy":
                scores, y = module(x), torch.from_numpy(labels[start:start + 1000]).long()
                if scores.shape[1] == 1:
                    scores = torch.cat([torch.zeros_like(scores), scores], 1)
                batch_loss = functional.cross_entropy(scores, y).item()
            else:
                y = 2.0 * torch.from_numpy(labels[start:start + 1000]).float() - 1
                batch_loss = config["loss"]["c"] * torch.clamp(1 - y * module(x).squeeze(1), min=0).mean().item()
            total += batch_loss * len(x)
    return total / len(pixels)


def main():
    torch.set_num_threads(1)
    folder = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("CIFAR10_DIR")
    if len(sys.argv) < 2 or not folder:
        sys.exit("say which run and where CIFAR-10 is: python3 training/testdata/load_weights.py RUN CIFAR_DIR")
    run, folder = Path(sys.argv[1]), Path(folder)
    config = yaml.safe_load((run / "config.yaml").read_text())
    summary = json.loads((run / "summary.json").read_text())
    if summary["dataset"] != "CIFAR-10":
        sys.exit(f"{run}: the run was trained on {summary['dataset']}; only CIFAR-10 can be scored here")
    if config["data"]["center"]:
        sys.exit(f"{run}: data.center needs the run's training images; train with -set data.center=false")

    sets = {"test_loss": images([folder / "test_batch.bin"], summary["classes"])}
    if config["data"]["split"] == "sequential":
        labels, pixels = images([folder / f"data_batch_{k}.bin" for k in range(1, 6)], summary["classes"])
        first = len(pixels) - summary["images"]["validation"]
        sets["val_loss"] = labels[first:], pixels[first:]

    agree = True
    for file, figures in (("model.safetensors", "final"), ("best.safetensors", "best")):
        module = module_for(load_file(run / file))
        for key, (labels, pixels) in sets.items():
            got, want = loss(module, config, labels, pixels), summary[figures][key]
            difference = abs(got / want - 1)
            agree = agree and difference <= TOLERANCE
            print(f"{file}: {key} {got:.9g}, summary.json has {want:.9g}, relative difference {difference:.2g}")
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
