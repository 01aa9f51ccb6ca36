"""The author's commands: begin a book, take one over, look at it while it is written, have it edited."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from press.cli.frame import FILE, main, own_styles


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Begin a book: make FOLDER, with a book of three chapters that shows everything you can write.

    It builds at once: snakemake all --config book=FOLDER. Nothing is ever overwritten. The author's guide tells what
    can be written: manuscript/README.md in the folder of the press.

    \b
    Example:
      press new my-book
      press preview my-book
    """
    from press.desk.new import new as new_book

    new_book(folder, own_styles(folder))
    name, home = shlex.quote(str(folder)), Path(__file__).parents[2]
    press = "" if home == Path.cwd() else f"--snakefile {shlex.quote(str(home / 'Snakefile'))} "
    click.echo(
        f"{folder} is a book: title and author are in {folder / 'book.yaml'}, its text in {folder / 'manuscript'}.\n"
        f"See it while you write, and make its editions, which come to lie in {folder / 'build'}:\n\n"
        f"    press preview {name}\n    snakemake {press}all --config book={name}\n"
    )


@main.command("import")
@click.argument("file", type=FILE)
@click.argument("folder", type=click.Path(path_type=Path))
def import_(file: Path, folder: Path) -> None:
    """Begin a book from a manuscript FILE, .docx or .epub: make FOLDER.

    Every heading of the first level begins a chapter. What did not come over, and what has to be mended before the book
    builds, is listed, a line each. Nothing is ever overwritten.

    \b
    Example:
      press import old.docx my-book
    """
    from press.desk.convert import take_over

    findings = take_over(file, folder, own_styles(folder))
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
    browser and here. Pages are shown as they fall at first; a build composes them. Only this machine is served.

    \b
    Example:
      press preview my-book --port 9000
    """
    from press.desk.preview import serve

    serve(book, lambda: own_styles(book), port)


@main.command()
@click.argument("file", type=FILE)
@click.argument("book", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option("--write", is_flag=True, help="Make the changes in the manuscript.")
def merge(file: Path, book: Path, write: bool) -> None:
    """Take an editor's copy, FILE, back into the manuscript of the book in the folder BOOK.

    FILE is the DOCX of `snakemake docx`, edited. Every change of words, tracked or not, is shown as a diff of the
    Markdown; then each is listed at its line, with the comments, and with what is not taken over: words that the press
    computes. Nothing is written without --write.
    """
    from press.desk.merge import take_back

    click.echo(take_back(file, book, own_styles(book), write), nl=False)
