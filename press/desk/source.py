"""A manuscript file as a row of words and marks, each with its place, so that one of them can be changed and no more.

Markup has no words of its own here: an edit goes around it. Notes stand apart, in the order of their calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from press.desk.edited import CALL, Token

# What an editor's copy does not show, or shows in another form, in the order in which it is looked for.
_PIECES = re.compile(
    r"""
      (?P<mark>  ^:{3,}.*$ | ^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$ | ^\s*(?:[-*+]|\d{1,3}[.)]|\#{1,6}|>|:)[ \t]+
               | \{[^{}\n]*\} | \]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\) | !(?=\[) )
    | (?P<inline>\^\[)
    | (?P<call>  \[\^[^\]\s]+\] | \[[^\[\]]*@[^\[\]]*\] | (?<![\w@.])@\w[\w:.\#$%&+?<>~/-]*\w )
    | (?P<escaped>\\[^\w\s])
    | (?P<dashes>---|--|\.\.\.)
    | (?P<word>[^\W_]+)
    | (?P<quiet>[*_`~\[\]|\\])
    | (?P<other>[^\s])
    """,
    re.X | re.M,
)
_DEFINITION = re.compile(r"^\[\^(?P<label>[^\]\s]+)\]:[ \t]*(?P<text>.*(?:\n(?:[ \t]*\n)*[ ]{4}.*)*)\n?", re.M)
_HEADER = re.compile(r"\A---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*$\n?", re.S | re.M)
_CLOSING = re.compile(r"(?:\]\([^()\n]*\)|\](?:\{[^{}\n]*\})?|[ \t]*\{[^{}\n]*\}[ \t]*$|[*_`~]+)", re.M)
_DASHES = {"---": "—", "--": "–", "...": "…"}
_ALIKE = str.maketrans("“”„«»‘’‚‹›", '"""""' + "'''''")
MOST = 250_000  # marks on both sides, multiplied, that are compared with each other between two words


@dataclass(frozen=True)
class Piece:
    """A word or a mark of the file, from `start` up to `end`."""

    text: str
    start: int
    end: int


@dataclass
class Source:
    """A manuscript file: its pieces, and for each call of a note those of the note."""

    text: str
    pieces: list[Piece] = field(default_factory=list)
    notes: list[list[Piece]] = field(default_factory=list)
    definitions: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        header = _HEADER.match(self.text)
        self.header = header.end() if header else 0
        self.definitions = {
            match["label"]: match.span() for match in _DEFINITION.finditer(self.text) if match.start() >= self.header
        }
        self._said = {match["label"]: match.span("text") for match in _DEFINITION.finditer(self.text)}
        hidden = sorted(self.definitions.values())
        at = 0
        for start, end in [*hidden, (len(self.text), len(self.text))]:
            self.pieces += self._read(at, start, calls=True)
            at = end

    def _read(self, start: int, end: int, calls: bool) -> list[Piece]:
        found, at = [], start
        while at < end and (match := _PIECES.search(self.text, at, end)):
            at = match.end()
            kind, said = match.lastgroup, match[0]
            if kind == "inline":
                at = self._closed(match.end(), end)
                self.notes.append(self._read(match.end(), at - 1, calls=False))
                found.append(Piece(CALL, match.start(), at))
            elif kind == "call" and calls:
                label = said[2:-1] if said.startswith("[^") else ""
                self.notes.append(self._read(*self._said[label], calls=False) if label in self._said else [])
                found.append(Piece(CALL, match.start(), at))
            elif kind == "escaped":
                found.append(Piece(said[1], match.start(), at))
            elif kind == "dashes":
                found.append(Piece(_DASHES[said], match.start(), at))
            elif kind in ("word", "other"):
                found.append(Piece(said, match.start(), at))
        return found

    def _closed(self, at: int, end: int) -> int:
        """Return the place behind the bracket that closes what was opened before `at`."""
        depth = 1
        while at < end and depth:
            depth += {"[": 1, "]": -1}.get(self.text[at], 0)
            at += 1
        return at

    def line(self, place: int) -> int:
        """Return the line, from 1, of a place."""
        return self.text.count("\n", 0, place) + 1

    def behind(self, place: int) -> int:
        """Return the place behind what closes at `place`: a link, a span, an emphasis that began before."""
        while match := _CLOSING.match(self.text, place):
            opened = self.text.rfind("\n\n", 0, place) + 1
            if match[0][0] in "*_`~" and self.text.count(match[0], opened, place) % 2 == 0:
                break
            place = match.end()
        return place


def alike(text: str) -> str:
    """Return a word or mark as it is compared: one form of quotation mark for all."""
    return text.translate(_ALIKE)


def places(said: Sequence[Token], pieces: Sequence[Piece]) -> list[Piece | None]:
    """Return for each token of a copy the piece of the manuscript that it was made of; None where there is none."""
    found: list[Piece | None] = [None] * len(said)
    words = [n for n, token in enumerate(said) if token.text[:1].isalnum()]
    others = [n for n, piece in enumerate(pieces) if piece.text[:1].isalnum()]
    pairs = [
        (words[a], others[b]) for a, b in _matches([said[n].text for n in words], [pieces[n].text for n in others])
    ]
    before = (-1, -1)
    for pair in [*pairs, (len(said), len(pieces))]:
        (a, b), (c, d) = before, pair
        if (c - a - 1) * (d - b - 1) <= MOST:
            between = _matches([t.text for t in said[a + 1 : c]], [p.text for p in pieces[b + 1 : d]])
            for x, y in between:
                found[a + 1 + x] = pieces[b + 1 + y]
        if c < len(said):
            found[c] = pieces[d]
        before = pair
    return found


def _matches(one: list[str], other: list[str]) -> list[tuple[int, int]]:
    matcher = SequenceMatcher(None, [alike(word) for word in one], [alike(word) for word in other], autojunk=False)
    return [(b.a + n, b.b + n) for b in matcher.get_matching_blocks() for n in range(b.size) if one[b.a + n]]
