"""What every edition has to hold: the words of the galleys in order, their notes, captions and boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from lxml import etree

from press.check.fidelity.tokens import Reading, Word
from press.findings import line_of
from press.galleys import NAMESPACES, XHTML, Document, Galleys
from press.prose import Prose


@dataclass(frozen=True)
class Note:
    """A note: its id, its number, the place of its call among the words (-1: in what may float), and its words."""

    id: str
    number: str
    line: int
    call: int
    words: list[Word]


@dataclass(frozen=True)
class Box:
    """A box that the book may not lose: its place among the words, from `start` up to `end`.

    `limit` is the place of the heading that it has to precede, None where nothing is asked.
    """

    title: str
    line: int
    start: int
    end: int
    limit: tuple[int, int] | None


@dataclass
class Text:
    """One part: the words of its flow, and what print may set elsewhere: notes and captions."""

    document: Document
    words: list[Word]
    notes: list[Note]
    captions: list[list[Word]]
    boxes: list[Box] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)  # the letters of each table's head

    @property
    def source(self) -> str:
        """What findings name: the manuscript, or the generated page."""
        return self.document.source or self.document.file


def texts(galleys: Galleys, prose: Prose | None, floating: bool) -> list[Text]:
    """Return what each part of the book says; `floating`: captions may stand elsewhere than their place in the text."""
    return [_text(galleys, document, prose, floating) for document in galleys.book.documents]


def _text(galleys: Galleys, document: Document, prose: Prose | None, floating: bool) -> Text:
    (section,) = galleys.tree(document).iterfind("h:body/h:section", NAMESPACES)
    listing = section.findall("h:section[@class='notes']", NAMESPACES)
    captions = _floating(section, prose) if floating else []
    flow = Reading(section, frozenset([*captions, *listing]))
    return Text(
        document,
        flow.words,
        list(_notes(section, flow)),
        [Reading(caption).words for caption in captions],
        list(_boxes(section, flow, prose)) if prose else [],
        ["".join(word.key for word in Reading(head).words) for head in section.iterfind(".//h:thead", NAMESPACES)],
    )


def _floating(section: etree._Element, prose: Prose | None) -> list[etree._Element]:
    """Return what print may move to fill a page: captions with figures, tables, boxes that have no set place."""
    fixed = set(prose.boxes if prose else ())
    found: list[etree._Element] = []
    for one in section.iter(f"{{{XHTML}}}figcaption", f"{{{XHTML}}}aside", f"{{{XHTML}}}div"):
        classes = set(str(one.get("class", "")).split())
        floats = "table" in classes if one.tag == f"{{{XHTML}}}div" else not fixed & classes
        if floats and not set(found) & set(one.iterancestors()):
            found.append(one)
    return found


def _notes(section: etree._Element, flow: Reading) -> Iterator[Note]:
    calls = {str(call.get("href"))[1:]: call for call in section.iterfind(".//h:a[@role='doc-noteref']", NAMESPACES)}
    for note in section.iterfind("h:section[@class='notes']//h:li[@value]", NAMESPACES):
        call = calls[str(note.get("id"))]
        place = flow.starts.get(call, -1)
        yield Note(str(note.get("id")), str(note.get("value")), line_of(call), place, Reading(note).words)


def _boxes(section: etree._Element, flow: Reading, prose: Prose) -> Iterator[Box]:
    for name, asked in prose.boxes.items():
        for box in section.iterfind(f".//h:aside[@class='box {name}']", NAMESPACES):
            title = box.find("h:p[@class='box-title']", NAMESPACES)
            said = name if title is None else "".join(map(str, title.itertext()))
            after = (
                (flow.starts[one[0]], flow.ends[one[0]])
                for one in section.iterfind(".//h:section[@id]", NAMESPACES)
                if asked.before and fnmatchcase(str(one.get("id")), asked.before)
            )
            yield Box(said, line_of(box), flow.starts[box], flow.ends[box], next(after, None))
