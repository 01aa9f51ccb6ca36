"""A book of a house, in one process: what the Snakefile has ten jobs for, with the libraries loaded once.

A small book costs less than ten starts of Python. The stages are those of the Snakefile, and so are the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from press import book, files
from press.check import machine
from press.findings import Finding, Refused, Severity, named
from press.paths import Paths

if TYPE_CHECKING:
    from press.styles import Styles


def make(folder: Path, goal: str, styles: Styles, workers: int, receipt: Path) -> None:
    """Make editions, large, check or release of the book in `folder`, and last `receipt`, which names what was made.

    Raises Refused with everything that is wrong; editions that were made before are kept then.
    """
    makers = {"editions": _editions, "large": _large, "check": _check, "release": _release}
    with _told(folder):
        manifest = book.load(folder)
        made = makers[goal](manifest, Paths(folder, manifest.slug), styles, workers)
    listed = {path.relative_to(folder).as_posix(): path.stat().st_size for path in made}
    files.write(receipt, json.dumps(listed, indent=1) + "\n")


def holds(receipt: Path, folder: Path) -> bool:
    """Tell whether all that a receipt names is in the book's folder, as large as it was."""
    try:
        listed = json.loads(receipt.read_bytes())
        return all((folder / name).stat().st_size == size for name, size in listed.items())
    except (OSError, ValueError):
        return False


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Write to the book's findings.json and findings.sarif what stops its making, as a run of one book does."""
    refused = folder / "build" / "logs" / "refused"
    severity: Mapping[str, Severity] = {}
    with suppress(Refused):
        severity = book.load(folder).severity
    try:
        yield
    except Refused as stop:
        machine.keep(stop.findings, refused, "resolve")
        raise
    finally:
        machine.gather(refused, folder / "build", severity)


class _Tries:
    """Runs stages that do not need each other: what is wrong with one does not stop the next."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def run(self, rule: str, stage: Callable[..., object], *words: object) -> bool:
        """Run a stage; tell whether all was well."""
        try:
            stage(*words)
        except Refused as refused:
            self.findings += named(rule, refused.findings)
            return False
        return True

    def end(self) -> None:
        """Raise Refused with all that was found."""
        if self.findings:
            raise Refused(self.findings)


def _editions(manifest: book.Manifest, at: Paths, styles: Styles, workers: int) -> Iterable[Path]:
    from press import editions, sheets
    from press.editions import epub
    from press.editions.print import cover
    from press.editions.web import downloads
    from press.read.book import read_all
    from press.resolve.book import resolve

    texts = read_all(at.folder, book.manuscripts(manifest), at.build / "read", workers)
    resolve(at.folder, texts, styles, at.galleys.parent)
    galleys, tries = at.galleys.parent, _Tries()
    tries.run("edition", editions.load("html"), galleys, styles, at.html.parent)
    if tries.run("sheets", sheets.build, galleys, styles, "book", at.sheets(), workers):
        tries.run("edition", epub.build, galleys, styles, at.epub, at.pages, workers)
        for name, output in {"pdf": at.pdf, "print": at.print}.items():
            tries.run("edition", editions.load_finish(name), at.sheets(), galleys, styles, output, workers)
        tries.run("edition", cover.build, galleys, at.pages, styles, at.cover)
    tries.end()
    downloads.build(galleys, styles, [at.epub, at.pdf, at.print, at.cover], at.downloads)
    return [at.epub, at.pdf, at.print, at.cover, at.html, at.downloads]


def _large(manifest: book.Manifest, at: Paths, styles: Styles, workers: int) -> Iterable[Path]:
    from press import editions, sheets

    sheets.build(at.galleys.parent, styles, "large", at.sheets("large"), workers)
    editions.load_finish("large")(at.sheets("large"), at.galleys.parent, styles, at.large, workers)
    return [at.large]


def _check(manifest: book.Manifest, at: Paths, styles: Styles, workers: int) -> Iterable[Path]:
    import click

    from press.check import fidelity
    from press.check.run import run
    from press.galleys import Galleys

    galleys = Galleys(at.galleys.parent)
    done = run(at.folder, galleys, _all(at), click.echo)
    files.write(at.build / "fidelity.html", fidelity.report(done.compared, galleys, styles))
    files.write(at.record, done.record.model_dump_json(indent=1) + "\n")
    files.write(at.findings, machine.as_json(done.findings))
    if errors := [finding for finding in done.findings if finding.severity == "error"]:
        raise Refused(errors)
    return [at.record, at.findings]


def _release(manifest: book.Manifest, at: Paths, styles: Styles, workers: int) -> Iterable[Path]:
    from press.check.preflight import card
    from press.release import folder, inventory

    card.build(at.galleys.parent, at.print, at.cover, styles, at.card.with_suffix(".html"))
    made = folder.Made(at.galleys.parent, at.pages, at.card, [at.record], [at.findings], _all(at))
    folder.build(at.folder, made, styles, at.release)
    return [at.release / inventory.FILE, at.release / folder.SUMS]


def _all(at: Paths) -> list[Path]:
    """Return the editions that are made, large print only where it is."""
    return [at.epub, at.pdf, at.print, at.cover, *([at.large] if at.large.is_file() else []), at.html]
