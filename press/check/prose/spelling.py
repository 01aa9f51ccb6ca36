"""Spelling, by the Hunspell dictionary of the book's language and the project's own list of words.

Spylls reads the dictionaries of the system: Debian's hunspell-en-gb and its like, or a folder named in DICPATH, as
Hunspell itself does.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable
from pathlib import Path

from press.check.prose.text import WORD, Text
from press.findings import Finding, unchecked
from press.prose import Prose

FOLDERS = (
    "/usr/share/hunspell",
    "/usr/share/myspell",
    "/usr/local/share/hunspell",
    "/opt/homebrew/share/hunspell",
    "~/Library/Spelling",
    "/Library/Spelling",
)

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b(?:[\w-]+\.)+(?:org|com|net|eu|uk)\b\S*")


def words(asked: Prose, folder: Path) -> set[str]:
    """Return the project's words: one entry a line, `#` starts a comment. Empty if there is no such list."""
    path = folder / asked.dictionary
    if not asked.dictionary or not path.is_file():
        return set()
    lines = path.read_text(encoding="utf-8").splitlines()
    return {entry for line in lines if (entry := line.split("#")[0].strip().replace("’", "'"))}


def check(parts: list[Text], asked: Prose, folder: Path, language: str) -> list[Finding]:
    """Find words that neither dictionary knows, each at its first place in a part."""
    if not asked.dictionary:
        return []
    if not (folder / asked.dictionary).is_file():
        return [Finding("book.yaml", 0, f"the dictionary {asked.dictionary} does not exist")]
    try:
        known = _dictionary(language)
    except ImportError:
        return [unchecked("book.yaml", "spylls is not installed", "spelling")]
    if known is None:
        need = f"a Hunspell dictionary for {language} (such as Debian's hunspell-{language.lower()}, or DICPATH)"
        return [Finding("book.yaml", 0, f"spelling not checked: it needs {need}")]
    speller = _Speller(known, words(asked, folder))
    return [finding for part in parts for finding in _check_part(part, speller)]


def _check_part(part: Text, speller: _Speller) -> list[Finding]:
    found: dict[str, Finding] = {}
    for block in part.blocks:
        for word in WORD.findall(_ADDRESS.sub(" ", block.text)):
            if word not in found and not word.isnumeric() and not speller.knows(word):
                found[word] = part.find(block, word, f"'{word}' is in no dictionary")
    return list(found.values())


class _Speller:
    """Knows a word if either dictionary has it, as it stands, without its possessive 's, or by its hyphened parts."""

    def __init__(self, known: Callable[[str], bool], own: set[str]) -> None:
        self.known, self.own = known, own
        self.seen: dict[str, bool] = {}

    def knows(self, word: str) -> bool:
        """Return whether a word is spelled as a dictionary spells it."""
        if word not in self.seen:
            plain = word.replace("’", "'").replace("‑", "-")
            self.seen[word] = self._has(plain) or ("-" in plain and all(map(self._has, plain.split("-"))))
        return self.seen[word]

    def _has(self, word: str) -> bool:
        base = word.removesuffix("'s")
        return base in self.own or base.lower() in self.own or self.known(word) or self.known(base)


def _dictionary(language: str) -> Callable[[str], bool] | None:
    """Return the test of the first dictionary for `language` that the system has, None if it has none."""
    from spylls.hunspell import Dictionary

    name = language.replace("-", "_")
    for folder in (*filter(None, os.environ.get("DICPATH", "").split(os.pathsep)), *FOLDERS):
        for path in (
            Path(folder).expanduser() / f"{name}.aff",
            *sorted(Path(folder).expanduser().glob(f"{name}_*.aff")),
        ):
            if path.is_file() and path.with_suffix(".dic").is_file():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ResourceWarning)  # spylls leaves closing its files to Python
                    lookup: Callable[[str], bool] = Dictionary.from_files(str(path.with_suffix(""))).lookup
                return lookup
    return None
