"""Plain paragraphs, which have no white around them, bring facing pages to end together.

What `facing.py` cannot do by setting boxes lower is done here, before the last layout. A page may hand lines at its
foot over to the next, and that some of its own to the one behind it; and a paragraph may be set a little wider or
closer, so that it takes a line more or less, as TeX does with its looseness. What this does to the feet of pages is
known beforehand, from the pages as they are and a proof of the paragraphs in question; so the best is found for a
whole part at once, and no page is laid out for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from math import ceil, inf
from operator import itemgetter

from lxml import etree

from press.sheets import facing, judge
from press.sheets.choices import WHOLE, Choices, Spacing
from press.sheets.flow import KEY, TEXT, Fragment, Line, Sheet
from press.sheets.layouts import Layouter

HANDED = 4  # lines that a page hands over, at most
FEWEST = 2  # lines of a paragraph at a head or a foot
RUNT = 6  # letters that the last line of a paragraph has to hold when it is set wider or closer
APART = 1.01  # lines by which facing pages may differ
FAR = 9.0  # lines: by more than that they are not brought together


def evened(
    page: etree._Element, layouter: Layouter, sheets: Sequence[Sheet], choices: Choices, notes: Mapping[str, str]
) -> Choices:
    """Return the choices that bring the facing pages of a settled layout nearer each other.

    `page` is the part's HTML with numbered blocks, `notes` gives the id of each note's call.
    """
    if len(sheets) < 4:
        return choices
    leaves = _leaves(sheets, frozenset(notes.values()))
    plan = _best(sheets, leaves)
    if apart := _apart(sheets, plan):
        texts = [text for number in apart for one in (number, number + 1) for text in _whole(sheets, one)]
        for spacing in ("loose", "tight"):
            _take(leaves, spacing, _respaced(page, layouter, sheets, texts, spacing))
        plan = _best(sheets, leaves)
    return _carried_out(leaves, plan, choices)


@dataclass(frozen=True)
class _Break:
    """How a page is made to end where it shall: how many lines of a paragraph the next page has, or what begins it.

    It may have to `overflow` for that.
    """

    block: str = ""
    widows: int = 0
    turn: str = ""
    overflows: bool = False


@dataclass
class _Leaf:
    """What a page can do: lines that it may hand over, and paragraphs that may be set wider and closer.

    That it hands none over is not to be told unless it takes less: `handings[0]`.
    """

    texts: list[str]
    handings: dict[int, _Break]
    loose: list[str] = field(default_factory=list)
    tight: list[str] = field(default_factory=list)

    @property
    def growths(self) -> range:
        """How many lines the page may take more."""
        return range(-len(self.tight[:2]), len(self.loose[:2]) + 1)


@dataclass(frozen=True)
class _Move:
    """What two facing pages do: lines that each hands over, and that each takes more."""

    handed: tuple[int, int] = (0, 0)
    grown: tuple[int, int] = (0, 0)

    @property
    def strain(self) -> float:
        return 0.1 * sum(self.handed) + sum(map(abs, self.grown))


Plan = dict[int, _Move]  # by the first of two facing pages


def _leaves(sheets: Sequence[Sheet], calls: frozenset[str]) -> list[_Leaf]:
    counts = Counter(line.block for sheet in sheets for line in _lines(sheet))
    return [
        _Leaf(list(_whole(sheets, number)), dict(_handings(sheet, after, counts, calls)))
        for number, (sheet, after) in enumerate(pairwise(sheets))
    ]


def _handings(sheet: Sheet, after: Sheet, counts: Counter[str], calls: frozenset[str]) -> Iterator[tuple[int, _Break]]:
    """Give what a page may hand over at its foot, lines that call no notes; at first how it keeps what it has."""
    last = sheet.fragments[-1] if sheet.fragments else None
    first = after.fragments[0] if after.fragments else None
    text = last is not None and last.name in judge.TEXT and last.lines
    block = last.lines[-1].block if last and text else ""
    lines = [line for line in last.lines if line.block == block] if last and text else []
    rest = counts[block] - len(lines) if block else 0
    if rest:
        yield 0, _Break(block, rest)
    elif last and first and last.key != first.key:
        yield 0, _Break(turn=first.key)
    elif last and first and text and first.lines:
        yield 0, _Break(first.lines[0].block, WHOLE)
    else:
        yield 0, _Break()
    for moved in range(1, min(HANDED, len(lines)) + 1):
        if last is None or any(line.ids & calls for line in lines[-moved:]):
            return
        if moved == len(lines):
            if _leads_on(sheet, last, block):
                yield moved + (last.name == "dl"), _Break(block, WHOLE)
        elif len(lines) - moved >= FEWEST and rest + moved >= FEWEST:
            yield moved, _Break(block, rest + moved, overflows=not rest)


def _leads_on(sheet: Sheet, last: Fragment, block: str) -> bool:
    """Tell whether a paragraph, item or entry may begin the next page, for all that stands before it."""
    if last.name == "p":
        return len(sheet.fragments) > 1 and sheet.fragments[-2].name == "p"
    before = {line.block for line in last.lines if line.block} - {block}
    return len(before) > 1


def _whole(sheets: Sequence[Sheet], number: int) -> Iterator[str]:
    """Give the paragraphs of running text that stand on one page alone, the longest first."""
    sheet = sheets[number]
    lines = [line for line in _lines(sheet) if abs(line.height - sheet.leading) < judge.TOLERANCE]
    ends = {
        line.block for other in sheets[max(0, number - 1) : number + 2] if other is not sheet for line in _lines(other)
    }
    counts = Counter(line.block for line in lines if line.block and line.block not in ends)
    yield from (text for text in sorted(counts, key=lambda text: -counts[text]) if counts[text] >= FEWEST)


def _lines(sheet: Sheet) -> Iterator[Line]:
    return (line for fragment in sheet.fragments for line in fragment.lines)


def _spreads(sheets: Sequence[Sheet]) -> range:
    """Return the first of all facing pages of a part, which begins on a recto; its last page may be short."""
    return range(1, len(sheets) - 2, 2)


def _ends(sheets: Sequence[Sheet], number: int, received: int, move: _Move) -> list[float]:
    """Return by how many pt two facing pages end above their feet when they do `move`."""
    first, second = facing.end(sheets[number]), facing.end(sheets[number + 1])
    leading = sheets[number].leading
    first += (move.handed[0] - received - move.grown[0]) * leading
    second += (move.handed[1] - move.handed[0] - move.grown[1]) * leading
    return [first, second]


def _over(sheets: Sequence[Sheet], number: int, ends: Sequence[float]) -> tuple[float, float]:
    """Return by how many lines two facing pages differ too much: as the eye sees their ends, and above their notes."""
    pair = sheets[number : number + 2]
    seen, text = (facing.apart(pair, each, 0) for each in (facing.seen(pair, ends), ends))
    return max(0.0, seen - APART), max(0.0, text - APART)


def _apart(sheets: Sequence[Sheet], plan: Plan) -> list[int]:
    """Return the facing pages that a plan leaves apart to the eye, though they are near enough."""
    received, found = 0, []
    for number in _spreads(sheets):
        move = plan.get(number, _Move())
        if 0 < _over(sheets, number, _ends(sheets, number, received, move))[0] < FAR:
            found.append(number)
        received = move.handed[1]
    return found


def _best(sheets: Sequence[Sheet], leaves: Sequence[_Leaf]) -> Plan:
    """Return what brings most facing pages together with the least strain."""
    plans: dict[int, tuple[float, Plan]] = {0: (0.0, {})}  # by the lines that the next page receives
    for number in _spreads(sheets):
        found: dict[int, tuple[float, Plan]] = {}
        first, second = leaves[number], leaves[number + 1]
        moves = [
            _Move(handed, grown)
            for handed in product(first.handings, second.handings)
            for grown in product(first.growths, second.growths)
        ]
        for (received, (weight, plan)), move in product(plans.items(), moves):
            ends = _ends(sheets, number, received, move)
            if _possible(sheets, leaves, number, received, move, ends):
                total = weight + move.strain + _weight(*_over(sheets, number, ends))
                if total < found.get(move.handed[1], (inf, {}))[0]:
                    found[move.handed[1]] = total, {**plan, number: move}
        plans = found
    room = facing.end(sheets[_spreads(sheets)[-1] + 2]) + judge.TOLERANCE
    return min((each for lines, each in plans.items() if lines * sheets[0].leading <= room), key=itemgetter(0))[1]


def _weight(seen: float, text: float) -> float:
    return (10 + seen if 0 < seen < FAR else 0.0) + (1 + 0.1 * text if 0 < text < FAR else 0.0)


def _possible(
    sheets: Sequence[Sheet], leaves: Sequence[_Leaf], number: int, received: int, move: _Move, ends: Sequence[float]
) -> bool:
    """Tell whether pages have room for what they get, and whether paragraphs are broken that have to be for that."""
    if min(ends) < -judge.TOLERANCE:
        return False
    for place, taken in enumerate((received + move.grown[0], move.handed[0] + move.grown[1])):
        lines = move.handed[place]
        if lines and leaves[number + place].handings[lines].overflows:
            over = taken - facing.end(sheets[number + place]) / sheets[number].leading
            if over <= judge.TOLERANCE or lines != max(FEWEST, ceil(over - judge.TOLERANCE)):
                return False
    return True


def _carried_out(leaves: Sequence[_Leaf], plan: Plan, choices: Choices) -> Choices:
    """Return the choices with those of a plan."""
    widows, spacing, turns = dict(choices.widows), dict(choices.spacing), set(choices.turns)
    for number, move in plan.items():
        for leaf, handed, grown in zip(leaves[number : number + 2], move.handed, move.grown, strict=True):
            end = leaf.handings[handed] if handed or grown < 0 else _Break()
            widows |= {end.block: end.widows} if end.block else {}
            turns |= {end.turn} if end.turn else set()
            spacing |= dict.fromkeys(leaf.loose[: max(0, grown)], "loose")
            spacing |= dict.fromkeys(leaf.tight[: max(0, -grown)], "tight")
    return replace(choices, widows=widows, spacing=spacing, turns=frozenset(turns))


def _take(leaves: Sequence[_Leaf], spacing: Spacing, texts: set[str]) -> None:
    for leaf in leaves:
        setattr(leaf, spacing, [text for text in leaf.texts if text in texts])


def _respaced(
    page: etree._Element, layouter: Layouter, sheets: Sequence[Sheet], texts: Sequence[str], spacing: Spacing
) -> set[str]:
    """Return which paragraphs take a line more when set wider, or less when set closer: lay out a proof of them."""
    if not texts:
        return set()
    before = Counter(line.block for sheet in sheets for line in _lines(sheet))
    found: dict[str, list[Line]] = {}
    proof = layouter.apart(_proof(page, set(texts), spacing))
    for sheet in proof:
        for line in _lines(sheet):
            found.setdefault(line.block, []).append(line)
    laddered = {text for text, _, _ in judge.ladders(proof)}
    change = {"loose": 1, "tight": -1}[spacing]
    return {
        text
        for text, lines in found.items()
        if text in texts and text not in laddered
        if len(lines) == before[text] + change and len(lines[-1].text.strip()) >= RUNT
    }


def _proof(page: etree._Element, texts: set[str], spacing: Spacing) -> etree._Element:
    """Return a part that holds but the blocks with the `texts`, without notes, and what they are indented after."""
    page = deepcopy(page)
    kept: etree._Element | None = None
    for block in reversed([block for block in page.iter(etree.Element) if block.get(KEY)]):
        inside = [text for text in block.iter(etree.Element) if text.get(TEXT)]
        if any(text.get(TEXT) in texts for text in inside):
            for text in inside:
                if text.get(TEXT) in texts:
                    text.set("class", f"{text.get('class', '')} {spacing}".strip())
                elif not any(other.get(TEXT) in texts for other in text.iter(etree.Element)):
                    _empty(text)
            for note in block.xpath(".//span[contains(concat(' ', @class, ' '), ' note ')]"):
                if (parent := note.getparent()) is not None and not note.tail:
                    parent.remove(note)
            kept = block
        elif kept is not None and kept.getprevious() is block and block.tag == "p":
            _empty(block)
        elif (parent := block.getparent()) is not None:
            parent.remove(block)
    return page


def _empty(element: etree._Element) -> None:
    element.text = None
    for child in list(element):
        element.remove(child)
