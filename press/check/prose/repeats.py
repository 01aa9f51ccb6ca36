"""What stands twice: a word in a sentence, a sentence in the book."""

from __future__ import annotations

import re

from press.check.prose.text import CALL, WORD, Block, Text, sentences
from press.findings import Finding
from press.prose import Prose

_DOUBLED = re.compile(r"\b([^\W\d_]+) \1\b", re.I)


def doubled(parts: list[Text], allowed: set[str]) -> list[Finding]:
    """Find words that stand twice in a row, except pairs that the project's dictionary has ('had had')."""
    found = []
    for part in parts:
        for block in part.blocks:
            for match in _DOUBLED.finditer(block.text.replace(CALL, "")):
                if allowed.isdisjoint((match[0], match[0].lower())):
                    found.append(part.find(block, match[0], f"the word '{match[1]}' stands twice"))
    return found


def sentences_again(parts: list[Text], asked: Prose) -> list[Finding]:
    """Find sentences of `asked.repeats` words or more that an earlier part of the book has too."""
    first: dict[str, tuple[Text, Block, str]] = {}
    found = []
    for part in parts:
        for block in part.blocks:
            if block.box in (*asked.boilerplate, "pull-quote"):
                continue
            for sentence in sentences(block.text):
                words = re.findall(r"\w+", sentence.replace(CALL, "").lower())
                if len(words) < asked.repeats:
                    continue
                other, where, start = first.setdefault(" ".join(words), (part, block, _start(sentence)))
                if other is not part:
                    place = f"{other.document.source}:{other.line(where, start)}"
                    message = f"the sentence '{_start(sentence, 8)} …' stands in {place} too"
                    found.append(part.find(block, _start(sentence), message))
    return found


def _start(sentence: str, count: int = 3) -> str:
    """Return the first words of a sentence, as they stand."""
    words = list(WORD.finditer(sentence))[:count]
    return sentence[words[0].start() : words[-1].end()] if words else sentence
