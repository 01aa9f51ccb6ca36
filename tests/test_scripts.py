"""Every script that Pango can set comes out in every edition, or is a finding: one sentence in eleven of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from conftest import BOOKS, STYLES, Maker, galleys_of, joined
from lxml import etree, html
from PIL import Image, ImageChops

from press import fonts, sheets
from press.check import fidelity, pdf
from press.check.fidelity.tokens import key
from press.desk.edited import Copy
from press.editions import docx, epub, load_finish, web
from press.findings import Refused
from press.galleys import NAMESPACES, Galleys
from press.resolve.pages import _letter
from press.styles import Styles

SENTENCES = {
    "latin": ["ελεύθεροι και ίσοι", "Все люди", "Tất cả mọi người", "tu̱̣̇ m̃ọ̄́t, ạ̄̀ ka", "🙂 and 👍"],
    "arabic": ["يولد جميع الناس أحراراً متساوين في الكرامة والحقوق", "كُتِبَ بالعربية"],
    "hebrew": ["כל בני האדם נולדו בני חורין", "בְּרֵאשִׁית עם ניקוד", "נכתב בעברית"],
    "east": [
        "सभी मनुष्यों को गौरव और अधिकारों",
        "人人生而自由",
        "すべての人間は",
        "모든 인간은 태어날 때부터",
        "한국어로 썼다",
    ],
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of scripts with its sheets, screen PDF, EPUB, web edition and editor's copy; not to be changed."""
    folder = tmp_path_factory.mktemp("scripts") / "scripts"
    shutil.copytree(BOOKS / "scripts", folder, ignore=shutil.ignore_patterns("build"))
    build, styles = folder / "build", Styles([folder / "styles", STYLES])
    galleys = galleys_of(folder)
    sheets.build(galleys, styles, "book", build / "sheets" / "book", 2)
    load_finish("pdf")(build / "sheets" / "book", galleys, styles, build / "scripts.pdf", 1)
    epub.build(galleys, styles, build / "scripts.epub", build / "sheets" / "book" / "pages.json")
    web.build(galleys, styles, build / "html")
    docx.build(galleys, styles, build / "scripts.docx")
    return folder


def test_every_word_is_in_every_edition(book: Path) -> None:
    build, galleys = book / "build", Galleys(book / "build" / "galleys")
    editions = [build / "scripts.epub", build / "scripts.pdf", build / "html" / "index.html"]
    done = fidelity.Editions(book, galleys, None).compare(editions)
    assert [(one.name, list(map(str, one.tally.findings))) for one in done if one.tally.findings] == []
    assert [one.tally.notes for one in done] == [10] * 4
    assert pdf.check(build / "scripts.pdf", galleys) == []


def test_the_editors_copy_has_the_sentences(book: Path) -> None:
    copy = Copy(book / "build" / "scripts.docx").new
    said = [passage.text for passages in (copy.passages, *copy.notes) for passage in passages]
    for sentence in (sentence for each in SENTENCES.values() for sentence in each):
        assert any(sentence in text for text in said), sentence


@pytest.mark.parametrize("name", SENTENCES)
def test_language_and_direction_are_said(book: Path, name: str) -> None:
    galleys = Galleys(book / "build" / "galleys")
    document = galleys.book.document(name)
    page = html.parse(str(book / "build" / "html" / f"{name}.html")).getroot()
    for tree in (page, etree.parse(str(galleys.folder / document.file)).getroot()):
        [part] = tree.xpath("//*[@id=$name]", name=name)
        assert (part.get("lang"), part.get("dir")) == (document.language, document.direction)
    text = " ".join("".join(map(str, galleys.tree(document).itertext())).split())
    for sentence in SENTENCES[name]:
        assert sentence in text


def test_no_glyph_is_lost_when_parts_are_joined(book: Path) -> None:
    """Each page of the joined book looks as in its part, but for its number: letters of several glyphs are whole."""
    room = book / "build" / "sheets" / "book"
    book_pages = pictures(joined(book / "build"))
    for name in ("arabic", "hebrew", "east"):
        [page] = pictures(room / "parts" / f"{name}.pdf")[:1]
        assert min(different(page, other) for other in book_pages) < 0.00005, name


def pictures(file: Path) -> list[Any]:
    """Return the pages of a PDF."""
    with pypdfium2.PdfDocument(file) as document:
        return [page.render(scale=1).to_pil().convert("L") for page in document]


def different(one: Any, other: Any) -> float:
    """Return the share of pixels that differ plainly, but for the foot of the page; 1 for pages of two sizes."""
    if one.size != other.size:
        return 1.0
    box = (0, 0, one.width, round(one.height * 0.9))
    changed: Image.Image = ImageChops.difference(one.crop(box), other.crop(box)).point(lambda value: value > 96 and 255)
    return sum(changed.histogram()[128:]) / (changed.width * changed.height)


def test_the_index_is_in_order_in_every_script(book: Path) -> None:
    galleys = Galleys(book / "build" / "galleys")
    tree = galleys.tree(galleys.book.document("index"))
    letters = ["".join(map(str, heading.itertext())) for heading in tree.iterfind(".//h:h2", NAMESPACES)]
    assert letters == ["T", "Ε", "В", "ב", "ا", "स", "ㅁ", "人"]
    assert [_letter(word) for word in ("까치", "쌍", "Ähre", "“Quoted”", "एक")] == ["ㄲ", "ㅆ", "A", "Q", "ए"]


def test_what_no_font_has_is_found_in_titles_and_on_generated_pages_too(make_book: Maker) -> None:
    head = "---\nid: one\nnumber: 1\ntitle: One 漢\nsubtitle: ☃\n---\n\n"
    folder = make_book({"1.md": f"{head}Words.\n"})
    with pytest.raises(Refused) as refused:
        galleys_of(folder)
    assert str(refused.value).splitlines() == [
        "manuscript/1.md:4: character U+6F22 '漢' is in none of the book's fonts",
        "manuscript/1.md:5: character U+2603 '☃' is in none of the book's fonts",
    ]


def test_a_face_without_a_space_is_a_finding(book: Path, tmp_path: Path) -> None:
    shutil.copytree(book, tmp_path / "own")
    [face] = (tmp_path / "own" / "styles" / "fonts").glob("NotoEmoji*")
    face.write_bytes(fonts.cut(face, frozenset("🙂👍"), ""))
    with pytest.raises(Refused, match=f"styles/tokens.yaml: the face {face.name} has no space"):
        galleys_of(tmp_path / "own")


def test_words_are_compared_without_marks_and_points() -> None:
    assert key("בְּרֵאשִׁית") == key("בראשית")
    assert key("كُتِبَ") == key("كتب")
