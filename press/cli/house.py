"""What a house of many books has to be made of each: `snakemake --config catalogue=FILE` calls these."""

from __future__ import annotations

from pathlib import Path

import click

from press.cli.frame import main, output, styles, workers
from press.paths import GOALS


@main.command()
@click.argument("book", type=click.Path(path_type=Path))
@click.argument("goal", type=click.Choice(GOALS))
@styles
@workers
@output
def make(book: Path, goal: str, styles: tuple[Path, ...], workers: int, output: Path) -> None:
    """Make all of the book in the folder BOOK in one process, which is cheaper for a small book.

    GOAL is one of: editions, large (large print), check, release; each needs those before it. OUTPUT is written last
    and names what was made.
    """
    from press.catalogue.whole import make as make_book
    from press.styles import Styles

    make_book(book, goal, Styles(list(styles)), workers, output)


@main.command()
@styles
@output
def stock(styles: tuple[Path, ...], output: Path) -> None:
    """Prepare what all books of a house share: unpack the faces; OUTPUT names the press, its styles and tools."""
    from press.catalogue.stock import prepare
    from press.styles import Styles

    prepare(Styles(list(styles)), output)
