"""Writes WebP files and what libwebp makes of each, for webp_test.go.

    python webp.py          # with Pillow and numpy

webp.json has each picture's red, green and blue on black, row by row, as shown.
"""
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

here = Path(__file__).parent
random = np.random.default_rng(1)
y, x = np.mgrid[0:19, 0:22]
colors = np.stack([12 * x, 255 - 13 * y, 128 + 60 * np.sin(x / 2) * np.cos(y / 3)], 2).clip(0, 255).astype(np.uint8)
alpha = (255 * (x + y) / 39).astype(np.uint8)
exif = Image.Exif()
exif[274] = 6
pictures = {
    "black": (np.zeros((8, 8, 3), np.uint8), {}),
    "white": (np.full((8, 8, 3), 255, np.uint8), {}),
    "colors": (colors, {}),
    "noise": (random.integers(0, 256, (16, 16, 3), np.uint8), {}),
    "alpha": (np.dstack([colors, alpha]), {}),
    "turned": (colors, {"exif": exif}),
    "lossless": (colors, {"lossless": True}),
    "turned_padded": (colors, {"exif": exif, "icc_profile": bytes(129)}),
    "turned_lossless_alpha": (np.dstack([colors, alpha]), {"exif": exif, "lossless": True}),
}
shown = {}
for name, (pixels, options) in pictures.items():
    path = here / f"{name}.webp"
    Image.fromarray(pixels).save(path, quality=80, method=6, **options)
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGBA")
    rgba = np.asarray(picture).astype(int)
    rgb = (rgba[..., :3] * rgba[..., 3:] + 127) // 255
    shown[path.name] = {"width": picture.width, "height": picture.height, "pixels": rgb.ravel().tolist()}
(here / "webp.json").write_text(json.dumps(shown) + "\n")
frames = [Image.fromarray(np.full((8, 8, 3), 100 * i, np.uint8)) for i in range(2)]
frames[0].save(here / "animated.webp", save_all=True, append_images=frames[1:])
