"""The editor's copy: the whole book as DOCX, to be read with a pen in the margin and sent back.

`build` reads galleys and styles. `markup.py` makes of all galleys one page that Pandoc can turn into a DOCX: notes are
Word's own, headings and boxes are styles, cross-references links; `package.py` gives it its pages (line numbers,
running heads, a section a part), the looks of styles/docx/ and bytes that never differ. `press merge` is the way back.
"""

from __future__ import annotations

from pathlib import Path

from press import files
from press.editions.docx.markup import Markup
from press.editions.docx.package import pack
from press.galleys import Galleys
from press.styles import Styles

__all__ = ["build"]


def build(galleys: Path, styles: Styles, output: Path, pictured: bool = True) -> None:
    """Write the editor's copy of the book in `galleys` to the file `output`, in one step.

    Without `pictured` it has no pictures, which are most of its cost.
    """
    read = Galleys(galleys)
    files.write(output, pack(Markup(read, pictured), styles))
