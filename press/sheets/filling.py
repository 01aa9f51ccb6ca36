"""Shorter ways to fill lines: each word is measured once in each font, and a line is filled by what its words measure.

WeasyPrint has Pango shape a paragraph from where each line begins, then that line with another word or a part of one,
then what has become of it. Here Pango tells how wide words are, and parts of words with a hyphen, and the space between
any two letters (it may be kerned); and where a line may be broken, from the words around the place.

`_split_first_line` takes the place of WeasyPrint's function, and hands on to it whatever is not plain: other scripts
than Latin, letters that the font lacks, words too long for their line. tests/test_filling.py holds it to the same
lines, and fails where WeasyPrint no longer comes by it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf
from typing import Any

import pyphen
from weasyprint.layout import inline, preferred
from weasyprint.layout.percent import percentage
from weasyprint.text import line_break
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, pango
from weasyprint.text.line_break import (
    Layout,
    get_log_attrs,
    get_next_break_point_from_text,
    get_next_word_boundaries,
)

from press.sheets.lettering import lettering

split_first_line = inline.split_first_line
can_break_text = inline.can_break_text

Filled = tuple[str, int, int | None, int]  # text shown, length, resume index, width in Pango's units

_PLAIN = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u024f\u200b\u2010\u2012-\u2015\u2018-\u201f\u2022\u2026\u2032\u2033\u2060]*"
)
_NEAR = TO_UNITS  # Pango sees a word that may be broken as a whole, and may be a kern off what its parts measure
# What the width of a text depends on.
_FONT = (
    "font_family font_style font_stretch font_weight font_size font_kerning font_variation_settings font_variant_caps "
    "font_variant_ligatures font_variant_position font_variant_numeric font_variant_alternates font_variant_east_asian "
    "font_feature_settings font_language_override lang letter_spacing word_spacing"
).split()


class _Odd(Exception):
    """What is to be set is not plain."""


class _Ruler:
    """Measures words in one font with one spacing, in Pango's units. `spacing` is that of letters, in px."""

    def __init__(self, style: Any) -> None:
        self.spacing = 0.0 if style["letter_spacing"] == "normal" else float(style["letter_spacing"])
        self.spaced = bool(self.spacing or style["word_spacing"])
        self._style, self._layout = style, Layout(style)
        self._extents = ffi.new("PangoRectangle *")
        self._widths: dict[str, int | None] = {"": 0}
        self._gaps: dict[str, int] = {}
        self._space, self._metrics = self._measured(" ")
        self.height, self.baseline = (FROM_UNITS * value for value in self._metrics)

    def word(self, word: str) -> int:
        """Return the width of a word. Raises _Odd where some of it is in another font."""
        if word not in self._widths:
            width, metrics = self._measured(word)
            self._widths[word] = width if metrics == self._metrics else None
        found = self._widths[word]
        if found is None:
            raise _Odd
        return found

    def gap(self, before: str, after: str) -> int:
        """Return the width of a space between two letters, of which there may be none."""
        if self._style["word_spacing"]:  # Pango shapes a widened space by itself
            before, after = before and "x", after and "x"
        pair = f"{before} {after}"
        if pair not in self._gaps:
            kerned = before and after and (self.gap(before, "") != self._space or self.gap("", after) != self._space)
            plain = before and after and not kerned and not self.spaced
            self._gaps[pair] = self._space if plain else self.word(pair) - self.word(before) - self.word(after)
        return self._gaps[pair]

    def _measured(self, text: str) -> tuple[int, tuple[int, int]]:
        """Return the width of a text, its height and how far its baseline lies below its top."""
        if self.spaced:
            self._layout = Layout(self._style)
            self._layout.set_text(text)  # which sets the spacing from character to character
        else:
            pango.pango_layout_set_text(self._layout.layout, ffi.new("char[]", text.encode()), -1)
        line = pango.pango_layout_get_line_readonly(self._layout.layout, 0)
        pango.pango_layout_line_get_extents(line, ffi.NULL, self._extents)
        return self._extents.width, (self._extents.height, -self._extents.y)


def _split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> Any:
    """Fit a text in a line, as WeasyPrint's function of that name does."""
    if (ruler := _ruler(style)) is not None:
        try:
            shown, length, resume_at, width = _Filler(text, style, context, max_width, ruler).fill()
        except _Odd:
            pass
        else:
            layout = Layout.__new__(Layout)
            layout.__dict__ = {
                **style.blank,
                "text": shown,
                "max_width": max_width,
                "justification_spacing": justification_spacing,
            }
            return layout, length, resume_at, width * FROM_UNITS + ruler.spacing, ruler.height, ruler.baseline
    return split_first_line(text, style, context, max_width, justification_spacing, is_line_start, minimum)


def _ruler(style: Any) -> _Ruler | None:
    """Return what measures words in a style, None where words do not say how wide a line is."""
    if "ruler" not in style.__dict__:
        plain = (
            style["white_space"] in ("normal", "nowrap", "pre-wrap")
            and style["word_break"] == "normal"
            and style["direction"] == "ltr"
            and style["font_size"] > 0
        )
        rulers = style.font_config.__dict__.setdefault("rulers", {})
        font = repr([style[name] for name in _FONT])
        if plain and font not in rulers:
            rulers[font] = _Ruler(style)
        style.ruler = rulers[font] if plain else None
        style.blank = {**lettering(style)[1], "first_line_direction": 0}  # WeasyPrint's layout until it is drawn
        del style.blank["language"]
    return style.ruler  # type: ignore[no-any-return]


class _Filler:
    """Fills a line with what it has room for of a text. Raises _Odd where words do not tell."""

    def __init__(self, text: str, style: Any, context: Any, max_width: float | None, ruler: _Ruler) -> None:
        self.text, self.style, self.context, self.ruler = text, style, context, ruler
        self.endless = max_width is None or max_width >= 2**21 or style["white_space"] == "nowrap"
        self.max_width = inf if self.endless or max_width is None else max(0, max_width)
        self.limit = inf if self.endless else int(self.max_width * TO_UNITS)
        self.longest = len(text) + 3 if self.endless else 60 + int(5 * self.max_width / style["font_size"])

        self.near = int(abs(ruler.spacing) * TO_UNITS) + _NEAR if ruler.spaced else 0
        self.safe = self.limit - self.near

    def _fits(self, width: int) -> bool:
        """Tell whether the line has room for a width; letters that are spaced have their edges counted otherwise."""
        if self.near and abs(width - self.limit) <= self.near:
            raise _Odd
        return width <= self.limit

    def fill(self) -> Filled:
        """Return what fits: all of the text, or its first words."""
        window, ruler = self.text[: self.longest], self.ruler
        if not window or (window == " " and ruler.spaced) or not _PLAIN.fullmatch(window):
            raise _Odd
        before, *words = window.split(" ")
        used, place = ruler.word(before), len(before)
        if used > self.safe and not self._fits(used):
            return self._overlong(before, words)
        for number, word in enumerate(words):
            start = used + ruler.gap(before[-1:], word[:1])
            if start + ruler.word(word) > self.safe and not self._fits(start + ruler.word(word)):
                return self._broken(used, place, start, before, word, words[number + 1 :])
            used, place, before = start + ruler.word(word), place + 1 + len(word), word
        if len(self.text) > len(window):
            raise _Odd
        return self.text, len(self.text.encode()), None, used

    def _broken(self, used: int, place: int, start: int, before: str, word: str, words: list[str]) -> Filled:
        """Return the line that has no room for all of `word`, which is followed by `words`.

        The line is `used` before it, up to a place in the text, and `start` with a space.
        """
        if self.style["white_space"] != "normal" or not before or not word or place + len(word) > self.longest - 3:
            raise _Odd
        rest = f"{word} {words[0][:1]}" if words else word
        shown, width, cut = self.text[:place], used, 0
        for at in reversed(_breaks(self.style["lang"], before[-1:], rest, len(word))):
            wider = start + self.ruler.word(word[:at])
            if wider <= self.limit + _NEAR:
                if wider > self.limit - _NEAR:
                    raise _Odd
                shown, width, cut = self.text[: place + 1 + at], wider, at
                break
        fitting, sign = self.text[: place + 1 + cut], self.style["hyphenate_character"]
        for part in self._parts(rest[cut:], self.max_width - width * FROM_UNITS - self.ruler.spacing):
            wider = start + self.ruler.word(word[:cut] + part + sign)
            if self._fits(wider):
                length = len((fitting + part).encode())
                return fitting + part + sign, length, length, wider
        return shown, len(shown.encode()), len(fitting.encode()), width

    def _overlong(self, word: str, words: list[str]) -> Filled:
        """Return the line for which the first word is too long: it, or as much of it as fits with a hyphen."""
        rest = f"{word} {words[0][:1]}" if words else word
        plain = self.style["white_space"] == self.style["overflow_wrap"] == "normal" and not self.ruler.spaced
        if not plain or len(word) > self.longest - 3 or rest.endswith(" "):
            raise _Odd
        if _breaks(self.style["lang"], "a", rest, len(word)):
            raise _Odd
        parts, sign = self._parts(rest, inf), self.style["hyphenate_character"]
        for part in parts:
            wider = self.ruler.word(part + sign)
            if wider <= self.limit or part is parts[-1]:
                return part + sign, len(part.encode()), len(part.encode()), wider
        length = len(word.encode())
        return word, length, length + 1 if words else None, self.ruler.word(word)

    def _parts(self, text: str, space: float) -> list[str]:
        """Return what of a text that is to begin the next line could end this one, where `space` is left, the longest
        first: with its first long word in parts."""
        language = self.style["lang"] and pyphen.language_fallback(self.style["lang"])
        if self.style["hyphens"] != "auto" or not language:
            return []
        if space <= percentage(self.style["hyphenate_limit_zone"], self.style, self.max_width):
            return []
        total, left, right = self.style["hyphenate_limit_chars"]
        at, word = _long_word(text, language, total)
        known, key = self.context.dictionaries, (language, left, right, total)
        if key not in known:
            known[key] = pyphen.Pyphen(lang=language, left=left, right=right)
        return [text[:at] + part for part, _ in known[key].iterate(word)] if word else []


@lru_cache(10_000)
def _breaks(language: str | None, letter: str, rest: str, length: int) -> list[int]:
    """Return where a line may be broken in a word of that length, with which `rest` begins.

    `letter` stands before it and a space. Raises _Odd where a line may not be broken at the spaces around the word.
    """
    places = get_log_attrs(f"{letter} {rest}", language)
    allowed = [places[at].is_line_break for at in range(len(letter) + 1, len(letter) + 1 + len(rest))]
    if not allowed[0] or not all(allowed[length + 1 :]):
        raise _Odd
    return [at for at in range(1, length) if allowed[at]]


@lru_cache(10_000)
def _long_word(text: str, language: str, least: int) -> tuple[int, str]:
    """Return the first word of at least so many letters before the next place where a line may be broken, and where it
    begins; no word where there is none."""
    left, at = text[: get_next_break_point_from_text(text, language)], 0
    while left and (found := get_next_word_boundaries(left, language)):
        start, stop = found
        if stop - start >= least:
            return at + start, left[start:stop]
        left, at = left[stop:], at + stop
    return 0, ""


@lru_cache(10_000)
def _can_break_text(text: str, language: str | None) -> bool:
    """Tell whether a line may be broken in a text: between the letters at which two boxes meet, mostly."""
    return bool(can_break_text(text, language))


inline.can_break_text = preferred.can_break_text = _can_break_text
inline.split_first_line = preferred.split_first_line = line_break.split_first_line = _split_first_line
