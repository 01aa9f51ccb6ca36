"""The PDF for the printer, from the sheets."""

from __future__ import annotations

from pathlib import Path

import click

from press.editions.print.finish import Printer
from press.galleys import Galleys
from press.join.book import join
from press.styles import Styles


def build(sheets: Path, galleys: Path, styles: Styles, output: Path, workers: int = 1) -> None:
    """Make the PDF for the printer of the sheets in the folder `sheets`: PDF/X-4 in inks, with bleed; without links.

    Raises Refused for every colour that is in no token.
    """
    book = Galleys(galleys).book
    printer = Printer(book, styles, book.printing.text, output.name)
    pages = join(sheets, book, printer, output, workers)
    click.echo(f"{pages} pages: {pages // printer.signature} signatures of {printer.signature}")
