"""Meshes: the npz packs, simple solids, and their preparation for drawing.

A pack holds int32 vertices in units of 1e-5 m under ``kind/name[/piece]/v``,
faces under ``.../f`` and its credit line under ``__meta__``.
"""

import contextlib
import pathlib

import numpy as np
import trimesh
from scipy.interpolate import PchipInterpolator

from .drawn import strands

VERTEX_UNIT = 1e-5  # m
PACKS = {  # alias in the YAML -> (file, licence of plates made from it)
    "bp3d": ("bodyparts3d-v3-labelled.npz", "CC BY 4.0"),
    "z": ("z-anatomy.npz", "CC BY-SA 4.0"),
    "hra": ("hra-skin.npz", "CC BY 4.0"),
}


class Library:
    """Reads pieces from the packs in a directory, on demand."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory) if directory else None
        self._packs, self._names = {}, {}

    def pack(self, alias):
        if alias not in self._packs:
            file = PACKS[alias][0]
            if self.directory is None or not (self.directory / file).is_file():
                raise FileNotFoundError(
                    f"no mesh pack {file}: give its folder as --meshes; plates/README.md says where to get it"
                )
            z = np.load(self.directory / file)
            self._packs[alias] = z
            self._names[alias] = [k[:-2] for k in z.files if k.endswith("/v")]
        return self._packs[alias]

    def credit(self, alias):
        """(credit line, licence) of a pack."""
        return str(self.pack(alias)["__meta__"]), PACKS[alias][1]

    def pieces(self, pattern):
        """Meshes for ``alias/kind/name``; a trailing * matches any ending."""
        alias, wanted = pattern.split("/", 1)
        z = self.pack(alias)
        if wanted.endswith("*"):
            keys = [k for k in self._names[alias] if k.startswith(wanted[:-1])]
        else:
            keys = [k for k in self._names[alias] if k == wanted or k.rpartition("/")[0] == wanted]
        if not keys:
            raise KeyError(f"no mesh {pattern!r} in the packs")
        return [trimesh.Trimesh(z[k + "/v"] * VERTEX_UNIT, z[k + "/f"].astype(np.int64), process=False) for k in keys]


def _weld(m):
    m = trimesh.Trimesh(m.vertices, m.faces, process=False)
    m.merge_vertices(merge_tex=True, merge_norm=True, digits_vertex=6)
    return m


def one_side(pieces, side, by_piece):
    """Keep the subject's right ('r', x < 0) or left ('l') half."""
    if by_piece:
        return [m for m in pieces if (m.centroid[0] < 0) == (side == "r")]
    out = []
    for m in map(_weld, pieces):
        x = m.triangles_center[:, 0]
        keep = x < 0 if side == "r" else x > 0
        if keep.any():
            out.append(m.submesh([keep], append=True))
    return out


def clean(m, subdivisions=0):
    """Weld, fix winding and smooth by Loop subdivision.

    Loop subdivision throws spikes on non-manifold pieces; a piece whose
    bounding box grows by more than 2 % of its size stays as it was.
    """
    m = _weld(m)
    m.update_faces(m.nondegenerate_faces())
    m.remove_unreferenced_vertices()
    with contextlib.suppress(Exception):  # non-manifold input: normals are re-oriented later
        trimesh.repair.fix_winding(m)
    if not subdivisions:
        return m
    out = []
    for piece in m.split(only_watertight=False):
        smooth = piece
        try:
            s, slack = piece.subdivide_loop(subdivisions), 0.02 * piece.scale
            if (
                np.isfinite(s.vertices).all()
                and (s.bounds[0] >= piece.bounds[0] - slack).all()
                and (s.bounds[1] <= piece.bounds[1] + slack).all()
            ):
                smooth = s
        except Exception:
            pass
        out.append(smooth)
    return trimesh.util.concatenate(out)


def lathe(profile, smooth=True, samples=120, rotate=(), at=(0, 0, 0)):
    """Surface of revolution about y; profile [[radius, y], ...] in m."""
    P = np.array(profile, float)
    if smooth:
        t = np.r_[0, np.cumsum(np.hypot(*np.diff(P, axis=0).T))]
        u = np.linspace(0, t[-1], samples)
        P = np.c_[PchipInterpolator(t, P[:, 0])(u), PchipInterpolator(t, P[:, 1])(u)]
    m = trimesh.creation.revolve(P, sections=96)
    turn = trimesh.transformations.rotation_matrix
    m.apply_transform(turn(-np.pi / 2, [1, 0, 0]))
    for axis, degrees in rotate:
        m.apply_transform(turn(np.deg2rad(degrees), axis))
    m.apply_translation(at)
    return m


def box(size, at):
    """Box with sharp edges; size and centre in m."""
    m = trimesh.creation.box(extents=size)
    m.apply_translation(at)
    m.unmerge_vertices()
    return m


def build_part(entry, library, figures):
    """One drawable mesh from one item of the YAML list ``parts``."""
    if "box" in entry:
        return box(**entry["box"])
    if "lathe" in entry:
        return lathe(**entry["lathe"])
    if "strands" in entry:
        return _finish(strands(entry["strands"]), entry)
    if "figure" in entry:
        m = figures.body(entry["figure"])
        if entry.get("garment"):
            m = figures.garment(entry["figure"], entry["garment"])
        subdivisions = entry.get("subdivide", 0)
    else:
        patterns = entry["mesh"] if isinstance(entry["mesh"], list) else [entry["mesh"]]
        pieces = []
        for p in patterns:
            got = library.pieces(p)
            if entry.get("side"):
                got = one_side(got, entry["side"], by_piece=p.startswith(("bp3d/muscle", "bp3d/bone")))
            pieces += got
        m = trimesh.util.concatenate(pieces)
        subdivisions = entry.get("subdivide", 1)
    if entry.get("within") or entry.get("centroid_within"):  # keep connected pieces inside a box
        keep = []
        for q in _weld(m).split(only_watertight=False):
            lo, hi = entry.get("within") or entry["centroid_within"]
            a, b = q.bounds if entry.get("within") else (q.centroid, q.centroid)
            if (a >= np.array(lo)).all() and (b <= np.array(hi)).all():
                keep.append(q)
        m = trimesh.util.concatenate(keep)
    m = clean(m, subdivisions)
    return _finish(m, entry)


def _finish(m, entry):
    """Cut, mirror and move a mesh as its entry says."""
    along = m.metadata.get("along")
    for plane in entry.get("cut", []):
        m = _slice(m, plane["point"], plane["normal"], plane.get("wave"))
    flip, shift = np.array([-1 if entry.get("mirror") else 1, 1, 1]), np.array(entry.get("move", [0, 0, 0]), float)
    faces = m.faces[:, ::-1] if entry.get("mirror") else m.faces
    m = trimesh.Trimesh(m.vertices * flip + shift, faces, process=False)
    if along:
        m.metadata["along"] = (along[0] * flip + shift, along[1] * flip)
    return m


def _slice(m, point, normal, wave=None):
    """The part of a mesh on the side of `normal`.

    wave = {along, height, length, phase} (m, m, m, rad) bends the plane, so that the edge reads as a break and not as a
    straight cut; along is the direction in which the wave runs.
    """
    n = np.array(normal, float) / np.linalg.norm(normal)

    def bend(vertices, sign):
        if not wave:
            return vertices
        s = 2 * np.pi * (vertices @ np.array(wave["along"], float)) / wave["length"] + wave.get("phase", 0)
        return vertices + sign * np.outer(wave["height"] * np.sin(s), n)

    r = trimesh.Trimesh(bend(m.vertices, 1), m.faces, process=False)
    r = r.slice_plane(point, n, cap=bool(r.is_watertight))
    return trimesh.Trimesh(bend(r.vertices, -1), r.faces, process=True)
