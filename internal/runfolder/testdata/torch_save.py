"""Writes files of torch.save for the tests of weights files.

    pip install torch
    python3 runfolder/testdata/torch_save.py

weights.pth holds a state_dict: fc.weight, of shape [2, 3], is a transposed view
of 0 to 5, fc.bias shares a storage of 7, 8, 9 with nothing else and is its last two elements.
double.pth has a float64 tensor, module.pth a whole module, nested.pth a
checkpoint with a state_dict in it.
"""

import pathlib

import torch

here = pathlib.Path(__file__).parent
state = {
    "fc.weight": torch.arange(6, dtype=torch.float32).reshape(3, 2).t(),
    "fc.bias": torch.tensor([7.0, 8.0, 9.0])[1:],
}
torch.save(state, here / "weights.pth")
torch.save({"fc.weight": torch.zeros(2, 3, dtype=torch.float64)}, here / "double.pth")
torch.save(torch.nn.Linear(3, 2), here / "module.pth")
torch.save({"epoch": 3, "model": state}, here / "nested.pth")
