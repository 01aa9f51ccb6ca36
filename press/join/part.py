"""One part, ready to be joined: its page numbers set, and finished for an edition. Kept, as most do not change."""

from __future__ import annotations

import hashlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from press.findings import Refused
from press.join.finish import Finish
from press.kept import folder, is_kept, kept, tools
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


class Ready:
    """A part of the folder `sheets` as it goes into the edition of `finish`."""

    def __init__(self, sheets: Path, part: Part, run: Run, pages: PageMap, finish: Finish) -> None:
        self.part, self.run, self.finish = part, run, finish
        self._file = sheets / "parts" / f"{part.id}.pdf"
        own = [page.folio for page in run.pages]
        self._printed = [
            pages.folios[slot.target] if slot.target else own[slot.page + run.padded] for slot in part.slots
        ]

    def pdf(self) -> bytes:
        """Return its PDF. Raises Refused for a page number that cannot be set, and with what the finish refuses."""
        return kept("parts", self._made_of, self._make)

    @property
    def is_kept(self) -> bool:
        """Whether it was made before."""
        return is_kept("parts", self._made_of)

    @cached_property
    def _made_of(self) -> list[object]:
        drawn = hashlib.sha256(self._file.read_bytes()).hexdigest()
        return [_tools(), self.finish.made_of, drawn, self._printed, self.run.padded, self.run.blanks]

    def _make(self) -> bytes:
        with pikepdf.open(self._file) as pdf:
            _strip(pdf)
            _set_numbers(pdf, self.part, self._printed)
            _link(pdf)
            for at in [0] * self.run.padded + [-1] * self.run.blanks:
                _blank(pdf, at)
            if findings := self.finish.part(pdf, self.run.pages[0].sheet):
                raise Refused(findings)
            return save(pdf, packed=False)


_new: list[Ready] = []  # of this process; workers are forked with it


def make_ahead(parts: list[Ready], workers: int) -> None:
    """Make on several processes what is not kept of these parts, where things are kept."""
    _new[:] = [part for part in parts if not part.is_kept] if workers > 1 and folder("parts") else []
    if len(_new) > 1:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
            list(pool.map(_make, range(len(_new))))
    _new.clear()


def _make(number: int) -> None:
    with suppress(Refused):  # whoever asks for the part will hear it
        _new[number].pdf()


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
