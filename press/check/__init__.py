"""Check: the finished editions, read back. Every complaint is a finding; none means that they are what they claim."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from press.findings import Finding, named
from press.galleys import Galleys

Check = Callable[[Path, Galleys], list[Finding]]

# Which room checks which edition, by what its file adds to the slug of the book; and the rule that its findings break.
CHECKS = {
    ".epub": ("epubcheck", "press.check.epub"),
    ".pdf": ("pdf", "press.check.pdf"),
    "-large.pdf": ("pdf", "press.check.pdf:check_large"),
    "-print.pdf": ("print", "press.check.preflight"),
    "-cover.pdf": ("cover", "press.check.preflight:check_cover"),
    "index.html": ("web", "press.check.web"),
}


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with one finished edition of the book in `galleys`."""
    rule, place = CHECKS[edition.name.removeprefix(galleys.book.slug)]
    module, _, function = place.partition(":")
    run: Check = getattr(import_module(module), function or "check")
    return named(rule, run(edition, galleys))
