"""The checks of the web edition, each seen to fail; and what machines read of the site."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pytest
from conftest import STYLES
from knots import ROOT, URL, pages, tree, write_galleys
from lxml import etree
from PIL import Image

from press.check.web import inspect
from press.editions import web
from press.galleys import Galleys
from press.styles import Styles

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def own_site(site: Path, tmp_path: Path) -> Path:
    """A copy of the site of knots.py beside its galleys, to be spoilt."""
    write_galleys(tmp_path / "galleys")
    shutil.copytree(site, tmp_path / "html")
    return tmp_path / "html"


def findings(site: Path) -> list[str]:
    """What the check finds in a site beside its galleys."""
    return [str(one) for one in inspect(site / "index.html", Galleys(site.parent / "galleys"))]


def test_a_sound_site_has_no_findings(own_site: Path) -> None:
    assert findings(own_site) == []


POLICY = "stands in the page, where its policy forbids it"
FAULTS = [
    ("words.html", 'id="term-bight"', 'id="words"', "id 'words' stands twice"),
    ("words.html", "<h1>", "<h1>x</h1><h1>", "the page has 2 main headings (h1)"),
    ("words.html", "slack", '<a href="none.html">x</a>', "link none.html: there is no such file"),
    ("words.html", "slack", '<a href="knot-1.html#x">x</a>', "link knot-1.html#x leads nowhere"),
    ("words.html", "slack", '<img alt="x" src="//x.example/a">', "the page loads //x.example/a from outside"),
    ("words.html", "slack", '<i style="color:red">x</i>', f"a style {POLICY}"),
    ("words.html", "slack", "<script>alert(1)</script>", f"a script {POLICY}"),
    ("words.html", "slack", '<i onclick="x()">x</i>', f"a script {POLICY}"),
    ("words.html", "'none'; script", "'self'; script", "the page has no strict Content-Security-Policy"),
    ("knot-1.html", '"@type"', '"@type', "its schema.org data is not JSON: Expecting"),
    ("knot-2.html", 'alt="A loop of rope"', "", "picture images/bend.png has no alternative text"),
    ("knot-1.html", ">The bowline</title>", "></title>", "a drawing has no name"),
    ("sw.js", '"words.html"', '"wards.html"', "words.html is not kept for reading offline"),
    ("sw.js", '"words.html"', '"wards.html"', "wards.html is kept and not there"),
    ("downloads.html", "<code>", "<code>0", "two-knots.epub has another checksum"),
    ("opds.json", "two-knots.pdf", "no.pdf", f"{URL}downloads/no.pdf: there is no such file"),
    ("feed.xml", "</feed>", "", "Premature end of data in tag feed"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_what_is_wrong_is_found(own_site: Path, file: str, old: str, new: str, message: str) -> None:
    path = own_site / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [one for one in findings(own_site) if one.startswith(f"html/{file}: {message}")], findings(own_site)


def test_what_is_missing_is_found(own_site: Path) -> None:
    (own_site / "sw.js").unlink()
    (own_site / "knot-2.html").unlink()
    shutil.rmtree(own_site / "downloads")
    (own_site / "downloads.html").unlink()
    said = findings(own_site)
    assert "html/sw.js: there is no list of what is kept for reading offline" in said
    assert "html/downloads.html: there is no such page" in said
    assert "html/words.html: link knot-2.html: there is no such file" in said


# What machines read


def test_every_page_says_what_it_is(site: Path) -> None:
    for name in set(pages(site)) - {"404.html"}:
        page = tree(site, name)
        address = URL + ("" if name == "index.html" else name)
        assert page.xpath("//link[@rel='canonical']/@href") == [address]
        assert page.xpath("//meta[@property='og:url']/@content") == [address]
        assert page.xpath("//meta[@property='og:title']/@content") == [page.findtext(".//title")]
        assert page.xpath("//meta[@property='og:image']/@content") == [f"{URL}cover.jpg"]
    home, chapter = (
        json.loads(tree(site, name).xpath("string(//script[@type])")) for name in ("index.html", "knot-1.html")
    )
    assert (home["@type"], home["name"], home["url"], len(home["hasPart"])) == ("Book", "Two Knots", URL, 3)
    assert (chapter["@type"], chapter["dateModified"]) == ("Chapter", "2026-03-04")
    assert chapter["isPartOf"] == {"@type": "Book", "name": "Two Knots"}


def test_the_feed_tells_what_is_new(site: Path) -> None:
    feed = etree.parse(str(site / "feed.xml"))
    assert feed.xpath("string(/a:feed/a:id)", namespaces=ATOM).startswith("urn:uuid:")
    assert feed.xpath("//a:entry/a:title/text()", namespaces=ATOM) == ["Knot No. 1: The Bowline"]
    assert feed.xpath("//a:updated/text()", namespaces=ATOM) == ["2026-03-04T00:00:00Z"] * 2
    assert feed.xpath("//a:entry/a:link/@href", namespaces=ATOM) == [f"{URL}knot-1.html"]


def test_the_sitemap_lists_every_page(site: Path) -> None:
    listed = etree.parse(str(site / "sitemap.xml")).xpath("//*[local-name()='loc']/text()")
    there = {URL + ("" if name == "index.html" else name) for name in pages(site)}
    assert set(listed) == there - {f"{URL}404.html", f"{URL}search.html"} and len(listed) == len(set(listed))


def test_a_book_without_an_address_invents_none(tmp_path: Path) -> None:
    write_galleys(tmp_path / "galleys", url="")
    web.build(tmp_path / "galleys", Styles([STYLES]), tmp_path / "html")
    names = {path.name for path in (tmp_path / "html").iterdir()}
    assert not names & {"sitemap.xml", "robots.txt"}
    for name in pages(tmp_path / "html"):
        assert not tree(tmp_path / "html", name).xpath(
            "//link[@rel='canonical'] | //meta[@property='og:url' or @property='og:image']"
        )
    feed = etree.parse(str(tmp_path / "html" / "feed.xml"))
    assert feed.xpath("//a:link/@href", namespaces=ATOM) == ["feed.xml", "index.html", "knot-1.html"]


def test_downloads_are_measured(site: Path) -> None:
    page = tree(site, "downloads.html")
    files = sorted((site / "downloads").iterdir())
    assert [file.name for file in files] == ["two-knots-print.pdf", "two-knots.epub", "two-knots.pdf"]
    for file in files:
        item = page.xpath("//li[a[@href=$href]]", href=f"downloads/{file.name}")[0]
        assert item.findtext(".//code") == hashlib.sha256(file.read_bytes()).hexdigest()
        assert item.xpath("string(.//*[@class='size'])") == f"{file.stat().st_size / 1000:.0f}\u00a0kB"
    with Image.open(site / "cover.jpg") as cover:
        assert cover.size == (800, 800) and page.xpath("//p[@class='cover']/img/@height") == ["800"]
    catalogue = json.loads((site / "opds.json").read_text(encoding="utf-8"))
    (publication,) = catalogue["publications"]
    assert publication["metadata"]["@type"] == "http://schema.org/Book"
    assert [link["href"] for link in publication["links"]] == [
        f"{URL}downloads/two-knots.{end}" for end in ("epub", "pdf")
    ]
    assert publication["images"] == [{"href": f"{URL}cover.jpg", "type": "image/jpeg", "width": 800, "height": 800}]
    assert catalogue["links"] == [{"rel": "self", "href": f"{URL}opds.json", "type": "application/opds+json"}]


# Plates


def test_a_plate_stands_in_the_page_in_the_colours_of_the_theme(site: Path) -> None:
    plate = tree(site, "knot-1.html").xpath("//figure[@id='fig-knot-1']/svg")[0]
    assert plate.get("role") == "img" and plate.get("aria-labelledby") == "fig-knot-1-title"
    assert plate.xpath("string(desc)") == "A loop of rope", "what the manuscript says of the figure"
    assert plate.xpath("string(.//use/@href)") == "#fig-knot-1-c" and plate.xpath(".//circle/@id")[0] == "fig-knot-1-c"
    assert not plate.xpath(".//style | .//@style | .//@fill | .//@stroke")
    css = (site / "style.css").read_text(encoding="utf-8")
    (rope,), (path,) = (plate.xpath(f".//{one}/@class") for one in ("circle[@r=99]", "path"))
    assert f".{rope}{{fill:none;stroke:var(--plate-s100);stroke-width:3}}" in css, (
        "as its classes say, the last one first"
    )
    assert f".{path}{{fill:var(--plate-ink);stroke:var(--plate-k40)}}" in css
    assert css.count("--plate-s100: #ff7a5c") == 2 and "--plate-s100: #c2402a" in css


def test_the_finder_is_links(site: Path) -> None:
    links = tree(site, "index.html").xpath("//section[@id='finder']//svg//a")
    assert [link.get("href") for link in links] == ["knot-1.html", "knot-2.html"]
    assert [link.get("aria-label") for link in links] == ["Knot No. 1: The Bowline", "Knot No. 2: The Sheet Bend"]


# The library of the search


def test_the_library_is_the_published_one(site: Path) -> None:
    """The one file that is not ours is what its maker published, to the byte, and its licence goes with it."""
    package = Path(sys.prefix) / "node" / "node_modules" / "minisearch"
    published = (package / "dist" / "umd" / "index.js").read_bytes()
    assert (
        (ROOT / "styles/web/lib/minisearch.js").read_bytes() == published == (site / "lib/minisearch.js").read_bytes()
    )
    assert (site / "lib/LICENSE-MiniSearch.txt").read_bytes() == (package / "LICENSE.txt").read_bytes()
