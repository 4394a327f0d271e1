"""Makes orthogonal.json, the figures orthogonal_test.go compares with:
torch.nn.init.orthogonal_ in float64 on numbers that both sides make up.

    /usr/bin/python3 graphs/testdata/orthogonal.py          (made with torch 1.13)

The made-up numbers take the place of the normal ones that orthogonal_ draws.
"""

import json
from pathlib import Path

import torch

SHAPES = [(6, 4), (4, 6), (5, 5), (1, 9), (9, 1), (40, 13), (13, 40)]


def number(i):
    """A number in [-1, 1) from the bits of i; all arithmetic is wrapping 32-bit unsigned."""
    h = (i + 1) * 0x9E3779B9 & 0xFFFFFFFF
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h ^= h >> 13
    return h / 2**31 - 1


def made_up(tensor, mean, std):
    assert (mean, std) == (0, 1)
    return tensor.copy_(torch.tensor([number(i) for i in range(tensor.numel())], dtype=tensor.dtype).view_as(tensor))


torch.Tensor.normal_ = made_up
cases = []
for rows, columns in SHAPES:
    weight = torch.nn.init.orthogonal_(torch.empty(rows, columns, dtype=torch.float64))
    cases.append({"rows": rows, "columns": columns, "values": weight.flatten().tolist()})
Path(__file__).with_suffix(".json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
