"""Writes the float32 values that torch makes of every byte under torchvision's
ToTensor and Normalize, as the transform's tables must repeat them to the bit.

    pip install torch
    python3 loaders/testdata/normalize.py

normalize.txt, beside this script, has a line for each byte: the byte, then the
float32 bits of its value in the red, green and blue plane in hexadecimal.
"""

import pathlib
import struct

import torch

MEAN = [0.4914, 0.4822, 0.4465]
STD = [0.2470, 0.2435, 0.2616]

# What torchvision.transforms.functional does: to_tensor divides by 255,
# normalize subtracts and divides in place, each step in float32.
values = torch.arange(256, dtype=torch.uint8).expand(3, 1, 256).to(torch.float32).div(255)
mean = torch.as_tensor(MEAN, dtype=values.dtype).view(-1, 1, 1)
std = torch.as_tensor(STD, dtype=values.dtype).view(-1, 1, 1)
values = values.sub_(mean).div_(std)


def bits(value):
    return struct.pack(">f", value.item()).hex()


with open(pathlib.Path(__file__).with_name("normalize.txt"), "w") as table:
    table.write(f"# torch {torch.__version__}: mean {MEAN}, std {STD}\n")
    for byte in range(256):
        print(byte, *(bits(values[plane, 0, byte]) for plane in range(3)), file=table)
