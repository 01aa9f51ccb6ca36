"""The EPUB and the web edition: each part is found by its id, its notes by theirs."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

from press.check.fidelity.compare import Comparison, Placed, Tally
from press.check.fidelity.expected import Text
from press.check.fidelity.tokens import Reading
from press.findings import Finding
from press.galleys import Book, Document

Open = Callable[[Document], etree._Element | None]


def epub(path: Path, texts: list[Text], book: Book) -> Tally:
    """Compare the parts of an EPUB with what they have to say."""
    with zipfile.ZipFile(path) as archive:
        names = {Path(name).name: name for name in archive.namelist() if name.endswith(".xhtml")}

        def part(document: Document) -> etree._Element | None:
            name = names.get(document.file)
            return _section(etree.fromstring(archive.read(name)), document) if name else None

        return _compare("EPUB", part, texts, book)


def web(path: Path, texts: list[Text], book: Book) -> Tally:
    """Compare the pages beside a web edition's index.html with what they have to say."""

    def part(document: Document) -> etree._Element | None:
        page = path.parent / f"{document.id}.html"
        return _section(html.parse(str(page)).getroot(), document) if page.is_file() else None

    written = [text for text in texts if not text.document.page]  # the site has title page and contents of its own
    return _compare("web", part, written, book)


def _section(root: etree._Element, document: Document) -> etree._Element | None:
    found = root.xpath("//*[@id=$name]", name=document.id)
    return found[0] if found else None


def _compare(edition: str, part: Open, texts: list[Text], book: Book) -> Tally:
    result = Tally()
    for text in texts:
        if text.document.page == "contents":
            continue  # each has its own, down to the sections
        section = part(text.document)
        if section is None:
            result.findings.append(Finding(text.source, 0, f"{edition}: the part '{text.document.title}' is missing"))
            continue
        found = [Placed(word) for word in Reading(section).words if not word.computed]
        own = Comparison([text], found, edition, book.words["page"]).tally()
        own.findings += _calls(edition, section, text)
        result.add(own)
    return result


def _calls(edition: str, section: etree._Element, text: Text) -> list[Finding]:
    """The calls have the numbers of the notes, in their order, and lead to them."""
    calls = section.xpath(".//*[@role='doc-noteref']")
    findings = []
    if len(calls) != len(text.notes):
        message = f"{edition}: {len(calls)} notes are called, {len(text.notes)} in the manuscript"
        findings.append(Finding(text.source, 0, message))
    for call, note in zip(calls, text.notes, strict=False):
        said = "".join(map(str, call.itertext())).strip()
        target = urlsplit(str(call.get("href", ""))).fragment or str(call.get("popovertarget", ""))
        if said != note.number or not section.xpath(".//*[@id=$name]", name=target) or target != note.id:
            message = f"{edition}: the call of note {note.number} says {said} and leads to '{target}'"
            findings.append(Finding(text.source, note.line, message))
    return findings
