"""Notes of two kinds, numbered in the order of their calls: citations and commentary."""

from __future__ import annotations

import re

from lxml import etree

from press.findings import line_of
from press.galleys import Note
from press.resolve.blocks import replace
from press.resolve.citations import References
from press.resolve.draft import TYPE, Draft, Ledger

_PIECE = re.compile(r"^(?P<prefix>[^@]*?)-?@\{?(?P<key>[\w][\w:.#$%&+?<>~/-]*?)\}?[.,;:]?(?P<suffix>(\s.*)?)$", re.S)


def set_notes(draft: Draft, ledger: Ledger, references: References) -> None:
    """Replace every note call and citation in a part by a numbered call, and collect the notes in `draft.notes`."""
    contents = _take_definitions(draft.body)
    cited: dict[str, int] = {}
    calls = draft.body.xpath(".//a[@class='footnote-ref'] | .//span[@class='citation']")
    for number, call in enumerate(calls, start=1):
        bare = call.tag == "span"
        content = _paragraph_around(call) if bare else contents[call.get("href", "")[1:]]
        kind = "citation" if bare or _leads(content[0]) is not None else "commentary"
        note = _Setter(draft, ledger, references, cited, number).set(content, kind)
        draft.notes.append(note)
        _place_call(call, draft, number, kind)
        ledger.notes.append(
            Note(
                id=note.get("id", ""),
                call=f"{draft.document.id}-call-{number}",
                document=draft.document.id,
                number=number,
                kind="citation" if kind == "citation" else "commentary",
                source=draft.document.source,
                line=line_of(call),
            )
        )
    draft.document.notes = len(draft.notes)
    draft.document.citations = len(cited)


def _take_definitions(body: etree._Element) -> dict[str, list[etree._Element]]:
    """Take Pandoc's section of notes out of the body; return the blocks of each by its id."""
    section = body.find(".//section[@id='footnotes']")
    if section is None:
        return {}
    parent = section.getparent()
    assert parent is not None
    parent.remove(section)
    contents = {}
    for item in section.iterfind("ol/li"):
        for back in item.xpath(".//a[@class='footnote-back']"):
            holder = back.getparent()
            holder.remove(back)
            if holder.tag == "p" and not len(holder) and not (holder.text or "").strip():
                item.remove(holder)
        contents[item.get("id", "")] = list(item)
    return contents


def _paragraph_around(citation: etree._Element) -> list[etree._Element]:
    """Return a citation of the running text as the content of a note of its own."""
    paragraph = etree.Element("p", {"data-line": str(line_of(citation))})
    etree.SubElement(paragraph, "span", dict(citation.attrib)).text = "".join(citation.itertext())
    return [paragraph]


def _leads(paragraph: etree._Element) -> etree._Element | None:
    """Return the citation that a note begins with, if it does."""
    first = paragraph[0] if len(paragraph) else None
    leads = first is not None and first.get("class") == "citation" and not (paragraph.text or "").strip()
    return first if leads else None


def _place_call(call: etree._Element, draft: Draft, number: int, kind: str) -> None:
    """Put the numbered call in the place of `call`, close to the word before it."""
    name = draft.document.id
    link = etree.Element("a", {"class": f"note-call {kind}", "id": f"{name}-call-{number}"})
    link.set("href", f"#{name}-note-{number}")
    link.set("role", "doc-noteref")
    link.set(TYPE, "noteref")
    link.text = str(number)
    previous, parent = call.getprevious(), call.getparent()
    assert parent is not None
    if previous is not None:
        previous.tail = (previous.tail or "").rstrip()
    else:
        parent.text = (parent.text or "").rstrip()
    replace(call, link)


class _Setter:
    """Sets one note of a part. `cited` remembers which note of the part first cited a work."""

    def __init__(
        self, draft: Draft, ledger: Ledger, references: References, cited: dict[str, int], number: int
    ) -> None:
        self.draft, self.ledger, self.references = draft, ledger, references
        self.cited, self.number = cited, number

    def set(self, content: list[etree._Element], kind: str) -> etree._Element:
        """Return the note as an element `li`: its blocks, with citations set, and the way back at the end."""
        name = self.draft.document.id
        note = etree.Element("li", {"class": f"note {kind}", "id": f"{name}-note-{self.number}"})
        note.set("value", str(self.number))
        lead = _leads(content[0]) if content else None
        for block in content:
            block.tail = None
            note.append(block)
            for citation in block.xpath(".//span[@class='citation']"):
                self._set_citation(citation, full=citation is lead)
        last = note[-1] if len(note) and note[-1].tag == "p" else etree.SubElement(note, "p")
        tail_of = last[-1] if len(last) else None
        if tail_of is None:
            last.text = (last.text or "").rstrip() + " "
        else:
            tail_of.tail = (tail_of.tail or "").rstrip() + " "
        back = etree.SubElement(last, "a", {"class": "note-back", "href": f"#{name}-call-{self.number}"})
        back.set("role", "doc-backlink")
        back.set("aria-label", self.ledger.say("note-back", number=self.number))
        back.text = "↩"
        return note

    def _set_citation(self, citation: etree._Element, full: bool) -> None:
        """Replace a citation by the references it names, or by their short forms within a comment."""
        span = etree.Element("span")
        text = "".join(citation.itertext()).strip().removeprefix("[").removesuffix("]")
        for piece in text.split(";"):
            match = _PIECE.match(piece.strip())
            if not match or match["key"] not in self.references:
                key = match["key"] if match else piece.strip()
                self.ledger.find(self.draft, citation, f"citation @{key} is not in the reference file")
                continue
            _add_text(span, " " if len(span) else "")
            cite = self._reference(match["key"], full)
            cite.text = f"{match['prefix']}{cite.text or ''}"
            span.append(cite)
            if suffix := match["suffix"].strip():
                _add_text(cite, f", {suffix}" if not full else f" {suffix[0].upper()}{suffix[1:]}.")
        replace(citation, span)
        _unwrap(span)

    def _reference(self, key: str, full: bool) -> etree._Element:
        first = self.cited.setdefault(key, self.number)
        self.ledger.cited.setdefault(key, self.draft.document.id)
        if full and first == self.number:
            return self.references.cite(key)
        cite = etree.Element("cite", {"class": "reference again", "data-key": key})
        if first == self.number:
            cite.text = self.references.short(key)
            return cite
        before, after = self.ledger.say("note-again", short=self.references.short(key)).split("{number}")
        if not full:
            before, after = f"{self.references.short(key)}, {self.ledger.say('note', number='')}", ""
        cite.text = before
        link = etree.SubElement(cite, "a", {"class": "xref", "href": f"#{self.draft.document.id}-note-{first}"})
        link.set("data-kind", "note")
        link.text, link.tail = str(first), after
        return cite


def _add_text(element: etree._Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _unwrap(element: etree._Element) -> None:
    """Put the content of an element in its place."""
    parent, previous = element.getparent(), element.getprevious()
    assert parent is not None
    text = element.text or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    children = list(element)
    tail = element.tail or ""
    index = parent.index(element)
    parent.remove(element)
    for offset, child in enumerate(children):
        parent.insert(index + offset, child)
    if children:
        children[-1].tail = (children[-1].tail or "") + tail
    elif previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
