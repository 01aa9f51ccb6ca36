"""The ONIX for Books 3.1 record: one message with a product for each edition, from styles/release/onix.xml.j2.

Whether it is right is judged by EDItEUR's own schema with its code lists, which the package onixcheck carries.
"""

from __future__ import annotations

import io
import re
from functools import cache

import yaml
from lxml import etree

from press.book import Manifest
from press.findings import Finding
from press.galleys import Book
from press.release.editions import Product
from press.styles import Styles

FILE = "onix.xml"
# MARC relator codes as contributor roles (code list 17). A publisher is no contributor.
ROLES = {
    "aut": "A01",
    "ill": "A12",
    "art": "A12",
    "pht": "A13",
    "edt": "B01",
    "trl": "B06",
    "bkd": "A11",
    "cov": "A36",
    "aui": "A24",
    "win": "A24",
    "ctb": "A32",
    "ins": "Z99",
    "anl": "Z99",
    "rev": "Z99",
}
AUDIENCES = {"general": "01", "children": "02", "teenage": "03", "tertiary": "05", "professional": "06"}  # list 28
PRICE_KINDS = {  # list 58, by whether the price is fixed by law and includes tax
    (False, "excluded"): "01",
    (False, "included"): "02",
    (True, "excluded"): "03",
    (True, "included"): "04",
}
QUALIFIERS = {str(number): str(number + 93) for number in range(1, 7)}  # Thema qualifiers 1 to 6 are lists 94 to 99
_COMMONS = re.compile(r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/([\d.]+)/?.*")


def write(manifest: Manifest, book: Book, products: list[Product], styles: Styles) -> bytes:
    """Return the message about the products; `check` judges it."""
    trade = manifest.trade
    text = styles.render(
        "release/onix.xml.j2",
        book=book,
        trade=trade,
        series=manifest.series,
        products=products,
        date=book.date.replace("-", ""),
        contributors=[(one, ROLES[one.role]) for one in manifest.contributors if one.role in ROLES],
        language=_language(book.language, styles),
        subjects=[*_subjects("93", trade.thema), *_subjects("10", trade.bisac)],
        audience=AUDIENCES[trade.audience],
        price_kind=PRICE_KINDS[trade.fixed, trade.tax],
        licence=_licence(book.licence),
    )
    message = etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=True))
    etree.indent(message, " ")
    return etree.tostring(message, encoding="utf-8", xml_declaration=True) + b"\n"


def _subjects(scheme: str, codes: list[str]) -> list[tuple[str, str, bool]]:
    """Return the scheme (code list 27) of each code, the code, and whether it is the main one of its scheme."""
    return [(QUALIFIERS.get(code[0], scheme), code, place == 0) for place, code in enumerate(codes)]


def _language(tag: str, styles: Styles) -> str:
    """Return a language as ISO 639-2/B."""
    two: dict[str, str] = yaml.safe_load(styles.find("release/languages.yaml").read_text(encoding="utf-8"))
    primary = tag.split("-")[0]
    return two.get(primary, primary)


def _licence(address: str) -> str:
    """Return what a licence is called: CC BY-SA 4.0 for that of Creative Commons, its address for another."""
    match = _COMMONS.fullmatch(address)
    return f"CC {match[1].upper()} {match[2]}" if match else address


@cache
def _schema() -> etree.XMLSchema:
    from onixcheck import schema

    return etree.XMLSchema(etree.parse(schema.O31_XSD_REFERENCE))


def check(message: bytes) -> list[Finding]:
    """Return what EDItEUR's schema has against a message: elements, their order and number, and every code."""
    schema = _schema()
    schema.validate(etree.parse(io.BytesIO(message)))
    return [Finding(FILE, error.line, _plain(error.message)) for error in schema.error_log]


def _plain(message: str) -> str:
    return re.sub(r"\{[^}]*\}", "", message)
