"""The compositor: lays a part out, looks at its pages, and chooses better breaks, spaces and places of figures.

WeasyPrint breaks pages as they come. It has no baseline grid, no floats but notes, and leaves half a page white before
a figure that does not fit. So a part is laid out, its pages are read, and what is wrong is mended in the markup, until
nothing is; then each page with much white at its foot is tried with the figure behind it set earlier or later, and the
best layout is kept. Only pages that change are laid out again (`layouts.py`), for a trial no more than `AHEAD` behind
the page in trouble. The same part always gets the same pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from lxml import etree

from press.sheets import flow, judge
from press.sheets.choices import WHOLE, Choices, apply
from press.sheets.flow import Fragment, Sheet
from press.sheets.layouts import Layout, Layouter

ROUNDS = 6  # layouts until the pages of a part settle; what is not settled then stays as it is
TRIALS = 14  # layouts with figures set elsewhere
AHEAD = 3  # pages behind the one in trouble that a trial looks at
WHITE = 2.5  # lines at a page's foot that are worth a trial


def compose(page: etree._Element, layouter: Layouter, notes: Mapping[str, str]) -> tuple[Any, Choices]:
    """Return the choices that make the best pages of one part, and its Document where there is nothing to choose.

    `page` is the part's HTML, of which a copy is changed; `notes` gives the id of each note's call.
    """
    flow.number_blocks(page)
    desk = _Desk(page, layouter, notes)
    best = current = desk.settle(desk.whole(Choices()))
    trials, first = TRIALS, 0
    while trials > 0 and (number := _trouble(current, first)) is not None:
        first = number + 1
        tried = [current]
        for choices in _alternatives(page, current.sheets, number, current.choices):
            trials -= 1
            tried.append(desk.again(current, choices, number + AHEAD))
        end = min(len(each.sheets) for each in tried)
        weights = [_weight(each, notes, number, end) for each in tried]
        chosen = weights.index(min(weights))
        if chosen:
            current = desk.settle(desk.again(current, tried[chosen].choices))
            best = min(best, current, key=lambda settled: _weight(settled, notes))
    return best.layout.document if best.choices == Choices() else None, best.choices


def carry_out(page: etree._Element, layouter: Layouter, notes: Mapping[str, str], choices: Choices) -> Any:
    """Return the Document of a part for which the choices were made, laid out in one piece and settled once more."""
    flow.number_blocks(page)
    desk = _Desk(page, layouter, notes)
    return desk.settle(desk.finished(choices), whole=True).layout.document


@dataclass
class _Laid:
    """A layout, and the choices that it was made with."""

    layout: Layout
    choices: Choices

    @property
    def sheets(self) -> list[Sheet]:
        return self.layout.sheets


class _Desk:
    """Where one part is laid out."""

    def __init__(self, page: etree._Element, layouter: Layouter, notes: Mapping[str, str]) -> None:
        self.page, self.layouter, self.notes = page, layouter, notes
        self.block_of = {
            text.get(flow.TEXT, ""): block.get(flow.KEY, "")
            for block in page.iter(etree.Element)
            if block.get(flow.KEY)
            for text in block.iter(etree.Element)
            if text.get(flow.TEXT)
        }

    def whole(self, choices: Choices) -> _Laid:
        """Lay out the whole part."""
        return _Laid(self.layouter.whole(apply(self.page, choices)), choices)

    def finished(self, choices: Choices) -> _Laid:
        """Lay out the whole part as it will be drawn."""
        return _Laid(self.layouter.finished(apply(self.page, choices)), choices)

    def again(self, old: _Laid, choices: Choices, last: int | None = None) -> _Laid:
        """Lay out again what other choices change, up to page `last`."""
        if choices.unlike(old.choices, self.block_of) - {one.key for each in old.sheets for one in each.fragments}:
            return self.whole(choices)
        if not (dirty := self._dirty(old, choices)):  # what is chosen anew changes nothing
            return _Laid(old.layout, choices)
        moved = choices.moves != old.choices.moves
        layout = self.layouter.again(apply(self.page, choices), old.layout, dirty, last, moved)
        return _Laid(layout, choices)

    def _dirty(self, old: _Laid, choices: Choices) -> set[int]:
        """Return the pages of a layout that other choices may change, those that begin with a note of an earlier page,
        and the pages before all these, which may take more or less.
        """
        blocks = choices.unlike(old.choices, self.block_of)
        pages = {n for n, sheet in enumerate(old.sheets) if any(one.key in blocks for one in sheet.fragments)}
        pages |= {number - 1 for number in pages if number}
        for number in range(len(old.sheets) - 1, 0, -1):
            ids = old.sheets[number].ids
            if any(note in ids and call not in ids for note, call in self.notes.items()):
                pages |= {number, number - 1}
        return pages

    def settle(self, laid: _Laid, whole: bool = False) -> _Laid:
        """Lay out until every note is with its call, every line on the grid, no heading stranded, no ladder left."""
        best = laid
        for _ in range(ROUNDS - 1):
            better = self._better(laid)
            if better == laid.choices:
                return laid
            laid = self.finished(better) if whole else self.again(laid, better)
            if _astray(laid.sheets, self.notes) <= _astray(best.sheets, self.notes):
                best = laid
        return best  # what went to and fro ends where the fewest notes are astray

    def _better(self, laid: _Laid) -> Choices:
        sheets, choices = laid.sheets, laid.choices
        better = _with_notes(sheets, self.notes, choices)
        for block, lines in judge.widowed(sheets).items():
            better.widows[block] = 3 if lines > 4 and better.widows.get(block, 2) < 3 else WHOLE
        return replace(
            better,
            space=judge.corrected(sheets, choices.space),
            turns=better.turns | judge.stranded(sheets),
            opened=choices.opened | judge.overlong(sheets),
            unbroken=choices.unbroken | judge.ladders(sheets),
        )


def _with_notes(sheets: Sequence[Sheet], notes: Mapping[str, str], choices: Choices) -> Choices:
    """Return the choices that bring every note to the page of its call: the page is broken before the call's line."""
    turns, widows = set(choices.turns), dict(choices.widows)
    for note, call in notes.items():
        number = next((count for count, sheet in enumerate(sheets) if call in sheet.ids), None)
        if number is None or note in sheets[number].ids or number + 1 == len(sheets):
            continue
        sheet, after = sheets[number], sheets[number + 1]
        fragment = next((one for one in sheet.fragments if any(call in line.ids for line in one.lines)), None)
        block = next((line.block for line in fragment.lines if call in line.ids), "") if fragment else ""
        lines = [line for each in sheets for one in each.fragments for line in one.lines if line.block == block]
        place = next((count for count, line in enumerate(lines) if call in line.ids), 0)
        if block and place >= 2 and widows.get(block, 2) < len(lines) - place:
            widows[block] = len(lines) - place
        else:
            over = [one for one in after.fragments if one.key in {each.key for each in sheet.fragments}]
            led = {judge.led(sheets, one.key) for one in (over or after.fragments)[:1]}
            if block and led <= turns:
                widows[block] = WHOLE  # the block begins a page already: so its paragraph has to begin the next
            turns |= led
    return replace(choices, turns=frozenset(turns), widows=widows)


def _astray(sheets: Sequence[Sheet], notes: Mapping[str, str]) -> int:
    """Count the notes that do not stand on the page of their call."""
    return sum(call in sheet.ids and note not in sheet.ids for note, call in notes.items() for sheet in sheets)


def _weight(laid: _Laid, notes: Mapping[str, str], page: int | None = None, end: int | None = None) -> float:
    """Weigh a layout, or its pages before `end`. With `page`, what comes after the next page counts little: it will be
    looked at in its turn.
    """
    sheets = laid.sheets[:end]
    weights = judge.costs(sheets)
    if end is not None and end < len(laid.sheets):
        weights = judge.costs(laid.sheets[: end + 1])[:end]
    now = len(weights) if page is None else page + 2
    return sum(weights[:now]) + 0.25 * sum(weights[now:]) + 2 * len(laid.choices.moves) + 5 * _astray(sheets, notes)


def _trouble(laid: _Laid, first: int) -> int | None:
    """Return the first page from `first` with white at its foot that a float on the next page may have caused, or a
    break that was set there."""
    for number, (sheet, after) in enumerate(pairwise(laid.sheets)):
        if number < first or sheet.white <= WHITE * sheet.leading or not after.fragments:
            continue
        if after.fragments[0].key in laid.choices.turns or any(_floats(fragment) for fragment in after.fragments[:2]):
            return number
    return None


def _floats(fragment: Fragment) -> bool:
    """Tell whether a block may stand elsewhere: what may not be broken may be moved."""
    return fragment.whole and fragment.name in judge.FLOATS


def _alternatives(page: etree._Element, sheets: Sequence[Sheet], number: int, choices: Choices) -> Iterator[Choices]:
    """Give the choices worth a trial against the white at the foot of page `number`."""
    sheet = sheets[number]
    turned, choices = sheets[number + 1].fragments[0].key in choices.turns, _forgetful(choices, sheets, number + 1)
    if turned:
        yield choices
    moving = next((fragment for fragment in sheets[number + 1].fragments[:2] if _floats(fragment)), None)
    if moving is None:
        return
    if moving.name == "div" and len(moving.lines) > 12:
        yield replace(choices, opened=choices.opened | {moving.key})
    heights: dict[str, float] = {}
    for fragment in (fragment for each in sheets for fragment in each.fragments):
        heights[fragment.key] = heights.get(fragment.key, 0.0) + fragment.height
    current = apply(page, replace(choices, space={}, turns=frozenset(), unbroken=frozenset()))
    block = next(each for each in current.iter(etree.Element) if each.get(flow.KEY) == moving.key)
    filled, count = 0.0, 0
    for other in _text_after(block):
        filled += heights.get(other.get(flow.KEY, ""), 0.0)
        if filled > sheet.white - 3 * sheet.leading:
            yield choices.moved(moving.key, "after", other.get(flow.KEY, ""))
            count += 1
        if count == 2:
            break
    filled, count = sheet.white, 0
    for other in _text_before(block):
        filled += heights.get(other.get(flow.KEY, ""), 0.0)
        if filled > heights[moving.key]:
            yield choices.moved(moving.key, "before", other.get(flow.KEY, ""))
            count += 1
        if count == 1:
            break


def _forgetful(choices: Choices, sheets: Sequence[Sheet], page: int) -> Choices:
    """Return the choices without the page breaks and widows from `page` on."""
    before = {fragment.key for sheet in sheets[:page] for fragment in sheet.fragments}
    texts = {line.block for sheet in sheets[page:] for fragment in sheet.fragments for line in fragment.lines}
    widows = {text: lines for text, lines in choices.widows.items() if text not in texts}
    return replace(choices, turns=choices.turns & before, widows=widows)


def _text_after(block: etree._Element) -> Iterator[etree._Element]:
    """Give the paragraphs and lists behind a block that it may pass: those of its section.

    A block at the end of a part's opening may pass into the first section.
    """
    other, parent = block.getnext(), block.getparent()
    opening = parent is not None and "document" in parent.get("class", "").split()
    while other is not None and (other.tag in judge.TEXT or opening):
        if opening and other.tag == "section":
            opening, other = False, next((child for child in other if child.tag in judge.TEXT), None)
        elif other.tag in judge.TEXT:
            if not _leads_a_list(other):
                yield other
            other = other.getnext()
        else:
            return


def _text_before(block: etree._Element) -> Iterator[etree._Element]:
    other = block.getprevious()
    while other is not None and other.tag in judge.TEXT:
        before = other.getprevious()
        if before is None or not _leads_a_list(before):
            yield other
        other = before


def _leads_a_list(block: etree._Element) -> bool:
    """Tell whether a list follows a paragraph that announces it: nothing is set between them."""
    following = block.getnext()
    return block.tag == "p" and following is not None and following.tag in ("ul", "ol", "dl")
