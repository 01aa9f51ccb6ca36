"""The structure of the screen PDF, read as assistive technology reads it: notes, links, headings, figures, tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Dictionary

from press.findings import Finding
from press.galleys import Book


@dataclass
class Element:
    """A structure element: its type, its dictionary, the types around it, and whether any content is in it."""

    kind: str
    data: Any
    above: tuple[str, ...]
    has_content: bool = False
    links: list[str] = field(default_factory=list)  # the destinations and addresses of its annotations


Complaint = tuple[tuple[int, int] | None, str]  # the object number of what is wrong, if it is one thing; what is wrong


def check(pdf: pikepdf.Pdf, book: Book) -> list[Complaint]:
    """Return what is wrong with the tags of a PDF, but for those of notes."""
    if "/StructTreeRoot" not in pdf.Root:
        return [(None, "the PDF is not tagged")]
    elements = list(_walk(pdf.Root.StructTreeRoot.get("/K"), ()))
    found = [*_figures(elements), *_headings(elements), *_tables(elements), *_links(pdf, elements)]
    return [*found, *((None, message) for message in _lists(book, elements))]


def notes(pdf: pikepdf.Pdf, book: Book) -> list[Finding]:
    """Return what is wrong with the tags of notes, at the lines of their calls."""
    return _notes(book, list(_walk(pdf.Root.StructTreeRoot.get("/K"), ()))) if "/StructTreeRoot" in pdf.Root else []


def _walk(kids: Any, above: tuple[str, ...]) -> Iterator[Element]:
    """Yield the elements below in reading order."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            element = Element(str(kid.S)[1:], kid, above)
            own = kid.get("/K")
            for inner in own if isinstance(own, pikepdf.Array) else [own]:
                if isinstance(inner, Dictionary) and inner.get("/Type") == "/OBJR":
                    element.links.append(_target(inner.Obj))
                elif not (isinstance(inner, Dictionary) and "/S" in inner):
                    element.has_content |= inner is not None
            yield element
            yield from _walk(own, (*above, element.kind))


def _target(annotation: Any) -> str:
    if "/Dest" in annotation:
        return f"#{annotation.Dest}"
    return str(annotation.get("/A", Dictionary()).get("/URI", ""))


def _notes(book: Book, elements: list[Element]) -> list[Finding]:
    """Every note is a Note with an ID of its own (ISO 14289-1, 7.9), called by a link, and leads back to its call."""
    ids = Counter(str(element.data.get("/ID", "")) for element in elements if element.kind == "Note")
    calls = {link for element in elements if "Reference" in element.above for link in element.links}
    backs = {link for element in elements if "Note" in element.above for link in element.links}
    findings = []
    for note in book.notes:
        wrong = []
        if ids[note.id] != 1:
            wrong.append(f"tagged {ids[note.id]} times in the PDF")
        if f"#{note.id}" not in calls:
            wrong.append("called by no link in the PDF")
        if f"#{note.call}" not in backs:
            wrong.append("without a link back to its call in the PDF")
        findings += [Finding(note.source, note.line, f"note {note.number} is {message}") for message in wrong]
    return findings


def _figures(elements: list[Element]) -> list[Complaint]:
    figures = [element for element in elements if element.kind == "Figure"]
    bare = [figure for figure in figures if not str(figure.data.get("/Alt", "")).strip()]
    return [(figure.data.objgen, "the figure has no alternative text") for figure in bare]


def _headings(elements: list[Element]) -> list[Complaint]:
    """Headings go down one level at a time (ISO 14289-1, 7.4.2)."""
    wrong: list[Complaint] = []
    level = 0
    for element in elements:
        if len(element.kind) == 2 and element.kind[0] == "H" and element.kind[1].isdigit():
            found = int(element.kind[1])
            if found > level + 1:
                wrong.append((element.data.objgen, f"a heading of level {found} follows one of level {level}"))
            level = found
    return wrong


def _tables(elements: list[Element]) -> list[Complaint]:
    """Header cells say whether they head a row or a column (ISO 14289-1, 7.5)."""
    heads = [element for element in elements if element.kind == "TH"]
    wrong: list[Complaint] = [
        (head.data.objgen, "the header cell has no scope")
        for head in heads
        if "/Scope" not in head.data.get("/A", Dictionary())
    ]
    tables = [element for element in elements if element.kind == "Table"]
    if tables and not heads:
        wrong.append((tables[0].data.objgen, "the tables have no header cells"))
    return wrong


def _links(pdf: pikepdf.Pdf, elements: list[Element]) -> list[Complaint]:
    """Links are tagged, have text, and lead somewhere (ISO 14289-1, 7.18.5)."""
    links = [element for element in elements if element.kind == "Link"]
    wrong: list[Complaint] = [(link.data.objgen, "the link has no text") for link in links if not link.has_content]
    tagged = sum(len(link.links) for link in links)
    annotations = [annotation for page in pdf.pages for annotation in page.obj.get("/Annots", ())]
    if tagged != len(annotations):
        wrong.append((None, f"{len(annotations)} places can be clicked, {tagged} are tagged as links"))
    known = set(pikepdf.NameTree(pdf.Root.Names.Dests)) if "/Dests" in pdf.Root.get("/Names", {}) else set()
    for annotation in annotations:
        if "/Dest" in annotation and (name := str(annotation.Dest)) not in known:
            wrong.append((annotation.objgen, f"a link leads to '{name}', which is nowhere"))
    return wrong


def _lists(book: Book, elements: list[Element]) -> list[str]:
    """Contents and index are tagged as such, and every entry can be clicked."""
    wrong = []
    kinds = {element.kind for element in elements}
    for page, kind, item in (("contents", "TOC", "TOCI"), ("index", "Index", "LI")):
        if not any(document.page == page for document in book.documents):
            continue
        if kind not in kinds:
            wrong.append(f"the {page} page is not tagged {kind}")
        elif not any(element.links for element in elements if item in element.above and kind in element.above):
            wrong.append(f"the entries of the {page} page lead nowhere")
    return wrong
