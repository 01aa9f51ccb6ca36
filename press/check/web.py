"""The web edition, read back: every link arrives, nothing leaves the site, every page has one title."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

from press.findings import Finding
from press.galleys import Galleys

_LOADED = {"img": "src", "link": "href", "script": "src", "source": "src", "iframe": "src"}


def check(index: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the pages of the web edition whose home page is `index`."""
    edition = index.parent
    pages = {path.name: html.parse(str(path)).getroot() for path in sorted(edition.glob("*.html"))}
    ids = {name: page.xpath("//@id") for name, page in pages.items()}
    findings = []
    for name, page in pages.items():
        messages = [f"id '{one}' stands twice" for one in sorted({x for x in ids[name] if ids[name].count(x) > 1})]
        if (count := len(page.findall(".//h1"))) != 1:
            messages.append(f"the page has {count} main headings (h1)")
        messages += _follow(name, page, edition, ids)
        findings += [Finding(f"{edition.name}/{name}", 0, message) for message in messages]
    for document in galleys.book.documents:
        if document.source and f"{document.id}.html" not in pages:
            findings.append(Finding(document.source, 0, "the web edition has no page for it"))
    return findings


def _follow(name: str, page: html.HtmlElement, edition: Path, ids: dict[str, list[str]]) -> list[str]:
    """Follow every link of a page inside the site; what the page loads may not come from outside."""
    wrong = []
    for element in page.iter("a", *_LOADED):
        address = element.get("href") or element.get("src") or ""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if element.tag in _LOADED and parts.scheme != "data":
                wrong.append(f"the page loads {address} from outside")
            continue
        target = unquote(parts.path) or name
        if not (edition / target).exists():
            wrong.append(f"link {address}: there is no such file")
        elif parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]:
            wrong.append(f"link {address} leads nowhere")
    return wrong
