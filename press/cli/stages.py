"""The stages from the manuscript to the sheets."""

from __future__ import annotations

from pathlib import Path

import click

from press.cli.frame import FILE, main, output, styles


@main.command()
@click.argument("manuscript", type=FILE)
@output
def read(manuscript: Path, output: Path) -> None:
    """Read one manuscript file.

    MANUSCRIPT is such as manuscript/06-hip.md. Findings are kept in the output, and `resolve` reports those of all
    files together.
    """
    from press.read.manuscript import read as read_manuscript

    read_manuscript(manuscript.parent.parent, f"{manuscript.parent.name}/{manuscript.name}", output)


@main.command()
@click.argument("manifest", type=FILE)
@click.argument("read", type=FILE, nargs=-1, required=True)
@styles
@output
def resolve(manifest: Path, read: tuple[Path, ...], styles: tuple[Path, ...], output: Path) -> None:
    """Make galleys of what was read: the folder OUTPUT.

    MANIFEST is the book's book.yaml, READ what `press read` wrote. Everything that is wrong with the manuscript is
    reported as FILE:LINE: MESSAGE.
    """
    from press.resolve.book import resolve as resolve_book
    from press.styles import Styles

    resolve_book(manifest.parent, {path.stem: path for path in read}, Styles(list(styles)), output)


@main.command()
@click.argument("galleys", type=FILE)
@styles
@click.option("-l", "--layout", default="book", show_default=True, help="The style sheet: styles/pdf/LAYOUT.css.j2.")
@click.option("-j", "--workers", default=1, show_default=True, type=click.IntRange(1), help="How many processes.")
@output
def sheets(galleys: Path, styles: tuple[Path, ...], layout: str, workers: int, output: Path) -> None:
    """Typeset the galleys: the folder OUTPUT, with book.pdf, pages.json and a PDF a part.

    GALLEYS is the book.json in the folder that `press resolve` wrote. Parts that have not changed are kept.
    """
    from press.sheets import build
    from press.styles import Styles

    build(galleys.parent, Styles(list(styles)), layout, output, workers)
