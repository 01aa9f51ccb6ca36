"""The two PDF editions: one typesetting, for the screen or for the printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from press import files
from press.editions.pdf.finish import finish
from press.editions.pdf.typeset import anchors, lay_out, write
from press.editions.pdf.volume import BLOCK, bind
from press.galleys import Book, Face, Galleys
from press.styles import Medium, Styles

# WeasyPrint may set a note on the page after its call's, or lose it. Then the block that runs over to the next page is
# told to begin it, and the book is laid out again; `press check` reports what is left after these rounds.
ROUNDS = 4


def build_screen(galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for screens: RGB, tagged, with links and bookmarks."""
    _build(Galleys(galleys), styles, output, "pdf", "light", pdf_variant="pdf/ua-1")


def build_print(galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for the printer: CMYK text, with bleed; without links."""
    _build(Galleys(galleys), styles, output, "print", "ink")


def _build(galleys: Galleys, styles: Styles, output: Path, edition: str, medium: Medium, **options: Any) -> None:
    book = galleys.book
    font_url = _font_url(styles)
    css = styles.css("pdf/book.css.j2", medium, book=book, edition=edition, font_url=font_url)
    turns: set[str] = set()
    for _ in range(ROUNDS):
        document = lay_out(bind(galleys, styles, css, edition, turns), galleys, styles, **options)
        sheets = anchors(document)
        more = _turns(book, sheets)
        if more <= turns:
            break
        turns |= more
    first = next(part for part in book.documents if part.matter == "body")
    front = next(number for number, names in enumerate(sheets) if first.id in names)
    pdf = write(document, galleys, styles, **options)
    files.write(output, finish(pdf, book, book.identifiers[edition], front))


def _font_url(styles: Styles) -> Callable[[Face], str]:
    return lambda face: styles.font(face).resolve().as_uri()


def _turns(book: Book, sheets: list[list[str]]) -> set[str]:
    """Return the blocks that have to begin a page so that every note stands on the page of its call."""
    turns = set()
    for note in book.notes:
        called = next(number for number, names in enumerate(sheets) if note.call in names)
        if note.id not in sheets[called]:
            after = [name for name in sheets[called + 1] if name.startswith(BLOCK)]
            over = [name for name in after if name in sheets[called]]
            turns |= set((over or after)[:1])
    return turns
