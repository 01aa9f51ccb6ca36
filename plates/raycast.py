"""Orthographic ray casting of labelled meshes (Embree) into image buffers."""

from dataclasses import dataclass, field

import numpy as np
import trimesh
from scipy import ndimage as ndi
from trimesh.ray.ray_pyembree import RayMeshIntersector

RAY_BATCH = 600_000


class View:
    """Orthographic camera.  azimuth 0 = from the front (+z), 90 = from the
    subject's left (+x), 180 = from behind; elevation up; both in degrees."""

    def __init__(self, azimuth, elevation=0.0):
        a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
        self.forward = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
        up = np.array([0, 1.0, 0])
        if abs(elevation) > 89:  # straight down or up: front is the upper edge
            up = np.array([np.sin(a), 0, np.cos(a)]) * (-1 if elevation > 0 else 1)
        self.right = np.cross(up, self.forward)
        self.right /= np.linalg.norm(self.right)
        self.up = np.cross(self.forward, self.right)

    def roll(self, degrees):
        """Turn the picture counter-clockwise by ``degrees``."""
        c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        self.right, self.up = c * self.right - s * self.up, s * self.right + c * self.up
        return self

    def xy(self, points):
        """Picture coordinates (m) of world points (m)."""
        p = np.asarray(points, float)
        return np.c_[p @ self.right, p @ self.up]


@dataclass
class Buffers:
    """What the rays saw, on an (h, w) pixel grid."""

    view: View
    width: float  # pt
    height: float  # pt
    px: float  # pixels per pt
    scale: float  # m per pt
    center: np.ndarray  # picture coordinates (m) of the plate centre
    names: list
    id: np.ndarray  # part index, -1 = background
    z: np.ndarray  # distance along view.forward, m
    normal: np.ndarray  # (right, up, toward viewer)
    ao: np.ndarray = None  # ambient openness 0..1
    fibre_x: np.ndarray = None  # fibre direction in the picture (x right, y down)
    fibre_y: np.ndarray = None
    extra: dict = field(default_factory=dict)

    @property
    def mask(self):
        return self.id >= 0

    def project(self, points):
        """World points (m) -> plate points (pt)."""
        q = self.view.xy(points)
        return np.c_[
            (q[:, 0] - self.center[0]) / self.scale + self.width / 2,
            self.height / 2 - (q[:, 1] - self.center[1]) / self.scale,
        ]

    def surface(self, xy):
        """World point (m) of the visible surface at a plate point, or None."""
        h, w = self.id.shape
        ix, iy = int(xy[0] * self.px), int(xy[1] * self.px)
        if not (0 <= ix < w and 0 <= iy < h) or self.id[iy, ix] < 0:
            return None
        u = self.center[0] + (xy[0] - self.width / 2) * self.scale
        v = self.center[1] - (xy[1] - self.height / 2) * self.scale
        return u * self.view.right + v * self.view.up + self.z[iy, ix] * self.view.forward


def masked_blur(values, mask, sigma):
    """Gaussian blur that ignores everything outside the mask (sigma in px)."""
    weight = ndi.gaussian_filter(mask.astype(float), sigma)
    total = ndi.gaussian_filter(np.where(mask, values, 0.0), sigma)
    return np.where(weight > 1e-4, total / np.maximum(weight, 1e-4), 0)


def render(parts, view, center, height_m, width, height, px, ao_rays=0, ao_distance=0.05, vectors=None, seed=1):
    """Cast one ray per pixel.

    parts        [(name, trimesh.Trimesh)], vertices in m
    center       world point (m) shown at the plate centre
    height_m     world height (m) of the plate; width, height in pt
    ao_rays      rays per point for ambient occlusion, reaching ao_distance m
    vectors      {part index: (n, 3) direction per vertex} for fibres
    """
    verts, faces, ids, normals, vecs, offset = [], [], [], [], [], 0
    for i, (_, m) in enumerate(parts):
        v, f = np.asarray(m.vertices), np.asarray(m.faces)
        verts.append(v)
        faces.append(f + offset)
        ids.append(np.full(len(f), i))
        normals.append(np.asarray(m.vertex_normals))
        x = (vectors or {}).get(i)
        vecs.append(np.zeros((len(v), 3)) if x is None else x)
        offset += len(v)
    V, F, ids, N = np.vstack(verts), np.vstack(faces), np.concatenate(ids), np.vstack(normals)
    caster = RayMeshIntersector(trimesh.Trimesh(V, F, process=False))

    w, h, scale = int(width * px), int(height * px), height_m / height
    cx, cy = view.xy([center])[0]
    gx, gy = np.meshgrid(
        cx + ((np.arange(w) + 0.5) / px - width / 2) * scale, cy - ((np.arange(h) + 0.5) / px - height / 2) * scale
    )
    start = (V @ view.forward).max() + 0.5
    origin = gx.reshape(-1, 1) * view.right + gy.reshape(-1, 1) * view.up + start * view.forward
    tri = np.empty(len(origin), int)
    down = np.tile(-view.forward, (min(RAY_BATCH, len(origin)), 1))
    for k in range(0, len(origin), RAY_BATCH):
        o = origin[k : k + RAY_BATCH]
        tri[k : k + RAY_BATCH] = caster.intersects_first(o, down[: len(o)])

    hit = tri >= 0
    T, o = F[tri[hit]], origin[hit]
    a = V[T[:, 0]]
    e1, e2 = V[T[:, 1]] - a, V[T[:, 2]] - a
    facet = np.cross(e1, e2)
    den = facet @ -view.forward
    den[np.abs(den) < 1e-18] = 1e-18
    P = o - (np.einsum("ij,ij->i", a - o, facet) / den)[:, None] * view.forward
    q, n2 = P - a, np.maximum(np.einsum("ij,ij->i", facet, facet), 1e-300)
    l1 = np.einsum("ij,ij->i", np.cross(q, e2), facet) / n2
    l2 = np.einsum("ij,ij->i", np.cross(e1, q), facet) / n2
    bary = np.c_[1 - l1 - l2, l1, l2]

    def interpolate(A):
        return np.einsum("nk,nkc->nc", bary, A[T])

    n = interpolate(N)
    ln = np.linalg.norm(n, axis=1)
    n /= np.where(ln == 0, 1, ln)[:, None]
    n *= np.where(np.einsum("ij,ij->i", n, facet) < 0, -1, 1)[:, None]
    n *= np.sign(facet @ view.forward)[:, None]  # mirrored halves have flipped winding

    def image(values, fill):
        out = np.full((w * h, *values.shape[1:]), fill, dtype=values.dtype)
        out[hit] = values
        return out.reshape((h, w, *values.shape[1:]))

    b = Buffers(
        view,
        width,
        height,
        px,
        scale,
        np.array([cx, cy]),
        [p for p, _ in parts],
        image(ids[tri[hit]], -1),
        image(P @ view.forward, -np.inf),
        image(np.c_[n @ view.right, n @ view.up, n @ view.forward], 0.0),
    )
    if vectors:
        d = interpolate(np.vstack(vecs))
        b.fibre_x, b.fibre_y = image(d @ view.right, 0.0), image(-(d @ view.up), 0.0)
    if ao_rays:
        b.ao = _ambient(caster, P, n, hit, view, (h, w), px, ao_rays, ao_distance, seed)
    return b


def _ambient(caster, P, n, hit, view, shape, px, rays, distance, seed):
    """Share of cosine-weighted rays that leave the surface freely, at 2 px/pt."""
    h, w = shape
    step = max(1, round(px / 2.0))
    sub = np.zeros((h, w), bool)
    sub[step // 2 :: step, step // 2 :: step] = True
    sel = sub.ravel() & hit
    k = (np.cumsum(hit) - 1)[sel]
    p, nn = P[k], n[k]
    rng, scene, blocked = np.random.default_rng(seed), caster._scene, np.zeros(len(k))
    start = (p + nn * 3e-4 + view.forward * 3e-4).astype(np.float32)
    reach = np.full(len(k), distance * scene.scale, np.float32)  # Embree counts in scaled units
    for _ in range(rays):
        v = rng.normal(size=(len(k), 3))
        v /= np.linalg.norm(v, axis=1)[:, None]
        d = nn + v * 0.999
        d /= np.linalg.norm(d, axis=1)[:, None]
        r = np.asarray(scene.run(start, d.astype(np.float32), query="OCCLUDED", dists=reach))
        blocked += r if r.dtype == bool else r >= 0
    small = np.full(((h - step // 2 + step - 1) // step, (w - step // 2 + step - 1) // step), np.nan)
    yy, xx = np.divmod(np.nonzero(sel)[0], w)
    small[(yy - step // 2) // step, (xx - step // 2) // step] = 1 - blocked / rays
    i = ndi.distance_transform_edt(np.isnan(small), return_distances=False, return_indices=True)
    small = ndi.gaussian_filter(small[tuple(i)], 0.8)
    big = ndi.zoom(small, step, order=1)[:h, :w]
    return np.pad(big, ((0, h - big.shape[0]), (0, w - big.shape[1])), mode="edge")
