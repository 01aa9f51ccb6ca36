"""The EPUB edition: EPUB 3.3, a document for each galley, written by EbookLib.

`build` reads galleys and styles. The galleys' markup is made fit for e-book readers (`documents.py`), stands in the
frames of styles/epub/*.xhtml.j2 under the looks of styles/epub/*.css.j2, and goes with a cover (`cover.py`), subset
fonts (`fonts.py`) and the package's metadata (`metadata.py`) into one file (`package.py`).
"""

from __future__ import annotations

from pathlib import Path

from press import files
from press.editions.epub.package import Package
from press.galleys import Galleys
from press.pagemap import PageMap
from press.styles import Styles

__all__ = ["build"]


def build(galleys: Path, styles: Styles, output: Path, pages: Path | None = None, workers: int = 1) -> None:
    """Write the EPUB of the book in `galleys` to the file `output`, in one step; draw on so many processes.

    `pages` is the page map of the print edition, pages.json: with it, the EPUB has the pages of print.
    """
    numbered = PageMap.model_validate_json(pages.read_bytes()) if pages else None
    files.write(output, Package(Galleys(galleys), styles, numbered, workers).pack())
