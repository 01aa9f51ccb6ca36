"""Fonts: the subsets of one face in all parts, laid over each other to one font.

WeasyPrint keeps the glyph ids of the whole font in its subsets, so a glyph has the same number in every part. A united
font is kept by its subsets: few edits bring a chapter a glyph that it had not.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from press.kept import kept, tools

_CHARACTER = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")
_MAP = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n"
    b"/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n",
    b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n",
)


def unite(pdf: pikepdf.Pdf) -> None:
    """Make one font of all subsets of a face (BaseFont) with TrueType outlines, wherever resources name them."""
    faces: dict[str, list[Any]] = {}
    resources = [thing.Font for thing in pdf.objects if isinstance(thing, Dictionary) and _has_fonts(thing)]
    resources += [thing.Resources.Font for thing in pdf.objects if _is_form(thing)]
    for fonts in resources:
        for font in fonts.values():
            if _is_truetype(font):
                faces.setdefault(str(font.BaseFont), []).append(font)
    united = {face: _unite(pdf, _distinct(fonts)) for face, fonts in faces.items()}
    for fonts in resources:
        for key, font in list(fonts.items()):
            if _is_truetype(font):
                fonts[key] = united[str(font.BaseFont)]


@cache
def _tools() -> str:
    return tools(__file__, "fonttools")


def _has_fonts(thing: Any) -> bool:
    return isinstance(thing.get("/Font"), Dictionary)


def _is_form(thing: Any) -> bool:
    if not isinstance(thing, pikepdf.Stream) or "/Resources" not in thing:
        return False
    return not thing.Resources.is_indirect and _has_fonts(thing.Resources)


def _is_truetype(font: Any) -> bool:
    return font.get("/Subtype") == Name.Type0 and "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def _distinct(fonts: Iterable[Any]) -> list[Any]:
    return list({font.objgen: font for font in fonts}.values())


def _unite(pdf: pikepdf.Pdf, fonts: list[Any]) -> Any:
    """Return one font with the glyphs, the widths and the characters of all; they are of one face."""
    first = fonts[0]
    if len(fonts) == 1:
        return first
    subsets: dict[bytes, set[int]] = {}
    widths: dict[int, Any] = {}
    characters: dict[int, bytes] = {}
    for font in fonts:
        used = {int(glyph, 16): text for glyph, text in _CHARACTER.findall(font.ToUnicode.read_bytes())}
        subsets.setdefault(font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes(), set()).update(used)
        widths |= _widths(font.DescendantFonts[0].get("/W", Array()))
        characters = used | characters
    made_of = [part for data, used in subsets.items() for part in (data, sorted(used))]
    data = kept("united", [_tools(), *made_of], lambda: overlay(list(subsets.items())))
    stream = pdf.make_stream(data)
    stream.Length1 = len(data)
    descendant = first.DescendantFonts[0]
    descendant.FontDescriptor.FontFile2 = stream
    descendant.W = Array([item for glyph in sorted(widths) for item in (glyph, Array([widths[glyph]]))])
    first.ToUnicode = pdf.make_stream(_to_unicode(characters))
    return first


def _widths(array: Iterable[Any]) -> dict[int, Any]:
    """Return the width of every glyph in a /W array (ISO 32000-1, 9.7.4.3)."""
    widths: dict[int, Any] = {}
    items = iter(array)
    for first in items:
        second = next(items)
        if isinstance(second, Array):
            widths |= {int(first) + at: width for at, width in enumerate(second)}
        else:
            width = next(items)
            widths |= dict.fromkeys(range(int(first), int(second) + 1), width)
    return widths


def _to_unicode(characters: dict[int, bytes]) -> bytes:
    """Return a ToUnicode map (ISO 32000-1, 9.10.3), in blocks of at most 100 entries."""
    lines = [b"<%04x> <%b>\n" % pair for pair in sorted(characters.items())]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    body = b"".join(b"%d beginbfchar\n%bendbfchar\n" % (len(block), b"".join(block)) for block in blocks)
    return _MAP[0] + body + _MAP[1]


def overlay(subsets: list[tuple[bytes, set[int]]]) -> bytes:
    """Return a TrueType font with the glyphs of all `subsets` of one font: each a font file, and the glyphs it is for.

    Glyphs that a subset is for have their numbers from the whole font. The parts of composite glyphs may have other
    numbers in each subset, so composites become simple outlines, and nothing else is taken over.
    """
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    fonts = [(TTFont(io.BytesIO(data), recalcTimestamp=False), used | {0}) for data, used in subsets]
    base, kept = max(fonts, key=lambda font: int(font[0]["maxp"].numGlyphs))
    order, glyphs, metrics = base.getGlyphOrder(), base["glyf"], base["hmtx"].metrics
    for number in kept:
        _flatten(glyphs[order[number]], glyphs)
    for number in set(range(len(order))) - kept:
        glyphs[order[number]] = Glyph()
    kept = set(kept)
    for font, used in fonts:
        names = font.getGlyphOrder()
        for number in used - kept:
            glyph = font["glyf"][names[number]]
            _flatten(glyph, font["glyf"])
            glyphs[order[number]] = glyph
            metrics[order[number]] = font["hmtx"].metrics[names[number]]
        kept |= used
    out = io.BytesIO()
    base.save(out)
    return out.getvalue()


def _flatten(glyph: Any, table: Any) -> None:
    """Make a composite glyph a simple one; hints, which WeasyPrint leaves out, are lost."""
    from fontTools.ttLib.tables.ttProgram import Program

    if glyph.isComposite():
        glyph.coordinates, glyph.endPtsOfContours, glyph.flags = glyph.getCoordinates(table)
        glyph.numberOfContours = len(glyph.endPtsOfContours)
        glyph.program = Program()
        glyph.program.fromBytecode(b"")
        del glyph.components
