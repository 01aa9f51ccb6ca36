"""Typesetting with WeasyPrint: only the book's own files are opened, and only its own fonts are used."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from press.findings import Finding, Refused, line_of
from press.galleys import Galleys
from press.styles import Styles


@cache
def _fonts() -> Any:
    """Return the fonts of this process: WOFF2 is unpacked once, which costs far more than the layout of a chapter."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@contextmanager
def _strictly() -> Iterator[None]:
    """Raise Refused at the end for anything that WeasyPrint complained about: none of it is passed over."""
    messages: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    logger.handlers, logger.propagate = [handler], False
    yield
    if messages:
        raise Refused(Finding("book", 0, f"typesetting: {message}") for message in messages)


def lay_out(html: str, galleys: Galleys, styles: Styles, **options: Any) -> Any:
    """Lay out a document on pages: return WeasyPrint's Document.

    Raises Refused for a font that is not the book's, and for any other complaint of WeasyPrint.
    """
    import weasyprint

    fetcher = _fetcher([galleys.folder, *(folder / "fonts" for folder in styles.folders)])
    base = galleys.folder.resolve().as_uri() + "/"
    with _strictly():
        return weasyprint.HTML(string=html, base_url=base, url_fetcher=fetcher).render(font_config=_fonts(), **options)


def anchors(document: Any) -> list[list[str]]:
    """Return the ids that stand on each page; that of a box which runs over pages stands on each of them."""
    return [list(page.anchors) for page in document.pages]


def write(document: Any, galleys: Galleys, styles: Styles, **options: Any) -> bytes:
    """Return a document that was laid out as a PDF. Raises Refused as `lay_out` does."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # WeasyPrint's own dates; the finish sets the edition's
    with _strictly():
        pdf: bytes = document.write_pdf(**options)
    if findings := _strange_fonts(document, galleys, styles):
        raise Refused(findings)
    return pdf


def _fetcher(folders: list[Path]) -> Any:
    """Return a WeasyPrint fetcher that opens files below `folders` and data: addresses, and nothing else."""
    from urllib.parse import unquote, urlsplit

    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    roots = [folder.resolve() for folder in folders]

    class BookFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            parts = urlsplit(url)
            inside = parts.scheme == "file" and any(
                Path(unquote(parts.path)).resolve().is_relative_to(root) for root in roots
            )
            if not inside and parts.scheme != "data":
                raise FatalURLFetchingError(f"{url[:80]} is not part of the book")
            return super().fetch(url, headers)

    return BookFetcher(allowed_protocols=("file", "data"))


def _strange_fonts(document: Any, galleys: Galleys, styles: Styles) -> list[Finding]:
    """Find characters that were set in a font which is not the book's, with the place of the first."""
    own = {face.family for face in styles.faces}
    return [
        _place(galleys, character, font.family)
        for font in document.fonts.values()
        if font.family not in own
        for character in sorted({one for text in font.to_unicode.values() for one in text})
    ]


def _place(galleys: Galleys, character: str, family: str) -> Finding:
    text = f"character U+{ord(character):04X} '{character}' would be set in {family}, which is not the book's"
    for document in galleys.book.documents:
        for element in galleys.tree(document).iter():
            if isinstance(element.tag, str) and character in f"{element.text or ''}{element.tail or ''}":
                return Finding(document.source or document.page, line_of(element), text)
    return Finding("book.yaml", 0, text)
