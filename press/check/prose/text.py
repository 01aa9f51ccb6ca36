"""The text of the galleys, block by block, with the manuscript line of every word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

from press.findings import Finding, line_of
from press.galleys import Document, Galleys

Kind = Literal["heading", "text", "definition", "cell", "caption", "note", "alt"]

CALL = "\ue000"  # stands in a text where a note is called
BLANK = "\ufffc"  # stands for what is not the author's own: code, citations, foreign words
WORD = re.compile(r"[^\W\d_]+(?:['’‑-][^\W\d_]+)*")

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("p", "li"), "text"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "dt"), "heading"),
    **dict.fromkeys(("td", "th", "caption"), "cell"),
    "dd": "definition",
    "figcaption": "caption",
}
_INNER = {*_KINDS, "ul", "ol", "dl", "table", "figure", "section", "aside", "div", "blockquote", "pre"}
_COMPUTED = {"page-info", "updates", "chapter-list", "label", "numeral", "box-title"}
_UNSAID = {"note-back", "figure-number", "table-number"}

_END = re.compile(rf"(?<=[.!?…])(?P<close>[\"”’)\]{CALL}]*)\s+(?=[\"“‘(\[]*[A-Z0-9{BLANK}])")
_ABBREVIATION = re.compile(r"\b(?:No|Nos|Dr|Drs|Mr|Mrs|Ms|St|Fig|vs|cf|e\.g|i\.e|approx|[A-Z])\.$")


@dataclass(frozen=True)
class Block:
    """A paragraph, list item, cell, heading …: its words without those of the blocks inside it.

    `box` is the name of the box or `pull-quote` it stands in; `line` the manuscript line, 0 for what comes from the
    header; `figures` is `text` without cross-references; `backed` says that the note cites a work, or that the table
    calls a note, so that its numbers have their source.
    """

    kind: Kind
    box: str
    line: int
    text: str
    figures: str
    backed: bool = False


@dataclass(frozen=True)
class Text:
    """The text of one part that an author wrote."""

    document: Document
    blocks: list[Block]
    source: list[str]

    def line(self, block: Block, token: str) -> int:
        """Return the manuscript line of `token` inside a block, or the block's first line."""
        first = block.line or 1
        for number in range(first, len(self.source) + 1):
            if number > first and not self.source[number - 1].strip():
                break
            if token in self.source[number - 1]:
                return number
        return first

    def find(self, block: Block, token: str, message: str) -> Finding:
        """Return a finding at the line of `token` inside a block."""
        return Finding(self.document.source, self.line(block, token), message)


def texts(galleys: Galleys, folder: Path) -> list[Text]:
    """Return the text of every manuscript part in the book's language; `folder` is the book's folder."""
    documents = [one for one in galleys.book.documents if one.source and one.language == galleys.book.language]
    return [
        Text(one, list(_blocks(galleys.tree(one), one)), (folder / one.source).read_text(encoding="utf-8").split("\n"))
        for one in documents
    ]


def sentences(text: str) -> list[str]:
    """Split a text into sentences; a note call behind the full stop stays with the sentence that it closes."""
    found, start = [], 0
    for match in _END.finditer(text):
        if not _ABBREVIATION.search(text[start : match.start()]):
            found.append(text[start : match.end("close")])
            start = match.end()
    return [sentence for sentence in (*found, text[start:]) if sentence.strip()]


def _blocks(tree: etree._Element, document: Document) -> Iterator[Block]:
    for element in tree.iter(etree.Element):
        name = _name(element)
        around = [element, *element.iterancestors()]
        classes = {word for one in around for word in one.get("class", "").split()}
        if name not in (*_KINDS, "img") or _COMPUTED & classes:
            continue
        kind = "alt" if name == "img" else "heading" if "opener" in classes else _KINDS[name]
        if "notes" in classes and kind == "text":
            kind = "note"
        elif "notes" in classes and kind == "heading":
            continue
        text = element.get("alt", "") if name == "img" else _words(element, document.language)
        if text := _fold(text):
            figures = text if name == "img" else _fold(_words(element, document.language, references=False))
            yield Block(kind, _box(around), line_of(element), text, figures, _backed(around, kind))


def _words(element: etree._Element, language: str, references: bool = True) -> str:
    """Return the words of a block, without those of blocks inside it."""
    parts = [element.text or ""]
    for child in element:
        parts.append(_inline(child, language, references))
        parts.append(child.tail or "")
    return "".join(parts)


def _inline(child: etree._Element, language: str, references: bool) -> str:
    name, classes = _name(child), child.get("class", "").split()
    if name in _INNER or _UNSAID & set(classes) or not isinstance(child.tag, str):
        return " " if name in _INNER else ""
    if "note-call" in classes:
        return CALL
    if name in ("code", "kbd", "cite", "abbr") or child.get("lang", language) != language:
        return BLANK
    if "xref" in classes and not references:
        return BLANK
    return " " if name == "br" else _words(child, language, references)


def _box(around: list[etree._Element]) -> str:
    asides = [one.get("class", "").split() for one in around if _name(one) == "aside"]
    return asides[0][-1] if asides and asides[0] else ""


def _backed(around: list[etree._Element], kind: Kind) -> bool:
    if kind == "note":
        return any(one.get("class", "").startswith("note ") and _has(one, "reference") for one in around)
    return kind == "cell" and any(_name(one) == "table" and _has(one, "note-call") for one in around)


def _has(element: etree._Element, word: str) -> bool:
    return any(word in inner.get("class", "").split() for inner in element.iter(etree.Element))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _fold(text: str) -> str:
    return " ".join(text.split())
