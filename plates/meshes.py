"""The mesh packs, and the preparation of parts for drawing.

A pack holds int32 vertices in units of 1e-5 m under `kind/name[/piece]/v`, faces under `…/f` and its credit line under
`__meta__`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from plates import scene, solids
from plates.arrays import Floats
from plates.drawn import strands
from plates.figure import Figures

VERTEX_UNIT = 1e-5  # m
GROWN = 0.02  # of a piece's size; one whose box grows by more when subdivided stays as it was
PACKS = {  # name in a description -> file; plates/README.md tells where they come from
    "bp3d": "bodyparts3d-v3-labelled.npz",
    "z": "z-anatomy.npz",
}
WHOLE_PIECES = ("bp3d/muscle", "bp3d/bone")  # whose pieces lie wholly on one side
SIZES = ("waist", "hem", "shoulder", "neck")  # of a garment

Entry = dict[str, Any]


class Library:
    """Reads pieces from the packs in a folder, on demand."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._packs: dict[str, Any] = {}

    def pieces(self, pattern: str) -> list[trimesh.Trimesh]:
        """Return the meshes of `pack/kind/name`; a * at its end matches any ending.

        Raises FileNotFoundError where a pack is missing, ValueError where nothing matches.
        """
        pack, _, wanted = pattern.partition("/")
        kept = self._pack(pack)
        names = [key.removesuffix("/v") for key in kept.files if key.endswith("/v")]
        if wanted.endswith("*"):
            chosen = [name for name in names if name.startswith(wanted[:-1])]
        else:
            chosen = [name for name in names if wanted in (name, name.rpartition("/")[0])]
        if not chosen:
            raise ValueError(f"no mesh {pattern} in the packs")
        return [
            trimesh.Trimesh(kept[f"{name}/v"] * VERTEX_UNIT, kept[f"{name}/f"].astype(np.int64), process=False)
            for name in chosen
        ]

    def _pack(self, name: str) -> Any:
        if name not in PACKS:
            raise ValueError(f"no mesh pack {name}: there are {', '.join(PACKS)}")
        if name not in self._packs:
            if self.folder is None or not (self.folder / PACKS[name]).is_file():
                where = "give its folder as --meshes; plates/README.md says where to get it"
                raise FileNotFoundError(f"no mesh pack {PACKS[name]}: {where}")
            self._packs[name] = np.load(self.folder / PACKS[name], allow_pickle=False)
        return self._packs[name]


def build_part(entry: Entry, library: Library, figures: Figures) -> list[trimesh.Trimesh]:
    """Return the drawable meshes of one item of the list `parts`: one, or for a garment the cloth and its bands."""
    solid = next((kind for kind in solids.KINDS if kind in entry), None)
    if solid:
        made = [solids.KINDS[solid](**entry[solid])]
    elif "wear" in entry:
        return [scene.of(figures, entry["person"]).mesh(entry["wear"])]
    elif "strands" in entry:
        made = [strands(entry["strands"])]
    elif "figure" in entry:
        pose, build = entry["figure"], entry.get("build", "neutral")
        if "garment" in entry:
            sizes = {size: entry[size] for size in SIZES if size in entry}
            made = figures.garment(pose, entry["garment"], build, **sizes)
        else:
            made = [figures.body(pose, build)]
        made = [clean(mesh, entry.get("subdivide", 0)) for mesh in made]
    else:
        made = [clean(_chosen(entry, library), entry.get("subdivide", 1))]
    return [_finish(mesh, entry) for mesh in made]


def clean(mesh: trimesh.Trimesh, subdivisions: int = 0) -> trimesh.Trimesh:
    """Return the mesh welded, with faces wound alike, smoothed by Loop subdivision.

    Loop subdivision throws spikes on non-manifold pieces; those stay as they were (GROWN).
    """
    mesh = _weld(mesh)
    mesh.update_faces(mesh.nondegenerate_faces())
    mesh.remove_unreferenced_vertices()
    with contextlib.suppress(Exception):  # non-manifold input: normals are turned to the viewer later
        trimesh.repair.fix_winding(mesh)
    if not subdivisions:
        return mesh
    return solids.joined([_smooth(piece, subdivisions) for piece in mesh.split(only_watertight=False)])


def _smooth(piece: trimesh.Trimesh, subdivisions: int) -> trimesh.Trimesh:
    try:
        smooth = piece.subdivide_loop(subdivisions)
    except Exception:  # a piece that cannot be subdivided is drawn as it is
        return piece
    slack = GROWN * piece.scale
    low, high = smooth.bounds[0] >= piece.bounds[0] - slack, smooth.bounds[1] <= piece.bounds[1] + slack
    return smooth if np.isfinite(smooth.vertices).all() and low.all() and high.all() else piece


def _weld(mesh: trimesh.Trimesh) -> trimesh.Trimesh:
    mesh = trimesh.Trimesh(mesh.vertices, mesh.faces, process=False)
    mesh.merge_vertices(merge_tex=True, merge_norm=True, digits_vertex=6)
    return mesh


def _chosen(entry: Entry, library: Library) -> trimesh.Trimesh:
    """Return one mesh of the pieces that an entry names: those of one side, those inside a box."""
    pieces: list[trimesh.Trimesh] = []
    for pattern in entry["mesh"] if isinstance(entry["mesh"], list) else [entry["mesh"]]:
        found = library.pieces(pattern)
        if side := entry.get("side"):
            found = _one_side(found, side, whole=pattern.startswith(WHOLE_PIECES))
        pieces += found
    mesh = solids.joined(pieces)
    box = entry.get("within") or entry.get("centroid_within")
    if not box:
        return mesh
    kept = []
    for piece in _weld(mesh).split(only_watertight=False):
        low, high = piece.bounds if "within" in entry else (piece.centroid, piece.centroid)
        if (low >= np.array(box[0])).all() and (high <= np.array(box[1])).all():
            kept.append(piece)
    if not kept:
        raise ValueError(f"nothing of part {entry['name']} lies within its box")
    return solids.joined(kept)


def _one_side(pieces: list[trimesh.Trimesh], side: str, whole: bool) -> list[trimesh.Trimesh]:
    """Return the subject's right ('r', x < 0) or left ('l') half: whole pieces, or the triangles on that side."""
    sign = -1 if side == "r" else 1
    if whole:
        return [piece for piece in pieces if (piece.centroid[0] < 0) == (side == "r")]
    out = []
    for piece in map(_weld, pieces):
        keep = sign * piece.triangles_center[:, 0] > 0
        if keep.any():
            piece.update_faces(keep)
            out.append(piece)
    return out


def _finish(mesh: trimesh.Trimesh, entry: Entry) -> trimesh.Trimesh:
    """Return the mesh cut, mirrored, turned and moved as its entry says."""
    along = mesh.metadata.get("along")
    for plane in entry.get("cut", []):
        mesh = _slice(mesh, plane["point"], plane["normal"], plane.get("wave"))
    flip = np.array([-1 if entry.get("mirror") else 1, 1, 1])
    turn, move = entry.get("turn", []), entry.get("move", [0, 0, 0])
    faces = mesh.faces[:, ::-1] if entry.get("mirror") else mesh.faces
    mesh = trimesh.Trimesh(solids.moved(mesh.vertices * flip, turn, move), faces, process=False)
    if along:
        mesh.metadata["along"] = (solids.moved(along[0] * flip, turn, move), solids.moved(along[1] * flip, turn))
    return mesh


def _slice(mesh: trimesh.Trimesh, point: Any, normal: Any, wave: dict[str, Any] | None) -> trimesh.Trimesh:
    """Return the part of a mesh on the side of `normal`.

    wave: along, height, length, phase (direction, m, m, rad) bends the plane, so that the edge reads as a break and not
    as a straight cut; along is the direction in which the wave runs.
    """
    up = np.array(normal, float) / np.linalg.norm(normal)

    def bend(vertices: Floats, sign: int) -> Floats:
        if not wave:
            return vertices
        phase = 2 * np.pi * (vertices @ np.array(wave["along"], float)) / wave["length"] + wave.get("phase", 0)
        return np.asarray(vertices + sign * np.outer(wave["height"] * np.sin(phase), up))

    bent = trimesh.Trimesh(bend(mesh.vertices, 1), mesh.faces, process=False)
    bent = bent.slice_plane(point, up, cap=bool(bent.is_watertight))
    return trimesh.Trimesh(bend(bent.vertices, -1), bent.faces, process=True)
