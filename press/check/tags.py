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


def check(pdf: pikepdf.Pdf, book: Book, name: str) -> list[Finding]:
    """Return what is wrong with the tags of the PDF `name` of a book."""
    if "/StructTreeRoot" not in pdf.Root:
        return [Finding(name, 0, "the PDF is not tagged")]
    elements = list(_walk(pdf.Root.StructTreeRoot.get("/K"), ()))
    messages = [*_figures(elements), *_headings(elements), *_tables(elements), *_links(pdf, elements)]
    messages += _lists(book, elements)
    return [*_notes(book, elements), *(Finding(name, 0, message) for message in messages)]


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


def _figures(elements: list[Element]) -> list[str]:
    figures = [element for element in elements if element.kind == "Figure"]
    bare = sum(not str(figure.data.get("/Alt", "")).strip() for figure in figures)
    return [f"{bare} of {len(figures)} figures have no alternative text"] if bare else []


def _headings(elements: list[Element]) -> list[str]:
    """Headings go down one level at a time (ISO 14289-1, 7.4.2)."""
    wrong, level = [], 0
    for element in elements:
        if len(element.kind) == 2 and element.kind[0] == "H" and element.kind[1].isdigit():
            found = int(element.kind[1])
            if found > level + 1:
                wrong.append(f"a heading of level {found} follows one of level {level}")
            level = found
    return wrong


def _tables(elements: list[Element]) -> list[str]:
    """Header cells say whether they head a row or a column (ISO 14289-1, 7.5)."""
    wrong = []
    heads = [element for element in elements if element.kind == "TH"]
    if bare := sum("/Scope" not in head.data.get("/A", Dictionary()) for head in heads):
        wrong.append(f"{bare} of {len(heads)} header cells have no scope")
    if not heads and any(element.kind == "Table" for element in elements):
        wrong.append("the tables have no header cells")
    return wrong


def _links(pdf: pikepdf.Pdf, elements: list[Element]) -> list[str]:
    """Links are tagged, have text, and lead somewhere (ISO 14289-1, 7.18.5)."""
    wrong = []
    links = [element for element in elements if element.kind == "Link"]
    if silent := sum(not link.has_content for link in links):
        wrong.append(f"{silent} of {len(links)} links have no text")
    tagged = sum(len(link.links) for link in links)
    annotations = [annotation for page in pdf.pages for annotation in page.obj.get("/Annots", ())]
    if tagged != len(annotations):
        wrong.append(f"{len(annotations)} places can be clicked, {tagged} are tagged as links")
    known = set(pikepdf.NameTree(pdf.Root.Names.Dests)) if "/Dests" in pdf.Root.get("/Names", {}) else set()
    lost = sorted({str(annotation.Dest) for annotation in annotations if "/Dest" in annotation} - known)
    return wrong + [f"a link leads to '{name}', which is nowhere" for name in lost]


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
