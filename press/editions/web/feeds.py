"""What machines read of the site: Atom feed, sitemap, schema.org data.

Only a book whose `url` is known says anything absolute; a feed needs no address, its entries are named by UUIDs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from press.galleys import Book, Document


class Entry(NamedTuple):
    """One piece of news: `id` is an IRI, `date` such as 2026-11-22."""

    id: str
    date: str
    title: str
    text: str
    href: str
    type: str


def news(book: Book, address: Callable[[Document], str]) -> list[Entry]:
    """Return what is new in the book, newest first: the updates of all of its parts."""
    space = uuid.uuid5(uuid.NAMESPACE_URL, book.identifiers["html"])
    entries = []
    for document in book.documents:
        for update in document.updates:
            name = uuid.uuid5(space, f"{document.id} {update.date} {update.type}")
            title = f"{document.label}: {document.title}" if document.label else document.title
            entries.append(
                Entry(name.urn, update.date, title, update.text, absolute(book, address(document)), update.type)
            )
    return sorted(entries, key=lambda entry: entry.date, reverse=True)


def absolute(book: Book, href: str) -> str:
    """Return a link of the site with the site's address before it, if it has one."""
    return f"{book.url.rstrip('/')}/{href}" if book.url else href


def of_book(book: Book) -> dict[str, Any]:
    """Return the schema.org description of the book."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Book",
        "name": book.title,
        "alternativeHeadline": book.subtitle,
        "description": book.description,
        "inLanguage": book.language,
        "bookEdition": book.edition,
        "version": book.version,
        "isPartOf": {"@type": "BookSeries", "name": book.series.name} if book.series else "",
        "position": book.series.number if book.series else "",
        "datePublished": book.date,
        "publisher": {"@type": "Organization", "name": book.imprint} if book.imprint else "",
        "license": book.licence,
        "keywords": ", ".join(book.subjects),
        "identifier": book.identifiers["html"],
        "url": absolute(book, "") if book.url else "",
        "author": [{"name": one.name} for one in book.contributors if one.role == "aut"],
        "illustrator": [{"name": one.name} for one in book.contributors if one.role == "ill"],
        "hasPart": [
            {"@type": "Chapter", "name": one.title, "position": place}
            for place, one in enumerate((one for one in book.documents if one.type == "chapter"), start=1)
        ],
    }
    return {name: value for name, value in data.items() if value}


def of_part(book: Book, document: Document, href: str) -> dict[str, Any]:
    """Return the schema.org description of one part of the book."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Chapter",
        "name": document.title,
        "alternativeHeadline": document.subtitle,
        "inLanguage": document.language,
        "datePublished": document.published,
        "dateModified": document.updates[0].date if document.updates else "",
        "wordCount": document.words,
        "timeRequired": f"PT{document.minutes}M" if document.minutes else "",
        "license": book.licence,
        "url": absolute(book, href) if book.url else "",
        "isPartOf": {"@type": "Book", "name": book.title},
    }
    return {name: value for name, value in data.items() if value}


def digest(script: str) -> str:
    """Return the digest by which a page's policy allows a script element (CSP 3, section 2.3.1), empty without one."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}" if script else ""


def script(data: dict[str, Any]) -> str:
    """Return data as JSON that may stand in a script element."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
