"""The galleys: what *resolve* hands to the editions.

A folder with one XHTML document a part of the book, `images/` with every picture that is called, and `book.json`,
which is the model below. Editions read this folder and the styles, and nothing else. The markup is described in
README.md beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from lxml import etree
from pydantic import BaseModel, ConfigDict

XHTML = "http://www.w3.org/1999/xhtml"
EPUB = "http://www.idpf.org/2007/ops"
NAMESPACES = {"h": XHTML, "epub": EPUB}

Matter = Literal["front", "body", "back"]


class Model(BaseModel):
    """Base of the models in book.json: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid")


class Contributor(Model):
    """A person or body behind the book; `role` is a MARC relator code such as aut, ill, edt."""

    name: str
    role: str
    file_as: str


class Section(Model):
    """A heading inside a document: its id, its text, and its level (2 for h2)."""

    id: str
    title: str
    level: int


class Update(Model):
    """One dated entry of a chapter's What's new list, newest first."""

    date: str
    type: str
    text: str


class Document(Model):
    """One part of the book: a galley of its own, and a file of its own in EPUB and on the web.

    `type` is the term of the EPUB structural semantics vocabulary (chapter, appendix, titlepage, toc, glossary ...).
    `page` is the name of the page for generated ones (title-page, contents ...), empty for manuscript files.
    `source` is the manuscript file, relative to the book folder.
    """

    id: str
    file: str
    matter: Matter
    type: str
    page: str = ""
    source: str = ""
    number: str = ""
    label: str = ""
    short_label: str = ""
    title: str
    short_title: str
    subtitle: str = ""
    language: str
    direction: Literal["ltr", "rtl"]
    sections: list[Section] = []
    words: int = 0
    minutes: int = 0
    notes: int = 0
    citations: int = 0
    published: str = ""
    updates: list[Update] = []


class Anchor(Model):
    """A place that can be referred to: the document that holds it, and the text that refers to it."""

    document: str
    kind: str
    text: str


class Figure(Model):
    """A numbered figure; `src` is relative to the galleys folder, `title` is the drawing's own, empty without one."""

    id: str
    document: str
    number: str
    src: str
    title: str = ""
    caption: str
    alt: str
    credit: str = ""


class Note(Model):
    """A note: its kind, its number within the document, and where it is called (manuscript file and line)."""

    id: str
    call: str
    document: str
    number: int
    kind: Literal["citation", "commentary"]
    source: str
    line: int


class Face(Model):
    """A font face of the styles: `file` is relative to the fonts folder."""

    family: str
    file: str
    weight: int = 400
    style: Literal["normal", "italic"] = "normal"


class Paper(Model):
    """Trim size and bleed in mm, sheet caliper in mm."""

    width: float
    height: float
    bleed: float
    caliper: float


class Intent(Model):
    """A printing condition: its name in the ICC's registry, such as FOGRA47, and its profile in styles/profiles/."""

    condition: str
    profile: str


class Spot(Model):
    """A fifth ink in place of the process red: its name, and how it looks in CMYK, such as "0 .8 .82 .1"."""

    name: str
    ink: str


class Printing(Model):
    """How the book is printed. The text block is a multiple of `signature` pages."""

    signature: int
    crop_marks: bool
    text: Intent
    cover: Intent
    spot: Spot | None = None


class Series(Model):
    """The series that the book belongs to, and its number there, if it has one."""

    name: str
    number: int | None = None


class Book(Model):
    """book.json: everything an edition has to know that is not in a galley."""

    slug: str
    title: str
    subtitle: str
    description: str
    language: str
    direction: Literal["ltr", "rtl"]
    contributors: list[Contributor]
    rights: str
    licence: str
    imprint: str
    url: str = ""
    subjects: list[str]
    series: Series | None = None
    identifiers: dict[str, str]
    edition: str
    version: str
    date: str
    cover: str
    cover_art: str = ""
    paper: Paper
    printing: Printing
    words: dict[str, str]
    hyphenation: list[str] = []
    shared: list[str]
    documents: list[Document]
    anchors: dict[str, Anchor]
    figures: list[Figure]
    notes: list[Note]
    images: list[str]
    digest: str = ""  # of all other files of the galleys, so that none changes without a change of book.json

    def document(self, name: str) -> Document:
        """Return the document with the id `name`; KeyError if there is none."""
        for document in self.documents:
            if document.id == name:
                return document
        raise KeyError(name)


class Galleys:
    """A folder of galleys, open for an edition."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.book = Book.model_validate_json((folder / "book.json").read_bytes())

    def tree(self, document: Document) -> etree._Element:
        """Return a fresh tree of the document's galley (root element html, XHTML namespace)."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.parse(str(self.folder / document.file), parser).getroot()

    def size(self, document: Document) -> int:
        """Return the size of the document's galley in bytes."""
        return (self.folder / document.file).stat().st_size

    def image(self, src: str) -> bytes:
        """Return the bytes of a picture by its `src` in a galley, such as images/06-locator.svg."""
        return (self.folder / src).read_bytes()
