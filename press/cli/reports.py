"""What is told of a build as a whole: the report, and what has changed since an earlier one."""

from __future__ import annotations

from pathlib import Path

import click

from press.cli.frame import FILE, main, output, styles

_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@main.command()
@click.argument("manifest", type=FILE)
@click.argument("galleys", type=FILE)
@click.argument("pages", type=FILE)
@click.argument("editions", type=FILE, nargs=-1, required=True)
@click.option("--findings", required=True, type=FILE, help="What the check found (JSON).")
@click.option("--record", required=True, type=FILE, help="What the check looked at (JSON).")
@click.option("--card", type=FILE, help="The preflight card, preflight.json.")
@click.option("--against", type=_folder, help="An earlier release or build: what changed since is in the report too.")
@click.option("--times", type=click.Path(path_type=Path), help="Snakemake's notes, .snakemake/metadata.")
@styles
@output
def report(
    manifest: Path,
    galleys: Path,
    pages: Path,
    editions: tuple[Path, ...],
    findings: Path,
    record: Path,
    card: Path | None,
    against: Path | None,
    times: Path | None,
    styles: tuple[Path, ...],
    output: Path,
) -> None:
    """Write the report of a build: one page, OUTPUT, and the same as JSON beside it.

    MANIFEST is the book's book.yaml, GALLEYS the book.json, PAGES the pages.json; EDITIONS are EPUB and PDF files, and
    the index.html of the web edition. The page needs nothing beside it, and no network. Times are in the page only.
    With --against, the page of changes lies beside OUTPUT, as changes.html.
    """
    from press.changes import page as changes
    from press.galleys import Galleys
    from press.pagemap import PageMap
    from press.report.gather import Sources
    from press.report.page import build
    from press.report.times import jobs
    from press.styles import Styles

    book = Galleys(galleys.parent)
    map_of_pages = PageMap.model_validate_json(pages.read_bytes())
    sources = Sources(manifest.parent, book, map_of_pages, list(editions), findings, record, card)
    screen = next((path for path in editions if path.name == f"{book.book.slug}.pdf"), None)
    if screen is None:
        raise click.UsageError(f"among the editions there is no {book.book.slug}.pdf, whose pages are shown")
    took = jobs(times, galleys.parent.parent) if times else []
    style = Styles(list(styles))
    compared = changes.compare(against, galleys.parent.parent, style) if against else None
    if compared:
        changes.write(compared, style, output.with_name("changes.html"))
    build(sources, screen, took, style, output, compared.changes if compared else None)


@main.command()
@click.argument("old", type=_folder)
@click.argument("new", type=_folder)
@styles
@output
def changes(old: Path, new: Path, styles: tuple[Path, ...], output: Path) -> None:
    """Show what changed between two editions as readers see it: one page, OUTPUT, and the same as JSON beside it.

    OLD and NEW are each the folder of a release, or of a book that has been built. Words, pages as pictures, what index
    and references lead to, notes, figures, works.
    """
    from press.changes.page import compare, write
    from press.styles import Styles

    style = Styles(list(styles))
    write(compare(old, new, style), style, output)
