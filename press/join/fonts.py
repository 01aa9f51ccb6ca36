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
from pikepdf import Array, Dictionary

from press.kept import kept, tools

_CHARACTER = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")
_MAP = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< /Registry (Adobe)\n"
    b"/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n",
    b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n",
)


class Faces:
    """Gathers the fonts of the parts by face (BaseFont): those with TrueType outlines become one each, in `frame`."""

    def __init__(self, frame: pikepdf.Pdf) -> None:
        self._frame = frame
        self._faces: dict[str, _Face] = {}

    def take(self, things: Iterable[Any]) -> dict[str, set[int]]:
        """Take the fonts among the objects of a part. Return, by face, the numbers of those that are done with."""
        taken: dict[str, set[int]] = {}
        for font in things:
            if isinstance(font, Dictionary) and _is_truetype(font):
                name = str(font.BaseFont)
                if name not in self._faces:
                    self._faces[name] = _Face(self._frame.copy_foreign(font))
                self._faces[name].add(font)
                taken.setdefault(name, set()).update(_objects(font))
        return taken

    def unite(self) -> dict[str, int]:
        """Make one font of each face; return their numbers in the frame."""
        return {name: face.unite() for name, face in self._faces.items()}


class _Face:
    """The subsets of a face; `font`, in the frame, is to be the one of them all."""

    def __init__(self, font: Any) -> None:
        self.font = font
        self.count = 0
        self.subsets: dict[bytes, set[int]] = {}  # a font file, and the glyphs that it is for
        self.widths: dict[int, Any] = {}
        self.characters: dict[int, bytes] = {}

    def add(self, font: Any) -> None:
        """Add a subset."""
        used = {int(glyph, 16): text for glyph, text in _CHARACTER.findall(font.ToUnicode.read_bytes())}
        file = font.DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()
        self.count += 1
        self.subsets.setdefault(file, set()).update(used)
        self.widths |= _widths(font.DescendantFonts[0].get("/W", Array()))
        self.characters = used | self.characters

    def unite(self) -> int:
        """Give the font the glyphs, the widths and the characters of all subsets; return its number."""
        if self.count > 1:
            made_of = [part for data, used in self.subsets.items() for part in (data, sorted(used))]
            data = kept("united", [_tools(), *made_of], lambda: overlay(list(self.subsets.items())))
            descendant = self.font.DescendantFonts[0]
            descendant.FontDescriptor.FontFile2.write(data)
            descendant.FontDescriptor.FontFile2.Length1 = len(data)
            widths = self.widths
            descendant.W = Array([item for glyph in sorted(widths) for item in (glyph, Array([widths[glyph]]))])
            self.font.ToUnicode.write(_to_unicode(self.characters))
        number: int = self.font.objgen[0]
        return number


@cache
def _tools() -> str:
    return tools(__file__, "fonttools")


def _is_truetype(font: Any) -> bool:
    return "/DescendantFonts" in font and "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def _objects(font: Any) -> set[int]:
    """Return the numbers of the objects that a font consists of (ISO 32000-1, 9.7)."""
    descendant = font.DescendantFonts[0]
    descriptor = descendant.FontDescriptor
    inner = [font.DescendantFonts, descendant, descriptor, descriptor.FontFile2, font.ToUnicode]
    inner += [descriptor.get("/CIDSet"), descendant.get("/W"), descendant.get("/CIDToGIDMap")]
    return {thing.objgen[0] for thing in (font, *inner) if thing is not None and thing.is_indirect}


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
