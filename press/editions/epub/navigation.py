"""The ways into the book: the table of contents as a tree, landmarks, printed pages, lists of figures and of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from lxml import etree

from press.editions.epub import pagebreaks
from press.galleys import NAMESPACES, Book, Document
from press.pagemap import Page, PageMap, places

Address = Callable[[str], str]

# Landmarks beside the cover and the start of the text, by the type of the document, and whether each one counts.
LANDMARKS = {
    "titlepage": False,
    "copyright-page": False,
    "toc": False,
    "loi": False,
    "preface": True,
    "introduction": False,
    "appendix": True,
    "afterword": True,
    "acknowledgments": False,
    "bibliography": False,
    "glossary": False,
    "index": False,
}
# Documents that lead into the book but are no part of what it contains.
UNLISTED = frozenset({"half-title", "title-page", "imprint", "contents"})


@dataclass
class Point:
    """An entry of the table of contents. `id` is what it leads to; `number` counts them in reading order."""

    label: str
    title: str
    id: str
    href: str
    document: Document | None
    number: int = 0
    points: list[Point] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The label and the title in one line."""
        return f"{self.label}: {self.title}" if self.label else self.title


@dataclass(frozen=True)
class Landmark:
    """A landmark: its term in the EPUB structural semantics vocabulary, its name and its place."""

    type: str
    title: str
    href: str


def contents(book: Book, address: Address) -> list[Point]:
    """Return the table of contents, documents and the sections in them, each under the heading above it."""
    points = []
    for document in book.documents:
        if document.page not in UNLISTED:
            point = Point(document.label, document.title, document.id, address(document.id), document)
            path = [(1, point)]
            for section in document.sections:
                while path[-1][0] >= max(section.level, 2):
                    path.pop()
                below = Point("", section.title, section.id, address(section.id), None)
                path[-1][1].points.append(below)
                path.append((max(section.level, 2), below))
            points.append(point)
    return _numbered(points)


def depth(points: list[Point]) -> int:
    """Return how many levels a table of contents has."""
    return 1 + max((depth(point.points) for point in points), default=0) if points else 0


def landmarks(book: Book, cover: str, address: Address, pages: str = "") -> list[Landmark]:
    """Return the landmarks in reading order; `pages` is the address of the list of printed pages, if there is one."""
    words = book.words
    marks = [Landmark("cover", words["cover"], cover)]
    seen: set[str] = set()
    for document in book.documents:
        if document.matter == "body" and "bodymatter" not in seen:
            marks.append(Landmark("bodymatter", words["start"], address(document.id)))
            seen.add("bodymatter")
        if document.type in LANDMARKS and (LANDMARKS[document.type] or document.type not in seen):
            title = f"{document.label}: {document.title}" if document.label else document.title
            marks.append(Landmark(document.type, title, address(document.id)))
            seen.add(document.type)
    return [*marks, Landmark("page-list", words["pages"], pages)] if pages else marks


@dataclass(frozen=True)
class Listed:
    """An entry of a list: its text and its place."""

    title: str
    href: str


@dataclass(frozen=True)
class Listing:
    """A list of figures or of tables: its term in the EPUB structural semantics vocabulary, its name, its entries."""

    type: str
    title: str
    entries: list[Listed]


def listings(book: Book, parts: Iterable[etree._Element], address: Address) -> list[Listing]:
    """Return the lists of figures and of tables, as far as the book has any."""
    figures = [
        Listed(
            f"{book.words['figure'].replace('{number}', figure.number)} {figure.title or figure.caption}",
            address(figure.id),
        )
        for figure in book.figures
    ]
    tables = [
        Listed(" ".join("".join(map(str, caption.itertext())).split()), address(str(table.get("id"))))
        for part in parts
        for table in part.iterfind(".//h:div[@class='table'][@id]", NAMESPACES)
        for caption in table.iterfind("h:table/h:caption", NAMESPACES)
    ]
    lists = [Listing("loi", book.words["figures"], figures), Listing("lot", book.words["tables"], tables)]
    return [one for one in lists if one.entries]


@dataclass(frozen=True)
class PageLink:
    """An entry of the list of printed pages; `type` is what NCX calls its kind (front, normal)."""

    page: Page
    type: str
    href: str


def page_list(pages: PageMap | None, address: Address) -> list[PageLink]:
    """Return the list of printed pages: that of the page map, every page that has a number."""
    numbered = [page for page in pages.pages if page.folio] if pages else []
    return [
        PageLink(page, "normal" if page.folio.isdecimal() else "front", address(pagebreaks.identifier(page)))
        for page in numbered
    ]


def begun_in_contents(contents: etree._Element, pages: list[Page]) -> dict[str, list[Page]]:
    """Return the pages that begin in the printed contents, by what the entry leads to with which they begin.

    The key is empty for those that begin with the heading.
    """
    words, found = places(contents), dict[str, list[Page]]()
    for page, word in zip(pages, pagebreaks.positions(pages), strict=True):
        place = words[-1 if word is None else min(word, len(words) - 1)]
        entry = next((one for one in place.element.iterancestors() if etree.QName(one).localname == "li"), None)
        link = None if entry is None else entry.find("h:a", NAMESPACES)
        found.setdefault("" if link is None else str(link.get("href"))[1:], []).append(page)
    return found


def play_order(trees: Mapping[str, etree._Element], wanted: Iterable[str]) -> dict[str, int]:
    """Number addresses in reading order, from 1; `trees` holds the files of the spine, as they are packed."""
    order = chain.from_iterable(
        [file, *(f"{file}#{name}" for name in tree.xpath("//@id"))] for file, tree in trees.items()
    )
    asked = set(wanted)
    return {href: number for number, href in enumerate((href for href in order if href in asked), start=1)}


def hrefs(points: list[Point]) -> Iterable[str]:
    """Yield the addresses of a table of contents."""
    for point in points:
        yield point.href
        yield from hrefs(point.points)


def _numbered(points: list[Point]) -> list[Point]:
    """Number the points in reading order, those below a point after it."""
    waiting, number = list(reversed(points)), 0
    while waiting:
        point = waiting.pop()
        number += 1
        point.number = number
        waiting.extend(reversed(point.points))
    return points
