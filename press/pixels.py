"""Pixels from a drawing, where an edition or a reader can do nothing with an SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def rasterise(svg: bytes, width: int, fonts: Sequence[Path] = ()) -> bytes:
    """Return the drawing as PNG, `width` px wide; the same drawing always gives the same bytes.

    No font is loaded but `fonts` (TrueType, OpenType): other letters have to be outlines (see resolve/outlines.py).
    Raises ValueError where it is no SVG.
    """
    import resvg_py

    files = [str(font) for font in fonts]
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg.decode(), width=width, dpi=96, skip_system_fonts=True, font_files=files)
    )
