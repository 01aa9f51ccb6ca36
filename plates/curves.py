"""Polylines, cubic Bézier fitting and SVG path data.

Plain image-space geometry: points are (n, 2) arrays, lengths are in the unit of the points passed in (pixels before the
division by `px`, pt after it).
"""

from __future__ import annotations

from collections.abc import Iterable

import contourpy
import numpy as np
from scipy import ndimage as ndi

from plates.arrays import Floats


def length(p: Floats) -> float:
    """Return the arc length of an open polyline."""
    return float(np.hypot(*np.diff(p, axis=0).T).sum())


def arc(p: Floats) -> Floats:
    """Return the arc length at each vertex, starting at 0."""
    return np.r_[0, np.cumsum(np.hypot(*np.diff(p, axis=0).T))]


def area(p: Floats) -> float:
    """Return the signed area of a closed polygon."""
    x, y = p.T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def smooth_closed(p: Floats, sigma: float) -> Floats:
    """Smooth a closed polygon by a Gaussian; sigma in vertices."""
    if len(p) < 5:
        return p
    return np.column_stack([ndi.gaussian_filter1d(c, sigma, mode="wrap") for c in p.T])


def smooth_open(p: Floats, sigma: float) -> Floats:
    """Smooth an open polyline, whose ends stay in place; sigma in vertices."""
    n = len(p)
    if n < 4:
        return p
    sigma = min(sigma, n / 4)
    k = int(min(n - 1, 4 * sigma + 1))
    head, tail = 2 * p[0] - p[1 : k + 1][::-1], 2 * p[-1] - p[-k - 1 : -1][::-1]
    q = np.vstack([head, p, tail])
    return np.column_stack([ndi.gaussian_filter1d(c, sigma) for c in q.T])[k : k + n]


def resample(p: Floats, step: float, closed: bool = False) -> Floats:
    """Return points at equal arc length `step`."""
    q = np.vstack([p, p[:1]]) if closed else p
    d = arc(q)
    if d[-1] < step:
        return p
    t = np.linspace(0, d[-1], max(round(d[-1] / step), 3) + 1)
    t = t[:-1] if closed else t
    return np.c_[np.interp(t, d, q[:, 0]), np.interp(t, d, q[:, 1])]


# Cubic Béziers through points, after Schneider 1990: a segment is a (4, 2) array of control points.


def unit(v: Floats) -> Floats:
    """Return a vector of length 1, or the zero vector."""
    n = np.hypot(*v)
    return np.asarray(v / n) if n > 0 else v


def _at(c: Floats, t: Floats) -> Floats:
    """Return the points (n, 2) of a segment at parameters (n,)."""
    t = t[:, None]
    m = 1 - t
    return np.asarray(m**3 * c[0] + 3 * m * m * t * c[1] + 3 * m * t * t * c[2] + t**3 * c[3])


def _one(p: Floats, u: Floats, start: Floats, end: Floats) -> Floats:
    """Return the best segment through points at parameters u, with given unit tangents at its ends."""
    b0, b1, b2, b3 = (1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3
    a1, a2 = start * b1[:, None], end * b2[:, None]
    c = np.array([[np.sum(a1 * a1), np.sum(a1 * a2)], [np.sum(a1 * a2), np.sum(a2 * a2)]])
    rest = p - (p[0] * (b0 + b1)[:, None] + p[-1] * (b2 + b3)[:, None])
    x = np.array([np.sum(a1 * rest), np.sum(a2 * rest)])
    det = c[0, 0] * c[1, 1] - c[0, 1] ** 2
    chord = np.hypot(*(p[-1] - p[0]))
    l1 = l2 = 0.0
    if abs(det) > 1e-12:
        l1 = (x[0] * c[1, 1] - x[1] * c[0, 1]) / det
        l2 = (c[0, 0] * x[1] - c[0, 1] * x[0]) / det
    if not (1e-6 * chord <= l1 <= 3 * chord and 1e-6 * chord <= l2 <= 3 * chord):
        l1 = l2 = chord / 3
    return np.array([p[0], p[0] + start * l1, p[-1] + end * l2, p[-1]])


def _fit(p: Floats, start: Floats, end: Floats, tol: float, out: list[Floats]) -> None:
    """Append segments through p to `out`, parted where one is further than `tol` from the points."""
    if len(p) == 2:
        d = np.hypot(*(p[1] - p[0])) / 3
        out.append(np.array([p[0], p[0] + start * d, p[1] + end * d, p[1]]))
        return
    d = arc(p)
    u = d / d[-1]
    for _ in range(4):
        c = _one(p, u, start, end)
        q = _at(c, u)
        error = np.sum((q - p) ** 2, 1)
        worst = int(error.argmax())
        if error[worst] < tol * tol:
            out.append(c)
            return
        if error[worst] > 16 * tol * tol:
            break
        u = _nearer(p, q, c, u)
    k = min(max(worst, 1), len(p) - 2)
    middle = unit(p[k - 1] - p[k + 1])
    _fit(p[: k + 1], start, middle, tol, out)
    _fit(p[k:], -middle, end, tol, out)


def _nearer(p: Floats, q: Floats, c: Floats, u: Floats) -> Floats:
    """Return parameters whose places on the segment are nearer to the points: one step of Newton's method."""
    d1 = 3 * (c[1:] - c[:-1])
    d2 = 2 * (d1[1:] - d1[:-1])
    m = 1 - u
    q1 = (m * m)[:, None] * d1[0] + (2 * m * u)[:, None] * d1[1] + (u * u)[:, None] * d1[2]
    q2 = m[:, None] * d2[0] + u[:, None] * d2[1]
    top = np.sum((q - p) * q1, 1)
    slope = np.sum(q1 * q1, 1) + np.sum((q - p) * q2, 1)
    u = np.clip(u - np.where(np.abs(slope) > 1e-12, top / slope, 0), 0, 1)
    return np.maximum.accumulate(u)


def fit_open(p: Floats, tol: float) -> list[Floats]:
    """Return segments through an open polyline, nowhere further from it than `tol`."""
    p = np.asarray(p, float)
    if len(p) < 2:
        return []
    if len(p) == 2:
        return [np.array([p[0], p[0] + (p[1] - p[0]) / 3, p[1] - (p[1] - p[0]) / 3, p[1]])]
    k = min(3, len(p) - 1)
    out: list[Floats] = []
    _fit(p, unit(p[k] - p[0]), unit(p[-1 - k] - p[-1]), tol, out)
    return out


def fit_closed(p: Floats, tol: float) -> list[Floats]:
    """Return segments round a closed polygon, starting at its flattest place; none for fewer than 8 vertices."""
    if len(p) < 8:
        return []
    a, b = np.roll(p, -3, 0) - p, p - np.roll(p, 3, 0)
    flattest = int(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).argmin())
    p = np.roll(p, -flattest, 0)
    q = np.vstack([p, p[:1]])
    tangent = unit(q[1] - q[-2])
    out: list[Floats] = []
    _fit(q, tangent, -tangent, tol, out)
    return out


def num(v: float, digits: int = 1) -> str:
    """Return the shortest decimal text of a number."""
    s = f"{v:.{digits}f}"
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    if s in ("-0", ""):
        return "0"
    if s.startswith("0."):
        return s[1:]
    return f"-{s[2:]}" if s.startswith("-0.") else s


def join_numbers(texts: Iterable[str]) -> str:
    """Join texts of numbers, with a space only where SVG needs one."""
    out = ""
    for s in texts:
        out += s if not out or s.startswith("-") else f" {s}"
    return out


def bezier_path(segments: list[Floats], closed: bool = False, digits: int = 1) -> str:
    """Return path data (relative `c`) of consecutive segments."""
    if not segments:
        return ""
    q = 10**digits
    here = np.round(np.array([segments[0][0]]) * q).astype(int)[0]
    out = "M" + join_numbers([num(here[0] / q, digits), num(here[1] / q, digits)])
    for segment in segments:
        points = np.round(np.array(segment) * q).astype(int)
        steps = [points[k] - here for k in (1, 2, 3)]
        out += "c" + join_numbers([num(v / q, digits) for step in steps for v in step])
        here = points[3]
    return out + ("z" if closed else "")


def field_paths(
    field: Floats,
    level: float,
    px: float,
    tol: float = 0.18,
    smooth: float = 2.0,
    min_area: float = 6.0,
    digits: int = 1,
    step: float = 1.0,
) -> str:
    """Return path data of the region {field > level}; holes by the even-odd rule.

    field is sampled on the pixel grid, `px` pixels a pt; tol in pt, smooth and step in pixels, min_area in pt².
    """
    padded = np.pad(field.astype(float), 1, constant_values=min(float(field.min()), level - 1.0))
    generator = contourpy.contour_generator(z=padded, line_type=contourpy.LineType.Separate)
    out = []
    for line in generator.lines(level):
        outline = np.asarray(line) - 1
        if len(outline) < 8 or np.hypot(*(outline[0] - outline[-1])) > 1e-6:
            continue
        p = resample(outline[:-1], step, True)
        if len(p) < 8:
            continue
        p = (smooth_closed(p, smooth) + 0.5) / px
        if abs(area(p)) >= min_area:
            out.append(bezier_path(fit_closed(p, tol), True, digits))
    return "".join(out)
