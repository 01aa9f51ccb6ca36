"""Preflight: what a printer's machine would say of the print PDF and of the cover wrap."""

from __future__ import annotations

from pathlib import Path

from press.check.preflight import rules
from press.findings import Finding
from press.galleys import Galleys


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the print PDF."""
    book = galleys.book
    job = rules.Job(edition, book, book.printing.text, (book.paper.width, book.paper.height))
    return rules.findings([rule(job) for rule in rules.TEXT], edition.name)
