"""Shorter ways to draw: the paths of plates, and the glyphs of a line, of which WeasyPrint makes much ado.

Each takes the place of one function of WeasyPrint and hands on to it whatever is not plain. tests/test_shortcuts.py
holds them to the same result, and fails where WeasyPrint no longer comes by these functions.
"""

from __future__ import annotations

import re
from typing import Any

from weasyprint import svg
from weasyprint.draw import text as draw_text
from weasyprint.pdf import fonts
from weasyprint.svg.path import path
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango
from weasyprint.text.fonts import get_pango_font_key

draw_first_line = draw_text.draw_first_line

ffi.cdef("void * g_object_ref (void * object);", override=True)

# ---- paths ----

_COMMAND = re.compile(r"([MmLlHhVvCcZz])([^MmLlHhVvCcZz]*)")
_PLAIN = str.maketrans("", "", "0123456789.-, \t\r\nMmLlHhVvCcZz")


def _path(drawing: Any, node: Any, font_size: float) -> None:
    """Draw a path of lines and curves; the places of markers, and the angles at them, are of no use without markers."""
    data = node.get("d", "")
    marked = any(name.startswith("marker") for name in node.attrib)
    operators = None if marked or data.translate(_PLAIN) or data.lstrip()[:1] not in ("M", "m") else _operators(data)
    if operators is None:
        path(drawing, node, font_size)
    else:
        drawing.stream.stream.append(operators)


def _operators(data: str) -> bytes | None:
    """Return the operators of a path (ISO 32000-1, 8.5.2), as WeasyPrint writes them; None if its numbers are odd."""
    written = ["0 0 m"]
    x = y = 0.0
    start = None  # of the subpath, if there is any stroke in it
    try:
        for letter, rest in _COMMAND.findall(data.replace("-", " -").replace(",", " ")):
            numbers = [float(number) for number in rest.split()]
            relative = letter.islower()
            if letter in "cC":
                start = start or (x, y)
                for x1, y1, x2, y2, x3, y3 in _by(6, numbers):
                    if relative:
                        x1, y1, x2, y2, x3, y3 = x1 + x, y1 + y, x2 + x, y2 + y, x3 + x, y3 + y
                    x, y = x3, y3
                    written.append(f"{' '.join(map(_number, (x1, y1, x2, y2, x3, y3)))} c")
            elif letter in "mMlL":
                pairs = _by(2, numbers)
                if letter in "mM":
                    x, y = (x + pairs[0][0], y + pairs[0][1]) if relative else pairs[0]
                    start = None
                    written.append(f"{_number(x)} {_number(y)} m")
                    del pairs[0]
                for x1, y1 in pairs:
                    start = start or (x, y)
                    x, y = (x + x1, y + y1) if relative else (x1, y1)
                    written.append(f"{_number(x)} {_number(y)} l")
            elif letter in "zZ":
                if numbers:
                    break  # an error in the path, which is drawn up to it; WeasyPrint would draw for ever
                if start:
                    written.append("h")
                    x, y = start
                    start = None
            else:
                start = start or (x, y)
                for (one,) in _by(1, numbers):
                    if letter in "hH":
                        x = x + one if relative else one
                    else:
                        y = y + one if relative else one
                    written.append(f"{_number(x)} {_number(y)} l")
    except (ValueError, IndexError):
        return None
    return "\n".join(written).encode()


def _by(count: int, numbers: list[float]) -> list[tuple[float, ...]]:
    """Return numbers in groups of `count`; ValueError where there are none or some are left over."""
    if not numbers:
        raise ValueError
    return list(zip(*[iter(numbers)] * count, strict=True))


def _number(value: float) -> str:
    """Return a number as pydyf writes it."""
    return str(int(value)) if value.is_integer() else f"{value:f}".rstrip("0")


# ---- glyphs ----

_FOREIGN = 0x0FFFFFFF  # from here on Pango's glyphs are none of the font: empty ones, and characters that it lacks
_GEOMETRY = pango.pango_version() >= 14802  # WeasyPrint takes the size from elsewhere where Pango is older
# Keys and sizes of Pango's fonts by their addresses; each is kept alive with them, so that no other gets its address.
_KEYS: dict[int, tuple[Any, float, Any]] = {}


def _draw_first_line(stream: Any, box: Any, text_overflow: Any, block_ellipsis: Any, matrix: Any) -> Any:
    """Draw the line of a text box of which no glyph is set off its line: most were drawn before, with that advance."""
    plain = _GEOMETRY and text_overflow != "ellipsis" and block_ellipsis == "none" and box.style["font_size"] >= 1e-6
    runs = _runs(stream, box.pango_layout) if plain and box.text.strip() else None
    if runs is None:
        return draw_first_line(stream, box, text_overflow, block_ellipsis, matrix)
    stream.set_text_matrix(*matrix.values)
    shown, last = "", None
    for pango_font, font, size, glyphs in runs:
        if pango_font != last:
            if shown:
                stream.show_text(shown)
            shown, last = "", pango_font
            stream.set_font_size(font.hash, size)
        shown = f"{shown}{glyphs}".replace("><", "")
    stream.show_text(shown)
    return []


def _runs(stream: Any, layout: Any) -> list[tuple[Any, Any, float, str]] | None:
    """Return the runs of a layout's line: Pango's font, that of the PDF, its size, and the glyphs as PDF shows them.

    None if some are not plain.
    """
    pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
    line, _ = layout.get_first_line()
    runs = []
    run = line.runs
    while run != ffi.NULL:
        pango_font, glyphs = run.data.item.analysis.font, run.data.glyphs
        font, size = _font(stream, pango_font)
        numbers = ffi.unpack(ffi.cast("int *", glyphs.glyphs), 5 * glyphs.num_glyphs)
        if not font.to_unicode.keys() >= set(numbers[::5]) or not font.widths.keys() >= set(numbers[::5]):
            _learn(font, size, run.data, layout.text)
        shown = _glyphs(font, size, numbers)
        if shown is None:
            return None
        runs.append((pango_font, font, size, shown))
        run = run.next
    return runs


def _font(stream: Any, pango_font: Any) -> tuple[Any, float]:
    """Return the font of a PDF that stands for one of Pango's, and its size: described once, not for every run."""
    address = int(ffi.cast("uintptr_t", pango_font))
    if address not in _KEYS:
        key, _, size = get_pango_font_key(pango_font)
        _KEYS[address] = key, size, ffi.gc(gobject.g_object_ref(pango_font), gobject.g_object_unref)
    key, size, _ = _KEYS[address]
    return stream._fonts.get(key) or stream.add_font(pango_font)[0], size


def _learn(font: Any, size: float, run: Any, text: str) -> None:
    """Write down what the glyphs of a run say, and how wide they are: each where it is met first."""
    glyphs, item, said = run.glyphs, run.item, text.encode()
    clusters, count = ffi.unpack(glyphs.log_clusters, glyphs.num_glyphs), glyphs.num_glyphs
    backward = item.analysis.level % 2
    for place in range(count):
        glyph = glyphs.glyphs[place].glyph
        if glyph >= _FOREIGN:
            return
        behind = place - 1 if backward else place + 1
        end = clusters[behind] if 0 <= behind < count else item.length
        if glyph not in font.to_unicode:
            font.to_unicode[glyph] = said[item.offset + clusters[place] : item.offset + end].decode()
        if glyph not in font.widths:
            ink, logical = ffi.new("PangoRectangle *"), ffi.new("PangoRectangle *")
            pango.pango_font_get_glyph_extents(item.analysis.font, glyph, ink, logical)
            font.widths[glyph] = round(logical.width * 1000 * FROM_UNITS / size)


def _glyphs(font: Any, size: float, numbers: list[int]) -> str | None:
    """Return glyphs as TJ shows them (ISO 32000-1, 9.4.3), without WeasyPrint's moves by nothing.

    `numbers` has five for each: glyph, advance, shift to the right and upward, attributes. None where one is set off
    the line, is none of the font, or is drawn in colours.
    """
    if font.bitmap or font.png or font.svg or font.colr:
        return None
    known = font.__dict__.setdefault("shown", {}).setdefault(size, {})
    shown = ["<"]
    for glyph, advance, right, up in zip(numbers[::5], numbers[1::5], numbers[2::5], numbers[3::5], strict=True):
        if up or glyph >= _FOREIGN:
            return None
        if (glyph, advance, right) not in known:
            offset = right / size
            move = int(font.widths[glyph] + offset - advance * 1000 * FROM_UNITS / size)
            before, behind = f">{-offset}<" if offset else "", f">{move}<" if move else ""
            known[glyph, advance, right] = f"{before}{glyph:04x}{behind}"
        shown.append(known[glyph, advance, right])
    return f"{''.join(shown)}>".replace("<>", " ")  # a blank, for two moves to stay two


# ---- fonts ----


class _Types:
    """cffi as WeasyPrint's fonts use it: the type of an array of N numbers is C that is parsed anew for each N."""

    def __getattr__(self, name: str) -> Any:
        return getattr(ffi, name)

    def new(self, kind: str, *values: Any) -> Any:
        """Return new memory of a C type, with what is in it."""
        return ffi.new("hb_codepoint_t[]" if values and kind.startswith("hb_codepoint_t[") else kind, *values)


svg.TAGS["path"] = _path
fonts.ffi = _Types()
draw_text.draw_first_line = _draw_first_line
