"""What was changed between two views of an editor's copy, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import count

from press.desk.edited import CALL, Remark, Token, View, tokens

QUOTED = 12  # words of a change that are quoted
WIDEST = 4_000_000  # tokens on both sides, multiplied, up to which two stretches are compared word for word


@dataclass(frozen=True)
class Change:
    """The tokens of a copy from `start` up to `end`, `old`, are now `new`."""

    start: int
    end: int
    old: Sequence[Token]
    new: Sequence[Token]

    @property
    def place(self) -> int:
        """The token at which the change is: what is put in belongs to the one before."""
        return self.start if self.old else max(self.start - 1, 0)

    @property
    def said(self) -> str:
        """The change, told to an author."""
        old, new = words(self.old), words(self.new)
        if not new:
            return f"“{quote(old)}” is taken out" if old else "two paragraphs are joined"
        if not old:
            return f"“{quote(new)}” is put in"
        return f"“{quote(old)}” becomes “{quote(new)}”"

    def moved(self, by: int) -> Change:
        """Return the change as it is in a row of tokens that begins elsewhere."""
        return replace(self, start=self.start + by, end=self.end + by)


def words(said: Sequence[Token]) -> str:
    """Return tokens as text; calls of notes as an asterisk."""
    return "".join(" " * (token.spaced or token.opens) + token.text for token in said).replace(CALL, "[note]").strip()


def quote(text: str) -> str:
    """Return a text, the middle left out where it is long."""
    said = text.split()
    return " ".join(said if len(said) <= QUOTED else [*said[: QUOTED - 3], "…", *said[-3:]])


class Compared:
    """Two views of a copy, their passages as tokens: `changes` are counted over all tokens of the old one."""

    def __init__(self, old: list[list[Token]], new: list[list[Token]]) -> None:
        self.old, self.new = old, new
        self.changes: list[Change] = []
        self._notes: dict[int, int] = {}  # notes that stand for each other: of the old view -> of the new one
        self._at: list[int] = [0] * len(new)  # for each passage of the new view: a token of the old one
        starts = [0]
        for passage in old:
            starts.append(starts[-1] + len(passage))
        keys = [[tuple(one) for one in view] for view in (old, new)]
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
            for j in range(j1, j2):
                self._at[j] = starts[min(i1 + j - j1, max(i2 - 1, i1), len(old) - 1)]
            before = [token for passage in old[i1:i2] for token in passage]
            after = [token for passage in new[j1:j2] for token in passage]
            if kind == "equal":
                self._pair(before, after)
            else:
                self.changes += self._word_by_word(before, after, starts[i1])

    def at(self, remark: Remark) -> int:
        """Return the token of the old view where the passage of a comment begins."""
        return self._at[remark.passage] if 0 <= remark.passage < len(self._at) else 0

    def note_changes(self, old: View, new: View) -> Iterator[tuple[int, list[Token], list[Change]]]:
        """Yield the notes whose words have changed: number in the old view, its tokens, the changes within."""
        for one, other in self._notes.items():
            if old.notes[one] != new.notes[other]:
                before, after = tokens(old.notes[one], count()), tokens(new.notes[other], count())
                yield one, before, Compared([before], [after]).changes

    def _pair(self, before: list[Token], after: list[Token]) -> None:
        self._notes |= {one.note: two.note for one, two in zip(before, after, strict=True) if one.note >= 0}

    def _word_by_word(self, old: list[Token], new: list[Token], begin: int) -> Iterator[Change]:
        if len(old) * len(new) > WIDEST:
            yield Change(begin, begin + len(old), old, new)
            return
        for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if kind == "equal":
                self._pair(old[i1:i2], new[j1:j2])
                continue
            # A passage comes or goes from its beginning on, not from its first word to the next beginning.
            while (
                i1
                and j1
                and (i1 == i2 or j1 == j2)
                and old[i1 - 1].opens
                and (new[j2 - 1] if i1 == i2 else old[i2 - 1]).opens
            ):
                i1, i2, j1, j2 = i1 - 1, i2 - 1, j1 - 1, j2 - 1
            yield Change(begin + i1, begin + i2, old[i1:i2], new[j1:j2])
