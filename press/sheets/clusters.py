"""What glyphs say (ToUnicode), where a letter is drawn with several: dots and bases, letters and points set apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

UNSAID = "\u200c"  # said of a glyph that has no character of its own: PDF/UA-1 (ISO 14289-1), 7.21.7, wants one


@contextmanager
def mapped() -> Iterator[None]:
    """Have WeasyPrint map every glyph: of those of one letter it maps the first, and says nothing of the others."""
    import weasyprint.draw.text as drawing

    own, known = drawing.draw_first_line, 0

    def draw_first_line(stream: Any, *words: Any) -> Any:
        nonlocal known
        emojis = own(stream, *words)
        count = sum(len(font.to_unicode) for font in stream._fonts.values())
        if count != known:
            known = count
            for font in stream._fonts.values():
                font.to_unicode.update({glyph: UNSAID for glyph, text in font.to_unicode.items() if not text})
        return emojis

    drawing.draw_first_line = draw_first_line
    try:
        yield
    finally:
        drawing.draw_first_line = own
