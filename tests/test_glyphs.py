"""Old-style and lining figures, and small capitals: the glyphs that stand in the PDF, and by which feature of the face.

WeasyPrint keeps the glyph ids of a face in what it embeds of it, so that a glyph is known by its name there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pytest
from conftest import HOME, STYLES
from fontTools.ttLib import TTFont
from test_typography import book  # noqa: F401  (a fixture)

from press.galleys import Galleys
from press.pagemap import PageMap
from press.sheets.engine import Engine, style_sheet
from press.sheets.slots import Slots
from press.sheets.tags import tagged
from press.styles import Styles

SERIF, SANS = "Source-Serif-4", "Source-Sans-3"
FILES = {SERIF: "SourceSerif4-Regular.ttf.woff2", SANS: "SourceSans3-Regular.ttf.woff2"}
FIGURES = set("zero one two three four five six seven eight nine".split())


class Run(NamedTuple):
    """Glyphs that were shown at once, by their names, in a face and size (pt)."""

    face: str
    size: float
    glyphs: list[str]


@cache
def face(name: str) -> TTFont:
    return TTFont(STYLES / "fonts" / FILES[name])


@cache
def made_by(name: str, feature: str) -> set[str]:
    """Return the glyphs that a feature of a face puts in place of others."""
    table = face(name)["GSUB"].table
    places = {
        n for one in table.FeatureList.FeatureRecord if one.FeatureTag == feature for n in one.Feature.LookupListIndex
    }
    tables = [getattr(each, "ExtSubTable", each) for n in places for each in table.LookupList.Lookup[n].SubTable]
    return {glyph for each in tables for glyph in getattr(each, "mapping", {}).values()}


def runs(page: pikepdf.Page) -> Iterator[Run]:
    """Give what a page shows in the faces of text and tables, in the order of its content."""
    named, size = "", 0.0
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            named, size = str(page.Resources.Font[str(operands[0])].BaseFont)[8:].rstrip(","), float(operands[1]) * 0.75
        elif str(operator) == "TJ" and named in FILES:
            shown = b"".join(bytes(each) for each in operands[0] if isinstance(each, pikepdf.String))
            ids = [int.from_bytes(shown[place : place + 2], "big") for place in range(0, len(shown), 2)]
            yield Run(named, round(size, 1), [face(named).getGlyphName(glyph) for glyph in ids])


def figures(found: list[Run], name: str, size: float) -> list[str]:
    return [glyph for run in found if run[:2] == (name, size) for glyph in run.glyphs if glyph.split(".")[0] in FIGURES]


def faults(found: list[Run]) -> set[str]:
    """Tell what is wrong with the figures of text and tables."""
    old = made_by(SERIF, "onum") | made_by(SERIF, "smcp")
    strange = {
        "figures in text": [glyph for glyph in figures(found, SERIF, 10.4) if glyph not in old],
        "figures in a table": [glyph for glyph in figures(found, SANS, 8.8) if glyph in made_by(SANS, "onum")],
    }
    return {name for name, glyphs in strange.items() if glyphs}


def first_line(found: list[Run]) -> list[str]:
    """Return the small letters of the first line of text that are no small capitals."""
    first = next(run for run in found if run[:2] == (SERIF, 10.4))
    return [glyph for glyph in first.glyphs if len(glyph) == 1 and glyph.islower()]


WORDS = "Some words of a chapter that was written in 1984 and read by 3,567 people. " * 3
CHAPTER = f"""<html lang="en" class="book chapter"><body><section class="document chapter" id="one">
<p>{WORDS}</p><p>{WORDS}</p><div class="table"><table><tr><td>1234567890</td></tr></table></div>
</section></body></html>"""


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("", ""),
        ("font-variant-numeric: oldstyle-nums proportional-nums; ", "figures in text"),
        ("font-variant-numeric: lining-nums; hyphens: manual", "figures in a table"),
        ("font-variant-caps: small-caps; letter-spacing: .03em", "first line"),
    ],
)
def test_glyphs_are_told_apart(
    small_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: str, fault: str
) -> None:
    """Each is found to be wrong when its rule is taken from the style sheet."""
    monkeypatch.setattr("press.sheets.engine.teach", lambda *_: None)  # hyphenation is no matter here
    galleys, styles = Galleys(small_book / "build" / "galleys"), Styles([STYLES])
    css = style_sheet(styles, galleys, "book")
    assert rule in css
    engine = Engine(galleys, styles, css.replace(rule, "") if rule else css)
    document = engine.layouter().render(CHAPTER)
    with tagged(Slots(document)):
        document.write_pdf(tmp_path / "one.pdf", pdf_tags=True)
    with pikepdf.open(tmp_path / "one.pdf") as pdf:
        found = list(runs(pdf.pages[0]))
    assert len(figures(found, SERIF, 10.4)) > 20 and len(figures(found, SANS, 8.8)) == 10
    wrong = faults(found) | ({"first line"} if first_line(found) else set())
    assert wrong == ({fault} if fault else set())


def test_figures_and_first_lines_of_the_book(book: Galleys) -> None:  # noqa: F811
    """Old-style in the text of chapters, lining in their tables, and small capitals where they begin."""
    chapters = {one.id for one in book.book.documents if one.type == "chapter"}
    pages = PageMap.model_validate_json((HOME / "build" / "sheets" / "book" / "pages.json").read_bytes()).pages
    begun: set[str] = set()
    counted = 0
    with pikepdf.open(HOME / "build" / f"{book.book.slug}.pdf") as pdf:
        for page in pages:
            if page.document in chapters and not page.blank:
                found = list(runs(pdf.pages[page.sheet - 1]))
                assert faults(found) == set(), page.folio
                counted += len(figures(found, SERIF, 10.4))
                if page.document not in begun:
                    assert first_line(found) == [], page.folio
                begun.add(page.document)
    assert begun == chapters and counted > 500
