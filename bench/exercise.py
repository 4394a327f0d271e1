"""What every peer trains: the models of configs/svm.yaml, autoencoder.yaml and autoencoder_tied.yaml, and their images."""

import dataclasses
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np

PIXELS, HIDDEN, LATENT = 3072, 128, 32
MODELS = ("svm", "autoencoder", "autoencoder_tied")
BATCH = {"svm": 64, "autoencoder": 128, "autoencoder_tied": 128}
EVALUATION_BATCH = 1000  # faster for every peer than the 128 of the configs, with the same result
SHAPES = {  # of the weights, by the names they have in the program's files
    "svm": {"fc.weight": (1, PIXELS), "fc.bias": (1,)},
    "autoencoder": {
        "encoder.0.weight": (HIDDEN, PIXELS), "encoder.0.bias": (HIDDEN,),
        "encoder.2.weight": (LATENT, HIDDEN), "encoder.2.bias": (LATENT,),
        "decoder.0.weight": (HIDDEN, LATENT), "decoder.0.bias": (HIDDEN,),
        "decoder.2.weight": (PIXELS, HIDDEN), "decoder.2.bias": (PIXELS,)},
    "autoencoder_tied": {
        "enc_fc1.weight": (HIDDEN, PIXELS), "enc_fc1.bias": (HIDDEN,),
        "enc_fc2.weight": (LATENT, HIDDEN), "enc_fc2.bias": (LATENT,),
        "dec_fc1_bias": (HIDDEN,), "dec_fc2_bias": (PIXELS,)},
}


@dataclasses.dataclass
class Set:
    """Images (n, 3072) and labels (n), -1 or +1, as float32."""
    images: np.ndarray
    labels: np.ndarray


def records(data=None, names=tuple(f"data_batch_{k}" for k in range(1, 6))):
    """The training images, or those of other files, a label and 3072 pixels each.

    data is a folder as the program's -data takes it: CIFAR-10's binary files, torchvision's or an archive of
    either, in the folder or in one of its own in there. Without it the images are noise, which takes as long.
    """
    if not data:
        noise = np.random.default_rng(1).integers(0, 256, (50_000, 1 + PIXELS), np.uint8)
        noise[:, 0] = np.arange(len(noise)) % 10
        return noise
    folder = Path(data)
    for place in (folder, folder / "cifar-10-batches-bin", folder / "cifar-10-batches-py"):
        for suffix in (".bin", ""):
            files = [place / (name + suffix) for name in names]
            if all(file.is_file() for file in files):
                return np.concatenate([decoded(file.read_bytes(), suffix) for file in files])
    for suffix, archive in ((".bin", folder / "cifar-10-binary.tar.gz"), ("", folder / "cifar-10-python.tar.gz")):
        if archive.is_file():
            with tarfile.open(archive) as tar:
                members = {Path(member.name).name: member for member in tar}
                return np.concatenate([decoded(tar.extractfile(members[name + suffix]).read(), suffix) for name in names])
    raise FileNotFoundError(f"{data} does not hold CIFAR-10 as the program's -data takes it")


def decoded(content, suffix):
    """The records of a binary file, whose name ends in .bin, or of a pickled one."""
    if suffix:
        return np.frombuffer(content, np.uint8).reshape(-1, 1 + PIXELS)
    batch = pickle.load(io.BytesIO(content), encoding="bytes")
    return np.column_stack([np.array(batch[b"labels"], np.uint8), batch[b"data"]])


def normalized(model, given):
    """Records as the images and labels of a model: the SVM's are the frogs and the horses."""
    if model == "svm":
        given = given[np.isin(given[:, 0], (6, 7))]  # frog and horse
    images = given[:, 1:].astype(np.float32) / 255
    if model == "svm":
        images = (images - np.float32(0.25)) / np.float32(0.25)
    return Set(images, np.where(given[:, 0] == 7, 1, -1).astype(np.float32))


def sets(model, data=None, validation=0.3):
    """The training and the validation set, normalized; the last images, a share of them, validate."""
    every = normalized(model, records(data))
    first = len(every.images) - round(validation * len(every.images))
    return Set(every.images[:first], every.labels[:first]), Set(every.images[first:], every.labels[first:])


def initial_weights(model):
    """Weights as torch.nn.Linear starts them, by name."""
    random = np.random.default_rng(1)
    fan_in = {name: shape[-1] if len(shape) == 2 else PIXELS for name, shape in SHAPES[model].items()}
    return {name: random.uniform(-1, 1, shape).astype(np.float32) / np.float32(fan_in[name] ** 0.5)
            for name, shape in SHAPES[model].items()}


def loss_and_output(framework, model, w, x, y):
    """The model's loss of a batch, and its scores (B) or reconstructions (B, 3072).

    framework is a peer with linear, relu and mean_squared_error; w are the weights in the order of SHAPES.
    """
    linear, relu = framework.linear, framework.relu
    if model == "svm":
        scores = linear(x, *w)[:, 0]
        return relu(1 - y * scores).mean(), scores
    code = linear(relu(linear(x, w[0], w[1])), w[2], w[3])
    if model == "autoencoder":
        restored = linear(relu(linear(code, w[4], w[5])), w[6], w[7])
    else:
        restored = linear(relu(linear(code, w[2].T, w[4])), w[0].T, w[5])
    return framework.mean_squared_error(restored, x), restored
