"""What a release asks of book.yaml: identifiers, prices, subjects, and nothing that only holds a place.

A draft may leave all of it open. So whatever is missing is no fault of book.yaml, but a finding that stops a release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import isbnlib

from press import files, yamlfile
from press.book import Manifest
from press.findings import Finding

SOLD = ("epub", "pdf", "print", "large")  # each needs an ISBN; the web edition, which nobody stocks, does not
EDITIONS = (*SOLD, "html")
ISBN = "urn:isbn:"
FREE = "free"

_PRICE = re.compile(r"(\d+(?:\.\d{1,2})?) ([A-Z]{3})")
_THEMA = re.compile(r"[A-Z][A-Z0-9]{0,9}|[1-6][A-Z][A-Z0-9-]*")  # subjects, and qualifiers of six kinds
_BISAC = re.compile(r"[A-Z]{3}\d{6}")
_HOLDS_A_PLACE = re.compile(
    r"\b(?:TODO|TBA|TBC|TBD|FIXME|XXX+|placeholder|lorem ipsum|to be (?:announced|confirmed|decided))\b|\?\?\?",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:(?:the |your )?(?:author|editor|publisher|imprint)?(?:'s)? ?name|author|publisher|first(?:name)? last(?:name)?"
    r"|n\. ?n\.)",
    re.IGNORECASE,
)
# ISBNs with right check digits that are nobody's: counted up, or one figure throughout.
_NO_ISBNS = {"9780000000002", "9780123456786", "9781111111113", "9781234567897", "9789999999991", "9790000000001"}
_NOBODY = "00000000-0000-0000-0000-000000000000"
# What shops know as the prices of nothing.
_NO_PRICES = set(map(Decimal, "0 0.01 999 999.99 9999 9999.99 99999 99999.99 1234 1234.56".split()))


class Price(NamedTuple):
    """An amount in a currency, by its ISO 4217 code."""

    amount: str
    currency: str


def price(text: str) -> Price | None:
    """Return a price as written in book.yaml, None for one that is free. Raises ValueError where it is no price."""
    if text == FREE:
        return None
    match = _PRICE.fullmatch(text)
    if not match:
        raise ValueError(f"'{text}' is no price: write 9.99 EUR, or free")
    if Decimal(match[1]) in _NO_PRICES:
        raise ValueError(f"'{text}' only holds the place of a price")
    return Price(match[1], match[2])


def digits(identifier: str) -> str:
    """Return the thirteen digits of an identifier urn:isbn:…; nothing for one that is no ISBN."""
    return identifier.removeprefix(ISBN).replace("-", "") if identifier.startswith(ISBN) else ""


def identified(manifest: Manifest) -> dict[str, str]:
    """Return the identifier of each edition that the book has, by the edition's name."""
    found: dict[str, str] = manifest.identifiers.model_dump(exclude_none=True)
    return {name: found[name] for name in EDITIONS if name in found}


def check(folder: Path, manifest: Manifest) -> list[Finding]:
    """Return what stops a release of the book in `folder`, each with its line in book.yaml."""
    lined, _ = yamlfile.parse(files.text_of(folder, "book.yaml"), "book.yaml")
    said = [*_identifiers(manifest), *_prices(manifest), *_subjects(manifest), *_words(manifest)]
    return [Finding("book.yaml", lined.line(path) if path[:1] in lined.lines else 0, message) for path, message in said]


Said = Iterator[tuple[yamlfile.Path, str]]


def _identifiers(manifest: Manifest) -> Said:
    seen: dict[str, str] = {}
    for name, identifier in identified(manifest).items():
        at = ("identifiers", name)
        if name in SOLD and not identifier.startswith(ISBN):
            yield at, f"the {name} edition has no ISBN, and cannot be sold or lent without one: urn:isbn:…"
        if identifier.startswith(ISBN) and not isbnlib.is_isbn13(digits(identifier)):
            yield at, f"'{identifier}' is no ISBN of thirteen digits with a right check digit"
        if digits(identifier) in _NO_ISBNS or identifier.endswith(_NOBODY):
            yield at, f"'{identifier}' only holds the place of an identifier"
        if identifier in seen:
            yield at, f"the {name} edition has the identifier of the {seen[identifier]} edition"
        seen.setdefault(identifier, name)


def _prices(manifest: Manifest) -> Said:
    prices = manifest.trade.prices
    for name in identified(manifest):
        try:
            price(prices[name] if name != "html" else prices.get("html", FREE))  # type: ignore[index]
        except KeyError:
            yield ("trade", "prices"), f"the {name} edition has no price: write 9.99 EUR, or free"
        except ValueError as error:
            yield ("trade", "prices", name), f"{name}: {error}"


def _subjects(manifest: Manifest) -> Said:
    for scheme, codes, form in (("thema", manifest.trade.thema, _THEMA), ("bisac", manifest.trade.bisac, _BISAC)):
        if not codes:
            yield ("trade", scheme), f"'trade' names no subject by {scheme}"
        elif codes[0][:1].isdigit():
            yield ("trade", scheme, 0), f"'{codes[0]}' qualifies a subject, and cannot be the main one"
        for index, code in enumerate(codes):
            if not form.fullmatch(code):
                yield ("trade", scheme, index), f"'{code}' is not written like a code of {scheme}"


def _words(manifest: Manifest) -> Said:
    texts: dict[yamlfile.Path, str] = {
        (name,): getattr(manifest, name)
        for name in ("title", "subtitle", "description", "rights", "imprint", "edition", "version")
    }
    texts |= {("contributors", index, "name"): one.name for index, one in enumerate(manifest.contributors)}
    for path, text in texts.items():
        names = path[0] in ("contributors", "imprint")
        if found := _HOLDS_A_PLACE.search(text) or (_NO_NAME.fullmatch(text.strip()) if names else None):
            yield path, f"'{found[0]}' only holds a place"
