"""The pages of the print edition in the EPUB: a marker at the word with which each of them begins.

Where pages begin is read from the page map (`press.pagemap`), so the page list is that of the printed book.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from lxml import etree

from press.galleys import EPUB, XHTML, Book
from press.pagemap import INLINE, Page, PageMap, Place, places_of

# If a page begins with the first word of one of these, its marker goes before it rather than into it: it must not stand
# in a title, nor part a caption or a box from what it belongs to. Into paragraphs, list items and cells it goes.
_UNITS = frozenset("figure table div aside header h1 h2 h3 h4 h5 h6".split())


def identifier(page: Page) -> str:
    """Return the id of a page's marker."""
    return f"page-{page.folio}"


def by_document(book: Book, pages: PageMap) -> dict[str, list[Page]]:
    """Return the pages that have a number, in order, by the part in which they begin.

    A page after the last part, as the sheets of a printed book may leave over, belongs to the last part.
    """
    known = {document.id for document in book.documents}
    found: dict[str, list[Page]] = {document.id: [] for document in book.documents}
    for page in pages.pages:
        if page.folio:
            found[page.document if page.document in known else book.documents[-1].id].append(page)
    return found


def positions(pages: list[Page]) -> list[int | None]:
    """Return the word before which the marker of each page of a part stands; None at the end of the part.

    A page that begins no word, such as a blank one, is marked where the next one begins.
    """
    found: list[int | None] = []
    word: int | None = None
    for page in reversed(pages):
        word = page.word if page.word is not None else word
        found.append(word)
    return found[::-1]


def mark(part: etree._Element, pages: list[Page], label: Callable[[Page], str]) -> None:
    """Put the markers of a part's pages into it, in place; `label` gives what a marker is called when read aloud.

    Raises ValueError where the page map does not fit the part.
    """
    begun = positions(pages)
    words = places_of(part, (word for word in begun if word is not None))
    groups = [
        (word, [marker(page, label(page)) for _, page in group])
        for word, group in groupby(zip(begun, pages, strict=True), key=lambda pair: pair[0])
    ]
    for word, markers in reversed(groups):  # from the end, so that the places before stay right
        place = None if word is None else words.get(word)
        if place is None:
            _append(part, markers)
        else:
            _insert(place, markers, part)


def marker(page: Page, label: str) -> etree._Element:
    """Return the marker of a page (EPUB 3 semantics and DPUB-ARIA 1.1, doc-pagebreak)."""
    element = etree.Element(f"{{{XHTML}}}span", {f"{{{EPUB}}}type": "pagebreak", "role": "doc-pagebreak"})
    element.set("id", identifier(page))
    element.set("aria-label", label)
    element.text = ""  # written with an end tag, for readers that take XHTML for HTML
    return element


def _insert(place: Place, markers: list[etree._Element], part: etree._Element) -> None:
    """Insert markers right before a word, before the inline elements and the units that begin with it."""
    element, text = place.element, getattr(place.element, place.part) or ""
    before, after = text[: place.offset], text[place.offset :]
    if place.part == "tail":
        element.tail = before
        _put(markers, element.getparent(), element, after)
    elif not before.strip() and (unit := _outermost(element, part)) is not None:
        for one in markers:
            unit.addprevious(one)
    else:
        element.text = before
        _put(markers, element, None, after)


def _put(
    markers: list[etree._Element], parent: etree._Element | None, behind: etree._Element | None, tail: str
) -> None:
    """Put markers into `parent`, at its beginning or behind one of its children, and `tail` behind them."""
    assert parent is not None, "text behind an element stands in another"
    at = 0 if behind is None else parent.index(behind) + 1
    parent[at:at] = markers
    markers[-1].tail = tail


def _outermost(element: etree._Element, part: etree._Element) -> etree._Element | None:
    """Return what a marker for the first word of `element` goes before; None if it goes into `element`."""
    found, inline = None, True
    while element is not part:
        name, parent = etree.QName(element).localname, element.getparent()
        assert parent is not None, "the part is around all of its elements"
        inline = inline and name in INLINE
        if inline or (name in _UNITS and etree.QName(parent).localname != "dl"):
            found = element
        if (parent.text or "").strip() or any(map(_says, element.itersiblings(preceding=True))):
            break
        element = parent
    return found


def _says(element: etree._Element) -> bool:
    return bool("".join(map(str, element.itertext())).strip() or (element.tail or "").strip())


def _append(part: etree._Element, markers: list[etree._Element]) -> None:
    """Put markers at the end of a part, before its notes."""
    notes = part.find(f"{{{XHTML}}}section[@class='notes']")
    for one in markers:
        if notes is None:
            part.append(one)
        else:
            notes.addprevious(one)
