"""The pages of one part, as pictures: typeset in a process of its own that keeps WeasyPrint, styles and fonts loaded.

It is the first layout, before the compositor looks at the pages, and page numbers are placeholders: what an author sees
at once, and not yet what the printer gets.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import pypdfium2

from press.findings import Finding, Refused, named
from press.galleys import Galleys
from press.sheets.bind import bind
from press.sheets.engine import Engine, style_sheet
from press.sheets.numbers import Guess
from press.styles import Styles

RESOLUTION = 110  # dpi
_engines: dict[tuple[str, str], Engine] = {}  # of this process, by galleys folder and style sheet


class Proof(NamedTuple):
    """The pages of a part as PNG, whether the first is a recto, and what is wrong with them."""

    pages: list[bytes]
    recto: bool
    findings: list[Finding]


def proof(folder: Path, styles: list[Path], name: str) -> Proof:
    """Typeset the part with the id `name` of the galleys in `folder`."""
    galleys, style = Galleys(folder), Styles(styles)
    css = style_sheet(style, galleys, "book")
    key = str(folder), css
    if key not in _engines:
        _engines.clear()
        _engines[key] = Engine(galleys, style, css)
    engine = _engines[key]
    engine.galleys = galleys
    document = galleys.book.document(name)
    bound = bind(galleys, style, document, "book", Guess(galleys).folios({}))
    try:
        laid = engine.lay_out(bound.html, document.source)
        pdf = laid.write_pdf()
    except Refused as refused:
        return Proof([], True, named("sheets", refused.findings))
    recto = (laid.pages[0]._page_box.page_type.side == "right") == (galleys.book.direction == "ltr")
    return Proof(_pictures(pdf, galleys.book.paper.bleed), recto, [])


def _pictures(pdf: bytes, bleed: float) -> list[bytes]:
    """Return the pages of a PDF as PNG, without their bleed (mm)."""
    edge = bleed / 25.4 * 72
    pictures = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            image = page.render(scale=RESOLUTION / 72, crop=(edge, edge, edge, edge)).to_pil()
            buffer = io.BytesIO()
            image.save(buffer, "PNG", compress_level=1)
            pictures.append(buffer.getvalue())
    return pictures
