"""Ink: contours, creases and seams as filled strokes of varying width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage as ndi
from skimage.morphology import disk, remove_small_objects

from plates import chains
from plates.arrays import Bools, Floats
from plates.curves import (
    arc,
    bezier_path,
    fit_open,
    join_numbers,
    length,
    num,
    resample,
    smooth_open,
)
from plates.raycast import Buffers, masked_blur

SHADOW_SIDE = np.array([-0.58, 0.81])  # direction of the light in the picture (x right, y up)
DEPTH_STEP = 2.2e-3  # m; a smaller depth jump inside one part draws no line
GONE = 0.12  # share of the width below which a fading line has ended


@dataclass(frozen=True)
class Pen:
    """What holds for every line of a plate: decimals and tolerance (pt) of the paths, share of width that fades."""

    digits: int = 2
    tol: float = 0.06
    share: Floats | float = 1.0

    def there(self, b: Buffers, points: Floats) -> Floats:
        """Return the share of width at plate points (n, 2) in pt."""
        if isinstance(self.share, float):
            return np.ones(len(points))
        rows, columns = b.pixels(points)
        return np.asarray(ndi.gaussian_filter1d(self.share[rows, columns], 4, mode="nearest"))


def stroke(
    p: Floats,
    width: float,
    taper: tuple[float, float] = (0.0, 0.0),
    thinnest: float = 0.25,
    profile: Floats | None = None,
    tol: float = 0.1,
    digits: int = 2,
) -> str:
    """Return a closed path around the polyline p, (n, 2) in pt.

    width in pt; taper: lengths (pt) over which the two ends thin out to `thinnest` of the width; profile: relative
    width at each vertex.
    """
    total = length(p)
    if len(p) < 3 or total <= 0:
        return ""
    t, a = arc(p), np.ones(len(p))
    if taper[0] > 0:
        a *= np.clip(t / taper[0], 0, 1) ** 0.7
    if taper[1] > 0:
        a *= np.clip((total - t) / taper[1], 0, 1) ** 0.7
    half = width * (thinnest + (1 - thinnest) * a) / 2 * (1 if profile is None else profile)
    tangent = np.gradient(p, axis=0)
    norm = np.hypot(*tangent.T)
    tangent /= np.where(norm == 0, 1, norm)[:, None]
    side = np.c_[-tangent[:, 1], tangent[:, 0]] * half[:, None]
    there, back = fit_open(p + side, tol), fit_open((p - side)[::-1], tol)
    if not there or not back:
        return ""
    q = 10**digits
    step = np.round(back[0][0] * q) / q - np.round(there[-1][3] * q) / q
    home = bezier_path(back, False, digits)
    turn = "l" + join_numbers([num(step[0], digits), num(step[1], digits)])
    return bezier_path(there, False, digits) + turn + home[home.index("c") :] + "z"


def faded(
    p: Floats, width: float, taper: tuple[float, float], thinnest: float, profile: Floats, there: Floats, pen: Pen
) -> str:
    """Return strokes along the runs of p where the drawing has not vanished; ends that fade run out to nothing."""
    runs, count = ndi.label(there > GONE)
    out = ""
    for run in range(1, count + 1):
        k = np.nonzero(runs == run)[0]
        whole = (k[0] == 0, k[-1] == len(p) - 1)
        ends = (taper[0] if whole[0] else 0.0, taper[1] if whole[1] else 0.0)
        weight = profile[k] * there[k] ** 0.6
        for at, is_end in ((0, whole[0]), (-1, whole[1])):
            if not is_end:
                weight[at] *= 0.3
        out += stroke(p[k], width, ends, thinnest, weight, pen.tol, pen.digits)
    return out


def _edge_weights(b: Buffers) -> Floats:
    """Return the relative line weight of each pixel.

    1 on silhouettes, less on borders of parts and on depth jumps that the slope of the surface does not explain.
    """
    z, step = np.where(b.mask, b.z, -1e3), b.scale / b.px
    facing = np.clip(np.abs(b.normal[..., 2]), 0.08, 1)
    out = np.zeros(b.id.shape)

    def mark(first: Any, second: Any, slope: Floats) -> None:
        z0, z1, i0, i1 = z[first], z[second], b.id[first], b.id[second]
        dz = z1 - z0
        surprise = np.abs(dz - np.clip((slope[first] + slope[second]) / 2, -4e-3, 4e-3))
        outline = (i0 < 0) != (i1 < 0)
        border = (i0 != i1) & ~outline
        inner = (i0 == i1) & (i0 >= 0) & (surprise > DEPTH_STEP) & (np.abs(dz) > DEPTH_STEP)
        jump = np.abs(dz) / 0.02
        weight = np.where(border, np.clip(0.50 + 0.5 * jump, 0.5, 1.0), 0)
        weight = np.where(inner, np.clip(0.34 + 0.66 * jump, 0.34, 1.0), weight)
        weight = np.where(outline, 1.0, weight)
        nearer = z0 >= z1  # the line belongs to the nearer pixel
        np.maximum(out[first], np.where(nearer, weight, 0), out=out[first])
        np.maximum(out[second], np.where(~nearer, weight, 0), out=out[second])

    every = slice(None)
    mark((every, slice(0, -1)), (every, slice(1, None)), -b.normal[..., 0] / facing * step)
    mark((slice(0, -1), every), (slice(1, None), every), b.normal[..., 1] / facing * step)
    out[[0, -1], :] = 0
    out[:, [0, -1]] = 0
    return out


def contour_lines(b: Buffers, width: float, pen: Pen, min_len: float = 3.0, smooth: float = 3.0) -> str:
    """Return outlines, borders of parts and overlaps; width and min_len in pt, smooth in samples."""
    px, weights = b.px, _edge_weights(b)
    mask = remove_small_objects(weights > 0, max_size=int(5 * px) - 1, connectivity=2)
    lines = chains.merge(chains.trace(ndi.binary_dilation(mask, disk(1)), min_len=int(0.8 * px)), 3.0, 60)
    weights = ndi.grey_dilation(weights, size=(5, 5))
    nx, ny = (ndi.gaussian_filter(b.normal[..., k], 2) for k in (0, 1))
    out = []
    for p in lines:
        if len(p) < 4:
            continue
        u = (resample(smooth_open(p, smooth), 1.5) + 0.5) / px
        rows, columns = b.pixels(u)
        weight = ndi.gaussian_filter1d(weights[rows, columns], 6, mode="nearest")
        total = length(p) / px
        if total < min_len * (1.0 if weight.mean() < 0.6 else 0.5):
            continue
        shadow = -(np.c_[nx[rows, columns], ny[rows, columns]] @ SHADOW_SIDE)
        shadow = ndi.gaussian_filter1d(shadow, 8, mode="nearest")
        tip = 0.0 if np.hypot(*(p[0] - p[-1])) < 3 else min(6.0, total * 0.35)
        tips = (0.0 if _leaves(b, u[0]) else tip, 0.0 if _leaves(b, u[-1]) else tip)
        profile = weight * (1 + 0.38 * np.clip(shadow, -1, 1))
        out.append(faded(u, width, tips, 0.3, profile, pen.there(b, u), pen))
    return "".join(out)


def _leaves(b: Buffers, point: Floats) -> bool:
    """Tell whether a line leaves the plate at this end: no taper there."""
    return bool(point.min() < 1.0 or point[0] > b.width - 1 or point[1] > b.height - 1)


def crease_lines(
    b: Buffers,
    parts: list[int],
    width: float,
    threshold: float,
    pen: Pen,
    min_len: float = 7.0,
    sigma: float = 0.35,
    keep: float = 1.0,
) -> str:
    """Return fine lines along concave creases of the given parts.

    threshold: concavity per pt; sigma: blur of the normals in pt; keep: share of the lines, strongest first.
    """
    px = b.px
    accepted, strength = _creases(b, parts, threshold, sigma)
    accepted = remove_small_objects(accepted, max_size=int(px * px) - 1, connectivity=2)
    out = []
    for p in chains.merge(chains.trace(accepted, min_len=int(0.8 * px)), 2.5, 45):
        total = length(p) / px
        if total < min_len:
            continue
        u = (resample(smooth_open(p, 3.0 * px / 4), 2.0) + 0.5) / px
        rows, columns = b.pixels(u)
        s = np.clip(strength[rows, columns] / (threshold * 3), 0.35, 1.3)
        s = ndi.gaussian_filter1d(s, 4, mode="nearest")
        taper = min(7, total * 0.4)
        out.append((total * s.mean(), faded(u, width, (taper, taper), 0.12, s, pen.there(b, u), pen)))
    out.sort(reverse=True)
    return "".join(line for _, line in out[: int(np.ceil(len(out) * keep))])


def _creases(b: Buffers, parts: list[int], threshold: float, sigma: float) -> tuple[Bools, Floats]:
    """Return where creases are and how concave each pixel is; parts one by one, so that borders do not count."""
    px = b.px
    accepted, strength = np.zeros(b.id.shape, bool), np.zeros(b.id.shape)
    for i in parts:
        here = b.id == i
        if here.sum() < 50:
            continue
        inner = ndi.binary_erosion(here, iterations=max(2, int(0.5 * px)))
        nx, ny = (masked_blur(b.normal[..., k], here, sigma * px) for k in (0, 1))
        concave = -(np.gradient(nx, axis=1) - np.gradient(ny, axis=0)) * px
        strength = np.where(inner, concave, strength)
        labels, _ = ndi.label(inner & (concave > threshold), structure=np.ones((3, 3)))
        good = np.unique(labels[inner & (concave > threshold * 1.6)])
        accepted |= np.isin(labels, good[good > 0])
    return accepted, strength


def seam_lines(b: Buffers, part: int, lines: list[Floats], width: float, pen: Pen) -> str:
    """Return what is seen of lines on the surface of a part, each (n, 3) in m; width in pt."""
    out = ""
    for line in lines:
        u = b.project(line)
        rows, columns = b.pixels(u)
        inside = (u.min(1) >= 0) & (u[:, 0] < b.width) & (u[:, 1] < b.height)
        near = b.z[rows, columns] - line @ b.view.forward < 3 * DEPTH_STEP
        seen = inside & (b.id[rows, columns] == part) & near
        runs, count = ndi.label(seen)
        for run in range(1, count + 1):
            k = np.nonzero(runs == run)[0]
            if len(k) >= 4:
                out += faded(u[k], width, (0, 0), 1.0, np.ones(len(k)), pen.there(b, u[k]), pen)
    return out
