"""Posing: MakeHuman's rig moved by a short description, so that a finger that is told to touch a place touches it.

All is told in the frame of a person who stands upright: m, feet on y = 0, y up, facing +z, the person's left at +x.
Trunk, neck and legs are bent by degrees. Arms are placed by their goal: the hand is formed, the skin that presses is
laid on the place, and shoulder, elbow and wrist follow by the construction of a triangle from its sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import trimesh
from scipy import sparse

from plates.arrays import Floats, Ints
from plates.figure import DECIMETRE, Body

AXES = {"x": [1.0, 0.0, 0.0], "y": [0.0, 1.0, 0.0], "z": [0.0, 0.0, 1.0]}
SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
NECK = ("neck01", "neck02", "neck03", "head")
FINGERS = ("thumb", "index", "middle", "ring", "little")
SIGN = {"L": 1.0, "R": -1.0}
CONTACTS = {  # what of a hand presses: bones
    "pads": ("finger2-3", "finger3-3"),
    "three": ("finger2-3", "finger3-3", "finger4-3"),
    "thumb": ("finger1-3",),
    "knuckles": ("finger2-1", "finger2-2", "finger3-1", "finger3-2"),
    "heel": ("wrist",),
    "palm": ("metacarpal1", "metacarpal2", "metacarpal3", "metacarpal4"),
}
OWN = 0.6  # share of a contact's bones from which a vertex belongs to it
FOREMOST = 6  # vertices of a contact that lie foremost make the point of contact
LIMITS = {"elbow": 150, "forearm": 125, "wrist": 75, "wrist sideways": 45}  # degrees that a person can do
ALMOST = 0.999  # an arm is never quite straight

Spec = dict[str, Any]


def unit(vector: Any) -> Floats:
    """Return the direction of a vector."""
    v = np.asarray(vector, float)
    return np.asarray(v / np.linalg.norm(v))


def turn(axis: str | Floats, degrees: float) -> Floats:
    """Return the 3 x 3 rotation about an axis: x, y, z or a vector."""
    about = AXES[axis] if isinstance(axis, str) else axis
    return np.asarray(trimesh.transformations.rotation_matrix(np.deg2rad(degrees), about)[:3, :3])


def frame(first: Any, second: Any) -> Floats:
    """Return orthonormal columns: the direction of `first`, the part of `second` square to it, and their cross."""
    a = unit(first)
    b = unit(np.asarray(second, float) - a * float(a @ np.asarray(second, float)))
    return np.c_[a, b, np.cross(a, b)]


def swing(start: Floats, end: Floats) -> Floats:
    """Return the least rotation that takes one direction to another."""
    a, b = unit(start), unit(end)
    if a @ b < -0.9999:
        return turn(np.cross(a, [0.3, 0.5, 0.8]), 180)
    x, y, z = np.cross(a, b)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + k + k @ k / (1 + a @ b))


def angle(rotation: Floats) -> float:
    """Return the angle of a rotation, degrees."""
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))


def between(start: Floats, end: Floats, share: float) -> Floats:
    """Return the rotation a share of the way from one to another."""
    d = end @ start.T
    axis = np.array([d[2, 1] - d[1, 2], d[0, 2] - d[2, 0], d[1, 0] - d[0, 1]])
    return end if np.linalg.norm(axis) < 1e-6 else turn(axis, angle(d) * share) @ start


@dataclass
class Base:
    """A body at rest: vertices in m with the feet on y = 0, triangles by group, bones and skin weights."""

    vertices: Floats  # (n, 3)
    faces: dict[str, Ints]
    skin: Ints  # the vertices of the skin
    heads: dict[str, Floats]
    tails: dict[str, Floats]
    parents: dict[str, str]
    bones: list[str]
    weights: sparse.csr_matrix  # (n, bones); rows add up to 1


def at_rest(body: Body) -> Base:
    """Return what posing needs of a body."""
    bones = list(body.rig)
    rows = [(v, k, w) for k, bone in enumerate(bones) for v, w in body.weights.get(bone, [])]
    vertex, column, weight = np.array(rows).T
    shape = (len(body.vertices), len(bones))
    table = sparse.coo_matrix((weight, (vertex.astype(int), column.astype(int))), shape).tocsr()
    table = sparse.diags(1 / np.maximum(np.asarray(table.sum(1)).ravel(), 1e-9)) @ table
    skin, vertices = np.array(body.groups["body"]), body.vertices * DECIMETRE
    shift = np.array([0, -vertices[skin, 1].min(), 0])
    heads, tails = (
        {bone: place * DECIMETRE + shift for bone, place in places.items()} for places in (body.heads, body.tails)
    )
    parents = {bone: str(joint.get("parent") or "") for bone, joint in body.rig.items()}
    return Base(vertices + shift, body.faces, skin, heads, tails, parents, bones, table.tocsr())


class Person:
    """A body with a pose. `strained` tells what a living person could not do."""

    def __init__(self, base: Base, pose: Spec, hands: Spec, marks: dict[str, int]) -> None:
        self.base, self.hands, self.marks = base, hands, marks
        self.strained: list[str] = []
        self._moved: dict[str, Floats] = {}  # bone -> 4 x 4
        self._bend(SPINE, pose.get("spine", {}))
        self._bend(NECK, pose.get("neck", {}))
        for side in "LR":
            self._shoulder(side, pose.get(f"shoulder.{side}", {}))
            self._leg(side, pose.get(f"leg.{side}", {}))
        for side in pose.get("order", "RL"):
            if goal := pose.get(f"arm.{side}"):
                self._arm(side, goal)

    def skin(self) -> Floats:
        """Return all vertices of the base mesh in this pose, (n, 3) m: linear blend skinning."""
        matrices = np.array([self._matrix(bone) for bone in self.base.bones]).reshape(-1, 16)
        blend = np.asarray(self.base.weights @ matrices).reshape(-1, 4, 4)
        return np.asarray(np.einsum("nij,nj->ni", blend, np.c_[self.base.vertices, np.ones(len(blend))])[:, :3])

    def landmark(self, name: str) -> tuple[Floats, Floats]:
        """Return place and outward normal of a mark on the skin."""
        if name not in self.marks:
            raise ValueError(f"no mark {name!r}")
        places, vertex = self.skin(), self.marks[name]
        faces = self.base.faces["body"]
        corners = places[faces[(faces == vertex).any(1)]]
        return places[vertex], unit(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).sum(0))

    # ---- bones

    def _matrix(self, bone: str) -> Floats:
        if bone not in self._moved:
            parent = self.base.parents[bone]
            self._moved[bone] = self._matrix(parent) if parent else np.eye(4)
        return self._moved[bone]

    def _carried(self, bone: str) -> Floats:
        """Return where a bone's parent has carried its head."""
        parent = self.base.parents[bone]
        m = self._matrix(parent) if parent else np.eye(4)
        return np.asarray(m[:3, :3] @ self.base.heads[bone] + m[:3, 3])

    def _set(self, bone: str, rotation: Floats, head: Floats | None = None) -> None:
        """Give a bone a rotation from rest, its head where its parent carries it or at `head`."""
        m = np.eye(4)
        m[:3, :3] = rotation
        m[:3, 3] = (self._carried(bone) if head is None else head) - rotation @ self.base.heads[bone]
        self._moved[bone] = m
        self._forget(bone)

    def _forget(self, bone: str) -> None:
        for child, parent in self.base.parents.items():
            if parent == bone and child in self._moved:
                del self._moved[child]
                self._forget(child)

    def _rotate(self, bone: str, rotation: Floats) -> None:
        parent = self.base.parents[bone]
        self._set(bone, (self._matrix(parent)[:3, :3] if parent else np.eye(3)) @ rotation)

    # ---- trunk and legs

    def _bend(self, bones: tuple[str, ...], spec: Spec) -> None:
        """Bend a chain: forward, left (sideways), turn (to the left), in degrees over all its bones."""
        k = len(bones)
        y, z, x = spec.get("turn", 0) / k, -spec.get("left", 0) / k, spec.get("forward", 0) / k
        for bone in bones:
            self._rotate(bone, turn("y", y) @ turn("z", z) @ turn("x", x))

    def _shoulder(self, side: str, spec: Spec) -> None:
        forward, up = -SIGN[side] * spec.get("forward", 0), SIGN[side] * spec.get("up", 0)
        self._rotate(f"clavicle.{side}", turn("y", forward) @ turn("z", up))

    def _leg(self, side: str, spec: Spec) -> None:
        """Bend a leg: flex and out at the hip, knee, ankle (toes up), roll of the foot, toes (up)."""
        s, get = SIGN[side], spec.get
        thigh = turn("x", -get("flex", 0)) @ turn("z", s * get("out", 0))
        self._rotate(f"upperleg01.{side}", thigh)
        shin = self._matrix(f"upperleg01.{side}")[:3, :3] @ turn("x", get("knee", 0))
        self._set(f"lowerleg01.{side}", shin)
        self._set(f"foot.{side}", shin @ turn("z", s * get("roll", 0)) @ turn("x", -get("ankle", 0)))
        for toe in range(1, 6):
            self._rotate(f"toe{toe}-1.{side}", turn("x", -get("toes", 0)))

    # ---- arms

    def _arm(self, side: str, spec: Spec) -> None:
        """Bring a hand to its goal.

        hand: a shape; contact: what of it presses (or the wrist); mark (and by, m) or at: where; press: direction of
        pressure, inwards by default; fingers, palm: directions of the hand; elbow: where it points; sink: m into the
        skin.
        """
        base = self.base
        hand_frame = self._hand_frame(side)
        hand = frame(spec["fingers"], spec["palm"]) @ hand_frame.T
        curls = self._curls(side, self.hands[spec.get("hand", "loose")])
        target, press = self._goal(spec)
        wrist = target + press * spec.get("sink", 0) - self._contact(side, curls, hand, spec.get("contact", ""), press)
        names = [f"{bone}.{side}" for bone in ("upperarm01", "lowerarm01", "wrist")]
        rest_shoulder, rest_elbow, rest_wrist = (base.heads[name] for name in names)
        upper_rest, fore_rest = rest_elbow - rest_shoulder, rest_wrist - rest_elbow
        shoulder = self._carried(names[0])
        elbow, wrist = self._triangle(
            side, shoulder, wrist, float(np.linalg.norm(upper_rest)), float(np.linalg.norm(fore_rest)), spec["elbow"]
        )
        hinge_rest, hinge = np.cross(upper_rest, fore_rest), np.cross(elbow - shoulder, wrist - elbow)
        upper = frame(elbow - shoulder, hinge) @ frame(upper_rest, hinge_rest).T
        fore = frame(wrist - elbow, hinge) @ frame(fore_rest, hinge_rest).T
        # the skin of shoulder and forearm takes the twist by and by
        chest = self._matrix(f"shoulder01.{side}")[:3, :3]
        self._set(names[0], between(swing(chest @ upper_rest, elbow - shoulder) @ chest, upper, 0.5))
        self._set(f"upperarm02.{side}", upper)
        rolled = swing(hand @ fore_rest, fore @ fore_rest) @ hand
        self._set(names[1], between(fore, rolled, 0.25))
        middle = base.heads[f"lowerarm02.{side}"] - rest_elbow
        self._set(f"lowerarm02.{side}", between(fore, rolled, 0.75), elbow + fore @ middle)
        self._set(names[2], hand, wrist)
        for bone in sorted(curls):
            self._rotate(bone, curls[bone])
        self._judge(side, elbow - shoulder, wrist - elbow, angle(rolled @ fore.T), hand @ hand_frame)

    def _triangle(
        self, side: str, shoulder: Floats, wrist: Floats, upper: float, fore: float, pole: Any
    ) -> tuple[Floats, Floats]:
        """Return elbow and wrist: the elbow on the side of `pole`, the wrist as near to its goal as the arm reaches."""
        way, reach = wrist - shoulder, (upper + fore) * ALMOST
        length = float(np.linalg.norm(way))
        if length > reach:
            self.strained.append(f"arm.{side} is {1000 * (length - reach):.0f} mm too short")
            length = reach
        along = unit(way)
        foot = (upper**2 - fore**2 + length**2) / (2 * length)
        aside = np.asarray(pole, float)
        aside = unit(aside - along * float(along @ aside))
        elbow = shoulder + along * foot + aside * np.sqrt(max(upper**2 - foot**2, 0))
        return elbow, shoulder + along * length

    def _goal(self, spec: Spec) -> tuple[Floats, Floats]:
        """Return the place to touch and the direction of pressure."""
        if "mark" not in spec:
            return np.asarray(spec["at"], float), unit(spec.get("press", spec["palm"]))
        place, normal = self.landmark(spec["mark"])
        return place + np.asarray(spec.get("by", [0, 0, 0]), float), unit(spec["press"]) if "press" in spec else -normal

    def _hand_frame(self, side: str) -> Floats:
        """Return fingers, palm (outward) and the third direction of the resting hand."""
        heads = self.base.heads
        index, ring, little = (heads[f"finger{k}-1.{side}"] for k in (2, 4, 5))
        fingers = unit((index + ring) / 2 - heads[f"wrist.{side}"])
        return frame(fingers, np.cross(fingers, index - little) * SIGN[side])

    def _curls(self, side: str, shape: Spec) -> dict[str, Floats]:
        """Return the rotation of each finger bone.

        Of a finger: curl at its three joints, spread (away from the middle finger), lift (of the thumb, to the hand).
        """
        heads, tails = self.base.heads, self.base.tails
        palm = self._hand_frame(side)[:, 1]
        across = unit(heads[f"finger2-1.{side}"] - heads[f"finger5-1.{side}"])
        out = {}
        for k, name in enumerate(FINGERS, 1):
            spec = shape.get(name, {})
            for joint, degrees in enumerate(spec.get("curl", [0, 0, 0]), 1):
                bone = f"finger{k}-{joint}.{side}"
                towards = unit(palm * 0.55 - across) if k == 1 else palm  # the thumb bends across the palm
                out[bone] = turn(np.cross(tails[bone] - heads[bone], towards), degrees)
                if joint == 1:
                    spread, lift = SIGN[side] * spec.get("spread", 0), SIGN[side] * spec.get("lift", 0)
                    out[bone] = turn(palm, spread) @ turn(across, lift) @ out[bone]
        return out

    def _contact(self, side: str, curls: dict[str, Floats], hand: Floats, contact: str, press: Floats) -> Floats:
        """Return the way (m) from the wrist to the skin of the formed hand that lies foremost along `press`."""
        if not contact:
            return np.zeros(3)
        base, formed = self.base, {f"wrist.{side}": np.eye(4)}

        def form(bone: str) -> Floats:
            if bone not in formed:
                above, turned = form(base.parents[bone]), curls.get(bone, np.eye(3))
                m = np.eye(4)
                m[:3, :3] = above[:3, :3] @ turned
                m[:3, 3] = above[:3, :3] @ base.heads[bone] + above[:3, 3] - m[:3, :3] @ base.heads[bone]
                formed[bone] = m
            return formed[bone]

        bones = [f"{bone}.{side}" for bone in CONTACTS[contact]]
        own = base.weights[base.skin][:, [base.bones.index(bone) for bone in bones]]
        share = np.asarray(own.sum(1)).ravel()
        chosen = share > OWN
        blend = (own[chosen] @ np.array([form(bone) for bone in bones]).reshape(-1, 16)) / share[chosen][:, None]
        rest = np.c_[base.vertices[base.skin[chosen]], np.ones(chosen.sum())]
        places = np.einsum("nij,nj->ni", np.asarray(blend).reshape(-1, 4, 4), rest)[:, :3]
        places = (places - base.heads[f"wrist.{side}"]) @ hand.T
        return np.asarray(places[np.argsort(places @ press)[-FOREMOST:]].mean(0))

    def _judge(self, side: str, upper: Floats, fore: Floats, twist: float, hand: Floats) -> None:
        """Note what is beyond LIMITS."""
        x, y, z = hand.T @ unit(fore)
        found = {
            "elbow": np.degrees(np.arccos(np.clip(unit(upper) @ unit(fore), -1, 1))),
            "forearm": twist,
            "wrist": abs(np.degrees(np.arctan2(y, x))),
            "wrist sideways": abs(np.degrees(np.arctan2(z, x))),
        }
        self.strained += [f"{name}.{side} turned {d:.0f} degrees" for name, d in found.items() if d > LIMITS[name]]
