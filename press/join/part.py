"""One part, ready to be joined: its page numbers set, and finished for an edition. Kept, as most do not change."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from press.findings import Refused
from press.join.finish import Finish
from press.kept import kept, tools
from press.pagemap import Page, PageMap
from press.pdfs import save
from press.sheets.model import ELSEWHERE, Part
from press.sheets.slots import fill


@dataclass(frozen=True)
class Run:
    """Where a part stands: on `pages` of the book, the first of them a blank one before the part if it is `padded`.

    `blanks` is the number of blank pages that follow it, at the end of a book.
    """

    pages: list[Page]
    padded: bool
    blanks: int = 0


def ready(sheets: Path, part: Part, run: Run, pages: PageMap, finish: Finish) -> bytes:
    """Return the PDF of a part of the folder `sheets` as it goes into the edition of `finish`.

    Raises Refused for a page number that could not be set, and with what the finish refuses.
    """
    drawn = (sheets / "parts" / f"{part.id}.pdf").read_bytes()
    own = [page.folio for page in run.pages]
    printed = [pages.folios[slot.target] if slot.target else own[slot.page + run.padded] for slot in part.slots]
    made_of = [_tools(), finish.made_of, drawn, printed, run.padded, run.blanks]

    def make() -> bytes:
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            _strip(pdf)
            _set_numbers(pdf, part, printed)
            _link(pdf)
            for at in [0] * run.padded + [-1] * run.blanks:
                _blank(pdf, at)
            if findings := finish.part(pdf, run.pages[0].sheet):
                raise Refused(findings)
            return save(pdf, packed=False)

    return kept("parts", made_of, make)


@cache
def _tools() -> str:
    return tools(__file__, "pikepdf")


def _strip(pdf: pikepdf.Pdf) -> None:
    """Leave what a part says of itself, which the book says of the whole."""
    for key in sorted(set(pdf.Root.keys()) - {"/Type", "/Pages", "/StructTreeRoot"}):
        del pdf.Root[key]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]


def _set_numbers(pdf: pikepdf.Pdf, part: Part, printed: list[str]) -> None:
    for number in sorted({slot.page for slot in part.slots}):
        stream = pdf.pages[number].obj.Contents
        stream.write(fill(stream.read_bytes(), part, printed))


def _link(pdf: pikepdf.Pdf) -> None:
    """Make links out of the part lead to places that have a name in the book."""
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", ()):
            address = str(annotation.A.get("/URI", "")) if "/A" in annotation else ""
            if address.startswith(ELSEWHERE):
                annotation.Dest = String(address.removeprefix(ELSEWHERE))
                del annotation.A


def _blank(pdf: pikepdf.Pdf, at: int) -> None:
    """Add an empty page with the boxes of the part's: before it (0) or behind it (-1)."""
    model = pdf.pages[at].obj
    page = Dictionary(Type=Name.Page, Resources=Dictionary(), Contents=pdf.make_stream(b""), Tabs=Name.S)
    for box in ("/MediaBox", "/BleedBox", "/TrimBox"):
        page[box] = Array([float(side) for side in model[box]])
    pdf.pages.insert(0 if at == 0 else len(pdf.pages), pikepdf.Page(pdf.make_indirect(page)))
