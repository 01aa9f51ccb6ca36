"""What the cover wrap depends on, and no more: written to a file of its own, so that it is made again only for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from press import files
from press.editions.print.finish import blanks
from press.galleys import Book, Galleys
from press.pagemap import PageMap

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


def build(galleys: Path, page_map: Path, output: Path) -> None:
    """Write the wrap of the book in the folder `galleys`, as JSON; `page_map` is the pages.json of its sheets."""
    pages = PageMap.model_validate_json(page_map.read_bytes()).pages
    wrap = measure(Galleys(galleys).book, len(pages))
    files.write(output, wrap.model_dump_json(indent=1) + "\n")
    click.echo(f"spine {wrap.spine:.2f} mm: {wrap.pages} pages, {wrap.pages - len(pages)} of them blank at the end")
