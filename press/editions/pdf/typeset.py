"""Typesetting with WeasyPrint: only the book's own files are opened, and only its own fonts are used."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from press.findings import Finding, Refused, line_of
from press.galleys import Galleys
from press.styles import Styles


class _Log(logging.Handler):
    """Keeps what WeasyPrint complains about: none of it is passed over."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def typeset(html: str, galleys: Galleys, styles: Styles, **options: Any) -> tuple[bytes, list[list[str]]]:
    """Typeset a document: return the PDF, and the ids that stand on each of its pages.

    Raises Refused for a font that is not the book's, and for any other complaint of WeasyPrint.
    """
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # WeasyPrint's own dates; the finish sets the edition's
    import weasyprint

    log = _Log()
    logger = logging.getLogger("weasyprint")
    logger.handlers = [log]
    logger.propagate = False
    fetcher = _fetcher([galleys.folder, *(folder / "fonts" for folder in styles.folders)])
    base = galleys.folder.resolve().as_uri() + "/"
    document = weasyprint.HTML(string=html, base_url=base, url_fetcher=fetcher).render(**options)
    pdf: bytes = document.write_pdf(**options)
    findings = [Finding("book", 0, f"typesetting: {message}") for message in log.messages]
    findings += _strange_fonts(document, galleys, styles)
    if findings:
        raise Refused(findings)
    return pdf, [list(page.anchors) for page in document.pages]


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
