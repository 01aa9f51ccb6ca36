"""An element of a document, by what a validator says of its place: a line and column, or a CSS selector."""

from __future__ import annotations

from contextlib import suppress
from html.parser import HTMLParser
from xml.parsers import expat

import cssselect2
from lxml import etree, html

Position = tuple[int, int]  # line and column, both from 1


def in_xml(data: bytes, position: Position) -> etree._Element | None:
    """Return the element of an XML document that begins last before a position; None if it is before the root.

    Validators name the end of a start tag. What is not well-formed is read as far as it can be.
    """
    count = 0
    parser = expat.ParserCreate()

    def begin(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        count += (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1) < position

    parser.StartElementHandler = begin
    with suppress(expat.ExpatError):
        parser.Parse(data, True)
    return _numbered(etree.fromstring(data, etree.XMLParser(resolve_entities=False, recover=True)), count)


def in_html(text: str, position: Position) -> etree._Element | None:
    """Return the element of an HTML page that begins last before a position; None if it is before the root."""
    reader = _Reader(position)
    reader.feed(text)
    return _numbered(html.document_fromstring(text.encode(), html.HTMLParser(encoding="utf-8")), reader.count)


class _Reader(HTMLParser):
    """Counts the start tags before a position."""

    def __init__(self, position: Position) -> None:
        super().__init__()
        self.position, self.count = position, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count a tag that begins before the position."""
        line, offset = self.getpos()
        self.count += (line, offset + 1) < self.position


def _numbered(root: etree._Element | None, count: int) -> etree._Element | None:
    elements = [] if root is None else list(root.iter(etree.Element))
    return elements[min(count, len(elements)) - 1] if count and elements else None


def select(root: etree._Element, selector: str) -> etree._Element | None:
    """Return the first element that a CSS selector finds; None if it finds none, or is none."""
    try:
        found = cssselect2.ElementWrapper.from_xml_root(root).query(selector)
    except (cssselect2.SelectorError, ValueError):
        return None
    return None if found is None else found.etree_element
