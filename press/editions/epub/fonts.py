"""The fonts of the EPUB: each face cut down to the characters that the book uses."""

from __future__ import annotations

import io
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

from press import fonts
from press.galleys import Face

# The figures, small capitals and joins that the styles ask for, and what a script needs to be set right.
FEATURES = "smcp c2sc onum lnum pnum tnum sups frac numr dnom kern liga ccmp locl calt mark mkmk rlig init medi fina"
JOINER = 0x2060
BASIC = frozenset(chr(code) for code in range(0x20, 0x7F))


def cut(path: Path, characters: frozenset[str]) -> bytes:
    """Return the face at `path` with the glyphs of `characters` and of ASCII only; always the same bytes.

    Bare TrueType or OpenType: Kindle and readers with Adobe's older engine do not take WOFF2.
    """
    return _with_joiner(fonts.cut(path, characters | BASIC, FEATURES, flavor=None))


def _with_joiner(data: bytes) -> bytes:
    """Give a TrueType face an empty glyph for the word joiner: old readers would show a box for want of one."""
    out = io.BytesIO()
    with TTFont(io.BytesIO(data), recalcBBoxes=False, recalcTimestamp=False) as font:
        if "glyf" not in font or JOINER in font.getBestCmap():
            return data
        font.setGlyphOrder([*font.getGlyphOrder(), "joiner"])
        font["glyf"]["joiner"] = Glyph()
        font["hmtx"]["joiner"] = (0, 0)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[JOINER] = "joiner"
        font.save(out)
    return out.getvalue()


def file(face: Face) -> str:
    """Return the file of a face in the EPUB."""
    return f"fonts/{Path(face.file).name.split('.')[0]}.ttf"


class Ruler:
    """Measures text in one face."""

    def __init__(self, path: Path) -> None:
        with TTFont(path) as font:
            metrics, units = font["hmtx"], font["head"].unitsPerEm
            self._widths: dict[int, float] = {
                code: metrics[name][0] / units for code, name in font.getBestCmap().items()
            }

    def width(self, text: str) -> float:
        """Return the width of `text` in em; a character that the face lacks counts as half an em."""
        return sum(self._widths.get(ord(character), 0.5) for character in text)

    def wrap(self, text: str, measure: float) -> list[str]:
        """Break `text` at its spaces into lines of at most `measure` em, as even as the first fit allows."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}") <= measure:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def fit(self, text: str, width: float, sizes: list[float], most: int) -> tuple[float, list[str]]:
        """Return the largest of `sizes` at which `text` makes at most `most` lines of `width`, and the lines."""
        for size in sorted(sizes, reverse=True):
            lines = self.wrap(text, width / size)
            if len(lines) <= most and all(self.width(line) * size <= width for line in lines):
                return size, lines
        return min(sizes), self.wrap(text, width / min(sizes))
