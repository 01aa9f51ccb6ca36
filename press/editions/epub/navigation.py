"""The ways into the book: the table of contents as a tree, and the landmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from press.galleys import Book, Document

# Landmarks beside the cover and the start of the text, by the type of the document, and whether each one counts.
LANDMARKS = {
    "titlepage": False,
    "toc": False,
    "appendix": True,
    "bibliography": False,
    "glossary": False,
    "index": False,
}
# Documents that lead into the book but are no part of what it contains.
UNLISTED = frozenset({"half-title", "title-page", "imprint", "contents"})


@dataclass
class Point:
    """An entry of the table of contents; `number` counts them in reading order."""

    label: str
    title: str
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


def contents(book: Book, address: Callable[[str], str]) -> list[Point]:
    """Return the table of contents, documents and the sections in them, each under the heading above it."""
    points = []
    for document in book.documents:
        if document.page not in UNLISTED:
            point = Point(document.label, document.title, address(document.id), document)
            path = [(1, point)]
            for section in document.sections:
                while path[-1][0] >= max(section.level, 2):
                    path.pop()
                below = Point("", section.title, address(section.id), None)
                path[-1][1].points.append(below)
                path.append((max(section.level, 2), below))
            points.append(point)
    return _numbered(points)


def depth(points: list[Point]) -> int:
    """Return how many levels a table of contents has."""
    return 1 + max((depth(point.points) for point in points), default=0) if points else 0


def landmarks(book: Book, cover: str, address: Callable[[str], str]) -> list[Landmark]:
    """Return the landmarks in reading order."""
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
    return marks


def _numbered(points: list[Point]) -> list[Point]:
    """Number the points in reading order, those below a point after it."""
    waiting, number = list(reversed(points)), 0
    while waiting:
        point = waiting.pop()
        number += 1
        point.number = number
        waiting.extend(reversed(point.points))
    return points
