"""Parts that no mesh gives: straps and cords drawn by hand through given points."""

import numpy as np
import trimesh
from scipy.interpolate import CubicSpline, PchipInterpolator

ROUND = 20  # vertices round a strand


def strand(path, width, thick=0.004, face=(0, 0, 1), square=2.6, ends=(0.04, 0.04), samples=48):
    """(mesh, centre line points, tangents) of a flat strand.

    path    points [x, y, z] in m, joined by a smooth curve
    width   breadth in m, a number or one for each point; thick likewise
    face    direction in which the flat side looks, one vector or one for each point
    square  2 = elliptic section, more = flatter
    ends    share of the length over which each end rounds off
    """
    P = np.array(path, float)
    t = np.r_[0, np.cumsum(np.linalg.norm(np.diff(P, axis=0), axis=1))]
    u = np.linspace(0, t[-1], samples)
    curve = CubicSpline(t, P) if len(P) > 2 else PchipInterpolator(t, P)
    C, T = curve(u), curve(u, 1)
    T /= np.linalg.norm(T, axis=1)[:, None]

    def along(values, size):
        v = np.array(values, float)
        v = np.broadcast_to(v, (len(P), *v.shape)) if v.ndim == size else v
        return PchipInterpolator(t, v)(u)

    N = along(face, 1)
    N = N - np.einsum("ij,ij->i", N, T)[:, None] * T
    N /= np.linalg.norm(N, axis=1)[:, None]
    S = np.cross(T, N)
    s = u / t[-1]
    swell = np.ones(samples)
    for share, d in ((ends[0], s), (ends[1], 1 - s)):
        if share > 0:
            swell = np.minimum(swell, np.sqrt(np.clip(1 - (1 - np.clip(d / share, 0, 1)) ** 2, 1e-4, 1)))
    w, h = along(width, 0) / 2 * swell, along(thick, 0) / 2 * swell
    a = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    c, d = np.cos(a), np.sin(a)
    c, d = np.sign(c) * np.abs(c) ** (2 / square), np.sign(d) * np.abs(d) ** (2 / square)
    V = C[:, None] + c[None, :, None] * w[:, None, None] * S[:, None] + d[None, :, None] * h[:, None, None] * N[:, None]
    i, j = np.meshgrid(np.arange(samples - 1), np.arange(ROUND), indexing="ij")
    k = (j + 1) % ROUND
    q = np.stack([i * ROUND + j, i * ROUND + k, (i + 1) * ROUND + k, (i + 1) * ROUND + j], -1).reshape(-1, 4)
    F = np.vstack([q[:, [0, 1, 2]], q[:, [0, 2, 3]]])
    n = samples * ROUND
    ring = np.arange(ROUND)
    caps = [
        np.c_[np.full(ROUND, n), (ring + 1) % ROUND, ring],
        np.c_[np.full(ROUND, n + 1), n - ROUND + ring, n - ROUND + (ring + 1) % ROUND],
    ]
    m = trimesh.Trimesh(np.vstack([V.reshape(-1, 3), C[:1], C[-1:]]), np.vstack([F, *caps]), process=False)
    return m, C, T


def strands(items):
    """One mesh from several strands; metadata['along'] = (points, tangents) for fibres of mode 'along'."""
    parts = [strand(**item) for item in items]
    m = trimesh.util.concatenate([p[0] for p in parts])
    m.metadata["along"] = (np.vstack([p[1] for p in parts]), np.vstack([p[2] for p in parts]))
    return m
