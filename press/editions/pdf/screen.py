"""The PDF for screens: the sheets cropped to their trim."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf

from press import files
from press.editions.pdf.finish import describe, save
from press.galleys import Galleys
from press.styles import Styles


def build(sheets: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for screens of the sheets in the folder `sheets`: RGB, tagged, with links and bookmarks."""
    book = Galleys(galleys).book
    with pikepdf.open(sheets / "book.pdf") as pdf:
        for page in pdf.pages:
            page.mediabox = page.trimbox
            del page.obj["/BleedBox"]
        describe(pdf, book, book.identifiers["pdf"])
        out = io.BytesIO()
        save(pdf, out)
    files.write(output, out.getvalue())
