"""The web edition, read as a reader reads it: in Chromium, without scripts, on a phone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from conftest import DESK, PHONE
from knots import KNOTS, ROOT, URL, pages, tree, write_galleys
from playwright.sync_api import Browser, Page, ViewportSize

from press.editions import web
from press.styles import Styles


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone, with scripts turned off."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


HREFS = "all => all.map((one) => new URL(one.getAttribute('href'), location).href)"
DOWNLOADED = {"downloads", "downloads.html", "opds.json", "cover.jpg"}


def test_has_a_page_a_part_and_nothing_else(site: Path) -> None:
    assert pages(site) == [
        "404.html", "all-knots.html", "back-index.html", "downloads.html", "hebrew.html", "imprint.html", "index.html",
        "knot-1.html", "knot-2.html", "search.html", "words.html",
    ]  # fmt: skip
    assert [path.name for path in (site / "images").iterdir()] == ["bend.png"]
    assert {path.name for path in site.iterdir()} - set(pages(site)) == {
        "style.css", "fonts", "images", "lib", "theme.js", "reader.js", "search.js", "passages.js", "sw.js",
        "manifest.webmanifest", "icon.svg", "icon-192.png", "icon-512.png", "feed.xml", "sitemap.xml", "robots.txt",
        "downloads", "opds.json", "cover.jpg",
    }  # fmt: skip


def test_style_sheet_names_the_fonts_that_are_there(site: Path) -> None:
    css = (site / "style.css").read_text(encoding="utf-8")
    fonts = {path.name for path in (site / "fonts").iterdir()}
    assert fonts and all(f'url("fonts/{name}")' in css for name in fonts)
    assert css.count("@font-face") == len(fonts) == css.count("font-display: optional")
    for name in pages(site):
        preloaded = tree(site, name).xpath("//link[@rel='preload']/@href")
        assert len(preloaded) == 6 and all((site / href.removeprefix("/two/")).is_file() for href in preloaded)


def test_identical_bytes_when_built_twice(site: Path, tmp_path: Path) -> None:
    write_galleys(tmp_path / "galleys")
    web.build(tmp_path / "galleys", Styles([ROOT / "styles"]), tmp_path / "html")
    for stray in DOWNLOADED:
        assert (site / stray).exists() and not (tmp_path / "html" / stray).exists()
    first, second = (
        {
            path.relative_to(top): path.read_bytes()
            for path in sorted(top.rglob("*"))
            if path.is_file() and not DOWNLOADED & set(path.parts)
        }
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
        for stranger in ("epub:", 'xmlns="http://www.w3.org/1999', "data-line", "data-source", "<style", "xml:lang"):
            assert stranger not in text, f"{name} has {stranger}"


def test_each_page_names_itself(site: Path) -> None:
    titles, descriptions = set(), set()
    for name in pages(site):
        head = tree(site, name)
        titles.add(head.findtext(".//title"))
        descriptions.add(head.xpath("string(//meta[@name='description']/@content)"))
        assert head.get("lang") and head.get("dir")
        assert head.xpath("//link[@rel='icon']/@href")[0].endswith("icon.svg")
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
        for href in page.eval_on_selector_all("a[href], link[href]", HREFS):
            if href.startswith(address):
                parts = urlsplit(href)
                target = unquote(parts.path.removeprefix("/two/")) or "index.html"
                assert (site / target).is_file(), f"{name}: {href}"
                assert not parts.fragment or unquote(parts.fragment) in ids[target], f"{name}: {href}"
            else:
                assert href.startswith(("https://doi.org/", "data:", URL)), f"{name}: {href}"


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
    for name in set(pages(site)) - {"index.html", "404.html", "search.html"}:
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
    image = page.locator("#fig-knot-1 .plate")
    assert (image.get_attribute("width"), image.get_attribute("height")) == ("800", "400")
    box = image.bounding_box()
    assert box is not None and box["x"] >= 0 and box["width"] <= PHONE["width"]
    assert abs(box["width"] - 2 * box["height"]) < 2
