"""The preflight card: everything that was measured of what goes to the printer, as a page to read and as JSON."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from pydantic import BaseModel, computed_field

from press import files
from press.check.preflight import cover, coverage, rules, text_block
from press.check.preflight.coverage import Coverage
from press.check.preflight.rules import Job, Result
from press.editions.print.wrap import Wrap, measure
from press.findings import Finding
from press.galleys import Book, Galleys
from press.styles import Styles


class PageLine(BaseModel):
    """One page on the card: whether it is blank, the most ink of one colour in per cent, whether it is transparent."""

    page: int
    blank: bool
    heaviest: float
    transparent: bool


class FileCard(BaseModel):
    """One PDF: its identity, its checks, its pages, and what they are covered with, where that could be measured."""

    name: str
    kind: str
    bytes: int
    sha256: str
    inks: list[str]
    fonts: list[str]
    checks: list[Result]
    pages: list[PageLine]
    coverage: list[Coverage] | None


class Card(BaseModel):
    """The whole card."""

    title: str
    edition: str
    version: str
    date: str
    identifier: str
    files: list[FileCard]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def failed(self) -> int:
        """How many checks failed."""
        return sum(not check.passed for file in self.files for check in file.checks)

    @property
    def checks(self) -> int:
        """How many checks were made."""
        return sum(len(file.checks) for file in self.files)


def build(galleys: Path, block: Path, wrap: Path, styles: Styles, output: Path) -> list[Finding]:
    """Write the card of the print PDF `block` and the cover `wrap` to `output` (HTML), and as JSON beside it.

    Returns what is wrong with the two: the card says so too, and is written all the same.
    """
    book = Galleys(galleys).book
    jobs = [text_block(block, book)]
    pages = len(jobs[0].pages)
    jobs.append(cover(wrap, book, pages))
    card = Card(
        title=book.title,
        edition=book.edition,
        version=book.version,
        date=book.date,
        identifier=book.identifiers["print"],
        files=[_file(job, kind) for job, kind in zip(jobs, ("text", "cover"), strict=True)],
    )
    files.write(output, _render(card, book, measure(book, pages), coverage.picture(wrap), styles))
    files.write(output.with_suffix(".json"), card.model_dump_json(indent=1) + "\n")
    return [finding for file in card.files for finding in rules.findings(file.checks, file.name)]


def _file(job: Job, kind: str) -> FileCard:
    data = job.path.read_bytes()
    return FileCard(
        name=job.path.name,
        kind=kind,
        bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        inks=rules.inks(job),
        fonts=sorted({(name.partition("+")[2] or name).rstrip(",") for page in job.pages for name in page.fonts}),
        checks=rules.run(job),
        pages=[
            PageLine(page=one.number, blank=one.blank, heaviest=round(one.heaviest, 1), transparent=one.transparent)
            for one in job.pages
        ],
        coverage=coverage.measure(job.path),
    )


def _render(card: Card, book: Book, wrap: Wrap, picture: bytes | None, styles: Styles) -> str:
    css = styles.css("preflight/card.css.j2", "light")
    colour = {name: values["light"] for name, values in styles.tokens["colours"].items()}
    shown = f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else ""
    context = {"card": card, "book": book, "wrap": wrap, "picture": shown, "css": css, "colour": colour}
    return styles.render("preflight/card.html.j2", **context)
