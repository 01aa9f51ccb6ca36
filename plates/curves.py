"""Polylines, cubic Bezier fitting, SVG path data and mask tracing.

Everything here is plain image-space geometry; lengths are in the unit of the
points passed in (pixels before, points after division by ``px``).
"""

import contourpy
import numpy as np
from scipy import ndimage as ndi
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize


# ------------------------------------------------------------- polylines
def length(p):
    """Arc length of an open polyline."""
    return float(np.hypot(*np.diff(p, axis=0).T).sum())


def arc(p):
    """Cumulative arc length at each vertex, starting at 0."""
    return np.r_[0, np.cumsum(np.hypot(*np.diff(p, axis=0).T))]


def area(p):
    """Signed area of a closed polygon."""
    x, y = p.T
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def smooth_closed(p, sigma):
    """Gaussian smoothing of a closed polygon; ``sigma`` in samples."""
    if len(p) < 5:
        return p
    return np.column_stack([ndi.gaussian_filter1d(c, sigma, mode="wrap") for c in p.T])


def smooth_open(p, sigma):
    """Gaussian smoothing of an open polyline that keeps its ends in place."""
    n = len(p)
    if n < 4:
        return p
    sigma = min(sigma, n / 4)
    k = int(min(n - 1, 4 * sigma + 1))
    head = 2 * p[0] - p[1 : k + 1][::-1]
    tail = 2 * p[-1] - p[-k - 1 : -1][::-1]
    q = np.vstack([head, p, tail])
    q = np.c_[ndi.gaussian_filter1d(q[:, 0], sigma), ndi.gaussian_filter1d(q[:, 1], sigma)]
    return q[k : k + n]


def resample(p, step, closed=False):
    """Resample at equal arc length ``step``."""
    q = np.vstack([p, p[:1]]) if closed else p
    d = arc(q)
    if d[-1] < step:
        return p
    n = max(round(d[-1] / step), 3)
    t = np.linspace(0, d[-1], n + 1)
    if closed:
        t = t[:-1]
    return np.c_[np.interp(t, d, q[:, 0]), np.interp(t, d, q[:, 1])]


# ------------------------------------- cubic Bezier fitting (Schneider 1990)
def _unit(v):
    n = np.hypot(*v)
    return v / n if n > 0 else v


def _bezier(c, t):
    t = t[:, None]
    m = 1 - t
    return m**3 * c[0] + 3 * m * m * t * c[1] + 3 * m * t * t * c[2] + t**3 * c[3]


def _fit_single(p, u, t1, t2):
    b0, b1, b2, b3 = (1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3
    a1, a2 = t1 * b1[:, None], t2 * b2[:, None]
    c = np.array([[np.sum(a1 * a1), np.sum(a1 * a2)], [np.sum(a1 * a2), np.sum(a2 * a2)]])
    rest = p - (p[0] * (b0 + b1)[:, None] + p[-1] * (b2 + b3)[:, None])
    x = np.array([np.sum(a1 * rest), np.sum(a2 * rest)])
    det = c[0, 0] * c[1, 1] - c[0, 1] ** 2
    chord = np.hypot(*(p[-1] - p[0]))
    l1 = l2 = 0
    if abs(det) > 1e-12:
        l1 = (x[0] * c[1, 1] - x[1] * c[0, 1]) / det
        l2 = (c[0, 0] * x[1] - c[0, 1] * x[0]) / det
    if l1 < 1e-6 * chord or l2 < 1e-6 * chord or l1 > 3 * chord or l2 > 3 * chord:
        l1 = l2 = chord / 3
    return np.array([p[0], p[0] + t1 * l1, p[-1] + t2 * l2, p[-1]])


def _fit(p, t1, t2, tol, out):
    if len(p) == 2:
        d = np.hypot(*(p[1] - p[0])) / 3
        out.append(np.array([p[0], p[0] + t1 * d, p[1] + t2 * d, p[1]]))
        return
    d = arc(p)
    u = d / d[-1]
    for _ in range(4):
        c = _fit_single(p, u, t1, t2)
        q = _bezier(c, u)
        err = np.sum((q - p) ** 2, 1)
        k = int(err.argmax())
        if err[k] < tol * tol:
            out.append(c)
            return
        if err[k] > 16 * tol * tol:
            break
        d1 = 3 * (c[1:] - c[:-1])  # Newton re-parametrisation
        d2 = 2 * (d1[1:] - d1[:-1])
        m = 1 - u
        q1 = (m * m)[:, None] * d1[0] + (2 * m * u)[:, None] * d1[1] + (u * u)[:, None] * d1[2]
        q2 = m[:, None] * d2[0] + u[:, None] * d2[1]
        top = np.sum((q - p) * q1, 1)
        den = np.sum(q1 * q1, 1) + np.sum((q - p) * q2, 1)
        u = np.clip(u - np.where(np.abs(den) > 1e-12, top / den, 0), 0, 1)
        u = np.maximum.accumulate(u)
    k = min(max(k, 1), len(p) - 2)
    tc = _unit(p[k - 1] - p[k + 1])
    _fit(p[: k + 1], t1, tc, tol, out)
    _fit(p[k:], -tc, t2, tol, out)


def fit_open(p, tol):
    """Cubic Bezier segments through an open polyline, error below ``tol``."""
    p = np.asarray(p, float)
    if len(p) < 2:
        return []
    if len(p) == 2:
        return [np.array([p[0], p[0] + (p[1] - p[0]) / 3, p[1] - (p[1] - p[0]) / 3, p[1]])]
    k = min(3, len(p) - 1)
    out = []
    _fit(p, _unit(p[k] - p[0]), _unit(p[-1 - k] - p[-1]), tol, out)
    return out


def fit_closed(p, tol):
    """As fit_open for a closed polygon; starts at the flattest place."""
    if len(p) < 8:
        return None
    a, b = np.roll(p, -3, 0) - p, p - np.roll(p, 3, 0)
    i = int(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).argmin())
    p = np.roll(p, -i, 0)
    q = np.vstack([p, p[:1]])
    t = _unit(q[1] - q[-2])
    out = []
    _fit(q, t, -t, tol, out)
    return out


# ------------------------------------------------------------- SVG path data
def num(v, digits=1):
    """Shortest decimal text of a number."""
    s = f"{v:.{digits}f}"
    if "." in s:
        s = s.rstrip("0").rstrip(".")
    if s in ("-0", ""):
        return "0"
    if s.startswith("0."):
        return s[1:]
    if s.startswith("-0."):
        return "-" + s[2:]
    return s


def join_numbers(texts):
    """Join number texts, with a separator only where SVG needs one."""
    out = ""
    for s in texts:
        if out and not s.startswith("-"):
            out += " "
        out += s
    return out


def bezier_path(segments, closed=False, digits=1):
    """Path data (relative ``c``) of consecutive Bezier segments."""
    if not segments:
        return ""
    q = 10**digits
    cur = np.round(np.array([segments[0][0]]) * q).astype(int)[0]
    out = "M" + join_numbers([num(cur[0] / q, digits), num(cur[1] / q, digits)])
    for s in segments:
        pts = np.round(np.array(s) * q).astype(int)
        rel = [pts[k] - cur for k in (1, 2, 3)]
        out += "c" + join_numbers([num(v / q, digits) for k in rel for v in k])
        cur = pts[3]
    return out + ("z" if closed else "")


def field_paths(field, level, px, tol=0.18, smooth=2.0, min_area=6.0, digits=1, step=1.0):
    """Path data of the region {field > level}; holes by the even-odd rule.

    field is sampled on the pixel grid, ``px`` pixels per point; ``tol`` in
    points, ``smooth`` in samples, ``min_area`` in square points.
    """
    padded = np.pad(field.astype(float), 1, constant_values=min(float(field.min()), level - 1.0))
    lines = contourpy.contour_generator(z=padded, line_type="SeparateCode").lines(level)[0]
    out = []
    for line in lines:
        line = np.asarray(line) - 1
        if len(line) < 8 or np.hypot(*(line[0] - line[-1])) > 1e-6:
            continue
        p = resample(line[:-1], step, True)
        if len(p) < 8:
            continue
        p = (smooth_closed(p, smooth) + 0.5) / px
        if abs(area(p)) < min_area:
            continue
        segments = fit_closed(p, tol)
        if segments:
            out.append(bezier_path(segments, True, digits))
    return "".join(out)


# ------------------------------------------------------------- skeletons
def trace(mask, min_len=12):
    """Skeletonise a mask and return [(polyline in pixels, end degrees)]."""
    sk = skeletonize(mask)
    h, w = sk.shape
    ys, xs = np.nonzero(sk)
    index = -np.ones((h + 2, w + 2), int)
    index[ys + 1, xs + 1] = np.arange(len(ys))
    offsets = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
    neighbours = [[] for _ in ys]
    for k, (dy, dx) in enumerate(offsets):
        j = index[ys + 1 + dy, xs + 1 + dx]
        ok = j >= 0
        if k >= 4:  # diagonal only without a 4-connected way
            ok &= ~((index[ys + 1 + dy, xs + 1] >= 0) | (index[ys + 1, xs + 1 + dx] >= 0))
        for i in np.nonzero(ok)[0]:
            neighbours[i].append(j[i])
    degree = np.array([len(n) for n in neighbours])
    points = np.c_[xs, ys].astype(float)
    used, walks = set(), []

    def walk(a, b):
        path = [a, b]
        used.update(((a, b), (b, a)))
        while degree[path[-1]] == 2:
            ahead = [k for k in neighbours[path[-1]] if k != path[-2]]
            if not ahead or (path[-1], ahead[0]) in used:
                break
            used.update(((path[-1], ahead[0]), (ahead[0], path[-1])))
            path.append(ahead[0])
        return path

    for wanted in (degree != 2, degree == 2):  # open chains first, then loops
        for i in np.nonzero(wanted)[0]:
            for j in neighbours[i]:
                if (i, j) not in used:
                    walks.append(walk(i, j))
    out = []
    for path in walks:
        p, ends = points[path], (degree[path[0]], degree[path[-1]])
        if len(p) >= min_len or (len(p) >= 3 and ends[0] > 2 and ends[1] > 2):
            out.append((p, ends))
    return out


def merge_chains(chains, max_gap=2.5, max_turn=50):
    """Join traced pieces across junctions where their directions agree.

    max_gap in pixels, max_turn in degrees.
    """
    chains = [c for c, _ in chains]
    if not chains:
        return []
    ends = np.array([e for c in chains for e in (c[0], c[-1])])

    def tangent(c, end):
        k = min(8, len(c) - 1)
        return _unit(c[0] - c[k]) if end == 0 else _unit(c[-1] - c[-1 - k])

    pairs = []
    for a, b in cKDTree(ends).query_pairs(max_gap):
        (i, ei), (j, ej) = divmod(a, 2), divmod(b, 2)
        if i == j:
            continue
        cosine = float(np.dot(tangent(chains[i], ei), tangent(chains[j], ej)))
        if cosine < -np.cos(np.deg2rad(max_turn)):
            pairs.append((cosine, a, b))
    link = {}
    for _, a, b in sorted(pairs):
        if a not in link and b not in link:
            link[a], link[b] = b, a
    out, seen = [], set()
    for i in range(len(chains)):
        if i in seen:
            continue
        k, e = i, 0
        for _ in range(10000):  # go to one end of the linked chain
            if 2 * k + e not in link:
                break
            n = link[2 * k + e]
            k, e = n // 2, 1 - n % 2
            if k == i:
                break
        parts = []
        for _ in range(10000):
            seen.add(k)
            parts.append(chains[k] if e == 0 else chains[k][::-1])
            far = 2 * k + 1 - e
            if far not in link:
                break
            k, e = link[far] // 2, link[far] % 2
            if k in seen:
                break
        out.append(np.vstack(parts))
    return out
