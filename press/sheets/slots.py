"""Slots: where page numbers are printed. Found on the pages of a part, filled when the parts are joined.

Folios and page numbers at references are text like any other while a part is laid out: a counter in a margin box, and
the attribute `data-folio` in generated content. Each is marked in the content of its page (`/Slot 3`), and with it are
kept the glyphs that figures and roman numerals have in its very font and style: old-style, lining, tabular.
"""

from __future__ import annotations

import re
from typing import Any

from press.findings import Finding, Refused
from press.sheets.model import Align, Glyphs, Part, Slot

NUMERALS = "0123456789ivxlcdm"
_MARKED = re.compile(rb"(/\w+\s*<<[^>]*?)\s*/Slot (\d+)([^>]*>>\s*BDC)(.*?)(EMC)", re.S)
_SHOWN = re.compile(rb"\[([^\]]*)\]\s*TJ")
_TOKEN = re.compile(rb"<([0-9a-fA-F]*)>|(-?[0-9.]+)")


def target_of(box: Any, margin: Any) -> str | None:
    """Return the id whose folio a text box is to print, empty for that of its own page; None if it prints none.

    `margin` is the margin box that holds the text box, if one does.
    """
    if margin is not None:
        content = _content(margin)
        counts = any(part[0] == "counter()" and part[1][0] == "page" for part in content)
        if counts and len(content) > 1:
            raise Refused([Finding("styles", 0, f"counter(page) does not stand alone in {margin.at_keyword}")])
        return "" if counts else None
    if "::" in (box.element_tag or "") and box.text.strip() and box.text.strip() == box.element.get("data-folio"):
        return str(box.element.get("data-target"))
    return None


def _content(margin: Any) -> list[Any]:
    content = margin.style["content"]
    return [] if isinstance(content, str) else list(content)


class Slots:
    """Gathers the slots of a part."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.found: list[Slot] = []
        self.glyphs: list[Glyphs] = []
        self._known: dict[object, int] = {}

    def add(self, page: int, box: Any, target: str, align: Align) -> int:
        """Note a slot and return its number, which marks it in the content of the page."""
        text = box.text.strip() if target else box.text
        self.found.append(Slot(page=page, target=target, length=len(text), align=align, glyphs=self._numerals(box)))
        return len(self.found) - 1

    def prepare(self, box: Any) -> None:
        """Put the glyphs of all numerals in the style of a text box into the part's fonts, before these are made."""
        self._numerals(box)

    def _numerals(self, box: Any) -> int:
        style = box.style
        key = tuple(str(style[name]) for name in _STYLE)
        if key not in self._known:
            self._known[key] = len(self.glyphs)
            self.glyphs.append(_shape(self.document, box))
        return self._known[key]


_STYLE = (
    "font_family font_style font_weight font_stretch font_size letter_spacing font_variant_numeric font_variant_caps "
    "font_variant_ligatures font_variant_alternates font_feature_settings font_kerning lang direction"
).split()


def _shape(document: Any, box: Any) -> Glyphs:
    """Return the glyph and the advance of every numeral in the style of a text box; the part's fonts get the glyphs."""
    from weasyprint.pdf.fonts import Font
    from weasyprint.text.ffi import FROM_UNITS
    from weasyprint.text.fonts import get_pango_font_key

    layout, text = box.pango_layout, box.pango_layout.text
    layout.reactivate(box.style)
    glyphs: Glyphs = {}
    for character in NUMERALS:
        layout.set_text(character)
        run = layout.get_first_line()[0].runs[0].data
        key, description, size = get_pango_font_key(run.item.analysis.font)
        if key not in document.fonts:
            document.fonts[key] = Font(run.item.analysis.font, description, size)
        font, info = document.fonts[key], run.glyphs.glyphs[0]
        font.to_unicode.setdefault(info.glyph, character)
        font.widths.setdefault(info.glyph, _width(run.item.analysis.font, info.glyph, size))
        advance = info.geometry.width * FROM_UNITS / size * 1000
        glyphs[character] = info.glyph, round(advance, 3), round(advance - font.widths[info.glyph], 3)
    layout.set_text(text)
    layout.deactivate()
    layout.text = text
    return glyphs


def _width(pango_font: Any, glyph: int, size: float) -> int:
    """Return the advance of a glyph as WeasyPrint writes it, in thousandths of the font size."""
    from weasyprint.text.ffi import FROM_UNITS, ffi, pango

    ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
    pango.pango_font_get_glyph_extents(pango_font, glyph, ink, logical)
    width: int = round(logical.width * 1000 * FROM_UNITS / size)
    return width


def fill(content: bytes, part: Part, printed: list[str]) -> bytes:
    """Return the content of a page with its page numbers; `printed` are those of all slots of the part.

    Raises Refused where a placeholder cannot be replaced.
    """

    def bind(found: re.Match[bytes]) -> bytes:
        slot = part.slots[int(found[2])]
        folio = printed[int(found[2])]
        text, count = _SHOWN.subn(lambda shown: _show(shown[1], slot, part.glyphs[slot.glyphs], folio), found[4])
        if count != 1:
            raise Refused([Finding(part.id, 0, f"the page number {folio} stands in {count} pieces of text")])
        return found[1] + found[3] + text + found[5]

    filled = _MARKED.sub(bind, content)
    if b"/Slot" in filled:
        raise Refused([Finding(part.id, 0, "a page number was left out")])
    return filled


def _show(array: bytes, slot: Slot, glyphs: Glyphs, folio: str) -> bytes:
    """Return a TJ operator that shows `folio` instead of the last `slot.length` glyphs of `array`.

    The numeral keeps the left edge, the middle or the right edge of the placeholder, as the style aligns it.
    """
    shown: list[tuple[int, float]] = []  # glyph and what is taken off its advance
    for glyph, shift in _TOKEN.findall(array):
        if shift:
            if shown:
                shown[-1] = shown[-1][0], shown[-1][1] + float(shift)
        else:
            shown += [(int(glyph[at : at + 4], 16), 0.0) for at in range(0, len(glyph), 4)]
    before, placed = shown[: -slot.length], shown[-slot.length :]
    advances = {glyph: advance for glyph, advance, _ in glyphs.values()}
    spare = sum(advances.get(glyph, 0) for glyph, _ in placed) - sum(glyphs[numeral][1] for numeral in folio)
    moved = {"left": 0.0, "center": spare / 2, "right": spare}[slot.align]
    numerals = [(glyphs[numeral][0], -glyphs[numeral][2]) for numeral in folio]
    lead = [f"{-moved:.3f}"] if moved else []
    return f"[{''.join([*map(_token, before), *lead, *map(_token, numerals)])}] TJ".encode()


def _token(glyph: tuple[int, float]) -> str:
    return f"<{glyph[0]:04x}>{glyph[1]:g}" if glyph[1] else f"<{glyph[0]:04x}>"
