#!/usr/bin/env python3
"""Times numpy's float32 matrix product, which is OpenBLAS's sgemm or sgemv, at what internal/kernels/matmul_bench_test.go multiplies.

    OPENBLAS_NUM_THREADS=2 python3 bench/sgemm.py

prints lines in the form of Go's benchmarks. OPENBLAS_CORETYPE, if it is set, decides which kernels
OpenBLAS takes; OPENBLAS_VERBOSE=2 shows which.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

NT, NN, TN = "MatMulNT", "MatMulNN", "MatMulTN"  # C = A B^T, A B, A^T B; m x n x k, all stored by rows
PRODUCTS = [
    (NT, 128, 128, 3072), (NT, 128, 3072, 128), (TN, 3072, 128, 128), (NN, 128, 128, 3072),
    (TN, 128, 3072, 128), (NN, 128, 3072, 128), (NT, 128, 32, 128), (NN, 128, 128, 32), (TN, 128, 32, 128),
    (NT, 64, 1, 3072), (TN, 1, 3072, 64), (NT, 1024, 1024, 1024),
]
SECONDS = 0.05  # of each product, after a tenth of it to warm up


def seconds_each(product, seconds):
    """The mean time of a call, and how many were made."""
    calls, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        product()
        calls += 1
    return elapsed / calls, calls


def main():
    if "openblas" not in Path("/proc/self/maps").read_text():
        sys.exit("numpy does not run on OpenBLAS here; pip's numpy does")
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "all")
    random = np.random.default_rng(1)
    for name, m, n, k in PRODUCTS:
        a = random.standard_normal((k, m) if name == TN else (m, k), np.float32)
        b = random.standard_normal((n, k) if name == NT else (k, n), np.float32)
        a, b = a.T if name == TN else a, b.T if name == NT else b  # views: BLAS is told to transpose
        c = np.empty((m, n), np.float32)
        seconds_each(lambda: np.dot(a, b, out=c), SECONDS / 10)
        each, calls = seconds_each(lambda: np.dot(a, b, out=c), SECONDS)
        print(f"BenchmarkMatMul/{name}/{m}x{n}x{k}/OpenBLAS/{threads} {calls} "
              f"{1e9 * each:.0f} ns/op {2e-9 * m * n * k / each:.4g} GFLOPS")


if __name__ == "__main__":
    main()
