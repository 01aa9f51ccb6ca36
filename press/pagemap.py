"""The page map: which words stand on which page. Typesetting writes it; nothing else computes pages.

`build/sheets/LAYOUT/pages.json` is a `PageMap`. The contents, the index, references, the page-list of the EPUB and the
spine of the cover all read it.

Words are counted the same way by whoever writes and reads the map: `words(section)` below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Literal, NamedTuple

from lxml import etree
from pydantic import BaseModel, ConfigDict


class Page(BaseModel):
    """One page. `sheet` counts from 1 over the whole book; `folio` is what is printed, such as xii or 87.

    `document` is the id of the galley that it shows, empty on a page after the last part. `word` is the number of words
    of that galley (see `words`) that stand on earlier pages, and `first` is the word at which the page begins; both
    are None on a page that begins no word, such as a blank one. `short` is by how many pt it ends above the foot of
    its text area, or its notes; `pushed` tells that a figure, table, row or box that did not fit begins the next page.
    """

    model_config = ConfigDict(extra="forbid")

    sheet: int
    folio: str
    document: str = ""
    blank: bool = False
    word: int | None = None
    first: str | None = None
    short: float = 0
    pushed: bool = False


class PageMap(BaseModel):
    """All pages of one layout in order, and the folio of every id of the galleys (`#` is not part of an id)."""

    model_config = ConfigDict(extra="forbid")

    layout: str
    pages: list[Page]
    folios: dict[str, str]


_WORD = re.compile(r"\S+")
INLINE = set("a abbr b bdi bdo cite code dfn em i kbd mark q s samp small span strong sub sup time u var wbr".split())


class Place(NamedTuple):
    """Where a word begins: in the `text` or the `tail` of an element, behind so many characters."""

    element: etree._Element
    part: Literal["text", "tail"]
    offset: int


_Piece = tuple[etree._Element, Literal["text", "tail"], str]


def words(section: etree._Element) -> list[str]:
    """Return the words of a galley's section in order, as they are counted: what white space or a block separates.

    What is not printed at that place does not count: the list of notes at the end of the part.
    """
    return "".join([text for _, _, text in _pieces(section)]).split()


def places(section: etree._Element) -> list[Place]:
    """Return where each of `words(section)` begins."""
    return [
        Place(element, part, word.start())
        for element, part, text, inside in _inside(section)
        for word in _WORD.finditer(text)
        if word.start() or not inside
    ]


def places_of(section: etree._Element, numbers: Iterable[int]) -> dict[int, Place]:
    """Return where those of `words(section)` begin that have these numbers, in order; without those that are none."""
    found: dict[int, Place] = {}
    waiting = sorted(set(numbers), reverse=True)
    count = 0
    for element, part, text, inside in _inside(section):
        if not waiting:
            break
        goes_on = inside and not text[0].isspace()  # the word before
        begun = len(text.split()) - goes_on
        while waiting and waiting[-1] < count + begun:
            number = waiting.pop()
            word = next(islice(_WORD.finditer(text), number - count + goes_on, None))
            found[number] = Place(element, part, word.start())
        count += begun
    return found


def _inside(section: etree._Element) -> Iterator[tuple[etree._Element, Literal["text", "tail"], str, bool]]:
    """Yield the pieces of a section that are not empty, and whether each begins inside a word."""
    inside = False
    for element, part, text in _pieces(section):
        if text:
            yield element, part, text, inside
            inside = not text[-1].isspace()


def _pieces(section: etree._Element) -> list[_Piece]:
    """Return the text of an element and all below it, piece by piece: where each stands; the edges of blocks too."""
    found: list[_Piece] = []
    _gather(section, found)
    return found


def _gather(element: etree._Element, found: list[_Piece]) -> None:
    tag = element.tag
    if not isinstance(tag, str) or element.get("class") == "notes":
        return
    edge = _edge(tag)
    if edge:
        found.append((element, "text", edge))  # blank, so that no word begins there
    found.append((element, "text", element.text or ""))
    for child in element:
        _gather(child, found)
        found.append((child, "tail", child.tail or ""))
    if edge:
        found.append((element, "text", edge))


@cache
def _edge(tag: str) -> str:
    """Return what parts a word before an element from one in it: nothing, if it stands in a line."""
    return "" if etree.QName(tag).localname in INLINE else " "
