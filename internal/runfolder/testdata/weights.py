"""Holds this program's safetensors files against Hugging Face's own library.

    pip install numpy safetensors
    python3 runfolder/testdata/weights.py           writes the files that weights_test.go reads
    python3 runfolder/testdata/weights.py FILE...   reads files that the program wrote

A file that is read must hold finite float32 tensors alone; their names, shapes and
sums are printed. The files committed were written by safetensors 0.8.0.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

# Each value is exact in float32 and tells its place.
TENSORS = {
    "fc.weight": (np.arange(12, dtype=np.float32).reshape(3, 4) - 5.5) / 4,
    "fc.bias": np.array([0.5, -0.25, 3e-38], dtype=np.float32),
    "a name, \"quoted\"; größer": np.array([[[1.0], [-0.0]]], dtype=np.float32),
}


def main():
    if len(sys.argv) == 1:
        here = Path(__file__).parent
        save_file(TENSORS, here / "reference.safetensors")
        save_file(TENSORS, here / "reference_metadata.safetensors", metadata={"format": "pt", "note": "größer, \"quoted\"\n"})
    for path in sys.argv[1:]:
        for name, value in sorted(load_file(path).items()):
            if value.dtype != np.float32 or not np.isfinite(value).all():
                sys.exit(f"{path}: {name} holds {value.dtype}, or what is not finite")
            print(f"{path}: {name} {list(value.shape)} sum {value.sum(dtype=np.float64):.9g}")


if __name__ == "__main__":
    main()
