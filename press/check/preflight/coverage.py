"""What only a renderer knows: how much of each page is covered with each ink, and how the cover looks.

The renderer is Ghostscript; without it neither is known.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageStat
from pydantic import BaseModel

DPI = 100  # fine enough for a tenth of what is measured; letters come out a little heavy
SMALL = 60  # dpi of the picture
INKS = ("cyan", "magenta", "yellow", "black")


class Coverage(BaseModel):
    """The share of a page that each process ink covers, in per cent; a spot colour counts as it looks in CMYK."""

    page: int
    inks: dict[str, float]


def measure(pdf: Path) -> list[Coverage] | None:
    """Render every page of `pdf` and measure its inks; None where there is no Ghostscript."""
    if not shutil.which("gs"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        options = f"-q -dNOPAUSE -dBATCH -dSAFER -sDEVICE=tiff32nc -sCompression=lzw -r{DPI}".split()
        subprocess.run(["gs", *options, "-o", f"{folder}/%d.tif", str(pdf)], check=True, capture_output=True)
        pages = sorted((int(path.stem), path) for path in Path(folder).glob("*.tif"))
        return [_measure(number, path) for number, path in pages]


def picture(pdf: Path) -> bytes | None:
    """Return the first page of `pdf` as a small PNG; None where there is no Ghostscript."""
    if not shutil.which("gs"):
        return None
    options = f"-q -dNOPAUSE -dBATCH -dSAFER -sDEVICE=png16m -dTextAlphaBits=4 -dGraphicsAlphaBits=4 -r{SMALL}".split()
    done = subprocess.run(["gs", *options, "-dLastPage=1", "-o", "-", str(pdf)], check=True, capture_output=True)
    return done.stdout


def _measure(number: int, path: Path) -> Coverage:
    with Image.open(path) as image:
        means = ImageStat.Stat(image).mean
    return Coverage(page=number, inks={ink: round(mean / 2.55, 2) for ink, mean in zip(INKS, means, strict=True)})
