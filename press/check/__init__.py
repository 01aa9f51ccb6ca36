"""Check: the finished editions, read back. Every complaint is a finding; none means that they are what they claim."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from press.findings import Finding
from press.galleys import Galleys

Check = Callable[[Path, Galleys], list[Finding]]

# Which room checks which edition, by what its file adds to the slug of the book.
CHECKS = {
    ".epub": "press.check.epub",
    ".pdf": "press.check.pdf",
    "-large.pdf": "press.check.pdf:check_large",
    "-print.pdf": "press.check.preflight",
    "-cover.pdf": "press.check.preflight:check_cover",
    "index.html": "press.check.web",
}


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with one finished edition of the book in `galleys`."""
    module, _, function = CHECKS[edition.name.removeprefix(galleys.book.slug)].partition(":")
    run: Check = getattr(import_module(module), function or "check")
    return run(edition, galleys)
