"""The two PDF editions: one typesetting, for the screen or for the printer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf

from press import files
from press.editions.pdf.finish import finish
from press.editions.pdf.typeset import typeset
from press.editions.pdf.volume import bind
from press.galleys import Galleys
from press.styles import Medium, Styles


def build_screen(galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for screens: RGB, tagged, with links and bookmarks."""
    _build(Galleys(galleys), styles, output, "pdf", "light", pdf_variant="pdf/ua-1")


def build_print(galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for the printer: CMYK text, with bleed; without links."""
    _build(Galleys(galleys), styles, output, "print", "ink")


def _build(galleys: Galleys, styles: Styles, output: Path, edition: str, medium: Medium, **options: Any) -> None:
    css = styles.css("pdf/book.css.j2", medium, book=galleys.book, edition=edition, font_url=_font_url(styles))
    pdf = typeset(bind(galleys, styles, css, edition), galleys, styles, **options)
    book = galleys.book
    finished = finish(pdf, book, book.identifiers[edition], _front_pages(pdf, galleys))
    files.write(output, finished)


def _font_url(styles: Styles) -> Any:
    return lambda face: styles.font(face).resolve().as_uri()


def _front_pages(pdf: bytes, galleys: Galleys) -> int:
    """Return how many pages stand before the body: the page on which its first part begins."""
    first = next(document for document in galleys.book.documents if document.matter == "body")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = pikepdf.NameTree(document.Root.Names.Dests)
        target = names[first.id]
        return pikepdf.Page(target[0]).index
