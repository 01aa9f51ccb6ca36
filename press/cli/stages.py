"""The stages from the manuscript to the sheets."""

from __future__ import annotations

from pathlib import Path

import click

from press.cli.frame import FILE, main, output, styles, workers


@main.command()
@click.argument("manifest", type=FILE)
@styles
@workers
@output
def resolve(manifest: Path, styles: tuple[Path, ...], workers: int, output: Path) -> None:
    """Read the manuscript and make galleys of it: the folder OUTPUT.

    MANIFEST is the book's book.yaml. What Pandoc makes of a manuscript file is kept in the folder `read` beside OUTPUT,
    and read again only when the file has changed. Everything that is wrong is reported as FILE:LINE: MESSAGE.
    """
    from press import book
    from press.read.book import read_all
    from press.resolve.book import resolve as resolve_book
    from press.styles import Styles

    folder = manifest.parent
    texts = read_all(folder, book.manuscripts(book.load(folder)), output.with_name("read"), workers)
    resolve_book(folder, texts, Styles(list(styles)), output)


@main.command()
@click.argument("galleys", type=FILE)
@styles
@click.option("-l", "--layout", default="book", show_default=True, help="The style sheet: styles/pdf/LAYOUT.css.j2.")
@workers
@output
def sheets(galleys: Path, styles: tuple[Path, ...], layout: str, workers: int, output: Path) -> None:
    """Typeset the galleys: the folder OUTPUT, with pages.json and a PDF a part.

    GALLEYS is the book.json in the folder that `press resolve` wrote. Parts that have not changed are kept.
    """
    from press.sheets import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), layout, output, workers)
