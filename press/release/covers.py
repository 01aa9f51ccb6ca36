"""The front cover in the sizes that shops ask for, by styles/release/covers.yaml."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import yaml
from PIL import Image

from press.editions.epub import cover, pictures
from press.galleys import Galleys
from press.pixels import rasterise
from press.styles import Styles

QUALITY = 92  # of the JPEG


def draw(galleys: Galleys, styles: Styles) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each size and the cover as JPEG in RGB.

    A size gives the `height` in px; the width is the cover's own, so nothing is cut off or stretched.
    """
    sizes: dict[str, int] = yaml.safe_load(styles.find("release/covers.yaml").read_text(encoding="utf-8"))
    with Image.open(io.BytesIO(_whole(galleys, styles, max(sizes.values())))) as whole:
        plain = whole.convert("RGB")
    for name, height in sizes.items():
        size = round(plain.width * height / plain.height), height
        out = io.BytesIO()
        plain.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=QUALITY, optimize=True, subsampling=0)
        yield name, out.getvalue()


def _whole(galleys: Galleys, styles: Styles, height: int) -> bytes:
    """Return the cover as a picture of about that height: the book's own, or the one that the styles set."""
    book = galleys.book
    width = round(height * book.paper.width / book.paper.height)
    if not book.cover:
        art = galleys.image(book.cover_art) if book.cover_art else b""
        return cover.paint(book, styles, art, width)
    own = pictures.load(galleys, book.cover)
    return rasterise(own, width) if Path(book.cover).suffix == ".svg" else own
