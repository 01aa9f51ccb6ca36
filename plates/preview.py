"""Looking at plates: PNGs and the contact sheet, by way of rsvg-convert."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from plates.palette import STYLES
from press.resolve.outlines import outline


def outlined(svg: Path) -> bytes:
    """Return the SVG with its labels as outlines, as the EPUB carries it."""
    return outline(svg, STYLES) or svg.read_bytes()


def png(svg: str, target: Path, zoom: float, background: str = "white") -> None:
    """Write the text of an SVG as a PNG; zoom is in pixels per pt."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "plate.svg")
        source.write_text(svg, encoding="utf-8")
        target.write_bytes(_render(outlined(source), zoom, background))


def _render(svg: bytes, zoom: float, background: str) -> bytes:
    if not shutil.which("rsvg-convert"):
        raise FileNotFoundError("rsvg-convert is not installed (Debian: librsvg2-bin)")
    dots = str(72 * zoom)
    command = ["rsvg-convert", "-d", dots, "-p", dots, "-b", background]
    return subprocess.run(command, input=svg, capture_output=True, check=True).stdout


def contact_sheet(plates: list[Path], target: Path, columns: int = 9, cell: int = 176, colours: int = 32) -> None:
    """Write a PNG of all plates side by side, each within a square of `cell` pixels."""
    rows = -(-len(plates) // columns)
    sheet = Image.new("RGB", (columns * cell, rows * cell), "white")
    for index, plate in enumerate(plates):
        picture = Image.open(io.BytesIO(_render(outlined(plate), 1.5, "white"))).convert("RGB")
        picture.thumbnail((cell - 12, cell - 12), Image.Resampling.LANCZOS)
        left, top = index % columns * cell, index // columns * cell
        sheet.paste(picture, (left + (cell - picture.width) // 2, top + (cell - picture.height) // 2))
    sheet.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
