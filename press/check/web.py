"""The web edition, read back: every link arrives, nothing leaves the site, every page has one title and keeps the rules
that it sets itself, and what is offered for download is what was made."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree, html

from press.check import axe, nu
from press.check.places import Places
from press.findings import Finding, named
from press.galleys import Galleys

_LOADED = {"img": "src", "link": "href", "script": "src", "source": "src", "iframe": "src"}
_KEPT = re.compile(r"const FILES = (\[.*?\]);")  # what the service worker keeps
# Made later than the rest, or asked for by machines only: not kept for reading offline.
UNKEPT = {
    "downloads.html",
    "cover.jpg",
    "opds.json",
    "feed.xml",
    "sitemap.xml",
    "robots.txt",
    "sw.js",
    "manifest.webmanifest",
}


Complaint = tuple[etree._Element | None, str]  # the element that is wrong, if it is one; what is wrong


def check(index: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the pages of the web edition whose home page is `index`: by us, the Nu checker, axe."""
    places = Places(galleys)
    root = f"{urlsplit(galleys.book.url).path.rstrip('/')}/"
    judged = [*named("nu", nu.check(index.parent, places)), *named("axe", axe.check(index.parent, places, root))]
    return [*inspect(index, galleys), *judged]


def inspect(index: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the pages of the web edition as a whole."""
    edition, places = index.parent, Places(galleys)
    root = urlsplit(galleys.book.url).path if galleys.book.url else ""
    pages = {path.name: html.parse(str(path)).getroot() for path in sorted(edition.glob("*.html"))}
    ids = {name: page.xpath("//@id") for name, page in pages.items()}
    findings = []
    for name, page in pages.items():
        wrong = [*_ids(page), *_follow(name, page, edition, root, ids), *_inline(page), *_pictures(page)]
        for element, message in wrong:
            place = places.target(name) if element is None else places.of(element)
            findings.append(places.finding(place, f"{edition.name}/{name}", message))
    for document in galleys.book.documents:
        if document.source and f"{document.id}.html" not in pages:
            findings.append(Finding(document.source, 0, "the web edition has no page for it"))
    return findings + _offline(edition) + _downloads(edition) + _news(edition)


def _ids(page: html.HtmlElement) -> Iterator[Complaint]:
    """Find ids that stand twice, at the second place, and a page without one main heading."""
    seen = set()
    for element in page.iter(etree.Element):
        name = element.get("id")
        if name and name in seen:
            yield element, f"id '{name}' stands twice"
        seen.add(name)
    if (count := len(page.findall(".//h1"))) != 1:
        yield None, f"the page has {count} main headings (h1)"


def _follow(
    name: str, page: html.HtmlElement, edition: Path, root: str, ids: dict[str, list[str]]
) -> Iterator[Complaint]:
    """Follow every link of a page inside the site; what the page loads may not come from outside."""
    for element in page.iter("a", *_LOADED):
        address = element.get("href") or element.get("src") or ""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if element.tag in _LOADED and parts.scheme != "data" and element.get("rel") != "canonical":
                yield element, f"the page loads {address} from outside"
            continue
        target = unquote(parts.path.removeprefix(root) if root else parts.path) or name
        if not (edition / target).exists():
            yield element, f"link {address}: there is no such file"
        elif parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]:
            yield element, f"link {address} leads nowhere"


def _inline(page: html.HtmlElement) -> Iterator[Complaint]:
    """Find what the page's own policy forbids: styles and scripts that stand in it; and data that is no JSON."""
    policy = page.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield None, "the page has no strict Content-Security-Policy"
    for element in page.xpath("//style | //*[@style]")[:1]:
        yield element, "a style stands in the page, where its policy forbids it"
    scripts = "//*[@*[starts-with(name(), 'on')]] | //script[not(@src) and not(@type='application/ld+json')]"
    for element in page.xpath(scripts)[:1]:
        yield element, "a script stands in the page, where its policy forbids it"
    for script in page.xpath("//script[@type='application/ld+json']"):
        try:
            json.loads(script.text or "")
        except ValueError as error:
            yield None, f"its schema.org data is not JSON: {error}"


def _pictures(page: html.HtmlElement) -> Iterator[Complaint]:
    """Find pictures without words."""
    for picture in page.iter("img"):
        if not picture.get("alt"):
            yield picture, f"picture {picture.get('src')} has no alternative text"
    for plate in page.xpath("//*[local-name()='svg'][not(@aria-hidden)]"):
        words = [
            page.xpath("string(//*[@id=$name])", name=name) for name in (plate.get("aria-labelledby") or "").split()
        ]
        if not "".join(map(str, words)).strip():
            yield plate, "a drawing has no name"


def _offline(edition: Path) -> list[Finding]:
    """Find files of the site that the service worker does not keep, and kept ones that are not there."""
    worker = edition / "sw.js"
    match = _KEPT.search(worker.read_text(encoding="utf-8")) if worker.is_file() else None
    if match is None:
        return [Finding(f"{edition.name}/sw.js", 0, "there is no list of what is kept for reading offline")]
    kept = {unquote(name) for name in json.loads(match[1])}
    there = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    there = {name for name in there if not name.startswith("downloads/")} - UNKEPT
    return [
        Finding(f"{edition.name}/sw.js", 0, f"{name} {fault}")
        for names, fault in ((there - kept, "is not kept for reading offline"), (kept - there, "is kept and not there"))
        for name in sorted(names)
    ]


def _downloads(edition: Path) -> list[Finding]:
    """Find downloads whose checksum on the page is not that of the file, and a catalogue that leads to nothing."""
    page = edition / "downloads.html"
    if not page.is_file():
        return [Finding(f"{edition.name}/downloads.html", 0, "there is no such page")]
    findings = []
    for item in html.parse(str(page)).getroot().xpath("//main//li[.//code]"):
        file = edition / unquote(str(item.xpath("string(a/@href)")))
        told = item.xpath("string(.//code)")
        if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() != told:
            findings.append(Finding(f"{edition.name}/downloads.html", 0, f"{file.name} has another checksum"))
    catalogue = json.loads((edition / "opds.json").read_text(encoding="utf-8"))
    for publication in catalogue["publications"]:
        for link in publication["links"]:
            if not any((edition / "downloads").glob(unquote(link["href"]).rpartition("/")[2])):
                findings.append(Finding(f"{edition.name}/opds.json", 0, f"{link['href']}: there is no such file"))
    return findings


def _news(edition: Path) -> list[Finding]:
    """Find feeds that are not well-formed."""
    findings = []
    for name in ("feed.xml", "sitemap.xml"):
        try:
            if (edition / name).is_file() or name == "feed.xml":
                etree.parse(str(edition / name))
        except (OSError, etree.XMLSyntaxError) as error:
            findings.append(Finding(f"{edition.name}/{name}", 0, str(error)))
    return findings
