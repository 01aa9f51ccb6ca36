"""The pictures of the EPUB."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lxml import etree

from press import pixels as rasteriser
from press.galleys import Galleys
from press.kept import is_kept, kept, tools

MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
LARGEST = 150_000  # bytes of one picture; the check of the finished EPUB holds it to this
WIDTH, COLOURS = 1000, 64  # of a drawing in pixels
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
    drawing = galleys.image(outlined if (galleys.folder / outlined).is_file() else src)
    return kept("drawings", (drawing, _tools()), lambda: _unnamed(drawing))


def _unnamed(svg: bytes) -> bytes:
    """Return a drawing without the names of its title and description: the <img> has an alternative of its own.

    Ids that begin with a figure, as HTML allows and plates have them, are not XML names.
    """
    root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False, no_network=True))
    root.attrib.pop("aria-labelledby", None)
    for element in root.iterchildren("{*}title", "{*}desc"):
        element.attrib.pop("id", None)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def pixels(svg: bytes) -> bytes:
    """Return a drawing as PNG with few colours, for readers that refuse it: Kindle takes no more than 25 SVGs a book.

    What was drawn before is kept.
    """
    return kept("pixels", (svg, _tools()), lambda: _drawn(svg))


def pixels_of(drawings: Sequence[bytes], workers: int) -> list[bytes]:
    """Return `pixels` of each drawing, made on so many processes where many are to be made."""
    missing = sum(not is_kept("pixels", (svg, _tools())) for svg in drawings)
    if min(workers, missing) < 2:
        return [pixels(svg) for svg in drawings]
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(workers, missing), multiprocessing.get_context("fork")) as pool:
        return list(pool.map(pixels, drawings))


@cache
def _tools() -> str:
    return tools(__file__, rasteriser.__file__, "resvg", "pillow", "lxml")


def _drawn(svg: bytes) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(rasteriser.rasterise(svg, WIDTH, ground=(255, 255, 255)))) as image:
        few = image.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.putpalette([255 if value > 253 else value for value in few.getpalette() or ()])  # no greyish white
        few.save(out, "PNG", compress_level=6)  # optimised, it takes seven times as long and is 5 % smaller
    return out.getvalue()


def is_still(src: str, content: bytes) -> bool:
    """Tell whether a picture cannot move or flash."""
    return media_type(src) in ("image/png", "image/jpeg") or (
        media_type(src) == "image/svg+xml" and not MOVING.search(content)
    )
