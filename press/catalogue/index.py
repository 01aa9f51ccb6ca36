"""The index of a house, over the web editions of its books: a page, and a catalogue for reading apps (OPDS 2.0).

Both lie in `build/` beside the catalogue's file, and lead into the books' own folders.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from press import files
from press.catalogue import Catalogue
from press.editions.web import typefaces
from press.styles import Styles

PAGE, FEED, SHEET, FONTS = "index.html", "opds.json", "house.css", "fonts"
KINDS = {"application/epub+zip": "EPUB", "application/pdf": "PDF"}


class Shelved(NamedTuple):
    """A book that is made: its home page, its publication in the feed, its cover if it has one, the files to be had."""

    home: str
    publication: dict[str, Any]
    cover: dict[str, Any] | None
    files: list[dict[str, Any]]


def build(catalogue: Catalogue, styles: Styles) -> None:
    """Write the page and the feed. A book that has never been made whole is in neither.

    As long as there is none there is no feed either: OPDS 2.0 (1.1) wants something to be in it.
    """
    room = catalogue.home / "build"
    shelved = [one for folder in catalogue.folders if (one := _shelved(folder, room))]
    if shelved:
        files.write(room / FEED, json.dumps(_feed(catalogue, shelved), ensure_ascii=False, indent=1) + "\n")
    else:
        (room / FEED).unlink(missing_ok=True)
    words = styles.locale(catalogue.language)
    page = styles.render(
        "catalogue/index.html.j2", catalogue=catalogue, shelved=shelved, words=words, feed=FEED, sheet=SHEET
    )
    sheet, letters = styles.css("catalogue/house.css.j2", "light"), typefaces.Letters()
    letters.add(page)
    with files.folder(room / FONTS) as fonts:
        for name, face in typefaces.cut(styles, sheet, letters):
            files.write(fonts / Path(name).name, face)
    files.write(room / SHEET, sheet)
    files.write(room / PAGE, page)


def _feed(catalogue: Catalogue, shelved: list[Shelved]) -> dict[str, Any]:
    """Return the feed (OPDS 2.0, 1.1): its title, a link to itself and one to the page, and the publications (2.2)."""
    links = [("self", FEED, "application/opds+json"), ("alternate", PAGE, "text/html")]
    return {
        "metadata": {"title": catalogue.title, "numberOfItems": len(shelved)},
        "links": [{"rel": rel, "href": _at(catalogue.url, name), "type": kind} for rel, name, kind in links],
        "publications": [one.publication for one in shelved],
    }


def _at(url: str, name: str) -> str:
    """Return a file of the house by the house's address, if it has one: OPDS wants it absolute."""
    return f"{url.rstrip('/')}/{name}" if url else name


def _shelved(folder: Path, room: Path) -> Shelved | None:
    """Return a book as its own feed has it; None for one that is not made.

    Its home page is at the book's own address; of a book that has none it is a file, seen from `room`.
    """
    site = folder / "build" / "html"
    try:
        feed = json.loads((site / "opds.json").read_bytes())
        (publication,) = feed["publications"]
        own = str(feed["links"][0]["href"]).removesuffix(FEED)
    except (OSError, ValueError, LookupError):
        return None
    place = own or quote(Path(os.path.relpath(site, room)).as_posix()) + "/"
    for link in (*publication["links"], *publication["images"]):
        if not urlsplit(link["href"]).scheme:
            link["href"] = place + link["href"]
    covers = [image for image in publication["images"] if image["type"] == "image/jpeg"]
    taken = [link | {"name": KINDS[link["type"]]} for link in publication["links"] if link["type"] in KINDS]
    return Shelved(own or f"{place}index.html", publication, next(iter(covers), None), taken)
