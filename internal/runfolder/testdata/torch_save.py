"""Writes files of torch.save for the tests of weights files.

    pip install torch safetensors
    python3 runfolder/testdata/torch_save.py

weights.pth holds a state_dict: fc.weight, of shape [2, 3], is a transposed view
of 0 to 5, fc.bias shares a storage of 7, 8, 9 with nothing else and is its last two elements.
double.pth has a float64 tensor, module.pth a whole module, nested.pth a
checkpoint with the state_dict in it. norm.pth is a checkpoint of a compiled and
parallel model, with its optimizer's state; norm.safetensors holds the same weights.
"""

import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
state = {
    "fc.weight": torch.arange(6, dtype=torch.float32).reshape(3, 2).t(),
    "fc.bias": torch.tensor([7.0, 8.0, 9.0])[1:],
}
torch.save(state, here / "weights.pth")
torch.save({"fc.weight": torch.zeros(2, 3, dtype=torch.float64)}, here / "double.pth")
torch.save(torch.nn.Linear(3, 2), here / "module.pth")
torch.save({"epoch": 3, "model": state}, here / "nested.pth")

torch.manual_seed(1)
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
optimizer = torch.optim.Adam(module.parameters())
for _ in range(3):
    module(torch.randn(4, 3)).square().mean().backward()
    optimizer.step()
wrapped = {f"module._orig_mod.{name}": value for name, value in module.state_dict().items()}
torch.save({"epoch": 3, "model_state_dict": wrapped, "optimizer_state_dict": optimizer.state_dict()}, here / "norm.pth")
save_file(wrapped, here / "norm.safetensors")
