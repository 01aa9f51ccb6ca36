"""Marks of the finder: a ring on the spot, and beside the figure its number on a disc and a few words."""

from __future__ import annotations

from typing import Any

from plates.curves import num
from plates.labels import GAP, KINDS, LEADING, ToPlate, leader
from plates.palette import text_width
from plates.svg import content

DISC = 6.6  # pt, radius
RING = 3.4  # pt, radius
EDGE = 7.6  # pt between the middle of a disc and the plate's edge


def mark_svg(mark: dict[str, Any], to_plate: ToPlate, width: float, size: float) -> str:
    """Return a mark as `<g class="spot" data-target>`, which an edition may turn into a link.

    mark: number, target (id of a part of the book), at, text, side (left or right), y; width and size in pt.
    """
    left, y, lines = mark["side"] == "left", float(mark["y"]), mark["text"].split("\n")
    place = to_plate(mark["at"])
    middle = EDGE if left else width - EDGE
    inner = middle + (1 if left else -1) * (DISC + GAP)
    weight, style, css = KINDS["bone"]
    longest = max(text_width(line, size, weight, style) for line in lines)
    start = inner + (1 if left else -1) * (longest + GAP)
    first = y - (len(lines) - 1) * size * LEADING / 2 + size * 0.34
    anchor = "" if left else ' text-anchor="end"'
    words = "".join(
        f'<text class="{css}" x="{num(inner)}" y="{num(first + k * size * LEADING)}"{anchor}>{content(line)}</text>'
        for k, line in enumerate(lines)
    )
    x, top = (num(v) for v in place)
    return (
        f'<g class="spot" data-target="{mark["target"]}">{leader(place, start, y, RING, mark.get("knee"), "ld lds")}'
        f'<circle class="halo2" cx="{x}" cy="{top}" r="{num(RING + 1)}"/>'
        f'<circle class="ring" cx="{x}" cy="{top}" r="{num(RING)}"/><circle class="s100" cx="{x}" cy="{top}" r="1.1"/>'
        f'<circle class="disc" cx="{num(middle)}" cy="{num(y)}" r="{num(DISC)}"/>'
        f'<text class="t tw" x="{num(middle)}" y="{num(y + size * 0.34)}" text-anchor="middle">{mark["number"]}</text>'
        f"{words}</g>"
    )
