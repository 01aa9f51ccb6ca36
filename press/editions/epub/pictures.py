"""The pictures of the EPUB."""

from __future__ import annotations

import re
from pathlib import Path

from press.galleys import Galleys

MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
MOVING = re.compile(rb"<(?:animate|animateMotion|animateTransform|set|script)[\s/>]")


def media_type(src: str) -> str:
    """Return the media type of a picture; ValueError if EPUB readers need not know it."""
    suffix = Path(src).suffix.lower()
    if suffix not in MEDIA_TYPES:
        raise ValueError(f"{src}: not a picture that EPUB allows ({', '.join(MEDIA_TYPES)})")
    return MEDIA_TYPES[suffix]


def load(galleys: Galleys, src: str) -> bytes:
    """Return a picture; of a drawing the copy with outlined letters, if any: <img> cannot use the book's fonts."""
    path = Path(src)
    if path.suffix.lower() != ".svg":
        return galleys.image(src)
    outlined = str(path.with_suffix(f".outlined{path.suffix}"))
    return galleys.image(outlined if (galleys.folder / outlined).is_file() else src)


def is_still(src: str, content: bytes) -> bool:
    """Tell whether a picture cannot move or flash."""
    return media_type(src) in ("image/png", "image/jpeg") or (
        media_type(src) == "image/svg+xml" and not MOVING.search(content)
    )
