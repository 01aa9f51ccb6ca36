"""What the package says of the book: titles, people, rights, and what is true of its accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from press.editions.epub.access import ASKED
from press.galleys import Book, Contributor

RELATORS, ONIX = "marc:relators", "onix:codelist5"
# What each proved claim lets the metadata say.
FEATURES = {
    "ordered": ["tableOfContents", "readingOrder"],
    "structured": ["structuralNavigation"],
    "described": ["alternativeText"],
    "transformable": ["displayTransformability"],
    "paged": ["pageBreakMarkers", "pageNavigation"],
    "indexed": ["index"],
}
CONFORMANCE = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"


class Entry(NamedTuple):
    """A metadata element: a Dublin Core element, or a `meta` with a property if `namespace` is empty."""

    namespace: str
    name: str
    value: str
    attributes: dict[str, str]


class Access(NamedTuple):
    """What the checks of the finished files have shown: whether there are pictures, and the claims that are proved."""

    pictures: bool
    proved: frozenset[str]

    @property
    def conforms(self) -> bool:
        """Whether the book meets what a conforming one has to, as far as checks can tell."""
        return self.proved >= set(ASKED)


def entries(book: Book, access: Access) -> Iterator[Entry]:
    """Yield the metadata of a book, but for its identifier and language, which EbookLib writes."""
    yield from _titles(book)
    for number, person in enumerate(book.contributors, start=1):
        yield from _person(person, f"person-{number}", _is_creator(book, person))
    yield _meta("identifier-type", _code(book.identifiers["epub"]), refines="#id", scheme=ONIX)
    yield _core("publisher", book.imprint)
    yield _meta("schema:bookEdition", book.edition)
    yield _meta("schema:version", book.version)
    if book.series:  # EPUB 3.3, D.3.2, D.3.3 and D.3.6
        yield _meta("belongs-to-collection", book.series.name, id="series")
        yield _meta("collection-type", "series", refines="#series")
        yield _meta("group-position", str(book.series.number or ""), refines="#series")
    yield _core("date", book.date)
    yield _core("description", book.description)
    for subject in book.subjects:
        yield _core("subject", subject)
    yield _core("rights", book.rights)
    if "paged" in access.proved:  # EPUB 3.3, D.3.8, and its forerunner
        yield _core("source", book.identifiers["print"], id="print")
        yield _meta("identifier-type", _code(book.identifiers["print"]), refines="#print", scheme=ONIX)
        yield _meta("source-of", "pagination", refines="#print")
        yield _meta("pageBreakSource", book.identifiers["print"])
    if book.licence:
        yield _meta("dcterms:license", book.licence)
    yield from _accessibility(book, access)


def _core(name: str, value: str, **attributes: str) -> Entry:
    return Entry("DC", name, value, attributes)


def _meta(name: str, value: str, **attributes: str) -> Entry:
    return Entry("", "meta", value, {"property": name, **attributes})


def _code(identifier: str) -> str:
    """Return what an identifier is, in ONIX code list 5: 15 is an ISBN, 01 a number of the publisher's own."""
    return "15" if identifier.startswith("urn:isbn:") else "01"


def _titles(book: Book) -> Iterator[Entry]:
    yield _core("title", book.title, id="title")
    yield _meta("title-type", "main", refines="#title")
    if book.subtitle:
        yield _core("title", book.subtitle, id="subtitle")
        yield _meta("title-type", "subtitle", refines="#subtitle")
        yield _meta("display-seq", "1", refines="#title")
        yield _meta("display-seq", "2", refines="#subtitle")


def _is_creator(book: Book, person: Contributor) -> bool:
    """Authors are creators; in a book without any, the one who is named first."""
    authors = [one for one in book.contributors if one.role == "aut"]
    return person in (authors or book.contributors[:1])


def _person(person: Contributor, name: str, creator: bool) -> Iterator[Entry]:
    yield _core("creator" if creator else "contributor", person.name, id=name)
    yield _meta("role", person.role, refines=f"#{name}", scheme=RELATORS)
    yield _meta("file-as", person.file_as or person.name, refines=f"#{name}")


def _accessibility(book: Book, access: Access) -> Iterator[Entry]:
    """Say only what a check has proved (EPUB Accessibility 1.1, 2.2; the terms are those of schema.org)."""
    described = "described" in access.proved
    yield _meta("schema:accessMode", "textual")
    if access.pictures:
        yield _meta("schema:accessMode", "visual")
    if described:
        yield _meta("schema:accessModeSufficient", "textual")
    for claim, features in FEATURES.items():
        if claim in access.proved and (claim != "described" or access.pictures):
            for feature in features:
                yield _meta("schema:accessibilityFeature", feature)
    yield _meta("schema:accessibilityHazard", "none" if "still" in access.proved else "unknown")
    if summary := _summary(book, access):
        yield _meta("schema:accessibilitySummary", summary)
    if access.conforms:
        yield _meta("dcterms:conformsTo", CONFORMANCE, id="conformance")
        yield _meta("a11y:certifiedBy", book.imprint, refines="#conformance")


def _summary(book: Book, access: Access) -> str:
    """Return the summary in the book's own words, as far as its locale has them."""
    truths = {
        "accessibility-structure": {"ordered", "structured"} <= access.proved,
        "accessibility-pages": "paged" in access.proved,
        "accessibility-pictures": access.pictures and "described" in access.proved,
        "accessibility-undescribed": access.pictures and "described" not in access.proved,
        "accessibility-legible": {"legible", "transformable"} <= access.proved,
        "accessibility-checked": access.conforms,
        "accessibility-unaudited": True,
    }
    return " ".join(book.words[key] for key, true in truths.items() if true and key in book.words)
