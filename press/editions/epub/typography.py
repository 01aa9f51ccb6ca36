"""Where a line of the EPUB must not be broken: readers break lines themselves, and know no better than the characters.

A spaced dash stays with the word before it, a range with its dash, a number with its unit or with what it numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from press.galleys import XHTML

NBSP, JOINER = "\u00a0", "\u2060"
UNTOUCHED = frozenset(f"{{{XHTML}}}{name}" for name in ("code", "pre", "kbd", "samp"))

_DASH = re.compile(r"(?<=\S) (?=[–—] )")
_RANGE = re.compile(r"(?<=\d)–(?=\d)")
_CONCERNED = re.compile(r"[–—\d]")  # what no other text needs to be looked through for
_UNIT = re.compile(r"(?<=\d) (?=(?:%|°C|[kcm]?m|k?g|mg|k?Pa|k?N|ml|l|min|h|s)\b)")
_NUMBERED = ("chapter", "chapter-short", "appendix", "appendix-short", "figure", "figure-short", "table", "table-short")


def set_breaks(part: etree._Element, words: Mapping[str, str]) -> None:
    """Put no-break spaces and word joiners into the text of a part; `words` are the book's own (Figure {number} …)."""
    numbered = _before_numbers(words)
    for element in part.iter(etree.Element):
        bound = element.tag not in UNTOUCHED and "identifier" not in str(element.get("class", ""))
        if bound and (text := element.text) and _CONCERNED.search(text):
            element.text = _bind(text, numbered)
        if (tail := element.tail) and _CONCERNED.search(tail):
            element.tail = _bind(tail, numbered)


def _before_numbers(words: Mapping[str, str]) -> re.Pattern[str]:
    """Return what matches the space between a word such as Figure and its number."""
    templates = [words[key].partition(" {number}") for key in _NUMBERED if key in words]
    last = sorted({before.split()[-1] for before, number, _ in templates if number and before.split()})
    return re.compile("|".join(rf"(?<=\b{re.escape(word)}) (?=\d)" for word in last) or r"(?!)")


def _bind(text: str, numbered: re.Pattern[str]) -> str:
    text = _RANGE.sub(f"{JOINER}–{JOINER}", _DASH.sub(NBSP, text))
    return numbered.sub(NBSP, _UNIT.sub(NBSP, text))
