"""Ink: contour and crease lines as filled strokes of varying width."""

import numpy as np
from scipy import ndimage as ndi
from skimage.morphology import disk, remove_small_objects

from .curves import arc, bezier_path, fit_open, join_numbers, length, merge_chains, num, resample, smooth_open, trace
from .raycast import masked_blur

SHADOW_SIDE = np.array([-0.58, 0.81])  # direction of the light in the picture (x right, y up)
DEPTH_STEP = 2.2e-3  # m; a smaller depth jump inside one part draws no line


def stroke(p, width, taper=(0.0, 0.0), thinnest=0.25, profile=None, tol=0.1, digits=2):
    """Closed path around polyline p (pt).

    width in pt; taper = lengths (pt) over which the two ends thin out to
    ``thinnest`` of the width; profile = relative width per vertex.
    """
    n, total = len(p), length(p)
    if n < 3 or total <= 0:
        return ""
    t, a = arc(p), np.ones(n)
    if taper[0] > 0:
        a *= np.clip(t / taper[0], 0, 1) ** 0.7
    if taper[1] > 0:
        a *= np.clip((total - t) / taper[1], 0, 1) ** 0.7
    half = width * (thinnest + (1 - thinnest) * a) / 2
    if profile is not None:
        half = half * profile
    tangent = np.gradient(p, axis=0)
    norm = np.hypot(*tangent.T)
    tangent /= np.where(norm == 0, 1, norm)[:, None]
    side = np.c_[-tangent[:, 1], tangent[:, 0]] * half[:, None]
    a, b = fit_open(p + side, tol), fit_open((p - side)[::-1], tol)
    if not a or not b:
        return ""
    q = 10**digits
    end, start = np.round(a[-1][3] * q) / q, np.round(b[0][0] * q) / q
    back = bezier_path(b, False, digits)
    return (
        bezier_path(a, False, digits)
        + "l"
        + join_numbers([num(start[0] - end[0], digits), num(start[1] - end[1], digits)])
        + back[back.index("c") :]
        + "z"
    )


def _edge_weights(b):
    """Relative line weight per pixel: 1 on silhouettes, less on part borders
    and on depth jumps that the surface slope does not explain."""
    z, ids, step = np.where(b.mask, b.z, -1e3), b.id, b.scale / b.px
    nz = np.clip(np.abs(b.normal[..., 2]), 0.08, 1)
    slope_x, slope_y = -b.normal[..., 0] / nz * step, b.normal[..., 1] / nz * step
    out = np.zeros(ids.shape)

    def mark(s0, s1, slope):
        z0, z1, i0, i1 = z[s0], z[s1], ids[s0], ids[s1]
        dz = z1 - z0
        surprise = np.abs(dz - np.clip((slope[s0] + slope[s1]) / 2, -4e-3, 4e-3))
        outline = (i0 < 0) != (i1 < 0)
        border = (i0 != i1) & ~outline
        inner = (i0 == i1) & (i0 >= 0) & (surprise > DEPTH_STEP) & (np.abs(dz) > DEPTH_STEP)
        jump = np.where(outline, 0.05, np.abs(dz)) / 0.02
        w = np.where(
            outline,
            1.0,
            np.where(
                border, np.clip(0.50 + 0.5 * jump, 0.5, 1.0), np.where(inner, np.clip(0.34 + 0.66 * jump, 0.34, 1.0), 0)
            ),
        )
        first = z0 >= z1  # the line belongs to the nearer pixel
        np.maximum(out[s0], np.where(first, w, 0), out=out[s0])
        np.maximum(out[s1], np.where(~first, w, 0), out=out[s1])

    all_ = slice(None)
    mark((all_, slice(0, -1)), (all_, slice(1, None)), slope_x)
    mark((slice(0, -1), all_), (slice(1, None), all_), slope_y)
    out[[0, -1], :] = 0
    out[:, [0, -1]] = 0
    return out


def contour_lines(b, width=1.0, min_len=3.0, smooth=3.0, digits=2, tol=0.06):
    """Outlines, part borders and overlaps; width and min_len in pt."""
    px, weights = b.px, _edge_weights(b)
    mask = remove_small_objects(weights > 0, max_size=int(5 * px) - 1, connectivity=2)
    chains = merge_chains(trace(ndi.binary_dilation(mask, disk(1)), min_len=int(0.8 * px)), 3.0, 60)
    weights = ndi.grey_dilation(weights, size=(5, 5))
    nx, ny = [ndi.gaussian_filter(b.normal[..., k], 2) for k in (0, 1)]
    h, w = b.id.shape
    out = []
    for p in chains:
        if len(p) < 4:
            continue
        total = length(p) / px
        q = resample(smooth_open(p, smooth), 1.5)
        ix = np.clip(q[:, 0].round().astype(int), 0, w - 1)
        iy = np.clip(q[:, 1].round().astype(int), 0, h - 1)
        weight = ndi.gaussian_filter1d(weights[iy, ix], 6, mode="nearest")
        if total < min_len * (1.0 if weight.mean() < 0.6 else 0.5):
            continue
        shadow = -(np.c_[nx[iy, ix], ny[iy, ix]] @ SHADOW_SIDE)
        shadow = ndi.gaussian_filter1d(shadow, 8, mode="nearest")
        u = (q + 0.5) / px
        tip = 0.0 if np.hypot(*(p[0] - p[-1])) < 3 else min(6.0, total * 0.35)

        def leaves(k, u=u):  # no taper where the line leaves the plate
            return u[k].min() < 1.0 or u[k, 0] > b.width - 1 or u[k, 1] > b.height - 1

        out.append(
            stroke(
                u,
                width,
                (0 if leaves(0) else tip, 0 if leaves(-1) else tip),
                0.3,
                weight * (1 + 0.38 * np.clip(shadow, -1, 1)),
                tol=tol,
                digits=digits,
            )
        )
    return "".join(out)


def crease_lines(b, parts, width, threshold, min_len=7.0, digits=2, sigma=0.35, keep=1.0):
    """Fine lines along concave creases of the given parts.

    threshold: concavity per pt; sigma: blur of the normals in pt.
    """
    px = b.px
    accepted, strength = np.zeros(b.id.shape, bool), np.zeros(b.id.shape)
    for i in parts:  # one by one: borders do not count
        here = b.id == i
        if here.sum() < 50:
            continue
        inner = ndi.binary_erosion(here, iterations=max(2, int(0.5 * px)))
        nx, ny = [masked_blur(b.normal[..., k], here, sigma * px) for k in (0, 1)]
        concave = -(np.gradient(nx, axis=1) - np.gradient(ny, axis=0)) * px
        strength = np.where(inner, concave, strength)
        lab, _ = ndi.label(inner & (concave > threshold), structure=np.ones((3, 3)))
        good = np.unique(lab[inner & (concave > threshold * 1.6)])
        accepted |= np.isin(lab, good[good > 0])
    accepted = remove_small_objects(accepted, max_size=int(px * px) - 1, connectivity=2)
    out = []
    for p in merge_chains(trace(accepted, min_len=int(0.8 * px)), 2.5, 45):
        total = length(p) / px
        if total < min_len:
            continue
        q = resample(smooth_open(p, 3.0 * px / 4), 2.0)
        ix = np.clip(q[:, 0].round().astype(int), 0, b.id.shape[1] - 1)
        iy = np.clip(q[:, 1].round().astype(int), 0, b.id.shape[0] - 1)
        s = ndi.gaussian_filter1d(np.clip(strength[iy, ix] / (threshold * 3), 0.35, 1.3), 4, mode="nearest")
        taper = min(7, total * 0.4)
        out.append((total * s.mean(), stroke((q + 0.5) / px, width, (taper, taper), 0.12, s, tol=0.08, digits=digits)))
    out.sort(reverse=True)
    if keep < 1:
        out = out[: int(len(out) * keep)]
    return "".join(s for _, s in out)
