"""The cover wrap: back, spine and front on one sheet, typeset like the book and finished for the printer like it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from press import files, fonts, sheets
from press.editions.print.barcode import barcode
from press.editions.print.finish import Printer, finish
from press.editions.print.wrap import Wrap, measure
from press.galleys import Face, Galleys
from press.kept import kept, tools
from press.pagemap import PageMap
from press.styles import Styles


def build(galleys: Path, pages: Path, styles: Styles, output: Path) -> None:
    """Make the cover wrap of the book in the folder `galleys` as PDF/X-4; `pages` is the page map of its sheets.

    What was typeset is kept, and typeset again only when something changes that it is made of. Raises Refused for a
    wrong ISBN, and for every colour that is in no token.
    """
    source, count = Galleys(galleys), len(PageMap.model_validate_json(pages.read_bytes()).pages)
    measured = measure(source.book, count)
    made_of = _made_of(measured, source, styles)
    sheet = kept("sheets", made_of, lambda: _typeset(measured, source, styles, output.name))
    book = source.book
    files.write(output, finish(sheet, Printer(book, styles, book.printing.cover, output.name)))
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


def _made_of(wrap: Wrap, galleys: Galleys, styles: Styles) -> list[object]:
    """Return all that the sheet is made of: style sheet, page, pictures, fonts, engine."""
    css = _css(wrap, galleys, styles, lambda face: face.file)
    pictures = [galleys.image(name) for name in (galleys.book.cover, galleys.book.cover_art) if name]
    engine = tools(*map(str, sorted(Path(sheets.__file__).parent.glob("*.py"))), "weasyprint")
    return [
        css,
        _html(wrap, galleys, styles),
        engine,
        *pictures,
        *(styles.font(face).read_bytes() for face in styles.faces),
    ]


def _typeset(wrap: Wrap, galleys: Galleys, styles: Styles, name: str) -> bytes:
    from press.sheets.engine import Engine  # loads WeasyPrint

    css = _css(wrap, galleys, styles, lambda face: fonts.unpacked(styles.font(face)).resolve().as_uri())
    engine = Engine(galleys, styles, css)
    return engine.write(engine.lay_out(_html(wrap, galleys, styles), name), name)
