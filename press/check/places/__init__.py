"""Places: the line of the manuscript behind a place in an edition, so that an author sees what a validator means.

The galleys carry the line of every block (`data-line`). An element of an EPUB or a web page is found in them by its id
or that of the nearest element around it, and below that by the words that stand there; a structure element of a PDF by
its words; a page by the page map; a picture by the figure that shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree

from press import pagemap
from press.check.fidelity.tokens import Reading
from press.findings import Finding, line_of
from press.galleys import NAMESPACES, Document, Galleys

WINDOW = 12  # words that tell a place from others
# What holds entries, each with its own link, so that the link of another says nothing.
LISTS = frozenset("ol ul dl nav section main body metadata manifest spine package".split())


class Place(NamedTuple):
    """A line of a file of the book's folder."""

    file: str
    line: int


class Places:
    """The manuscript behind the editions of a book. `layout` is that of the sheets, for pages of a PDF."""

    def __init__(self, galleys: Galleys, layout: str = "book") -> None:
        self.galleys, self.layout = galleys, layout
        self._parts: dict[str, _Part] = {}
        self._pages: dict[int, Place] | None = None

    def finding(self, place: Place | None, at: str, message: str) -> Finding:
        """Return a finding at a place of the manuscript; where there is none, at the place `at` in the edition."""
        return Finding(place.file, place.line, message, at=at) if place else Finding(at, 0, message)

    def of(self, element: etree._Element) -> Place | None:
        """Return the place behind an element of an EPUB's document or of a web page."""
        for around in (element, *element.iterancestors()):
            name = str(around.get("id", ""))
            if found := self._known(name):
                part, own = found
                return part.place(own) if around is element else part.below(own, around, element)
            if name.startswith("ref-") and (cited := self._citing(name.removeprefix("ref-"))):
                return cited
        return self._led_to(element)

    def target(self, address: str) -> Place | None:
        """Return the place of a link's target, such as text/spot-6.xhtml#hip-where; None if it is not in the book."""
        parts = urlsplit(address)
        name = unquote(parts.fragment) or PurePosixPath(unquote(parts.path)).stem
        found = self._known(name)
        return found[0].place(found[1]) if found else None

    def picture(self, name: str) -> Place | None:
        """Return where a picture is shown, by the name of its file in an edition."""
        stem = PurePosixPath(name).stem.removesuffix(".outlined")
        for figure in self.galleys.book.figures:
            if PurePosixPath(figure.src).stem == stem:
                return self.target(f"#{figure.id}")
        return None

    def page(self, sheet: int) -> Place | None:
        """Return where the words of a page of the sheets begin (the first is 1); of a blank page, of that before it."""
        if self._pages is None:
            self._pages = dict(self._begun())
        return next((self._pages[one] for one in range(sheet, 0, -1) if one in self._pages), None)

    def said(self, after: Sequence[str], before: Sequence[str], sheet: int) -> Place | None:
        """Return where words of a page stand: `after` that place and `before` it, as keys; else where the page begins.

        Looks in the parts on that page and beside it.
        """
        names = [page.document for page in self._map() if abs(page.sheet - sheet) <= 1]
        for name in dict.fromkeys(filter(None, names)):
            part = self._part(self.galleys.book.document(name))
            if part.document.source and (place := part.said(part.reading, after, before)):
                return place
        return self.page(sheet)

    def _part(self, document: Document) -> _Part:
        if document.id not in self._parts:
            (section,) = self.galleys.tree(document).iterfind("h:body/h:section", NAMESPACES)
            self._parts[document.id] = _Part(document, section)
        return self._parts[document.id]

    def _known(self, name: str) -> tuple[_Part, etree._Element] | None:
        """Return the manuscript part that has an element with the id `name`, and that element."""
        for document in self.galleys.book.documents if name else ():
            if document.source and name in (part := self._part(document)).ids:
                return part, part.ids[name]
        return None

    def _citing(self, key: str) -> Place | None:
        """Return where a work is cited first."""
        for document in self.galleys.book.documents:
            if document.source:
                part = self._part(document)
                for cite in part.section.iterfind(f".//h:cite[@data-key='{key}']", NAMESPACES):
                    return part.place(cite)
        return None

    def _led_to(self, element: etree._Element) -> Place | None:
        """Return the target of the link that a generated list has at an element: in contents, index, page list."""
        for around in (element, *element.iterancestors()):
            if not isinstance(around.tag, str) or etree.QName(around).localname in LISTS:
                return None
            for link in around.xpath("self::*[@href] | .//*[@href]")[:1]:
                if place := self.target(str(link.get("href"))):
                    return place
        return None

    def _map(self) -> list[pagemap.Page]:
        path = self.galleys.folder.parent / "sheets" / self.layout / "pages.json"
        return pagemap.PageMap.model_validate_json(path.read_bytes()).pages if path.is_file() else []

    def _begun(self) -> list[tuple[int, Place]]:
        documents = {document.id: document for document in self.galleys.book.documents}
        begun = []
        for page in self._map():
            document = documents.get(page.document)
            if document and document.source and page.word is not None:
                begun.append((page.sheet, self._part(document).word(page.word)))
        return begun


class _Part:
    """A part that an author wrote: its ids, and its words with their lines."""

    def __init__(self, document: Document, section: etree._Element) -> None:
        self.document, self.section = document, section
        self.ids = {str(one.get("id")): one for one in section.xpath(".|.//*") if one.get("id")}
        self.reading = Reading(section)
        self._counted: list[pagemap.Place] | None = None

    def place(self, element: etree._Element) -> Place:
        """Return the line of an element of the galley; what comes from the header is of line 1."""
        return Place(self.document.source, line_of(element) or 1)

    def word(self, number: int) -> Place:
        """Return the line of a word, numbered as in the page map."""
        if self._counted is None:
            self._counted = pagemap.places(self.section)
        return self.place(self._counted[min(number, len(self._counted) - 1)].element)

    def below(self, own: etree._Element, around: etree._Element, element: etree._Element) -> Place:
        """Return the place of an `element` of an edition, below `around`, which is `own` in the galley."""
        if (source := element.get("src")) and (image := self._image(own, source)) is not None:
            return self.place(image)
        theirs = Reading(around)
        start = next((theirs.starts[one] for one in _near(element, around) if one in theirs.starts), 0)
        keys = [word.key for word in theirs.words]
        place = self.said(Reading(own), keys[start : start + WINDOW], keys[max(0, start - WINDOW) : start])
        return place or self.place(own)

    def _image(self, own: etree._Element, source: str) -> etree._Element | None:
        stem = PurePosixPath(unquote(source)).stem.removesuffix(".outlined")
        images = own.iterfind(".//h:img", NAMESPACES)
        return next((one for one in images if PurePosixPath(str(one.get("src"))).stem == stem), None)

    def said(self, reading: Reading, after: Sequence[str], before: Sequence[str]) -> Place | None:
        """Return the line of the word of a reading that has most of these words behind and before it."""
        keys = [word.key for word in reading.words]
        back = before[::-1]
        best, where = 0, -1
        for number in range(len(keys)):
            forth = _agree(after, keys[number : number + WINDOW])
            score = 2 * forth + _agree(back, keys[max(0, number - WINDOW) : number][::-1])
            if score > best:
                best, where = score, number if forth else number - 1
        return Place(self.document.source, reading.words[where].line or 1) if where >= 0 else None


def _near(element: etree._Element, limit: etree._Element) -> list[etree._Element]:
    """Return an element, and what stands around it up to `limit`, to be looked at in this order."""
    around = [element, *element.iterancestors()]
    return around[: around.index(limit) + 1]


def _agree(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many words two stretches begin alike."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        count += 1
    return count


def layout_of(edition: Path, slug: str) -> str:
    """Return the layout of the sheets that a PDF of the book with this slug was made from."""
    return "large" if edition.name == f"{slug}-large.pdf" else "book"


__all__ = ["Place", "Places", "layout_of"]
