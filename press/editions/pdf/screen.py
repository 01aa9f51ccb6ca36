"""The PDF for screens: the sheets cropped to their trim, as PDF/UA-1 and PDF/A-2a in one."""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from press.editions.pdf import xmp
from press.editions.pdf.finish import describe
from press.findings import Finding, Refused
from press.galleys import Book, Galleys
from press.join.book import join
from press.join.finish import Finish
from press.kept import tools
from press.styles import Styles

PRINT = 4  # the flag of an annotation that is printed: PDF/A asks for it (ISO 19005-2, 6.3.2)


class Screen(Finish):
    """The finish for screens of a book: RGB, tagged, with links and bookmarks; `edition` is that of its identifier."""

    def __init__(self, book: Book, edition: str) -> None:
        self.book, self.edition = book, edition

    @cached_property
    def made_of(self) -> str:
        """Parts are finished alike for all books."""
        return tools(__file__)

    def part(self, pdf: pikepdf.Pdf, first: int) -> list[Finding]:
        """Crop the pages of a part to their trim."""
        for page in pdf.pages:
            page.mediabox = page.trimbox
            del page.obj["/BleedBox"]
            for annotation in page.obj.get("/Annots", ()):
                annotation.F = PRINT
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and "/Interpolate" in thing:
                del thing["/Interpolate"]  # ISO 19005-2, 6.2.8
        return []

    def frame(self, pdf: pikepdf.Pdf) -> None:
        """Declare what RGB means, what the book is, and to which standards the file keeps."""
        _intend_srgb(pdf)
        describe(pdf, self.book, self.book.identifiers[self.edition])
        xmp.claim(pdf)


def build(sheets: Path, galleys: Path, styles: Styles, output: Path, workers: int = 1) -> None:
    """Make the PDF for screens of the sheets in the folder `sheets`."""
    book = Galleys(galleys).book
    join(sheets, book, Screen(book, "pdf"), output, workers)


def build_large(sheets: Path, galleys: Path, styles: Styles, output: Path, workers: int = 1) -> None:
    """Make the large-print PDF of sheets that were typeset for it. Raises Refused where book.yaml does not know it."""
    book = Galleys(galleys).book
    if "large" not in book.identifiers:
        raise Refused([Finding("book.yaml", 0, "identifiers: the large-print edition needs one of its own, 'large'")])
    join(sheets, book, Screen(book, "large"), output, workers)


def _intend_srgb(pdf: pikepdf.Pdf) -> None:
    """Say that RGB means sRGB (ISO 19005-2, 6.2.3); the profile is the one that WeasyPrint brings."""
    engine = find_spec("weasyprint")  # found, not imported, which would cost a second
    assert engine is not None
    assert engine.origin is not None
    profile = pdf.make_stream((Path(engine.origin).parent / "pdf" / "sRGB2014.icc").read_bytes(), N=3)
    name = String("sRGB IEC61966-2.1")
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=name,
                Info=name,
                DestOutputProfile=profile,
            )
        ]
    )
