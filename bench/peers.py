#!/usr/bin/env python3
"""Times PyTorch and JAX at training the models of configs/svm.yaml, autoencoder.yaml and autoencoder_tied.yaml.

    python3 bench/peers.py [--data DIR]

Needs what bench/requirements.txt lists. For each model it tries every way of either to train with one
thread and with one for each processor, each in a process of its own, and prints every try as a line
in the form of Go's benchmarks:

    BenchmarkPeer/autoencoder/torch,compiled,2 273 3.9 median-ms 4.1 mean-ms 1.4 s/epoch

median-ms and mean-ms are of one training step: gather a shuffled batch, forward, loss, backward,
optimizer step; s/epoch is an epoch with the evaluations that this program does after each. All
images lie ready as float32, so that a peer prepares nothing. Without --data they are noise.
"""

import argparse
import importlib
import os
import subprocess
import sys
import time

import numpy as np

from exercise import MODELS, sets

VARIANTS = {"torch": ("eager", "fused", "compiled"), "jax": ("steps", "scan")}
WARM_UP = 20  # steps that are not timed


def settings():
    """The tries: peer, its way to train, threads."""
    threads = sorted({1, len(os.sched_getaffinity(0))})
    return [f"{peer},{variant},{t}" for peer, variants in VARIANTS.items() for variant in variants for t in threads]


def environment(threads=None):
    """The environment of a process with so many threads, or as many as libraries take by themselves.

    They read it once, at their start. Variables that make OpenBLAS choose other kernels than those for the
    processor are left out.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    limits = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PJRT_NPROC") if threads else ()
    return {**kept, **dict.fromkeys(limits, threads), "JAX_PLATFORMS": "cpu"}


def measure(model, setting, data=None):
    """Times a model with a setting in a new process and returns its line."""
    command = [sys.executable, __file__, "--only", model, setting, *(["--data", data] if data else [])]
    return subprocess.run(command, env=environment(setting.split(",")[2]), check=True,
                          stdout=subprocess.PIPE, text=True).stdout


def build(model, setting, training):
    """The peer of a setting, about to train the model."""
    name, variant, _ = setting.split(",")
    return importlib.import_module(f"peer_{name}").Peer(model, variant, training)


def time_model(model, setting, data):
    """Times an epoch's steps one by one, then whole epochs, and prints the line."""
    training, validation = sets(model, data)
    peer = build(model, setting, training)
    random = np.random.default_rng(1)
    evaluations = [peer.evaluation(validation)] + ([peer.evaluation(training)] if model == "svm" else [])

    def epoch():
        began = time.perf_counter()
        peer.epoch(random.permutation(len(training.images)))
        for evaluate in evaluations:
            evaluate()
        return time.perf_counter() - began

    epoch()
    times = []
    for places in peer.batches(random.permutation(len(training.images))):
        start = time.perf_counter()
        peer.wait(peer.step(places))
        times.append(time.perf_counter() - start)
    times = times[WARM_UP:]
    seconds = np.median([epoch() for _ in range(10 if model == "svm" else 2)])
    print(f"BenchmarkPeer/{model}/{setting} {len(times)} {1e3 * np.median(times):.4g} median-ms "
          f"{1e3 * np.mean(times):.4g} mean-ms {seconds:.4g} s/epoch")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder that holds CIFAR-10, as the program's -data takes it")
    parser.add_argument("--only", nargs=2, metavar=("MODEL", "SETTING"), help="one try, in this process's environment")
    options = parser.parse_args()
    if options.only:
        time_model(*options.only, options.data)
        return
    for model in MODELS:
        for setting in settings():
            print(measure(model, setting, options.data), end="", flush=True)


if __name__ == "__main__":
    main()
