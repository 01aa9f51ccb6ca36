"""Looking at plates: PNGs in colour, in greyscale and on dark, and the contact sheet."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PIL import Image

from plates.palette import STYLES
from press.pixels import rasterise
from press.resolve.outlines import outline

Look = Literal["light", "grey", "dark"]
DARK_PAGE = STYLES.tokens["colours"]["paper"]["dark"]


def outlined(svg: Path) -> bytes:
    """Return the SVG with its labels as outlines, as the EPUB carries it."""
    return outline(svg, STYLES) or svg.read_bytes()


def picture(svg: Path, width: int, look: Look = "light") -> Image.Image:
    """Return a plate as pixels, `width` px wide, as it looks on white paper, in greyscale or on a dark page."""
    drawing, page = outlined(svg), "white"
    if look == "dark":
        drawing, page = _dark(drawing), DARK_PAGE
    drawn = Image.open(io.BytesIO(rasterise(drawing, width))).convert("RGBA")
    paper = Image.new("RGBA", drawn.size, page)
    paper.alpha_composite(drawn)
    return paper.convert("L" if look == "grey" else "RGB")


def _dark(svg: bytes) -> bytes:
    """Return the SVG in the dark values of the palette."""
    text = svg.decode()
    for colour in STYLES.tokens["plates"].values():
        text = text.replace(colour["light"], colour["dark"].upper())  # upper case is not replaced again
    return text.encode()


def png(svg: str, target: Path, width: int, look: Look = "light") -> None:
    """Write the text of an SVG as a PNG, `width` px wide."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "plate.svg")
        source.write_text(svg, encoding="utf-8")
        picture(source, width, look).save(target)


def contact_sheet(
    plates: Sequence[Path], target: Path, columns: int = 9, cell: int = 176, look: Look = "light"
) -> None:
    """Write a PNG of all plates side by side, each within a square of `cell` px."""
    rows, page = -(-len(plates) // columns), DARK_PAGE if look == "dark" else "white"
    sheet = Image.new("RGB", (columns * cell, rows * cell), page)
    for index, plate in enumerate(plates):
        drawn = picture(plate, 2 * cell, look).convert("RGB")
        drawn.thumbnail((cell - 12, cell - 12), Image.Resampling.LANCZOS)
        left, top = index % columns * cell, index // columns * cell
        sheet.paste(drawn, (left + (cell - drawn.width) // 2, top + (cell - drawn.height) // 2))
    sheet.quantize(palette=_inks(look), dither=Image.Dither.NONE).save(target, optimize=True)


def _inks(look: Look) -> Image.Image:
    """Return a palette image of the plates' colours, and of each half and a quarter gone into the page."""
    values = [colour["dark" if look == "dark" else "light"] for colour in STYLES.tokens["plates"].values()]
    page = Image.new("RGB", (1, 1), DARK_PAGE if look == "dark" else "white")
    channels = list(page.tobytes())
    for value in values:
        ink = Image.new("RGB", (1, 1), value)
        if look == "grey":
            ink = ink.convert("L").convert("RGB")
        for share in (1, 0.75, 0.5, 0.25):
            tint = Image.blend(page, ink, share).tobytes()
            if max(abs(one - other) for one, other in zip(tint, page.tobytes(), strict=True)) > 6:  # bare stays bare
                channels += tint
    out = Image.new("P", (1, 1))
    out.putpalette(channels)
    return out
