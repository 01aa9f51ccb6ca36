"""What is said of finished editions: card, release, findings."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from press.cli.frame import FILE, MACHINE, main, output, styles
from press.findings import Finding


@main.command()
@click.argument("galleys", type=FILE)
@click.argument("block", type=FILE)
@click.argument("cover", type=FILE)
@styles
@output
def preflight(galleys: Path, block: Path, cover: Path, styles: tuple[Path, ...], output: Path) -> None:
    """Write the preflight card of the print PDF BLOCK and of its COVER, as HTML and beside it as JSON.

    The card is written whatever it says; what failed is listed here too, and makes `press check` fail.
    """
    from press.check.preflight.card import build
    from press.styles import Styles

    for finding in build(galleys.parent, block, cover, Styles(list(styles)), output):
        click.echo(finding)


@main.command()
@click.argument("manifest", type=FILE)
@click.argument("galleys", type=FILE)
@click.argument("pages", type=FILE)
@click.argument("card", type=FILE)
@click.argument("editions", type=FILE, nargs=-1, required=True)
@styles
@output
def release(
    manifest: Path,
    galleys: Path,
    pages: Path,
    card: Path,
    editions: tuple[Path, ...],
    styles: tuple[Path, ...],
    output: Path,
) -> None:
    """Put together what a publisher hands on: the folder OUTPUT, or a list of what is still missing.

    MANIFEST is the book's book.yaml, GALLEYS the book.json, PAGES the pages.json, CARD the preflight.json; EDITIONS are
    EPUB and PDF files, the printer's cover, and the index.html of the web edition.
    """
    from press.release.folder import build
    from press.styles import Styles

    build(manifest.parent, galleys.parent, pages, card, list(editions), Styles(list(styles)), output)


@main.command()
@click.argument("manifest", type=FILE)
@click.argument("galleys", type=FILE)
@click.argument("editions", type=FILE, nargs=-1)
@click.option("-r", "--report", type=click.Path(path_type=Path), help="Where to write what was compared (HTML).")
@click.option("-s", "--styles", multiple=True, type=click.Path(path_type=Path), help="The styles of the report.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--save", multiple=True, type=MACHINE, help="Also write the findings to a file, .json or .sarif.")
def check(
    manifest: Path,
    galleys: Path,
    editions: tuple[Path, ...],
    report: Path | None,
    styles: tuple[Path, ...],
    form: str,
    save: tuple[Path, ...],
) -> None:
    """Read the prose and finished EDITIONS, and report what is wrong with them.

    MANIFEST is the book's book.yaml, which says under `prose` what is asked of the text; GALLEYS is the book.json that
    everything was made from; EDITIONS are EPUB and PDF files, and the index.html of a web edition. Without any, only
    the prose is read. How grave a finding is says `severity` in book.yaml; only errors make the check fail.
    """
    from press import book as manifest_file
    from press import files
    from press.check import check as check_edition
    from press.check import fidelity, machine, prose
    from press.findings import named, weighed
    from press.galleys import Galleys
    from press.styles import Styles

    def count(name: str, found: list[Finding]) -> list[Finding]:
        number = f"{len(found) or 'no'} finding{'s' if len(found) != 1 else ''}"
        click.echo(f"{name}: {number}", err=form != "text")
        return found

    folder, book = manifest.parent, Galleys(galleys.parent)
    asked = manifest_file.load(folder)
    findings = []
    if asked.prose:
        for line in prose.report(book, folder, asked.references):
            click.echo(line, err=form != "text")
        findings = count("prose", prose.check(book, asked.prose, folder))
    for edition in editions:
        findings += count(str(edition), check_edition(edition, book))
    if editions:
        compared = fidelity.Editions(folder, book, asked.prose).compare(list(editions))
        for one in compared:
            found = named("fidelity", one.tally.findings)
            findings += count(f"{one.name}: {one.tally.found:,} of {one.tally.words:,} words", found)
        if report:
            files.write(report, fidelity.report(compared, book, Styles(list(styles))))
    findings = weighed(findings, asked.severity)
    for path in save:
        files.write(path, machine.WRITERS[path.suffix.removeprefix(".")](findings))
    if form == "text":
        for finding in findings:
            click.echo(finding, err=True)
    else:
        click.echo(machine.WRITERS[form](findings), nl=False)
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)
