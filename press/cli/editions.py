"""The editions, each from galleys or sheets."""

from __future__ import annotations

from pathlib import Path

import click

from press.cli.frame import FILE, main, output, styles, workers


@main.command()
@click.argument("galleys", type=FILE)
@click.option("-p", "--pages", type=FILE, help="The page map, pages.json: marks where the pages of print begin.")
@styles
@workers
@output
def epub(galleys: Path, pages: Path | None, styles: tuple[Path, ...], workers: int, output: Path) -> None:
    """Make the EPUB.

    GALLEYS is the book.json in the folder that `press resolve` wrote.
    """
    from press.editions.epub import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), output, pages, workers)


def _finish(name: str, summary: str) -> None:
    """Add the command of an edition that is made from sheets."""

    @main.command(name, help=f"{summary}\n\nPAGES is the pages.json of `press sheets`, GALLEYS the book.json.")
    @click.argument("pages", type=FILE)
    @click.argument("galleys", type=FILE)
    @styles
    @workers
    @output
    def command(pages: Path, galleys: Path, styles: tuple[Path, ...], workers: int, output: Path) -> None:
        from press.editions import load_finish
        from press.styles import Styles

        load_finish(name)(pages.parent, galleys.parent, Styles(list(styles)), output, workers)


def _edition(name: str, summary: str) -> None:
    """Add the command of an edition: galleys and styles in, one edition out."""

    @main.command(name, help=f"{summary}\n\nGALLEYS is the book.json in the folder that `press resolve` wrote.")
    @click.argument("galleys", type=FILE)
    @styles
    @output
    def command(galleys: Path, styles: tuple[Path, ...], output: Path) -> None:
        from press.editions import load
        from press.styles import Styles

        load(name)(galleys.parent, Styles(list(styles)), output)


_finish("pdf", "Make the PDF for screens.")
_finish("large", "Make the large-print PDF for screens, of sheets that were typeset with --layout large.")
_finish("print", "Make the PDF for the printer.")


@main.command()
@click.argument("galleys", type=FILE)
@click.argument("pages", type=FILE)
@styles
@output
def cover(galleys: Path, pages: Path, styles: tuple[Path, ...], output: Path) -> None:
    """Make the cover wrap for the printer: back, spine and front; the spine by the page count and the paper.

    GALLEYS is the book.json of `press resolve`, PAGES the pages.json of `press sheets`.
    """
    from press.editions.print.cover import build
    from press.styles import Styles

    build(galleys.parent, pages, Styles(list(styles)), output)


_edition("html", "Make the web edition, a folder.")
_edition("docx", "Make the editor's copy, a DOCX with numbered lines; `press merge` takes it back.")


@main.command()
@click.argument("galleys", type=FILE)
@click.argument("editions", type=FILE, nargs=-1, required=True)
@styles
@output
def downloads(galleys: Path, editions: tuple[Path, ...], styles: tuple[Path, ...], output: Path) -> None:
    """Put finished EDITIONS into the web edition.

    EDITIONS are EPUB and PDF files. OUTPUT is the page that offers them, downloads.html in the folder of the web
    edition; the catalogue for reading apps (OPDS) is written beside it.
    """
    from press.editions.web.downloads import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), list(editions), output)
