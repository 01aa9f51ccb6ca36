"""Check: the finished editions, read back. Every complaint is a finding; none means that they are what they claim."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from press.findings import Finding, named
from press.galleys import Galleys

Check = Callable[[Path, Galleys], list[Finding]]

# Which room checks which edition, by what its file adds to the slug of the book; and the rules that it looks at. The
# first is that of findings that have no other.
CHECKS = {
    ".epub": ("press.check.epub", ("epubcheck", "ace", "access", "weight")),
    ".pdf": ("press.check.pdf", ("pdf", "composition", "verapdf")),
    "-large.pdf": ("press.check.pdf:check_large", ("pdf", "composition", "verapdf")),
    "-print.pdf": ("press.check.preflight", ("print",)),
    "-cover.pdf": ("press.check.preflight:check_cover", ("cover",)),
    "index.html": ("press.check.web", ("web", "nu", "axe")),
}


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with one finished edition of the book in `galleys`."""
    place, rules = CHECKS[edition.name.removeprefix(galleys.book.slug)]
    module, _, function = place.partition(":")
    run: Check = getattr(import_module(module), function or "check")
    return named(rules[0], run(edition, galleys))


def rules_of(edition: Path, galleys: Galleys) -> tuple[str, ...]:
    """Return the rules that are looked at in an edition."""
    return CHECKS[edition.name.removeprefix(galleys.book.slug)][1]
