"""Prints what principal components reach on CIFAR-10, exactly, for cifar_test.go.

    pip install numpy
    python3 metrics/pca/testdata/pca.py CIFAR_DIR

CIFAR_DIR holds data_batch_1.bin to data_batch_5.bin and test_batch.bin; it may also
be given as the environment variable CIFAR10_DIR. The first 35,000 training images, in
the order of the files, train, the last 15,000 validate.

The components are the eigenvectors of the training images' full 3072x3072 covariance,
in float64. For each number of components one line: the mean squared error of a pixel
in [0, 1] in the training, validation and test images, each less the training images'
mean. It takes a minute or, where numpy has no fast BLAS, ten.
"""

import os
import sys

import numpy as np

COUNTS = (8, 16, 32, 64, 128)


def load(folder, names):
    records = [np.fromfile(os.path.join(folder, name), np.uint8) for name in names]
    return np.concatenate(records).reshape(-1, 3073)[:, 1:]


def moments(images):
    """The mean of x and of x x^T over the images, in bytes."""
    products = np.zeros((3072, 3072))
    for first in range(0, len(images), 5000):
        x = images[first:first + 5000].astype(np.float64)
        products += x.T @ x
    return images.mean(0, dtype=np.float64), products / len(images)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CIFAR10_DIR")
    if not folder:
        sys.exit(__doc__)
    inner = os.path.join(folder, "cifar-10-batches-bin")
    if os.path.isdir(inner):
        folder = inner
    train = load(folder, [f"data_batch_{i}.bin" for i in range(1, 6)])
    sets = [train[:35000], train[35000:], load(folder, ["test_batch.bin"])]

    center = None
    scatters = []  # mean of (x - center)(x - center)^T, pixels in [0, 1]
    for images in sets:
        mean, products = moments(images)
        if center is None:
            center = mean
        offset = mean - center
        scatter = products - np.outer(mean, mean) + np.outer(offset, offset)
        scatters.append(scatter / 255**2)

    vectors = np.linalg.eigh(scatters[0])[1][:, ::-1]
    for k in COUNTS:
        v = vectors[:, :k]
        errors = [(np.trace(s) - np.sum(v * (s @ v))) / 3072 for s in scatters]
        print(k, *(f"{error:.12f}" for error in errors))


if __name__ == "__main__":
    main()
