"""Muscle fibres: a direction field on the mesh, then evenly spaced streamlines."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sl
from scipy import ndimage as ndi
from scipy.spatial import cKDTree

from plates.curves import length, resample, smooth_open
from plates.ink import Pen, stroke
from plates.raycast import Buffers, Floats, masked_blur


def _laplacian(V, F):
    """Cotangent Laplacian and lumped mass matrix (m^2)."""
    i, j, k = F.T
    n = len(V)

    def cot(a, b, c):
        u, v = V[b] - V[a], V[c] - V[a]
        cross = np.maximum(np.linalg.norm(np.cross(u, v), axis=1), 1e-12)
        return np.clip(np.einsum("ij,ij->i", u, v) / cross, -20, 20)

    ca, cb, cc = cot(i, j, k), cot(j, k, i), cot(k, i, j)
    W = sp.csr_matrix((0.5 * np.r_[ca, ca, cb, cb, cc, cc], (np.r_[j, k, i, k, i, j], np.r_[k, j, k, i, j, i])), (n, n))
    A = np.linalg.norm(np.cross(V[j] - V[i], V[k] - V[i]), axis=1) / 2
    mass = np.bincount(F.ravel(), np.repeat(A / 3, 3), n)
    return sp.diags(np.asarray(W.sum(1)).ravel()) - W, sp.diags(np.maximum(mass, 1e-12))


def _face_gradient(V, F, u):
    i, j, k = F.T
    N = np.cross(V[j] - V[i], V[k] - V[i])
    a2 = np.maximum(np.einsum("ij,ij->i", N, N), 1e-18)[:, None]
    return (
        u[i][:, None] * np.cross(N, V[k] - V[j])
        + u[j][:, None] * np.cross(N, V[i] - V[k])
        + u[k][:, None] * np.cross(N, V[j] - V[i])
    ) / a2


def _smooth_vectors(V, F, X, rounds):
    n = len(V)
    i, j, k = F.T
    A = sp.csr_matrix((np.ones(6 * len(F)), (np.r_[i, j, k, j, k, i], np.r_[j, k, i, i, j, k])), (n, n))
    d = np.maximum(np.asarray(A.sum(1)).ravel(), 1)
    for _ in range(rounds):
        X = 0.5 * X + 0.5 * (A @ X) / d[:, None]
    return X


def direction(mesh, spec):
    """Unit fibre direction per vertex.

    spec['mode']  'vec'   one direction for all (spec['vec'])
                  'fan'   converging on the point spec['to'] (m), by heat flow
                  'point' straight at the point spec['to'] (m)
                  'along' the way the strands of a drawn part run
                  'axis'  harmonic field between the two ends of the longest
                          axis, or of the axis spec['ends'] = [[x,y,z],[x,y,z]]
    """
    V, F = np.asarray(mesh.vertices), np.asarray(mesh.faces)
    mode = spec.get("mode", "axis")
    if mode == "vec":
        X = np.tile(np.array(spec["vec"], float), (len(V), 1))
    elif mode == "point":
        X = np.array(spec["to"], float) - V
    elif mode == "along":
        points, tangents = mesh.metadata["along"]
        X = tangents[cKDTree(points).query(V)[1]]
    else:
        L, M = _laplacian(V, F)
        if mode == "fan":
            dist = np.linalg.norm(V - np.array(spec["to"], float), axis=1)
            source = np.zeros(len(V))
            source[np.argsort(dist)[: max(6, int(len(V) * 0.004))]] = 1
            h = mesh.edges_unique_length.mean()
            heat = M + spec.get("t", 6.0) * h * h * 40 * L + 1e-12 * sp.eye(len(V))
            u = np.log(np.maximum(sl.spsolve(heat.tocsc(), M @ source), 1e-300))
        else:
            if "ends" in spec:
                a, b = [np.array(x, float) for x in spec["ends"]]
                axis = (b - a) / np.linalg.norm(b - a)
            else:
                axis = np.linalg.svd(V - V.mean(0), full_matrices=False)[2][0]
            t, q = V @ axis, spec.get("q", 0.04)
            lo, hi = t <= np.quantile(t, q), t >= np.quantile(t, 1 - q)
            fixed = lo | hi
            u = np.where(hi, 1.0, 0.0)
            free = ~fixed
            Lf = L[free][:, free] + 1e-9 * sp.eye(free.sum())
            u[free] = sl.spsolve(Lf.tocsc(), -(L[free][:, fixed] @ u[fixed]))
        g = _face_gradient(V, F, u)
        g /= np.maximum(np.linalg.norm(g, axis=1), 1e-12)[:, None]
        X = np.zeros_like(V)
        for c in range(3):
            np.add.at(X, F[:, c], g * mesh.area_faces[:, None])
        X /= np.maximum(np.linalg.norm(X, axis=1), 1e-12)[:, None]
        X = _smooth_vectors(V, F, X, spec.get("smooth", 6))
    N = mesh.vertex_normals
    X = X - np.einsum("ij,ij->i", X, N)[:, None] * N
    return X / np.maximum(np.linalg.norm(X, axis=1), 1e-12)[:, None]


def streamlines(dx, dy, mask, separation, test=0.55, step=1.0, min_length=20, seed=0, limit=4000):
    """Evenly spaced streamlines (after Jobard & Lefer 1997), all in pixels."""
    h, w = mask.shape
    grid = [[[] for _ in range(int(w / separation) + 2)] for _ in range(int(h / separation) + 2)]

    def near(x, y, d):
        gx, gy, d2 = int(x / separation), int(y / separation), d * d
        for row in grid[max(0, gy - 1) : gy + 2]:
            for cell in row[max(0, gx - 1) : gx + 2]:
                for px, py in cell:
                    if (px - x) ** 2 + (py - y) ** 2 < d2:
                        return True
        return False

    def go(x, y, sign):
        pts, pvx, pvy = [], 0, 0
        for k in range(3000):
            ix, iy = int(x), int(y)
            if not (0 <= ix < w and 0 <= iy < h) or not mask[iy, ix]:
                break
            vx, vy = dx[iy, ix] * sign, dy[iy, ix] * sign
            n = (vx * vx + vy * vy) ** 0.5
            if n < 1e-3:
                break
            vx, vy = vx / n, vy / n
            if (k and vx * pvx + vy * pvy < 0.5) or (k > 3 and near(x, y, separation * test)):
                break
            pts.append((x, y))
            pvx, pvy = vx, vy
            x, y = x + vx * step, y + vy * step
        return pts

    out, queue = [], []

    def add(x, y):
        if near(x, y, separation):
            return False
        p = go(x, y, -1)[::-1] + go(x, y, 1)[1:]
        if len(p) * step < min_length:
            return False
        for q in p:
            grid[int(q[1] / separation)][int(q[0] / separation)].append(q)
        out.append(np.array(p))
        queue.append(out[-1])
        return True

    ys, xs = np.nonzero(mask)
    for i in np.random.default_rng(seed).permutation(len(xs))[: limit * 6]:
        if not add(xs[i] + 0.5, ys[i] + 0.5):
            continue
        while queue:
            p = queue.pop()
            for k in range(0, len(p), max(2, int(separation / step / 2))):
                t = p[min(k + 1, len(p) - 1)] - p[max(0, min(k + 1, len(p) - 1) - 1)]
                n = np.hypot(*t)
                if n == 0:
                    continue
                for s in (1, -1):
                    q = p[k] + s * np.array([-t[1], t[0]]) / n * separation * 1.02
                    if 0 <= int(q[0]) < w and 0 <= int(q[1]) < h and mask[int(q[1]), int(q[0])]:
                        add(q[0], q[1])
        if len(out) > limit:
            break
    return out


def fibre_paths(b: Buffers, part: int, shade: Floats, spec: dict[str, Any], pen: Pen) -> str:
    """Return the path data of the fibres of one part; darker places get thicker lines.

    spec: sep (pt between fibres), w (pt), minlen (pt), hi and lo (shade at which fibres vanish and are full), cut
    (thinnest relative weight drawn).
    """
    px, min_len = b.px, spec.get("minlen", 8)
    here = b.id == part
    mask = ndi.binary_erosion(here, iterations=int(0.5 * px)) & (pen.share > 0.2)
    hi, lo = spec.get("hi", 0.98), spec.get("lo", 0.35)
    dark = np.clip((hi - masked_blur(shade, here, 0.6 * px)) / (hi - lo), 0, 1)
    assert b.fibre_x is not None
    assert b.fibre_y is not None
    out = []
    for p in streamlines(b.fibre_x, b.fibre_y, mask, spec.get("sep", 2.4) * px, min_length=min_len * px, seed=3):
        u = (resample(smooth_open(p, 1.0 * px), px * 0.5) + 0.5) / px
        weight = ndi.gaussian_filter1d(dark[b.pixels(u)], 3, mode="nearest")
        runs, count = ndi.label(weight > spec.get("cut", 0.10))
        for run in range(1, count + 1):
            k = np.nonzero(runs == run)[0]
            if len(k) < 2 * min_len * 0.6:
                continue
            taper = min(9, length(u[k]) * 0.4)
            profile = np.clip(0.30 + 0.9 * weight[k], 0.2, 1.15)
            out.append(stroke(u[k], spec.get("w", 0.62), (taper, taper), 0.10, profile, tol=pen.tol, digits=pen.digits))
    return "".join(out)
