"""A part of the book on its way to a galley, and the ledger that all parts share."""

from __future__ import annotations

import datetime
import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lxml import etree
from pydantic import BaseModel, ConfigDict, Field

from press import yamlfile
from press.book import Language, Manifest, Part
from press.findings import Finding, line_of
from press.galleys import EPUB, Anchor, Document, Figure, Note, Update
from press.resolve.credits import Credits
from press.resolve.plates import Plate

TYPE = f"{{{EPUB}}}type"


class _Update(BaseModel):
    model_config = ConfigDict(extra="forbid")
    date: datetime.date
    type: str = ""
    text: str


class Header(BaseModel):
    """The YAML header of a manuscript file; keys of the book's own are in `model_extra`."""

    model_config = ConfigDict(extra="allow", alias_generator=lambda name: name.replace("_", "-"))
    id: str = Field(default="", pattern=r"^([a-z][a-z0-9-]*)?$")
    number: int | str = ""
    title: str = Field(min_length=1)
    short_title: str = ""
    subtitle: str = ""
    published: datetime.date | None = None
    updates: list[_Update] = []
    lang: Language | None = None
    dir: Literal["ltr", "rtl"] | None = None
    role: str = ""


_HEADER_KEYS = {name.replace("_", "-") for name in Header.model_fields}


@dataclass
class Draft:
    """One part: its entry in book.json, and its body (an element `div`; empty for a generated page)."""

    part: Part
    document: Document
    header: Header | None = None
    body: etree._Element = field(default_factory=lambda: etree.Element("div"))
    notes: list[etree._Element] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # of the header, by its keys


@dataclass
class Entry:
    """One marked index term: headings from outer to inner, where it stands, and other entries to look at."""

    path: tuple[str, ...]
    anchor: str
    draft: Draft
    see_also: str = ""


class Ledger:
    """What the parts of a book share while it is resolved: labels, anchors, numbers, and findings."""

    def __init__(self, manifest: Manifest, words: dict[str, str]) -> None:
        self.manifest = manifest
        self.words = words | manifest.labels
        self.anchors: dict[str, Anchor] = {}
        self.figures: list[Figure] = []
        self.notes: list[Note] = []
        self.index: list[Entry] = []
        self.glossary: dict[str, str] = {}
        self.cited: dict[str, str] = {}
        self.images: dict[str, bytes | None] = {}  # src -> its outlined twin, where it has text
        self.plates: dict[str, Plate] = {}  # src -> what a drawing says of itself
        self.credits: Credits | None = None
        self.findings: list[Finding] = []

    def say(self, key: str, **values: object) -> str:
        """Return the book's own words for `key` with {names} filled in."""
        text = self.words[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def find(self, draft: Draft, element: etree._Element | None, message: str) -> None:
        """Note a finding at the source line of `element`."""
        self.findings.append(Finding(draft.document.source, line_of(element), message))

    def anchor(self, draft: Draft, element: etree._Element, name: str, kind: str, text: str) -> None:
        """Register the id `name`; an id that stands twice in the book is a finding."""
        if name in self.anchors:
            other = self.anchors[name].document
            self.find(draft, element, f"id '{name}' stands twice in the book (also in {other})")
        else:
            self.anchors[name] = Anchor(document=draft.document.id, kind=kind, text=text)


def slug(text: str) -> str:
    """Return `text` as an id: lower case, words joined by hyphens; letters of every script are kept."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+", "-", text).strip("-") or "x"


def text_of(element: etree._Element | None) -> str:
    """Return the text of an element with its white space folded."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def fragment(markup: str) -> etree._Element:
    """Parse a rendered template of one root element; its `epub:` attributes need no declaration."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)
    wrapper = etree.fromstring(f'<wrapper xmlns:epub="{EPUB}">{markup}</wrapper>', parser)
    (root,) = wrapper
    root.tail = None
    return root


def open_manuscript(part: Part, read: dict[str, Path], ledger: Ledger) -> Draft:
    """Open what *read* wrote for a manuscript part, with its header validated; findings go to the ledger."""
    stem = part.name.removesuffix(".md")
    result: dict[str, Any] = json.loads(read[stem].read_text(encoding="utf-8"))
    source: str = result["source"]
    ledger.findings += [Finding(**finding) for finding in result["findings"]]
    lined = yamlfile.Lined(result["header"], {tuple(path): line for path, line in result["header_lines"]})
    header, findings = yamlfile.validate(Header, lined, source)
    ledger.findings += findings
    for key in lined.value or {}:
        if key not in _HEADER_KEYS and key not in ledger.manifest.chapter_keys:
            ledger.findings.append(Finding(source, lined.line((key,)), f"unknown key '{key}' in the header"))
    header = header or Header.model_construct(title=stem, number="", updates=[])
    # As lxml.html does it, but with plain elements: those of that module ask Python for their class one by one.
    body = etree.fromstring(f"<html><body>{result['body']}</body></html>", etree.HTMLParser())[0][0]
    lines = {str(path[0]): line for path, line in lined.lines.items() if len(path) == 1}
    return Draft(part, _document(part, stem, source, header, ledger), header, body, lines=lines)


def _document(part: Part, stem: str, source: str, header: Header, ledger: Ledger) -> Document:
    name = header.id or re.sub(r"^[\W\d_]+", "", slug(stem)) or f"part-{slug(stem)}"  # an id begins with a letter
    number = str(header.number)
    kind = header.role or part.type
    numbered = number and part.type in ("chapter", "appendix")
    manifest = ledger.manifest
    return Document(
        id=name,
        file=f"{name}.xhtml",
        matter=part.matter,
        type=kind,
        source=source,
        number=number,
        label=ledger.say(part.type, number=number) if numbered else "",
        short_label=ledger.say(f"{part.type}-short", number=number) if numbered else "",
        title=header.title,
        short_title=header.short_title or header.title,
        subtitle=header.subtitle,
        language=header.lang or manifest.language,
        direction=header.dir or manifest.direction,
        published=header.published.isoformat() if header.published else "",
        updates=[Update(date=u.date.isoformat(), type=u.type, text=u.text) for u in header.updates],
    )


def open_page(part: Part, ledger: Ledger) -> Draft:
    """Open a generated page, such as the contents."""
    manifest = ledger.manifest
    document = Document(
        id=part.name,
        file=f"{part.name}.xhtml",
        matter=part.matter,
        type=PAGES[part.name],
        page=part.name,
        title=ledger.words[part.name],
        short_title=ledger.words[part.name],
        language=manifest.language,
        direction=manifest.direction,
    )
    return Draft(part, document)


# The generated pages, by their term in the EPUB structural semantics vocabulary.
PAGES = {
    "half-title": "halftitlepage",
    "title-page": "titlepage",
    "imprint": "copyright-page",
    "contents": "toc",
    "figures": "loi",
    "bibliography": "bibliography",
    "picture-credits": "other-credits",
    "index": "index",
}
