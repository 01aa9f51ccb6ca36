"""The boxes that every chapter has, and the section that one has to stand before."""

from __future__ import annotations

from fnmatch import fnmatchcase

from lxml import etree

from press.findings import Finding, line_of
from press.galleys import Document, Galleys
from press.prose import Prose


def check(galleys: Galleys, asked: Prose) -> list[Finding]:
    """Find the chapters that lack a box, or have it behind the section that it should stand before."""
    found = []
    for document in galleys.book.documents:
        if document.type != "chapter":
            continue
        elements = list(galleys.tree(document).iter(etree.Element))
        for name, box in asked.boxes.items():
            found += _check_box(document, elements, name, box.before)
    return found


def _check_box(document: Document, elements: list[etree._Element], name: str, before: str) -> list[Finding]:
    order = {element: place for place, element in enumerate(elements)}
    box = next((one for one in elements if one.get("class") == f"box {name}"), None)
    if box is None:
        return [Finding(document.source, 1, f"the chapter has no box '{name}'")]
    if not before:
        return []
    ids = {section.id for section in document.sections if fnmatchcase(section.id, before)}
    section = next((one for one in elements if one.get("id") in ids), None)
    if section is None:
        return [Finding(document.source, 1, f"no section has an id like '{before}': does '{name}' stand before it?")]
    if order[box] > order[section]:
        return [
            Finding(document.source, line_of(box), f"the box '{name}' stands behind the start of '{section.get('id')}'")
        ]
    return []
