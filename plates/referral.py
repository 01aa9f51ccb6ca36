"""Referred-pain zones: soft strokes -> intensity -> flat tints and a stipple."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage as ndi

from plates.arrays import Bools, Floats, Ints
from plates.curves import field_paths, join_numbers, num
from plates.labels import ToPlate
from plates.raycast import Buffers

FAINTEST = 0.04  # intensity below which no dot is set
DOTS = ((0.0, 0.34, 0.78), (0.34, 0.7, 1.0), (0.7, 9.0, 1.22))  # intensity from, to: diameter in pt


def _ease(x: Floats) -> Floats:
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def intensity(b: Buffers, strokes: list[dict[str, Any]], to_plate: ToPlate, blur: float = 2.2) -> Floats:
    """Return the intensity 0..1 on the pixel grid.

    strokes: path (points), width (radius in pt, one or a list), level (0..1), soft (0..1); blur in pt.
    """
    h, w = b.shape
    x, y = np.meshgrid((np.arange(w) + 0.5) / b.px, (np.arange(h) + 0.5) / b.px)
    total = np.zeros((h, w))
    for stroke in strokes:
        points = [to_plate(q) for q in stroke["path"]]
        radii = stroke["width"] if isinstance(stroke["width"], list) else [stroke["width"]] * len(points)
        if len(points) == 1:
            points, radii = [points[0], points[0] + 1e-3], radii * 2
        best = np.zeros_like(total)
        for k in range(len(points) - 1):
            start, way = points[k], points[k + 1] - points[k]
            t = np.clip(((x - start[0]) * way[0] + (y - start[1]) * way[1]) / max(float(way @ way), 1e-9), 0, 1)
            radius = radii[k] + (radii[k + 1] - radii[k]) * t
            away = np.hypot(x - start[0] - t * way[0], y - start[1] - t * way[1])
            best = np.maximum(best, _ease((radius - away) / (radius * stroke.get("soft", 0.75))))
        total = 1 - (1 - total) * (1 - best * stroke.get("level", 1))
    noise = ndi.gaussian_filter(np.random.default_rng(5).normal(size=total.shape), 6 * b.px)
    soft = ndi.gaussian_filter(total, blur * b.px)
    return np.clip(soft * (1 + 0.10 * noise / noise.std()), 0, 1)


def stipple(field: Floats, closest: float, widest: float) -> Floats:
    """Return dots as rows (x, y, intensity), closer where the field is stronger; spacing in pixels.

    Variable-density dart throwing, always with the same darts.
    """
    rng = np.random.default_rng(7)
    rows, columns = np.nonzero(field > FAINTEST)
    grid: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    out = []

    def free(x: float, y: float, radius: float) -> bool:
        reach, gx, gy = int(radius / closest) + 1, int(x / closest), int(y / closest)
        for row in range(gy - reach, gy + reach + 1):
            for column in range(gx - reach, gx + reach + 1):
                for qx, qy, r in grid.get((row, column), ()):
                    low, high = min(radius, r), max(radius, r)
                    if (qx - x) ** 2 + (qy - y) ** 2 < low**2 * 0.98 + (high - low) ** 2 * 0.15:
                        return False
        return True

    for i in rng.permutation(len(columns)):
        x, y = columns[i] + rng.random(), rows[i] + rng.random()
        value = field[rows[i], columns[i]]
        radius = closest + (widest - closest) * (1 - value) ** 1.25
        if free(x, y, radius):
            grid.setdefault((int(y / closest), int(x / closest)), []).append((x, y, radius))
            out.append((x, y, value))
    return np.array(out).reshape(-1, 3)


def zone_svg(
    b: Buffers,
    strokes: list[dict[str, Any]],
    to_plate: ToPlate,
    share: Floats | float = 1.0,
    blur: float = 2.2,
    only: list[str] | None = None,
    core: float = 0.62,
    dot: tuple[float, float] = (1.55, 4.6),
    dot_scale: float = 1.0,
) -> str:
    """Return an SVG group: one or two flat tints under red dots.

    share: how much of the drawing is there (fade.py); only: names of the parts that may carry the zone, or all;
    core: intensity of the stronger tint, 0 for none; dot: closest and widest spacing in pt.
    """
    px, body = b.px, _carriers(b, only)
    total = np.where(body, intensity(b, strokes, to_plate, blur) * share, 0)
    soft = ndi.gaussian_filter(total, 0.8 * px)
    out = f'<path class="s14" d="{field_paths(soft, 0.16, px, tol=0.3, smooth=6, min_area=20)}"/>'
    if core and (data := field_paths(soft, core, px, tol=0.3, smooth=8, min_area=20)):
        out += f'<path class="s26" d="{data}"/>'
    inner = ndi.binary_erosion(body, iterations=int(0.7 * px))
    dots = stipple(np.where(inner, total, 0), dot[0] * px, dot[1] * px)
    for low, high, size in DOTS:
        chosen = np.round(dots[(dots[:, 2] >= low) & (dots[:, 2] < high), :2] / px * 10).astype(int)
        if len(chosen):
            out += f'<path class="dots" stroke-width="{num(size * dot_scale, 2)}" d="{_dots(chosen)}"/>'
    return f'<g class="referral">{out}</g>'


def _carriers(b: Buffers, only: list[str] | None) -> Bools:
    return np.isin(b.id, [i for i, name in enumerate(b.names) if name in only]) if only else b.mask


def _dots(places: Ints) -> str:
    """Return path data of dots, (n, 2) in tenths of a pt: strokes of no length, whose round caps are the dots."""
    places = places[np.lexsort((places[:, 0], places[:, 1] // 40))]
    steps = np.diff(places, axis=0, prepend=np.zeros((1, 2), int))
    words = [join_numbers([num(x / 10), num(y / 10)]) + "h0" for x, y in steps]
    return "M" + "m".join(words)
