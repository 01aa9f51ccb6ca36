"""The report as a page: the colours and faces of the book, nothing fetched, no script."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from lxml import html

from press import files, fonts
from press.findings import RULES
from press.report import pictures
from press.report.gather import Sources, gather
from press.report.times import Job
from press.styles import Styles

FACES = (("display", 300, "normal"), ("sans", 400, "normal"), ("sans", 600, "normal"))
FEATURES = "lnum tnum kern liga ccmp locl calt mark mkmk"
WIDTH = 132  # px of a page in a spread


def build(sources: Sources, screen: Path, jobs: list[Job], styles: Styles, output: Path) -> None:
    """Write the report to `output` (HTML), and beside it as JSON; `screen` is the PDF whose pages are shown."""
    report = gather(sources)
    shown = {number: pictures.address(one) for number, one in enumerate(pictures.pages(screen, WIDTH), start=1)}
    context = {
        "report": report,
        "book": sources.galleys.book,
        "jobs": jobs,
        "pictures": shown,
        "height": round(WIDTH * sources.galleys.book.paper.height / sources.galleys.book.paper.width),
        "width": WIDTH,
        "pdf": screen.name,
        "changes": None,
        "rules": RULES,
    }
    files.write(output, render("report/report.html.j2", styles, context))
    files.write(output.with_suffix(".json"), report.model_dump_json(indent=1) + "\n")


def render(template: str, styles: Styles, context: dict[str, Any]) -> str:
    """Render a page of the report's design, with its style sheet and its faces in it."""
    colours = {name: (value["light"], value["dark"]) for name, value in styles.tokens["colours"].items()}
    bare = styles.render(template, css="", **context)
    css = styles.css("report/report.css.j2", "light", colours=colours, embedded=_faces(styles, bare))
    return styles.render(template, css=css, **context)


def _faces(styles: Styles, page: str) -> list[tuple[str, int, str]]:
    """Return the faces that the design uses, cut to the letters of the page: family, weight, WOFF2 in base64."""
    said = frozenset(html.document_fromstring(page).text_content()) | frozenset("0123456789")
    return [
        (face.family, face.weight, base64.b64encode(fonts.cut(styles.font(face), said, FEATURES)).decode())
        for voice, weight, style in FACES
        for face in styles.faces
        if (face.family, face.weight, face.style) == (styles.tokens["type"][voice], weight, style)
    ]
