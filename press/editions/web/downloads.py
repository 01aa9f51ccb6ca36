"""The downloads page of the site and its OPDS 2.0 catalogue: made when the other editions are, for they are measured.

The page lies in the site's folder, the editions below it in `downloads/`.
"""

from __future__ import annotations

import hashlib
import io
import json
import mimetypes
import os
import shutil
import zipfile
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from lxml import etree
from PIL import Image

from press import files
from press.editions.web import feeds
from press.editions.web.offline import ICONS
from press.editions.web.site import COVER, DOWNLOADS, Site
from press.galleys import Book, Galleys
from press.kept import kept
from press.styles import Styles

FOLDER, CATALOGUE = "downloads", "opds.json"
TYPES = {".epub": "application/epub+zip", ".pdf": "application/pdf"}
COVER_WIDTH = 800  # px
ICON = f"icon-{ICONS[-1]}.png"
OPEN_ACCESS = "http://opds-spec.org/acquisition/open-access"  # a link relation of OPDS, not an address


class File(NamedTuple):
    """A file to be taken away; `kind` is the edition (epub, pdf, print, large), `size` is for people, `bytes` exact."""

    name: str
    href: str
    type: str
    kind: str
    size: str
    bytes: int
    checksum: str


def build(galleys: Path, styles: Styles, editions: list[Path], output: Path) -> None:
    """Write the page `output`, the catalogue and the cover beside it, and copies of the `editions` below it.

    The cover is that of the e-book among the editions; without one there is none.
    Raises ValueError for an edition that is neither EPUB nor PDF.
    """
    site = Site(Galleys(galleys), styles)
    room = output.parent
    taken = [_take(edition, site.book, room / FOLDER) for edition in editions]
    for stray in set((room / FOLDER).iterdir()) - {room / FOLDER / file.name for file in taken}:
        stray.unlink()
    cover = next((cover_of(edition) for edition in editions if edition.suffix == ".epub"), None)
    if cover:
        files.write(room / COVER, cover)
    else:
        (room / COVER).unlink(missing_ok=True)
    shown = _image(site.book, COVER, cover) if cover else _image(site.book, ICON, (room / ICON).read_bytes())
    files.write(room / CATALOGUE, catalogue(site.book, taken, shown))
    words = site.book.words
    page = site.plain(
        "downloads",
        words["downloads"],
        DOWNLOADS,
        files=[(file, words.get(f"download-{file.kind}", "")) for file in taken],
        catalogue=CATALOGUE,
        cover=COVER if cover else "",
        cover_size=shown,
        cover_alt=words["cover-of"].replace("{title}", site.book.title),
    )
    files.write(output, page)


def carry_over(old: Path, new: Path) -> None:
    """Copy from one folder of the site to another all that `build` put there."""
    for name in (DOWNLOADS, CATALOGUE, COVER):
        if (old / name).is_file():
            shutil.copyfile(old / name, new / name)
    if (old / FOLDER).is_dir():
        shutil.copytree(old / FOLDER, new / FOLDER, copy_function=_linked)


def _take(edition: Path, book: Book, folder: Path) -> File:
    """Put an edition into the folder of downloads, as another name of the same file where the disk can do that."""
    if edition.suffix not in TYPES:
        raise ValueError(f"{edition}: neither EPUB nor PDF")
    folder.mkdir(exist_ok=True)
    place = folder / edition.name
    place.unlink(missing_ok=True)
    _linked(edition, place)
    content = edition.read_bytes()
    kind = edition.stem.removeprefix(book.slug).strip("-") or edition.suffix[1:]
    return File(
        name=edition.name,
        href=f"{FOLDER}/{quote(edition.name)}",
        type=TYPES[edition.suffix],
        kind=kind,
        size=_size(len(content)),
        bytes=len(content),
        checksum=hashlib.sha256(content).hexdigest(),
    )


def cover_of(epub: Path) -> bytes | None:
    """Return the cover of an e-book as JPEG, at most COVER_WIDTH px wide; None if it names none."""
    with zipfile.ZipFile(epub) as book:
        container = etree.fromstring(book.read("META-INF/container.xml"))
        package = str(container.xpath("string(//*[local-name()='rootfile']/@full-path)"))
        items = etree.fromstring(book.read(package)).xpath("//*[contains(@properties, 'cover-image')]/@href")
        content = book.read(str(PurePosixPath(package).parent / unquote(str(items[0])))) if items else b""
    if not content or content.lstrip().startswith(b"<"):
        return None
    made_of = (version("pillow"), COVER_WIDTH, hashlib.sha256(content).hexdigest())
    return kept("covers", made_of, lambda: _scaled(content))


def _scaled(content: bytes) -> bytes:
    """Return a picture as JPEG, at most COVER_WIDTH px wide."""
    with Image.open(io.BytesIO(content)) as image:
        image.thumbnail((COVER_WIDTH, COVER_WIDTH * 2))
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _image(book: Book, name: str, content: bytes) -> dict[str, Any]:
    """Return a picture of the book as a link of the catalogue (OPDS 2.0, 2.3): sizes in px."""
    with Image.open(io.BytesIO(content)) as image:
        size = {"width": image.width, "height": image.height}
    return {"href": feeds.absolute(book, name), "type": mimetypes.guess_type(name)[0], **size}


def _size(count: int) -> str:
    """Return a number of bytes as people read it, in the units of SI."""
    return f"{count / 1e6:.1f}\u00a0MB" if count >= 1e6 else f"{max(1, round(count / 1e3))}\u00a0kB"


def _series(book: Book) -> dict[str, Any]:
    """Return the series of the book, as the Readium Web Publication Manifest has collections."""
    if not book.series:
        return {}
    number = {"position": book.series.number} if book.series.number else {}
    return {"series": {"name": book.series.name, **number}}


def _linked(file: str | Path, place: str | Path) -> None:
    """Give a file another name, and where the disk cannot do that, copy it."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def catalogue(book: Book, taken: list[File], picture: dict[str, Any]) -> str:
    """Return the OPDS 2.0 feed (specs.opds.io/opds-2.0) of the book: one publication with every edition to be had."""
    metadata: dict[str, Any] = {
        "@type": "http://schema.org/Book",
        "identifier": book.identifiers["epub"],
        "title": book.title,
        "subtitle": book.subtitle,
        "author": [one.name for one in book.contributors if one.role == "aut"],
        "illustrator": [one.name for one in book.contributors if one.role == "ill"],
        "publisher": book.imprint,
        "language": book.language,
        "published": book.date,
        "modified": f"{book.date}T00:00:00Z",
        "description": book.description,
        "subject": book.subjects,
        "belongsTo": _series(book),
    }
    publication: dict[str, Any] = {
        "metadata": {name: value for name, value in metadata.items() if value},
        "links": [
            {"rel": OPEN_ACCESS, "href": feeds.absolute(book, one.href), "type": one.type, "size": one.bytes}
            for one in taken
            if one.kind not in ("print", "cover")  # nobody reads the sheets of a printer
        ],
        "images": [picture],
    }
    feed = {
        "metadata": {"title": book.title, "numberOfItems": 1},
        "links": [{"rel": "self", "href": feeds.absolute(book, CATALOGUE), "type": "application/opds+json"}],
        "publications": [publication],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"
