"""Lines that are filled by what words measure are those of WeasyPrint, which shapes each of them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import weasyprint
from weasyprint.layout import inline
from weasyprint.text import line_break

from press.sheets import filling

ROOM = [None, 0.0, 20.3, 71.2, 128.7, 200.1, 310.9]  # px
TEXTS = [
    "Some of the words in this paragraph are rather extraordinarily long, and some of them are very short indeed.",
    " A well-known half-truth — or two–three 1–2 mm “quotations” of uncomfortable measurements… and/or https://x.org ",
    "To AV Wave Ty To. Yes, Vy Té Tomorrow VAT You WAVE: for T V, W Y.",  # kerned with the space in many faces
    "“Quotations” (parentheses) are not broken; nor “these” (after quotation marks)",
    "A\u00a0no-break space, a zero\u200bwidth space, a joined\u2060word: 5\u00a0% of 10.1016/\u200bj.apmr.2018.06.014",
    "Hyphenation,misplaced punctuation-marks; interdisciplinary·considerations 'unquestionably'",
    "Extraordinarily",
    "Extraordinarily ",
    "well-known",
    " ",
    "",
    "naïve façade Ångström œuvre — déjà-vu à l’Hôpital-Général, übergrößenträger",
    "soft\u00adhyphens in inter\u00adnational words",
    "Ελληνικά and кириллица, עברית and 漢字かな",
    "two\nlines\tand a tab",
    "x" * 500 + " and more of it",
    "a b " * 150,
]
STYLES = [
    "",
    "hyphens: auto",
    "hyphens: auto; hyphenate-limit-chars: 6 3 3; hyphenate-limit-zone: 10%; font-kerning: normal",
    "hyphens: auto; overflow-wrap: anywhere",
    "overflow-wrap: break-word; word-break: break-all",
    "white-space: nowrap; hyphens: auto",
    "white-space: pre-wrap",
    "letter-spacing: .1em; word-spacing: 2pt",
    "font: italic bold 8.3pt sans-serif; font-variant: small-caps oldstyle-nums; text-decoration: underline",
    "hyphens: auto; hyphenate-character: '='",
    "hyphens: auto; direction: rtl",
]


def style_of(declared: str) -> Any:
    """Return WeasyPrint's style of a text."""
    html = weasyprint.HTML(string=f'<html lang="en"><p style="{declared}">Text')
    boxes = html.render().pages[0]._page_box.descendants()
    return next(box.style for box in boxes if hasattr(box, "text"))


def lines(split: Any, text: str, style: Any, room: float | None) -> Iterator[tuple[Any, ...]]:
    """Give the lines of a text, with all that is known of each."""
    context, number = SimpleNamespace(dictionaries={}), 0
    while text is not None and number < 12:
        layout, length, resume_at, *size = split(text, style, context, room, 1.5, minimum=room == 0)
        told = {name: value for name, value in layout.__dict__.items() if name != "max_width"}
        yield text, told, length, resume_at, *size
        if not resume_at:
            return
        text, number = text.encode()[resume_at:].decode(), number + 1


@pytest.mark.parametrize("declared", STYLES)
def test_lines_are_the_same(declared: str) -> None:
    style = style_of(declared)
    for text in TEXTS:
        for room in ROOM:
            theirs = list(lines(filling.split_first_line, text, style, room))
            assert list(lines(filling._split_first_line, text, style, room)) == theirs


def test_weasyprint_comes_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails the filling is of no use any more, and can go."""
    slow, shaped = [], []
    theirs, own = filling.split_first_line, line_break.Layout.get_first_line
    monkeypatch.setattr(filling, "split_first_line", lambda *all_of: slow.append(1) or theirs(*all_of))
    monkeypatch.setattr(line_break.Layout, "get_first_line", lambda self: shaped.append(1) or own(self))
    assert inline.split_first_line is filling._split_first_line
    html = weasyprint.HTML(string=f"<html lang=en><style>p {{ hyphens: auto; width: 9em }}</style><p>{TEXTS[0] * 9}")
    boxes = html.render().pages[0]._page_box.descendants()
    assert len([box for box in boxes if hasattr(box, "text")]) > 40
    assert (len(slow), len(shaped) < 10) == (0, True)
