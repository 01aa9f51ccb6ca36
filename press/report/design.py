"""The design of the report's pages: the colours and faces of the book; nothing fetched, no script."""

from __future__ import annotations

import base64
from typing import Any

from lxml import html

from press import fonts
from press.styles import Styles

FACES = (("display", 300, "normal"), ("text", 400, "normal"), ("sans", 400, "normal"), ("sans", 600, "normal"))
FEATURES = "lnum tnum kern liga ccmp locl calt mark mkmk"


def render(template: str, styles: Styles, context: dict[str, Any]) -> str:
    """Render a page of the report's design, with its style sheet and its faces in it."""
    colours = {name: (value["light"], value["dark"]) for name, value in styles.tokens["colours"].items()}
    bare = styles.render(template, css="", **context)
    css = styles.css("report/report.css.j2", "light", colours=colours, embedded=_faces(styles, bare))
    return styles.render(template, css=css, **context)


def _faces(styles: Styles, page: str) -> list[tuple[str, int, str]]:
    """Return the faces that the design uses, cut to the letters of the page: family, weight, WOFF2 in base64."""
    text = html.document_fromstring(page).text_content()
    said = frozenset(text) | frozenset(text.upper()) | frozenset("0123456789")
    return [
        (face.family, face.weight, base64.b64encode(fonts.cut(styles.font(face), said, FEATURES)).decode())
        for voice, weight, style in FACES
        for face in styles.faces
        if (face.family, face.weight, face.style) == (styles.tokens["type"][voice], weight, style)
    ]
