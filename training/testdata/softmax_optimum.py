"""Holds a run of softmax regression against scikit-learn's LogisticRegression at its optimum.

    pip install scikit-learn numpy pyyaml
    go run . -config softmax -set data.split=sequential -set 'data.classes=[frog, horse]'
    python3 training/testdata/softmax_optimum.py RUN CIFAR_DIR      (made with scikit-learn 1.9)

RUN is the run's folder; CIFAR_DIR holds the .bin files. The optimum of the same objective
on the same training images, the mean cross-entropy and half the weight decay times the
sum of the squared weights and biases, is found by L-BFGS; of all
ten classes that takes very long. Printed are the accuracies of both on the
validation and on the test images; the script ends with status 1 where they differ by
more than 0.3 points.
"""

import json
import sys
from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression


CLASS_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def images(files, config, classes):
    records = np.concatenate([np.fromfile(file, dtype=np.uint8) for file in files]).reshape(-1, 3073)
    records = records[np.isin(records[:, 0], [CLASS_NAMES.index(name) for name in classes])]
    mean, std = (np.repeat(np.float32(config["data"]["normalize"][key]), 1024) for key in ("mean", "std"))
    x = (records[:, 1:].astype(np.float32) / 255 - mean) / std
    return np.c_[x, np.ones(len(x), np.float32)], records[:, 0]  # the last weight is the bias


def main():
    run, folder = Path(sys.argv[1]), Path(sys.argv[2])
    config = yaml.safe_load((run / "config.yaml").read_text())
    summary = json.loads((run / "summary.json").read_text())
    assert config["data"]["split"] == "sequential" and not config["model"]["hidden"]
    x, y = images([folder / f"data_batch_{k}.bin" for k in range(1, 6)], config, summary["classes"])
    n = summary["images"]["training"]
    optimum = LogisticRegression(C=1 / (n * config["optimizer"]["weight_decay"]), tol=1e-4, max_iter=2000, fit_intercept=False)
    optimum.fit(x[:n], y[:n])
    print(f"scikit-learn took {optimum.n_iter_[0]} iterations")
    agree = True
    for key, (pixels, labels) in {"val_accuracy": (x[n:], y[n:]), "test_accuracy": images([folder / "test_batch.bin"], config, summary["classes"])}.items():
        want, got = 100 * optimum.score(pixels, labels), 100 * summary["final"][key]
        agree = agree and abs(got - want) <= 0.3
        print(f"{key}: {got:.2f} %, at the optimum {want:.2f} %")
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
