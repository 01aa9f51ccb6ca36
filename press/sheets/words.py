"""The word at which each page begins: what stands on the pages, traced back to the words of the galley."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from press.pagemap import INLINE, words
from press.sheets.flow import MARK, MOVED
from press.sheets.model import Leaf

_RUN = re.compile(r"\s+|\S+")
_INSIDE = -1  # of a character that does not begin a word

# For each marked element, its own characters (not those of its children), white space left out: the character in
# folded case, and the number of the word that it begins, or _INSIDE.
Text = dict[str, list[tuple[str, int]]]


def mark(section: etree._Element) -> None:
    """Mark the elements of a galley's section."""
    for number, element in enumerate(section.iter(etree.Element)):
        element.set(MARK, str(number))


def read(section: etree._Element) -> tuple[list[str], Text]:
    """Return the words of a galley's section that is marked, and which characters of which element begin them."""
    text: Text = {}
    count, inside = -1, False
    for owner, piece in _pieces(section):
        for run in _RUN.findall(piece):
            if run.isspace():
                inside = False
                continue
            count += not inside
            first, *rest = run.casefold()
            text.setdefault(owner, []).append((first, _INSIDE if inside else count))
            text[owner] += [(character, _INSIDE) for character in rest]
            inside = True
    counted = words(section)
    assert len(counted) == count + 1, "words are counted as press.pagemap counts them"
    return counted, text


def _pieces(element: etree._Element) -> Iterable[tuple[str, str]]:
    """Yield the text of an element and all below it in order, each piece with the mark of its element."""
    if not isinstance(element.tag, str) or element.get("class") == "notes":
        return
    owner = element.get(MARK, "")
    edge = "" if etree.QName(element).localname in INLINE else " "
    yield owner, edge + (element.text or "")
    for child in element:
        yield from _pieces(child)
        yield owner, child.tail or ""
    yield owner, edge


def leaves(document: Any, counted: list[str], text: Text) -> list[Leaf]:
    """Return the pages of a WeasyPrint document with the words at which they begin."""
    reader = _Reader(text)
    pages = []
    for page in document.pages:
        box = page._page_box
        flow, moved = reader.read(box)
        first = _first(flow, moved)
        pages.append(
            Leaf(blank=box.page_type.blank, word=first, first=counted[first])
            if first is not None
            else Leaf(blank=box.page_type.blank)
        )
    return pages


def _first(flow: list[int], moved: list[int]) -> int | None:
    """Return the first word of a page whose running text begins the words `flow`, and its figures `moved`.

    A figure may stand on another page than its place in the text; so the running text says where the page begins,
    and a caption only where it leads up to it without a gap.
    """
    if not flow:
        return min(moved, default=None)
    here, first = {*flow, *moved}, min(flow)
    while first - 1 in here:
        first -= 1
    return first


class _Reader:
    """Follows the characters of every element over the pages."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.read_so_far: dict[str, int] = {}

    def read(self, page: Any) -> tuple[list[int], list[int]]:
        """Return the words that begin on a page: in its running text, and in its figures and tables."""
        flow: list[int] = []
        moved: list[int] = []
        self._walk(page, flow, moved)
        return flow, moved

    def _walk(self, box: Any, flow: list[int], moved: list[int]) -> None:
        box = getattr(box, "_box", box)  # absolutely placed boxes are wrapped
        if box.element_tag == "figure" or (box.element is not None and box.element.get(MOVED) is not None):
            flow = moved
        if hasattr(box, "text") and box.element is not None and "::" not in box.element_tag.replace("::first", ""):
            flow += self._begun(box.element.get(MARK), box.text)
        for child in box.children:
            self._walk(child, flow, moved)

    def _begun(self, mark: str | None, text: str) -> list[int]:
        """Return the words that begin in `text`, the next that is set of the element `mark`.

        What the text has more than the galley (hyphens at line ends, places where a line may break) is passed over.
        """
        if mark not in self.text:
            return []
        own, place = self.text[mark], self.read_so_far.get(mark, 0)
        begun = []
        for character in text.casefold():
            if place < len(own) and own[place][0] == character:
                if own[place][1] != _INSIDE:
                    begun.append(own[place][1])
                place += 1
        self.read_so_far[mark] = place
        return begun
