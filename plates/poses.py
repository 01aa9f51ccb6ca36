"""Poses and builds of the figure. Add one here in a few lines; README.md tells the axes.

A pose gives for each joint turns (axis, degrees), applied in order about the joint's head, parents first, starting from
the rest pose (arms out to the sides). `root` turns the whole body; afterwards its lowest point stands on the floor.
"""

from __future__ import annotations

Turns = list[tuple[tuple[float, float, float], float]]
Pose = dict[str, Turns]

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)

# Shares of MakeHuman's morphs: male 0..1 (1 - male is female), muscle and weight -1..1, ideal proportions and age 0..1.
BUILDS: dict[str, dict[str, float]] = {
    "neutral": {"male": 0.55, "muscle": 0.42, "weight": -0.15, "ideal": 0.6, "age": 0.0},
    "woman": {"male": 0.0, "muscle": 0.1, "weight": 0.25, "ideal": 0.35, "age": 0.25},
    "man": {"male": 1.0, "muscle": 0.25, "weight": 0.3, "ideal": 0.2, "age": 0.35},
    "stout": {"male": 0.5, "muscle": -0.1, "weight": 0.75, "ideal": 0.0, "age": 0.55},
    "elder": {"male": 0.0, "muscle": -0.2, "weight": 0.9, "ideal": 0.0, "age": 0.75},
}

STAND: Pose = {
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

POSES: dict[str, Pose] = {
    "rest": {},
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
    "leftarm": STAND | {"upperarm01.L": [(Z, 25)], "lowerarm01.L": [], "wrist.L": []},  # held out to the side
    "wall": STAND  # leaning sideways against a wall at the left
    | {
        "upperarm01.L": [(Z, -28), (X, -10)],
        "lowerarm01.L": [(Y, -75), (X, -30)],
        "upperleg01.R": [(Z, 2.0)],
        "upperleg01.L": [(Z, -3.5)],
        "foot.L": [(Z, 3)],
        "foot.R": [(Z, 3)],
        "spine03": [(Z, 6)],
        "neck01": [(Z, 3)],
        "root": [(Z, -3)],
    },
}
