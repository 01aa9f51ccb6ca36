"""Plain clothes: patches of MakeHuman's tights, cut in the rest pose, so that a hem stays a hem in every pose.

A patch is cut along the zero lines of a few functions of the place at rest (m). Every vertex of it is a fixed blend of
vertices of the tights, which is how it follows a pose.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import trimesh
from scipy import sparse

from plates.arrays import Floats, Ints

Field = Callable[[Floats], Floats]  # places at rest (n, 3) -> (n,), positive inside the garment, in m from the edge

BAND = {"waist": 0.024, "hem": 0.014}  # m, how wide the bands are
HEIGHT = 1.488  # m, of the tights of the neutral build
CLEAR = {"shorts": 0.004, "top": 0.008}  # m between skin and cloth: the top hangs over the shorts
DEFAULTS = {  # m, on a figure of the neutral build
    "shorts": {"waist": 0.95, "hem": 0.69},
    "top": {"hem": 0.92, "shoulder": 0.16, "neck": 0.105},
}


def _shorts(waist: float, hem: float) -> dict[str, Field]:
    """Between a waist line, a little lower in front, and two hems."""
    return {
        "waist": lambda p: waist - 0.10 * p[:, 2] - p[:, 1],
        "hem": lambda p: p[:, 1] - hem + 0.06 * np.abs(p[:, 0]),
        "": lambda p: 0.34 - np.abs(p[:, 0]),  # not the hands
    }


def _top(hem: float, shoulder: float, neck: float) -> dict[str, Field]:
    """A sleeveless top: hem, round neck, and two armholes."""
    centre = np.array([0, 1.47, 0.035])
    return {
        "waist": lambda p: p[:, 1] - hem,
        "hem": lambda p: np.linalg.norm((p - centre) * [1, 1, 0.8], axis=1) - neck,
        "armhole": lambda p: shoulder + 0.45 * np.maximum(1.36 - p[:, 1], 0) - np.abs(p[:, 0]),
        "": lambda p: 1.5 - p[:, 1],
    }


PATTERNS: dict[str, Callable[..., dict[str, Field]]] = {"shorts": _shorts, "top": _top}


def sew(
    kind: str, rest: Floats, posed: Floats, faces: Ints, skin: trimesh.Trimesh, cut: dict[str, float]
) -> list[trimesh.Trimesh]:
    """Return the cloth and its bands as meshes in m.

    rest, posed: all vertices of the figure (n, 3) in m; faces: triangles of the tights; skin: the posed body;
    cut: sizes that differ from DEFAULTS; they are scaled with the height of the build.
    """
    if kind not in PATTERNS:
        raise ValueError(f"no garment {kind!r}: there are {', '.join(PATTERNS)}")
    fields = PATTERNS[kind](**(DEFAULTS[kind] | cut))
    at_rest, in_pose = _fine(rest, faces), _fine(posed, faces)
    rest, posed, faces = np.asarray(at_rest.vertices), np.asarray(in_pose.vertices), np.asarray(at_rest.faces)
    scale = float(np.ptp(rest[:, 1])) / HEIGHT
    rest = rest / scale
    blend, patch = sparse.identity(len(rest), format="csr"), faces
    for field in fields.values():
        blend, patch, _ = _clip(blend, patch, field(blend @ rest))
    out, bands = [], []
    for name, field in fields.items():
        if width := BAND.get("hem" if name == "armhole" else name):
            inside = field(blend @ rest) - width
            band_blend, band, _ = _clip(blend, patch, -inside)
            bands.append((band_blend, band))
            blend, patch, _ = _clip(blend, patch, inside)
    for number, (mix, triangles) in enumerate([(blend, patch), *bands]):
        if len(triangles):
            out.append(_cloth(mix @ posed, triangles, skin, CLEAR[kind] + (0.001 if number else 0)))
    return out


def _fine(vertices: Floats, faces: Ints) -> trimesh.Trimesh:
    """Return the tights once subdivided; the same triangles in every pose."""
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    mesh.remove_unreferenced_vertices()
    return mesh.subdivide_loop(1)


def _clip(blend: sparse.csr_matrix, faces: Ints, values: Floats) -> tuple[sparse.csr_matrix, Ints, Floats]:
    """Keep the part of a patch where values >= 0; cut triangles get new corners on the zero line."""
    rows: list[tuple[int, int, float]] = []
    new: dict[tuple[int, int], int] = {}

    def corner(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in new:
            new[key] = len(values) + len(rows)
            rows.append((*key, float(values[key[0]] / (values[key[0]] - values[key[1]]))))
        return new[key]

    kept: list[list[int]] = []
    for face in faces:
        inside = [bool(values[v] >= 0) for v in face]
        if all(inside):
            kept.append(list(face))
        elif any(inside):
            ring: list[int] = []
            for k in range(3):
                a, b = int(face[k]), int(face[(k + 1) % 3])
                if inside[k]:
                    ring.append(a)
                if inside[k] != inside[(k + 1) % 3]:
                    ring.append(corner(a, b))
            kept += [[ring[0], ring[k], ring[k + 1]] for k in range(1, len(ring) - 1)]
    if rows:
        first, second, share = (np.array(column) for column in zip(*rows, strict=True))
        n = len(rows)
        at = np.arange(n)
        mix = sparse.csr_matrix((np.r_[1 - share, share], (np.r_[at, at], np.r_[first, second])), (n, len(values)))
        blend = sparse.vstack([blend, mix @ blend]).tocsr()
        values = np.r_[values, np.zeros(n)]
    return blend, np.array(kept, dtype=np.int64).reshape(-1, 3), values


def _cloth(vertices: Floats, faces: Ints, skin: trimesh.Trimesh, clear: float) -> trimesh.Trimesh:
    """Return the patch smoothed, and nowhere nearer to the skin than `clear` (m)."""
    mesh = trimesh.Trimesh(vertices, faces, process=False)
    mesh.remove_unreferenced_vertices()
    place = np.array(mesh.vertices)
    _, which = skin.kdtree.query(place)
    normal = skin.vertex_normals[which]
    depth = np.einsum("ij,ij->i", place - np.asarray(skin.vertices)[which], normal)
    place += normal * np.maximum(clear - depth, 0)[:, None]
    return trimesh.Trimesh(place, mesh.faces, process=False)
