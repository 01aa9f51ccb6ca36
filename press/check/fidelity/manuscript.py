"""The galleys against the manuscript: every word that the author wrote has reached them, once and in order."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from lxml import html

from press.check.fidelity.compare import Comparison, Placed, Tally
from press.check.fidelity.expected import Note, Text
from press.check.fidelity.tokens import COMPUTED, Reading, Word, split
from press.galleys import NAMESPACES, Document, Galleys
from press.read.manuscript import read

# What the press makes of something else that the author wrote, by class: labels, numbers, references. It is passed
# over, since it may be the same word as one of the author's beside it ("Chapter 1" as a title) ...
MADE = COMPUTED | set(
    "label numeral figure-number table-number reference box-title note-call updates credit bibliography".split()
)
# ... but for what may be the author's words as well.
EITHER = frozenset(("xref",))
# Pandoc's own marks of citations and calls.
MARKS = "//*[contains(concat(' ', @class, ' '), ' citation ') or @class='footnote-ref' or @class='footnote-back']"


def compare(folder: Path, galleys: Galleys) -> Tally:
    """Compare the manuscript in the book folder, read anew, with its galleys."""
    result = Tally()
    for document in galleys.book.documents:
        if document.source:
            (section,) = galleys.tree(document).iterfind("h:body/h:section", NAMESPACES)
            made = [element for element in section.iter("{*}*") if MADE & set(str(element.get("class", "")).split())]
            found = Reading(section, frozenset(made), EITHER).words
            written = _written(folder, document)
            placed = [Placed(word) for word in found]
            result.add(Comparison([written], placed, "galleys", galleys.book.words["page"]).tally())
    return result


def _written(folder: Path, document: Document) -> Text:
    """Return what the author wrote for a part: title and subtitle, the text, the notes in the order of their calls."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch, "read.json")
        read(folder, document.source, output)
        said = json.loads(output.read_text(encoding="utf-8"))
    body = html.fragment_fromstring(said["body"])
    listing = body.xpath(".//section[@role='doc-endnotes']")
    marks = frozenset([*body.xpath("." + MARKS), *listing])
    lines = {tuple(path): line for path, line in said["header_lines"]}
    header = [
        Word(word.key, word.text, lines.get((key,), 1))
        for key in ("title", "subtitle")
        for word in split(str(said["header"].get(key, "")))
    ]
    notes = [
        Note(f"note-{number}", str(number), 0, 0, Reading(note, marks - {note}).words)
        for number, note in enumerate((item for one in listing for item in one.iterfind("ol/li")), start=1)
    ]
    return Text(document, [*header, *Reading(body, marks).words], notes, [])
