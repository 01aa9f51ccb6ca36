"""The index of a house, over the web editions of its books: a page, and a catalogue for reading apps (OPDS 2.0).

Both lie in `build/` beside the catalogue's file, and lead into the books' own folders.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

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
        "links": [{"rel": "self", "href": urljoin(catalogue.url, FEED), "type": "application/opds+json"}],
        "publications": [publication for _, publication in shelved],
    }
    files.write(room / FEED, json.dumps(feed, ensure_ascii=False, indent=1) + "\n")
    colours = {name: (value["light"], value["dark"]) for name, value in styles.tokens["colours"].items()}
    page = styles.render("catalogue/index.html.j2", catalogue=catalogue, shelved=shelved, colours=colours, feed=FEED)
    files.write(room / PAGE, page)


def _publication(folder: Path, room: Path) -> tuple[str, dict[str, Any]] | None:
    """Return where the web edition of a book lies, seen from `room`, and what its own feed says of it."""
    site = folder / "build" / "html"
    try:
        (publication,) = json.loads((site / "opds.json").read_bytes())["publications"]
    except (OSError, ValueError, KeyError):
        return None
    place = quote(Path(os.path.relpath(site, room)).as_posix()) + "/"
    for link in (*publication["links"], *publication["images"]):
        if not urlsplit(link["href"]).scheme:
            link["href"] = place + link["href"]
    return place, publication
