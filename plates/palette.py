"""The palette of the plates and the face of their labels, read from `styles/`."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

from press.styles import Styles

STYLES = Styles([Path(__file__).parent.parent / "styles"])
FAMILY = "Source Sans 3"
PALETTE: dict[str, str] = {name: values["light"] for name, values in STYLES.tokens["plates"].items()}
"""Colour on screen of every name in section `plates` of tokens.yaml, lightest tints last."""


@cache
def _face(weight: int, style: str) -> tuple[TTFont, dict[int, str]]:
    face = next(f for f in STYLES.faces if (f.family, f.weight, f.style) == (FAMILY, weight, style))
    font = TTFont(BytesIO(STYLES.font(face).read_bytes()))
    return font, font.getBestCmap()


def text_width(text: str, size: float, weight: int = 400, style: str = "normal") -> float:
    """Return the width in pt of a line of text set at `size` pt."""
    font, characters = _face(weight, style)
    units = sum(font["hmtx"][characters[ord(character)]][0] for character in text)
    return float(units) * size / float(font["head"].unitsPerEm)
