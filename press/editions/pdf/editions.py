"""The two PDF editions: one typesetting, for the screen or for the printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from press import files
from press.editions.pdf.finish import finish
from press.editions.pdf.typeset import anchors, lay_out, write
from press.editions.pdf.volume import BLOCK, bind
from press.editions.print.finish import finish as to_press
from press.findings import Finding, Refused
from press.galleys import Book, Face, Galleys
from press.styles import Medium, Styles

# The book is laid out until nothing changes any more: first without page numbers at references, then with those of the
# layout before. WeasyPrint may also set a note on the page after its call's, or lose it; then the block that runs over
# to the next page is told to begin it.
ROUNDS = 8


def build_screen(galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for screens: RGB, tagged, with links and bookmarks."""
    _build(Galleys(galleys), styles, output, "pdf", "light", pdf_variant="pdf/ua-1")


def build_print(galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for the printer: PDF/X-4 in inks, with bleed; without links."""
    _build(Galleys(galleys), styles, output, "print", "light")


def _build(galleys: Galleys, styles: Styles, output: Path, edition: str, medium: Medium, **options: Any) -> None:
    book = galleys.book
    font_url = _font_url(styles)
    css = styles.css("pdf/book.css.j2", medium, book=book, edition=edition, font_url=font_url)
    turns: set[str] = set()
    folios: dict[str, str] = {}
    for _ in range(ROUNDS):
        document = lay_out(bind(galleys, styles, css, edition, turns, folios), galleys, styles, **options)
        sheets = anchors(document)
        front = _front(book, sheets)
        before, folios = (set(turns), folios), _folios(sheets, front)
        turns |= _turns(book, sheets)
        if before == (turns, folios):
            break
    else:
        raise Refused(
            [Finding("book.yaml", 0, f"the pages of the {edition} edition did not settle in {ROUNDS} rounds")]
        )
    pdf = write(document, galleys, styles, **options)
    pdf = finish(pdf, book, book.identifiers[edition], front)
    if edition == "print":
        pdf = to_press(pdf, book, styles, book.printing.text, output.name, book.printing.signature)
    files.write(output, pdf)


def _front(book: Book, sheets: list[list[str]]) -> int:
    """Return how many pages stand before the body."""
    first = next(part for part in book.documents if part.matter == "body")
    return next(number for number, names in enumerate(sheets) if first.id in names)


def _folios(sheets: list[list[str]], front: int) -> dict[str, str]:
    """Return the page number of every id: that of the first page on which it stands, roman in the front matter."""
    folios: dict[str, str] = {}
    for number, names in enumerate(sheets):
        folio = _roman(number + 1) if number < front else str(number - front + 1)
        for name in names:
            folios.setdefault(name, folio)
    return folios


def _roman(number: int) -> str:
    """Return a page number of the front matter: i, ii, iii, iv …"""
    signs = zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "c xc l xl x ix v iv i".split(), strict=True)
    text = ""
    for value, sign in signs:
        text += sign * (number // value)
        number %= value
    return text


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
