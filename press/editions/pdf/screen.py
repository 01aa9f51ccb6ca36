"""The PDF for screens: the sheets cropped to their trim, as PDF/UA-1 and PDF/A-2a in one."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from press import files
from press.editions.pdf import xmp
from press.editions.pdf.finish import describe
from press.findings import Finding, Refused
from press.galleys import Book, Galleys
from press.pdfs import save
from press.styles import Styles

PRINT = 4  # the flag of an annotation that is printed: PDF/A asks for it (ISO 19005-2, 6.3.2)


def build(sheets: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the PDF for screens of the sheets in the folder `sheets`: RGB, tagged, with links and bookmarks."""
    _build(sheets, Galleys(galleys).book, "pdf", output)


def build_large(sheets: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the large-print PDF of sheets that were typeset for it. Raises Refused where book.yaml does not know it."""
    book = Galleys(galleys).book
    if "large" not in book.identifiers:
        raise Refused([Finding("book.yaml", 0, "identifiers: the large-print edition needs one of its own, 'large'")])
    _build(sheets, book, "large", output)


def _build(sheets: Path, book: Book, edition: str, output: Path) -> None:
    with pikepdf.open(sheets / "book.pdf") as pdf:
        for page in pdf.pages:
            page.mediabox = page.trimbox
            del page.obj["/BleedBox"]
            for annotation in page.obj.get("/Annots", ()):
                annotation.F = PRINT
        _intend_srgb(pdf)
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and "/Interpolate" in thing:
                del thing["/Interpolate"]  # ISO 19005-2, 6.2.8
        describe(pdf, book, book.identifiers[edition])
        xmp.claim(pdf)
        files.write(output, save(pdf))


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
