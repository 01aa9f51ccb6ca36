"""What is said of finished editions: card, release, findings."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from press.cli.frame import FILE, MACHINE, main, output, own_styles, styles
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
@click.argument("editions", type=FILE, nargs=-1)
@click.option("-r", "--report", type=click.Path(path_type=Path), help="Where to write what was compared (HTML).")
@click.option("-s", "--styles", multiple=True, type=click.Path(path_type=Path), help="The styles of the report.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--save", multiple=True, type=MACHINE, help="Also write the findings to a file, .json or .sarif.")
@click.option("--record", type=click.Path(path_type=Path), help="Also write what was looked at, and by what (JSON).")
@click.option("--lenient", is_flag=True, help="End well whatever is found; `press findings` tells it afterwards.")
def check(
    manifest: Path,
    galleys: Path,
    editions: tuple[Path, ...],
    report: Path | None,
    styles: tuple[Path, ...],
    form: str,
    save: tuple[Path, ...],
    record: Path | None,
    lenient: bool,
) -> None:
    """Read the prose and finished EDITIONS, and report what is wrong with them.

    MANIFEST is the book's book.yaml, which says under `prose` what is asked of the text; GALLEYS is the book.json that
    everything was made from; EDITIONS are EPUB and PDF files, and the index.html of a web edition. Without any, only
    the prose is read. How grave a finding is says `severity` in book.yaml; only errors make the check fail.
    """
    from press import files
    from press.check import fidelity, machine
    from press.check.run import run
    from press.galleys import Galleys
    from press.styles import Styles

    book = Galleys(galleys.parent)
    done = run(manifest.parent, book, editions, lambda line: click.echo(line, err=form != "text"))
    if report:
        files.write(report, fidelity.report(done.compared, book, Styles(list(styles))))
    if record:
        files.write(record, done.record.model_dump_json(indent=1) + "\n")
    for path in save:
        files.write(path, machine.WRITERS[path.suffix.removeprefix(".")](done.findings))
    if form == "text":
        _tell(done.findings, lenient)
    else:
        click.echo(machine.WRITERS[form](done.findings), nl=False)
    if not lenient:
        _judge(done.findings)


@main.command()
@click.argument("findings", type=FILE)
@click.option("--save", multiple=True, type=MACHINE, help="Also write them to a file, .json or .sarif.")
def findings(findings: Path, save: tuple[Path, ...]) -> None:
    """Tell what a check found, as its file FINDINGS (JSON) has it, a line each; errors make the command fail."""
    from press import files
    from press.check import machine

    found = machine.read(findings)
    for path in save:
        files.write(path, machine.WRITERS[path.suffix.removeprefix(".")](found))
    _tell(found)
    _judge(found)


@main.command()
@click.argument("manifest", type=FILE)
@click.argument("galleys", type=FILE)
@click.argument("pages", type=FILE)
@click.argument("card", type=FILE)
@click.argument("editions", type=FILE, nargs=-1, required=True)
@click.option("--record", multiple=True, required=True, type=FILE, help="What a check looked at (JSON).")
@click.option("--findings", multiple=True, required=True, type=FILE, help="What it found (JSON).")
@styles
@output
def release(
    manifest: Path,
    galleys: Path,
    pages: Path,
    card: Path,
    editions: tuple[Path, ...],
    record: tuple[Path, ...],
    findings: tuple[Path, ...],
    styles: tuple[Path, ...],
    output: Path,
) -> None:
    """Put together what a publisher hands on: the folder OUTPUT, or a list of what is still missing.

    MANIFEST is the book's book.yaml, GALLEYS the book.json, PAGES the pages.json, CARD the preflight.json; EDITIONS are
    EPUB and PDF files, the printer's cover, and the index.html of the web edition. Each has to have been checked as it
    is: what a release says of its accessibility is what the checks have proved.
    """
    from press.release.folder import Made, build
    from press.styles import Styles

    made = Made(galleys.parent, pages, card, list(record), list(findings), list(editions))
    build(manifest.parent, made, Styles(list(styles)), output)


@main.command()
@click.argument("release", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("book", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify(release: Path, book: Path | None) -> None:
    """Compare a release with its manifest, and with what it would be made from here.

    RELEASE is the folder of a release: are its files those that its manifest names? With BOOK, the folder of the book
    (or the unpacked sources of the release), also: which sources, which files of the press and which tools are others
    than when it was made? Where none are, `snakemake release` gives the same bytes. Differences make the command fail.
    """
    from press.release import verify

    found = list(verify.files(release))
    if book:
        found += verify.made_from(release, book, own_styles(book))
    _tell(list(dict.fromkeys(found)))
    if not found:
        click.echo("all is as in the release" if book else "the files are those of the release")
    _judge(found)


def _tell(findings: list[Finding], silent: bool = False) -> None:
    for finding in () if silent else findings:
        click.echo(finding, err=True)


def _judge(findings: list[Finding]) -> None:
    if any(finding.severity == "error" for finding in findings):
        sys.exit(1)
