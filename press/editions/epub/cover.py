"""The cover: the book's own picture, or one from the styles: the title, over the art that the book may have."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from press.editions.epub import fonts
from press.galleys import Book, Face
from press.styles import Styles, markup

SVG = "{http://www.w3.org/2000/svg}"

# The cover is drawn on a sheet of this size, with this much room for its lines; over art, of the height of the trim.
WIDTH, HEIGHT, MARGIN = 1600, 2400, 150
TITLE_SIZES: list[float] = list(range(120, 271, 10))
SUBTITLE_SIZES: list[float] = list(range(50, 79, 4))
SUBTITLE_SIZES_OVER_ART: list[float] = list(range(50, 67, 4))
TITLE_LINES, TITLE_LINES_OVER_ART = 6, 2


@dataclass(frozen=True)
class Lines:
    """Text of the cover, broken into lines at a size."""

    size: float
    lines: list[str]


def draw(book: Book, styles: Styles, art: bytes = b"") -> bytes:
    """Return the cover of a book (SVG, with the letters that it needs); art: an SVG to lie under the words."""
    display, text, sans = (
        _face(styles, styles.tokens["type"][voice], weight, style)
        for voice, weight, style in (("display", 300, "normal"), ("text", 400, "italic"), ("sans", 600, "normal"))
    )
    authors = [person.name for person in book.contributors if person.role == "aut"] or [
        person.name for person in book.contributors[:1]
    ]
    title = _lines(styles.font(display), book.title, TITLE_SIZES, TITLE_LINES_OVER_ART if art else TITLE_LINES)
    subtitle = _lines(styles.font(text), book.subtitle, SUBTITLE_SIZES_OVER_ART if art else SUBTITLE_SIZES, 5)
    letters = frozenset("".join([book.title, book.subtitle, book.imprint, *authors]).upper()) | frozenset(
        book.title + book.subtitle
    )
    return styles.render(
        "epub/cover.svg.j2",
        book=book,
        colour={name: values["light"] for name, values in styles.tokens["colours"].items()},
        width=WIDTH,
        height=round(WIDTH * book.paper.height / book.paper.width) if art else HEIGHT,
        margin=MARGIN,
        title=title,
        subtitle=subtitle,
        authors=authors,
        art=_inside(art) if art else None,
        faces={
            name: markup(base64.b64encode(fonts.cut(styles.font(face), letters)).decode())
            for name, face in (("display", display), ("text", text), ("sans", sans))
        },
    ).encode()


def _inside(art: bytes) -> tuple[str, str]:
    """Return the viewBox of an SVG and what it draws, without its title and description: the cover has its own."""
    svg = etree.fromstring(art)
    for tag in ("title", "desc"):
        for element in svg.findall(f"{SVG}{tag}"):
            svg.remove(element)
    return svg.get("viewBox", ""), markup("".join(etree.tostring(child, encoding="unicode") for child in svg))


def _lines(font: Path, text: str, sizes: list[float], most: int) -> Lines:
    return Lines(*fonts.Ruler(font).fit(text, WIDTH - 2 * MARGIN, sizes, most))


def _face(styles: Styles, family: str, weight: int, style: str) -> Face:
    """Return the face of a family that comes nearest to a weight and a style."""
    faces = [face for face in styles.faces if face.family == family]
    if not faces:
        raise ValueError(f"tokens.yaml: no face of the family {family}")
    return min(faces, key=lambda face: (face.style != style, abs(face.weight - weight)))
