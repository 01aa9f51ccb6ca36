"""What a posed person shows: skin, plain clothes and hair.

Clothes are cut from the suit that comes with the base mesh, hair from the skin of the head. Both are cut where a
function of the *resting* body is zero, so that a hem stays a hem in every pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import trimesh
from scipy import sparse
from scipy.interpolate import PchipInterpolator

from plates.arrays import Bools, Floats, Ints
from plates.posing import Base
from plates.solids import joined

ARM = ("upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist")
HEAD = ("head", "neck03", "neck02")
FINE = 2  # rounds of subdivision of cloth and hair


@dataclass(frozen=True)
class Cut:
    """How a garment is cut, in m unless said otherwise.

    Tops: sleeve (share of the upper arm, 0 for a vest), neck (drop of the neckline in front), hem (above the hips).
    Trousers: leg (1 at the knee, 2 at the ankle), waist (above the hip joint).
    lift: room between skin and cloth; flare: more of it at the hem; loose: rounds of smoothing.
    """

    lift: float
    flare: float
    loose: int
    sleeve: float | None = None
    neck: float = 0.0
    hem: float = -0.03
    leg: float = 0.0
    waist: float = 0.04


GARMENTS = {
    "shirt": Cut(lift=0.009, flare=0.011, loose=14, sleeve=0.62, neck=0.012),
    "vest": Cut(lift=0.008, flare=0.010, loose=14, sleeve=0.0, neck=0.04),
    "shorts": Cut(lift=0.004, flare=0.014, loose=10, leg=0.72),
    "trousers": Cut(lift=0.006, flare=0.012, loose=12, leg=1.86),
}
# the hairline: degrees round the head from the forehead -> m above the eyes
HAIRLINE = ((0, 0.068), (40, 0.066), (62, 0.040), (74, -0.006), (84, -0.012), (92, 0.020), (106, 0.012), (120, -0.028),
            (150, -0.062), (180, -0.066))  # fmt: skip
THICK, KNOT = 0.011, 0.038  # m: of the hair, radius of a knot of hair


@dataclass
class Sheet:
    """A surface in a pose: posed and resting vertices (n, 3) in m, triangles, shares of arm and head (n,)."""

    posed: Floats
    rest: Floats
    faces: Ints
    arm: Floats
    head: Floats


def sheet(base: Base, posed: Floats, group: str, rounds: int) -> Sheet:
    """Return a group of the base mesh after Loop subdivision."""
    used, inverse = np.unique(base.faces[group], return_inverse=True)
    faces = inverse.reshape(-1, 3)
    names = [bone.rsplit(".", 1)[0] for bone in base.bones]
    parts = np.array([[name in ARM, name in HEAD, False] for name in names], float)
    layers = [posed[used], base.vertices[used], np.asarray(base.weights[used] @ parts)]
    for _ in range(rounds):
        done = [trimesh.remesh.subdivide_loop(layer, faces, iterations=1) for layer in layers]
        layers, faces = [one[0] for one in done], done[0][1]
    return Sheet(layers[0], layers[1], faces, layers[2][:, 0], layers[2][:, 1])


def clip(vertices: Floats, faces: Ints, values: Floats, *more: Floats) -> tuple[Floats, Ints, list[Floats]]:
    """Keep the part of a mesh where `values` (n,) are positive. Return vertices, faces and `more` (n,) cut alike."""
    rows = list(np.column_stack([vertices, *more]))
    cut: dict[tuple[int, int], int] = {}

    def crossing(i: int, j: int) -> int:
        key = (min(i, j), max(i, j))
        if key not in cut:
            cut[key] = len(rows)
            rows.append(rows[i] + values[i] / (values[i] - values[j]) * (rows[j] - rows[i]))
        return cut[key]

    inside: Bools = values > 0
    count = inside[faces].sum(1)
    trimmed = []
    for face in faces[(count == 1) | (count == 2)]:
        alone = int(inside[face].sum() == 1)
        first = int(np.nonzero(inside[face] == bool(alone))[0][0])
        i, j, k = (int(face[(first + step) % 3]) for step in range(3))
        a, b = crossing(i, j), crossing(i, k)
        trimmed += [[i, a, b]] if alone else [[a, j, k], [a, k, b]]
    kept = np.vstack([faces[count == 3], np.array(trimmed, int).reshape(-1, 3)])
    used, inverse = np.unique(kept, return_inverse=True)
    table = np.array(rows)[used]
    return table[:, :3], inverse.reshape(-1, 3), list(table[:, 3:].T)


def skin(base: Base, posed: Floats, rounds: int = 1) -> trimesh.Trimesh:
    """Return the skin."""
    body = sheet(base, posed, "body", rounds)
    return trimesh.Trimesh(body.posed, body.faces, process=False)


def garment(base: Base, posed: Floats, kind: str) -> trimesh.Trimesh:
    """Return a garment of GARMENTS on the posed body."""
    cut, suit = GARMENTS[kind], sheet(base, posed, "helper-tights", FINE)
    hem, edge = _trousers(base, suit, cut) if cut.sleeve is None else _top(base, suit, cut)
    places, faces, (hem, edge) = clip(suit.posed, suit.faces, np.minimum(hem, edge), hem, edge)
    normals = np.asarray(trimesh.Trimesh(places, faces, process=False).vertex_normals)
    flare = cut.flare * np.clip(1 - hem / 0.07, 0, 1) ** 1.5
    lift = cut.lift * (0.35 + 0.65 * np.clip(edge / 0.02, 0, 1))
    return trimesh.Trimesh(
        _loosen(places + normals * (lift + flare)[:, None], faces, normals, cut.loose), faces, process=False
    )


def _mirrored(suit: Sheet) -> tuple[Floats, Bools]:
    """Return the resting vertices as if all were on the left, and which belong to an arm."""
    return np.c_[np.abs(suit.rest[:, 0]), suit.rest[:, 1:]], suit.arm > 0.5


def _trousers(base: Base, suit: Sheet, cut: Cut) -> tuple[Floats, Floats]:
    """Return about how far (m) each vertex lies inside the hem and inside the waist."""
    q, arm = _mirrored(suit)
    hip, knee, ankle = (base.heads[f"{bone}.L"] for bone in ("upperleg01", "lowerleg01", "foot"))
    above = q[:, 1] > knee[1]
    down = np.where(above, (hip[1] - q[:, 1]) / (hip[1] - knee[1]), 1 + (knee[1] - q[:, 1]) / (knee[1] - ankle[1]))
    hem = (cut.leg - down) * np.where(above, np.linalg.norm(knee - hip), np.linalg.norm(ankle - knee))
    return np.where(arm, -0.05, hem), np.where(arm, -0.05, hip[1] + cut.waist - q[:, 1])


def _top(base: Base, suit: Sheet, cut: Cut) -> tuple[Floats, Floats]:
    """Return about how far (m) each vertex lies inside hem and sleeves, and inside neckline and armholes."""
    q, arm = _mirrored(suit)
    shoulder, elbow, neck = base.heads["upperarm01.L"], base.heads["lowerarm01.L"], base.heads["neck01"]
    bottom = q[:, 1] - base.heads["upperleg01.L"][1] - cut.hem
    front, back = neck[1] - 0.050 - cut.neck, neck[1] + 0.012 - 0.4 * cut.neck  # heights at z = 0.08 and -0.06
    rise = 8 * np.maximum(0, q[:, 0] - 0.045 - 0.25 * cut.neck) ** 1.5
    line = front + (back - front) * (0.08 - q[:, 2]) / 0.14 + rise - q[:, 1]
    if cut.sleeve:
        along = (q - shoulder) @ (elbow - shoulder) / float((elbow - shoulder) @ (elbow - shoulder))
        sleeve = (cut.sleeve - along) * np.linalg.norm(elbow - shoulder)
        return np.where(arm, sleeve, bottom), np.where(arm, 0.5, line)
    hole = shoulder[0] - 0.03 - q[:, 0] + 0.5 * np.maximum(0, shoulder[1] - 0.06 - q[:, 1])
    hole = np.where(q[:, 1] > shoulder[1] - 0.15, hole, np.where(arm, -0.05, 0.5))
    return np.where(arm, 0.5, bottom), np.minimum(line, hole)


def _loosen(places: Floats, faces: Ints, normals: Floats, rounds: int) -> Floats:
    """Let cloth bridge hollows: smooth it, but hardly towards the skin; its borders stay."""
    pairs = np.sort(np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges, uses = np.unique(pairs, axis=0, return_counts=True)
    border = np.zeros((len(places), 1), bool)
    border[edges[uses == 1].ravel()] = True
    ends = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    near = sparse.coo_matrix((np.ones(len(ends[0])), ends), (len(places), len(places))).tocsr()
    near = sparse.diags(1 / np.maximum(np.asarray(near.sum(1)).ravel(), 1)) @ near
    start = places
    for _ in range(rounds):
        smooth = np.where(border, places, near @ places)
        sunk = np.minimum(np.einsum("ij,ij->i", smooth - start, normals), 0)
        places = smooth - 0.85 * normals * sunk[:, None]
    return places


def hair(base: Base, posed: Floats, style: str) -> trimesh.Trimesh:
    """Return a cap of short hair, with the style `bun` a knot behind."""
    body = sheet(base, posed, "body", FINE)
    eye = (base.heads["eye.L"] + base.heads["eye.R"]) / 2
    centre = np.array([0, eye[1], (eye[2] + base.heads["head"][2]) / 2 - 0.012])
    d = body.rest - centre
    above = d[:, 1] - PchipInterpolator(*np.array(HAIRLINE, float).T)(np.degrees(np.arctan2(np.abs(d[:, 0]), d[:, 2])))
    inside = np.where((body.head > 0.3) | (d[:, 1] > 0.05), above, -0.05)
    ear = (np.abs(d[:, 0]) > 0.074) & (np.linalg.norm(d[:, 1:] - [-0.028, -0.012], axis=1) < 0.055) & (d[:, 1] < 0.02)
    inside = np.where(ear, -0.02, inside)
    places, faces, cut = clip(body.posed, body.faces, inside, inside, *d.T)
    normals = np.asarray(trimesh.Trimesh(places, faces, process=False).vertex_normals)
    rise = np.clip(cut[0] / 0.03, 0, 1)
    thick = THICK * (0.18 + 0.82 * rise * (2 - rise))
    cap = trimesh.Trimesh(_loosen(places + normals * thick[:, None], faces, normals, 8), faces, process=False)
    if style != "bun":
        return cap
    crown = int(np.argmax(0.45 * cut[2] - cut[3]))  # behind and above
    knot = trimesh.creation.icosphere(4, KNOT)
    knot.apply_scale([1, 0.92, 0.85])
    knot.apply_translation(places[crown] + normals[crown] * (0.022 + thick[crown]))
    return joined([cap, knot])
