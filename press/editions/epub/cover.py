"""The cover: the book's own picture, or one from the styles: the title, over the art that the book may have."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from press import pixels
from press.editions.epub import fonts, pictures
from press.galleys import Book, Face
from press.kept import kept, tools
from press.styles import Styles, markup

SVG = "{http://www.w3.org/2000/svg}"

# The cover is drawn on a sheet of this size, with this much room for its lines; over art, of the height of the trim.
WIDTH, HEIGHT, MARGIN = 1600, 2400, 150
TITLE_SIZES: list[float] = list(range(120, 271, 10))
SUBTITLE_SIZES: list[float] = list(range(50, 79, 4))
SUBTITLE_SIZES_OVER_ART: list[float] = list(range(50, 67, 4))
TITLE_LINES, TITLE_LINES_OVER_ART = 6, 2


QUALITIES = range(90, 45, -5)  # of the JPEG


@dataclass(frozen=True)
class Lines:
    """Text of the cover, broken into lines at a size."""

    size: float
    lines: list[str]


def draw(book: Book, styles: Styles, art: bytes = b"") -> bytes:
    """Return the cover of a book as JPEG, which every reader and shop takes; art: an SVG to lie under the words."""
    faces = _cut(book, styles)
    made_of = (
        compose(book, styles, art, list(faces)),
        *faces.values(),
        tools(__file__, pixels.__file__, "resvg", "pillow"),
    )
    return kept("covers", made_of, lambda: _jpeg(paint(book, styles, art, WIDTH)))


def paint(book: Book, styles: Styles, art: bytes, width: int) -> bytes:
    """Return the cover of a book as PNG, `width` px wide."""
    faces = _cut(book, styles)
    return pixels.rasterise(compose(book, styles, art, list(faces)), width, faces.values())


def _cut(book: Book, styles: Styles) -> dict[str, bytes]:
    """Return the faces of the cover with the letters that stand on it, by the names of their families."""
    faces = map(styles.font, _faces(styles).values())
    return {fonts.family(face): fonts.cut(face, _letters(book)) for face in faces}


def _jpeg(png: bytes) -> bytes:
    """Return a picture as JPEG, of the best quality that stays within what shops and old readers take."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        for quality in QUALITIES:
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=quality, optimize=True, progressive=False)
            if len(out.getvalue()) <= pictures.LARGEST:
                break
    return out.getvalue()


def compose(book: Book, styles: Styles, art: bytes = b"", families: Sequence[str] = ()) -> bytes:
    """Return the cover as SVG; `families` are the names of the faces display, text and sans, where not their own."""
    faces = _faces(styles)
    title_lines, subtitle_sizes = (
        (TITLE_LINES_OVER_ART, SUBTITLE_SIZES_OVER_ART) if art else (TITLE_LINES, SUBTITLE_SIZES)
    )
    return styles.render(
        "epub/cover.svg.j2",
        book=book,
        colour={name: values["light"] for name, values in styles.tokens["colours"].items()},
        width=WIDTH,
        height=round(WIDTH * book.paper.height / book.paper.width) if art else HEIGHT,
        margin=MARGIN,
        title=_lines(styles.font(faces["display"]), book.title, TITLE_SIZES, title_lines),
        subtitle=_lines(styles.font(faces["text"]), book.subtitle, subtitle_sizes, 5),
        authors=_authors(book),
        art=_inside(art) if art else None,
        families=dict(zip(faces, families or [face.family for face in faces.values()], strict=True)),
    ).encode()


def _authors(book: Book) -> list[str]:
    authors = [person.name for person in book.contributors if person.role == "aut"]
    return authors or [person.name for person in book.contributors[:1]]


def _letters(book: Book) -> frozenset[str]:
    said = "".join([book.title, book.subtitle, book.imprint, *_authors(book)])
    return frozenset(said + said.upper())


def _faces(styles: Styles) -> dict[str, Face]:
    voices = (("display", 300, "normal"), ("text", 400, "italic"), ("sans", 600, "normal"))
    return {voice: _face(styles, styles.tokens["type"][voice], weight, style) for voice, weight, style in voices}


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
