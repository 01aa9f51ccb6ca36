"""One change of an editor, made in the Markdown of a manuscript file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from press.desk.changes import Change
from press.desk.edited import CALL, Passage, Token
from press.desk.source import Piece, Source

_SPECIAL = re.compile(r"([\\*_\[\]`<>@^~|#$])")
_UNFIT_IN_HEADER = re.compile(r"[:#\"'\[\]{}&*!|>%@`\n]")
_EMPTY = re.compile(r"[\s>]*(?:[-*+]|\d+[.)]|#{1,6}|:)?\s*(?:\{[^{}]*\})?\s*")


@dataclass
class Pen:
    """Makes changes in one manuscript file. `notes` are those of the edited copy, for calls that are put in."""

    source: Source
    notes: list[list[Passage]]
    taken: list[tuple[int, str]] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    _spans: list[tuple[int, int, str]] = field(default_factory=list)

    def leave(self, change: Change, line: int, why: str) -> None:
        """Say that a change was not made, and why."""
        self.left.append((line, f"{change.said}: not taken over, {why}"))

    def apply(self, change: Change, said: Sequence[Token], at: Sequence[Piece | None]) -> None:
        """Make a change; `said` are the tokens that the copy had, `at` their places in the file."""
        line = self._line(change, said, at)
        if change.end > len(said):
            self.leave(change, line, "it goes beyond its part")
            return
        try:
            spans = self._spans_of(change, said, at)
        except ValueError as why:
            self.leave(change, line, str(why))
            return
        for start, end, _ in spans:
            if any(start < other_end and other < end for other, other_end, _ in self._spans):
                self.leave(change, line, "it overlaps another change")
                return
        self._spans += spans
        self.taken.append((line, change.said))

    def text(self) -> str:
        """Return the file with all changes made."""
        text = self.source.text
        for _, (start, end, put) in sorted(enumerate(self._spans), key=lambda one: (one[1][:2], one[0]), reverse=True):
            text = text[:start] + put + text[end:]
        return text

    def _line(self, change: Change, said: Sequence[Token], at: Sequence[Piece | None]) -> int:
        """Return the line of a change, or of what is nearest: in the same passage, else behind it, else before."""
        first = next((n for n in range(change.start - 1, -1, -1) if said[n].opens), 0)
        last = next((n for n in range(change.end, len(said)) if said[n].opens), len(said))
        reach = [*range(change.start, last if change.old else change.end), *range(change.start - 1, first, -1)]
        near = [piece for n in [*reach, *range(last, len(said)), *range(first, -1, -1)] if (piece := at[n])]
        return self.source.line(near[0].start) if near else 0

    def _spans_of(
        self, change: Change, said: Sequence[Token], at: Sequence[Piece | None]
    ) -> list[tuple[int, int, str]]:
        """Return what is to be put where. Raises ValueError with the reason why that cannot be."""
        text = self.source.text
        own = [at[n] for n in range(change.start, change.end) if not said[n].opens]
        if None in own:
            raise ValueError("the press computes these words, or they are marked up in a way that is not understood")
        pieces = [piece for piece in own if piece]
        before = self._before(change.start, said, at)
        if not pieces:
            if change.old and not change.new:
                raise ValueError("they are of two kinds, or markup stands between them")
            return [self._put_in(change, said, at, before)]
        start, end = pieces[0].start, pieces[-1].end
        put = self._markdown(change.new, start)
        whole = change.old[0].opens and (change.end == len(said) or said[change.end].opens)
        if whole and not change.new:
            return [*self._lines(start, end), *self._orphans(pieces)]
        if any(token.opens for token in change.old):
            if before is None or not change.old[0].opens or text[before:start].strip():
                raise ValueError("paragraphs are joined that have markup between them")
            if any(token.opens for token in change.old[1:]) and not _plain(text[start:end], pieces, start):
                raise ValueError("paragraphs are joined that have markup between them")
            start, put = before, put if change.new and change.new[0].spaced else put.lstrip()
        elif change.old[0].spaced and not (change.new and change.new[0].spaced):
            if text[start - 1].isspace():
                start = len(text[:start].rstrip())
            elif not put:  # markup opens before it
                end += len(text[end:]) - len(text[end:].lstrip(" "))
        elif change.old[0].spaced:
            put = put.removeprefix(" ")
        spans = [(start, end, put), *self._orphans(pieces)]
        if not _plain(text[pieces[0].start : end], pieces, pieces[0].start):
            spans = [(start, pieces[0].end, put), *self._orphans(pieces)]
            for previous, piece in pairwise(pieces):
                gap = text[previous.end : piece.start]
                spans.append((piece.start - (len(gap) - len(gap.rstrip())), piece.end, ""))
        return spans

    def _before(self, start: int, said: Sequence[Token], at: Sequence[Piece | None]) -> int | None:
        """Return the place behind the token before a change, and behind the markup that it closes."""
        if start == 0 or said[start - 1].opens:
            return None
        piece = at[start - 1]
        return self.source.behind(piece.end) if piece else None

    def _put_in(
        self, change: Change, said: Sequence[Token], at: Sequence[Piece | None], before: int | None
    ) -> tuple[int, int, str]:
        """Return where new words go that take no other's place."""
        behind = at[change.end] if change.end < len(said) and not said[change.end].opens else None
        if before is None and behind is None:
            raise ValueError("the words beside it are not found in the manuscript")
        place = before if before is not None else behind.start if behind else 0
        put = self._markdown(change.new, place)
        return place, place, put

    def _markdown(self, said: Sequence[Token], place: int) -> str:
        """Return tokens as Markdown for a place of the file."""
        put = "".join(self._one(token) for token in said)
        row = self.source.text[self.source.text.rfind("\n", 0, place) + 1 :][:1] == "|"
        if place < self.source.header and _UNFIT_IN_HEADER.search(put):
            raise ValueError("in the header of the file such signs have a meaning")
        if row and "\n" in put:
            raise ValueError("in a row of a table there can be no second paragraph")
        return put

    def _one(self, token: Token) -> str:
        if token.opens:
            return f"\n\n{'' if token.prefix == '| ' else token.prefix}"
        said = _SPECIAL.sub(r"\\\1", token.text)
        if token.note >= 0:
            note = _SPECIAL.sub(r"\\\1", " ".join(passage.text for passage in self.notes[token.note]))
            said = f"^[{note}]"
        return " " * token.spaced + said

    def _lines(self, start: int, end: int) -> list[tuple[int, int, str]]:
        """Return the whole lines around what goes, where nothing else is on them."""
        text = self.source.text
        first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
        last = len(text) if last < 0 else last
        if _EMPTY.fullmatch(text[first:start] + text[end:last]):
            while text[last : last + 1] == "\n":
                last += 1
            return [(first, last, "")]
        return [(start, end, "")]

    def _orphans(self, pieces: Sequence[Piece]) -> list[tuple[int, int, str]]:
        """Return the definitions of notes whose calls go."""
        gone = []
        for piece in pieces:
            said = self.source.text[piece.start : piece.end]
            if piece.text == CALL and said.startswith("[^") and said[2:-1] in self.source.definitions:
                gone.append((*self.source.definitions[said[2:-1]], ""))
        return gone


def _plain(text: str, pieces: Sequence[Piece], start: int) -> bool:
    """Tell whether a stretch of the file may go as one: what markup opens in it, closes in it."""
    rest, at = "", 0
    for piece in pieces:
        rest += text[at : piece.start - start]
        at = piece.end - start
    opened = rest.count("[") == rest.count("]") and rest.count("{") == rest.count("}")
    return opened and all(rest.count(mark) % 2 == 0 for mark in "*_`~") and "\n\n" not in rest and "|" not in rest
