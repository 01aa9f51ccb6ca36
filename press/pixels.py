"""Pixels from a drawing, where an edition or a reader can do nothing with an SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

ROOT = "{http://www.w3.org/2000/svg}svg"
POINTS = {"pt": 1.0, "px": 0.75, "mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, None: 0.75}
_LENGTH = re.compile(r"^\s*([\d.]+)\s*(pt|px|mm|cm|in)?\s*$")


def size(svg: etree._Element) -> tuple[float, float]:
    """Return width and height of a drawing in pt. Raises ValueError where it says neither them nor a viewBox."""
    sides = [_LENGTH.match(svg.get(side, "")) for side in ("width", "height")]
    try:
        if all(sides):
            width, height = (float(side[1]) * POINTS[side[2]] for side in sides if side)
        else:
            width, height = (float(side) * POINTS["px"] for side in svg.get("viewBox", "").split()[2:4])
    except ValueError:
        raise ValueError("the SVG has neither width and height nor a viewBox") from None
    return width, height


def rasterise(svg: bytes, width: int, fonts: Iterable[bytes] = (), ground: tuple[int, int, int] | None = None) -> bytes:
    """Return the drawing as PNG, `width` px wide; the same drawing always gives the same bytes.

    No font is loaded but `fonts` (TrueType, OpenType): other letters have to be outlines (see resolve/outlines.py).
    It is drawn on nothing, or on a `ground` in RGB. Raises ValueError where it is no SVG.
    """
    from resvg import render, usvg

    try:
        drawing = etree.fromstring(svg, _PARSER)
        if drawing.tag != ROOT:
            raise ValueError(f"not an SVG: {drawing.tag!r}")
        across, down = (side / POINTS["px"] for side in size(drawing))
        height = max(1, round(width * down / across))
    except (etree.XMLSyntaxError, ZeroDivisionError) as error:
        raise ValueError(f"not an SVG: {error}") from None
    drawing.set("width", f"{across}")
    drawing.set("height", f"{down}")
    options = usvg.Options.default()
    for font in fonts:
        options.load_font_data(font)
    tree = usvg.Tree.from_str(etree.tostring(drawing, encoding="unicode"), options)
    enlarged = (width / across, 0, 0, 0, height / down, 0)
    return bytes(render(tree, enlarged, bg_size=(width, height), bg_color=(*ground, 255) if ground else None))


_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
