"""The scene of a technique: one posed, clothed person; things stand at places that are named on the skin.

A description asks for it with `person: {build, pose, wear, hair}`; its hands, marks and poses are data in persons.yaml.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
import yaml

from plates import posing, wear
from plates.arrays import Floats
from plates.figure import DECIMETRE, LASHES, Figures

Description = dict[str, Any]

PERSONS = Path(__file__).with_name("persons.yaml")
SURFACES = {"skin": "skin", "shirt": "shirt", "vest": "shirt", "shorts": "shorts", "trousers": "shorts", "hair": "hair"}


class Scene:
    """A person in a pose, put into the world."""

    def __init__(self, figures: Figures, person: Description) -> None:
        self.hair, self.fine, pose = person["hair"], person["fine"], person["pose"]
        self.base = posing.at_rest(figures.shaped(person["build"]))
        self.body = posing.Person(self.base, pose, person["hands"], person["marks"])
        place, turned = pose.get("place", {}), self.body.skin()
        self.turn, self.shift = np.eye(3), np.array(place.get("at", [0, 0, 0]), float)
        for axis, degrees in place.get("turn", []):
            self.turn = posing.turn(axis, degrees) @ self.turn
        turned = turned @ self.turn.T
        if place.get("floor", True):
            self.shift[1] -= turned[self.base.skin, 1].min()
        self.vertices = turned + self.shift

    def mesh(self, kind: str) -> trimesh.Trimesh:
        """Return the mesh of the skin, the hair or a garment, in m."""
        if kind == "skin":
            return wear.skin(self.base, self.vertices, self.fine)
        if kind == "hair":
            return wear.hair(self.base, self.vertices, self.hair)
        return wear.garment(self.base, self.vertices, kind)

    def lids(self) -> list[Floats]:
        """Return the lines of the closed eyes, (n, 3) in m, laid on the skin."""
        skin, out = self.mesh("skin"), []
        for lashes in LASHES:
            chosen = np.unique(np.concatenate([self.base.faces[name] for name in lashes]))
            x = self.base.vertices[chosen, 0] / DECIMETRE
            along = np.linspace(x.min(), x.max(), 40)
            curve = np.vander(along, 4) @ np.linalg.pinv(np.vander(x, 4)) @ self.vertices[chosen]
            near = skin.kdtree.query(curve)[1]
            normals = skin.vertex_normals[near]
            rise = np.einsum("ij,ij->i", skin.vertices[near] - curve, normals) + 1e-3
            out.append(curve + rise[:, None] * normals)
        return out

    def point(self, place: Description) -> list[float]:
        """Return the point (m) of {mark: name, by: [x, y, z] on the upright person, out: m, shift: [x, y, z]}."""
        spot, normal = self.body.landmark(place["mark"])
        spot = spot + normal * place.get("out", 0) + np.array(place.get("by", [0, 0, 0]), float)
        return [float(v) for v in self.turn @ spot + self.shift + np.array(place.get("shift", [0, 0, 0]), float)]


def stage(description: Description, figures: Figures) -> Description:
    """Return a description with its person among the parts and every named place as a point of three numbers."""
    if "person" not in description:
        return description
    person = resolve(description["person"])
    scene = of(figures, person)
    parts = [
        {"name": kind, "wear": kind, "person": person, "class": person["surfaces"].get(kind, SURFACES[kind])}
        for kind in ["skin", *person["wear"], *(["hair"] if person["hair"] else [])]
    ]
    rest = {key: value for key, value in description.items() if key not in ("person", "parts")}
    return {**_placed(rest, scene), "parts": parts + _placed(description.get("parts", []), scene)}


def resolve(person: Description) -> Description:
    """Return all that a person depends on: the pose with those that it starts from, hands and marks."""
    book = yaml.safe_load(PERSONS.read_text(encoding="utf-8"))
    name, line = person["pose"], []
    while name:
        if name not in book["poses"]:
            raise ValueError(f"no pose {name!r} in {PERSONS.name}")
        line.append(book["poses"][name])
        name = line[-1].get("from")
    pose: Description = {}
    for step in reversed(line):
        pose |= step
    given = {"wear": ["shirt", "shorts"], "hair": "short", "fine": 1, "build": "man", "surfaces": {}} | person
    return {**given, "pose": pose, "hands": book["hands"], "marks": book["marks"]}


_kept: dict[str, Scene] = {}


def of(figures: Figures, person: Description) -> Scene:
    """Return the scene of a resolved person; each is made once."""
    key = json.dumps(person, sort_keys=True)
    if key not in _kept:
        _kept[key] = Scene(figures, person)
    return _kept[key]


def strained(description: Description, figures: Figures) -> list[str]:
    """Return what the person of a staged description could not do if it lived."""
    persons = [entry["person"] for entry in description["parts"] if "person" in entry]
    return of(figures, persons[0]).body.strained if persons else []


def _placed(value: Any, scene: Scene) -> Any:
    if isinstance(value, dict):
        return scene.point(value) if "mark" in value else {key: _placed(item, scene) for key, item in value.items()}
    return [_placed(item, scene) for item in value] if isinstance(value, list) else value
