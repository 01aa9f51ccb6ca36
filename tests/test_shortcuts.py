"""The shortcuts give what WeasyPrint's own functions give, and WeasyPrint comes by them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import weasyprint
from weasyprint.css import ComputedStyle
from weasyprint.layout import inline
from weasyprint.svg import SVG
from weasyprint.svg import path as svg_path
from weasyprint.svg.utils import PointError, point

from press.sheets import shortcuts

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90" width="200" height="200">'
    '<path d="M10,10L20-5.5.5 4e1C1 2 3 4 5 6 7 8 9 10 11 12s1 2 3 4q1 1 2 2t3 3a5 5 0 0 1 9 9H4V5h1v1z" fill="red"/>'
    '<path d="M 10% 2em L 5mm 7 l 1"/><polygon points="1,2 3,4 5%,6"/></svg>'
)
STYLE = """
@page { size: 300pt 400pt; margin: 20pt } html { font: 10pt/15pt serif; hyphens: auto }
p { margin-inline-start: 3pt; text-align: justify } p::first-line { letter-spacing: .1em }
em { padding: 0 2%; border: 1pt solid; margin-left: calc(1% + 2pt) } b { width: 5em; font-size: larger; line-height: 2 }
i { display: inline-block; width: 20%; box-sizing: border-box; padding: 1pt } s { text-decoration: underline overline }
table { border-collapse: collapse } td { border: 2pt solid; padding: 1ex } u { position: relative; top: 10% }
"""
BODY = (
    "<p>Plain words and <em>words with <b>larger ones</b> in them</em>, <i>a block</i> and <s>some <u>lines</u></s>, "
    * 6
    + "</p><table><tr><td>One <em>cell</em><td>Another one</table><ul><li>An item<li>Another <b>item</b></ul>"
)
PARTS = {
    "resolve_percentages": (inline, "resolve_percentages"),
    "strut": (inline, "strut"),
    "compute": (ComputedStyle, "__missing__"),
    "svg_point": (SVG, "point"),
}


def pdf() -> bytes:
    """Return a page with text and a drawing, without its identifier."""
    html = weasyprint.HTML(string=f'<html lang="en"><style>{STYLE}</style>{BODY}{DRAWING}')
    return re.sub(rb"/ID.*", b"", html.write_pdf(uncompressed_pdf=True))


@contextmanager
def without_shortcuts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg_path, "point", point)
        for name, (owner, attribute) in PARTS.items():
            patch.setattr(owner, attribute, getattr(shortcuts, name))
        yield


def test_pages_are_the_same_to_the_byte() -> None:
    with without_shortcuts():
        theirs = pdf()
    assert pdf() == theirs


@pytest.mark.parametrize("name", PARTS)
def test_weasyprint_comes_by_the_shortcuts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails the shortcut is of no use any more, and can go."""
    owner, attribute = PARTS[name]
    ours, calls = getattr(owner, attribute), []

    def counted(*arguments: Any) -> Any:
        calls.append(1)
        return ours(*arguments)

    monkeypatch.setattr(owner, attribute, counted)
    slow: list[int] = []
    original = getattr(shortcuts, name)
    monkeypatch.setattr(shortcuts, name, lambda *arguments: slow.append(1) or original(*arguments))
    pdf()
    assert len(slow) < len(calls) / 2


@pytest.mark.parametrize("string", ["1 2", "1 2 3", "1% 2em 3 4", "1", ""])
def test_points_of_paths(string: str) -> None:
    class Drawing:
        def point(self, x: str, y: str, _: object) -> tuple[str, str]:
            return x, y

    try:
        expected = point(Drawing(), string, 10)
    except PointError:
        with pytest.raises(PointError):
            shortcuts._point(Drawing(), string, 10)
    else:
        assert shortcuts._point(Drawing(), string, 10) == expected
