"""Gathering: from galleys, page map, editions and what the checks left behind, to a report."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from press import book as manifest_file
from press.check import machine, prose, record
from press.galleys import NAMESPACES, Document, Galleys
from press.pagemap import Page, PageMap
from press.report.model import Edition, Part, Preflight, Report, Spread

KINDS = {".epub": "EPUB", ".pdf": "PDF for screens", "-print.pdf": "PDF for the printer", "-cover.pdf": "Cover",
         "-large.pdf": "Large print", "index.html": "Web edition"}  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """What a report is made of. `findings`, `looked_at` and `card` are what checks and preflight wrote, as JSON."""

    folder: Path
    galleys: Galleys
    pages: PageMap
    editions: list[Path]
    findings: Path
    looked_at: Path
    card: Path | None


def gather(sources: Sources) -> Report:
    """Return the report of a build."""
    book, pages = sources.galleys.book, sources.pages.pages
    asked = manifest_file.load(sources.folder)
    looked_at = record.Record.model_validate_json(sources.looked_at.read_bytes())
    found = sorted(machine.read(sources.findings), key=lambda one: ("error warning note".index(one.severity), one))
    works, tables = _counted(sources.galleys)
    return Report(
        title=book.title,
        subtitle=book.subtitle,
        edition=book.edition,
        version=book.version,
        date=book.date,
        language=book.language,
        people=[one.name for one in book.contributors],
        parts=_parts(sources, Counter(one.file for one in found)),
        editions=[_edition(path, book.slug) for path in sources.editions],
        findings=[one.as_json() for one in found],
        tested=looked_at.tested,
        words_compared=looked_at.words,
        stale=_stale(looked_at, sources.editions),
        preflight=_preflight(sources.card),
        minutes=max(1, round(sum(one.words for one in book.documents) / asked.words_per_minute)),
        references=works,
        tables=tables,
        spreads=spreads(pages, book.direction == "rtl"),
    )


def _parts(sources: Sources, found: Counter[str]) -> list[Part]:
    book, pages = sources.galleys.book, sources.pages.pages
    grades: dict[str, float] = {}
    if book.language.startswith("en"):
        with suppress(ImportError):  # without its dictionary no grade is measured
            grades = prose.grades(sources.galleys, sources.folder)
    figures = Counter(figure.document for figure in book.figures)
    return [
        _part(document, [page for page in pages if page.document == document.id], figures, grades, found)
        for document in book.documents
    ]


def _part(
    document: Document, pages: list[Page], figures: Counter[str], grades: dict[str, float], found: Counter[str]
) -> Part:
    return Part(
        id=document.id,
        label=document.label,
        title=document.title,
        matter=document.matter,
        source=document.source,
        words=document.words,
        minutes=document.minutes,
        pages=len(pages),
        folio=next((page.folio for page in pages if not page.blank), ""),
        notes=document.notes,
        citations=document.citations,
        figures=figures[document.id],
        grade=round(grades[document.id], 1) if document.id in grades else None,
        findings=found[document.source] if document.source else 0,
    )


def _edition(path: Path, slug: str) -> Edition:
    kind = KINDS[path.name.removeprefix(slug)]
    files = [one for one in path.parent.rglob("*") if one.is_file()] if path.name == "index.html" else [path]
    files = [one for one in files if "downloads" not in one.parts[len(path.parent.parts) : -1]]  # they are here anyway
    return Edition(
        name=record.name_of(path), kind=kind, bytes=sum(one.stat().st_size for one in files), files=len(files)
    )


def _stale(looked_at: record.Record, editions: list[Path]) -> list[str]:
    """Return the editions that are not as they were when they were checked."""
    return [record.name_of(path) for path in editions if not looked_at.of(path)]


def _preflight(card: Path | None) -> Preflight | None:
    if card is None:
        return None
    said = json.loads(card.read_bytes())
    return Preflight(checks=sum(len(file["checks"]) for file in said["files"]), failed=said["failed"])


def _counted(galleys: Galleys) -> tuple[int, int]:
    """Return how many works are cited, and how many tables there are."""
    works: set[str] = set()
    tables = 0
    for document in galleys.book.documents:
        if document.source:
            tree = galleys.tree(document)
            works.update(map(str, tree.xpath("//h:cite/@data-key", namespaces=NAMESPACES)))
            tables += len(tree.findall(".//h:table", NAMESPACES))
    return len(works), tables


def spreads(pages: list[Page], leftwards: bool) -> list[Spread]:
    """Return the pages by twos, as they face each other; `leftwards`: the book is read from right to left."""
    sheets = {page.sheet: page.folio for page in pages}
    found = []
    for verso in range(0, max(sheets, default=0) + 1, 2):
        pair = [sheet if sheet in sheets else 0 for sheet in (verso, verso + 1)]
        if any(pair):
            folios = "–".join(sheets[sheet] for sheet in pair if sheet)
            left, right = reversed(pair) if leftwards else pair
            found.append(Spread(left=left, right=right, folios=folios))
    return found
