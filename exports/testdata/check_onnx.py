"""Holds exported files against onnx, onnxruntime and numpy.

    pip install onnx onnxruntime numpy
    python check_onnx.py MODEL.onnx ARRAYS.npz

ARRAYS.npz holds "images", what the model takes, and "outputs", what the Go
program computes from them. `ONNX_PYTHON=/path/to/python go test ./exports`
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
    want = arrays["outputs"][:rows]
    (got,) = session.run(None, {"images": arrays["images"][:rows]})
    assert got.shape == want.shape, f"{got.shape}, want {want.shape}"
    off = numpy.abs(got - want) / numpy.maximum(1, numpy.abs(want))
    assert off.max() <= 1e-5, f"off by {off.max()}"
print(f"{rows} rows of {want.shape[1:]}: off by {off.max():.2g}")
