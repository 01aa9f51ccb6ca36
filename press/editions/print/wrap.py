"""What the cover wrap depends on, and no more: nothing that an edit of the text changes while the page count stays."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from press.galleys import Book
from press.join.finish import blanks

# What the cover says, shows and declares of the book.
WORDS = set("slug title subtitle description language direction contributors imprint identifiers".split()) | set(
    "version date cover cover_art paper printing".split()
)


class Wrap(BaseModel):
    """The geometry of the cover wrap in mm, and what stands on it. `pages` is the page count with the blank ones."""

    pages: int
    spine: float
    width: float
    height: float
    book: dict[str, Any]


def measure(book: Book, pages: int) -> Wrap:
    """Return the wrap of a book whose text block has `pages` pages before blank ones are added.

    The spine is as wide as its leaves are thick: pages / 2 × caliper.
    """
    pages += blanks(pages, book.printing.signature)
    spine = round(pages / 2 * book.paper.caliper, 2)
    return Wrap(
        pages=pages,
        spine=spine,
        width=round(2 * book.paper.width + spine, 2),
        height=book.paper.height,
        book=book.model_dump(mode="json", include=WORDS),
    )
