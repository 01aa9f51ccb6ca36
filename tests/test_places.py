"""A fault in an edition is reported at the line of the manuscript that is behind it: one planted fault a validator."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from lxml import etree, html

from press.check import axe, nu, pdf, preflight, tags, verapdf
from press.check import epub as check_epub
from press.check import web as check_web
from press.check.places import Place, Places, markup
from press.findings import Finding
from press.galleys import Galleys


@pytest.fixture(scope="module")
def galleys(small_book: Path) -> Galleys:
    return Galleys(small_book / "build" / "galleys")


@pytest.fixture(scope="module")
def places(galleys: Galleys) -> Places:
    return Places(galleys)


def said(findings: list[Finding]) -> str:
    return "\n".join(map(str, findings))


# The EPUB

EPUB_FAULTS = {
    "text/kreuzknoten.xhtml": [
        ("<p>Nie an diesem", '<p align="left">Nie an diesem'),
        ("<td>Kunstfaser", '<td><a href="#nirgends">x</a>Kunstfaser'),
        ('alt="Zwei Bögen, die ineinander greifen."', ""),
        (' <cite class="reference">Ashley', ' <cite align="left" class="reference">Ashley'),
    ],
    "text/palstek.xhtml": [("<h2>Der Merkvers</h2>", '<h2 lang="x-">Der Merkvers</h2>')],
    "text/index.xhtml": [('<a class="locator"', '<a align="left" class="locator"')],
}


@pytest.fixture(scope="module")
def broken_epub(small_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The EPUB of the book of knots with a fault of each kind."""
    broken = tmp_path_factory.mktemp("broken") / "knotenschule.epub"
    with (
        zipfile.ZipFile(small_book / "build" / "knotenschule.epub") as whole,
        zipfile.ZipFile(broken, "w") as archive,
    ):
        for entry in whole.infolist():
            content = whole.read(entry).decode() if entry.filename.endswith(".xhtml") else ""
            for old, new in EPUB_FAULTS.get(entry.filename.removeprefix("EPUB/"), ()):
                assert old in content, (entry.filename, old)
                content = content.replace(old, new, 1)
            archive.writestr(entry, content or whole.read(entry))
        archive.writestr("EPUB/images/kreuz.png", b" " * 160_000)
    return broken


def test_epubcheck_ace_and_our_own_checks_of_an_epub(broken_epub: Path, galleys: Galleys) -> None:
    found = check_epub.check(broken_epub, galleys)
    at = {rule: {(one.file, one.line) for one in found if one.rule == rule} for rule in ("epubcheck", "ace")}
    assert {("manuscript/eins.md", line) for line in (18, 32)} <= at["epubcheck"], said(found)
    assert ("manuscript/eins.md", 41) in at["epubcheck"], "in a note: the line of the note"
    assert ("manuscript/zwei.md", 15) in at["epubcheck"] | at["ace"]
    assert ("manuscript/zwei.md", 8) in at["epubcheck"], "in the index: where its locator leads"
    assert ("manuscript/eins.md", 23) in at["ace"], said(found)
    assert "manuscript/eins.md:23: not accessible: text/kreuzknoten.xhtml: ../images/kreuz.svg has no" in said(found)
    assert "manuscript/eins.md:23: a picture of 160,000 bytes" in said(found)
    shown = next(one.at for one in found if one.rule == "epubcheck" and one.line == 18)
    assert shown.startswith("knotenschule.epub/EPUB/text/kreuzknoten.xhtml:")


# The PDFs


def nodes(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    return [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == f"/{kind}"]


def blind(document: pikepdf.Pdf) -> None:
    for figure in nodes(document, "Figure"):
        del figure.Alt


def skip_level(document: pikepdf.Pdf) -> None:
    for heading in nodes(document, "H2"):
        heading.S = pikepdf.Name.H4


def silence(document: pikepdf.Pdf) -> None:
    """Take the description from a link of the third page of the body, in the note to line 41."""
    last = next(page for page in reversed(document.pages) if "/Annots" in page.obj)
    del last.obj.Annots[0].Contents


def damaged(small_book: Path, folder: Path, name: str, *damages: Callable[[pikepdf.Pdf], None]) -> Path:
    with pikepdf.open(small_book / "build" / name) as document:
        for damage in damages:
            damage(document)
        document.save(folder / name)
    return folder / name


def test_verapdf_names_the_line(small_book: Path, galleys: Galleys, tmp_path: Path) -> None:
    broken = damaged(small_book, tmp_path, "knotenschule.pdf", blind, skip_level)
    found = {str(one).split(",")[0] for one in verapdf.check(broken, galleys)}
    assert "manuscript/eins.md:23: PDF/UA-1 7.3-1" in found, found
    assert "manuscript/eins.md:21: PDF/UA-1 7.4.2-1" in found, found


def test_our_own_checks_of_a_pdf_name_the_line(small_book: Path, galleys: Galleys, tmp_path: Path) -> None:
    def retrim(document: pikepdf.Pdf) -> None:
        document.pages[-3].trimbox = [0, 0, 100, 100]

    broken = damaged(small_book, tmp_path, "knotenschule.pdf", blind, skip_level, retrim)
    found = said(pdf.inspect(broken, galleys))
    assert "manuscript/eins.md:23: the figure has no alternative text" in found
    assert "manuscript/zwei.md:15: a heading of level 4 follows one of level 1" in found
    assert "manuscript/gast.md:13: a heading of level 4" in found, "from right to left"
    with pikepdf.open(broken) as document:
        assert tags.check(document, galleys.book)


def test_preflight_names_the_line_where_the_page_begins(small_book: Path, galleys: Galleys, tmp_path: Path) -> None:
    name = "knotenschule-print.pdf"
    page = next(one for one in Places(galleys)._map() if one.document == "palstek")

    def tint(document: pikepdf.Pdf) -> None:
        document.pages[page.sheet - 1].contents_add(b"1 0 0 rg 0 0 9 9 re f")

    shutil.copytree(small_book / "build" / "sheets", tmp_path / "sheets")
    found = preflight.check(damaged(small_book, tmp_path, name, tint), galleys)
    assert [(one.file, one.line, one.at) for one in found] == [("manuscript/zwei.md", 1, name)], said(found)


# The web edition


def test_the_nu_checker_and_our_own_checks_of_the_web(small_book: Path, galleys: Galleys, tmp_path: Path) -> None:
    site = tmp_path / "html"
    shutil.copytree(small_book / "build" / "html", site)
    page = site / "kreuzknoten.html"
    text = page.read_text(encoding="utf-8")
    for old, new in (
        ("<p>Nie an diesem", '<p foo="x">Nie an diesem'),
        ("<td>Kunstfaser", '<td><a href="#nirgends">x</a>Kunstfaser'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    page.write_text(text, encoding="utf-8")
    found = check_web.inspect(site / "index.html", galleys)
    assert "manuscript/eins.md:32: link #nirgends leads nowhere (in html/kreuzknoten.html)" in said(found)
    [error] = nu.check(site, Places(galleys))
    assert (error.file, error.line) == ("manuscript/eins.md", 18), error
    assert error.message.startswith("Nu HTML checker: Attribute “foo” not allowed")
    assert error.at.startswith("html/kreuzknoten.html:")


def test_axe_names_the_line(small_book: Path, galleys: Galleys, tmp_path: Path) -> None:
    """On two pages, one of them with a fault, as the check shows them."""
    site = tmp_path / "html"
    shutil.copytree(small_book / "build" / "html", site)
    for other in {*site.glob("*.html")} - {site / "kreuzknoten.html", site / "index.html"}:
        other.unlink()
    page = site / "kreuzknoten.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("<p>Nie an", '<p><img src="icon.svg">Nie an', 1), encoding="utf-8")
    [found] = axe.check(site, Places(galleys))
    assert (found.file, found.line, found.at) == ("manuscript/eins.md", 18, "html/kreuzknoten.html"), found
    assert found.message.startswith("axe image-alt (critical): Images must have alternative text: <img ")


def test_an_element_by_selector(small_book: Path, places: Places) -> None:
    page = html.parse(str(small_book / "build" / "html" / "kreuzknoten.html")).getroot()
    for selector, line in (
        ("#abb-kreuz > figcaption", 23),
        (".box.achtung > p:nth-child(2)", 18),
        ("#kreuzknoten h1", 1),
        ("td[class='align-right']", 32),
    ):
        element = markup.select(page, selector)
        assert element is not None, selector
        assert places.of(element) == Place("manuscript/eins.md", line), selector
    assert markup.select(page, "td:::") is None and markup.select(page, "video") is None


# Documents, to themselves


def test_an_element_by_line_and_column() -> None:
    document = b"<a>\n <b/><c>x</c>\n <d/>\n</a>"
    for position, name in {(1, 1): None, (1, 4): "a", (2, 3): "b", (2, 9): "c", (3, 5): "d", (9, 9): "d"}.items():
        element = markup.in_xml(document, position)
        assert (None if element is None else element.tag) == name, position
    broken = markup.in_xml(b"<a><b>\n<c></b></a>", (2, 9))
    assert broken is not None and broken.tag == "c"
    page = markup.in_html("<!DOCTYPE html>\n<html><body><p>x<br>\n<img src=a></body></html>", (3, 12))
    assert page is not None and page.tag == "img"


def test_what_no_author_wrote_stays_where_it_is(galleys: Galleys, places: Places) -> None:
    assert places.of(etree.fromstring("<body><p id='nowhere'>x</p></body>")) is None
    assert str(places.finding(None, "EPUB/css/book.css:3:1", "wrong")) == "EPUB/css/book.css:3:1: wrong"
    assert places.picture("images/none.svg") is None
    assert Places(Galleys(galleys.folder), "none").page(3) is None


def test_an_entry_leads_where_its_own_link_does(places: Places) -> None:
    listed = etree.fromstring(
        "<body><ol><li><span/><a href='text/palstek.xhtml'>x</a></li><li><b/></li></ol><metadata><i/><a href='#legen'/>"
        "</metadata></body>"
    )
    found = {name: places.of(listed.find(f".//{name}")) for name in ("span", "b", "i")}
    assert found == {"span": Place("manuscript/zwei.md", 1), "b": None, "i": None}
