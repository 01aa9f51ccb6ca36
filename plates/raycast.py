"""Orthographic ray casting of labelled meshes (Embree) into image buffers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import trimesh
from scipy import ndimage as ndi
from trimesh.ray.ray_pyembree import RayMeshIntersector

from plates.arrays import Bools, Floats, Ints

RAY_BATCH = 600_000
AO_PER_POINT = 2.0  # samples of ambient openness per pt
LIFT = 3e-4  # m between a surface and the start of a ray that leaves it


class View:
    """Orthographic camera.

    azimuth 0 = from the front (+z), 90 = from the subject's left (+x), 180 = from behind; elevation upwards; roll turns
    the picture counter-clockwise; all in degrees.
    """

    def __init__(self, azimuth: float, elevation: float = 0.0, roll: float = 0.0) -> None:
        a, e, r = np.deg2rad([azimuth, elevation, roll])
        self.forward = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
        up = np.array([0, 1.0, 0])
        if abs(elevation) > 89:  # straight down or up: the front is the upper edge
            up = np.array([np.sin(a), 0, np.cos(a)]) * (-1 if elevation > 0 else 1)
        right = np.cross(up, self.forward)
        right /= np.linalg.norm(right)
        up = np.cross(self.forward, right)
        self.right, self.up = np.cos(r) * right - np.sin(r) * up, np.sin(r) * right + np.cos(r) * up

    def xy(self, points: Any) -> Floats:
        """Return picture coordinates (n, 2) in m of world points (n, 3) in m."""
        p = np.asarray(points, float)
        return np.c_[p @ self.right, p @ self.up]


@dataclass
class Frame:
    """The plate as a window on the world: size in pt, m per pt, pixels per pt."""

    view: View
    width: float
    height: float
    px: float
    scale: float
    center: Floats  # picture coordinates (m) of the plate's centre

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the pixel grid."""
        return int(self.height * self.px), int(self.width * self.px)

    def project(self, points: Any) -> Floats:
        """Return plate points (n, 2) in pt of world points (n, 3) in m."""
        q = self.view.xy(points)
        return np.c_[
            (q[:, 0] - self.center[0]) / self.scale + self.width / 2,
            self.height / 2 - (q[:, 1] - self.center[1]) / self.scale,
        ]

    def pixels(self, points: Floats) -> tuple[Ints, Ints]:
        """Return rows and columns of the pixels at plate points (n, 2) in pt, kept within the grid."""
        rows, columns = self.shape
        return (
            np.clip((points[:, 1] * self.px).astype(int), 0, rows - 1),
            np.clip((points[:, 0] * self.px).astype(int), 0, columns - 1),
        )


@dataclass
class Buffers(Frame):
    """What the rays saw, on an (h, w) pixel grid."""

    names: list[str]
    id: Ints  # index of the part, -1 = background
    z: Floats  # distance along view.forward, m
    normal: Floats  # (h, w, 3): right, up, toward the viewer
    ao: Floats | None = None  # ambient openness 0..1
    fibre_x: Floats | None = None  # fibre direction in the picture (x right, y down)
    fibre_y: Floats | None = None

    @property
    def mask(self) -> Bools:
        """Where anything is."""
        return self.id >= 0

    def surface(self, xy: Floats) -> Floats | None:
        """Return the world point (m) of the visible surface at a plate point (pt), or None."""
        h, w = self.id.shape
        ix, iy = int(xy[0] * self.px), int(xy[1] * self.px)
        if not (0 <= ix < w and 0 <= iy < h) or self.id[iy, ix] < 0:
            return None
        u = self.center[0] + (xy[0] - self.width / 2) * self.scale
        v = self.center[1] - (xy[1] - self.height / 2) * self.scale
        return np.asarray(u * self.view.right + v * self.view.up + self.z[iy, ix] * self.view.forward)


def masked_blur(values: Floats, mask: Bools, sigma: float) -> Floats:
    """Return values blurred by a Gaussian that ignores everything outside the mask; sigma in px."""
    weight = ndi.gaussian_filter(mask.astype(float), sigma)
    total = ndi.gaussian_filter(np.where(mask, values, 0.0), sigma)
    return np.where(weight > 1e-4, total / np.maximum(weight, 1e-4), 0)


def frame(view: View, center: Sequence[float], height_m: float, size: Sequence[float], px: float) -> Frame:
    """Return the frame of a plate: world centre (m), world height (m), size in pt."""
    return Frame(view, size[0], size[1], px, height_m / size[1], view.xy([center])[0])


@dataclass
class _Scene:
    """All parts as one mesh."""

    vertices: Floats
    faces: Ints
    part: Ints  # of each face
    normals: Floats
    vectors: Floats  # fibre direction of each vertex

    @classmethod
    def of(cls, parts: list[tuple[str, trimesh.Trimesh]], vectors: dict[int, Floats]) -> _Scene:
        offsets = np.cumsum([0] + [len(m.vertices) for _, m in parts])
        return cls(
            np.vstack([m.vertices for _, m in parts]),
            np.vstack([np.asarray(m.faces) + offset for (_, m), offset in zip(parts, offsets, strict=False)]),
            np.concatenate([np.full(len(m.faces), i) for i, (_, m) in enumerate(parts)]),
            np.vstack([m.vertex_normals for _, m in parts]),
            np.vstack([vectors.get(i, np.zeros((len(m.vertices), 3))) for i, (_, m) in enumerate(parts)]),
        )


def render(
    parts: list[tuple[str, trimesh.Trimesh]],
    window: Frame,
    ao_rays: int = 0,
    ao_distance: float = 0.05,
    vectors: dict[int, Floats] | None = None,
) -> Buffers:
    """Cast one ray per pixel.

    parts: names and meshes (vertices in m); ao_rays: rays per point for ambient openness, reaching ao_distance m;
    vectors: index of a part -> direction (n, 3) of the fibres at each vertex.
    """
    scene, view = _Scene.of(parts, vectors or {}), window.view
    caster = RayMeshIntersector(trimesh.Trimesh(scene.vertices, scene.faces, process=False))
    origin = _origins(window, float((scene.vertices @ view.forward).max()) + 0.5)
    triangle = _cast(caster, origin, -view.forward)
    hit = triangle >= 0
    corners = scene.faces[triangle[hit]]
    place, weights, facet = _intersect(scene.vertices, corners, origin[hit], view.forward)

    def interpolate(values: Floats) -> Floats:
        return np.asarray(np.einsum("nk,nkc->nc", weights, values[corners]))

    def image(values: Floats | Ints, fill: float) -> Any:
        out = np.full((len(hit), *values.shape[1:]), fill, dtype=values.dtype)
        out[hit] = values
        return out.reshape(*window.shape, *values.shape[1:])

    normal = _toward(interpolate(scene.normals), facet, view.forward)
    seen = np.c_[normal @ view.right, normal @ view.up, normal @ view.forward]
    buffers = Buffers(
        **vars(window),
        names=[name for name, _ in parts],
        id=image(scene.part[triangle[hit]], -1),
        z=image(place @ view.forward, -np.inf),
        normal=image(seen, 0.0),
    )
    if vectors:
        direction = interpolate(scene.vectors)
        buffers.fibre_x = image(direction @ view.right, 0.0)
        buffers.fibre_y = image(-(direction @ view.up), 0.0)
    if ao_rays:
        buffers.ao = _ambient(caster, place, normal, hit, window, ao_rays, ao_distance)
    return buffers


def _origins(window: Frame, start: float) -> Floats:
    """Return where the rays start, (h * w, 3) in m."""
    h, w = window.shape
    x = window.center[0] + ((np.arange(w) + 0.5) / window.px - window.width / 2) * window.scale
    y = window.center[1] - ((np.arange(h) + 0.5) / window.px - window.height / 2) * window.scale
    gx, gy = np.meshgrid(x, y)
    view = window.view
    return gx.reshape(-1, 1) * view.right + gy.reshape(-1, 1) * view.up + start * view.forward


def _cast(caster: RayMeshIntersector, origin: Floats, direction: Floats) -> Ints:
    """Return the index of the first triangle that each ray meets, or -1."""
    out = np.empty(len(origin), int)
    ways = np.tile(direction, (min(RAY_BATCH, len(origin)), 1))
    for k in range(0, len(origin), RAY_BATCH):
        batch = origin[k : k + RAY_BATCH]
        out[k : k + RAY_BATCH] = caster.intersects_first(batch, ways[: len(batch)])
    return out


def _intersect(vertices: Floats, corners: Ints, origin: Floats, forward: Floats) -> tuple[Floats, Floats, Floats]:
    """Return places (n, 3), barycentric weights (n, 3) and facet normals (n, 3) where rays meet their triangles."""
    a = vertices[corners[:, 0]]
    e1, e2 = vertices[corners[:, 1]] - a, vertices[corners[:, 2]] - a
    facet = np.cross(e1, e2)
    slope = facet @ -forward
    slope[np.abs(slope) < 1e-18] = 1e-18
    place = origin - (np.einsum("ij,ij->i", a - origin, facet) / slope)[:, None] * forward
    q, area = place - a, np.maximum(np.einsum("ij,ij->i", facet, facet), 1e-300)
    l1 = np.einsum("ij,ij->i", np.cross(q, e2), facet) / area
    l2 = np.einsum("ij,ij->i", np.cross(e1, q), facet) / area
    return place, np.c_[1 - l1 - l2, l1, l2], facet


def _toward(normal: Floats, facet: Floats, forward: Floats) -> Floats:
    """Return unit normals on the viewer's side, for mirrored halves have flipped winding."""
    length = np.linalg.norm(normal, axis=1)
    normal = normal / np.where(length == 0, 1, length)[:, None]
    normal = normal * np.where(np.einsum("ij,ij->i", normal, facet) < 0, -1, 1)[:, None]
    return np.asarray(normal * np.sign(facet @ forward)[:, None])


def sphere(count: int) -> Floats:
    """Return evenly spread unit vectors, (count, 3): a Fibonacci spiral."""
    k = np.arange(count) + 0.5
    turn, height = np.pi * (1 + 5**0.5) * k, 1 - 2 * k / count
    ring = np.sqrt(1 - height**2)
    return np.c_[ring * np.cos(turn), ring * np.sin(turn), height]


def _ambient(
    caster: RayMeshIntersector, place: Floats, normal: Floats, hit: Bools, window: Frame, rays: int, distance: float
) -> Floats:
    """Return the share of cosine-weighted rays that leave the surface freely, (h, w).

    Every place sends the same fan of rays: what would be noise becomes faint steps, which the blur takes away.
    """
    h, w = window.shape
    step = max(1, round(window.px / AO_PER_POINT))
    sample = np.zeros((h, w), bool)
    sample[step // 2 :: step, step // 2 :: step] = True
    chosen = sample.ravel() & hit
    k = (np.cumsum(hit) - 1)[chosen]
    start = (place[k] + (normal[k] + window.view.forward) * LIFT).astype(np.float32)
    scene, blocked = caster._scene, np.zeros(len(k))
    reach = np.full(len(k), distance * scene.scale, np.float32)  # Embree counts in scaled units
    for vector in sphere(rays):
        way = normal[k] + vector * 0.999
        way /= np.linalg.norm(way, axis=1)[:, None]
        met = np.asarray(scene.run(start, way.astype(np.float32), query="OCCLUDED", dists=reach))
        blocked += met if met.dtype == bool else met >= 0
    small = np.full((-(-(h - step // 2) // step), -(-(w - step // 2) // step)), np.nan)
    rows, columns = np.divmod(np.nonzero(chosen)[0], w)
    small[(rows - step // 2) // step, (columns - step // 2) // step] = 1 - blocked / rays
    nearest = ndi.distance_transform_edt(np.isnan(small), return_distances=False, return_indices=True)
    big = ndi.zoom(ndi.gaussian_filter(small[tuple(nearest)], 0.8), step, order=1)[:h, :w]
    return np.pad(big, ((0, h - big.shape[0]), (0, w - big.shape[1])), mode="edge")
