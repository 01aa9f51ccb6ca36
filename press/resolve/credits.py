"""The credits of the plates: `images/credits.yaml`, checked against the plates that the book shows.

    sources:
      bodyparts3d: {credit: "BodyParts3D, © …", licence: CC BY 4.0, url: "https://…"}
    plates:
      06-locator: {sources: [bodyparts3d], licence: CC BY-SA 4.0, changes: "Redrawn as line art."}

The file is optional; a book that has it gives every drawing it shows a credit.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from press import yamlfile
from press.findings import Finding

FILE = "images/credits.yaml"
# From the freest on. A plate may be licensed as strictly as its strictest source or more so, never more freely.
LICENCES = ("public domain", "cc0", "cc by", "cc by-sa")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Source(_Strict):
    """A work that plates were made from: what its owners want said, its licence, where it is to be had."""

    credit: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")


class Credit(_Strict):
    """What one plate was made from (none for one drawn from nothing), its licence, and what was changed."""

    sources: list[str] = []
    licence: str = Field(min_length=1)
    changes: str = ""


class Credits(_Strict):
    """The whole file."""

    sources: dict[str, Source] = {}
    plates: dict[str, Credit] = {}


class Shown(NamedTuple):
    """A plate where the book shows it: the name of its file without ending, what to call it, its id or nothing."""

    plate: str
    label: str
    id: str = ""


class Group(NamedTuple):
    """Plates that share a credit, and their sources in the order of the credit."""

    plates: list[Shown]
    sources: list[Source]
    licence: str
    changes: str


def load(book: Path) -> tuple[Credits | None, list[Finding]]:
    """Read the credits of the book in the folder `book`; None where it has none, or where they are not right."""
    path = book / FILE
    if not path.is_file():
        return None, []
    lined, findings = yamlfile.parse(path.read_text(encoding="utf-8"), FILE)
    credits, more = yamlfile.validate(Credits, lined, FILE)
    return credits, findings + more + (_check(credits, lined) if credits else [])


def _check(credits: Credits, lined: yamlfile.Lined) -> list[Finding]:
    findings = []
    for name, plate in credits.plates.items():
        line = lined.line(("plates", name))
        for key in plate.sources:
            source = credits.sources.get(key)
            if source is None:
                findings.append(Finding(FILE, line, f"plate '{name}': source '{key}' is not among the sources"))
            elif not _may_be(plate.licence, source.licence):
                message = f"plate '{name}': {plate.licence} is freer than {source.licence}, the licence of '{key}'"
                findings.append(Finding(FILE, line, message))
    return findings


def _may_be(licence: str, source: str) -> bool:
    """Tell whether a work under the licence `source` may be passed on under `licence`; versions do not matter."""
    ranks = [_rank(licence), _rank(source)]
    if None in ranks:  # a licence with other terms (NC, ND, one's own) is passed on as it is
        return licence == source
    return ranks[0] >= ranks[1]  # type: ignore[operator]


def _rank(licence: str) -> int | None:
    bare = re.sub(r"\s[\d.]+.*$", "", licence.lower())
    return LICENCES.index(bare) if bare in LICENCES else None


def group(credits: Credits | None, shown: list[Shown]) -> list[Group]:
    """Gather the plates that the book shows by their credit, in the order in which it shows them."""
    groups: dict[tuple[tuple[str, ...], str, str], Group] = {}
    for one in shown:
        credit = credits.plates.get(one.plate) if credits else None
        if credit and credits:
            sources = [credits.sources[key] for key in credit.sources]
            key = (tuple(credit.sources), credit.licence, credit.changes)
            groups.setdefault(key, Group([], sources, credit.licence, credit.changes)).plates.append(one)
    return list(groups.values())
