"""A snapshot: what an edition says, page by page, kept with a release so that a later one can be compared with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from lxml import etree

from press.findings import Finding, Refused
from press.galleys import NAMESPACES, XHTML, Book, Document, Galleys, Model
from press.pagemap import INLINE, PageMap, places, words
from press.release.trade import digits

FILE = "snapshot.json"
# Pages that only list what stands elsewhere: their entries are compared as such.
LISTS = ("contents", "figures", "index", "bibliography", "picture-credits")
MADE = ("page-info", "chapter-list")  # boxes that no author wrote
CALL = "\ue000"  # stands for the number of a note, which changes with the notes before it

Kind = Literal["heading", "text", "caption", "note"]


class Block(Model):
    """A paragraph, heading, caption, cell or note: what it says, and the folio of the page where it begins."""

    kind: Kind
    text: str
    folio: str


class Part(Model):
    """A part of the book with all that it says in order, notes last; `sheets` are its pages, from 1."""

    id: str
    label: str
    title: str
    language: str
    direction: str
    blocks: list[Block]
    sheets: list[int]


class Figure(Model):
    """A figure by its id; `picture` is the digest of the drawing."""

    id: str
    number: str
    caption: str
    folio: str
    picture: str


class Reference(Model):
    """A cross-reference's target: what it is called, on which page it stands, and how often it is referred to."""

    text: str
    folio: str
    times: int


class Snapshot(Model):
    """A whole edition. `index` gives the folios of every entry, `folios` the number on each sheet, from the first."""

    slug: str
    title: str
    edition: str
    version: str
    date: str
    language: str
    pdf: list[str]
    parts: list[Part]
    figures: list[Figure]
    works: dict[str, str]
    index: dict[str, list[str]]
    references: dict[str, Reference]
    folios: list[str]


def take(galleys: Galleys, pages: PageMap) -> Snapshot:
    """Return the snapshot of a book: of its galleys, on these pages."""
    book = galleys.book
    trees = {document.id: _section(galleys, document) for document in book.documents}
    written = [trees[document.id] for document in book.documents if document.source]
    return Snapshot(
        slug=book.slug,
        title=book.title,
        edition=book.edition,
        version=book.version,
        date=book.date,
        language=book.language,
        pdf=[f"{name}.pdf" for name in (digits(book.identifiers["pdf"]), book.slug) if name],
        parts=[_part(document, trees[document.id], pages) for document in book.documents if document.page not in LISTS],
        figures=[
            Figure(
                id=figure.id,
                number=figure.number,
                caption=figure.caption,
                folio=pages.folios.get(figure.id, ""),
                picture=hashlib.sha256(galleys.image(figure.src)).hexdigest(),
            )
            for figure in book.figures
        ],
        works={key: text for tree in written for key, text in _works(tree)},
        index={name: folios for tree in trees.values() for name, folios in _index(tree, pages)},
        references=_references(book, written, pages),
        folios=[page.folio for page in pages.pages],
    )


def load(folder: Path) -> tuple[Snapshot, Path | None]:
    """Return the snapshot of the release, or of the build, in `folder`, and its PDF for screens, if it is there.

    Raises Refused where the folder holds neither.
    """
    for place in (folder, folder / "build"):
        if (place / FILE).is_file():
            snapshot = Snapshot.model_validate_json((place / FILE).read_bytes())
        elif (place / "galleys" / "book.json").is_file() and (place / "sheets" / "book" / "pages.json").is_file():
            pages = PageMap.model_validate_json((place / "sheets" / "book" / "pages.json").read_bytes())
            snapshot = take(Galleys(place / "galleys"), pages)
        else:
            continue
        return snapshot, next((place / name for name in snapshot.pdf if (place / name).is_file()), None)
    raise Refused([Finding(str(folder), 0, f"there is neither a release, with its {FILE}, nor a build")])


def _section(galleys: Galleys, document: Document) -> etree._Element:
    (section,) = galleys.tree(document).iterfind("h:body/h:section", NAMESPACES)
    return section


def _part(document: Document, section: etree._Element, pages: PageMap) -> Part:
    own = [page for page in pages.pages if page.document == document.id]
    return Part(
        id=document.id,
        label=document.label,
        title=document.title,
        language=document.language,
        direction=document.direction,
        blocks=[*_blocks(section, pages, document.id), *_notes(section, pages)],
        sheets=[page.sheet for page in own if not page.blank],
    )


def _blocks(section: etree._Element, pages: PageMap, name: str) -> Iterator[Block]:
    """Yield what stands in the flow of a part; words are counted as in the page map."""
    for call in section.iterfind(".//h:a[@role='doc-noteref']", NAMESPACES):
        call.text = CALL
    begun = [(page.word, page.folio) for page in pages.pages if page.document == name and page.word is not None]
    said: list[str] = []
    here: etree._Element | None = None
    start = 0
    for number, (word, place) in enumerate(zip(words(section), places(section), strict=True)):
        block = _block(place.element if place.part == "text" else place.element.getparent())
        if block is not here:
            yield from _said(here, said, _folio(begun, start))
            here, said, start = block, [], number
        said.append(word.replace(CALL, ""))
    yield from _said(here, said, _folio(begun, start))


def _said(element: etree._Element | None, said: list[str], folio: str) -> Iterator[Block]:
    text = " ".join(filter(None, said))
    if element is None or not text or any(set(MADE) & _classes(one) for one in (element, *element.iterancestors())):
        return
    name = etree.QName(element).localname
    kind: Kind = "heading" if name in ("h1", "h2", "h3", "h4", "h5", "h6") else "text"
    yield Block(kind="caption" if name in ("figcaption", "caption") else kind, text=text, folio=folio)


def _block(element: etree._Element | None) -> etree._Element | None:
    while element is not None and etree.QName(element).localname in INLINE:
        element = element.getparent()
    return element


def _folio(begun: list[tuple[int, str]], number: int) -> str:
    """Return the folio of the page on which a word stands."""
    return next((folio for word, folio in reversed(begun) if word <= number), "")


def _notes(section: etree._Element, pages: PageMap) -> Iterator[Block]:
    for note in section.iterfind("h:section[@class='notes']//h:li[@value]", NAMESPACES):
        for back in note.findall(".//h:a[@role='doc-backlink']", NAMESPACES):
            back.text = ""
        text = " ".join(word for paragraph in note for word in "".join(map(str, paragraph.itertext())).split())
        yield Block(kind="note", text=text, folio=pages.folios.get(str(note.get("id")), ""))


def _works(section: etree._Element) -> Iterator[tuple[str, str]]:
    for cite in section.iterfind(".//h:cite[@data-key]", NAMESPACES):
        yield str(cite.get("data-key")), " ".join("".join(map(str, cite.itertext())).split())


def _index(section: etree._Element, pages: PageMap) -> Iterator[tuple[str, list[str]]]:
    """Yield the entries of an index, those below others behind a comma, and the folios that each leads to."""
    for item in section.xpath(".//h:ul[@class='index']//h:li", namespaces=NAMESPACES):
        around = [item, *item.iterancestors(f"{{{XHTML}}}li")]
        said = [str(one.xpath("string(h:span[@class='entry'])", namespaces=NAMESPACES)) for one in around]
        name = ", ".join(reversed(said))
        targets = [
            target
            for link in item.iterfind("h:a[@class='locator']", NAMESPACES)
            for target in (str(link.get("href"))[1:], *str(link.get("data-also", "")).split())
        ]
        if folios := list(dict.fromkeys(pages.folios[target] for target in targets if target in pages.folios)):
            yield name, folios


def _references(book: Book, sections: list[etree._Element], pages: PageMap) -> dict[str, Reference]:
    notes = {note.id: book.document(note.document) for note in book.notes}
    found: dict[str, Reference] = {}
    for section in sections:
        for link in section.iterfind(".//h:a[@class='xref']", NAMESPACES):
            name = str(link.get("href"))[1:]
            said = " ".join("".join(map(str, link.itertext())).split())
            text = f"{notes[name].short_label or notes[name].short_title}, note {said}" if name in notes else said
            known = found.setdefault(name, Reference(text=text, folio=pages.folios.get(name, ""), times=0))
            known.times += 1
    return found


def _classes(element: etree._Element) -> set[str]:
    return set(str(element.get("class", "")).split())
