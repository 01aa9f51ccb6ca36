"""What the package says of the book: titles, people, rights, and what is true of its accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from press.galleys import Book, Contributor

RELATORS = "marc:relators"


class Entry(NamedTuple):
    """A metadata element: a Dublin Core element, or a `meta` with a property if `namespace` is empty."""

    namespace: str
    name: str
    value: str
    attributes: dict[str, str]


class Access(NamedTuple):
    """What a look at the finished documents has shown."""

    pictures: bool
    described: bool
    still: bool
    paged: bool = False


def entries(book: Book, access: Access) -> Iterator[Entry]:
    """Yield the metadata of a book, but for its identifier and language, which EbookLib writes."""
    yield from _titles(book)
    for number, person in enumerate(book.contributors, start=1):
        yield from _person(person, f"person-{number}", _is_creator(book, person))
    yield _core("publisher", book.imprint)
    yield _core("date", book.date)
    yield _core("description", book.description)
    for subject in book.subjects:
        yield _core("subject", subject)
    yield _core("rights", book.rights)
    if access.paged:  # EPUB 3.3, D.3.8, and its forerunner
        yield _core("source", book.identifiers["print"], id="print")
        yield _meta("source-of", "pagination", refines="#print")
        yield _meta("pageBreakSource", book.identifiers["print"])
    if book.licence:
        yield _meta("dcterms:license", book.licence)
    yield from _accessibility(book, access)


def _core(name: str, value: str, **attributes: str) -> Entry:
    return Entry("DC", name, value, attributes)


def _meta(name: str, value: str, **attributes: str) -> Entry:
    return Entry("", "meta", value, {"property": name, **attributes})


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
    """Say only what the build has seen or has itself put in."""
    yield _meta("schema:accessMode", "textual")
    if access.pictures:
        yield _meta("schema:accessMode", "visual")
    if access.described:
        yield _meta("schema:accessModeSufficient", "textual")
    features = ["tableOfContents", "structuralNavigation", "readingOrder"]
    if access.pictures and access.described:
        features.append("alternativeText")
    if access.paged:
        features += ["pageBreakMarkers", "pageNavigation"]
    for feature in features:
        yield _meta("schema:accessibilityFeature", feature)
    if access.still:
        yield _meta("schema:accessibilityHazard", "none")
    if summary := _summary(book, access):
        yield _meta("schema:accessibilitySummary", summary)


def _summary(book: Book, access: Access) -> str:
    """Return the summary in the book's own words, as far as its locale has them."""
    truths = {
        "accessibility-structure": True,
        "accessibility-pictures": access.pictures and access.described,
        "accessibility-undescribed": access.pictures and not access.described,
        "accessibility-unaudited": True,
    }
    return " ".join(book.words[key] for key, true in truths.items() if true and key in book.words)
