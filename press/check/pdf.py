"""The screen PDF, read back: notes on the page of their call, tags, fonts, boxes, folios, bookmarks, metadata.

What the standards ask of it is left to veraPDF (`verapdf.py`); here stands what they do not know of a book.
"""

from __future__ import annotations

from pathlib import Path

import pikepdf

from press.check import composition, tags, verapdf
from press.check.places import Places, layout_of
from press.check.places.tagged import TagPlaces
from press.findings import Finding, named
from press.galleys import Book, Galleys

MM = 72 / 25.4  # pt


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the PDF for screens: as a book, and as PDF/UA-1 and PDF/A-2a."""
    return [*inspect(edition, galleys), *_set_up(edition, galleys)]


def inspect(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the PDF for screens as a book."""
    places = Places(galleys)
    with pikepdf.open(edition) as pdf:
        wrong = [places.finding(places.page(sheet), edition.name, said) for sheet, said in _boxes(pdf, galleys.book)]
        return [*_read(pdf, galleys, edition), *wrong]


def check_large(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with the large-print PDF, whose page is as large as its style sheet says."""
    with pikepdf.open(edition) as pdf:
        found = _read(pdf, galleys, edition)
    return [*found, *_set_up(edition, galleys)]


def _set_up(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return what is wrong with its pages, and what veraPDF says of it."""
    made_up = named("composition", composition.check(edition, galleys))
    return [*made_up, *named("verapdf", verapdf.check(edition, galleys))]


def _read(pdf: pikepdf.Pdf, galleys: Galleys, edition: Path) -> list[Finding]:
    book, places = galleys.book, Places(galleys, layout_of(edition, galleys.book.slug))
    found = [*_notes(pdf, book), *tags.notes(pdf, book)]
    behind = TagPlaces(edition, places)
    found += [
        places.finding(behind.of(number) if number else None, edition.name, said)
        for number, said in tags.check(pdf, book)
    ]
    found += [places.finding(places.target(f"#{name}"), edition.name, said) for name, said in _navigation(pdf, book)]
    return [*found, *(Finding(edition.name, 0, message) for message in [*_fonts(pdf), *_metadata(pdf, book)])]


def destinations(pdf: pikepdf.Pdf) -> dict[str, int]:
    """Return the page (from 0) of every named destination."""
    if "/Names" not in pdf.Root or "/Dests" not in pdf.Root.Names:
        return {}
    numbers = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
    tree = pikepdf.NameTree(pdf.Root.Names.Dests)
    return {str(name): numbers[target[0].objgen] for name, target in tree.items()}


def _notes(pdf: pikepdf.Pdf, book: Book) -> list[Finding]:
    """A note stands at the foot of the page of its call."""
    pages = destinations(pdf)
    findings = []
    for note in book.notes:
        if note.id not in pages or note.call not in pages:
            findings.append(Finding(note.source, note.line, f"note {note.number} is missing from the PDF"))
        elif pages[note.id] != pages[note.call]:
            places = f"called on sheet {pages[note.call] + 1} and set on sheet {pages[note.id] + 1}"
            findings.append(Finding(note.source, note.line, f"note {note.number} is {places} of the PDF"))
    return findings


def _fonts(pdf: pikepdf.Pdf) -> list[str]:
    descriptors = {
        str(thing.get("/FontName")): any(key in thing for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        for thing in pdf.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == pikepdf.Name.FontDescriptor
    }
    if not descriptors:
        return ["there is no font in the PDF"]
    return [f"font {name} is not embedded" for name, embedded in sorted(descriptors.items()) if not embedded]


def _boxes(pdf: pikepdf.Pdf, book: Book) -> list[tuple[int, str]]:
    """Every page is as large as the trimmed book, and shows nothing beyond it (ISO 32000-1, 14.11.2)."""
    wrong = []
    for number, page in enumerate(pdf.pages, start=1):
        trim, media = ([float(side) / MM for side in box] for box in (page.trimbox, page.mediabox))
        size = trim[2] - trim[0], trim[3] - trim[1]
        if abs(size[0] - book.paper.width) > 0.1 or abs(size[1] - book.paper.height) > 0.1:
            wrong.append((number, f"sheet {number}: trimmed to {size[0]:.1f} × {size[1]:.1f} mm"))
        if any(abs(a - b) > 0.1 for a, b in zip(trim, media, strict=True)):
            wrong.append((number, f"sheet {number}: the media box is not the trim box"))
    return wrong


def _navigation(pdf: pikepdf.Pdf, book: Book) -> list[tuple[str, str]]:
    """Return what is wrong with bookmarks and labels, and the part that it is about."""
    wrong = []
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    for document in book.documents:
        if not document.page and document.title not in titles:
            wrong.append((document.id, f"no bookmark leads to '{document.title}'"))
    if "/PageLabels" not in pdf.Root:
        return [*wrong, ("", "the pages have no labels")]
    first = next(document for document in book.documents if document.matter == "body")
    sheet = destinations(pdf).get(first.id)
    if sheet is None or str(pdf.pages[sheet].label) != "1":
        wrong.append((first.id, f"'{first.title}' does not begin on a page that is labelled 1"))
    return wrong


def _metadata(pdf: pikepdf.Pdf, book: Book) -> list[str]:
    with pdf.open_metadata(update_docinfo=False) as metadata:
        title = str(metadata.get("dc:title", ""))
    wrong = [] if title.startswith(book.title) else [f"the title in the metadata is '{title}'"]
    if str(pdf.Root.get("/Lang", "")) != book.language:
        wrong.append("the language of the PDF is not the book's")
    return wrong
