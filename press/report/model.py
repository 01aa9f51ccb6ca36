"""What a report says. `report.json` is a `Report`: the same build gives the same bytes, so it holds no times."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, computed_field

from press.check.record import Tested, Words

ORDER = ("error", "warning", "note")


class Part(BaseModel):
    """One part of the book. `grade` is its reading grade, None where there is none; `folio` that of its first page."""

    id: str
    label: str
    title: str
    matter: str
    source: str
    words: int
    minutes: int
    pages: int
    folio: str
    notes: int
    citations: int
    figures: int
    grade: float | None
    findings: int


class Edition(BaseModel):
    """An edition's files: a PDF, an EPUB, or all files of the web edition, with their size in bytes."""

    name: str
    kind: str
    bytes: int
    files: int


class Preflight(BaseModel):
    """The outcome of the preflight card."""

    checks: int
    failed: int


class Spread(BaseModel):
    """Two facing pages, by the numbers of their sheets in the order in which they are seen; 0 where there is none."""

    left: int
    right: int
    folios: str


class Report(BaseModel):
    """A book at a glance."""

    title: str
    subtitle: str
    edition: str
    version: str
    date: str
    language: str
    people: list[str]
    parts: list[Part]
    editions: list[Edition]
    findings: list[dict[str, Any]]
    tested: list[Tested]
    words_compared: list[Words]
    stale: list[str]
    preflight: Preflight | None
    minutes: int
    references: int
    tables: int
    spreads: list[Spread]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def totals(self) -> dict[str, int]:
        """Words, pages, minutes, notes, figures and works of the whole book."""
        sums = {name: sum(getattr(part, name) for part in self.parts) for name in ("words", "notes", "figures")}
        pages = sum(bool(one) for spread in self.spreads for one in (spread.left, spread.right))
        own = {"pages": pages, "minutes": self.minutes, "references": self.references, "tables": self.tables}
        return {**sums, **own}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def severities(self) -> dict[str, int]:
        """How many findings there are of each severity, the gravest first."""
        return {name: sum(one["severity"] == name for one in self.findings) for name in ORDER}
