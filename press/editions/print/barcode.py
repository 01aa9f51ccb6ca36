"""The bars of an ISBN on the back of the cover: EAN-13, drawn from the modules that python-barcode counts out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from press.findings import Finding, Refused

# Nominal size of EAN-13 (ISO/IEC 15420): a module in mm, and the quiet zones to the left and right in modules.
MODULE = 0.33
QUIET = 11, 7
PREFIX = "urn:isbn:"


@dataclass(frozen=True)
class Bar:
    """One bar: how far from the left edge of the quiet zone, how wide (mm), and whether it is a longer guard bar."""

    x: float
    width: float
    guard: bool


@dataclass(frozen=True)
class Barcode:
    """An ISBN as it is printed: with its hyphens where it has them, its thirteen digits, its bars, its width in mm."""

    isbn: str
    digits: str
    bars: list[Bar]
    width: float


def barcode(identifier: str) -> Barcode | None:
    """Return the bars of an identifier such as urn:isbn:978-0-306-40615-7; None for one that is no ISBN.

    Raises Refused where the ISBN is not one of thirteen digits or its check digit is wrong.
    """
    if not identifier.startswith(PREFIX):
        return None
    from barcode.ean import EuropeanArticleNumber13  # loads Pillow
    from barcode.errors import BarcodeError

    isbn = identifier.removeprefix(PREFIX)
    digits = isbn.replace("-", "")
    try:
        modules = EuropeanArticleNumber13(digits, guardbar=True)
        whole = len(digits) == 13 and digits[:3] in ("978", "979") and modules.calculate_checksum() == int(digits[12])
    except (BarcodeError, ValueError):
        whole = False
    if not whole:
        message = f"the print edition's identifier '{isbn}' is no ISBN of thirteen digits with a right check digit"
        raise Refused([Finding("book.yaml", 0, message)])
    (row,) = modules.build()
    return Barcode(isbn, digits, _bars(row), round(MODULE * (len(row) + sum(QUIET)), 2))


def _bars(row: str) -> list[Bar]:
    """Return the bars of a row of modules: 0 is white, 1 a bar, G a guard bar."""
    bars, at = [], QUIET[0]
    for kind, run in groupby(row):
        length = len(list(run))
        if kind != "0":
            bars.append(Bar(round(at * MODULE, 3), round(length * MODULE, 3), kind == "G"))
        at += length
    return bars
