"""Preflight: what a printer's machine would say of the print PDF and of the cover wrap."""

from __future__ import annotations

from pathlib import Path

from press.check.places import Places
from press.check.preflight import rules
from press.check.preflight.rules import Job, Result
from press.editions.print.wrap import Wrap, measure
from press.findings import Finding
from press.galleys import Book, Galleys
from press.pagemap import PageMap


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the print PDF."""
    return rules.findings(rules.run(text_block(edition, galleys.book)), edition.name, Places(galleys))


def check_cover(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the cover wrap; the print PDF that it has to fit lies beside it."""
    block = edition.with_name(f"{galleys.book.slug}-print.pdf")
    if not block.is_file():
        return [Finding(edition.name, 0, f"spine: there is no {block.name} to measure it by")]
    pages = len(text_block(block, galleys.book).pages)
    return rules.findings(rules.run(cover(edition, galleys.book, pages)), edition.name)


def text_block(path: Path, book: Book) -> Job:
    """Open the print PDF for its checks; the page map of its sheets, where it is, says which pages have to be bare."""
    job = Job(path, book, book.printing.text, (book.paper.width, book.paper.height), rules.TEXT)
    page_map = path.parent / "sheets" / "book" / "pages.json"
    if page_map.is_file():
        pages = PageMap.model_validate_json(page_map.read_bytes()).pages
        job.bare = frozenset(page.sheet for page in pages if page.blank)
    return job


def cover(path: Path, book: Book, pages: int) -> Job:
    """Open the cover wrap for its checks; `pages` is the page count of the print PDF."""
    wrap: Wrap = measure(book, pages)
    return Job(path, book, book.printing.cover, (wrap.width, wrap.height), rules.COVER, wrap)


__all__ = ["Job", "Result", "check", "check_cover", "cover", "text_block"]
