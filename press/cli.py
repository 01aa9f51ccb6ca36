"""The commands of the press, one for each room. `python -m press --help` lists them."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from press.findings import Finding, Refused

if TYPE_CHECKING:
    from press.styles import Styles

_file = click.Path(exists=True, dir_okay=False, path_type=Path)
_output = click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Where to write.")
_styles = click.option(
    "-s",
    "--styles",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A styles folder; the first wins.",
)


def _own_styles(book: Path) -> Styles:
    """Return the styles of a book as the Snakefile lays them: its own over those of the press."""
    from press.styles import Styles

    return Styles([book / "styles", Path(__file__).parent.parent / "styles"])


class _Machine(click.Path):
    """A file of findings, whose name says which of two forms it has."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if Path(value).suffix not in (".json", ".sarif"):
            self.fail(f"'{value}' ends neither in .json nor in .sarif", param, ctx)
        return Path(value)


_machine = _Machine()


class _Commands(click.Group):
    """Lists commands in the order of the data; shows findings as they are, a line each, instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            click.echo(refused, err=True)
            sys.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                raise
            said = f"the press failed, and should not have: {type(error).__name__}: {error}"
            click.echo(f"{said} (press --debug … or PRESS_DEBUG=1 shows where)", err=True)
            sys.exit(70)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, envvar="PRESS_DEBUG", help="Show where in the press it failed, if it does.")
def main(debug: bool) -> None:
    """Make books: a Markdown manuscript in, EPUB, PDF and HTML editions out.

    The commands stand in the order of the data. `snakemake all` runs them for you.
    """


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a book: make FOLDER, with a book of three chapters that shows everything you can write.

    It builds at once: snakemake all --config book=FOLDER. Nothing is ever overwritten.
    """
    from press.desk.new import new as new_book

    new_book(folder, _own_styles(folder))
    click.echo(
        f"{folder} is a book. Make its editions:\n\n    snakemake all --config book={shlex.quote(str(folder))}\n"
    )


@main.command("import")
@click.argument("file", type=_file)
@click.argument("folder", type=click.Path(path_type=Path))
def import_(file: Path, folder: Path) -> None:
    """Begin a book from a manuscript FILE, .docx or .epub: make FOLDER.

    Every heading of the first level begins a chapter. What did not come over, and what has to be mended before the book
    builds, is listed, a line each. Nothing is ever overwritten.
    """
    from press.desk.convert import take_over

    findings = take_over(file, folder, _own_styles(folder))
    for finding in findings:
        click.echo(finding)
    click.echo(f"{folder} is a book now, with {len(findings) or 'no'} finding{'s' if len(findings) != 1 else ''}.")


@main.command()
@click.argument("book", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option(
    "-p", "--port", default=8765, show_default=True, type=click.IntRange(1024, 65535), help="Where to listen."
)
def preview(book: Path, port: int) -> None:
    """Show the book in the folder BOOK while it is written, in a browser on this machine.

    The web edition and the pages of the chapter at hand follow whenever a file is saved. What is wrong is listed in the
    browser and here. Pages are shown as they fall at first; a build composes them.
    """
    from press.desk.preview import serve

    serve(book, lambda: _own_styles(book), port)


@main.command()
@click.argument("manifest", type=click.Path(path_type=Path))
def manifest(manifest: Path) -> None:
    """Say what is wrong with a book.yaml, MANIFEST."""
    from press.book import load

    load(manifest.parent)


@main.command()
@click.argument("manuscript", type=_file)
@_output
def read(manuscript: Path, output: Path) -> None:
    """Read one manuscript file.

    MANUSCRIPT is such as manuscript/06-hip.md. Findings are kept in the output, and `resolve` reports those of all
    files together.
    """
    from press.read.manuscript import read as read_manuscript

    read_manuscript(manuscript.parent.parent, f"{manuscript.parent.name}/{manuscript.name}", output)


@main.command()
@click.argument("manifest", type=_file)
@click.argument("read", type=_file, nargs=-1, required=True)
@_styles
@_output
def resolve(manifest: Path, read: tuple[Path, ...], styles: tuple[Path, ...], output: Path) -> None:
    """Make galleys of what was read: the folder OUTPUT.

    MANIFEST is the book's book.yaml, READ what `press read` wrote. Everything that is wrong with the manuscript is
    reported as FILE:LINE: MESSAGE.
    """
    from press.resolve.book import resolve as resolve_book
    from press.styles import Styles

    resolve_book(manifest.parent, {path.stem: path for path in read}, Styles(list(styles)), output)


@main.command()
@click.argument("galleys", type=_file)
@_styles
@click.option("-l", "--layout", default="book", show_default=True, help="The style sheet: styles/pdf/LAYOUT.css.j2.")
@click.option("-j", "--workers", default=1, show_default=True, type=click.IntRange(1), help="How many processes.")
@_output
def sheets(galleys: Path, styles: tuple[Path, ...], layout: str, workers: int, output: Path) -> None:
    """Typeset the galleys: the folder OUTPUT, with book.pdf, pages.json and a PDF a part.

    GALLEYS is the book.json in the folder that `press resolve` wrote. Parts that have not changed are kept.
    """
    from press.sheets import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), layout, output, workers)


@main.command()
@click.argument("galleys", type=_file)
@click.option("-p", "--pages", type=_file, help="The page map, pages.json: marks where the pages of print begin.")
@_styles
@_output
def epub(galleys: Path, pages: Path | None, styles: tuple[Path, ...], output: Path) -> None:
    """Make the EPUB.

    GALLEYS is the book.json in the folder that `press resolve` wrote.
    """
    from press.editions.epub import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), output, pages)


def _finish(name: str, summary: str) -> None:
    """Add the command of an edition that is made from sheets."""

    @main.command(name, help=f"{summary}\n\nSHEETS is the book.pdf of `press sheets`, GALLEYS the book.json.")
    @click.argument("sheets", type=_file)
    @click.argument("galleys", type=_file)
    @_styles
    @_output
    def command(sheets: Path, galleys: Path, styles: tuple[Path, ...], output: Path) -> None:
        from press.editions import load_finish
        from press.styles import Styles

        load_finish(name)(sheets.parent, galleys.parent, Styles(list(styles)), output)


def _edition(name: str, summary: str) -> None:
    """Add the command of an edition: galleys and styles in, one edition out."""

    @main.command(name, help=f"{summary}\n\nGALLEYS is the book.json in the folder that `press resolve` wrote.")
    @click.argument("galleys", type=_file)
    @_styles
    @_output
    def command(galleys: Path, styles: tuple[Path, ...], output: Path) -> None:
        from press.editions import load
        from press.styles import Styles

        load(name)(galleys.parent, Styles(list(styles)), output)


_finish("pdf", "Make the PDF for screens.")
_finish("large", "Make the large-print PDF for screens, of sheets that were typeset with --layout large.")
_finish("print", "Make the PDF for the printer.")


@main.command()
@click.argument("galleys", type=_file)
@click.argument("pages", type=_file)
@_output
def wrap(galleys: Path, pages: Path, output: Path) -> None:
    """Measure the cover wrap: its spine, by the page count and the paper.

    GALLEYS is the book.json of `press resolve`, PAGES the pages.json of `press sheets`.
    """
    from press.editions.print.wrap import build

    build(galleys.parent, pages, output)


@main.command()
@click.argument("wrap", type=_file)
@click.argument("galleys", type=_file)
@_styles
@_output
def cover(wrap: Path, galleys: Path, styles: tuple[Path, ...], output: Path) -> None:
    """Make the cover wrap for the printer: back, spine and front.

    WRAP is what `press wrap` wrote, GALLEYS the book.json of `press resolve`.
    """
    from press.editions.print.cover import build
    from press.styles import Styles

    build(wrap, galleys.parent, Styles(list(styles)), output)


_edition("html", "Make the web edition, a folder.")


@main.command()
@click.argument("galleys", type=_file)
@click.argument("editions", type=_file, nargs=-1, required=True)
@_styles
@_output
def downloads(galleys: Path, editions: tuple[Path, ...], styles: tuple[Path, ...], output: Path) -> None:
    """Put finished EDITIONS into the web edition.

    EDITIONS are EPUB and PDF files. OUTPUT is the page that offers them, downloads.html in the folder of the web
    edition; the catalogue for reading apps (OPDS) is written beside it.
    """
    from press.editions.web.downloads import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), list(editions), output)


@main.command()
@click.argument("galleys", type=_file)
@click.argument("block", type=_file)
@click.argument("cover", type=_file)
@_styles
@_output
def preflight(galleys: Path, block: Path, cover: Path, styles: tuple[Path, ...], output: Path) -> None:
    """Write the preflight card of the print PDF BLOCK and of its COVER, as HTML and beside it as JSON.

    The card is written whatever it says; what failed is listed here too, and makes `press check` fail.
    """
    from press.check.preflight.card import build
    from press.styles import Styles

    for finding in build(galleys.parent, block, cover, Styles(list(styles)), output):
        click.echo(finding)


@main.command()
@click.argument("manifest", type=_file)
@click.argument("galleys", type=_file)
@click.argument("pages", type=_file)
@click.argument("card", type=_file)
@click.argument("editions", type=_file, nargs=-1, required=True)
@_styles
@_output
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
@click.argument("manifest", type=_file)
@click.argument("galleys", type=_file)
@click.argument("editions", type=_file, nargs=-1)
@click.option("-r", "--report", type=click.Path(path_type=Path), help="Where to write what was compared (HTML).")
@click.option("-s", "--styles", multiple=True, type=click.Path(path_type=Path), help="The styles of the report.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--save", multiple=True, type=_machine, help="Also write the findings to a file, .json or .sarif.")
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
