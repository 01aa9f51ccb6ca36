"""Two PDFs, page by page: which pages look different, and where."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageFilter

from press.changes.snapshot import Snapshot
from press.galleys import Model
from press.progress import track
from press.report import pictures

WIDTH = 300  # px of a page when it is compared, and shown
SEEN = 48  # of 255: a difference that is no rounding of the drawing
EDGE = 0.09  # of the height of a page: there stand its running head and its number
GROWN = 9  # px: how far around a difference it is marked


class Look(Model):
    """A page that looks different, is new or gone; `number_only`: only in its running head or page number."""

    part: str
    old: int  # its sheet, 0 where there is none
    new: int
    old_folio: str
    new_folio: str
    fate: Literal["new", "gone", "changed"]
    number_only: bool = False


class Shown(NamedTuple):
    """A look, with the pictures of both pages, differences marked; None where there is no such page."""

    look: Look
    old: Image.Image | None
    new: Image.Image | None


def compare(old: Snapshot, new: Snapshot, old_pdf: Path, new_pdf: Path, colour: str) -> Iterator[Shown]:
    """Yield the pages that look different, part by part; what is different is marked in a colour, such as #b83a26."""
    before, after = ({part.id: part.sheets for part in one.parts} for one in (old, new))
    names = {part.id: part.title for part in (*old.parts, *new.parts)}
    drawn_before, drawn_after = pictures.Pages(old_pdf, WIDTH), pictures.Pages(new_pdf, WIDTH)
    for name, sheets in track(list(_facing(before, after)), "pages compared"):
        one = drawn_before.draw(sheets[0]) if sheets[0] else None
        other = drawn_after.draw(sheets[1]) if sheets[1] else None
        look = Look(
            part=names[name],
            old=sheets[0],
            new=sheets[1],
            old_folio=old.folios[sheets[0] - 1] if sheets[0] else "",
            new_folio=new.folios[sheets[1] - 1] if sheets[1] else "",
            fate="changed" if one and other else "new" if other else "gone",
        )
        if one is None or other is None:
            yield Shown(look, one, other)
        elif mask := _difference(one, other):
            look.number_only = _outside(mask)
            yield Shown(look, _marked(one, mask, colour), _marked(other, mask, colour))


def _facing(old: dict[str, list[int]], new: dict[str, list[int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the pages to be compared: each part's first with its first, and so on; 0 where one has no more."""
    for name in dict.fromkeys((*new, *old)):
        for pair in zip_longest(old.get(name, []), new.get(name, []), fillvalue=0):
            yield name, pair


def _difference(one: Image.Image, other: Image.Image) -> Image.Image | None:
    """Return where two pages differ, as a mask; None if they look the same."""
    if one.size != other.size:
        other = other.resize(one.size)
    mask = ImageChops.difference(one.convert("L"), other.convert("L")).point(lambda grey: 255 * (grey > SEEN))
    return mask if mask.getbbox() else None


def _outside(mask: Image.Image) -> bool:
    """Tell whether a mask leaves the middle of the page free, where the text stands."""
    edge = round(mask.height * EDGE)
    return mask.crop((0, edge, mask.width, mask.height - edge)).getbbox() is None


def _marked(page: Image.Image, mask: Image.Image, colour: str) -> Image.Image:
    around = mask.resize(page.size).filter(ImageFilter.MaxFilter(GROWN)).point(lambda grey: grey * 2 // 7)
    return Image.composite(Image.new("RGB", page.size, ImageColor.getrgb(colour)), page, around)
