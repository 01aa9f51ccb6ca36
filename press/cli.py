"""The commands of the press, one for each room. `python -m press --help` lists them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from press.findings import Refused

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


class _Commands(click.Group):
    """Shows findings as they are, a line each, instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            click.echo(refused, err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Make books: a Markdown manuscript in, EPUB, PDF and HTML editions out.

    The commands stand in the order of the data. `snakemake all` runs them for you.
    """


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


_edition("epub", "Make the EPUB.")
_edition("pdf", "Make the PDF for screens.")
_edition("print", "Make the PDF for the printer.")
_edition("html", "Make the web edition, a folder.")


@main.command()
@click.argument("galleys", type=_file)
@click.argument("editions", type=_file, nargs=-1, required=True)
def check(galleys: Path, editions: tuple[Path, ...]) -> None:
    """Read finished EDITIONS back and report what is wrong with them.

    GALLEYS is the book.json that they were made from; EDITIONS are EPUB and PDF files, and the index.html of a web
    edition.
    """
    from press.check import check as check_edition
    from press.galleys import Galleys

    book = Galleys(galleys.parent)
    findings = []
    for edition in editions:
        found = check_edition(edition, book)
        findings += found
        click.echo(f"{edition}: {len(found) or 'no'} finding{'s' if len(found) != 1 else ''}")
    if findings:
        raise Refused(findings)
