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

from press.sheets import flow, judge, looseness
from press.sheets.choices import WHOLE, Choices, apply, styles, write_out
from press.sheets.flow import Fragment, Sheet
from press.sheets.layouts import Layout, Layouter
from press.sheets.trees import Tree

ROUNDS = 6  # layouts until the pages of a part settle; what is not settled then stays as it is
TRIALS = 14  # layouts with figures set elsewhere
AHEAD = 3  # pages behind the one in trouble that a trial looks at
WHITE = 2.5  # lines at a page's foot that are worth a trial


def compose(page: etree._Element, layouter: Layouter, notes: Mapping[str, str]) -> tuple[Layout, Choices]:
    """Return the best pages of one part, and the choices that make them.

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
            current = desk.settle(desk.adopted(tried[chosen], current))
            best = min(best, current, key=lambda settled: _weight(settled, notes))
    if stubs := dict.fromkeys(judge.stubs(best.sheets), WHOLE):
        mended = desk.again(best, replace(best.choices, widows=best.choices.widows | stubs))
        best = min(best, desk.settle(mended), key=lambda settled: _weight(settled, notes))
    choices = looseness.evened(page, layouter, best.sheets, best.choices, notes)
    if choices != best.choices:
        best = desk.settle(desk.again(best, choices))
    if block := judge.scant(best.sheets):
        best = desk.settle(desk.again(best, replace(best.choices, turns=best.choices.turns | {block})))
    return best.layout, best.choices


def carry_out(
    page: etree._Element,
    layouter: Layouter,
    notes: Mapping[str, str],
    choices: Choices,
    composed: Layout | None = None,
) -> Any:
    """Return the Document of a part for which the choices were made, settled once more.

    `composed` are the pages for which they were made, where `layouter` still has them: of these, only what has other
    page numbers is laid out again.
    """
    flow.number_blocks(page)
    desk = _Desk(page, layouter, notes)
    laid = desk.settle(desk.whole(choices) if composed is None else desk.renumbered(composed, choices))
    return layouter.document(laid.layout, desk.markup(laid.choices))


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
        self.parents = {block.get(flow.KEY): block.getparent() for block in page.iter(etree.Element)}
        self.trees: dict[Any, Tree] = {}  # by what was chosen of the markup

    def whole(self, choices: Choices) -> _Laid:
        """Lay out the whole part with nothing kept."""
        self.trees = {_name(Choices()): self.layouter.trees.whole(apply(self.page, Choices()))}
        return _Laid(self.layouter.whole(self._tree(choices)), choices)

    def again(self, old: _Laid, choices: Choices, last: int | None = None) -> _Laid:
        """Lay out again what other choices change, up to page `last`."""
        blocks = choices.unlike(old.choices, self.block_of)
        if blocks - {one.key for each in old.sheets for one in each.fragments}:
            return self.whole(choices)
        return _Laid(self._laid(choices, old.layout, blocks, last, self._alike(old, choices)), choices)

    def adopted(self, trial: _Laid, old: _Laid) -> _Laid:
        """Lay out what was left out of a trial against the layout `old`."""
        made, known, rest = trial.layout, old.layout, len(trial.sheets)
        first = rest - 1
        while first and self._handed_on(made.sheets[first]):
            first -= 1
        blocks = trial.choices.unlike(old.choices, self.block_of)
        dirty = {first, *(number for number in self._dirty(known, blocks) if number >= rest)}
        joined = Layout(made.sheets + known.sheets[rest:], made.starts[:rest] + known.starts[rest:], made.tree)
        return _Laid(
            self.layouter.again(made.tree, joined, dirty, alike=self._alike(old, trial.choices)), trial.choices
        )

    def _alike(self, old: _Laid, choices: Choices) -> int:
        """Return from which page on the start of a page says the same as in a layout with other moves.

        WeasyPrint counts the blocks in a section: from the block on that is behind the last of those that moved.
        """
        moves = set(choices.moves.items()) ^ set(old.choices.moves.items())
        blocks = {block for key, (_, beside) in moves for block in (key, beside)}
        if len({self.parents[block] for block in blocks}) > 1:
            return len(old.sheets)
        pages = [n for n, sheet in enumerate(old.sheets) if any(one.key in blocks for one in sheet.fragments)]
        return max(pages) + 2 if pages else 0

    def renumbered(self, composed: Layout, choices: Choices) -> _Laid:
        """Lay out again what has other page numbers than it had when the choices were made."""
        names = self.layouter.trees.names(apply(self.page, choices.of_markup(self._plain())))
        blocks = {key for key, name in names.items() if composed.tree.names.get(key) != name}
        return _Laid(self._laid(choices, composed, blocks), choices)

    def markup(self, choices: Choices) -> etree._Element:
        """Return the markup behind a layout."""
        plain = self._plain()
        page = apply(self.page, choices.of_markup(plain))
        write_out(page, styles(page, choices, plain))
        return page

    def _tree(self, choices: Choices) -> Tree:
        """Return the boxes of a state: of one with the same markup, if there was one, restyled."""
        plain = self._plain()
        marked = choices.of_markup(plain)
        if (name := _name(marked)) not in self.trees:
            self.trees[name] = self.layouter.trees.grafted(apply(self.page, marked))
        return self.layouter.trees.restyled(self.trees[name], styles(self.page, choices, plain))

    def _plain(self) -> dict[str, str]:
        """Return the blocks of the paragraphs that are blocks themselves, and nothing but their lines."""
        lines = self.layouter.trees.of_lines()
        return {
            block.get(flow.TEXT, ""): block.get(flow.KEY, "")
            for block in self.page.iter("p", "dd", "li")
            if block.get(flow.KEY) in lines
        }

    def _laid(self, choices: Choices, old: Layout, blocks: set[str], last: int | None = None, alike: int = 0) -> Layout:
        """Lay out again the pages of some blocks, and those that change with them."""
        if dirty := self._dirty(old, blocks):
            return self.layouter.again(self._tree(choices), old, dirty, last, alike)
        return old  # what is chosen anew changes nothing

    def _dirty(self, old: Layout, blocks: set[str]) -> set[int]:
        """Return the pages of a layout that other choices for these blocks may change, those that begin with a note of
        an earlier page, and the pages before these, which may take more or less: where what they begin with changes.
        """
        pages = set()
        for number, sheet in enumerate(old.sheets):
            if places := [place for place, one in enumerate(sheet.fragments) if one.key in blocks]:
                led = all(one.bound for one in sheet.fragments[: places[0]])
                pages |= {number, number - 1} if led and number else {number}
        for number in range(len(old.sheets) - 1, 0, -1):
            if self._handed_on(old.sheets[number]):
                pages |= {number, number - 1}
        return pages

    def _handed_on(self, sheet: Sheet) -> bool:
        """Tell whether a page has a note of an earlier one."""
        return any(note in sheet.ids and call not in sheet.ids for note, call in self.notes.items())

    def settle(self, laid: _Laid) -> _Laid:
        """Lay out until every note is with its call, every line on the grid, no heading stranded, no ladder left."""
        best = laid
        for _ in range(ROUNDS - 1):
            better = self._better(laid)
            if better == laid.choices:
                return laid
            laid = self.again(laid, better)
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


def _name(choices: Choices) -> Any:
    return (
        tuple(choices.moves.items()),
        choices.unbroken,
        *(frozenset(c.items()) for c in (choices.widows, choices.spacing)),
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
    current = apply(page, Choices(moves=choices.moves)) if choices.moves else page
    block = next(each for each in current.iter(etree.Element) if each.get(flow.KEY) == moving.key)
    filled, count, last = 0.0, 0, ""
    for other in _text_after(block):
        filled += heights.get(other.get(flow.KEY, ""), 0.0)
        last = other.get(flow.KEY, "")
        if filled > sheet.white - 3 * sheet.leading:
            yield choices.moved(moving.key, "after", last)
            count += 1
        if count == 2:
            break
    if not count and filled > sheet.white / 3:
        yield choices.moved(moving.key, "after", last)  # at the end of its section
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
