"""The cover wrap: back, spine and front on one sheet, typeset like the book and finished for the printer like it."""

from __future__ import annotations

from pathlib import Path

from press import files
from press.editions.print.barcode import barcode
from press.editions.print.finish import finish
from press.editions.print.wrap import Wrap
from press.galleys import Face, Galleys
from press.sheets.engine import Engine
from press.styles import Styles


def build(wrap: Path, galleys: Path, styles: Styles, output: Path) -> None:
    """Make the cover wrap that the file `wrap` describes, as PDF/X-4.

    Raises Refused for a wrong ISBN, and for every colour that is in no token.
    """
    source = Galleys(galleys)
    measured = Wrap.model_validate_json(wrap.read_bytes())
    book = source.book

    def font_url(face: Face) -> str:
        return styles.font(face).resolve().as_uri()

    css = styles.css("cover/wrap.css.j2", "light", book=book, wrap=measured, font_url=font_url)
    html = styles.render(
        "cover/wrap.html.j2",
        book=book,
        wrap=measured,
        authors=[person.name for person in book.contributors if person.role == "aut"],
        barcode=barcode(book.identifiers["print"]),
        ink=styles.tokens["colours"]["ink"]["light"],
    )
    engine = Engine(source, styles, css)
    pdf = engine.write(engine.lay_out(html, output.name), output.name)
    files.write(output, finish(pdf, book, styles, book.printing.cover, output.name))
