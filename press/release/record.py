"""The record of a book for those who cite it: CSL-JSON, and BibTeX that Pandoc makes of it."""

from __future__ import annotations

import json
from typing import Any

import pypandoc

from press.book import Manifest
from press.release import trade


def csl(manifest: Manifest) -> str:
    """Return the book as CSL-JSON (citeproc-js data model, version 1.0.2)."""
    roles = {"aut": "author", "edt": "editor", "trl": "translator", "ill": "illustrator"}
    item: dict[str, Any] = {"id": manifest.slug, "type": "book", "title": manifest.title}
    if manifest.subtitle:
        item["title"] = f"{manifest.title}: {manifest.subtitle}"
        item["title-short"] = manifest.title
    for person in manifest.contributors:
        if person.role in roles:
            item.setdefault(roles[person.role], []).append(_name(person.name, person.file_as, person.kind))
    item |= {
        "publisher": manifest.imprint,
        "issued": {"date-parts": [[manifest.date.year, manifest.date.month, manifest.date.day]]},
        "edition": manifest.edition,
        "version": manifest.version,
        "language": manifest.language,
    }
    if isbn := trade.digits(manifest.identifiers.print):
        item["ISBN"] = isbn
    if manifest.url:
        item["URL"] = manifest.url
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def bibtex(record: str) -> str:
    """Return a record in CSL-JSON as BibLaTeX, the BibTeX that knows ISBNs."""
    return str(pypandoc.convert_text(record, "biblatex", format="csljson", extra_args=["--sandbox"]))


def _name(name: str, file_as: str, kind: str) -> dict[str, str]:
    """Return a name as CSL has it: families come before the comma of the name as it is sorted."""
    family, comma, given = file_as.partition(", ")
    return {"family": family, "given": given} if comma and kind == "person" else {"literal": name}
