"""Hyphenation exceptions: words of the book that the dictionary of its language breaks in the wrong place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

ALLOWED, FORBIDDEN = 9, 8  # odd allows a break, and the highest number wins: no pattern of a dictionary is higher


def teach(language: str, words: Iterable[str]) -> None:
    """Have Pyphen, and so WeasyPrint, break these words of `language` at their hyphens and nowhere else.

    Holds for this process and those that are forked from it. Pyphen has no exceptions, only patterns (those of Liang,
    in the files of Hunspell): each word becomes a pattern of its own, laid over the dictionary.
    """
    import pyphen

    known = pyphen.language_fallback(language)
    patterns = [pattern(word) for word in words]
    if known is None or not patterns:
        return
    encoding, *lines = Path(pyphen.LANGUAGES[known]).read_bytes().split(b"\n")
    added = [line.encode(encoding.decode("ascii").strip()) for line in patterns]
    with tempfile.NamedTemporaryFile(suffix=".dic") as file:
        file.write(b"\n".join([encoding, *lines, *added, b""]))
        file.flush()
        pyphen.LANGUAGES[known] = Path(file.name)
        pyphen.Pyphen(lang=known)  # read now, and kept by Pyphen under the name of the file


def pattern(word: str) -> str:
    """Return the pattern of one word: ther-a-pist becomes .t8h8e8r9a9p8i8s8t. (two dots mark the ends of a word)."""
    parts = word.lower().split("-")
    return "." + str(ALLOWED).join(str(FORBIDDEN).join(part) for part in parts) + "."
