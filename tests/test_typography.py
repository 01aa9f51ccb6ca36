"""Typography: how pages are composed, on small parts laid out on the spot, and read back from the PDFs of the books."""

from __future__ import annotations

import subprocess
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pikepdf
import pyphen
import pytest
import weasyprint
from conftest import HOME, STYLES, snakemake
from lxml import etree, html
from pypdfium2 import PdfDocument, PdfPage, raw

from press.check import check, composition
from press.check.fidelity.tagged import pieces
from press.galleys import Galleys
from press.pagemap import Page, PageMap
from press.sheets import facing, flow, judge
from press.sheets.compose import carry_out, compose
from press.sheets.hyphenation import teach
from press.sheets.layouts import Layouter
from press.sheets.slots import Slots
from press.sheets.tags import tagged
from press.styles import Styles

MM = 72 / 25.4  # pt

# A page of twenty lines of 15 pt, fifty letters wide, in whatever font the machine has: only lines are counted here.
PAGE = """
@page { size: 300pt 320pt; margin: 10pt 0 10pt 0 }
html { font: 10pt/15pt monospace; hyphens: auto } body, p { margin: 0 }
p { text-align: justify; orphans: 2; widows: 2 }
h2 { font-size: 12pt; line-height: 17pt; margin: 0 0 4pt; break-after: avoid }
figure { margin: 0 0 15pt; break-inside: avoid } figure div { height: 130pt }
.note { float: footnote; font-size: 8pt; line-height: 11pt } .note::footnote-call { content: none }
.unbroken { hyphens: none }
"""
LINE = "These words fill a line of the page all right. "  # 47 letters: one line of the measure, nearly
FIGURE = '<figure id="plate"><div></div></figure>'


def laid_out(body: str, notes: dict[str, str] | None = None, css: str = "") -> list[flow.Sheet]:
    """Compose a part that holds `body`; return its pages."""
    page = html.document_fromstring(f'<html lang="en"><body><section class="document">{body}</section></body></html>')
    layouter = Layouter(lambda markup: weasyprint.HTML(string=markup), [weasyprint.CSS(string=PAGE + css)])
    layout, choices = compose(page, layouter, notes or {})
    return flow.read(carry_out(page, layouter, notes or {}, choices, layout).pages)


def names(sheet: flow.Sheet) -> list[str]:
    return [fragment.name for fragment in sheet.fragments]


def paragraphs(*lines: int) -> str:
    return "".join(f"<p>{LINE * count}</p>" for count in lines)


@pytest.mark.parametrize("height", [18, 22, 28, 31])
def test_what_follows_a_block_is_back_on_the_grid(height: int) -> None:
    block = f'<figure style="height: {height}pt"></figure>'
    sheets = laid_out(paragraphs(3) + block + paragraphs(3) + "<h2>One</h2>" + paragraphs(2))
    tops = [line.top for sheet in sheets for one in sheet.fragments if one.name == "p" for line in one.lines]
    assert len(tops) >= 8
    assert all(abs(top / 15 - round(top / 15)) < 0.01 for top in tops), tops
    assert judge.off_grid(sheets) == {}


def test_a_figure_that_does_not_fit_is_set_later_and_leaves_no_white() -> None:
    sheets = laid_out(paragraphs(5, 5, 5) + FIGURE + paragraphs(4, 4, 4, 4, 4, 4))
    assert all(sheet.white < 3 * 15 for sheet in sheets[:-1]), [sheet.white for sheet in sheets]
    assert names(sheets[0]) == ["p"] * len(sheets[0].fragments), "text fills the first page"
    assert "figure" in names(sheets[1])


def test_a_figure_stays_in_its_section() -> None:
    body = f"<section>{paragraphs(5, 5, 5)}{FIGURE}</section><section><h2>Next</h2>{paragraphs(4, 4)}</section>"
    order = [fragment.name for sheet in laid_out(body) for fragment in sheet.fragments]
    assert order.index("figure") < order.index("h2")


def test_a_note_comes_to_the_page_of_its_call_without_a_hole() -> None:
    note = '<a id="call">1</a><span class="note" id="note">' + "Long, as notes are. " * 20 + "</span>"
    for lines in range(6, 18):
        sheets = laid_out(
            paragraphs(lines, 2) + f"<p>{LINE * 3}{note} {LINE * 6}</p>" + paragraphs(6), {"note": "call"}
        )
        (called,) = (sheet for sheet in sheets if "call" in sheet.ids)
        assert "note" in called.ids, lines
        white = [sheet.white for sheet in sheets[:-1]]
        assert all(left < 8 * 15 for left in white), (lines, white)  # 8 lines: the note's own height


def test_no_heading_stands_at_the_foot_of_a_page() -> None:
    for lines in range(14, 21):
        for sheet in laid_out(paragraphs(lines) + "<h2>Heading</h2>" + paragraphs(6)):
            assert names(sheet)[-1] != "h2", lines


@pytest.mark.parametrize("lines", [8, 9])
def test_facing_pages_end_within_a_line_of_each_other(lines: int) -> None:
    """A verso that a heading has left is filled around its figure; no line changes its page."""
    first = paragraphs(20)
    verso = paragraphs(4) + '<figure style="height: 60pt"></figure>' + paragraphs(lines)
    body = f"{first}{verso}<h2>Heading</h2>{paragraphs(9, 9, 20, 20)}"
    page = html.document_fromstring(f'<html lang="en"><body><section class="document">{body}</section></body></html>')
    flow.number_blocks(page)
    layouter = Layouter(lambda markup: weasyprint.HTML(string=markup), [weasyprint.CSS(string=PAGE)])
    document = layouter.render(page)
    before = flow.read(document.pages)
    facing.level(document.pages)
    after = flow.read(document.pages)
    assert abs(before[1].short - before[2].short) > 16, "or there is nothing to be seen here"
    assert abs(after[1].short - after[2].short) <= 15.1
    assert [[line.text for one in sheet.fragments for line in one.lines] for sheet in before] == [
        [line.text for one in sheet.fragments for line in one.lines] for sheet in after
    ]
    assert judge.off_grid(after) == judge.off_grid(before)


LOOSE = ".loose { letter-spacing: .06em }"


def feet(sheets: list[flow.Sheet]) -> list[int]:
    """Return how many lines each page is short."""
    return [round(sheet.short / 15) for sheet in sheets]


def test_a_paragraph_takes_a_line_more_where_facing_pages_would_be_apart() -> None:
    """The heading leaves three lines of the verso white, and nothing on it can be set lower; its breaks stay."""
    body = f"{paragraphs(20)}{paragraphs(5, 6, 6)}<h2>Heading</h2>{paragraphs(9, 9, 20, 20)}"
    plain, loose = laid_out(body), laid_out(body, css=LOOSE)
    assert feet(plain)[1:3] == [3, 0]
    assert feet(loose)[1:3] == [1, 0]
    assert [names(sheet) for sheet in loose] == [names(sheet) for sheet in plain]


def test_a_page_hands_lines_over_to_a_shorter_one() -> None:
    """The recto is left by a heading: the verso gives it a line of the paragraph that goes on."""
    body = f"{paragraphs(20, 10, 17, 10)}<h2>Heading</h2>{paragraphs(9, 9, 20, 20)}"
    page = html.document_fromstring(f'<html lang="en"><body><section class="document">{body}</section></body></html>')
    layouter = Layouter(lambda markup: weasyprint.HTML(string=markup), [weasyprint.CSS(string=PAGE)])
    flow.number_blocks(page)
    before, after = feet(flow.read(layouter.render(page).pages)), feet(laid_out(body))
    assert before[1:3] == [0, 3]
    assert after[1:3] == [1, 2]


def test_a_table_that_does_not_fit_begins_where_it_is() -> None:
    """Though the styles forbid to break it: only between rows, with its head again on each page."""
    rows = "".join(f"<tr><td>Row {number}</td></tr>" for number in range(30))
    table = f'<div class="table"><table><thead><tr><th>Head</th></tr></thead><tbody>{rows}</tbody></table></div>'
    css = ".table, tr { break-inside: avoid } td, th { padding: 0 }"
    sheets = laid_out(paragraphs(6) + table + paragraphs(3), css=css)
    assert names(sheets[0]) == ["p", "div"]
    assert sheets[0].white < 3 * 15
    assert sheets[1].fragments[0].lines[0].text == "Head"


def test_the_frame_of_a_box_that_goes_on_ends_with_its_text() -> None:
    """Where the next of its paragraphs did not fit; it does not gape down to the foot."""
    css = "aside { border: 1pt solid; padding: 5pt; box-decoration-break: clone } aside p { break-inside: avoid }"
    page = html.document_fromstring(
        f'<html lang="en"><body><section>{paragraphs(4)}<aside>{paragraphs(6, 9)}</aside></section></body></html>'
    )
    flow.number_blocks(page)
    layouter = Layouter(lambda markup: weasyprint.HTML(string=markup), [weasyprint.CSS(string=PAGE + css)])
    pages = layouter.render(page).pages
    gaping = flow.read(pages)[0]
    facing.level(pages)
    closed = flow.read(pages)[0]
    assert gaping.fragments[-1].broken and gaping.short < 15
    assert closed.short > 5 * 15
    assert closed.fragments[-1].bottom == pytest.approx(closed.fragments[-1].foot + 6, abs=0.1)


def test_no_stub_of_a_box_begins_a_page() -> None:
    """Where its last item does not fit, three before it go with it."""
    items = "".join("<li>An item.</li>" for _ in range(9))
    sheets = laid_out(f"{paragraphs(12)}<aside><ul>{items}</ul></aside>{paragraphs(9, 6)}", css="ul { margin: 0 }")
    assert [len(sheet.fragments[place].lines) for sheet, place in zip(sheets, (-1, 0), strict=False)] == [5, 4]


@pytest.mark.parametrize(
    ("body", "last"),
    [
        (paragraphs(20, 20, 8, 6, 6, 2), [6, 2]),
        (paragraphs(20, 20, 8, 6, 7), [7]),
        (paragraphs(20, 20, 8, 6, 6, 6), [6]),
    ],
    ids=["the paragraph before", "the paragraph itself", "lines enough"],
)
def test_a_last_page_holds_more_than_a_line_or_two(body: str, last: list[int]) -> None:
    assert [len(one.lines) for one in laid_out(body)[-1].fragments] == last


def test_the_style_of_a_first_line_is_not_that_of_the_next_page() -> None:
    css = "section { padding-top: 245pt } section > p:first-child::first-line { letter-spacing: 6pt }"
    one, other = (sheet.fragments[0] for sheet in laid_out(f"<p>{LINE * 6}</p>{paragraphs(20)}", css=css)[:2])
    assert one.key == other.key
    assert len(one.lines[0].text) < 26 < 40 < min(len(one.lines[1].text), len(other.lines[0].text))


def test_ladders_of_hyphens_are_taken_down() -> None:
    text = "<p>" + "unbelievably incomprehensible misunderstandings characteristically notwithstanding " * 8 + "</p>"
    narrow = "p { width: 150pt }"
    page = html.document_fromstring(f'<html lang="en"><body><section class="document">{text}</section></body></html>')
    flow.number_blocks(page)
    markup = "<!DOCTYPE html>" + etree.tostring(page, encoding="unicode", method="html")
    plain = flow.read(weasyprint.HTML(string=markup).render(stylesheets=[weasyprint.CSS(string=PAGE + narrow)]).pages)
    assert judge.ladders(plain), "this text has ladders when nobody looks after it"
    assert not judge.ladders(laid_out(text, css=narrow))


def test_a_word_is_broken_where_the_book_says() -> None:
    before = pyphen.Pyphen(lang="en_GB").inserted("therapist")
    known = pyphen.LANGUAGES["en_GB"]
    try:
        teach("en-GB", ["thera-pist", "sciatica"])
        taught = pyphen.Pyphen(lang="en_GB")
        assert taught.inserted("therapist") == "thera-pist" != before
        assert taught.inserted("sciatica") == "sciatica"
        assert taught.inserted("massage") == "mas-sage", "as the dictionary has it"
    finally:
        pyphen.LANGUAGES["en_GB"] = known


# ---- the books, read back


@pytest.fixture(scope="session")
def book() -> Galleys:
    snakemake(HOME, "pdf", "--config", "book=.")
    return Galleys(HOME / "build" / "galleys")


@pytest.fixture(scope="session")
def pages(book: Galleys) -> list[Page]:
    return PageMap.model_validate_json((HOME / "build" / "sheets" / "book" / "pages.json").read_bytes()).pages


FOOT = 26 * MM + 36 * 15  # of the text area, in pt from the top: styles/pdf/book.css.j2
Letter = tuple[str, float, float, float]  # the character, its size and the place of its origin, in pt from the top left


def letters(pdf: Path) -> list[list[Letter]]:
    """Return every letter of every page."""
    pages = []
    with PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            height = page.get_height()
            found: list[Letter] = []
            x, y, matrix = raw.c_double(), raw.c_double(), raw.FS_MATRIX()  # type: ignore[attr-defined]
            for number in range(text.count_chars()):
                code = raw.FPDFText_GetUnicode(text.raw, number)
                if code > 32:
                    raw.FPDFText_GetCharOrigin(text.raw, number, x, y)
                    raw.FPDFText_GetMatrix(text.raw, number, matrix)
                    size = raw.FPDFText_GetFontSize(text.raw, number) * abs(matrix.d)
                    found.append((chr(code), round(size, 1), x.value, height - y.value))
            pages.append(found)
    return pages


def test_the_lines_of_the_book_stand_on_one_grid(book: Galleys, pages: list[Page]) -> None:
    chapters = {one.id for one in book.book.documents if one.type == "chapter"}
    printed = letters(HOME / "build" / f"{book.book.slug}.pdf")
    text = ((one.sheet, letter) for one in pages if one.document in chapters for letter in printed[one.sheet - 1])
    lines = {(sheet, round(y, 1)) for sheet, (_, size, _, y) in text if abs(size - 10.4) < 0.05}
    phase = sorted(y % 7.5 for _, y in lines)[len(lines) // 2]  # lists keep the distance of the grid, half a line down
    off = {line for line in lines if 0.2 < (line[1] - phase) % 7.5 < 7.3}
    assert len(lines) > 2000
    assert len(off) < len(lines) * 0.01, sorted(off)[:20]


def test_no_page_of_the_book_is_badly_made_up(book: Galleys) -> None:
    """No widow, no orphan, no heading at a foot, no ladder of hyphens, read from the tagged PDF."""
    path = HOME / "build" / f"{book.book.slug}.pdf"
    with pikepdf.open(path) as pdf:
        read = composition.blocks(pdf, pieces(path))
    broken = [block for block in read if block.runs and len({line.page for line in block.lines}) > 1]
    assert len(broken) > 60, "paragraphs that run over"
    assert sum(block.kind in composition.HEADINGS for block in read) > 150
    assert sum(line.text.rstrip().endswith("\u2010") for block in read for line in block.lines) > 150
    assert [message for _, _, message in composition.look(path)] == []


def goes_on(after: Page, one: Page) -> bool:
    """Tell whether a page goes on with the part of an earlier one."""
    return after.document == one.document and not after.blank


def test_facing_pages_of_the_book_end_together(book: Galleys, pages: list[Page]) -> None:
    """Within a line of each other, where no figure, table or box was pushed and no part ends.

    A page with notes ends with them, as the eye sees it, always at the foot of the text area. The white that a note
    leaves because it did not fit stands above the rule, as the distance of notes; it is counted by itself.
    """
    after = {one.sheet: other for one, other in pairwise(pages)}
    spreads = [
        (one, after[one.sheet])
        for one in pages[:-2]
        if one.sheet % 2 == 0 and one.folio.isdecimal() and goes_on(after[one.sheet + 1], one)
    ]
    free = [(one, other) for one, other in spreads if not (one.pushed or other.pushed or one.blank or other.blank)]
    assert len(free) > 50
    seen = _ends(book, [page for spread in free for page in spread])
    apart = [(one.folio, other.folio) for one, other in free if abs(seen[one.sheet] - seen[other.sheet]) > 15.1]
    assert not apart
    white = [(one.folio, other.folio) for one, other in free if abs(one.short - other.short) > 15.1]
    assert len(white) <= len(free) * 0.2, white


def _ends(book: Galleys, pages: list[Page]) -> dict[int, float]:
    """Return by how many pt each page ends above the foot of its text area, by what is printed there."""
    printed = letters(HOME / "build" / f"{book.book.slug}.pdf")
    lowest = {page.sheet: max(y for _, size, _, y in printed[page.sheet - 1] if y < FOOT) for page in pages}
    return {page.sheet: 0.0 if lowest[page.sheet] > FOOT - page.short + 3 else page.short for page in pages}


def test_few_pages_of_the_book_are_a_third_white(book: Galleys, pages: list[Page]) -> None:
    """The tallest empty band of a page, wherever it is; what ends a part may be short."""
    within = [one for one, after in pairwise(pages) if goes_on(after, one) and not one.blank]
    with PdfDocument(HOME / "build" / f"{book.book.slug}.pdf") as pdf:
        white = [one.folio for one in within if _band(pdf[one.sheet - 1]) > (book.book.paper.height - 53) * MM / 3]
    assert len(within) > 150
    assert len(white) < len(within) * 0.05, white


def _band(page: PdfPage) -> float:
    """Return the height of the tallest empty band of a page, in pt, between its head and its foot."""
    image = page.render(scale=0.5, grayscale=True).to_pil()
    width, height = image.size
    inner = image.crop((int(width * 0.1), int(height * 0.1), int(width * 0.9), int(height * 0.89)))
    rows = (inner.crop((0, row, inner.width, row + 1)) for row in range(inner.height))
    inked = [0, *(row for row, line in enumerate(rows) if line.getextrema()[0] < 200)]
    return 2.0 * max(after - before for before, after in pairwise([*inked, inner.height]))


def test_large_print_is_large(large: Path) -> None:
    sizes = Counter(size for page in letters(large) for _, size, _, _ in page)
    running = max((size for size in sizes if size < 20), key=lambda size: sizes[size] * (size >= 17))
    assert running >= 18, "text, boxes and contents; notes, captions and the index are 15 to 16 pt"
    small = sum(count for size, count in sizes.items() if size < 15)
    assert small < sum(sizes.values()) * 0.02, "note calls, and the numbers of the thumb index"
    with PdfDocument(large) as pdf:
        assert [round(side / MM) for side in pdf[0].get_size()] == [210, 297]


def test_large_print_is_ragged_and_has_no_hyphens(large: Path) -> None:
    text = subprocess.run(["pdftotext", "-layout", str(large), "-"], capture_output=True, text=True, check=True).stdout
    assert "\u2010\n" not in text


def exactly(*lines: int) -> str:
    """Return paragraphs of so many lines each."""
    return "".join(f"<p>{'<br>'.join(['A line.'] * count)}</p>" for count in lines)


BAD = """
@page { size: 300pt 320pt; margin: 10pt 0 } html { font: 10pt/15pt monospace; hyphens: auto } body, p, h2 { margin: 0 }
p { orphans: 1; widows: 1; text-align: justify } h2 { font-size: 10pt; break-after: auto } .narrow { width: 150pt }
"""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (exactly(19, 4), "page 1 ends with the first line of a paragraph: “A line.”"),
        (exactly(17, 4), "page 2 begins with the last line of a paragraph: “A line.”"),
        (f"{exactly(19)}<h2>One</h2>{exactly(4)}", "the heading “One” stands at the foot of page 1"),
        ('<p class="narrow">' + "misunderstandings characteristically " * 3, "end with a hyphen on page 1"),
        (
            "<p>One<br>" + "line and another, as long as the page is wide, and longer " * 3,
            "a line stops early on page 1: “One”",
        ),
        (f"{exactly(18, 4)}<h2>One</h2>{exactly(4)}", ""),
    ],
)
def test_badly_made_up_pages_are_found(tmp_path: Path, body: str, message: str) -> None:
    markup = f'<html lang="en"><title>x</title><body>{body}</body></html>'
    layouter = Layouter(lambda text: weasyprint.HTML(string=text), [weasyprint.CSS(string=BAD)])
    document = layouter.render(markup)
    with tagged(Slots(document)):
        document.write_pdf(tmp_path / "bad.pdf", pdf_tags=True)
    said = [message for _, _, message in composition.look(tmp_path / "bad.pdf")]
    assert all(message in one for one in said) and bool(said) == bool(message), said


def test_large_print_has_nothing_against_it(small_book: Path, large: Path) -> None:
    assert check(large, Galleys(small_book / "build" / "galleys")) == []


@pytest.mark.parametrize("ground", ["paper", "tint", "wash"])
@pytest.mark.parametrize("ink", ["ink", "mute", "spot", "link"])
def test_small_type_in_large_print_has_a_contrast_of_7(ink: str, ground: str) -> None:
    tokens = Styles([STYLES]).tokens
    colours = tokens["colours"] | tokens["layouts"]["large"]["colours"]
    light, dark = (_luminance(colours[name]["light"]) for name in (ground, ink))
    assert (light + 0.05) / (dark + 0.05) >= 7  # WCAG 2.2, 1.4.6


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
