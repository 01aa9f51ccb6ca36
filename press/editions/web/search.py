"""What the search page searches: every passage of the book under the heading that it stands below.

The data is a script and not JSON, because a page that was opened from a folder may load scripts but not fetch files.
"""

from __future__ import annotations

import json

from lxml import etree

from press.editions.web import markup as html
from press.galleys import Document

# What a reader looks for stands in these; what only leads to it (contents, the index) does not.
SKIPPED = ("note-call", "note-back", "page-info", "numeral", "plate")


class Passages:
    """Gathers the passages of the book, page by page.

    A page is [label, title, language, passages]; a passage is [address, heading, text].
    """

    def __init__(self) -> None:
        self._pages: list[list[object]] = []

    def add(self, part: etree._Element, name: str, document: Document) -> None:
        """Add what stands on the page `name`; `part` is its section as HTML."""
        passages: list[list[str]] = []
        self._gather(part, [name, "", ""], passages)
        kept = [[href, heading, " ".join(text.split())] for href, heading, text in passages]
        self._pages.append([document.label, document.title, document.language, [one for one in kept if one[2]]])

    def script(self) -> str:
        """Return the data as a script that sets `bookPassages`."""
        data = json.dumps(self._pages, ensure_ascii=False, separators=(",", ":"))
        return f"self.bookPassages = {data};\n"

    def _gather(self, section: etree._Element, passage: list[str], passages: list[list[str]]) -> None:
        """Append the passage of a section; each section inside it with a heading is a passage of its own."""
        passages.append(passage)
        for child in section:
            if _skipped(child) or child.tag in ("h1", "h2", "h3", "h4", "header"):
                continue
            heading = child.find("*") if child.tag == "section" else None
            if heading is not None and str(heading.tag) in html.HEADINGS:
                page = passage[0].partition("#")[0]
                self._gather(child, [f"{page}#{child.get('id', '')}", html.text(heading), ""], passages)
            else:
                passage[2] += f" {_words(child)}"


def _skipped(element: etree._Element) -> bool:
    return not isinstance(element.tag, str) or any(name in SKIPPED for name in html.classes(element))


def _words(element: etree._Element) -> str:
    """Return the text of an element; blocks are parted by blanks."""
    if _skipped(element):
        return ""
    inner = "".join([element.text or "", *(_words(child) + (child.tail or "") for child in element)])
    block = element.tag in ("p", "li", "dt", "dd", "td", "th", "caption", "figcaption", "div", "tr")
    return f" {inner} " if block else inner
