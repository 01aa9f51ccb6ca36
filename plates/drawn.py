"""Parts that no mesh gives: straps and cords drawn by hand through given points."""

from __future__ import annotations

from typing import Any

import numpy as np
import trimesh
from scipy.interpolate import CubicSpline, PchipInterpolator

from plates.arrays import Floats, Ints
from plates.solids import joined

ROUND = 20  # vertices round a strand


def strand(
    path: Any,
    width: Any,
    thick: Any = 0.004,
    face: Any = (0, 0, 1),
    square: float = 2.6,
    ends: tuple[float, float] = (0.04, 0.04),
    samples: int = 48,
) -> tuple[trimesh.Trimesh, Floats, Floats]:
    """Return the mesh, the points (n, 3) of the centre line and the tangents (n, 3) of a flat strand.

    path: points in m, joined by a smooth curve; width and thick: m, one or one for each point; face: direction in which
    the flat side looks, one or one for each point; square: 2 is an elliptic section, more is flatter; ends: share of
    the length over which each end rounds off.
    """
    points = np.array(path, float)
    t = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    u = np.linspace(0, t[-1], samples)
    curve = CubicSpline(t, points) if len(points) > 2 else PchipInterpolator(t, points)
    centre, tangent = curve(u), curve(u, 1)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]

    def along(values: Any, size: int) -> Floats:
        v = np.array(values, float)
        v = np.broadcast_to(v, (len(points), *v.shape)) if v.ndim == size else v
        return np.asarray(PchipInterpolator(t, v)(u))

    up = along(face, 1)
    up = up - np.einsum("ij,ij->i", up, tangent)[:, None] * tangent
    up /= np.linalg.norm(up, axis=1)[:, None]
    swell = np.ones(samples)
    for share, away in ((ends[0], u / t[-1]), (ends[1], 1 - u / t[-1])):
        if share > 0:
            swell = np.minimum(swell, np.sqrt(np.clip(1 - (1 - np.clip(away / share, 0, 1)) ** 2, 1e-4, 1)))
    angle = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    across, high = (np.sign(v) * np.abs(v) ** (2 / square) for v in (np.cos(angle), np.sin(angle)))
    half_width, half_thick = along(width, 0) / 2 * swell, along(thick, 0) / 2 * swell
    rings = (
        centre[:, None]
        + across[None, :, None] * half_width[:, None, None] * np.cross(tangent, up)[:, None]
        + high[None, :, None] * half_thick[:, None, None] * up[:, None]
    )
    mesh = trimesh.Trimesh(np.vstack([rings.reshape(-1, 3), centre[:1], centre[-1:]]), _faces(samples), process=False)
    return mesh, centre, tangent


def _faces(samples: int) -> Ints:
    """Return the triangles of a tube of rings, closed at both ends by its last two vertices."""
    i, j = np.meshgrid(np.arange(samples - 1), np.arange(ROUND), indexing="ij")
    k, n = (j + 1) % ROUND, samples * ROUND
    quads = np.stack([i * ROUND + j, i * ROUND + k, (i + 1) * ROUND + k, (i + 1) * ROUND + j], -1).reshape(-1, 4)
    ring = np.arange(ROUND)
    after = (ring + 1) % ROUND
    return np.vstack(
        [
            quads[:, [0, 1, 2]],
            quads[:, [0, 2, 3]],
            np.c_[np.full(ROUND, n), after, ring],
            np.c_[np.full(ROUND, n + 1), n - ROUND + ring, n - ROUND + after],
        ]
    )


def strands(items: list[dict[str, Any]]) -> trimesh.Trimesh:
    """Return one mesh of several strands; metadata["along"] holds points and tangents for fibres of mode `along`."""
    parts = [strand(**item) for item in items]
    mesh = joined([part[0] for part in parts])
    mesh.metadata["along"] = (np.vstack([part[1] for part in parts]), np.vstack([part[2] for part in parts]))
    return mesh
