"""One part, typeset: laid out until every note stands on the page of its call, drawn, and described."""

from __future__ import annotations

from typing import Any

from lxml import etree, html

from press.findings import Finding, Refused
from press.sheets import facing, flow, judge, words
from press.sheets.bind import Bound, section_of
from press.sheets.choices import Choices
from press.sheets.compose import carry_out, compose
from press.sheets.engine import Engine, strictly
from press.sheets.model import Bookmark, Leaf, Part, Place
from press.sheets.slots import Slots, target_of
from press.sheets.tags import tagged

_PT = 0.75  # in a CSS pixel


def typeset(engine: Engine, bound: Bound, digest: str, basis: str, choices: Choices | None) -> tuple[Part, bytes]:
    """Lay out a part and draw it: return its side-car and its PDF.

    `basis` is the digest of what its pages are chosen by; `choices` those that were made for it before.

    Raises Refused for whatever WeasyPrint complains about, a font that is not the book's, and a note that will not come
    to stand on the page of its call.
    """
    part = bound.document
    where = part.source or part.page
    document, choices = compose_part(engine, bound, where, choices)
    facing.level(document.pages)
    _check_pictures(document, where)
    slots = Slots(document)
    for page in document.pages:
        _prepare(slots, page._page_box, None)
    with tagged(slots):
        pdf = engine.write(document, where)
    side = document.pages[0]._page_box.page_type.side
    described = Part(
        id=part.id,
        digest=digest,
        basis=basis,
        choices=choices,
        opens="recto" if (side == "right") == (engine.galleys.book.direction == "ltr") else "verso",
        leaves=_leaves(document, section_of(engine.galleys, part)),
        anchors=_anchors(document),
        bookmarks=_bookmarks(document),
        slots=slots.found,
        glyphs=slots.glyphs,
    )
    return described, pdf


def _check_pictures(document: Any, where: str) -> None:
    """Raise Refused for every picture that runs out of its page."""
    tall = {
        box.element.get("src")
        for page in document.pages
        for box in page._page_box.descendants()
        if getattr(box, "element_tag", "") == "img" and box.position_y + box.height > page.height + 1
    }
    if tall:
        raise Refused(Finding(where, 0, f"{picture} does not fit on a page") for picture in sorted(tall))


def compose_part(engine: Engine, bound: Bound, where: str, choices: Choices | None = None) -> tuple[Any, Choices]:
    """Return the best layout of a part and the choices behind it; all its notes stand on the page of their call.

    The pages depend on the part's text alone, not on `choices`: these spare the search for them where they are known.
    """
    calls = {note.id: note.call for note in engine.galleys.book.notes if note.document == bound.document.id}
    with strictly(where):
        layouter, composed = engine.layouter(), None
        if choices is None:
            composed, choices = compose(html.document_fromstring(bound.basis), layouter, calls)
        document = carry_out(html.document_fromstring(bound.html), layouter, calls, choices, composed)
    sheets = [set(page.anchors) for page in document.pages]
    astray = [note for note, call in calls.items() if not any({note, call} <= names for names in sheets)]
    if astray:
        text = f"these notes would not come to stand on the page of their call: {', '.join(astray)}"
        raise Refused([Finding(where, 0, text)])
    return document, choices


def _prepare(slots: Slots, box: Any, margin: Any) -> None:
    """Have the numerals of every slot in the fonts before these are written."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "MarginBox":
        margin = box
    if hasattr(box, "text") and target_of(box, margin) is not None:
        slots.prepare(box)
    for child in box.children:
        _prepare(slots, child, margin)


def _leaves(document: Any, galley: etree._Element) -> list[Leaf]:
    """Return what there is to say of the pages on which a galley is set."""
    words.mark(galley)
    found = words.leaves(document, *words.read(galley))
    sheets = flow.read(document.pages)
    for leaf, one, after in zip(found, sheets, [*sheets[1:], None], strict=True):
        first = after.fragments[0] if after and after.fragments else None
        last = one.fragments[-1] if one.fragments else None
        leaf.short = round(one.short, 2)
        if first and first.name in judge.FLOATS:
            leaf.pushed = last is None or last.key != first.key or first.name == "div"
    return found


def _anchors(document: Any) -> dict[str, Place]:
    """Return the first place of every id."""
    places: dict[str, Place] = {}
    for number, page in enumerate(document.pages):
        for name, (x, y, *_) in page.anchors.items():
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
