"""Typesetting by part: the same pages as in one piece, nothing laid out twice, every number the right one."""

from __future__ import annotations

import io
import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest
from conftest import MANIFEST, STYLES, SVG, Maker, galleys_of, joined
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from lxml import etree, html
from PIL import Image, ImageChops

from press.check.fidelity import tagged
from press.findings import Refused
from press.folios import runs
from press.galleys import Galleys
from press.join.fonts import overlay
from press.pagemap import PageMap, words
from press.sheets import build
from press.sheets.bind import bind
from press.sheets.choices import Choices
from press.sheets.compose import compose
from press.sheets.engine import Engine, style_sheet
from press.sheets.model import Part, Slot
from press.sheets.numbers import folio
from press.sheets.part import compose_part
from press.sheets.slots import fill
from press.styles import Styles

# As few rules as a layout needs: one paragraph a page, so that a long book is made in no time.
PLAIN = """
{% for face in faces %}@font-face {font-family: "{{ face.family }}"; src: url("{{ font_url(face) }}")}
{% endfor %}
@page {size: 60mm 40mm; margin: 8mm; bleed: 3mm; @bottom-center {content: counter(page)}}
html {font: 9pt/12pt {{ stack.text }}; break-before: recto}
p {margin: 0; break-after: page}
h1, h2 {font: 9pt/12pt {{ stack.text }}; margin: 0; bookmark-level: 1}
figure {margin: 0; break-inside: avoid}
a::after {content: attr(data-folio); font-variant-numeric: tabular-nums}
"""
SHORT = "---\ntitle: {title}\nid: {name}\n---\n\n{text}\n"


def sheets_of(folder: Path, workers: int = 1) -> Path:
    """Typeset the small book in `folder`; return its sheets."""
    output = folder / "build" / "sheets" / "book"
    build(galleys_of(folder), Styles([folder / "styles", STYLES]), "book", output, workers)
    return output


def map_of(sheets: Path) -> PageMap:
    return PageMap.model_validate_json((sheets / "pages.json").read_bytes())


def plain(folder: Path) -> Path:
    """Give a book the plain layout."""
    (folder / "styles" / "pdf").mkdir(parents=True)
    (folder / "styles" / "pdf" / "book.css.j2").write_text(PLAIN, encoding="utf-8")
    return folder


def images(pdf: bytes, folder: Path) -> list[Image.Image]:
    """Return pictures of all pages."""
    folder.mkdir()
    (folder / "book.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "60", "-gray", str(folder / "book.pdf"), str(folder / "page")], check=True)
    return [Image.open(io.BytesIO(path.read_bytes())) for path in sorted(folder.glob("page*.pgm"))]


def in_one_piece(book: Path, pages: PageMap) -> bytes:
    """Lay out all parts of a book, as they were composed, as one document."""
    galleys, styles = Galleys(book / "build" / "galleys"), Styles([book / "styles", STYLES])
    css = style_sheet(styles, galleys, "book")
    engine = Engine(galleys, styles, css)
    sections = []
    for document in galleys.book.documents:
        composed, _ = compose_part(engine, bind(galleys, styles, document, "book", pages.folios), document.id)
        (section,) = composed._html.etree_element.iterfind("body/section")
        sections.append(ElementTree.tostring(section, encoding="unicode", method="html"))
    html = "".join(sections).replace('href="book:#', 'href="#')
    number = re.compile(r'data-target="([^"]+)" data-folio="[^"]+"')
    html = number.sub(lambda found: f'data-folio="{pages.folios[found[1]]}"', html)
    first = next(document for document in galleys.book.documents if document.matter == "body")
    css += "section.document {break-before: recto} section.document.imprint {break-before: verso}\n"
    css += f"@page :nth(1 of {first.id}) {{counter-reset: page 1}}\n"
    for document in galleys.book.documents:
        if document.matter == "front" and document.page not in ("half-title", "title-page", "imprint"):
            for side in ("left", "right"):
                css += f"@page {document.id}:{side} {{@bottom-{side} {{content: counter(page, lower-roman)}}}}\n"
    whole = Engine(galleys, styles, css)
    root = f'<html lang="{galleys.book.language}" dir="{galleys.book.direction}"><body>{html}</body></html>'
    return whole.write(whole.lay_out(root, "whole"), "whole")


def test_pages_are_those_of_a_whole_book_layout(small_book: Path, tmp_path: Path) -> None:
    sheets = small_book / "build" / "sheets" / "book"
    whole = in_one_piece(small_book, map_of(sheets))
    book = joined(small_book / "build").read_bytes()
    ours, theirs = images(book, tmp_path / "joined"), images(whole, tmp_path / "whole")
    assert len(ours) == len(theirs)
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True), start=1):
        assert one.size == other.size
        darkest = ImageChops.difference(one, other).getextrema()[1]
        assert darkest < 40, f"sheet {number} differs"  # a folio may stand a thousandth of its size aside
    assert len(book) < 1.05 * len(packed(whole))


def packed(pdf: bytes) -> bytes:
    """Return a PDF of WeasyPrint's saved as the joined book is, for their sizes to be compared."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    return out.getvalue()


def test_joining_adds_little(small_book: Path) -> None:
    """Fonts and pictures are in the book once: it is hardly larger than its parts' pages."""
    with pikepdf.open(joined(small_book / "build")) as pdf:
        names = [
            str(thing.FontName)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
        ]
        used = {
            str(font.DescendantFonts[0].FontDescriptor.FontName)
            for page in pdf.pages
            for _, font in page.resources.get("/Font", {}).items()
        }
    assert used <= set(names)
    assert len(used) == len({name.partition("+")[2] for name in used}), "one font a face"


def test_a_worker_forgets_the_styles_of_a_part_before_the_next(
    make_book: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part has rules of its own, so a worker would grow with every part of a long book."""
    held: list[int] = []
    forget = Engine.forget

    def forgotten(self: Engine) -> None:
        forget(self)
        held.append(sum(len(wardrobe.kinds) for wardrobe in self._fonts.wardrobes.values()))

    monkeypatch.setattr(Engine, "forget", forgotten)
    monkeypatch.setattr("press.sheets.edition._used", False)
    sheets_of(make_book({f"{n}.md": SHORT.format(title=f"T{n}", name=f"c{n}", text="Text.") for n in "123"}))
    assert held == [0, 0]


def test_an_edit_typesets_one_part(make_book: Maker) -> None:
    """And the book is the same, to the byte, as one that is made from nothing."""
    text = "One [knot]{.index} two."
    words_ = {f"{number}.md": SHORT.format(title=f"T{number}", name=f"c{number}", text=text) for number in "123"}
    folder = make_book(words_, MANIFEST + "front-matter: [contents]\nback-matter: [index]\n")
    parts = sheets_of(folder) / "parts"
    before = {path.name: path.stat().st_mtime_ns for path in parts.glob("*.pdf")}
    assert set(before) == {"contents.pdf", "c1.pdf", "c2.pdf", "c3.pdf", "index.pdf"}
    edited = folder / "manuscript" / "2.md"
    edited.write_text(edited.read_text(encoding="utf-8").replace("two", "three"), encoding="utf-8")
    sheets = sheets_of(folder)
    after = {path.name: path.stat().st_mtime_ns for path in parts.glob("*.pdf")}
    assert [name for name in before if before[name] != after[name]] == ["c2.pdf"]
    kept = joined(folder / "build").read_bytes(), (sheets / "pages.json").read_bytes()
    for path in parts.iterdir():
        path.unlink()
    sheets_of(folder, workers=2)
    assert (joined(folder / "build").read_bytes(), (sheets / "pages.json").read_bytes()) == kept


def test_a_part_that_was_left_unfinished_is_made_again(make_book: Maker) -> None:
    folder = make_book({"1.md": SHORT.format(title="T", name="c1", text="One.")})
    part = sheets_of(folder) / "parts" / "c1.pdf"
    content = part.read_bytes()
    part.unlink()
    sheets_of(folder)
    assert part.read_bytes() == content
    part.with_suffix(".json").write_text("{", encoding="utf-8")
    sheets_of(folder)
    assert json.loads(part.with_suffix(".json").read_text(encoding="utf-8"))


def test_a_chapter_of_500_pages(make_book: Maker) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(1, 501))
    folder = plain(make_book({"1.md": SHORT.format(title="Long", name="c1", text=text)}))
    sheets = sheets_of(folder)
    pages = [page for page in map_of(sheets).pages if page.document == "c1" and not page.blank]
    assert len(pages) >= 500
    pdf = pypdfium2.PdfDocument(joined(folder / "build"))
    assert pdf[pages[449].sheet - 1].get_textpage().get_text_bounded().split() == ["Paragraph", "450.", "450"]


@pytest.mark.parametrize("layout", ["book", "large"])
def test_the_thumb_index_of_a_long_book_begins_at_the_top_again(make_book: Maker, layout: str) -> None:
    galleys = Galleys(galleys_of(make_book({"1.md": "---\ntitle: T\nid: c1\nnumber: 1\n---\n\nText.\n"})))
    (chapter,) = [document for document in galleys.book.documents if document.type == "chapter"]
    many = [chapter.model_copy(update={"id": f"c{count}", "number": count}) for count in range(1, 225)]
    galleys.book = galleys.book.model_copy(update={"documents": many})
    css = style_sheet(Styles([STYLES]), galleys, layout)
    places = {
        name: (float(top), float(height))
        for name, top, height in re.findall(
            r"@page (c\d+):right \{\s*background: .* ([\d.]+)mm / \d+mm ([\d.]+)mm;", css
        )
    }
    assert len(places) == 224 and places["c21"] == places["c1"] != places["c20"]
    assert all(height > 9 / 72 * 25.4 for _, height in places.values()), "a number of 9 pt fits"
    assert "padding-top: -" not in css


def test_one_chapter_and_an_empty_one(make_book: Maker) -> None:
    folder = make_book({"1.md": "---\ntitle: Empty\nid: c1\n---\n"})
    (page,) = map_of(sheets_of(folder)).pages
    assert (page.folio, page.document, page.word, page.first) == ("1", "c1", 0, "Empty")


def test_a_picture_taller_than_the_page_is_a_finding(make_book: Maker) -> None:
    tall = SVG.format("").replace('height="40pt" viewBox="0 0 60 40"', 'height="900pt" viewBox="0 0 60 900"')
    text = '![Caption.](images/tall.svg){#fig-tall alt="A rope."}'
    folder = plain(make_book({"1.md": SHORT.format(title="T", name="c1", text=text)}, images={"tall.svg": tall}))
    with pytest.raises(Refused) as refused:
        sheets_of(folder)
    assert "manuscript/1.md" in str(refused.value)
    assert "images/tall.svg does not fit on a page" in str(refused.value)


@pytest.mark.parametrize(("layout", "foot"), [("book", 60), ("large", 90)])
def test_every_number_is_that_of_its_page(small_book: Path, large: Path, layout: str, foot: int) -> None:
    """Folios, contents, references and index, read back from where they are printed and clicked."""
    path = joined(small_book / "build", layout)
    pages = map_of(small_book / "build" / "sheets" / layout).pages
    text = pypdfium2.PdfDocument(path)
    read = 0
    with pikepdf.open(path) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        targets = pikepdf.NameTree(pdf.Root.Names.Dests)
        for number, page in enumerate(pdf.pages):
            assert str(page.label) == pages[number].folio
            left, bottom, right, _ = map(float, page.trimbox)
            shown = text[number].get_textpage().get_text_bounded(left, bottom, right, bottom + foot).split()
            assert pages[number].blank or pages[number].document in ("title-page", "imprint") or page.label in shown
            for annotation in page.obj.get("/Annots", ()):
                if "/Dest" not in annotation or re.search("-(note|call)-", str(annotation.Dest)):
                    continue
                clicked = text[number].get_textpage().get_text_bounded(*map(float, _rectangle(annotation)))
                printed = re.search(r"(?:^|[ .])([ivx]+|\d+)\s*$", clicked)
                if printed and (pages[number].document in ("contents", "index") or printed[0] == clicked):
                    sheet = numbers[targets[str(annotation.Dest)][0].objgen]
                    assert printed[1] == pages[sheet].folio, (number, clicked)
                    read += 1
    assert read > 12


def _rectangle(annotation: pikepdf.Object) -> tuple[float, float, float, float]:
    a, b, c, d = (float(side) for side in annotation.Rect)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def test_a_note_call_stays_with_its_word(small_book: Path) -> None:
    """No line parts them, nor two calls in a row."""
    galleys = Galleys(small_book / "build" / "galleys")
    folios = map_of(small_book / "build" / "sheets" / "book").folios
    bound = bind(galleys, Styles([STYLES]), galleys.book.document("kreuzknoten"), "book", folios)
    spans = html.document_fromstring(bound.html).xpath("//span[@class='called']")
    assert len(spans) == sum(note.document == "kreuzknoten" for note in galleys.book.notes)
    for span in spans:
        assert span.text and not re.search(r"\s", span.text)
        assert [child.get("class").split()[0] for child in span] == ["note-call", "note"]


def test_the_page_map_names_the_first_word_of_each_page(small_book: Path) -> None:
    galleys = Galleys(small_book / "build" / "galleys")
    text = pypdfium2.PdfDocument(joined(small_book / "build"))
    last = ("", -1)
    for page in map_of(small_book / "build" / "sheets" / "book").pages:
        if page.word is None:
            continue
        counted = words(galleys.tree(galleys.book.document(page.document)).find(".//{*}section"))
        assert counted[page.word] == page.first
        assert (page.document, page.word) > last or page.document != last[0]
        last = page.document, page.word
        if galleys.book.document(page.document).direction == "ltr":
            shown = "".join(text[page.sheet - 1].get_textpage().get_text_bounded().split()).casefold()
            assert re.sub(r"[^\w]", "", page.first or "").casefold() in re.sub(r"[^\w]", "", shown)


def test_a_term_on_pages_in_a_row_is_a_range() -> None:
    folios = {"a": "12", "b": "45", "c": "46", "d": "47", "e": "12", "f": "ix", "g": "x", "h": "49"}
    assert runs(list("abcdefgh"), folios) == [("f", "g"), ("a", "a"), ("b", "d"), ("h", "h")]


def test_ranges_in_a_real_index(make_book: Maker) -> None:
    text = "\n\n".join(f"[Rope]{{.index}} {number}." for number in range(1, 4)) + "\n\n[Knot]{.index}"
    folder = plain(
        make_book({"1.md": SHORT.format(title="T", name="c1", text=text)}, MANIFEST + "back-matter: [index]\n")
    )
    sheets = sheets_of(folder)
    first = next(page.sheet for page in map_of(sheets).pages if page.document == "index")
    pdf = pypdfium2.PdfDocument(joined(folder / "build"))
    shown = " ".join(pdf[number].get_textpage().get_text_bounded() for number in range(first - 1, len(pdf)))
    assert re.search(r"Rope\s+1–3\b", shown), shown
    assert re.search(r"Knot\s+4\b", shown), shown


def test_large_print_sets_wide_tables_row_below_row(make_book: Maker) -> None:
    """Each cell stands behind the head of its column, which is told to those who look: to others the table tells it."""
    table = "| Knot | Holds | Loosens |\n|---|---|---|\n| Reef | a parcel | when pulled |\n\n: Two {#tbl-two}\n"
    folder = make_book({"1.md": SHORT.format(title="T", name="c1", text=table)})
    output = folder / "build" / "sheets" / "large"
    build(galleys_of(folder), Styles([STYLES]), "large", output, 1)
    with pypdfium2.PdfDocument(joined(folder / "build", "large")) as pdf:
        shown = " ".join(pdf[0].get_textpage().get_text_bounded().split())
    assert "Knot · Holds · Loosens Reef Holds: a parcel Loosens: when pulled" in shown
    said = " ".join(placed.word.text for placed in tagged.read(joined(folder / "build", "large")))
    assert "Knot Holds Loosens Reef a parcel when pulled" in said


def test_a_placeholder_that_cannot_be_filled_is_a_finding() -> None:
    slot = Slot(page=0, target="x", length=1, align="left", glyphs=0)
    glyphs = {figure: (int(figure) + 10, 500.0, 0.0) for figure in "0123456789"}
    part = Part(
        id="c1",
        digest="",
        basis="",
        choices=Choices(),
        opens="recto",
        leaves=[],
        anchors={},
        bookmarks=[],
        slots=[slot],
        glyphs=[glyphs],
    )
    content = b"/Span <</MCID 3 /Slot 0>> BDC BT [<000a>] TJ ET EMC"
    assert fill(content, part, ["7"]) == b"/Span <</MCID 3>> BDC BT [<0011>] TJ ET EMC"
    for broken in (content.replace(b"TJ", b"Tj"), content.replace(b"EMC", b"")):
        with pytest.raises(Refused):
            fill(broken, part, ["7"])


def test_folios_are_roman_before_the_body() -> None:
    assert [folio(sheet, 4) for sheet in range(6)] == ["i", "ii", "iii", "iv", "1", "2"]


def subset(names: list[str], parts: tuple[int, int], drawn: set[int]) -> bytes:
    """Return a font whose third glyph is made of the glyphs `parts`; only `drawn` have outlines."""

    def square(side: int) -> object:
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        for corner in ((side, 0), (side, side), (0, side)):
            pen.lineTo(corner)
        pen.closePath()
        return pen.glyph()

    composite = TTGlyphPen(dict.fromkeys(names))
    for height, part in enumerate(parts):
        composite.addComponent(names[part], (1, 0, 0, 1, 0, 500 * height))
    glyphs = [square(10 + 100 * at) for at in range(len(names))]
    glyphs[2] = composite.glyph()
    empty = TTGlyphPen(None).glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({})
    font.setupGlyf({name: glyphs[at] if at in drawn else empty for at, name in enumerate(names)})
    font.setupHorizontalMetrics({name: (600 if at in drawn else 0, 0) for at, name in enumerate(names)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupMaxp()
    font.setupPost(keepGlyphNames=True)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def test_fonts_of_one_face_are_laid_over_each_other() -> None:
    """Composite glyphs keep their look though their parts have other numbers in each subset: here 3 and 4, which are
    glyphs of their own in another.
    """
    one = subset([".notdef", "a", "b", "x", "y"], (3, 4), {0, 2, 3, 4})
    other = subset([".notdef", "p", "q", "r", "s", "t"], (1, 1), {0, 1, 3, 4})
    for subsets in ([(one, {2}), (other, {1, 3, 4})], [(other, {1, 3, 4}), (one, {2})]):
        united = TTFont(io.BytesIO(overlay(subsets)))
        glyphs, order = united["glyf"], united.getGlyphOrder()
        assert [glyphs[name].numberOfContours for name in order] == [1, 1, 2, 1, 1, 0]
        widest = [max(x for x, _ in glyphs[name].coordinates) for name in order[:5]]
        assert widest == [10, 110, 410, 310, 410]
        assert max(y for _, y in glyphs[order[2]].coordinates) == 910
        assert [united["hmtx"][name][0] for name in order[:5]] == [600] * 5


def test_a_part_is_composed_once(make_book: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the width of its page numbers was guessed wrongly, and when that width changes by an edit elsewhere."""
    composed: list[str] = []

    def counted(page: etree._Element, *others: Any) -> Any:
        composed.append(page.findtext(".//h1"))
        return compose(page, *others)

    monkeypatch.setattr("press.sheets.part.compose", counted)
    first = "\n\n".join(["[The end](#end)", *(f"{number}." for number in range(6))])
    last = "## Here {#end}\n\nThe end."
    texts = {
        "1.md": SHORT.format(title="A", name="c1", text=first),
        "2.md": SHORT.format(title="B", name="c2", text=last),
    }
    folder = plain(make_book(texts))
    sheets = sheets_of(folder)
    assert composed == ["A", "B"]
    longer = texts["1.md"].replace("0.", "0.\n\n" + "More.\n\n" * 4)
    for text, again in ((longer, ["A"]), (texts["1.md"], ["A"])):
        (folder / "manuscript" / "1.md").write_text(text, encoding="utf-8")
        composed.clear()
        sheets_of(folder)
        assert composed == again
        target = next(page.folio for page in map_of(sheets).pages if page.document == "c2")
        pdf = pypdfium2.PdfDocument(joined(folder / "build"))
        assert target in pdf[0].get_textpage().get_text_bounded() + pdf[1].get_textpage().get_text_bounded()
