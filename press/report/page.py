"""The report as a page: the colours and faces of the book, nothing fetched, no script."""

from __future__ import annotations

from pathlib import Path

from press import files
from press.changes.page import Changes
from press.findings import RULES
from press.progress import track
from press.report import design, pictures
from press.report.gather import Sources, gather
from press.report.times import Job
from press.styles import Styles

WIDTH = 132  # px of a page in a spread


def build(
    sources: Sources, screen: Path, jobs: list[Job], styles: Styles, output: Path, changes: Changes | None = None
) -> None:
    """Write the report to `output` (HTML), and beside it as JSON; `screen` is the PDF whose pages are shown.

    `changes` are those since an earlier release, whose page lies beside `output` as changes.html.
    """
    report = gather(sources)
    pages = pictures.Pages(screen, WIDTH)
    shown = {sheet: pictures.address(pages.draw(sheet)) for sheet in track(range(1, len(pages) + 1), "pages drawn")}
    context = {
        "report": report,
        "book": sources.galleys.book,
        "jobs": jobs,
        "pictures": shown,
        "height": round(WIDTH * sources.galleys.book.paper.height / sources.galleys.book.paper.width),
        "width": WIDTH,
        "pdf": screen.name,
        "changes": changes,
        "rules": RULES,
    }
    files.write(output, design.render("report/report.html.j2", styles, context))
    files.write(output.with_suffix(".json"), report.model_dump_json(indent=1) + "\n")
