"""Holds exported files against onnx, onnxruntime and numpy.

    pip install onnx onnxruntime numpy
    python check_onnx.py MODEL.onnx ARRAYS.npz

ARRAYS.npz holds "images", what the model takes, and for each output of the model
what the Go program computes from them. `ONNX_PYTHON=/path/to/python go test ./internal/exports`
makes both and runs this. Last run with onnx 1.23.2, onnxruntime 1.32.0 and
numpy 2.4.6.
"""

import sys

import numpy
import onnx
import onnxruntime

model, arrays = sys.argv[1:]
onnx.checker.check_model(onnx.load(model), full_check=True)
arrays = numpy.load(arrays)
assert all(arrays[name].dtype == numpy.float32 for name in arrays), "not float32"

session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
for rows in (1, len(arrays["images"])):  # any batch size
    names = [output.name for output in session.get_outputs()]
    for name, got in zip(names, session.run(names, {"images": arrays["images"][:rows]})):
        want = arrays[name][:rows]
        assert got.shape == want.shape, f"{name}: {got.shape}, want {want.shape}"
        # A value near 0 is a sum of large ones: its rounding is that of the largest beside it.
        axes = tuple(range(1, want.ndim))
        off = numpy.abs(got - want) / numpy.maximum(1, numpy.abs(want).max(axis=axes, keepdims=True))
        assert off.max() <= 2e-6, f"{name} off by {off.max()}"
        print(f"{rows} rows of {name} {want.shape[1:]}: off by {off.max():.2g}")
