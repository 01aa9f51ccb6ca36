"""Reading laid-out pages: which blocks and lines of the running text stand where, and how much of a page is white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from lxml import etree

PT = 0.75  # WeasyPrint measures in CSS px
KEY = "data-flow"  # numbers the blocks of the flow in the markup of a part
TEXT = "data-text"  # numbers its paragraphs and list items
MARK = "data-mark"  # numbers all elements of a galley
NODE = "data-node"  # numbers all elements of a part
MOVED = "data-moved"  # on a block that is set elsewhere than it stands in the galley


@dataclass
class Line:
    """A line of running text. `top` and `height` in pt, from the top of the text area.

    `block` is the number of its paragraph in `TEXT`; `text` leaves out what the styles add; `ids` stand in the line.
    """

    top: float
    height: float
    text: str
    block: str
    ids: frozenset[str]


@dataclass(frozen=True)
class _Said:
    """The text of a line, the ids of its elements, and the names in it that something may lead to."""

    text: str
    ids: frozenset[str]
    anchors: frozenset[str]


@dataclass
class Fragment:
    """What stands of one block of the flow on one page: border box in pt from the top of the text area."""

    key: str
    element: Any
    top: float
    bottom: float
    lines: list[Line]
    margin_bottom: float
    padding_top: float
    whole: bool  # may not be broken
    bound: bool = False  # to what follows, as a heading is: both stand on one page
    broken: bool = False  # goes on on the next page; its box then reaches down to the foot, whatever it holds

    @property
    def height(self) -> float:
        """Height of the border box on this page."""
        return self.bottom - self.top

    @property
    def foot(self) -> float:
        """Where the fragment's content ends."""
        if not self.broken or not self.lines:
            return self.bottom
        return max(line.top + line.height for line in self.lines)  # of a table, the last line need not be the lowest

    @property
    def name(self) -> str:
        """The element's name, such as p or figure."""
        return str(self.element.tag)

    @property
    def classes(self) -> list[str]:
        """The element's classes."""
        return str(self.element.get("class", "")).split()


@dataclass
class Sheet:
    """One page: its fragments in order, the height of its text area and of what its notes leave of it, in pt.

    `page` is WeasyPrint's box of it.
    """

    fragments: list[Fragment]
    height: float
    room: float
    leading: float
    ids: set[str] = field(default_factory=set)
    page: Any = None

    @property
    def white(self) -> float:
        """Height left empty at the foot, above the notes."""
        return self.room - max((fragment.foot for fragment in self.fragments), default=0.0)

    @property
    def noted(self) -> bool:
        """Whether the page ends with notes."""
        return self.room < self.height

    @property
    def short(self) -> float:
        """Height by which the page ends above its foot as it is seen, with the frame of a box that goes on."""
        framed = self.fragments and self.fragments[-1].broken and self.fragments[-1].name == "aside"
        return self.room - self.fragments[-1].bottom if framed else self.white


def read(pages: Sequence[Any]) -> list[Sheet]:
    """Return what stands on each page of a document that WeasyPrint laid out from blocks marked with `KEY`."""
    sheets = [sheet(page._page_box) for page in pages]
    mark_broken(sheets, sheets)
    return sheets


def mark_broken(sheets: Sequence[Sheet], made: Sequence[Sheet]) -> None:
    """Mark on the pages `made`, some of `sheets`, the blocks that go on on the next page."""
    new = {id(one) for one in made}
    for one, after in pairwise(sheets):
        if id(one) in new:
            keys = {fragment.key for fragment in after.fragments}
            for fragment in one.fragments:
                fragment.broken = fragment.key in keys


def sheet(box: Any) -> Sheet:
    """Return what stands on a page, a PageBox; which blocks go on on the next one is not known from it."""
    origin, height = box.content_box_y(), box.height
    root = box.children[0]
    notes = [child for child in box.children if type(child).__name__ == "FootnoteAreaBox" and child.children]
    room = min([note.position_y for note in notes], default=origin + height) - origin
    fragments = [_fragment(found, origin) for found in blocks(root)]
    leading = root.style["line_height"].value
    return Sheet(fragments, height * PT, room * PT, leading * PT, set(_anchors(box)), box)


def blocks(box: Any) -> Iterator[Any]:
    """Give the boxes of the blocks of the flow that stand in a box."""
    for child in getattr(box, "children", ()):
        if child.element is not None and child.element.get(KEY) and hasattr(child, "border_box_y"):
            yield child
        elif child.is_in_normal_flow():
            yield from blocks(child)


def _fragment(box: Any, origin: float) -> Fragment:
    top = box.border_box_y() - origin
    return Fragment(
        key=box.element.get(KEY),
        element=box.element,
        top=top * PT,
        bottom=(top + box.border_height()) * PT,
        lines=list(_lines(box, origin)),
        margin_bottom=box.margin_bottom * PT,
        padding_top=box.padding_top * PT,
        whole=box.style["break_inside"] == "avoid",
        bound=box.style["break_after"].startswith("avoid"),
    )


def _lines(box: Any, origin: float) -> Iterator[Line]:
    for child in getattr(box, "children", ()):
        if type(child).__name__ == "LineBox":
            said = _said(child)
            yield Line(
                (child.position_y - origin) * PT,
                child.height * PT,
                said.text,
                child.element.get(TEXT, ""),
                said.ids,
            )
        elif child.is_in_normal_flow():
            yield from _lines(child, origin)


def _anchors(box: Any) -> Iterator[str]:
    """Give the names in a box that something may lead to."""
    if type(box).__name__ == "LineBox":
        yield from _said(box).anchors
        return
    if anchor := box.style["anchor"]:
        yield anchor
    for child in box.all_children():
        yield from _anchors(child)


def _said(line: Any) -> _Said:
    """Return what is in a line: looked up once for all copies of one that is kept (see `memory.py`)."""
    kept: list[_Said] | None = line.__dict__.get("said")
    if kept:
        return kept[0]
    anchors = frozenset(anchor for child in line.all_children() for anchor in _anchors(child))
    said = _Said(_text(line), _ids(line), anchors)
    if kept is not None:
        kept.append(said)
    return said


def _text(box: Any) -> str:
    inside = (child for child in getattr(box, "children", ()) if child.is_in_normal_flow())
    return getattr(box, "text", "") + "".join(_text(child) for child in inside if "::" not in (child.element_tag or ""))


def _ids(box: Any) -> frozenset[str]:
    inside = [child for child in getattr(box, "children", ()) if child.is_in_normal_flow()]
    own = {child.element.get("id", "") for child in inside if child.element is not None}
    return frozenset(own - {""}).union(*map(_ids, inside))


def number_blocks(page: etree._Element) -> None:
    """Give every block of the flow its number in `KEY` (the children of its sections that are no sections
    themselves), every paragraph, list item and definition its number in `TEXT`, and every element its own in `NODE`."""
    for count, element in enumerate(page.iter(etree.Element)):
        element.set(NODE, str(count))
    parents = list(page.iter("section"))
    blocks = {child for parent in parents for child in parent if isinstance(child.tag, str) and child.tag != "section"}
    for count, block in enumerate(block for block in page.iter(etree.Element) if block in blocks):
        block.set(KEY, str(count))
    for count, text in enumerate(page.iter("p", "li", "dd")):
        text.set(TEXT, str(count))
