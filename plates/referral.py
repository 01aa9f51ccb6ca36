"""Referred-pain zones: soft strokes -> intensity -> flat tints and a stipple."""

import numpy as np
from scipy import ndimage as ndi

from .curves import field_paths, join_numbers, num


def _ease(x):
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def intensity(b, strokes, to_plate, blur=2.2, only=None):
    """Intensity 0..1 on the pixel grid, cut off at the outline of the body.

    strokes: [{path: points, width: pt or list, level: 0..1, soft: 0..1}];
    to_plate turns a YAML point into plate points; blur in pt; only = names
    of the parts that may carry the zone.
    """
    px = b.px
    h, w = b.id.shape
    yy, xx = np.mgrid[0:h, 0:w]
    X, Y = (xx + 0.5) / px, (yy + 0.5) / px
    total = np.zeros((h, w))
    for s in strokes:
        pts = np.array([to_plate(q) for q in s["path"]])
        radius = s["width"] if isinstance(s["width"], list) else [s["width"]] * len(pts)
        if len(pts) == 1:
            pts, radius = np.vstack([pts, pts + 1e-3]), radius * 2
        best = np.zeros_like(total)
        for a, c, ra, rc in zip(pts[:-1], pts[1:], radius[:-1], radius[1:], strict=False):
            d = c - a
            t = np.clip(((X - a[0]) * d[0] + (Y - a[1]) * d[1]) / max(d @ d, 1e-9), 0, 1)
            dist = np.hypot(X - a[0] - t * d[0], Y - a[1] - t * d[1])
            r = ra + (rc - ra) * t
            best = np.maximum(best, _ease((r - dist) / (r * s.get("soft", 0.75))))
        total = 1 - (1 - total) * (1 - best * s.get("level", 1))
    noise = ndi.gaussian_filter(np.random.default_rng(5).normal(size=total.shape), 6 * px)
    total = np.clip(ndi.gaussian_filter(total, blur * px) * (1 + 0.10 * noise / noise.std()), 0, 1)
    body = b.mask if not only else np.isin(b.id, [b.names.index(n) for n in only])
    return total, body


def poisson_dots(field, r_min, r_max, seed=7):
    """Variable-density dart throwing; radii in pixels; rows (x, y, value)."""
    rng = np.random.default_rng(seed)
    ys, xs = np.nonzero(field > 0.04)
    grid, out = {}, []
    for i in rng.permutation(len(xs)):
        x, y = xs[i] + rng.random(), ys[i] + rng.random()
        value = field[ys[i], xs[i]]
        r = r_min + (r_max - r_min) * (1 - value) ** 1.25
        reach, gx, gy = int(r / r_min) + 1, int(x / r_min), int(y / r_min)
        free = True
        for a in range(gy - reach, gy + reach + 1):
            for c in range(gx - reach, gx + reach + 1):
                for q in grid.get((a, c), ()):
                    lo, hi = min(r, q[2]), max(r, q[2])
                    if (q[0] - x) ** 2 + (q[1] - y) ** 2 < lo**2 * 0.98 + (hi - lo) ** 2 * 0.15:
                        free = False
                        break
                if not free:
                    break
            if not free:
                break
        if free:
            grid.setdefault((gy, gx), []).append((x, y, r))
            out.append((x, y, value))
    return np.array(out).reshape(-1, 3)


def zone_svg(b, strokes, to_plate, blur=2.2, only=None, core=0.62, dot=(1.55, 4.6), dot_scale=1.0, dots=True):
    """SVG group: one or two flat tints under red dots.  dot = spacing in pt."""
    px = b.px
    total, body = intensity(b, strokes, to_plate, blur, only)
    soft = ndi.gaussian_filter(np.where(body, total, 0), 0.8 * px)
    out = f'<path class="s14" d="{field_paths(soft, 0.16, px, tol=0.3, smooth=6, min_area=20)}"/>'
    if core:
        d = field_paths(soft, core, px, tol=0.3, smooth=8, min_area=20)
        if d:
            out += f'<path class="s26" d="{d}"/>'
    if not dots:
        return f'<g class="referral">{out}</g>'
    inner = ndi.binary_erosion(body, iterations=int(0.7 * px))
    P = poisson_dots(np.where(inner, total, 0), dot[0] * px, dot[1] * px)
    for lo, hi, size in ((0.0, 0.34, 0.78), (0.34, 0.7, 1.0), (0.7, 9, 1.22)):
        Q = np.round(P[(P[:, 2] >= lo) & (P[:, 2] < hi), :2] / px * 10).astype(int)
        Q = Q[np.lexsort((Q[:, 0], Q[:, 1] // 40))]
        cur, d = np.zeros(2, int), []
        for q in Q:
            r = q - cur
            d.append(("m" if d else "M") + join_numbers([num(r[0] / 10), num(r[1] / 10)]) + "h0")
            cur = q
        if d:
            out += f'<path class="dots" stroke-width="{num(size * dot_scale, 2)}" d="{"".join(d)}"/>'
    return f'<g class="referral">{out}</g>'
