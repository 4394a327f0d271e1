#!/usr/bin/env python3
"""Checks that the peers do this program's work: the same losses after an epoch from the same weights.

    python3 bench/agreement.py DIR

DIR holds CIFAR-10 as the program's -data takes it. Each of the three models is trained for a short epoch
in the order of the files, by the program and by every way of PyTorch and JAX, from weights written for all;
the mean training loss, and the validation loss after it, may differ by what float32 rounds differently.
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

import peers
from exercise import MODELS, initial_weights, sets

ROOT = Path(__file__).resolve().parent.parent
VALIDATION = 0.9  # leaves 16 steps of the SVM, 40 of the others: roundings grow with each
TOLERANCE = 1e-5  # relative


def program(model, data, folder):
    """Training and validation loss of an epoch of the program."""
    save_file(initial_weights(model), f"{folder}/{model}.safetensors")
    subprocess.run(["go", "run", ".", "-config", model, "-data", data, "-init", f"{folder}/{model}.safetensors",
                    "-runs", f"{folder}/runs", "-quiet", "-set", "train.epochs=1",
                    "-set", "data.shuffle=false", "-set", "data.split=sequential",
                    "-set", f"data.validation={VALIDATION}"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with open(f"{folder}/runs/{model}/latest/metrics.csv", encoding="utf-8") as file:
        row = list(csv.DictReader(file))[-1]
    return float(row["train_loss"]), float(row["val_loss"])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data, worst = str(Path(sys.argv[1]).resolve()), 0
    with tempfile.TemporaryDirectory() as folder:
        for model in MODELS:
            training, validation = sets(model, data, VALIDATION)
            ours = np.array(program(model, data, folder))
            for setting in (s for s in peers.settings() if s.endswith(",1")):
                peer = peers.build(model, setting, training)
                losses = peer.epoch(np.arange(len(training.images))), peer.evaluation(validation)()[0]
                differences = np.abs(np.array(losses) / ours - 1)
                worst = max(worst, *differences)
                print(f"{model} {setting[:-2]}: losses {losses[0]:.6f} {losses[1]:.6f}, "
                      f"relative differences {differences[0]:.1e} {differences[1]:.1e}", flush=True)
    if not worst < TOLERANCE:
        sys.exit(f"the peers' losses are not the program's: they differ by up to {worst:.1e}")


if __name__ == "__main__":
    main()
