"""All parts of the book, typeset on several processes; what has not changed since the last time is kept."""

from __future__ import annotations

import gc
import hashlib
import multiprocessing
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, as_completed, wait
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path

import click

from press import files
from press.findings import Finding, Refused
from press.galleys import Document, Galleys
from press.sheets.bind import Bound, bind, links_of, placeholder
from press.sheets.choices import Choices
from press.sheets.engine import Engine, style_sheet
from press.sheets.model import Part, dump, read
from press.sheets.numbers import Guess
from press.styles import Styles

# The parts are bound and typeset until no page number changes its width any more; two or three rounds are usual.
ROUNDS = 8
_engine: Engine | None = None  # of this process; workers are forked with it
_used = False  # whether this process has typeset a part


def typeset(galleys: Galleys, styles: Styles, layout: str, folder: Path, workers: int) -> dict[str, Part]:
    """Typeset every part of the book into `folder`: ID.pdf, and ID.json that describes it. Return the descriptions.

    Raises Refused with the findings of all parts.
    """
    global _engine
    edition = _Edition(galleys, styles, layout, folder, workers)
    try:
        return edition.typeset()
    finally:
        if edition.pool is not None:
            edition.pool.shutdown()
        _engine = None  # while Python still runs: WeasyPrint's fonts clean up after themselves


@dataclass
class _Job:
    """A part to be typeset: see `press.sheets.part.typeset`."""

    bound: Bound
    digest: str
    basis: str
    choices: Choices | None


class _Edition:
    def __init__(self, galleys: Galleys, styles: Styles, layout: str, folder: Path, workers: int) -> None:
        self.galleys, self.styles, self.layout = galleys, styles, layout
        self.folder, self.workers = folder, workers
        self.css = style_sheet(styles, galleys, layout)
        self.tools = _tools(styles, self.css, galleys.book.hyphenation)
        self.guess = Guess(galleys)
        self.parts: dict[str, Part] = {}
        self.known = {document.id: read(folder / f"{document.id}.json") for document in galleys.book.documents}
        self.used: dict[str, dict[str, Part]] = {document.id: {} for document in galleys.book.documents}
        self.drawn: dict[str, str] = {}  # the digest of each PDF that was made in this run
        self.printed: dict[str, list[str]] = {}  # the page numbers that each part was bound with
        self.pool: ProcessPoolExecutor | None = None

    def typeset(self) -> dict[str, Part]:
        """Typeset the front matter, then the body, then what lists the pages of all; then what changed thereby.

        In that order most page numbers are known, or guessed in their width, when a part that prints them is bound.
        """
        documents = self.galleys.book.documents
        index = [document for document in documents if document.type == "index"]
        for wave in (
            [document for document in documents if document.matter == "front"],
            [document for document in documents if document.matter != "front" and document not in index],
        ):
            self._round(wave)
        for _ in range(ROUNDS):
            before = {name: part.digest for name, part in self.parts.items()}
            self._round(documents)
            if before == {name: part.digest for name, part in self.parts.items()}:
                break
        else:
            raise Refused([Finding("book.yaml", 0, f"the pages did not settle in {ROUNDS} rounds")])
        self._keep()
        return self.parts

    def _round(self, documents: list[Document]) -> None:
        """Bind these parts with what is known of the pages; typeset those that are not known as they are now."""
        folios = self.guess.folios(self.parts)
        longest_first = sorted(documents, key=lambda document: -self.galleys.size(document))
        news = (document for document in longest_first if self._is_news(document, folios))
        bound = (bind(self.galleys, self.styles, document, self.layout, folios) for document in news)
        for part in self._run(job for job in map(self._needed, bound) if job):
            self.parts[part.id] = self.used[part.id][part.digest] = part

    def _is_news(self, document: Document, folios: Mapping[str, str]) -> bool:
        """Tell whether a part is to be bound with other page numbers than before; of most only their width counts."""
        exact = document.type == "index"  # where pages in a row become one range
        links = sorted(links_of(self.galleys, document))
        printed = [folios[name] if exact else placeholder(folios[name]) for name in links if name in folios]
        before, self.printed[document.id] = self.printed.get(document.id), printed
        return printed != before

    def _needed(self, bound: Bound) -> _Job | None:
        """Return what there is to do for a part; None if it is known as it is now."""
        name, digest = bound.document.id, self._digest(bound.html)
        part = self.used[name].get(digest) or self.known[name].get(digest)
        if part is None:
            return self._job(bound, digest)
        self.parts[name] = self.used[name][digest] = part
        return None

    def _run(self, jobs: Iterable[_Job]) -> list[Part]:
        """Typeset these parts on as many processes as are given."""
        done: list[Part] = []
        findings: list[Finding] = []
        for result in self._results(iter(jobs)):
            if isinstance(result, list):
                findings += result
            else:
                done.append(result)
                self.drawn[result.id] = result.digest
        if findings:
            raise Refused(findings)
        return done

    def _results(self, jobs: Iterator[_Job]) -> Iterator[Part | list[Finding]]:
        """Yield what comes of the jobs, in no order. Few are taken ahead: what is bound is larger than what is made."""
        global _engine
        first = list(islice(jobs, 2))
        if not first:
            return
        if _engine is None or _engine.galleys is not self.galleys:
            _engine = Engine(self.galleys, self.styles, self.css)
        if self.pool is None and min(self.workers, len(first)) == 1:
            for job in chain(first, jobs):
                yield _work(job, self.folder)
            return
        if self.pool is None:
            gc.collect()
            gc.freeze()  # what the workers share with this process is not for them to go through
            self.pool = ProcessPoolExecutor(self.workers, multiprocessing.get_context("fork"), _start)
        pending: set[Future[Part | list[Finding]]] = set()
        for job in chain(first, jobs):
            pending.add(self.pool.submit(_work, job, self.folder))
            if len(pending) > 2 * self.workers:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in as_completed(pending))

    def _job(self, bound: Bound, digest: str) -> _Job:
        """Return what there is to do for a part, with the choices that were made for the same text before."""
        name = bound.document.id
        basis = self._digest(bound.basis)
        before = [part for part in (*self.used[name].values(), *self.known[name].values()) if part.basis == basis]
        return _Job(bound, digest, basis, before[0].choices if before else None)

    def _digest(self, html: str) -> str:
        """Return the digest of all that a part is made from."""
        digest = hashlib.sha256(self.tools)
        digest.update(html.encode())
        for image in self.galleys.book.images:
            if image in html:
                digest.update(self.galleys.image(image))
        return digest.hexdigest()[:32]

    def _keep(self) -> None:
        """Draw again what was drawn for other page numbers, write the side-cars, and drop parts of no document."""
        folios = self.guess.folios(self.parts)
        documents = self.galleys.book.documents
        old = [document for document in documents if not self._is_drawn(document.id)]
        bound = (bind(self.galleys, self.styles, document, self.layout, folios) for document in old)
        self._run(self._job(one, self.parts[one.document.id].digest) for one in bound)
        for document in documents:
            name, part = document.id, self.parts[document.id]
            side_car, content = self.folder / f"{name}.json", dump({part.digest: part, **self.used[name]})
            if not side_car.is_file() or side_car.read_bytes() != content:
                files.write(side_car, content)
        for path in self.folder.iterdir():
            if path.stem not in self.parts:
                path.unlink()

    def _is_drawn(self, name: str) -> bool:
        """Tell whether the PDF of a part is that of its description: the first entry of a side-car is."""
        drawn = self.drawn.get(name) or next(iter(self.known[name]), None)
        return drawn == self.parts[name].digest and (self.folder / f"{name}.pdf").is_file()


def _start() -> None:
    """Begin as a worker. A layout makes many objects and drops few: there is not much to collect until it is done."""
    gc.set_threshold(50_000, 20)


def _work(job: _Job, folder: Path) -> Part | list[Finding]:
    """Typeset one part and write its PDF; return its description, or what is wrong with it."""
    from press.sheets.part import typeset as typeset_part

    global _used
    assert _engine is not None
    if _used:
        _engine.forget()
        gc.collect()  # boxes point to each other: else those of all parts would stay
    _used, began = True, time.perf_counter()
    try:
        part, pdf = typeset_part(_engine, job.bound, job.digest, job.basis, job.choices)
    except Refused as refused:
        return refused.findings
    side_car = folder / f"{part.id}.json"
    side_car.unlink(missing_ok=True)  # it never describes another PDF than the one beside it, even after a kill
    files.write(folder / f"{part.id}.pdf", pdf)
    files.write(side_car, dump({job.digest: part}))
    click.echo(f"{part.id}: {len(part.leaves)} pages in {time.perf_counter() - began:.1f} s")
    return part


def _tools(styles: Styles, css: str, hyphenation: list[str]) -> bytes:
    """Return the digest of what every part is made with: the engine, the style sheet, the fonts, odd hyphens."""
    digest = hashlib.sha256(f"{version('weasyprint')}\n{css}\n{hyphenation}".encode())
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *(styles.font(face) for face in styles.faces)]:
        digest.update(path.read_bytes())
    return digest.digest()
