"""What is known of a part once it is typeset: its side-car, parts/ID.json."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, TypeAdapter

from press.galleys import Model
from press.sheets.choices import Choices

ELSEWHERE = "book:#"  # begins an address in another part, until the parts are joined

Align = Literal["left", "center", "right"]
Glyphs = dict[str, tuple[int, float, float]]


class Leaf(Model):
    """One page of a part; `word`, `first`, `short` and `pushed` as in `press.pagemap.Page`."""

    blank: bool = False
    word: int | None = None
    first: str | None = None
    short: float = 0
    pushed: bool = False


class Place(Model):
    """A point on a page of a part: page from 0, x and y in pt from the lower left corner of the trimmed page."""

    page: int
    x: float
    y: float


class Bookmark(Model):
    """An entry of the outline, with those below it."""

    title: str
    place: Place
    children: list[Bookmark] = Field(default_factory=list)


class Slot(Model):
    """Where a page number is to be printed: a placeholder in the content of a page.

    `target` is the id whose folio is wanted, empty for that of the page itself. The placeholder is the last `length`
    glyphs of its text; `glyphs` is the number of the set of figures that fits its font and style.
    """

    page: int
    target: str
    length: int
    align: Align
    glyphs: int


class Part(Model):
    """A part that is typeset. `digest` is that of all it was made from, `opens` the side on which it begins.

    `choices` made its pages, chosen by what has the digest `basis`: the same but for the width of page numbers.

    `glyphs` are sets of figures and roman numerals: character -> glyph id, advance, and what the
    style adds to the font's own advance (letter-spacing), in thousandths of the font size.
    """

    id: str
    digest: str
    basis: str
    choices: Choices
    opens: Literal["recto", "verso"]
    leaves: list[Leaf]
    anchors: dict[str, Place]
    bookmarks: list[Bookmark]
    slots: list[Slot]
    glyphs: list[Glyphs]


_SIDE_CARS = TypeAdapter(dict[str, Part])


def read(side_car: Path) -> dict[str, Part]:
    """Return what is known of a part, by digest, that of its PDF first; nothing of what another press wrote."""
    try:
        return _SIDE_CARS.validate_json(side_car.read_bytes())
    except (OSError, ValueError):
        return {}


def first(side_car: Path) -> Part:
    """Return the description of the PDF beside a side-car. Raises OSError and ValueError where there is none."""
    return next(iter(_SIDE_CARS.validate_json(side_car.read_bytes()).values()))


def dump(parts: dict[str, Part]) -> bytes:
    """Return the side-car of these descriptions."""
    return _SIDE_CARS.dump_json(parts)
