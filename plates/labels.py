"""Labels: layout in two columns, leader lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from plates.arrays import Floats
from plates.curves import num
from plates.palette import text_width
from plates.svg import content

LEADING = 1.16  # of the font size
GAP = 3  # pt between text and leader, and between labels
MARGIN = 4  # pt between the columns and the plate's edge
KINDS: dict[str, tuple[int, str, str]] = {  # kind -> (weight, style, CSS classes)
    "muscle": (600, "normal", "t tm"),
    "spot": (600, "normal", "t ts"),
    "bone": (400, "normal", "t"),
    "note": (400, "italic", "t tn"),
}

Label = dict[str, Any]
ToPlate = Callable[[Any], Floats]


def lay_out(labels: list[Label], to_plate: ToPlate, size: float) -> list[Label]:
    """Return copies of the labels with the plate point `p` and the centre line `ly` of the text (pt).

    Each column is spread downwards until nothing overlaps.
    """
    out = [dict(item) for item in labels]
    for item in out:
        item["p"] = to_plate(item["at"])
    for side in ("left", "right"):
        bottom: float | None = None
        column = [item for item in out if item.get("side") == side]
        for item in sorted(column, key=lambda i: float(i.get("y", i["p"][1]))):
            height = len(item["text"].split("\n")) * size * LEADING
            y = item.get("y", item["p"][1])
            if bottom is not None and y - height / 2 < bottom + GAP and not item.get("x"):
                y = bottom + GAP + height / 2
            bottom, item["ly"] = y + height / 2, y
    return out


def labels_svg(labels: list[Label], to_plate: ToPlate, width: float, size: float) -> tuple[str, str]:
    """Return the SVG of the leaders and that of the texts.

    Keys of a label: text, at, side, y, x, anchor, kind, lead (false: no leader), stop (pt kept free around the target),
    knee (x where the leader bends).
    """
    leaders, texts = [], []
    for item in lay_out(labels, to_plate, size):
        lines, left = item["text"].split("\n"), item.get("side") == "left"
        weight, style, css = KINDS[item.get("kind", "bone")]
        x = item.get("x", MARGIN if left else width - MARGIN)
        anchor = item.get("anchor", "start" if left else "end")
        y = item.get("ly", item.get("y", item["p"][1]))
        first = y - (len(lines) - 1) * size * LEADING / 2 + size * 0.34
        align = f' text-anchor="{anchor}"' if anchor != "start" else ""
        for i, line in enumerate(lines):
            baseline = num(first + i * size * LEADING)
            texts.append(f'<text class="{css}" x="{num(x)}" y="{baseline}"{align}>{content(line)}</text>')
        if item.get("lead", True):
            widest = max(text_width(line, size, weight, style) for line in lines)
            start = {"start": x + widest + GAP, "end": x - widest - GAP, "middle": x}[anchor]
            css = "ld lds" if item.get("kind") == "spot" else "ld"
            leaders.append(leader(item["p"], start, y, item.get("stop", 0), item.get("knee"), css))
    return "".join(leaders), "".join(texts)


def leader(target: Floats, start: float, y: float, stop: float, knee: float | None, css: str) -> str:
    """Return a leader from (start, y) to its target, with a pale edge that parts it from the drawing.

    stop: pt kept free around the target, which has a dot if that is 0; knee: x where the leader bends.
    """
    bend = start if knee is None else knee
    if stop:
        way = target - np.array([bend, y])
        target = target - way / np.hypot(*way) * stop
    turn = "" if knee is None else f"H{num(knee)}"
    path = f"M{num(start)} {num(y)}{turn}L{num(target[0])} {num(target[1])}"
    dot = "" if stop else f'<circle class="lp" cx="{num(target[0])}" cy="{num(target[1])}" r="1.05"/>'
    return f'<path class="lh" d="{path}"/><path class="{css}" d="{path}"/>{dot}'
