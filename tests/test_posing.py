"""Posing and clothes of the technique drawings, on a made arm of three bones and on plain sheets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

np = pytest.importorskip("numpy")
pytest.importorskip("embreex", reason="Embree has wheels for x86-64 only")

from scipy import sparse  # noqa: E402

from plates import plate, scene, wear  # noqa: E402
from plates.posing import Base, Person, between, frame, swing, turn  # noqa: E402

ROOT = Path(__file__).parent.parent
TECHNIQUES = sorted((ROOT / "images").glob("??-technique.yaml"))

# The left arm of a made person: each bone is one small triangle of skin at its head.
ARM: dict[str, tuple[str, list[float]]] = {
    "root": ("", [0, 1, 0]),
    **{bone: ("root", [0, 1.1, 0]) for bone in ("spine05", "spine04", "spine03", "spine02", "spine01")},
    **{bone: ("root", [0, 1.4, 0]) for bone in ("neck01", "neck02", "neck03", "head")},
    **{f"clavicle.{side}": ("root", [0, 1.4, 0]) for side in "LR"},
    **{
        f"{bone}.{side}": ("root", [0.1, 0.9, 0])
        for side in "LR"
        for bone in ("upperleg01", "lowerleg01", "foot", *(f"toe{k}-1" for k in range(1, 6)))
    },
    "shoulder01.L": ("clavicle.L", [0.1, 1.4, 0]),
    "upperarm01.L": ("shoulder01.L", [0.2, 1.4, 0]),
    "upperarm02.L": ("upperarm01.L", [0.35, 1.4, 0]),
    "lowerarm01.L": ("upperarm02.L", [0.5, 1.4, 0]),
    "lowerarm02.L": ("lowerarm01.L", [0.62, 1.4, 0.05]),
    "wrist.L": ("lowerarm02.L", [0.75, 1.4, 0.1]),
    **{
        f"finger{k}-{j}.L": ("wrist.L" if j == 1 else f"finger{k}-{j - 1}.L", [0.8 + 0.02 * j, 1.4, 0.14 - 0.02 * k])
        for k in range(1, 6)
        for j in range(1, 4)
    },
}


def arm() -> Base:
    bones = list(ARM)
    heads = {bone: np.array(place, float) for bone, (_, place) in ARM.items()}
    corners = np.array([[0, 0, 0], [0.005, 0, 0], [0, 0.005, 0]])
    vertices = np.vstack([heads[bone] + corners for bone in bones])
    weights = sparse.csr_matrix(np.kron(np.eye(len(bones)), np.ones((3, 1))))
    return Base(
        vertices,
        {"body": np.arange(len(vertices)).reshape(-1, 3)},
        np.arange(len(vertices)),
        heads,
        {bone: place + np.array([0.02, 0, 0]) for bone, place in heads.items()},
        {bone: parent for bone, (parent, _) in ARM.items()},
        bones,
        weights,
    )


GOAL: dict[str, Any] = {"fingers": [0, 1, 0], "palm": [0, 0, -1], "elbow": [1, -1, 0], "press": [0, 0, -1]}


def reached(**goal: Any) -> tuple[Person, Any]:
    """The person, and how far its index and middle finger tips are from the goal along the pressure (m)."""
    base = arm()
    person = Person(base, {"order": "L", "arm.L": GOAL | {"contact": "pads"} | goal}, {"loose": {}}, {"root": 0})
    tips = [3 * base.bones.index(f"finger{k}-3.L") + corner for k in (2, 3) for corner in range(3)]
    return person, person.skin()[tips]


def test_the_finger_touches_the_place_it_is_told_to() -> None:
    person, tips = reached(at=[0.3, 1.5, 0.3])
    assert tips.mean(0) == pytest.approx([0.3, 1.5, 0.3], abs=1e-6)
    assert not [word for word in person.strained if "short" in word]


def test_the_finger_finds_a_mark_that_the_trunk_has_carried_along() -> None:
    base = arm()
    pose = {
        "spine": {"turn": 40},
        "order": "L",
        "arm.L": GOAL | {"contact": "pads", "mark": "chest", "by": [0.2, 0.1, 0.2]},
    }
    person = Person(base, pose, {"loose": {}}, {"chest": 0})
    place, _ = person.landmark("chest")
    tips = [3 * base.bones.index(f"finger{k}-3.L") + corner for k in (2, 3) for corner in range(3)]
    assert person.skin()[tips].mean(0) == pytest.approx(place + np.array([0.2, 0.1, 0.2]), abs=1e-6)


def test_an_arm_that_is_too_short_and_an_elbow_that_cannot_bend_so_far_are_told() -> None:
    person, _ = reached(at=[0.3, 3.0, 0])
    assert any(re.fullmatch(r"arm\.L is \d+ mm too short", word) for word in person.strained)
    person, _ = reached(at=[0.22, 1.5, 0.02])
    assert any(word.startswith("elbow.L turned") for word in person.strained)


def test_bones_keep_their_length() -> None:
    person, _ = reached(at=[0.1, 1.2, 0.3])
    base = person.base
    at = {bone: person.skin()[3 * base.bones.index(bone)] for bone in ("upperarm01.L", "lowerarm01.L", "wrist.L")}
    for a, b in (("upperarm01.L", "lowerarm01.L"), ("lowerarm01.L", "wrist.L")):
        assert np.linalg.norm(at[a] - at[b]) == pytest.approx(np.linalg.norm(base.heads[a] - base.heads[b]))


def test_an_unknown_mark_is_named() -> None:
    with pytest.raises(ValueError, match="no mark 'knee'"):
        Person(arm(), {}, {}, {}).landmark("knee")


def test_rotations() -> None:
    assert swing(np.array([1, 0, 0]), np.array([0, 2, 0])) @ [1, 0, 0] == pytest.approx([0, 1, 0])
    assert swing(np.array([1, 0, 0]), np.array([-1, 0, 0])) @ [1, 0, 0] == pytest.approx([-1, 0, 0])
    assert between(np.eye(3), turn("y", 80), 0.25) == pytest.approx(turn("y", 20))
    assert frame([0, 0, 2], [1, 0, 1]) == pytest.approx(np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]]))


def test_a_garment_ends_where_it_is_cut() -> None:
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    values = 0.6 - square[:, 1]
    places, kept, (carried,) = wear.clip(square, faces, values, values)
    assert places[:, 1].max() == pytest.approx(0.6)
    assert carried == pytest.approx(0.6 - places[:, 1])
    sides = places[kept]
    area = np.linalg.norm(np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0]), axis=1).sum() / 2
    assert area == pytest.approx(0.6)


@pytest.mark.parametrize("file", TECHNIQUES, ids=lambda file: file.stem)
def test_every_technique_names_hands_and_marks_that_there_are(file: Path) -> None:
    description = plate.load(yaml.safe_load(file.read_text(encoding="utf-8")))
    person = scene.resolve(description["person"])
    named = re.findall(r"mark: ([\w.]+)", file.read_text(encoding="utf-8"))
    goals = [goal for part, goal in person["pose"].items() if part.startswith("arm.")]
    assert goals
    assert set(named) | {goal["mark"] for goal in goals if "mark" in goal} <= set(person["marks"])
    assert {goal["hand"] for goal in goals} <= set(person["hands"])
    number = file.stem.split("-")[0].lstrip("0")
    assert any(mark.split(".")[0] == number for mark in [*named, *(goal.get("mark", "") for goal in goals)])


def test_a_pose_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match="no pose 'headstand'"):
        scene.resolve({"pose": "headstand"})
