"""The words of an edition against those of the galleys: what is missing, what is too much, and the notes and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from press.check.fidelity.align import Alignment, align
from press.check.fidelity.expected import Box, Note, Text
from press.check.fidelity.tokens import Word, key
from press.findings import Finding

QUOTED = 12  # words that a finding quotes


@dataclass
class Tally:
    """What was compared: the words that were looked for and found, notes and boxes, and what is wrong."""

    words: int = 0
    found: int = 0
    extra: int = 0
    notes: int = 0
    boxes: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what was compared elsewhere."""
        for name in ("words", "found", "extra", "notes", "boxes"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.findings += other.findings


@dataclass(frozen=True)
class Placed:
    """A word of an edition, and its page (from 0) where there are pages."""

    word: Word
    page: int = 0


class Comparison:
    """Parts of the book against the words of an edition that hold them, in order.

    `numbered`: the edition sets a note's number before it as a word. `page` is the book's word for "page {page}".
    """

    def __init__(
        self, texts: list[Text], found: Sequence[Placed], edition: str, page: str, numbered: bool = False
    ) -> None:
        self.texts = texts
        self.found = found
        self.edition = edition
        self._page = key(page.replace("{page}", ""))
        self._folios = re.compile(f"(({re.escape(self._page)})?([0-9]+|[ivxlc]+))+")
        units = [unit for text in texts for unit in [*text.captions, *(note.words for note in text.notes)]]
        # Only where notes and captions stand among the text (on pages) can they be taken for its words.
        self._openings = {(unit[0].key, unit[1].key) for unit in units if len(unit) > 1 and numbered}
        self._heads = {head for text in texts for head in text.heads}
        self._numbered = numbered
        self._at: dict[int, int | None] = {}  # by the identity of an expected word: the place of its match
        self.extra = list(range(len(found)))

    def tally(self) -> Tally:
        """Compare, and return the outcome."""
        result = Tally()
        self._match([word for text in self.texts for word in text.words])
        self._match([word for text in self.texts for caption in text.captions for word in caption])
        for unit in (caption for text in self.texts for caption in text.captions):
            if all(self._at.get(id(word)) is None for word in unit):  # it may have changed places with another
                self._find(unit)
        self._set_aside()
        notes = [note for text in self.texts for note in text.notes]
        numbers = {id(note): Word(key(note.number), note.number, note.line) for note in notes}
        numbered = [[numbers[id(note)], *note.words] if self._numbered else note.words for note in notes]
        self._match([word for words in numbered for word in words])
        for text in self.texts:
            for unit in [text.words, *text.captions]:
                self._count(unit, text, "", result)
            for note in text.notes:
                self._note(note, text, numbers[id(note)], result)
            for box in text.boxes:
                self._box(box, text, result)
        self._besides(result)
        return result

    def _match(self, words: list[Word]) -> None:
        """Look for words, in order, among what is left of the edition."""
        words = [word for word in words if not (word.computed and (word.key.isdigit() or not self._numbered))]
        left = self.extra
        done = align(
            [word.key for word in words],
            [self.found[place].word.key for place in left],
            self._page,
            [word.computed for word in words],
        )
        self._slide(done)
        for word, place in zip(words, done.at, strict=True):
            self._at[id(word)] = None if place is None else left[place]
        self.extra = [left[place] for place in done.extra]

    def _set_aside(self) -> None:
        """Take away the page numbers that print adds to references, so that none is taken for the number of a note."""
        own = [
            stretch
            for stretch in _stretches(self.extra)
            if self.found[stretch[0]].word.key == self._page
            and self._folios.fullmatch("".join(self.found[place].word.key for place in stretch))
        ]
        gone = {place for stretch in own for place in stretch}
        self.extra = [place for place in self.extra if place not in gone]

    def _find(self, unit: list[Word]) -> None:
        """Look for a whole unit anywhere among what is left of the edition."""
        keys = [word.key for word in unit]
        left = [self.found[place].word.key for place in self.extra]
        for start in range(len(left) - len(keys) + 1):
            if left[start : start + len(keys)] == keys:
                self._at.update(zip(map(id, unit), self.extra[start : start + len(keys)], strict=True))
                del self.extra[start : start + len(keys)]
                return

    def _slide(self, done: Alignment) -> None:
        """Let what stands besides begin where a caption or a note does, if it ends in the words that go before it.

        "… as Figure 6.1 shows" around the caption "Figure 6.1 …" can be read in two ways; this one is meant.
        """
        at = {place: number for number, place in enumerate(done.at) if place is not None}
        keys = [self.found[place].word.key for place in self.extra]
        for stretch in list(_stretches(done.extra)):
            first, last = stretch[0], stretch[-1]
            for back in range(1, len(stretch)):
                before, end = first - back, last - back + 1
                if before not in at or keys[before] != keys[end]:
                    break
                if tuple(keys[before : before + 2]) in self._openings:
                    for place in range(before, first):
                        done.at[at[place]] = place + len(stretch)
                    done.extra = sorted({*done.extra, *range(before, first)} - {*range(end, last + 1)})
                    break

    def _count(self, words: Sequence[Word], text: Text, where: str, result: Tally) -> bool:
        """Count the words of a unit; a finding for each stretch that is missing. Tells whether it is whole."""
        asked = [word for word in words if not word.computed]
        result.words += len(asked)
        result.found += sum(self._at[id(word)] is not None for word in asked)
        whole = True
        for gone, stretch in groupby(asked, key=lambda word: self._at[id(word)] is None):
            if gone:
                whole = False
                missing = list(stretch)
                message = f"{self.edition}: {where}{_count(missing)} missing: {_quote(missing)}"
                result.findings.append(Finding(text.source, missing[0].line, message))
        return whole

    def _note(self, note: Note, text: Text, number: Word, result: Tally) -> None:
        """A note is whole, has its number, and stands on the page of its call."""
        whole = self._count(note.words, text, f"in note {note.number} ", result)
        if self._numbered and note.words:
            place, first = self._at[id(number)], self._at[id(note.words[0])]
            call = self._at.get(id(text.words[note.call])) if note.call >= 0 else None
            if place is None:
                whole = False
                result.findings.append(
                    Finding(text.source, note.line, f"{self.edition}: note {note.number} is without its number")
                )
            if call is not None and first is not None and self.found[call].page != self.found[first].page:
                whole = False
                pages = f"called on sheet {self.found[call].page + 1}, set on sheet {self.found[first].page + 1}"
                result.findings.append(
                    Finding(text.source, note.line, f"{self.edition}: note {note.number} is {pages}")
                )
        result.notes += whole

    def _box(self, box: Box, text: Text, result: Tally) -> None:
        """A box is whole, and stands before the heading of the technique that it warns of."""
        words = text.words[box.start : box.end]
        here = self._place(words)
        technique = self._place(text.words[box.limit[0] : box.limit[1]]) if box.limit else None
        wrong = ""
        if here is not None and technique is not None and here > technique:
            wrong = "stands behind the technique that it warns of"
        elif any(self._at[id(word)] is None for word in words if not word.computed):
            wrong = "is not whole" if here is None else "stands in another place"
        if wrong:
            message = f"{self.edition}: the box '{box.title}' {wrong}"
            result.findings.append(Finding(text.source, box.line, message))
        else:
            result.boxes += 1

    def _place(self, words: list[Word]) -> int | None:
        """Return where words begin in the edition: in their order or among those that nothing expected; None if not."""
        places = [self._at.get(id(word)) for word in words]
        if None not in places:
            return places[0]
        keys = [word.key for word in words]
        left = [self.found[place].word.key for place in self.extra]
        for start in range(len(left) - len(keys) + 1):
            if left[start : start + len(keys)] == keys:
                return self.extra[start]
        return None

    def _besides(self, result: Tally) -> None:
        """Find what an edition says more than the book does, stretch by stretch.

        Page numbers are its own; so are the heads of tables that go on over the page.
        """
        known = {id(word): (text.source, word.line) for text in self.texts for word in text.words}
        before = {place: known[word] for word, place in self._at.items() if place is not None and word in known}
        for stretch in _stretches(self.extra):
            said = [self.found[place].word for place in stretch if not self.found[place].word.computed]
            letters = "".join(word.key for word in said)
            if not said or self._folios.fullmatch(letters) or letters in self._heads:
                continue
            result.extra += len(said)
            behind = (before[place] for place in range(stretch[0], -1, -1) if place in before)
            source, line = next(behind, (self.texts[0].source, 0))
            message = f"{self.edition}: {_count(said)} too much, or twice: {_quote(said)}"
            result.findings.append(Finding(source, line, message))


def _stretches(places: list[int]) -> Iterator[list[int]]:
    """Yield the runs of places that follow each other without a gap."""
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        yield [place for _, place in run]


def _count(words: Sequence[Word]) -> str:
    return "1 word is" if len(words) == 1 else f"{len(words)} words are"


def _quote(words: Sequence[Word]) -> str:
    said = [word.text for word in words]
    return f"“{' '.join(said)}”" if len(said) <= QUOTED else f"“{' '.join(said[: QUOTED - 3])} … {' '.join(said[-3:])}”"
