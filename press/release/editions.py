"""The editions of a release as the trade sees them: what each is, how long, and how accessible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from press.book import Manifest
from press.check.record import Record
from press.galleys import Book
from press.pagemap import PageMap
from press.release import trade

# What each edition is: its form (ONIX code list 150) and details of it (list 175).
FORMS = {
    "epub": ("ED", ["E101", "E200"]),
    "pdf": ("ED", ["E107", "E201"]),
    "large": ("ED", ["E107", "E201"]),
    "html": ("EC", ["E105", "E200"]),
}
BINDINGS = {"paperback": "BC", "hardback": "BB"}

# What each claim that the EPUB's checks have proved is in code list 196.
PROVED = {
    "transformable": ["10", "36"],
    "ordered": ["11", "13"],
    "indexed": ["12"],
    "described": ["14"],
    "paged": ["19", "41"],
    "language": ["22"],
    "legible": ["26"],
    "structured": ["29"],
}
WITHOUT_SIGHT = {"ordered", "described", "structured", "named"}  # together they prove 52
CONFORMS = ["04", "82", "85"]  # EPUB Accessibility 1.1, WCAG 2.2, level AA
PDF_UA, UNKNOWN = "05", "08"
NO_HAZARD = ["14", "16", "18"]  # of code list 143: nothing flashes, sounds or moves
ACCESSIBILITY, HAZARD, VERSION = "09", "12", "15"  # kinds of features, code list 79
EPUB_3_3, PDF_1_7 = "101F", "107G"  # versions of formats, code list 220; PDF/A-2 and PDF/UA-1 stand on PDF 1.7


@dataclass(frozen=True)
class Extent:
    """A length: its kind (code list 23), its value, its unit (list 24); in Roman numerals too if printed so."""

    kind: str
    value: int
    unit: str
    roman: str = ""


@dataclass(frozen=True)
class Product:
    """One edition: `features` are pairs of a kind (code list 79) and a code, `price` is as written in book.yaml."""

    kind: str
    identifier: str
    file: Path
    form: str
    details: list[str]
    features: list[tuple[str, str]]
    extents: list[Extent]
    price: trade.Price | None

    @property
    def isbn(self) -> str:
        """The thirteen digits, or nothing."""
        return trade.digits(self.identifier)

    @property
    def is_digital(self) -> bool:
        """Whether no paper is sold."""
        return self.kind != "print"


def products(
    manifest: Manifest, book: Book, pages: PageMap, given: dict[str, Path], records: list[Record]
) -> list[Product]:
    """Return every edition of the book; `given` has the file of each by its name, `records` what was checked."""
    return [
        Product(
            kind=kind,
            identifier=identifier,
            file=given[kind],
            form=BINDINGS[manifest.trade.binding] if kind == "print" else FORMS[kind][0],
            details=[] if kind == "print" else FORMS[kind][1],
            features=list(features(kind, given[kind], records)),
            extents=list(_extents(kind, book, pages, given[kind])),
            price=trade.price(manifest.trade.prices.get(kind, trade.FREE)),  # type: ignore[call-overload]
        )
        for kind, identifier in trade.identified(manifest).items()
        if kind in given
    ]


def features(kind: str, file: Path, records: list[Record]) -> Iterator[tuple[str, str]]:
    """Say of an edition's accessibility and format what the checks of its own file have proved, and nothing else."""

    def proves(*rules: str) -> bool:
        return any(record.proves(file, *rules) for record in records)

    if kind == "epub":
        seen = [one for record in records if (one := record.of(file))]
        proved = {claim for one in seen for claim, against in one.claims.items() if not against}
        codes = [code for claim in PROVED if claim in proved for code in PROVED[claim]]
        codes += ["52"] if proved >= WITHOUT_SIGHT else []
        codes += CONFORMS if proves("epubcheck", "ace", "access") else []
        yield from ((ACCESSIBILITY, code) for code in sorted(codes) or [UNKNOWN])
        yield from ((HAZARD, code) for code in NO_HAZARD if "still" in proved)
        yield from [(VERSION, EPUB_3_3)] if proves("epubcheck") else []
    elif kind in ("pdf", "large"):
        yield ACCESSIBILITY, PDF_UA if proves("verapdf", "pdf") else UNKNOWN
        yield from [(VERSION, PDF_1_7)] if proves("verapdf") else []
    elif kind == "html":
        yield ACCESSIBILITY, UNKNOWN  # what the build checks of it is far from all that a conformance asks


def _extents(kind: str, book: Book, pages: PageMap, file: Path) -> Iterator[Extent]:
    """Measure an edition: the pages by the page map, the words by the galleys, the bytes by the file."""
    roman = [page.folio for page in pages.pages if page.folio and not page.folio.isdigit()]
    arabic = [int(page.folio) for page in pages.pages if page.folio.isdigit()]
    if kind == "print":
        with pikepdf.open(file) as pdf:
            sheets = len(pdf.pages)
        if arabic:
            yield Extent("00", max(arabic), "03")
        if roman:
            yield Extent("03", len(roman), "03", roman[-1])
        yield Extent("06", sheets, "03")
    else:
        yield Extent("02", sum(document.words for document in book.documents), "02")
        if kind == "epub":
            yield Extent("08", len(pages.pages), "03")
        elif kind in ("pdf", "large"):  # with pages of its own
            with pikepdf.open(file) as pdf:
                yield Extent("07", len(pdf.pages), "03")
        if kind != "html":
            yield Extent("22", file.stat().st_size, "17")
