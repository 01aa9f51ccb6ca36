"""The shortcuts give what WeasyPrint's own functions give, and WeasyPrint comes by them."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
import weasyprint
from weasyprint.css import ComputedStyle, StyleFor
from weasyprint.draw import text as draw_text
from weasyprint.formatting_structure.boxes import Box, LineBox
from weasyprint.layout import block, inline, page
from weasyprint.pdf import fonts
from weasyprint.svg import SVG, TAGS
from weasyprint.svg.path import path
from weasyprint.text.fonts import FontConfiguration
from weasyprint.text.line_break import Layout

from press.sheets import drawing, filling, lettering, shortcuts, styling

PATHS = [
    "M10 10L20-5 .5 4C1 2 3 4 5 6 7 8 9 10 11 12.25zM3 3l1 2-3.5 .1c.1 .2 .3 0 1-1.3",
    "m1 2 3 4h5v-6H.1V7zl1 1z z m2 2z M5 5 6 6 M7 7z",
    "M10,10L20-5.5.5 4e1C1 2 3 4 5 6 7 8 9 10 11 12s1 2 3 4q1 1 2 2t3 3a5 5 0 0 1 9 9H4V5h1v1z",
    "M 10% 2em L 5mm 7 l 1",
    "M1 2 3",
    "L5 5M1 1",
    "",
]
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90" width="200" height="200">'
    + "".join(f'<path d="{data}" fill="red"/>' for data in PATHS)
    + '<defs><marker id="m"><path d="M0 0L1 1"/></marker></defs><path d="M9 9L20 20" marker-end="url(#m)"/>'
    '<polygon points="1,2 3,4 5%,6"/><text x="9" y="9" text-anchor="end">plate</text></svg>'
)
STYLE = """
@page { size: 300pt 400pt; margin: 20pt; @bottom-left { content: counter(page) } } @page :left { margin: 9pt }
html { font: 10pt/15pt serif; hyphens: auto }
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
SHEET = weasyprint.CSS(
    string=STYLE + '#odd\\"id { color: red } h2::before { content: "No. "; color: blue } :lang(de) { hyphens: none }'
)
STYLED = [
    BODY,
    '<h2 id="a">One</h2><p id="b">A note<em id="c" style="color: red">, <a name="d" href="#a">linked</a></em></p>',
    '<h2 id="b">Two</h2><p id="b" lang="de">Ein Wort<em id="c" style="color: blue"> und <i>noch</i> eines</em></p>',
    '<h2 id="odd&quot;id">Three</h2><ol id="e"><li id="f">Item<li lang="de">Ding<li id="g">Item</ol>' + BODY,
]
PARTS = {
    "resolve_percentages": (shortcuts, inline, "resolve_percentages"),
    "strut": (shortcuts, inline, "strut"),
    "compute": (shortcuts, ComputedStyle, "__missing__"),
    "copy": (shortcuts, Box, "copy"),
    "is_in_normal_flow": (shortcuts, Box, "is_in_normal_flow"),
    "can_break_text": (filling, inline, "can_break_text"),
    "setup": (lettering, Layout, "setup"),
    "add_word_spacing": (lettering, inline, "add_word_spacing"),
    "draw_first_line": (drawing, draw_text, "draw_first_line"),
}


def pdf(body: str = BODY + DRAWING, fonts: FontConfiguration | None = None) -> list[bytes]:
    """Return the objects of a PDF with text and drawings; of shown text, each glyph and how far it moves the next."""
    html = weasyprint.HTML(string=f'<html lang="en">{body}')
    css = weasyprint.CSS(string=STYLE) if fonts is None else SHEET
    with pikepdf.open(BytesIO(html.write_pdf(stylesheets=[css], font_config=fonts, uncompressed_pdf=True))) as made:
        things = [
            thing.read_bytes() if isinstance(thing, pikepdf.Stream) else thing.unparse() for thing in made.objects
        ]
    return [re.sub(rb"\[([^\[\]]*)\] TJ", lambda shown: repr(glyphs(shown[1])).encode(), thing) for thing in things]


def glyphs(array: bytes) -> list[tuple[bytes, float]]:
    """Return the glyphs of a TJ operator, four figures each, and the sum of the moves behind each."""
    moved = [(b"", 0.0)]
    for text, move in re.findall(rb"<([0-9a-f]*)>|(-?[0-9.]+)(?=[ <]|$)", array):
        if move:
            moved[-1] = moved[-1][0], moved[-1][1] + float(move)
        moved += [(text[at : at + 4], 0.0) for at in range(0, len(text), 4)]
    return moved


@contextmanager
def without_shortcuts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(TAGS, "path", path)
        patch.setattr(fonts, "ffi", drawing.ffi)
        patch.setattr(block, "resolve_percentages", shortcuts.resolve_percentages)
        patch.setattr(StyleFor, "__call__", styling.style_for)
        for name, (ours, owner, attribute) in PARTS.items():
            patch.setattr(owner, attribute, getattr(ours, name))
        patch.setattr(StyleFor, "__init__", styling.style_all)
        patch.setattr(page, "set_page_type_computed_styles", styling.style_page)
        yield


@pytest.mark.parametrize("ours", [True, False])
def test_a_text_that_fits_but_for_its_blank_is_not_broken_after_a_word(
    ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once WeasyPrint does that itself, `_split_first_line` can go."""
    if not ours:
        monkeypatch.setattr(inline, "split_first_line", lettering.split_first_line)
    begins = set()
    for width in range(250, 270):
        style = f"@page {{ size: {width / 2}pt 200pt; margin: 0 }} p {{ margin: 0; font: 10pt/15pt serif }}"
        html = weasyprint.HTML(string=f"<style>{style}</style><p>Some of the words and <em>enough</em> more")
        boxes = html.render().pages[0]._page_box.descendants()
        line = next(box for box in boxes if isinstance(box, LineBox))
        begins.add("".join(getattr(box, "text", "") for box in line.descendants()))
    assert begins == {"Some of the words", "Some of the words and"} | (set() if ours else {"Some"})


def test_pages_are_the_same() -> None:
    with without_shortcuts():
        theirs = pdf()
    assert pdf() == theirs


@pytest.mark.parametrize("name", PARTS)
def test_weasyprint_comes_by_the_shortcuts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this fails the shortcut is of no use any more, and can go."""
    module, owner, attribute = PARTS[name]
    ours, calls = getattr(owner, attribute), []

    def counted(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        return ours(*arguments, **named)

    monkeypatch.setattr(owner, attribute, counted)
    slow: list[int] = []
    original = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *arguments, **named: slow.append(1) or original(*arguments, **named))
    pdf()
    assert len(slow) < len(calls) * 0.8


@pytest.mark.parametrize(("data", "plain"), [(data, number < 2) for number, data in enumerate(PATHS)])
def test_paths(data: str, plain: bool) -> None:
    """Plain paths are written at once, and all are as WeasyPrint writes them."""

    def drawn(draw: Any) -> bytes:
        svg = SVG(weasyprint.svg.ElementTree.fromstring("<svg/>"), "", None)
        svg.stream, svg.inner_width, svg.inner_height = weasyprint.pdf.pydyf.Stream(), 90, 90
        node = SimpleNamespace(attrib={"d": data}, vertices=[], get=lambda _name, default=None: data or default)
        try:
            draw(svg, node, 16)
        except Exception as error:
            svg.stream.stream.append(repr(error).encode())
        return b"\n".join(svg.stream.stream)

    assert (drawing._operators(data) is not None) >= plain
    assert drawn(TAGS["path"]) == drawn(path)


def test_styles_are_shared_by_what_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    create = ComputedStyle.__init__
    monkeypatch.setattr(
        ComputedStyle, "__init__", lambda self, *arguments: made.append(arguments[2]) or create(self, *arguments)
    )
    fonts = FontConfiguration()

    def new(body: str) -> int:
        before = len(made)
        weasyprint.HTML(string=body).render(font_config=fonts)
        return [name for name in made[before:] if not str(name).startswith("@")].count(None)

    items = "<ul id=a><li id=b>One<li>Two<li id=c>Three</ul>"
    assert new(items) == 6  # page, html, head, body, list, item
    assert (new(items + "<p>Words<p id=d>Words"), new("<p id=e>Words")) == (1, 0)
    assert made.count("marker") == 1
    assert "note-call" not in made


def test_shared_styles_give_the_same_pages() -> None:
    """Of documents one after another; a name that two elements have is reported each time."""
    fonts = FontConfiguration()
    shared = [pdf(body, fonts) for body in STYLED * 2]
    with without_shortcuts():
        assert shared == [pdf(body, FontConfiguration()) for body in STYLED * 2]


def test_deep_calls_map_no_memory() -> None:
    """Where the first figure falls, Python has mended it, and `roomy` can go."""

    def leaf(number: int) -> int:
        return number

    def faults(depth: int) -> int:
        if depth:
            return faults(depth - 1)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for number in range(300):
            leaf(number)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    def most() -> int:
        return max(faults(depth) for depth in range(200))

    assert most() >= 300
    assert shortcuts.roomy(most)() < 30


def test_arrays_of_glyphs_cost_no_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: set[str] = set()
    types = fonts.ffi.new
    monkeypatch.setattr(drawing._Types, "new", lambda _, kind, *values: kinds.add(kind) or types(kind, *values))
    pdf()
    assert any(kind.startswith("hb_codepoint_t[") for kind in kinds)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no library is searched for")
def test_weasyprint_is_imported_quickly() -> None:
    """Where it searches and loads nothing by itself, WeasyPrint has mended it, and `libraries.py` can go."""
    start = "import ctypes.util, sys; asked = []; ctypes.util.find_library = asked.append; {}; "
    told = "print(len(asked), *(name in sys.modules for name in ('fontTools.subset', 'fontTools.varLib.instancer')))"
    quick = "from press.sheets.libraries import quickly; exec('with quickly():\\n import weasyprint')"
    late = "from weasyprint.pdf.fonts import subset, instantiateVariableFont; subset.Subsetter(subset.Options())"

    def said(code: str) -> list[str]:
        done = [sys.executable, "-c", start.format(code) + told]
        return subprocess.run(done, capture_output=True, text=True, check=True).stdout.split()

    searches, *loaded = said("import weasyprint")
    assert int(searches) > 10 and loaded == ["True", "True"]
    assert said(quick) == ["0", "False", "False"]
    assert said(f"{quick}; {late}") == ["0", "True", "False"], "what was to come late comes"
