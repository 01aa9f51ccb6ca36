"""Numbers: on which sheet each part begins, and the folio of every page and of every id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from press.galleys import Book, Galleys
from press.pagemap import Page, PageMap, words
from press.sheets.model import Part

# What a page holds while no part is typeset: only how many figures a page number will have is taken from it.
WORDS_A_PAGE = 230


@dataclass(frozen=True)
class Run:
    """The pages of one part: the sheet of its first page, from 0, and whether a blank page stands before it."""

    start: int
    count: int
    padded: bool


def runs(book: Book, sizes: Mapping[str, tuple[str, int]]) -> dict[str, Run]:
    """Return where each part stands. `sizes` are, by part, the side on which it opens and how many pages it has."""
    placed: dict[str, Run] = {}
    sheet = 0
    for document in book.documents:
        opens, count = sizes[document.id]
        padded = (sheet % 2 == 0) != (opens == "recto")
        placed[document.id] = Run(sheet + padded, count, padded)
        sheet += padded + count
    return placed


def front(book: Book, placed: Mapping[str, Run]) -> int:
    """Return how many pages stand before the body; all of them are numbered with roman numerals."""
    first = next((document for document in book.documents if document.matter == "body"), book.documents[0])
    return placed[first.id].start


def folio(sheet: int, front: int) -> str:
    """Return the page number of a sheet (from 0): i, ii, … before the body, 1, 2, … from there on."""
    return roman(sheet + 1) if sheet < front else str(sheet - front + 1)


def roman(number: int) -> str:
    """Return a page number of the front matter: i, ii, iii, iv …"""
    signs = zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "c xc l xl x ix v iv i".split(), strict=True)
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text


def page_map(book: Book, layout: str, parts: Mapping[str, Part]) -> PageMap:
    """Return what stands on which page."""
    placed = runs(book, {name: (part.opens, len(part.leaves)) for name, part in parts.items()})
    before = front(book, placed)
    pages: list[Page] = []
    folios: dict[str, str] = {}

    def add(**values: Any) -> None:
        pages.append(Page(sheet=len(pages) + 1, folio=folio(len(pages), before), **values))

    for document in book.documents:
        part, run = parts[document.id], placed[document.id]
        if run.padded:
            add(document=pages[-1].document if pages else "", blank=True)
        for leaf in part.leaves:
            add(document=document.id, **leaf.model_dump())
        for name, place in part.anchors.items():
            folios.setdefault(name, folio(run.start + place.page, before))
    return PageMap(layout=layout, pages=pages, folios=folios)


class Guess:
    """How long each part will be and where its ids will stand, from its words: until it is typeset."""

    def __init__(self, galleys: Galleys) -> None:
        self.book = galleys.book
        self.running = {document.id for document in galleys.book.documents if document.source}
        self.words: dict[str, int] = {}
        self.places: dict[str, dict[str, int]] = {}  # the words before each id of a part
        for document in galleys.book.documents:
            root = galleys.tree(document)
            self.words[document.id] = len(words(root))
            self.places[document.id] = _places(root)

    def folios(self, parts: Mapping[str, Part]) -> dict[str, str]:
        """Return the folio of every id: known where its part and those before are typeset, guessed elsewhere."""
        density = self._density(parts)
        placed = runs(self.book, self._sizes(parts, density))
        before = front(self.book, placed)
        folios: dict[str, str] = {}
        for document in self.book.documents:
            start = placed[document.id].start
            places = {name: int(count / density) for name, count in self.places[document.id].items()}
            if document.id in parts:
                places |= {name: place.page for name, place in parts[document.id].anchors.items()}
            for name, page in places.items():
                folios.setdefault(name, folio(start + page, before))
        return folios

    def _density(self, parts: Mapping[str, Part]) -> float:
        """Return the words on a page, from the longer parts that are typeset."""
        known = [part for part in parts.values() if part.id in self.running and len(part.leaves) > 2]
        count = sum(self.words[part.id] for part in known)
        return count / sum(len(part.leaves) for part in known) if count else WORDS_A_PAGE

    def _sizes(self, parts: Mapping[str, Part], density: float) -> dict[str, tuple[str, int]]:
        """Return the sides on which the parts open and their pages; those that are guessed add up to what is likely."""
        sizes: dict[str, tuple[str, int]] = {}
        ahead = 0.0  # how far the guessed pages are behind the likely ones
        for document in self.book.documents:
            if document.id in parts:
                part = parts[document.id]
                sizes[document.id] = part.opens, len(part.leaves)
            else:
                ahead += self.words[document.id] / density + 0.5  # half of the parts end on a recto, before a blank
                count = max(2, 2 * round(ahead / 2))
                ahead -= count
                sizes[document.id] = "recto", count
        return sizes


def _places(root: etree._Element) -> dict[str, int]:
    """Return how many words stand before each id."""
    places: dict[str, int] = {}
    count = 0
    for element in root.iter(etree.Element):
        if name := element.get("id"):
            places[name] = count
        count += len(f"{element.text or ''} {element.tail or ''}".split())
    return places
