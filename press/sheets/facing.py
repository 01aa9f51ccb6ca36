"""Facing pages that end within a line of each other, where figures allow.

When the pages of a part are settled, white at the foot of the page that ends higher is moved into it, as whole lines
above headings, below lists and around figures, tables and boxes: its boxes are set lower, and no line changes its page.
A page with notes ends with these, at its foot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from press.sheets import flow
from press.sheets.flow import PT, Sheet
from press.sheets.judge import FLOATS, HEADINGS, TOLERANCE

LISTS = ("ul", "ol", "dl")


def level(pages: list[Any]) -> None:
    """Bring the feet of the facing pages of one part near each other: `pages` are WeasyPrint's and are changed.

    A part begins on a recto; its last page may be short.
    """
    sheets = flow.read(pages)
    for number, page in enumerate(pages):
        if _close(page, sheets[number]):
            sheets[number] = flow.sheet(page._page_box)
    flow.mark_broken(sheets, sheets)
    ends = [sheet.short for sheet in sheets]
    for number in range(1, len(sheets) - 2, 2):
        short, _, lines = _difference(sheets, seen(sheets, ends), number)
        if lines <= 1:  # level as the eye sees it: but above the notes of a page there may be white
            short, _, lines = _difference(sheets, ends, number)
            lines *= sheets[short].noted
        if lines > 1 and (places := list(_room(sheets[short]))[: int(lines)]):
            pages[short] = _lowered(pages[short], places, sheets[short].leading / PT)


def seen(sheets: Sequence[Sheet], ends: Sequence[float]) -> list[float]:
    """Return by how many pt each page ends above its foot as the eye sees it, where its text does so by `ends`."""
    return [0.0 if sheet.noted else end for sheet, end in zip(sheets, ends, strict=True)]


def apart(sheets: Sequence[Sheet], ends: Sequence[float], number: int) -> float:
    """Return by how many lines the ends of the facing pages `number` and the next differ when `level` has done what it
    can. `ends`: by how many pt each page will end above its foot."""
    short, _, lines = _difference(sheets, ends, number)
    return lines - min(int(lines), len(list(_room(sheets[short]))))


def end(sheet: Sheet) -> float:
    """Return by how many pt a page will end above its foot when the frame of a box that goes on is closed."""
    last = sheet.fragments[-1] if sheet.fragments else None
    framed = last and last.broken and last.name == "aside"
    return sheet.white - last.padding_top if last and framed else sheet.short


def _difference(sheets: Sequence[Sheet], ends: Sequence[float], number: int) -> tuple[int, int, float]:
    """Return which of two facing pages ends higher, which lower, and by how many lines."""
    short, other = number, number + 1
    if ends[short] < ends[other]:
        short, other = other, short
    return short, other, (ends[short] - ends[other] + TOLERANCE) / sheets[short].leading


def _close(page: Any, sheet: Sheet) -> bool:
    """End the frame of a box that goes on on the next page below its last line: WeasyPrint draws it to the foot.

    Tell whether there was one.
    """
    last = sheet.fragments[-1] if sheet.fragments else None
    framed = last is not None and last.broken and last.name == "aside" and bool(last.lines)
    if last and framed:
        box = list(flow.blocks(page._page_box.children[0]))[-1]
        box.height -= (last.bottom - last.foot) / PT - box.padding_bottom - box.border_bottom_width
    return framed


def _room(sheet: Sheet) -> Iterator[int]:
    """Give the places among the blocks of a page where a line may be added: around floats a second time at the end."""
    floats = []
    if any(after.top < one.top for one, after in pairwise(sheet.fragments)):
        return  # columns
    for place, (one, after) in enumerate(pairwise(sheet.fragments), start=1):
        if one.name in HEADINGS:
            continue
        if after.name in HEADINGS or (one.name in LISTS and after.name == "p"):
            yield place
        elif one.name in FLOATS or after.name in FLOATS:
            yield place
            floats.append(place)
    yield from floats


def _lowered(page: Any, places: Sequence[int], leading: float) -> Any:
    """Return a page of which the blocks from each of these places on are set lower by a line of `leading` px."""
    from weasyprint.document import Page

    root = page._page_box.children[0]
    blocks = list(flow.blocks(root))
    for place in places:
        _lower(root, {id(block) for block in blocks[place:]}, leading)
    return Page(page._page_box)


def _lower(box: Any, blocks: set[int], leading: float) -> None:
    """Set the blocks in a box lower; what holds no others is set lower as a whole, for links to lead to its head."""
    for child in getattr(box, "children", ()):
        inside = [child] if id(child) in blocks else list(flow.blocks(child))
        if inside and all(id(block) in blocks for block in inside):
            child.translate(dy=leading)
            for each in child.descendants():  # itself, too
                _lower_ground(each, leading)
        elif child.is_in_normal_flow():
            _lower(child, blocks, leading)


def _lower_ground(box: Any, leading: float) -> None:
    """Set the ground of a box lower, which WeasyPrint has put in its place before and does not move with it."""
    if background := getattr(box, "background", None):
        layers = [
            layer._replace(
                painting_area=_lowered_area(layer.painting_area, leading),
                clipped_boxes=[_lowered_area(area, leading) for area in layer.clipped_boxes],
            )
            for layer in background.layers
        ]
        box.background = background._replace(layers=layers)


def _lowered_area(area: Sequence[Any], leading: float) -> tuple[Any, ...]:
    left, top, *rest = area
    return (left, top + leading, *rest)
