"""Two texts word for word: what of the one is missing in the other, and what the other has besides."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

REACH = 20_000  # so many words may be missing, or stand there besides, in one place
NEAR = 400  # ... if only a few words agree behind them
FEW = 6  # missing words that count singly; of more, only their magnitude
CLEAR = 3  # words that tell a page number from one that is part of the text
SMALL = 25  # words among which a single one may be looked for
PIECE = 2  # letters at most, of a word that is set with spaces between its letters
LABEL = 4  # words that such a label may have
GRAM = 2  # words that must agree before two texts are taken to be together again
FOLIO = re.compile("[0-9]+|[ivxlc]+")
TRUST = (0, 0, 4, 8, 9, 10, 10.5, 11, 11.2, 11.4, 11.6, 11.8, 12)  # in that many words that agree, against words lost
SURE = 12  # ... and that leave no doubt


@dataclass
class Alignment:
    """`at` gives for each expected word the place of its match, or None; `extra` are places that match nothing."""

    at: list[int | None]
    extra: list[int] = field(default_factory=list)


def align(expected: Sequence[str], found: Sequence[str], page: str = "page", free: Sequence[bool] = ()) -> Alignment:
    """Match two sequences of word keys in order. Where a line break cut a word or joined two, letters decide.

    Page numbers, alone or after the word `page`, may stand in `found` besides. `free` tells of each expected word
    whether the edition may leave it out.
    """
    result = Alignment([None] * len(expected))
    grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(found) - GRAM + 1):
        grams[tuple(found[place : place + GRAM])].append(place)
        if FOLIO.fullmatch(found[place + 1]) and place + GRAM < len(found):  # the number of an item, or of a page
            grams[found[place], found[place + GRAM]].append(place)
        if len(found[place]) == 1 and (spelled := _spelled(found, place)):
            grams[spelled].append(place)
    i = j = 0
    while i < len(expected) and j < len(found):
        step = _together(expected, found, i, j)
        if step:
            for number in range(step[0]):
                result.at[i + number] = j + min(number, step[1] - 1)
            i, j = i + step[0], j + step[1]
            continue
        folios = _folios(expected, found, i, j, page)
        if folios and (_run(expected, found, i, j + folios, page) >= CLEAR or j + folios == len(found) - 1):
            result.extra += range(j, j + folios)
            j += folios
            continue
        i2, j2 = _resume(expected, found, i, j, grams, page, free)
        _settle(result, expected, found, (i, i2), (j, j2))
        i, j = i2, j2
    _settle(result, expected, found, (i, len(expected)), (j, len(found)))
    return result


def _spelled(found: Sequence[str], place: int) -> tuple[str, ...]:
    """Return the key of letters set apart, as labels are ("K N OT E N"): all that stand in a row."""
    end = place
    while end < len(found) and len(found[end]) <= PIECE:
        end += 1
    return ("".join(found[place:end]),) if end - place > GRAM else ()


def _together(expected: Sequence[str], found: Sequence[str], i: int, j: int) -> tuple[int, int] | None:
    """Return how many words on each side spell the same letters from here; None if they differ."""
    a, b, m, n = expected[i], found[j], 1, 1
    while a != b:
        if a.startswith(b) and j + n < len(found):
            b, n = b + found[j + n], n + 1
        elif b.startswith(a) and i + m < len(expected):
            a, m = a + expected[i + m], m + 1
        else:
            return None
    return m, n


def _folios(expected: Sequence[str], found: Sequence[str], i: int, j: int, page: str) -> int:
    """Return how many words of page numbers, "87" or "page 87", are put in here; 0 if the text does not go on."""
    end = j
    while end < len(found) and FOLIO.fullmatch(found[end + (found[end] == page and end + 1 < len(found))]):
        end += 2 if found[end] == page else 1
    return end - j if j < end < len(found) and _together(expected, found, i, end) else 0


def _resume(
    expected: Sequence[str],
    found: Sequence[str],
    i: int,
    j: int,
    grams: dict[tuple[str, ...], list[int]],
    page: str,
    free: Sequence[bool],
) -> tuple[int, int]:
    """Return where the texts agree again: in as long a stretch as can be, and as near."""
    best, where = -math.inf, (len(expected), len(found))
    lost = -1
    for i2 in range(i, min(i + REACH, len(expected))):
        lost += not free or i2 == i or not free[i2 - 1]
        skipped = lost if lost < FEW else FEW + math.log2(lost - FEW + 1)
        if TRUST[SURE] - skipped <= best:
            break
        for j2 in _places(expected, found, i2, j, grams):
            run = _run(expected, found, i2, j2, page)
            if run < SURE and j2 - j > NEAR:
                continue
            score = TRUST[run] - skipped - 1.5 * math.log10(j2 - j + 1)
            if score > best:
                best, where = score, (i2, j2)
    return where


def _places(
    expected: Sequence[str], found: Sequence[str], i: int, j: int, grams: dict[tuple[str, ...], list[int]]
) -> list[int]:
    """Return the places from `j` on where the words from `i` on stand; at an end, the fewer words that are left."""
    gram = tuple(expected[i : i + GRAM])
    if len(gram) == GRAM:
        labels = [("".join(expected[i : i + size]),) for size in range(1, LABEL + 1)]
        places = [place for one in (gram, *labels) for place in grams.get(one, ())]
        return [place for place in places if j <= place < j + REACH]
    last = len(found) - len(gram)
    return [last] if last >= j and tuple(found[last:]) == gram else []


def _run(expected: Sequence[str], found: Sequence[str], i: int, j: int, page: str) -> int:
    """Return for how many words two texts agree, at most `SURE`; an end that both reach leaves no doubt."""
    length = 0
    while i < len(expected) and j < len(found) and length < SURE:
        if not (step := _together(expected, found, i, j)):
            if not (folios := _folios(expected, found, i, j, page)):
                return length
            step = (0, folios)
        i, j, length = i + step[0], j + step[1], length + step[0]
    return SURE if i == len(expected) and j == len(found) else min(length, SURE)


def _settle(
    result: Alignment, expected: Sequence[str], found: Sequence[str], missing: tuple[int, int], extra: tuple[int, int]
) -> None:
    """Note a stretch in which the texts do not agree; what ends it in the same letters, cut otherwise, does agree."""
    (i, i2), (j, j2) = missing, extra
    back, forth = [word[::-1] for word in reversed(expected[i:i2])], [word[::-1] for word in reversed(found[j:j2])]
    m = n = 0
    while m < len(back) and n < len(forth) and (step := _together(back, forth, m, n)):
        for number in range(step[0]):
            result.at[i2 - 1 - m - number] = j2 - 1 - n - min(number, step[1] - 1)
        m, n = m + step[0], n + step[1]
    i2, j2 = i2 - m, j2 - n
    if i2 - i == 1 and (cut := _halves(expected[i], found[j:j2])):
        result.at[i] = j
        j, j2 = j + cut[0], j2 - cut[1]
    matched: set[int] = set()
    if run := _only_run(expected[i:i2], found[j:j2]):
        for number in range(i2 - i):
            result.at[i + number] = j + run.start + min(number, len(run) - 1)
        matched.update(range(j + run.start, j + run.stop))
    elif i2 - i <= FEW and any(len(_only_run([word], found[j:j2]) or "") > 1 for word in expected[i:i2]):
        end = j  # a script without spaces, whose words are cut where lines are
        for number in range(i, i2):
            run = _only_run([expected[number]], found[end:j2])
            if run is None and found[end : end + 1] == [expected[number]]:
                run = range(1)
            if run:
                result.at[number] = end + run.start
                matched.update(range(end + run.start, end + run.stop))
                end += run.stop
    elif j2 - j <= SMALL:
        for block in SequenceMatcher(None, expected[i:i2], found[j:j2], autojunk=False).get_matching_blocks():
            for number in range(block.size):
                result.at[i + block.a + number] = j + block.b + number
                matched.add(j + block.b + number)
    result.extra += (place for place in range(j, j2) if place not in matched)


def _only_run(missing: Sequence[str], found: Sequence[str]) -> range | None:
    """Return the words in a row that spell a whole missing stretch, however cut, if there is one such row only."""
    letters, runs = "".join(missing), []
    for start in range(len(found) if letters else 0):
        said, end = "", start
        while end < len(found) and len(said) < len(letters):
            said, end = said + found[end], end + 1
        if said == letters:
            runs.append(range(start, end))
    return runs[0] if len(runs) == 1 else None


def _halves(word: str, found: Sequence[str]) -> tuple[int, int] | None:
    """Return with how many words at the beginning and at the end a stretch spells `word`: cut by the end of a page."""
    for before in range(1, min(3, len(found))):
        head = "".join(found[:before])
        for after in range(1, min(3, len(found) - before + 1)):
            if word == head + "".join(found[len(found) - after :]):
                return before, after
    return None
