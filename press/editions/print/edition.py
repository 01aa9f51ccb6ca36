"""The PDF for the printer, from the sheets."""

from __future__ import annotations

from pathlib import Path

import click
import pikepdf

from press import files
from press.editions.print.finish import finish
from press.galleys import Galleys
from press.styles import Styles


def build(sheets: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for the printer of the sheets in the folder `sheets`: PDF/X-4 in inks, with bleed; without links.

    Raises Refused for every colour that is in no token.
    """
    book = Galleys(galleys).book
    signature = book.printing.signature
    pdf = (sheets / "book.pdf").read_bytes()
    files.write(output, finish(pdf, book, styles, book.printing.text, output.name, signature))
    with pikepdf.open(output) as done:
        pages = len(done.pages)
    click.echo(f"{pages} pages: {pages // signature} signatures of {signature}")
