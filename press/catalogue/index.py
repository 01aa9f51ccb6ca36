"""The index of a house, over the web editions of its books: a page, and a catalogue for reading apps (OPDS 2.0).

Both lie in `build/` beside the catalogue's file, and lead into the books' own folders.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from press import files
from press.catalogue import Catalogue
from press.styles import Styles

PAGE, FEED = "index.html", "opds.json"


def build(catalogue: Catalogue, styles: Styles) -> None:
    """Write the page and the feed. A book that has never been made whole is in neither."""
    room = catalogue.home / "build"
    shelved = [one for folder in catalogue.folders if (one := _publication(folder, room))]
    feed = {
        "metadata": {"title": catalogue.title, "numberOfItems": len(shelved)},
        "links": [{"rel": "self", "href": _at(catalogue.url, FEED), "type": "application/opds+json"}],
        "publications": [publication for _, publication in shelved],
    }
    files.write(room / FEED, json.dumps(feed, ensure_ascii=False, indent=1) + "\n")
    colours = {name: (value["light"], value["dark"]) for name, value in styles.tokens["colours"].items()}
    page = styles.render("catalogue/index.html.j2", catalogue=catalogue, shelved=shelved, colours=colours, feed=FEED)
    files.write(room / PAGE, page)


def _at(url: str, name: str) -> str:
    """Return a file of the house by the house's address, if it has one: OPDS wants it absolute."""
    return f"{url.rstrip('/')}/{name}" if url else name


def _publication(folder: Path, room: Path) -> tuple[str, dict[str, Any]] | None:
    """Return the home page of a book, and what its own feed says of it.

    That page is at the book's own address; of a book that has none it is a file, seen from `room`.
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
    return own or f"{place}index.html", publication
