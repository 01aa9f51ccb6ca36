"""The cover wrap: back, spine and front on one sheet, typeset like the book and finished for the printer like it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import click

from press import files, fonts
from press.editions.print.barcode import barcode
from press.editions.print.finish import finish
from press.editions.print.wrap import Wrap, measure
from press.galleys import Face, Galleys
from press.pagemap import PageMap
from press.styles import Styles


def build(galleys: Path, pages: Path, styles: Styles, output: Path) -> None:
    """Make the cover wrap of the book in the folder `galleys` as PDF/X-4; `pages` is the page map of its sheets.

    What was typeset is kept in sheets/cover/ beside `output`, by the digest of all that it was made from, and typeset
    again only when that changes. Raises Refused for a wrong ISBN, and for every colour that is in no token.
    """
    source, count = Galleys(galleys), len(PageMap.model_validate_json(pages.read_bytes()).pages)
    measured = measure(source.book, count)
    kept = output.parent / "sheets" / "cover" / f"{_digest(measured, source, styles)}.pdf"
    if not kept.is_file():
        sheet = _typeset(measured, source, styles, output.name)
        for old in kept.parent.glob("*.pdf"):
            old.unlink()
        files.write(kept, sheet)
    book = source.book
    files.write(output, finish(kept.read_bytes(), book, styles, book.printing.cover, output.name))
    blank = measured.pages - count
    click.echo(f"spine {measured.spine:.2f} mm: {measured.pages} pages, {blank} of them blank at the end")


def _css(wrap: Wrap, galleys: Galleys, styles: Styles, font_url: Callable[[Face], str]) -> str:
    return styles.css("cover/wrap.css.j2", "light", book=galleys.book, wrap=wrap, font_url=font_url)


def _html(wrap: Wrap, galleys: Galleys, styles: Styles) -> str:
    book = galleys.book
    return styles.render(
        "cover/wrap.html.j2",
        book=book,
        wrap=wrap,
        authors=[person.name for person in book.contributors if person.role == "aut"],
        barcode=barcode(book.identifiers["print"]),
        ink=styles.tokens["colours"]["ink"]["light"],
    )


def _digest(wrap: Wrap, galleys: Galleys, styles: Styles) -> str:
    """Return the digest of all that the sheet is made from: page, style sheet, picture, fonts, engine."""
    css = _css(wrap, galleys, styles, lambda face: face.file)
    digest = hashlib.sha256("\n".join([version("weasyprint"), css, _html(wrap, galleys, styles)]).encode())
    for picture in filter(None, [galleys.book.cover, galleys.book.cover_art]):
        digest.update(galleys.image(picture))
    for face in styles.faces:
        digest.update(styles.font(face).read_bytes())
    return digest.hexdigest()[:32]


def _typeset(wrap: Wrap, galleys: Galleys, styles: Styles, name: str) -> bytes:
    from press.sheets.engine import Engine  # loads WeasyPrint

    css = _css(wrap, galleys, styles, lambda face: fonts.unpacked(styles.font(face)).resolve().as_uri())
    engine = Engine(galleys, styles, css)
    return engine.write(engine.lay_out(_html(wrap, galleys, styles), name), name)
