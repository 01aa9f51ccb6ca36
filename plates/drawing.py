"""The slow half of a plate: parts -> rays -> tones, contours, creases and fibres as SVG. Kept in a cache folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from plates import fade, fibres, fields, ink, raycast, scene, solids
from plates.arrays import Floats
from plates.figure import Figures
from plates.labels import ToPlate
from plates.meshes import Library, build_part
from plates.raycast import Buffers, Frame, View
from plates.tones import SURFACES, shading, tone_layers

CACHE_VERSION = 20  # raise when drawing code changes
KEYS = """size view roll center height px ao aodist aow parts lw blend min_tone valley valley_min valley_keep valley_sig
    tol digits fade pen""".split()  # what of a description a drawing depends on
LINE = 0.95  # pt, the widest contour
SPECK = 30  # px; less of a part is not drawn

Description = dict[str, Any]


@dataclass
class Drawing:
    """What the rays saw (without normals), and the SVG of surfaces and lines."""

    buffers: Buffers
    fills: str
    lines: str

    def to_plate(self, q: Any) -> Floats:
        """Return the plate point (pt) of a point in a description: [x, y] in pt, or [x, y, z] in m."""
        return self.buffers.project([q])[0] if len(q) == 3 else np.array(q, float)


@dataclass
class Seam:
    """Lines on the surface of a part: each (n, 3) in m; width in pt."""

    lines: list[Floats]
    width: float
    colour: str


def window(description: Description) -> Frame:
    """Return the frame of a plate."""
    azimuth, elevation = description["view"]
    view = View(azimuth, elevation, description.get("roll", 0))
    return raycast.frame(
        view, description["center"], description["height"], description["size"], description.get("px", 4)
    )


def plate_point(frame: Frame) -> ToPlate:
    """Return the function that turns a point of a description into plate pt."""
    return lambda q: frame.project([q])[0] if len(q) == 3 else np.array(q, float)


def make(description: Description, library: Library, figures: Figures) -> Drawing:
    """Cast the rays and draw."""
    parts: list[dict[str, Any]] = []
    meshes, vectors, seams = [], {}, {}
    for entry in description["parts"]:
        for mesh in build_part(entry, library, figures):  # a garment has several
            if entry.get("fibres"):
                vectors[len(parts)] = fields.direction(mesh, entry["fibres"])
            meshes.append((entry["name"], mesh))
            seams[len(parts)] = seams_of(entry, figures)
            parts.append(entry)
    get, frame = description.get, window(description)
    b = raycast.render(meshes, frame, get("ao", 48), get("aodist", 0.05), vectors)
    away = fade.depth(b, get("fade"), plate_point(frame))
    shade = shading(b, get("aow", 0.8))
    pen = ink.Pen(get("digits", 2), 0.06 * get("tol", 1.0), fade.share(away))
    fills = "".join(_fill(description, b, index, entry, shade, away) for index, entry in enumerate(parts))
    lines = _lines(description, b, parts, seams, shade, pen)
    kept = Buffers(**vars(frame), names=b.names, id=b.id.astype(np.int16), z=b.z.astype(np.float32), normal=np.empty(0))
    return Drawing(kept, fills, lines)


def _fill(
    description: Description, b: Buffers, index: int, entry: dict[str, Any], shade: Floats, away: Floats | None
) -> str:
    """Return the tones of one part as a group."""
    if (b.id == index).sum() < SPECK:
        return ""
    kind = entry.get("class", "bone")
    layers = tone_layers(
        b,
        index,
        SURFACES[kind],
        shade,
        away,
        description.get("blend", {}).get(kind),
        description.get("min_tone", 4.0),
        0.22 * description.get("tol", 1.0),
    )
    paths = "".join(f'<path class="{colour}" d="{data}"/>' for colour, data in layers)
    return f'<g class="o-{entry["name"]}">{paths}</g>'


def seams_of(entry: dict[str, Any], figures: Figures) -> list[Seam]:
    """Return the lines on the surface of a part: the seam of a ball, closed eyes, and what the entry itself gives."""
    out = [Seam([np.array(s["path"], float)], s.get("w", 0.5), s.get("col", "k60")) for s in entry.get("seams", [])]
    if "lathe" in entry:
        out.append(Seam(solids.rings_of(**entry["lathe"]), 0.5, "k60"))
    if "ball" in entry:
        out.append(Seam(solids.seam_of(**entry["ball"]), 1.5, "paper"))
    if "figure" in entry and "garment" not in entry:
        out.append(Seam(figures.lids(entry["figure"], entry.get("build", "neutral")), 0.62, "ink"))
    if entry.get("wear") == "skin":
        out.append(Seam(scene.of(figures, entry["person"]).lids(), 0.62, "ink"))
    for seam in out:
        seam.lines = [solids.moved(line, entry.get("turn", []), entry.get("move", [0, 0, 0])) for line in seam.lines]
    return out


def _lines(
    description: Description,
    b: Buffers,
    parts: list[dict[str, Any]],
    seams: dict[int, list[Seam]],
    shade: Floats,
    pen: ink.Pen,
) -> str:
    """Return creases, fibres, seams and, on top, contours."""
    get, width, out = description.get, description.get("lw", 1.0), []
    coarse = ink.Pen(pen.digits, pen.tol / 0.06 * 0.1, pen.share)
    for kind, surface in SURFACES.items():
        chosen = [i for i, entry in enumerate(parts) if entry.get("class", "bone") == kind]
        if not chosen or surface.crease is None:
            continue
        colour, thick = surface.crease
        threshold, sigma = get("valley", {}).get(kind, 0.16), get("valley_sig", {}).get(kind, 0.35)
        data = ink.crease_lines(
            b, chosen, thick * width, threshold, coarse, get("valley_min", 7.0), sigma, get("valley_keep", 1.0)
        )
        out.append((colour, data))
    for i, entry in enumerate(parts):
        if spec := entry.get("fibres"):
            crease = SURFACES[entry.get("class", "bone")].crease
            colour = spec.get("col", crease[0] if crease else "k60")
            out.append((colour, fibres.fibre_paths(b, i, shade, spec, coarse)))
        for seam in seams[i]:
            out.append((seam.colour, ink.seam_lines(b, i, seam.lines, seam.width * width, pen)))
    out.append((get("pen", "ink"), ink.contour_lines(b, LINE * width, pen)))
    return "".join(f'<path class="{colour}" d="{data}"/>' for colour, data in out if data)


def cached(description: Description, library: Library, figures: Figures, cache: Path | None) -> Drawing:
    """Return the drawing of a description, from the cache folder if nothing that it depends on has changed.

    The cache holds numbers and text only (.npz without pickle).
    """
    parts = {key: description[key] for key in KEYS if key in description}
    text = json.dumps([CACHE_VERSION, parts], sort_keys=True)
    file = cache / f"{hashlib.sha256(text.encode()).hexdigest()[:20]}.npz" if cache else None
    if file and file.exists():
        with np.load(file, allow_pickle=False) as kept:
            names = [str(name) for name in kept["names"]]
            frame = vars(window(description))
            buffers = Buffers(**frame, names=names, id=kept["id"], z=kept["z"], normal=np.empty(0))
            return Drawing(buffers, str(kept["fills"]), str(kept["lines"]))
    drawing = make(description, library, figures)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        b = drawing.buffers
        np.savez_compressed(
            file, names=b.names, id=b.id, z=b.z, fills=np.array(drawing.fills), lines=np.array(drawing.lines)
        )
    return drawing
