"""Sheets: the galleys typeset, part by part.

    galleys + styles -> parts/ID.pdf, parts/ID.json -> pages.json

The parts are the one layout behind the screen PDF and the print PDF, which are joined of them (press/join/) and
finished: tagged, with links and bookmarks, in the `light` colours of the tokens, with bleed. `pages.json` is the page
map (press/pagemap.py).

A part is laid out without knowing where in the book it will stand: page numbers are set as placeholders (`slots.py`)
and bound when the parts are joined. So a part is typeset again only when its own text changes.
"""

from __future__ import annotations

from pathlib import Path

from press.styles import Styles


def build(galleys: Path, styles: Styles, layout: str, output: Path, workers: int) -> None:
    """Typeset the book in `galleys` with styles/pdf/LAYOUT.css.j2 into the folder `output`, on `workers` processes.

    Raises Refused with every finding of every part.
    """
    from press import files
    from press.galleys import Galleys
    from press.sheets.edition import typeset
    from press.sheets.numbers import page_map

    book = Galleys(galleys)
    parts = typeset(book, styles, layout, output / "parts", workers)
    pages = page_map(book.book, layout, parts)
    files.write(output / "pages.json", pages.model_dump_json(indent=1) + "\n")
