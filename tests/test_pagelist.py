"""The pages of print in the EPUB: the list is that of the page map, every marker stands at its page's first word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from conftest import MANIFEST, STYLES
from lxml import etree
from test_epub import MANUSCRIPTS, NCX, OPF, PARTS, Epub, epubcheck, make_galleys, words

from press.editions.epub import build, documents, typography
from press.galleys import NAMESPACES, Galleys
from press.pagemap import Page, PageMap, places, places_of
from press.pagemap import words as counted
from press.styles import Styles

MARK = "\ue000"
MORE = """
::: {.careful}
- Wet rope slips.
- Old rope breaks.
:::

Bends | Uses
------|-----
Sheet | *Two* ropes

: What to use. {#tbl-uses}

bight
:   A slack part.

> Over and under.
"""


def every_word(galleys: Galleys) -> PageMap:
    """Return the map of a book whose pages hold a word each; the front is i, ii …, and a blank page ends each part."""
    pages: list[Page] = []
    folios = {}
    for document in galleys.book.documents:
        section = galleys.tree(document).find("h:body/h:section", NAMESPACES)
        folio = "x{}" if document.matter == "front" else "{}"
        for number, word in enumerate(counted(section)):
            sheet = len(pages) + 1
            pages.append(Page(sheet=sheet, folio=folio.format(sheet), document=document.id, word=number, first=word))
        for name in section.xpath(".//@id | @id"):
            folios[str(name)] = pages[-1].folio
        sheet = len(pages) + 1
        pages.append(Page(sheet=sheet, folio=folio.format(sheet), document=document.id, blank=True))
    pages.append(Page(sheet=len(pages) + 1, folio=""))
    return PageMap(layout="book", pages=pages, folios=folios)


@pytest.fixture(scope="module")
def galleys(tmp_path_factory: pytest.TempPathFactory) -> Galleys:
    manuscripts = MANUSCRIPTS | {"02-bend.md": MANUSCRIPTS["02-bend.md"] + MORE}
    return Galleys(make_galleys(tmp_path_factory.mktemp("paged") / "book", MANIFEST + PARTS, manuscripts))


@pytest.fixture(scope="module")
def pages(galleys: Galleys) -> PageMap:
    return every_word(galleys)


@pytest.fixture(scope="module")
def paged(galleys: Galleys, pages: PageMap) -> Epub:
    folder = galleys.folder.parent
    (folder / "pages.json").write_text(pages.model_dump_json(), encoding="utf-8")
    build(galleys.folder, Styles([STYLES]), folder / "paged.epub", folder / "pages.json")
    return Epub(folder / "paged.epub", galleys.book)


def following(section: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the id of every page marker of a section and the word that comes next."""
    markers = section.xpath(".//*[@role='doc-pagebreak']")
    for marker in markers:
        marker.text = f" {MARK} "
    split = counted(section)
    last = ""
    for word in reversed(split):
        if word == MARK:
            yield str(markers.pop().get("id")), last
        else:
            last = word


def printed(epub: Epub, name: str) -> etree._Element:
    """Return what print has of a document of the EPUB: without page numbers, word joiners and lists for machines."""
    [body] = epub.tree(name).iterfind("h:body", NAMESPACES)
    for listing in body.xpath("h:nav[@hidden]", namespaces=NAMESPACES):
        body.remove(listing)
    for element in body.xpath(".//*[@class='page-reference' or @class='locator']"):
        _empty(element)
        if element.get("class") == "locator":
            element.tail = (element.tail or "").lstrip(f" ,\u2013{typography.JOINER}")
    for element in body.iter(etree.Element):
        element.text, element.tail = (
            (text or "").replace(typography.JOINER, "") for text in (element.text, element.tail)
        )
    return body


def first_words(epub: Epub) -> dict[str, str]:
    """Return the word after every page marker of an EPUB by its id, in reading order."""
    return {
        marker: word
        for name in epub.documents()
        if name != "cover.xhtml"
        for marker, word in reversed(list(following(printed(epub, name))))
    }


def test_the_epub_of_a_built_book_has_the_pages_of_its_print(small_book: Path) -> None:
    build_folder = small_book / "build"
    epub = Epub(build_folder / "knotenschule.epub", Galleys(build_folder / "galleys").book)
    pages = PageMap.model_validate_json((build_folder / "sheets" / "book" / "pages.json").read_bytes()).pages
    with pikepdf.open(build_folder / "knotenschule-print.pdf") as print_pdf:
        assert len(print_pdf.pages) >= len(pages) > 15
    with pikepdf.open(build_folder / "knotenschule.pdf") as screen_pdf:
        assert [page.label for page in screen_pdf.pages] == [page.folio for page in pages]
    found = first_words(epub)
    assert list(found) == [f"page-{page.folio}" for page in pages if page.folio], "every page, in order"
    for page in pages:
        if page.first:
            assert found[f"page-{page.folio}"] == page.first, page
    nav = epub.tree("nav.xhtml").find(".//h:nav[@epub:type='page-list']", NAMESPACES)
    links = nav.findall(".//h:a", NAMESPACES)
    assert [words(link) for link in links] == [page.folio for page in pages if page.folio]
    for link, page in zip(links, pages, strict=True):
        marker = epub.find(link.get("href"), "nav.xhtml")
        assert (marker.get("id"), marker.get("aria-label")) == (f"page-{page.folio}", f"Seite {page.folio}")


def test_places_are_where_the_words_begin(galleys: Galleys) -> None:
    for document in galleys.book.documents:
        section = galleys.tree(document).find("h:body/h:section", NAMESPACES)
        found = places(section)
        for word, place in zip(counted(section), found, strict=True):
            text = getattr(place.element, place.part)[place.offset :]
            assert word.startswith(text.split()[0])
        assert places_of(section, range(len(found) + 3)) == dict(enumerate(found))
        assert places_of(section, [len(found) - 1, 0, 0]) == {0: found[0], len(found) - 1: found[-1]}


def test_validators_have_nothing_to_say(paged: Epub) -> None:
    assert epubcheck(paged.path) == []


def test_the_page_list_is_that_of_print(paged: Epub, pages: PageMap) -> None:
    folios = [page.folio for page in pages.pages if page.folio]
    nav = paged.tree("nav.xhtml").find(".//h:nav[@epub:type='page-list']", NAMESPACES)
    links = nav.findall(".//h:a", NAMESPACES)
    assert [words(link) for link in links] == folios
    for link in links:
        marker = paged.find(link.get("href"), "nav.xhtml")
        assert (marker.get("role"), marker.get("id")) == ("doc-pagebreak", f"page-{words(link)}")
        assert marker.get("aria-label") == f"page {words(link)}"
        assert not marker.text
    targets = paged.tree("toc.ncx").findall(".//ncx:pageTarget", NCX)
    assert [target.find("ncx:navLabel/ncx:text", NCX).text for target in targets] == folios
    assert [target.find("ncx:content", NCX).get("src") for target in targets] == [link.get("href") for link in links]


def test_markers_stand_in_reading_order(paged: Epub, pages: PageMap) -> None:
    found = [name for file in paged.documents() for name in paged.tree(file).xpath("//*[@role='doc-pagebreak']/@id")]
    assert found == [f"page-{page.folio}" for page in pages.pages if page.folio]


def test_each_marker_stands_at_the_first_word_of_its_page(paged: Epub, pages: PageMap) -> None:
    checked = 0
    for document in paged.book.documents:
        first = {
            f"page-{page.folio}": page.first for page in pages.pages if page.document == document.id and page.first
        }
        if document.page not in ("contents", "index"):  # the one is another list, the other has other locators
            section = printed(paged, f"text/{document.file}")
            found = {name: word for name, word in following(section) if name in first}
            assert found == first
            checked += len(found)
    assert checked > 150


def _empty(element: etree._Element) -> None:
    """Take away what is in an element and leave what is behind it."""
    for child in list(element):
        element.remove(child)
    element.text = None


def test_pages_of_the_contents_begin_at_their_entries(paged: Epub) -> None:
    nav = paged.tree("nav.xhtml")
    entries = nav.xpath("//h:a[h:span[@role='doc-pagebreak']]", namespaces=NAMESPACES)
    assert [words(entry) for entry in entries[:2]] == ["Chapter 1 The Bowline & Its Kin", "Chapter 2 The Sheet Bend"]
    assert nav.xpath("//h:nav[@epub:type='toc']/preceding-sibling::h:span/@role", namespaces=NAMESPACES)


def test_no_marker_parts_a_title_a_caption_or_a_box_from_its_block(paged: Epub) -> None:
    page = paged.tree("text/bend.xhtml")
    for element in page.xpath("//h:h1 | //h:figcaption | //h:caption | //h:aside/h:p", namespaces=NAMESPACES):
        assert (element.text or "").strip() or element[0].get("role") != "doc-pagebreak"
    figure, box, table = (page.find(f".//h:{name}", NAMESPACES) for name in ("figure", "aside", "div[@class='table']"))
    for block in (figure, box, table):
        assert block.getprevious().get("role") == "doc-pagebreak"


def test_references_and_index_give_pages_as_print_does(paged: Epub, pages: PageMap) -> None:
    page = paged.tree("text/bowline.xhtml")
    [reference, _] = page.findall(".//h:span[@class='page-reference']", NAMESPACES)
    folio = pages.folios["bend"]
    assert "".join(reference.itertext()) == f" (page\u00a0{folio})"
    assert reference.find("h:a", NAMESPACES).get("href") == f"bend.xhtml#page-{folio}"
    index = paged.tree("text/index.xhtml")
    for locator in index.findall(".//h:a[@class='locator']", NAMESPACES):
        assert locator.text == pages.folios[str(locator.get("href")).partition("#")[2]]
        assert locator.get(documents.TYPE) == "index-locator"


def test_the_index_joins_pages_that_follow_each_other(tmp_path: Path) -> None:
    text = "".join(f"[Rope]{{.index}} {number}.\n\n" for number in range(1, 6))
    manuscript = {"01-rope.md": f"---\nnumber: 1\ntitle: Rope\nid: rope\n---\n\n{text}"}
    galleys = Galleys(
        make_galleys(tmp_path / "book", MANIFEST + "chapters: [01-rope.md]\nback-matter: [index]\n", manuscript)
    )
    pages = [Page(sheet=number, folio=str(number), document="rope", word=0, first="Chapter") for number in (1, 2)]
    folios = {f"rope-ix-{number}": folio for number, folio in enumerate(("45", "46", "46", "47", "49"), start=1)}
    map_file = tmp_path / "pages.json"
    map_file.write_text(PageMap(layout="book", pages=pages, folios=folios).model_dump_json(), encoding="utf-8")
    build(galleys.folder, Styles([STYLES]), tmp_path / "rope.epub", map_file)
    epub = Epub(tmp_path / "rope.epub", galleys.book)
    [entry] = epub.tree("text/index.xhtml").findall(".//h:ul[@class='index']/h:li", NAMESPACES)
    assert words(entry).replace(typography.JOINER, "") == "Rope 45–47, 49"
    links = [link.get("href").partition("#")[2] for link in entry.findall("h:a", NAMESPACES)]
    assert links == ["rope-ix-1", "rope-ix-4", "rope-ix-5"]


def test_the_package_names_the_source_of_its_pages(paged: Epub) -> None:
    source = paged.book.identifiers["print"]
    assert paged.meta("pageBreakSource") == [source]
    assert paged.package.find(".//dc:source", OPF).text == source
    assert {"pageBreakMarkers", "pageNavigation"} <= set(paged.meta("schema:accessibilityFeature"))


def test_without_a_page_map_no_page_is_claimed(galleys: Galleys, tmp_path: Path) -> None:
    build(galleys.folder, Styles([STYLES]), tmp_path / "plain.epub")
    plain = Epub(tmp_path / "plain.epub", galleys.book)
    assert plain.meta("pageBreakSource") == []
    assert not re.search(rb"page-list|pagebreak|pageList", plain.files["EPUB/nav.xhtml"] + plain.files["EPUB/toc.ncx"])
