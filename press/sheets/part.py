"""One part, typeset: laid out until every note stands on the page of its call, drawn, and described."""

from __future__ import annotations

from typing import Any

from press.findings import Finding, Refused
from press.galleys import Document, Galleys
from press.sheets.bind import BLOCK, Bound, turn
from press.sheets.engine import Engine
from press.sheets.model import Bookmark, Leaf, Part, Place
from press.sheets.slots import Slots, target_of
from press.sheets.tags import tagged
from press.sheets.words import leaves

# WeasyPrint may set a note on the page after its call's, or lose it; then the block that runs over to the next page is
# told to begin it, and the part is laid out once more.
ROUNDS = 8
_PT = 0.75  # in a CSS pixel


def typeset(engine: Engine, bound: Bound, digest: str) -> tuple[Part, bytes]:
    """Lay out a part and draw it: return its side-car and its PDF.

    Raises Refused for whatever WeasyPrint complains about, a font that is not the book's, and a note that will not come
    to stand on the page of its call.
    """
    part = bound.document
    where = part.source or part.page
    document = _settle(engine, bound, where)
    slots = Slots(document)
    for page in document.pages:
        _prepare(slots, page._page_box, None)
    with tagged(slots):
        pdf = engine.write(document, where)
    side = document.pages[0]._page_box.page_type.side
    described = Part(
        id=part.id,
        digest=digest,
        opens="recto" if (side == "right") == (engine.galleys.book.direction == "ltr") else "verso",
        leaves=_leaves(document, bound),
        anchors=_anchors(document),
        bookmarks=_bookmarks(document),
        slots=slots.found,
        glyphs=slots.glyphs,
    )
    return described, pdf


def _settle(engine: Engine, bound: Bound, where: str) -> Any:
    turns: set[str] = set()
    for _ in range(ROUNDS):
        document = engine.lay_out(turn(bound.html, turns), where)
        more = _turns(engine.galleys, bound.document, [list(page.anchors) for page in document.pages]) - turns
        if not more:
            return document
        turns |= more
    raise Refused([Finding(where, 0, f"not every note came to stand on the page of its call in {ROUNDS} rounds")])


def _turns(galleys: Galleys, document: Document, sheets: list[list[str]]) -> set[str]:
    """Return the blocks that have to begin a page so that every note stands on the page of its call.

    `sheets` are the ids on each page; that of a box which runs over pages stands on each of them.
    """
    turns = set()
    for note in galleys.book.notes:
        if note.document != document.id:
            continue
        called = next((number for number, names in enumerate(sheets) if note.call in names), None)
        if called is not None and note.id not in sheets[called] and called + 1 < len(sheets):
            after = [name for name in sheets[called + 1] if name.startswith(BLOCK)]
            over = [name for name in after if name in sheets[called]]
            turns |= set((over or after)[:1])
    return turns


def _prepare(slots: Slots, box: Any, margin: Any) -> None:
    """Have the numerals of every slot in the fonts before these are written."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "MarginBox":
        margin = box
    if hasattr(box, "text") and target_of(box, margin) is not None:
        slots.prepare(box)
    for child in box.children:
        _prepare(slots, child, margin)


def _leaves(document: Any, bound: Bound) -> list[Leaf]:
    return leaves(document, bound.words, bound.text)


def _anchors(document: Any) -> dict[str, Place]:
    """Return the first place of every id."""
    places: dict[str, Place] = {}
    for number, page in enumerate(document.pages):
        for name, (x, y, *_) in page.anchors.items():
            if not name.startswith(BLOCK):
                places.setdefault(name, _place(number, page, x, y))
    return places


def _place(number: int, page: Any, x: float, y: float) -> Place:
    return Place(page=number, x=round(x * _PT, 2), y=round((page.height - y) * _PT, 2))


def _bookmarks(document: Any) -> list[Bookmark]:
    def entry(item: Any) -> Bookmark:
        title, (number, x, y), children, _ = item
        place = _place(number, document.pages[number], x, y)
        return Bookmark(title=title, place=place, children=[entry(child) for child in children])

    return [entry(item) for item in document.make_bookmark_tree()]
