"""Writes one JPEG for each orientation that Exif knows, and what Pillow makes of it.

    python oriented.py          # with Pillow

Each stored picture has red and green above blue and white. oriented.json has the
four corners of the picture to show, row by row, after ImageOps.exif_transpose.
"""
import json
from pathlib import Path

from PIL import Image, ImageOps

here = Path(__file__).parent
colors = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200), "white": (220, 220, 220)}


def nearest(pixel):
    return min(colors, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, colors[name])))


corners = {}
for orientation in range(1, 9):
    picture = Image.new("RGB", (64, 32))
    for i, color in enumerate(colors.values()):
        picture.paste(color, (32 * (i % 2), 16 * (i // 2), 32 * (i % 2) + 32, 16 * (i // 2) + 16))
    exif = Image.Exif()
    exif[274] = orientation
    path = here / f"oriented_{orientation}.jpg"
    picture.save(path, quality=90, exif=exif)
    shown = ImageOps.exif_transpose(Image.open(path))
    right, bottom = shown.width - 1, shown.height - 1
    corners[path.name] = [nearest(shown.getpixel(at)) for at in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
(here / "oriented.json").write_text(json.dumps(corners, indent=1) + "\n")
