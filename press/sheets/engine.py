"""The engine: WeasyPrint with the book's styles and fonts loaded once; only the book's own files are opened."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from press import fonts
from press.findings import Finding, Refused, line_of
from press.galleys import Face, Galleys
from press.sheets.clusters import mapped
from press.sheets.hyphenation import teach
from press.sheets.layouts import Layouter
from press.sheets.libraries import quickly
from press.styles import Styles


@contextmanager
def strictly(where: str) -> Iterator[None]:
    """Raise Refused at the end for anything that WeasyPrint complained about: none of it is passed over."""
    messages: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("weasyprint")
    logger.handlers, logger.propagate = [handler], False
    yield
    if messages:
        raise Refused(Finding(where, 0, f"typesetting: {message}") for message in messages)


class Engine:
    """Lays out HTML with one style sheet. Make it before forking: style sheet and fonts are read once, for all."""

    def __init__(self, galleys: Galleys, styles: Styles, css: str) -> None:
        with quickly():
            import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        from press.sheets import drawing, filling, lettering, shortcuts, styling  # noqa: F401  (WeasyPrint, faster)

        self.galleys, self.styles = galleys, styles
        self._base = galleys.folder.resolve().as_uri() + "/"
        kept = filter(None, [fonts.kept_in()])
        self._fetcher = _fetcher([galleys.folder, *(folder / "fonts" for folder in styles.folders), *kept])
        self._fonts = FontConfiguration()
        teach(galleys.book.language, galleys.book.hyphenation)
        with strictly("styles"):
            self._css = weasyprint.CSS(
                string=css, base_url=self._base, url_fetcher=self._fetcher, font_config=self._fonts
            )

    def forget(self) -> None:
        """Throw away what only the parts share that were typeset so far."""
        from press.sheets.styling import forget

        forget(self._fonts)

    def layouter(self) -> Layouter:
        """Return what lays out the pages of a part."""
        import weasyprint

        def read(html: str) -> Any:
            return weasyprint.HTML(string=html, base_url=self._base, url_fetcher=self._fetcher)

        return Layouter(read, [self._css], self._fonts)

    def lay_out(self, html: str, where: str) -> Any:
        """Lay out a document on pages: return WeasyPrint's Document.

        `where` is the file that findings name. Raises Refused for any complaint of WeasyPrint.
        """
        with strictly(where):
            return self.layouter().render(html)

    def write(self, document: Any, where: str) -> bytes:
        """Return a document that was laid out as a tagged PDF, not compressed: most streams are written anew later.

        Raises Refused for a font that is not the book's, and for any complaint of WeasyPrint.
        """
        os.environ["SOURCE_DATE_EPOCH"] = "0"  # WeasyPrint's own dates; the finish sets the edition's
        with strictly(where), mapped():
            pdf: bytes = document.write_pdf(pdf_tags=True, uncompressed_pdf=True)
        if findings := _strange_fonts(document, self.galleys, self.styles):
            raise Refused(findings)
        return pdf


def style_sheet(styles: Styles, galleys: Galleys, layout: str) -> str:
    """Return the style sheet of a layout, styles/pdf/LAYOUT.css.j2, in the colours of screens."""

    def font_url(face: Face) -> str:
        return fonts.unpacked(styles.font(face)).resolve().as_uri()

    return styles.css(f"pdf/{layout}.css.j2", "light", book=galleys.book, layout=layout, font_url=font_url)


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
