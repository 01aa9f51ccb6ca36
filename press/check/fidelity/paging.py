"""The pages of print in the EPUB against the PDF of the same sheets: the same list, and the same words on each page."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pikepdf
from lxml import etree

from press.check.fidelity.compare import Placed
from press.check.fidelity.tokens import Reading, Word
from press.findings import Finding
from press.galleys import NAMESPACES, Book

LOOKED_AT = 5  # words behind a marker; a caption among them may be set on another page


class Begun(NamedTuple):
    """A page as the EPUB has it: the id of its marker, and the words with which it begins."""

    marker: str
    words: list[Word]


def compare(epub: Path, pdf: Path, placed: list[Placed], book: Book) -> list[Finding]:
    """Return where the pages of an EPUB are not those of a PDF for screens, whose words are `placed`.

    An EPUB without a list of pages claims none.
    """
    with zipfile.ZipFile(epub) as archive, pikepdf.open(pdf) as printed:
        listed = list(_listed(archive))
        begun = {page.marker: page for page in _begun(archive, book)}
        labels = [str(page.label) for page in printed.pages]
    if not listed:
        return []
    if [label for label, _ in listed] != labels:
        return [Finding(epub.name, 0, f"its list of pages is not that of {pdf.name}: {len(listed)} and {len(labels)}")]
    there: dict[int, list[str]] = defaultdict(list)
    for one in placed:
        there[one.page].append(one.word.key)
    findings = []
    for sheet, (label, marker) in enumerate(listed):
        said = begun[marker].words if marker in begun else []
        if not _stand_on(there[sheet], [word.key for word in said]):
            words = " ".join(word.text for word in said)
            message = f"page {label} begins with “{words}”, which {pdf.name} has elsewhere"
            findings.append(Finding(epub.name, 0, message))
    return findings


def _stand_on(page: list[str], keys: list[str]) -> bool:
    """Tell whether words stand on a page: in a row, however spaced, or at least half of them, around a note."""
    return "".join(keys) in "".join(page) or 2 * sum(key in page for key in keys) >= len(keys)


def _listed(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the list of pages: what each is called, and the id of its marker."""
    for name in archive.namelist():
        if name.endswith("nav.xhtml"):
            nav = etree.fromstring(archive.read(name))
            for link in nav.iterfind(".//h:nav[@epub:type='page-list']//h:a", NAMESPACES):
                yield "".join(map(str, link.itertext())).strip(), str(link.get("href")).partition("#")[2]


def _begun(archive: zipfile.ZipFile, book: Book) -> Iterator[Begun]:
    """Yield the pages that begin in the parts of the book, but for the contents, which an EPUB has in its own form."""
    names = {Path(name).name: name for name in archive.namelist() if name.endswith(".xhtml")}
    for document in book.documents:
        if document.page == "contents" or document.file not in names:
            continue
        tree = etree.fromstring(archive.read(names[document.file]))
        [body] = tree.iterfind("h:body", NAMESPACES)
        reading = Reading(body)
        markers = tree.xpath("//*[@role='doc-pagebreak']")
        notes = tree.find(".//h:section[@class='notes']", NAMESPACES)
        end = len(reading.words) if notes is None else reading.starts[notes]
        starts = [reading.starts[marker] for marker in markers]
        for marker, start, following in zip(markers, starts, [*starts[1:], end], strict=True):
            words = reading.words[start : max(start, min(following, end))]
            yield Begun(str(marker.get("id")), [word for word in words if not word.computed][:LOOKED_AT])
