"""What makes the site installable and readable offline: web app manifest, service worker, icons."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import quote

from press.galleys import Book
from press.pixels import rasterise
from press.styles import Styles, markup

ICONS = (192, 512)  # px; what browsers ask for before they offer to install


def icons(styles: Styles) -> dict[str, bytes]:
    """Return the icons of the site by file name: one drawn, for the tabs of browsers, and some for those who install.

    The sign of the latter stands in the safe zone of a mask.
    """
    drawn, masked = (
        styles.render("web/icon.svg.j2", colours=styles.tokens["colours"], masked=masked).encode()
        for masked in (False, True)
    )
    return {"icon.svg": drawn} | {f"icon-{size}.png": rasterise(masked, size) for size in ICONS}


def manifest(book: Book, styles: Styles, home: str) -> str:
    """Return the web app manifest (W3C Web Application Manifest) of the site."""
    paper = styles.tokens["colours"]["paper"]
    data = {
        "name": book.title,
        "short_name": book.title if len(book.title) <= 12 else book.slug.replace("-", " ").title(),
        "description": book.description,
        "lang": book.language,
        "dir": book.direction,
        "start_url": home,
        "scope": "./",
        "id": "./",
        "display": "standalone",
        "background_color": paper["light"],
        "theme_color": paper["light"],
        "categories": ["books"],
        "icons": [
            {"src": f"icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size in ICONS
            for purpose in ("any", "maskable")
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def worker(digests: dict[str, bytes], home: str, styles: Styles) -> str:
    """Return the service worker: it keeps the files of the site (name -> digest) and serves them from then on.

    Its version is a digest of all of them, so that a new edition of the site takes the place of the old one in whole.
    """
    whole = hashlib.sha256()
    for name in sorted(digests):
        whole.update(f"{name}\0".encode() + digests[name])
    addresses = json.dumps([quote(name) for name in sorted(digests)])
    return styles.render("web/sw.js.j2", version=whole.hexdigest()[:16], addresses=markup(addresses), home=home)
