"""What is told of a build as a whole: the report, and what has changed since an earlier one."""

from __future__ import annotations

from pathlib import Path

import click

from press.cli.frame import FILE, main, output, styles


@main.command()
@click.argument("manifest", type=FILE)
@click.argument("galleys", type=FILE)
@click.argument("pages", type=FILE)
@click.argument("editions", type=FILE, nargs=-1, required=True)
@click.option("--findings", required=True, type=FILE, help="What the check found (JSON).")
@click.option("--record", required=True, type=FILE, help="What the check looked at (JSON).")
@click.option("--card", type=FILE, help="The preflight card, preflight.json.")
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
    times: Path | None,
    styles: tuple[Path, ...],
    output: Path,
) -> None:
    """Write the report of a build: one page, OUTPUT, and the same as JSON beside it.

    MANIFEST is the book's book.yaml, GALLEYS the book.json, PAGES the pages.json; EDITIONS are EPUB and PDF files, and
    the index.html of the web edition. The page needs nothing beside it, and no network. Times are in the page only.
    """
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
    build(sources, screen, took, Styles(list(styles)), output)
