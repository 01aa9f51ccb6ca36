"""Words as the fidelity check compares them: letters and figures only, whatever a line break or a font made of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from press.findings import line_of
from press.pagemap import INLINE

# What an edition may leave out, or say in its own way, since no author wrote it: by class.
COMPUTED = frozenset("page-info page-reference page-number chapter-list contents".split())
FURNITURE = frozenset(("doc-pagebreak", "doc-backlink"))  # by role
UNSAID = frozenset(("svg", "script", "style", "template", "button"))
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Word:
    """A word: `key` is what is compared, `text` what stands there, `line` its line in the manuscript (0: none)."""

    key: str
    text: str
    line: int = 0
    computed: bool = False


def key(text: str) -> str:
    """Return a word without case, ligatures, accents, hyphens and punctuation; empty if nothing is left."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def split(text: str) -> Iterator[Word]:
    """Yield the words of a text that has no lines of a manuscript."""
    for word in text.split():
        if folded := key(word):
            yield Word(folded, word)


def _classes(element: etree._Element | None) -> list[str]:
    return [] if element is None else str(element.get("class", "")).split()


def _is_unsaid(element: etree._Element, name: str) -> bool:
    """Tell whether an element is a drawing, a control, an ornament, or a locator, whose words are the edition's own."""
    return name in UNSAID or element.get("aria-hidden") == "true" or "locator" in _classes(element)


class Reading:
    """The words of an element in order, without what is in the elements `apart`; a block ends a word, so does a gap.

    `starts` and `ends` give for each element how many words there are before it and up to its end. `made`
    are the classes of what no author wrote.
    """

    def __init__(
        self,
        element: etree._Element,
        apart: frozenset[etree._Element] = frozenset(),
        made: frozenset[str] = COMPUTED,
    ) -> None:
        self.words: list[Word] = []
        self.starts: dict[etree._Element, int] = {}
        self.ends: dict[etree._Element, int] = {}
        self._apart = apart
        self._made = made
        self._run: list[tuple[str, int, bool]] = []
        self._read(element, False)
        self._end_word()

    def _read(self, element: etree._Element, computed: bool) -> None:
        if not isinstance(element.tag, str):
            return
        if element.get("role") in FURNITURE:
            self.starts[element] = len(self.words)
            return
        name = etree.QName(element).localname
        if element in self._apart or _is_unsaid(element, name):
            self._end_word()
            return
        line = line_of(element)
        computed = computed or bool(self._made.intersection(_classes(element)))
        computed = computed or (name == "h2" and "notes" in _classes(element.getparent()))
        if name not in INLINE or element.get("role") == "doc-noteref":
            self._end_word()
        self.starts[element] = len(self.words)
        self._say(element.text, line, computed)
        for child in element:
            self._read(child, computed)
            self._say(child.tail, line, computed)
        if name not in INLINE:
            self._end_word()
        self.ends[element] = len(self.words)

    def _say(self, text: str | None, line: int, computed: bool) -> None:
        for number, piece in enumerate(_BLANK.split(text or "")):
            if number:
                self._end_word()
            if piece:
                self._run.append((piece, line, computed))

    def _end_word(self) -> None:
        said = [piece for piece in self._run if key(piece[0])]
        if said:
            text = "".join(text for text, _, _ in self._run)
            self.words.append(Word(key(text), text, said[0][1], all(computed for _, _, computed in said)))
        self._run.clear()
