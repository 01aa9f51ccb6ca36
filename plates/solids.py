"""Simple solids: things to press with, walls and floors. All lengths in m, all turns in degrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import trimesh
from scipy.interpolate import CubicSpline, PchipInterpolator

from plates.arrays import Floats

Turn = tuple[Sequence[float], float]  # axis, degrees

SECTIONS = 96  # around a surface of revolution
RING = 32  # around a tube
SEAM = (0.75, 0.25)  # shares that make the curve of a tennis ball


def place(mesh: trimesh.Trimesh, rotate: Sequence[Turn], at: Sequence[float]) -> trimesh.Trimesh:
    """Turn a mesh in the order given, then move it."""
    for axis, degrees in rotate:
        mesh.apply_transform(trimesh.transformations.rotation_matrix(np.deg2rad(degrees), axis))
    mesh.apply_translation(at)
    return mesh


def joined(meshes: Sequence[trimesh.Trimesh]) -> trimesh.Trimesh:
    """Return several meshes as one."""
    whole = trimesh.util.concatenate(list(meshes))
    assert isinstance(whole, trimesh.Trimesh)
    return whole


def moved(points: Floats, rotate: Sequence[Turn], at: Sequence[float] = (0, 0, 0)) -> Floats:
    """Return points (n, 3) turned and moved likewise."""
    return np.asarray(place(trimesh.Trimesh(points, process=False), rotate, at).vertices)


def lathe(
    profile: Sequence[Sequence[float]],
    smooth: bool = True,
    samples: int = 120,
    rotate: Sequence[Turn] = (),
    at: Sequence[float] = (0, 0, 0),
    rings: Sequence[float] = (),
) -> trimesh.Trimesh:
    """Return a surface of revolution about y; profile: rows (radius, y); its rings are drawn by `rings_of`."""
    mesh = trimesh.creation.revolve(_outline(profile, smooth, samples), sections=SECTIONS)
    return place(mesh, [([1, 0, 0], -90), *rotate], at)


def _outline(profile: Sequence[Sequence[float]], smooth: bool, samples: int) -> Floats:
    p = np.array(profile, float)
    if not smooth:
        return p
    t = np.r_[0, np.cumsum(np.hypot(*np.diff(p, axis=0).T))]
    u = np.linspace(0, t[-1], samples)
    return np.c_[PchipInterpolator(t, p[:, 0])(u), PchipInterpolator(t, p[:, 1])(u)]


def rings_of(
    profile: Sequence[Sequence[float]],
    smooth: bool = True,
    samples: int = 120,
    rotate: Sequence[Turn] = (),
    at: Sequence[float] = (0, 0, 0),
    rings: Sequence[float] = (),
) -> list[Floats]:
    """Return lines (n, 3) round a surface of revolution, at the heights `rings` (m) of its profile."""
    outline, turn, out = _outline(profile, smooth, samples), np.linspace(0, 2 * np.pi, 180), []
    for y in rings:
        radius = outline[np.abs(outline[:, 1] - y).argmin(), 0]
        circle = np.c_[radius * np.cos(turn), np.full(len(turn), y), radius * np.sin(turn)]
        out.append(moved(circle, rotate, at))
    return out


def ball(radius: float, at: Sequence[float], rotate: Sequence[Turn] = (), seam: bool = False) -> trimesh.Trimesh:
    """Return a ball; its seam is drawn by `seam_of`."""
    return place(trimesh.creation.icosphere(subdivisions=5, radius=radius), rotate, at)


def seam_of(radius: float, at: Sequence[float], rotate: Sequence[Turn] = (), seam: bool = False) -> list[Floats]:
    """Return the seam of a tennis ball as lines (n, 3), none if the ball has no seam.

    One closed curve that parts the ball into two equal halves: x = a cos t + b cos 3t, y = a sin t - b sin 3t,
    z = 2 sqrt(ab) sin 2t lies on the ball of radius a + b.
    """
    if not seam:
        return []
    a, b = (radius * share for share in SEAM)
    t = np.linspace(0, 2 * np.pi, 240)
    curve = np.c_[
        a * np.cos(t) + b * np.cos(3 * t), a * np.sin(t) - b * np.sin(3 * t), 2 * np.sqrt(a * b) * np.sin(2 * t)
    ]
    return [moved(curve, rotate, at)]


def box(size: Sequence[float], at: Sequence[float], rotate: Sequence[Turn] = ()) -> trimesh.Trimesh:
    """Return a box with sharp edges; at: its centre."""
    mesh = place(trimesh.creation.box(extents=size), rotate, at)
    mesh.unmerge_vertices()
    return mesh


def tube(
    path: Sequence[Sequence[float]],
    radius: float | Sequence[float],
    rotate: Sequence[Turn] = (),
    at: Sequence[float] = (0, 0, 0),
    samples: int = 160,
) -> trimesh.Trimesh:
    """Return a bent bar with round ends along a smooth path (n, 3); radius: one, or one for each point of the path."""
    points = np.array(path, float)
    t = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))]
    radii = np.broadcast_to(np.asarray(radius, float), len(points))
    u = np.linspace(0, t[-1], samples)
    spine, thick = CubicSpline(t, points)(u), PchipInterpolator(t, radii)(u)
    away = np.minimum(u, t[-1] - u)  # the ends are rounded
    thick = thick * np.sqrt(np.clip(1 - (1 - np.clip(away / thick, 0, 1)) ** 2, 1e-4, 1))
    tangent = np.gradient(spine, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1)[:, None]
    side = np.cross(tangent[0], [0.31, 0.59, 0.75])
    rings, angle = [], np.linspace(0, 2 * np.pi, RING, endpoint=False)
    for centre, way, r in zip(spine, tangent, thick, strict=True):
        side = side - way * float(side @ way)  # carried along without a twist
        side /= np.linalg.norm(side)
        rings.append(centre + r * (np.outer(np.cos(angle), side) + np.outer(np.sin(angle), np.cross(way, side))))
    here = np.arange(RING)
    quads = np.c_[here, np.roll(here, -1), np.roll(here, -1) + RING, here + RING]
    faces = np.vstack([quads + k * RING for k in range(samples - 1)])
    triangles = np.vstack([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    mesh = trimesh.Trimesh(np.vstack(rings), triangles, process=False)
    mesh.fix_normals()
    return place(mesh, rotate, at)


def cushion(
    size: Sequence[float], at: Sequence[float], power: float = 4, rotate: Sequence[Turn] = ()
) -> trimesh.Trimesh:
    """Return a soft block, a superellipsoid; a higher power is more like a box."""
    unit = trimesh.creation.icosphere(subdivisions=5)
    away = (np.abs(unit.vertices) ** power).sum(1) ** (-1 / power)
    soft = trimesh.Trimesh(unit.vertices * away[:, None] * np.array(size) / 2, unit.faces, process=False)
    return place(soft, rotate, at)


def chair(
    size: Sequence[float], at: Sequence[float], back: float = 0, leg: float = 0.032, rotate: Sequence[Turn] = ()
) -> trimesh.Trimesh:
    """Return a plain chair: size is width, height of the seat and depth; at: below the middle of the seat; back: m."""
    w, h, d = size
    slab = 0.035
    boxes = [box([w, slab, d], [0, h - slab / 2, 0])]
    boxes += [box([leg, h, leg], [x * (w - leg) / 2, h / 2, z * (d - leg) / 2]) for x in (-1, 1) for z in (-1, 1)]
    if back:
        boxes += [box([leg, back, leg], [x * (w - leg) / 2, h + back / 2, (leg - d) / 2]) for x in (-1, 1)]
        boxes.append(box([w, back / 2, leg * 0.8], [0, h + back * 0.75, (leg - d) / 2]))
    return place(joined(boxes), rotate, at)


KINDS: dict[str, Callable[..., trimesh.Trimesh]] = {
    "lathe": lathe,
    "ball": ball,
    "box": box,
    "tube": tube,
    "cushion": cushion,
    "chair": chair,
}
