"""The page map: which words stand on which page. Typesetting writes it; nothing else computes pages.

`build/sheets/LAYOUT/pages.json` is a `PageMap`. The contents, the index, references, the page-list of the EPUB and the
spine of the cover all read it.

Words are counted the same way by whoever writes and reads the map: `words(section)` below.
"""

from __future__ import annotations

from lxml import etree
from pydantic import BaseModel, ConfigDict


class Page(BaseModel):
    """One page. `sheet` counts from 1 over the whole book; `folio` is what is printed, such as xii or 87.

    `document` is the id of the galley that it shows, empty on a page after the last part. `word` is the number of words
    of that galley (see `words`) that stand on earlier pages, and `first` is the word at which the page begins; both
    are None on a page that begins no word, such as a blank one.
    """

    model_config = ConfigDict(extra="forbid")

    sheet: int
    folio: str
    document: str = ""
    blank: bool = False
    word: int | None = None
    first: str | None = None


class PageMap(BaseModel):
    """All pages of one layout in order, and the folio of every id of the galleys (`#` is not part of an id)."""

    model_config = ConfigDict(extra="forbid")

    layout: str
    pages: list[Page]
    folios: dict[str, str]


INLINE = set("a abbr b bdi bdo cite code dfn em i kbd mark q s samp small span strong sub sup time u var wbr".split())


def words(section: etree._Element) -> list[str]:
    """Return the words of a galley's section in order, as they are counted: what white space or a block separates.

    What is not printed at that place does not count: the list of notes at the end of the part.
    """
    return "".join(_text(section)).split()


def _text(element: etree._Element) -> list[str]:
    if not isinstance(element.tag, str) or element.get("class") == "notes":
        return []
    edge = "" if etree.QName(element).localname in INLINE else " "
    parts = [edge, element.text or ""]
    for child in element:
        parts += [*_text(child), child.tail or ""]
    return [*parts, edge]
