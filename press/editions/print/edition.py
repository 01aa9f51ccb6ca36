"""The PDF for the printer, from the sheets."""

from __future__ import annotations

from pathlib import Path

from press import files
from press.editions.print.finish import finish
from press.galleys import Galleys
from press.styles import Styles


def build(sheets: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for the printer of the sheets in the folder `sheets`: PDF/X-4 in inks, with bleed; without links.

    Raises Refused for every colour that is in no token.
    """
    book = Galleys(galleys).book
    pdf = (sheets / "book.pdf").read_bytes()
    files.write(output, finish(pdf, book, styles, book.printing.text, output.name, book.printing.signature))
