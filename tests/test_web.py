"""The web edition, read as a reader reads it: in Chromium, without scripts, on a phone."""

from __future__ import annotations

import functools
import http.server
import itertools
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import yaml
from lxml import html
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from press.editions import web
from press.styles import Styles

ROOT = Path(__file__).parent.parent
PHONE = ViewportSize(width=360, height=780)
DESK = ViewportSize(width=1280, height=900)

# A small book in galleys, after press/README.md: two chapters, a repeated appendix, a part in Hebrew, an index.

GALLEY = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head><title>{title}</title></head>
<body><section class="document {type}" id="{id}" epub:type="{type}" role="doc-{type}" lang="{lang}" dir="{dir}">
{body}</section></body></html>
"""
OPENER = """<header class="opener"><p class="label">Knot No. {n}</p><p class="numeral" aria-hidden="true">{n}</p>
<h1>{title}</h1><p class="subtitle" role="doc-subtitle">{subtitle}</p></header>"""
ENTRY = """<li data-target="{id}"><a href="#{id}"><span class="label">Knot No. {n}</span>
<span class="title">{title}</span>
<span class="subtitle">{subtitle}</span></a></li>"""
KNOTS = [
    {"n": "1", "id": "knot-1", "title": "The Bowline", "subtitle": "A loop that holds – and lets go"},
    {"n": "2", "id": "knot-2", "title": "The Sheet Bend", "subtitle": "Two ropes, of two thicknesses"},
]
CHAPTER = """{opener}
<p data-line="9">A rope has two ends and one <a class="term" href="#term-bight" role="doc-glossref">bight</a>.<a
class="note-call citation" id="{id}-call-1" href="#{id}-note-1" epub:type="noteref" role="doc-noteref">1</a> It is
<span class="index-term" id="{id}-ix-1">laid</span>, not
woven.<a class="note-call commentary" id="{id}-call-2" href="#{id}-note-2" role="doc-noteref">2</a>
See <a class="xref" href="#fig-other-{n}" data-kind="figure">the other figure</a>,
<a href="#tbl-{n}">table 1</a>.</p>
<dl class="page-info"><div><dt>Words</dt><dd>2,100</dd></div><div><dt>Notes</dt><dd>2</dd></div></dl>
<section class="level2" id="{id}-how"><h2>How to tie it</h2><p>Over, under and through.</p>
<figure id="fig-{id}" class="figure"><img src="images/{id}.svg" alt="A loop of rope" width="600" height="300"/>
<figcaption><span class="figure-number">Figure {n}.1</span> It holds.
<span class="credit">By us</span></figcaption></figure>
<section class="level3" id="{id}-wet"><h3>When wet</h3>
<aside class="box careful" role="note" aria-labelledby="{id}-box-1"><p class="box-title" id="{id}-box-1">Careful</p>
<p>Wet rope slips.</p></aside></section>
<div class="table" id="tbl-{n}"><table><caption><span class="table-number">Table {n}.1</span> Strength</caption>
<thead><tr><th>Rope</th><th>Circumference</th><th>Breaking load</th><th>Manufacturer</th><th>Recommendation</th>
</tr></thead>
<tbody><tr><td>Hemp</td><td>24 mm</td><td>412 kg</td><td>unknown</td><td>Unobjectionable</td></tr></tbody></table></div>
</section>
<section class="notes" epub:type="footnotes" role="doc-endnotes" id="{id}-notes"><h2>Notes</h2><ol>
<li class="note citation" id="{id}-note-1" value="1"><p><cite class="reference" data-key="a">Ashley. <i>Knots</i>. <a
class="identifier" href="https://doi.org/10.1000/a-very-long-identifier-that-does-not-break-anywhere-at-all">doi:10.1000/a-very-long-identifier-that-does-not-break-anywhere-at-all</a></cite>
<a class="note-back" href="#{id}-call-1" role="doc-backlink" aria-label="Back to the text of note 1">↩</a></p></li>
<li class="note commentary" id="{id}-note-2" value="2"><p>Hemp, that is.
<a class="note-back" href="#{id}-call-2" role="doc-backlink" aria-label="Back to the text of note 2">↩</a></p></li>
</ol></section>"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 300" width="600pt" height="300pt">
<circle cx="300" cy="150" r="99"/><text x="9" y="30">{}</text></svg>"""


def _bodies() -> dict[str, str]:
    chapters = {k["id"]: CHAPTER.format(opener=OPENER.format(**k), **k) for k in KNOTS}
    chapters["knot-1"] = chapters["knot-1"].replace("fig-other-1", "fig-knot-2")
    chapters["knot-2"] = chapters["knot-2"].replace("fig-other-2", "fig-knot-1")
    entries = "".join(ENTRY.format(**knot) for knot in KNOTS)
    return {
        "half": "<h1>Two Knots</h1>",
        "title": "<h1>Two Knots</h1>",
        "contents": '<h1>Contents</h1><nav class="contents" role="doc-toc"><ol><li class="front"><a href="#contents">'
        'Contents</a></li><li class="body"><a href="#knot-1"><span class="title">The Bowline</span></a><ol><li>'
        '<a href="#knot-1-how">How to tie it</a></li></ol></li><li><a href="#knot-2"><span class="title">The Sheet '
        "Bend</span></a></li></ol></nav>",
        "imprint": "<p>All ropes reserved. <a href='#title'>Two Knots</a></p>",
        **chapters,
        "hebrew": "<header class='opener'><h1>קשרים</h1></header><p>חבל אחד, שני קצוות. <a href='#knot-1'>קשר</a></p>",
        "all-knots": '<header class="opener"><p class="label">Appendix A</p><p class="numeral" aria-hidden="true">A</p>'
        '<h1>All the knots</h1></header><p>There are two.</p><section class="level2" id="all-list"><h2>The list</h2>'
        '<p>See <a href="#knot-1-how">how</a>, <a href="#all-list">here</a>.</p>'
        f'<ol class="chapter-list">{entries}</ol>'
        '<aside class="box" role="note" aria-labelledby="all-box"><p class="box-title" id="all-box">Box</p></aside>'
        "</section>",
        "words": '<header class="opener"><h1>Glossary</h1></header><dl class="glossary"><dt id="term-bight"><dfn>bight'
        "</dfn></dt><dd>A slack part.</dd></dl>",
        "index": '<header class="opener"><h1>Index</h1></header><section class="index-letter"><h2>L</h2>'
        '<ul class="index"><li><span class="entry">laid</span> <a class="locator" href="#knot-1-ix-1">1</a></li></ul>'
        "</section>",
    }


def _documents() -> list[dict[str, object]]:
    def part(name: str, matter: str, kind: str, title: str, **more: object) -> dict[str, object]:
        base = {"id": name, "file": f"{name}.xhtml", "matter": matter, "type": kind, "title": title}
        return base | {"short_title": title, "language": "en-GB", "direction": "ltr"} | more

    chapters = [
        part(k["id"], "body", "chapter", k["title"], number=k["n"], label=f"Knot No. {k['n']}", subtitle=k["subtitle"])
        for k in KNOTS
    ]
    chapters[0]["sections"] = [{"id": "knot-1-how", "title": "How to tie it", "level": 2}]
    return [
        part("half", "front", "halftitlepage", "Two Knots", page="half-title"),
        part("title", "front", "titlepage", "Two Knots", page="title-page"),
        part("imprint", "front", "copyright-page", "Imprint", page="imprint"),
        part("contents", "front", "toc", "Contents", page="contents"),
        *chapters,
        part("hebrew", "body", "chapter", "קשרים", language="he", direction="rtl"),
        part("all-knots", "back", "appendix", "All the knots", label="Appendix A", number="A"),
        part("words", "back", "glossary", "Glossary"),
        part("index", "back", "index", "Index", page="index"),
    ]


def write_galleys(folder: Path) -> None:
    """Write the galleys of the small book to `folder`."""
    documents = _documents()
    (folder / "images").mkdir(parents=True)
    for knot in KNOTS:
        (folder / f"images/{knot['id']}.svg").write_text(SVG.format("letters"), encoding="utf-8")
    (folder / "images/knot-2.outlined.svg").write_text(SVG.format("outlines"), encoding="utf-8")
    (folder / "images/unused.svg").write_text(SVG.format(""), encoding="utf-8")
    bodies = _bodies()
    for part in documents:
        galley = GALLEY.format(lang=part["language"], dir=part["direction"], body=bodies[str(part["id"])], **part)
        (folder / str(part["file"])).write_text(galley, encoding="utf-8")
    book = {
        "slug": "two-knots", "title": "Two Knots", "subtitle": "Enough for most days", "description": "How to tie two.",
        "language": "en-GB", "direction": "ltr", "rights": "© A. Sailor", "licence": "", "imprint": "", "subjects": [],
        "contributors": [{"name": "A. Sailor", "role": "aut", "file_as": "Sailor, A."}], "identifiers": {},
        "edition": "First edition", "version": "1.0", "date": "2026-01-02", "cover": "", "figures": [], "notes": [],
        "paper": {"width": 100, "height": 150, "bleed": 3, "caliper": 0.1}, "shared": ["all-knots"], "anchors": {},
        "words": yaml.safe_load((ROOT / "styles/locales/en.yaml").read_text(encoding="utf-8")),
        "documents": documents, "images": [f"images/{knot['id']}.svg" for knot in KNOTS],
    }  # fmt: skip
    (folder / "book.json").write_text(json.dumps(book), encoding="utf-8")


# The site, and a browser on it


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The web edition of the small book."""
    place = tmp_path_factory.mktemp("web")
    write_galleys(place / "galleys")
    web.build(place / "galleys", Styles([ROOT / "styles"]), place / "html")
    return place / "html"


class Silent(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, which `./book test` installs."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no Chromium: ./book test installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone, with scripts turned off."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


def pages(site: Path) -> list[str]:
    """The names of the site's pages."""
    return sorted(path.name for path in site.glob("*.html"))


def tree(site: Path, name: str) -> html.HtmlElement:
    """A page of the site, parsed."""
    return html.document_fromstring((site / name).read_bytes())


def test_has_a_page_a_part_and_nothing_else(site: Path) -> None:
    assert pages(site) == [
        "all-knots.html", "back-index.html", "hebrew.html", "imprint.html", "index.html", "knot-1.html", "knot-2.html",
        "words.html",
    ]  # fmt: skip
    assert sorted(path.name for path in (site / "images").iterdir()) == ["knot-1.svg", "knot-2.svg"]
    assert {path.name for path in site.iterdir()} - set(pages(site)) == {"style.css", "fonts", "images"}


def test_takes_the_drawing_with_outlined_letters(site: Path) -> None:
    assert "outlines" in (site / "images/knot-2.svg").read_text(encoding="utf-8")
    assert "letters" in (site / "images/knot-1.svg").read_text(encoding="utf-8")


def test_style_sheet_names_the_fonts_that_are_there(site: Path) -> None:
    css = (site / "style.css").read_text(encoding="utf-8")
    fonts = {path.name for path in (site / "fonts").iterdir()}
    assert fonts and all(f'url("fonts/{name}")' in css for name in fonts)
    assert css.count("@font-face") == len(fonts) == css.count("font-display: swap")
    for name in pages(site):
        preloaded = tree(site, name).xpath("//link[@rel='preload']/@href")
        assert len(preloaded) == 1 and (site / preloaded[0]).is_file()


def test_identical_bytes_when_built_twice(site: Path, tmp_path: Path) -> None:
    write_galleys(tmp_path / "galleys")
    web.build(tmp_path / "galleys", Styles([ROOT / "styles"]), tmp_path / "html")
    first, second = (
        {path.relative_to(top): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}
        for top in (site, tmp_path / "html")
    )
    assert first == second


def test_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    write_galleys(tmp_path / "galleys")
    galley = tmp_path / "galleys/words.xhtml"
    galley.write_text(
        galley.read_text(encoding="utf-8").replace("A slack part.", '<a href="#no">no</a>'), encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"words\.html: .* id no"):
        web.build(tmp_path / "galleys", Styles([ROOT / "styles"]), tmp_path / "html")
    assert not (tmp_path / "html").exists()


def test_markup_is_plain_html(site: Path) -> None:
    for name in pages(site):
        text = (site / name).read_text(encoding="utf-8")
        assert text.startswith("<!DOCTYPE html>\n<html ")
        for stranger in ("epub:", 'xmlns="http://www.w3.org/1999', "data-line", "data-source", "<script", "xml:lang"):
            assert stranger not in text, f"{name} has {stranger}"


def test_each_page_names_itself(site: Path) -> None:
    titles, descriptions = set(), set()
    for name in pages(site):
        head = tree(site, name)
        titles.add(head.findtext(".//title"))
        descriptions.add(head.xpath("string(//meta[@name='description']/@content)"))
        assert head.get("lang") and head.get("dir")
        assert head.xpath("//link[@rel='icon']/@href")[0].startswith("data:image/svg+xml,")
    assert len(titles) == len(pages(site)) and "" not in descriptions
    assert "The Bowline · Two Knots" in " ".join(map(str, titles))


def test_one_first_heading_and_no_level_skipped(site: Path) -> None:
    for name in pages(site):
        levels = [int(h.tag[1]) for h in tree(site, name).xpath("//*[self::h1 or self::h2 or self::h3 or self::h4]")]
        assert levels.count(1) == 1 and levels[0] == 1, name
        assert all(below - above <= 1 for above, below in itertools.pairwise(levels)), f"{name}: {levels}"


def test_ids_are_unique_and_referred_ids_exist(site: Path) -> None:
    for name in pages(site):
        ids = tree(site, name).xpath("//@id")
        assert len(ids) == len(set(ids)), name
        for value in tree(site, name).xpath("//@aria-labelledby"):
            assert set(value.split()) <= set(ids), f"{name}: {value}"


def test_landmarks_and_skip_link(site: Path) -> None:
    for name in pages(site):
        body = tree(site, name).find("body")
        assert body is not None
        assert len(body.findall("main")) == len(body.findall("footer")) == 1
        skip = body.xpath("a[@class='skip']")[0]
        assert skip is body[0] and body.get_element_by_id(str(skip.get("href"))[1:]) is not None
        labels = [nav.get("aria-label") or nav.get("aria-labelledby") for nav in body.xpath("//nav")]
        assert all(labels) and len(labels) == len(set(labels)), name


def test_every_internal_link_resolves(site: Path, page: Page, address: str) -> None:
    ids = {name: set(tree(site, name).xpath("//@id")) for name in pages(site)}
    for name in pages(site):
        page.goto(address + name)
        for href in page.eval_on_selector_all("a[href], link[href]", "all => all.map(one => one.href)"):
            if href.startswith(address):
                parts = urlsplit(href)
                target = unquote(parts.path[1:])
                assert (site / target).is_file(), f"{name}: {href}"
                assert not parts.fragment or unquote(parts.fragment) in ids[target], f"{name}: {href}"
            else:
                assert href.startswith(("https://doi.org/", "data:")), f"{name}: {href}"


def test_links_out_of_repeated_matter_lead_to_its_own_page(site: Path) -> None:
    links = tree(site, "knot-1.html").xpath("//section[@class='shared']//p/a/@href")
    assert links == ["#knot-1-how", "all-knots.html#all-list"]


def test_a_note_is_called_and_leads_back(page: Page, address: str) -> None:
    page.goto(address + "knot-1.html")
    page.click("#knot-1-call-2")
    assert page.url.endswith("#knot-1-note-2")
    note = page.locator("#knot-1-note-2")
    assert note.bounding_box() is not None and page.locator("li:target").count() == 1
    assert note.evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"
    page.click("#knot-1-note-2 .note-back")
    assert page.url.endswith("#knot-1-call-2") and page.locator("a.note-call:target").count() == 1


def test_next_and_previous_walk_through_the_book(page: Page, address: str) -> None:
    walk = ["index", "knot-1", "knot-2", "hebrew", "all-knots", "words", "back-index", "imprint"]
    page.goto(address)
    for name in walk[1:]:
        page.click("a[rel=next]")
        assert page.url == f"{address}{name}.html"
    assert page.locator("a[rel=next]").count() == 0
    for name in reversed(walk[:-1]):
        page.click("a[rel=prev]")
        assert page.url == f"{address}{name}.html"
    assert page.locator("a[rel=prev]").count() == 0


def test_contents_can_be_opened_on_every_page_without_a_script(site: Path, page: Page, address: str) -> None:
    for name in [name for name in pages(site) if name != "index.html"]:
        page.goto(address + name)
        page.click("summary")
        current = page.locator(".menu a[aria-current=page]")
        assert current.count() == 1 and current.is_visible()
        assert urljoin(page.url, current.get_attribute("href")) == address + name
        page.click(".menu nav a >> nth=0")
        assert page.url == f"{address}index.html#contents"


def test_contents_of_the_home_page_are_those_of_the_galleys(site: Path) -> None:
    links = tree(site, "index.html").xpath("//nav[@class='contents']//a/@href")
    assert links == ["knot-1.html", "knot-1.html#knot-1-how", "knot-2.html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_is_wider_than_the_window(
    site: Path, browser: Browser, address: str, size: ViewportSize, scheme: str
) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    for name in pages(site):
        page.goto(address + name)
        for details in page.locator("summary").all():
            details.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    context.close()


def test_a_wide_table_scrolls_in_its_own_region(page: Page, address: str) -> None:
    page.goto(address + "knot-1.html")
    region = page.get_by_role("region", name="Table 1.1 Strength")
    assert region.get_attribute("tabindex") == "0"
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")


def test_no_request_leaves_the_site_and_none_fails(site: Path, page: Page, address: str) -> None:
    requests: list[str] = []
    page.on("response", lambda answer: requests.append(f"{answer.status} {answer.url}"))
    page.on("requestfailed", lambda request: requests.append(f"failed {request.url}"))
    for name in pages(site):
        page.goto(address + name, wait_until="networkidle")
    answers = [request for request in requests if not request.endswith(("favicon.ico",)) and " data:" not in request]
    assert answers and all(answer.startswith((f"200 {address}", f"304 {address}")) for answer in answers), answers


def test_repeated_matter_marks_the_page_being_read(site: Path) -> None:
    for knot in KNOTS:
        shared = tree(site, f"{knot['id']}.html").xpath("//section[@class='shared']")
        assert len(shared) == 1
        marked = shared[0].xpath(".//li[@aria-current='page']")
        assert len(marked) == 1 and not marked[0].xpath(".//a")
        assert marked[0].get("data-target") == knot["id"] and "current" in marked[0].get("class").split()
        assert marked[0].xpath("string(span[@class='here'])") == "this chapter"
        assert marked[0].xpath("string(span[@class='title'])") == knot["title"]
        assert len(shared[0].xpath(".//li[@data-target]/a")) == len(KNOTS) - 1
    assert not tree(site, "hebrew.html").xpath("//section[@class='shared']//li[@aria-current]")
    for name in ("all-knots.html", "words.html", "index.html"):
        assert not tree(site, name).xpath("//section[@class='shared'] | //ol//*[@class='here']")


def test_a_part_from_right_to_left(page: Page, address: str) -> None:
    page.goto(address + "hebrew.html")
    assert page.evaluate("[document.documentElement.lang, document.dir]") == ["he", "rtl"]
    top = page.locator("header.top")
    assert (top.get_attribute("lang"), top.get_attribute("dir")) == ("en-GB", "ltr")


def test_pictures_have_their_size_in_pixels(page: Page, address: str) -> None:
    page.goto(address + "knot-1.html")
    image = page.locator("figure img")
    assert (image.get_attribute("width"), image.get_attribute("height")) == ("800", "400")
    box = image.bounding_box()
    assert box is not None and box["x"] >= 0 and box["width"] <= PHONE["width"]
    assert abs(box["width"] - 2 * box["height"]) < 2
