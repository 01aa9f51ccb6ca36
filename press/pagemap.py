"""The page map: which words stand on which page. Typesetting writes it; nothing else computes pages.

`build/sheets/LAYOUT/pages.json` is a `PageMap`. The contents, the index, references, the page-list of the EPUB and the
spine of the cover all read it.

Words are counted the same way by whoever writes and reads the map: `words(section)` below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

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


@dataclass(frozen=True)
class Place:
    """Where a word begins: in the `text` or the `tail` of an element, behind so many characters."""

    element: etree._Element
    part: Literal["text", "tail"]
    offset: int


def words(section: etree._Element) -> list[str]:
    """Return the words of a galley's section in order, as they are counted: what white space or a block separates.

    What is not printed at that place does not count: the list of notes at the end of the part.
    """
    return "".join(text for _, text in _pieces(section)).split()


def places(section: etree._Element) -> list[Place]:
    """Return where each of `words(section)` begins."""
    found, inside = [], False
    for place, text in filter(itemgetter(1), _pieces(section)):
        for word in _WORD.finditer(text):
            if word.start() or not inside:
                assert place is not None, "the edges of blocks are blank"
                found.append(Place(place.element, place.part, word.start()))
        inside = not text[-1].isspace()
    return found


def _pieces(element: etree._Element) -> Iterator[tuple[Place | None, str]]:
    """Yield the text of an element and all below it, piece by piece, and where each begins; the edges of blocks too."""
    if not isinstance(element.tag, str) or element.get("class") == "notes":
        return
    edge = "" if etree.QName(element).localname in INLINE else " "
    yield None, edge
    yield Place(element, "text", 0), element.text or ""
    for child in element:
        yield from _pieces(child)
        yield Place(child, "tail", 0), child.tail or ""
    yield None, edge
