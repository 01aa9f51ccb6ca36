"""Two texts, block by block and then word by word: what is new, what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from press.changes.snapshot import Block, Part, Snapshot
from press.galleys import Model

ALIKE = 0.45  # of their words, that two blocks have in common at least if the one became the other
AROUND = 10  # words that are shown around a change

Sign = Literal["=", "+", "-", "…"]
Fate = Literal["new", "gone", "changed"]


class Piece(Model):
    """Words in both texts (=), in the new one only (+), in the old one only (-), or in both and left out (…)."""

    sign: Sign
    text: str


class Change(Model):
    """A block that is new, gone, or another: its kind, the pages on which it stood and stands, and its words."""

    kind: str
    old: str
    new: str
    pieces: list[Piece]

    def count(self, sign: Sign) -> int:
        """Return how many words have this sign."""
        return sum(len(piece.text.split()) for piece in self.pieces if piece.sign == sign)


class PartChanges(Model):
    """What changed in a part; `fate` says whether the whole part is new or gone."""

    id: str
    title: str
    language: str
    direction: str
    fate: Fate
    changes: list[Change]


def compare(old: Snapshot, new: Snapshot) -> list[PartChanges]:
    """Return the parts whose words changed, in the order of the new book; those that are gone come last."""
    before = {part.id: part for part in old.parts}
    found: list[tuple[Part, Fate, list[Change]]] = []
    for part in new.parts:
        was = before.pop(part.id, None)
        changes = list(_blocks(was.blocks if was else [], part.blocks))
        if changes:
            found.append((part, "changed" if was else "new", changes))
    found += [(part, "gone", list(_blocks(part.blocks, []))) for part in before.values()]
    return [
        PartChanges(
            id=part.id,
            title=", ".join(filter(None, (part.label, part.title))),
            language=part.language,
            direction=part.direction,
            fate=fate,
            changes=changes,
        )
        for part, fate, changes in found
    ]


def _blocks(old: list[Block], new: list[Block]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [(one.kind, one.text) for one in old], [(one.kind, one.text) for one in new], False)
    for sign, i, i2, j, j2 in matcher.get_opcodes():
        if sign != "equal":
            for was, now in _pair(old[i:i2], new[j:j2]):
                pieces = _words(was.text.split() if was else [], now.text.split() if now else [])
                kind = now.kind if now else was.kind if was else ""
                yield Change(kind=kind, old=was.folio if was else "", new=now.folio if now else "", pieces=pieces)


def _pair(old: list[Block], new: list[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Yield what became of blocks, in order: each new one with the first of the old ones that is like it, if any is."""
    place = 0
    for now in new:
        match = next((at for at in range(place, len(old)) if _like(old[at], now)), None)
        if match is None:
            yield None, now
            continue
        yield from ((was, None) for was in old[place:match])
        yield old[match], now
        place = match + 1
    yield from ((was, None) for was in old[place:])


def _like(one: Block, other: Block) -> bool:
    if one.kind != other.kind:
        return False
    matcher = SequenceMatcher(None, one.text.split(), other.text.split(), False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _words(old: list[str], new: list[str]) -> list[Piece]:
    """Return the words of two texts, with the changed ones marked; what is the same far from them is left out."""
    pieces: list[Piece] = []
    codes = SequenceMatcher(None, old, new, False).get_opcodes()
    for number, (sign, i, i2, j, j2) in enumerate(codes):
        if sign == "equal":
            pieces += _context(new[j:j2], number == 0, number == len(codes) - 1)
            continue
        if i < i2:
            pieces.append(Piece(sign="-", text=" ".join(old[i:i2])))
        if j < j2:
            pieces.append(Piece(sign="+", text=" ".join(new[j:j2])))
    return pieces


def _context(said: list[str], first: bool, last: bool) -> list[Piece]:
    head, tail = (0 if first else AROUND), (0 if last else AROUND)
    if len(said) <= head + tail + 3:
        return [Piece(sign="=", text=" ".join(said))]
    shown = [Piece(sign="=", text=" ".join(said[:head]))] if head else []
    shown.append(Piece(sign="…", text=""))
    return shown + ([Piece(sign="=", text=" ".join(said[-tail:]))] if tail else [])
