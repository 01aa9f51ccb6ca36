"""One plate: a description -> its drawing (slow, see drawing.py) -> the text of the SVG (fast)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline

from plates import drawing, fade, ink, labels, marks, referral, svg
from plates.curves import arc, num
from plates.drawing import Description, Drawing
from plates.figure import Figures
from plates.meshes import Library

LABEL_SIZE = 8.0  # pt, for every plate of the book
KINDS: dict[str, Description] = {  # defaults of the families; size: [width, height] in pt
    "locator": {
        "size": [300, 300],
        "px": 4,
        "ao": 48,
        "aodist": 0.10,
        "aow": 0.55,
        "min_tone": 30,
        "valley": {"skin": 0.05, "cloth": 0.6},
        "valley_sig": {"skin": 1.3, "cloth": 1.3},
        "valley_min": 9,
    },
    "anatomy": {
        "size": [340, 300],
        "px": 4,
        "ao": 48,
        "aodist": 0.04,
        "valley": {"bone": 0.34, "target": 0.5, "second": 0.5},
        "valley_min": 9,
    },
}
KINDS["technique"] = KINDS["locator"] | {
    "size": [300, 220],
    "px": 4,
    "aodist": 0.09,
    "aow": 0.6,
    "min_tone": 9,
    "lw": 0.85,
    "valley": {"skin": 0.07, "shirt": 0.16, "shorts": 0.16},
    "valley_sig": {"skin": 0.6, "shirt": 0.9, "shorts": 0.9},
    "valley_min": 8,
}
THUMB: Description = {  # the small whole body in a corner: defaults
    "view": [180, 2],
    "center": [0, 0.835, 0],
    "height": 1.72,
    "px": 5,
    "lw": 0.62,
    "ao": 32,
    "aodist": 0.12,
    "aow": 0.5,
    "min_tone": 5,
    "valley": {"skin": 9, "cloth": 9},
    "fade": False,
}
KEYS = {*drawing.KEYS} | set(
    """kind title desc referral referral_only ref_blur core dot dotscale spots marks thumb labels strokes arrows
    person""".split()
)
TOP = ("title", "desc", "size", "view", "center", "height", "parts")


def load(description: Description) -> Description:
    """Return a description with the defaults of its kind. Raises ValueError for what it lacks or nobody knows."""
    whole = KINDS.get(description.get("kind", ""), {}) | description
    if "person" in whole:
        whole.setdefault("parts", [])
    if lacking := [key for key in TOP if key not in whole]:
        raise ValueError(f"the description lacks {', '.join(lacking)}")
    if unknown := sorted(set(whole) - KEYS):
        raise ValueError(f"unknown in the description: {', '.join(unknown)}")
    return whole


def draw(
    description: Description, library: Library, figures: Figures, cache: Path | None = None
) -> tuple[Drawing, Drawing | None]:
    """Return the drawing and, where the description asks for one, that of its thumbnail."""
    thumb = description.get("thumb")
    small = drawing.cached(_thumb(thumb), library, figures, cache) if thumb else None
    return drawing.cached(description, library, figures, cache), small


def _thumb(thumb: Description) -> Description:
    """Return the description of a thumbnail: a clothed body."""
    pose, build = thumb.get("figure", "stand"), thumb.get("build", "neutral")
    body = {"name": "body", "figure": pose, "build": build, "class": "skin"}
    clothes = [{**body, "name": name, "garment": name, "class": "cloth"} for name in thumb.get("clothes", ["shorts"])]
    own = {key: thumb[key] for key in ("view", "center", "height", "size", "px", "lw") if key in thumb}
    return THUMB | own | {"parts": [body, *clothes]}


def compose(description: Description, drawn: tuple[Drawing, Drawing | None], name: str, with_grid: bool = False) -> str:
    """Return the text of the SVG; name: that of its file."""
    drawn_plate, thumb = drawn
    get, to_plate, b = description.get, drawn_plate.to_plate, drawn_plate.buffers
    share = fade.share(fade.depth(b, get("fade"), to_plate))
    out = [drawn_plate.fills]
    if get("referral"):
        out.append(
            referral.zone_svg(
                b,
                description["referral"],
                to_plate,
                share,
                get("ref_blur", 2.2),
                get("referral_only"),
                get("core", 0.62),
                get("dot", (1.55, 4.6)),
                get("dotscale", 1.0),
            )
        )
    out.append(drawn_plate.lines)
    out += [_stroke(item, to_plate) for item in get("strokes", [])]
    out += [_arrow(item, to_plate) for item in get("arrows", [])]
    if thumb:
        out.append(_thumb_svg(description["thumb"], thumb, get("spots", []), drawn_plate))
    out += [_spot(item, to_plate) for item in get("spots", [])]
    width, height = description["size"]
    out += [marks.mark_svg(mark, to_plate, width, LABEL_SIZE) for mark in get("marks", [])]
    out += labels.labels_svg(get("labels", []), to_plate, width, LABEL_SIZE)
    if with_grid:
        out.append(svg.grid(width, height))
    return svg.document(width, height, name, description["title"], description["desc"], "".join(out), LABEL_SIZE)


def _stroke(item: dict[str, Any], to_plate: labels.ToPlate) -> str:
    """Return an ink stroke set by hand through given points."""
    points = np.array([to_plate(q) for q in item["path"]], float)
    t = arc(points)
    smooth = CubicSpline(t, points)(np.linspace(0, t[-1], 60))
    tips = (t[-1] * item.get("t0", 0.4), t[-1] * item.get("t1", 0.5))
    data = ink.stroke(smooth, item.get("w", 0.7), tips, item.get("thin", 0.12))
    return f'<path class="{item.get("col", "ink")}" d="{data}"/>'


def _arrow(item: dict[str, Any], to_plate: labels.ToPlate) -> str:
    """Return a direction of pressure or movement: a red curve through points, with a head at its end."""
    points = np.array([to_plate(q) for q in item["path"]], float)
    if len(points) == 2:
        points = np.insert(points, 1, points.mean(0), axis=0)
    t, size = arc(points), item.get("head", 6.5)
    curve = CubicSpline(t, points)(np.linspace(0, t[-1], 40))
    tip, way = curve[-1], curve[-1] - curve[-4]
    way = way / np.hypot(*way)
    side = np.array([-way[1], way[0]]) * size * 0.46
    shaft = curve[np.hypot(*(curve - tip).T) > size * 0.7]
    head = [tip, tip - way * size + side, tip - way * size * 0.74, tip - way * size - side]
    line, end = ("M" + "L".join(f"{num(x)} {num(y)}" for x, y in row) for row in (shaft, head))
    halo = f'<path class="ah" d="{line}"/><path class="ah" d="{end}z"/>'
    return f'{halo}<path class="as" d="{line}"/><path class="s100" d="{end}z"/>'


def _spot(item: dict[str, Any], to_plate: labels.ToPlate) -> str:
    """Return a ring with its dot."""
    x, y = (num(v) for v in to_plate(item["at"]))
    r = item.get("r", 8)
    bold = f' style="stroke-width:{num(item["w"])}"' if "w" in item else ""
    return (
        f'<g class="spot"><circle class="halo" cx="{x}" cy="{y}" r="{num(r + 1.2)}"/>'
        f'<circle class="ring" cx="{x}" cy="{y}" r="{num(r)}"{bold}/>'
        f'<circle class="s100" cx="{x}" cy="{y}" r="{num(item.get("dot", 2.1))}"/></g>'
    )


def _thumb_svg(thumb: Description, small: Drawing, plate_spots: list[dict[str, Any]], big: Drawing) -> str:
    """Return the small whole body, with a dot where the plate's first spot is or where `spot` or `spots` say."""
    zone = ""
    if thumb.get("zone"):
        zone = referral.zone_svg(
            small.buffers, thumb["zone"], small.to_plate, blur=0.8, core=0, dot=(1.25, 2.2), dot_scale=0.62
        )
    places = thumb.get("spots", [thumb["spot"]] if "spot" in thumb else None)
    if places is None:
        found = [big.buffers.surface(big.to_plate(item["at"])) for item in plate_spots[:1]]
        places = [place for place in found if place is not None]
    marks = ""
    for place in places:
        x, y = (num(v) for v in small.to_plate(place))
        marks += f'<circle class="halo2" cx="{x}" cy="{y}" r="4"/><circle class="s100" cx="{x}" cy="{y}" r="2.7"/>'
    at = " ".join(num(v) for v in thumb["at"])
    return f'<g transform="translate({at})">{small.fills}{zone}{small.lines}{marks}</g>'


def sources(description: Description) -> list[str]:
    """Return the aliases of the packs that a plate uses, and `makehuman` where a figure is in it."""
    used = {"makehuman"} if description.get("thumb") else set()
    for entry in description["parts"]:
        if "mesh" in entry:
            patterns = entry["mesh"] if isinstance(entry["mesh"], list) else [entry["mesh"]]
            used |= {pattern.split("/")[0] for pattern in patterns}
        if "figure" in entry or "wear" in entry:
            used.add("makehuman")
    return sorted(used)
