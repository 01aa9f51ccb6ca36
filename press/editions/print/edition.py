"""The PDF for the printer, from the sheets."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf

from press import files
from press.editions.pdf.finish import describe, save
from press.editions.print.finish import finish
from press.galleys import Galleys
from press.styles import Styles


def build(sheets: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for the printer of the sheets in the folder `sheets`: PDF/X-4 in inks, with bleed; without links.

    Raises Refused for every colour that is in no token.
    """
    book = Galleys(galleys).book
    out = io.BytesIO()
    with pikepdf.open(sheets / "book.pdf") as pdf:
        describe(pdf, book, book.identifiers["print"])
        save(pdf, out)
    pdf_x = finish(out.getvalue(), book, styles, book.printing.text, output.name, book.printing.signature)
    files.write(output, pdf_x)
