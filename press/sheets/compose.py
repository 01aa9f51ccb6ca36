"""The compositor: lays a part out, looks at its pages, and chooses better breaks, spaces and places of figures.

WeasyPrint breaks pages as they come. It has no baseline grid, no floats but notes, and leaves half a page white before
a figure that does not fit. So a part is laid out, its pages are read, and what is wrong is mended in the markup, until
nothing is; then each page with much white at its foot is tried with the figure behind it set earlier or later, and the
best layout is kept. The same part always gets the same pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from press.sheets import flow, judge
from press.sheets.choices import Choices, apply
from press.sheets.flow import Fragment, Sheet

ROUNDS = 6  # layouts until the pages of a part settle; what is not settled then stays as it is
TRIALS = 14  # layouts with figures set elsewhere
WHITE = 2.5  # lines at a page's foot that are worth a trial

LayOut = Callable[[etree._Element], Any]


def compose(page: etree._Element, lay_out: LayOut, notes: Mapping[str, str]) -> Any:
    """Return the WeasyPrint Document of one part with the best pages found.

    `page` is the part's HTML, of which a copy is changed; `lay_out` lays such HTML out; `notes` gives the id of each
    note's call.
    """
    flow.number_blocks(page)
    best = current = _settle(page, lay_out, notes, Choices())
    trials, first = TRIALS, 0
    while trials > 0 and (number := _trouble(current[1], first)) is not None:
        first = number + 1
        tried = [(_weight(current, notes, number), 0, current)]
        for choices in _alternatives(page, current[1], number, current[2]):
            trials -= 1
            document = lay_out(apply(page, choices))
            trial = document, flow.read(document), choices
            tried.append((_weight(trial, notes, number), len(tried), trial))
        chosen = min(tried)[2]
        if chosen is not current:
            current = _settle(page, lay_out, notes, chosen[2], chosen)
            best = min(best, current, key=lambda settled: _weight(settled, notes))
    return best[0]


Settled = tuple[Any, list[Sheet], Choices]


def _settle(
    page: etree._Element, lay_out: LayOut, notes: Mapping[str, str], choices: Choices, laid: Settled | None = None
) -> Settled:
    """Lay out until every note is with its call, every line on the grid, no heading stranded, no ladder left.

    `laid` is the layout of these choices where there is one already.
    """
    for _ in range(ROUNDS):
        document = laid[0] if laid else lay_out(apply(page, choices))
        sheets, laid = flow.read(document), None
        better = _with_notes(sheets, notes, choices)
        better = replace(
            better,
            space=judge.corrected(sheets, choices.space),
            turns=better.turns | judge.stranded(sheets),
            opened=choices.opened | judge.overlong(sheets),
            unbroken=choices.unbroken | judge.ladders(sheets),
        )
        if better == choices:
            break
        choices = better
    return document, sheets, choices


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
            turns |= {judge.led(sheets, one.key) for one in (over or after.fragments)[:1]}
    return replace(choices, turns=frozenset(turns), widows=widows)


def _astray(sheets: Sequence[Sheet], notes: Mapping[str, str]) -> int:
    """Count the notes that do not stand on the page of their call."""
    return sum(call in sheet.ids and note not in sheet.ids for note, call in notes.items() for sheet in sheets)


def _weight(settled: Settled, notes: Mapping[str, str], page: int | None = None) -> float:
    """Weigh a layout. With `page`, what comes after the next page counts little: it will be looked at in its turn."""
    _, sheets, choices = settled
    weights = judge.costs(sheets)
    now = len(weights) if page is None else page + 2
    return sum(weights[:now]) + 0.25 * sum(weights[now:]) + 2 * len(choices.moves) + 5 * _astray(sheets, notes)


def _trouble(sheets: Sequence[Sheet], first: int) -> int | None:
    """Return the first page from `first` with white at its foot that a float on the next page may have caused."""
    for number in range(first, len(sheets) - 1):
        sheet, after = sheets[number], sheets[number + 1]
        if sheet.white > WHITE * sheet.leading and any(_floats(fragment) for fragment in after.fragments[:2]):
            return number
    return None


def _floats(fragment: Fragment) -> bool:
    """Tell whether a block may stand elsewhere: what may not be broken may be moved."""
    return fragment.whole and fragment.name in ("figure", "aside", "div")


def _alternatives(page: etree._Element, sheets: Sequence[Sheet], number: int, choices: Choices) -> Iterator[Choices]:
    """Give the choices worth a trial against the white at the foot of page `number`."""
    sheet = sheets[number]
    moving = next(fragment for fragment in sheets[number + 1].fragments[:2] if _floats(fragment))
    choices = replace(choices, turns=frozenset(), widows={})
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
