"""Trains the autoencoders with PyTorch and writes the figures the Go trainer must repeat.

    pip install torch numpy safetensors
    python3 training/testdata/parity_autoencoder.py CIFAR_DIR

CIFAR_DIR holds data_batch_1.bin to data_batch_5.bin; it may also be given as the
environment variable CIFAR10_DIR. Written beside this script:

    parity_autoencoder.json

The initial weights are megabytes, so no file holds them: they follow from a formula
that gives the same float32 bits everywhere. Element j (row by row) of the k-th tensor
of PARAMETERS (from 0 in each model):

    h = ((16*seed + k) * 0x9E3779B9) ^ j    all in wrapping 32-bit unsigned; seed is 8
    h = (h ^ (h >> 16)) * 0x85EBCA6B        (MurmurHash3's finalizer)
    h = (h ^ (h >> 13)) * 0xC2B2AE35
    h = h ^ (h >> 16)
    u = (h >> 8) / 2^23 - 1                 exact in float32, from -1 to below 1
    weight = u * bound                      one float32 multiplication
    bound = 1 / sqrt(fan_in)                float64, then rounded to float32

which is the range of torch.nn.Linear's own initialisation; a bias has its layer's
fan_in, in the tied decoder too (32 and 128). weights_sha256 is taken over the
little-endian float32 values of a model's tensors in their order.

Pixels are byte/255 in float32, images are the ones of parity_svm.py or all fifty
thousand, the target is the image itself, and the loss is torch.nn.MSELoss().

training   every case runs without shuffling: the images keep the order of the files,
           the last round(0.3 n) validate, the others train in batches of 128, and the
           last, smaller batch counts. Adam, learning rate 1e-3, torch's defaults.

             train_loss  the batch losses as trained, weighted by batch size
             val_loss    over the validation images after the epoch

           epochs are float32's figures, exact_epochs float64's. noise_epochs say how
           far, relatively, float32's are from float64's: the largest difference among
           runs that vary only in the order of the pixels, images and weights alike, and
           so in how sums are rounded. float32_noise is the largest of them.
           trained_outputs are the first output values for the first images after the
           last epoch, in float64.

             formula      500 made-up images, 10 epochs of 3 steps
             cifar10      the 10,000 training images of frog and horse, 3 epochs of 55
             cifar10_all  all 50,000 training images, 3 epochs of 274

           Adam divides a gradient by its own size. Where a unit wakes or dies, its
           gradients are next to nothing, and a rounding decides about a whole step; from
           there on two runs drift apart, whoever computes them. Seed 8 is one of the few
           from whose weights the two shorter cases stay clear of that, so that a
           difference there is a mistake; on cifar10_all no seed tried does.

gradients  of the loss of one batch, the first images of formula, at the initial
           weights, in float64. indices says which elements of a gradient values holds:
           the first and last 4, 8 spread over the rest, and the largest. float32_noise
           is the largest difference of float32's gradient from it, as a share of the
           largest element.

outputs    the first output values for the first images of formula at the initial
           weights, in float64.
"""

import hashlib
import json
import math
import os
import sys
from pathlib import Path

import numpy as np
import torch
from parity_svm import FROG, HORSE, PIXELS, formula_images
from torch.nn import functional

HERE = Path(__file__).resolve().parent
HIDDEN, LATENT = 128, 32
SEED = 8
BATCH_SIZE = 128
LEARNING_RATE = 1e-3
EPOCHS = {"formula": 10, "cifar10": 3, "cifar10_all": 3}
PIXEL_ORDERS = {"formula": 4, "cifar10": 4, "cifar10_all": 2}  # float32 runs for the noise; the first as it is
GRADIENT_BATCHES = [128, 7]
SHOWN_IMAGES, SHOWN_VALUES = 3, 8

# Name, shape and fan_in, in the order of k.
PARAMETERS = {
    "autoencoder": [
        ("encoder.0.weight", (HIDDEN, PIXELS), PIXELS),
        ("encoder.0.bias", (HIDDEN,), PIXELS),
        ("encoder.2.weight", (LATENT, HIDDEN), HIDDEN),
        ("encoder.2.bias", (LATENT,), HIDDEN),
        ("decoder.0.weight", (HIDDEN, LATENT), LATENT),
        ("decoder.0.bias", (HIDDEN,), LATENT),
        ("decoder.2.weight", (PIXELS, HIDDEN), HIDDEN),
        ("decoder.2.bias", (PIXELS,), HIDDEN),
    ],
    "tied_autoencoder": [
        ("enc_fc1.weight", (HIDDEN, PIXELS), PIXELS),
        ("enc_fc1.bias", (HIDDEN,), PIXELS),
        ("enc_fc2.weight", (LATENT, HIDDEN), HIDDEN),
        ("enc_fc2.bias", (LATENT,), HIDDEN),
        ("dec_fc1_bias", (HIDDEN,), LATENT),
        ("dec_fc2_bias", (PIXELS,), HIDDEN),
    ],
}


def perceptron(widths):
    """Linear layers from width to width with ReLUs between them."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


class Autoencoder(torch.nn.Module):
    """widths lead from the pixels to the latent values; the decoder mirrors them."""

    def __init__(self, widths):
        super().__init__()
        self.encoder = perceptron(widths)
        self.decoder = perceptron(widths[::-1])

    def forward(self, x):
        return self.decoder(self.encoder(x))


class TiedAutoencoder(torch.nn.Module):
    """An autoencoder whose decoder's weights are the encoder's, transposed."""

    def __init__(self, widths):
        super().__init__()
        self.layers = len(widths) - 1
        for i in range(1, self.layers + 1):
            setattr(self, f"enc_fc{i}", torch.nn.Linear(widths[i - 1], widths[i]))
            setattr(self, f"dec_fc{i}_bias", torch.nn.Parameter(torch.zeros(widths[-1 - i])))

    def forward(self, x):
        for i in range(1, self.layers + 1):
            x = getattr(self, f"enc_fc{i}")(x)
            x = torch.relu(x) if i < self.layers else x
        for i in range(1, self.layers + 1):
            weight = getattr(self, f"enc_fc{self.layers + 1 - i}").weight
            x = functional.linear(x, weight.t(), getattr(self, f"dec_fc{i}_bias"))
            x = torch.relu(x) if i < self.layers else x
        return x


MODELS = {"autoencoder": Autoencoder, "tied_autoencoder": TiedAutoencoder}


def all_images(folder):
    """The five training files: classes (50000,) and bytes (50000, 3072)."""
    files = [np.fromfile(Path(folder) / f"data_batch_{k}.bin", dtype=np.uint8) for k in range(1, 6)]
    records = np.concatenate(files).reshape(-1, 1 + PIXELS)
    return records[:, 0], records[:, 1:]


def initial_weights(kind):
    """The model's tensors by name, from the formula above."""
    tensors = {}
    for k, (name, shape, fan_in) in enumerate(PARAMETERS[kind]):
        h = np.uint32((16 * SEED + k) * 0x9E3779B9 % 2**32) ^ np.arange(math.prod(shape), dtype=np.uint32)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
        u = (h >> np.uint32(8)).astype(np.float32) / np.float32(2**23) - np.float32(1)
        weight = u * np.float32(1 / math.sqrt(fan_in))
        assert h.dtype == np.uint32 and weight.dtype == np.float32
        tensors[name] = torch.from_numpy(weight.reshape(shape))
    return tensors


def new_model(kind, dtype, pixel_order=None):
    """The model at its initial weights, for images whose pixels stand in pixel_order."""
    weights = initial_weights(kind)
    if pixel_order is not None:
        for name, shape, _ in PARAMETERS[kind]:
            if PIXELS in shape:
                weights[name] = weights[name].index_select(shape.index(PIXELS), torch.from_numpy(pixel_order))
    model = MODELS[kind]([PIXELS, HIDDEN, LATENT])
    model.load_state_dict(weights)
    return model.to(dtype)


def batches(pixels, dtype):
    """ToTensor's values, batch by batch: byte/255 in float32, then in dtype."""
    for start in range(0, len(pixels), BATCH_SIZE):
        yield (torch.from_numpy(pixels[start:start + BATCH_SIZE]).float() / 255).to(dtype)


def shown_outputs(model, pixels, dtype):
    """The first output values for the first images."""
    with torch.no_grad():
        return model(next(batches(pixels[:SHOWN_IMAGES], dtype)))[:, :SHOWN_VALUES].tolist()


def evaluate(model, pixels, dtype):
    """The loss over a whole set."""
    with torch.no_grad():
        return sum(functional.mse_loss(model(x), x).item() * len(x) for x in batches(pixels, dtype)) / len(pixels)


def train(kind, pixels, epochs, dtype, pixel_order=None):
    """One case in one precision: its epochs and the trained model."""
    if pixel_order is not None:
        pixels = pixels[:, pixel_order]
    n = len(pixels) - round(0.3 * len(pixels))
    model = new_model(kind, dtype, pixel_order)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    history = []
    for _ in range(epochs):
        running = 0.0
        for x in batches(pixels[:n], dtype):
            optimizer.zero_grad()
            loss = functional.mse_loss(model(x), x)
            loss.backward()
            optimizer.step()
            running += loss.item() * len(x)
        history.append({"train_loss": running / n, "val_loss": evaluate(model, pixels[n:], dtype)})
    return history, model


def training_case(kind, dataset, pixels):
    """One case in float64, in float32, and in float32 with the pixels in other orders."""
    epochs = EPOCHS[dataset]
    exact, model = train(kind, pixels, epochs, torch.float64)
    orders = [None] + [np.random.default_rng(i).permutation(PIXELS) for i in range(1, PIXEL_ORDERS[dataset])]
    single = [train(kind, pixels, epochs, torch.float32, order)[0] for order in orders]
    noise = [{key: max(abs(history[e][key] / exact[e][key] - 1) for history in single) for key in exact[e]}
             for e in range(epochs)]
    largest = max(value for epoch in noise for value in epoch.values())
    losses = [exact[i][key] for i in (0, -1) for key in ("train_loss", "val_loss")]
    print(f"{dataset} {kind}: train and val {losses[0]:.6g} {losses[1]:.6g} to {losses[2]:.6g} {losses[3]:.6g}"
          f" in {epochs} epochs, float32 noise {largest:.2g}", flush=True)
    return {"model": kind, "dataset": dataset, "float32_noise": largest, "epochs": single[0], "exact_epochs": exact,
            "noise_epochs": noise, "trained_outputs": shown_outputs(model, pixels, torch.float64)}


def gradients(kind, pixels, dtype):
    """The loss of one batch and its gradients by name, each as one float64 row."""
    model = new_model(kind, dtype)
    (x,) = batches(pixels, dtype)
    loss = functional.mse_loss(model(x), x)
    loss.backward()
    return loss.item(), {name: p.grad.double().flatten() for name, p in model.named_parameters()}


def gradient_case(kind, pixels):
    """One batch's gradients in float64, and how far float32 is from them."""
    loss, exact = gradients(kind, pixels, torch.float64)
    loss32, single = gradients(kind, pixels, torch.float32)
    parameters = []
    for name, _, _ in PARAMETERS[kind]:
        g = exact[name]
        size, largest = len(g), g.abs().argmax().item()
        spread = [size * (2 * i + 1) // 16 for i in range(8)]
        indices = sorted({*range(4), *spread, *range(size - 4, size), largest})
        noise = ((single[name] - g).abs().max() / g[largest].abs()).item()
        parameters.append({"name": name, "l2": g.norm().item(), "sum": g.sum().item(),
                           "largest": g[largest].abs().item(), "float32_noise": noise,
                           "indices": indices, "values": g[indices].tolist()})
        print(f"gradient of {kind}, {len(pixels)} images, {name}: largest {g[largest].abs():.3g} float32 noise {noise:.2g}")
    return {"model": kind, "batch_size": len(pixels), "loss": loss,
            "loss_float32_noise": abs(loss32 / loss - 1), "parameters": parameters}


def describe(kind):
    """What a reader needs to make the initial weights and to know that they are the same."""
    weights = initial_weights(kind)
    return {"model": kind, "parameter_count": sum(w.numel() for w in weights.values()),
            "parameters": [{"name": n, "shape": s, "fan_in": f} for n, s, f in PARAMETERS[kind]],
            "weights_sha256": hashlib.sha256(b"".join(w.numpy().tobytes() for w in weights.values())).hexdigest()}


def main():
    torch.set_num_threads(1)
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CIFAR10_DIR")
    if not folder:
        sys.exit("say where CIFAR-10 is: python3 training/testdata/parity_autoencoder.py CIFAR_DIR")
    classes, images = all_images(folder)
    formula_classes, formula = formula_images()
    records = np.concatenate([formula_classes[:, None], formula], axis=1)
    sets = {"formula": formula, "cifar10": images[np.isin(classes, (FROG, HORSE))], "cifar10_all": images}
    report = {
        "torch": torch.__version__,
        "formula_sha256": hashlib.sha256(records.tobytes()).hexdigest(),
        "seed": SEED,
        "batch_size": BATCH_SIZE,
        "learning_rate": LEARNING_RATE,
        "models": [describe(kind) for kind in MODELS],
        "gradients": [gradient_case(kind, formula[:n]) for kind in MODELS for n in GRADIENT_BATCHES],
        "outputs": [{"model": kind, "values": shown_outputs(new_model(kind, torch.float64), formula, torch.float64)}
                    for kind in MODELS],
        "training": [training_case(kind, dataset, pixels) for dataset, pixels in sets.items() for kind in MODELS],
    }
    (HERE / "parity_autoencoder.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
