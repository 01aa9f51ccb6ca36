"""The fonts of the EPUB: each face cut down to the characters that the book uses."""

from __future__ import annotations

from pathlib import Path

from press import fonts
from press.galleys import Face

# The figures, small capitals and joins that the styles ask for, and what a script needs to be set right.
FEATURES = "smcp c2sc onum lnum pnum tnum sups frac numr dnom kern liga ccmp locl calt mark mkmk rlig init medi fina"
BASIC = frozenset(chr(code) for code in range(0x20, 0x7F))


def cut(path: Path, characters: frozenset[str]) -> bytes:
    """Return the face at `path` with the glyphs of `characters` and of ASCII only; always the same bytes.

    Bare TrueType or OpenType: Kindle and readers with Adobe's older engine do not take WOFF2. With a glyph for the word
    joiner: old readers would show a box for want of one.
    """
    return fonts.cut(path, characters | BASIC, FEATURES, flavor=None, joiner=True)


def family(path: Path) -> str:
    """Return the name of the family that the face at `path` has once it is cut."""
    return fonts.family(path)


def file(face: Face) -> str:
    """Return the file of a face in the EPUB."""
    return f"fonts/{Path(face.file).name.split('.')[0]}.ttf"


class Ruler:
    """Measures text in one face."""

    def __init__(self, path: Path) -> None:
        import uharfbuzz

        face = uharfbuzz.Face(fonts.bare(path))
        self._font, self._units = uharfbuzz.Font(face), face.upem

    def width(self, text: str) -> float:
        """Return the width of `text` in em; a character that the face lacks counts as half an em."""
        glyphs = [self._font.get_nominal_glyph(ord(character)) for character in text]
        return sum(self._font.get_glyph_h_advance(one) / self._units if one is not None else 0.5 for one in glyphs)

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
