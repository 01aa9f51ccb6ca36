"""A generated house: as many small books as are asked for, each the same from one run to the next."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from press.catalogue.whole import holds

HOME = Path(__file__).parents[2]
MANIFEST = """\
slug: knot-{number:05}
title: Knot No. {number}
subtitle: A very small book
description: One knot of many, to measure the press with.
language: en
contributors: [{{name: The Press, kind: body, role: aut}}]
rights: In the public domain.
imprint: Rope House
identifiers: {{{identifiers}}}
edition: First edition
version: "1"
date: 2020-02-29
trim: {{width: 120, height: 190, bleed: 3}}
stock: {{name: plain, caliper: 0.11}}
front-matter: [title-page, contents]
chapters: [knot.md]
"""
CHAPTER = "---\ntitle: Knot No. {number}\n---\n\n## How it is tied\n\n{text}\n"
SENTENCES = (
    "The rope is laid over the standing part.",
    "The end goes under, and comes up through the bight.",
    "It is drawn tight by hand, and then by the load.",
    "Wet rope holds better and is harder to untie.",
    "A second turn does no harm.",
)


def make(folder: Path, books: int, paragraphs: int = 3) -> Path:
    """Write a house of so many books into `folder`, which is emptied; return its catalogue."""
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(1, books + 1):
        room = folder / "books" / f"{number:05}"
        (room / "manuscript").mkdir(parents=True)
        names = ("epub", "pdf", "print", "html")
        identifiers = ", ".join(f"{name}: {uuid.uuid5(uuid.NAMESPACE_URL, f'{number}/{name}').urn}" for name in names)
        (room / "book.yaml").write_text(MANIFEST.format(number=number, identifiers=identifiers), encoding="utf-8")
        turns = (SENTENCES[(number + place) % 5 :] + SENTENCES[: (number + place) % 5] for place in range(paragraphs))
        text = "\n\n".join(" ".join(turn) for turn in turns)
        (room / "manuscript" / "knot.md").write_text(CHAPTER.format(number=number, text=text), encoding="utf-8")
    catalogue = folder / "house.yaml"
    catalogue.write_text('title: Rope House\nbooks: ["books/*"]\n', encoding="utf-8")
    return catalogue


def finished(folder: Path) -> int:
    """Return how many books of a house have all of their editions."""
    rooms = (folder / "books").iterdir()
    return sum(holds(room / "build" / "made" / "editions.json", room) for room in rooms)
