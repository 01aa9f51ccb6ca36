"""What is wrong with a layout: lines off the grid, headings at a page's foot, ladders of hyphens, white pages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from press.sheets.flow import Fragment, Line, Sheet

LADDER = 2  # as many lines in a row may end with a hyphen
TOLERANCE = 0.1  # pt
STUB = 4  # lines of a box at a head or a foot
SCANT = 5  # lines that a part's last page holds at least
CARRIED = 12  # lines of a paragraph that may be taken over to it
HYPHENS = ("\u2010", "-", "\u00ad")
HEADINGS = ("h2", "h3", "h4")
TEXT = ("p", "ul", "ol", "dl", "blockquote")
FLOATS = ("figure", "aside", "div")


def off_grid(sheets: Sequence[Sheet]) -> dict[str, float]:
    """Return by how many pt the text below a block misses the grid, for each block that leads it astray.

    The grid has a line every leading of the text, from the top of the text area. Lists keep its distance, though not
    always its place; what follows them has to be back on it.
    """
    astray: dict[str, float] = {}
    last: Fragment | None = None
    for sheet in sheets:
        for fragment in sheet.fragments:
            if fragment.name != "p" or not fragment.lines or abs(fragment.lines[0].height - sheet.leading) > TOLERANCE:
                last = fragment
            elif last is not None:
                miss = fragment.lines[0].top % sheet.leading
                if min(miss, sheet.leading - miss) > TOLERANCE:
                    astray[last.key] = miss
                last = None
    return astray


def corrected(sheets: Sequence[Sheet], space: dict[str, float]) -> dict[str, float]:
    """Return the space of the blocks (see Choices) that brings the text below them back to the grid."""
    last = {fragment.key: (fragment, sheet.leading) for sheet in sheets for fragment in sheet.fragments}
    changed = dict(space)
    for key, miss in off_grid(sheets).items():
        fragment, leading = last[key]
        have = fragment.padding_top if fragment.name in HEADINGS else fragment.margin_bottom
        nearer = have - miss
        changed[key] = nearer if miss <= leading * 0.45 and nearer >= 0 else nearer + leading
    return changed


def stranded(sheets: Sequence[Sheet]) -> set[str]:
    """Return what has to begin a page because a heading, or of a table little more than its caption, is at a foot."""
    found = set()
    for sheet in sheets[:-1]:
        last = sheet.fragments[-1] if len(sheet.fragments) > 1 else None
        if last and last.name in HEADINGS:
            found.add(last.key)
        elif last and last.broken and last.name == "div" and last.foot - last.top < 5 * sheet.leading:
            found.add(led(sheets, last.key))
    return found


def led(sheets: Sequence[Sheet], key: str) -> str:
    """Return the heading that leads a block, or the block itself: what has to begin the page for it."""
    fragments = [fragment for sheet in sheets for fragment in sheet.fragments]
    place = next(count for count, fragment in enumerate(fragments) if fragment.key == key)
    while place and fragments[place - 1].name in HEADINGS:
        place -= 1
    return fragments[place].key


def widowed(sheets: Sequence[Sheet]) -> dict[str, int]:
    """Return the paragraphs of which one line alone begins a page, and how many lines there are of each.

    WeasyPrint takes a line to the next page for the sake of its note, and looks no more at what is left behind.
    """
    counts: dict[str, int] = {}
    for sheet in sheets:
        for line in (line for fragment in sheet.fragments for line in fragment.lines):
            counts[line.block] = counts.get(line.block, 0) + 1
    single = set()
    for sheet in sheets[1:]:
        lines = sheet.fragments[0].lines if sheet.fragments and sheet.fragments[0].name in TEXT else []
        first = lines[0].block if lines else ""
        if first and sum(line.block == first for line in lines) == 1:
            single.add(first)
    return {block: counts[block] for block in single if counts[block] > 1}


def stubs(sheets: Sequence[Sheet]) -> set[str]:
    """Return the items that have to begin a page for fewer than `STUB` lines of a box not to stand on it alone."""
    found = set()
    for sheet, after in pairwise(sheets):
        if not sheet.fragments or not after.fragments:
            continue
        last, first = sheet.fragments[-1], after.fragments[0]
        if last.name == "aside" and last.key == first.key and not first.broken:
            lines = [line.block for line in last.lines]
            places = [place for place in range(1, len(lines)) if lines[place] != lines[place - 1]]
            fitting = [place for place in places if place >= STUB and len(lines) - place + len(first.lines) >= STUB]
            if len(first.lines) < STUB and fitting:
                found.add(lines[fitting[-1]])
    return found


def scant(sheets: Sequence[Sheet]) -> str:
    """Return the block that has to begin a part's last page for this not to hold a line or two; empty if none can."""
    if len(sheets) < 3 or not sheets[-1].fragments:
        return ""
    before, last = sheets[-2].fragments, sheets[-1].fragments
    if any(one.name in FLOATS for one in last) or sum(len(one.lines) for one in last) >= SCANT or len(before) < 3:
        return ""
    carried = before[-1]
    if carried.name != "p" or len(carried.lines) > CARRIED:
        return ""
    return before[-2].key if before[-2].name in HEADINGS else carried.key


def overlong(sheets: Sequence[Sheet]) -> set[str]:
    """Return the blocks that may not be broken and are broken nevertheless, or fill most of a page."""
    return {
        fragment.key
        for sheet in sheets
        for fragment in sheet.fragments
        if fragment.whole
        and fragment.name not in ("figure", *TEXT)
        and (fragment.broken or fragment.height > 0.75 * sheet.height)
    }


def ladders(sheets: Sequence[Sheet]) -> set[tuple[str, int, int]]:
    """Return the words whose hyphens make a run longer than `LADDER` (see Choices.unbroken)."""
    paragraphs: dict[str, list[Line]] = {}
    for sheet in sheets:
        for fragment in sheet.fragments:
            for line in fragment.lines:
                paragraphs.setdefault(line.block, []).append(line)
    words = set()
    for key, lines in paragraphs.items():
        if sum(line.text.rstrip().endswith(HYPHENS) for line in lines) <= LADDER:
            continue
        run = place = 0
        for line, following in pairwise(lines):
            text = line.text.rstrip()
            broken = text.endswith("\u2010")
            place += len("".join(text.split())) - broken
            run = run + 1 if text.endswith(HYPHENS) else 0
            if run > LADDER and broken and key:
                head, rest = text[:-1].split()[-1], following.text.split()[0]
                words.add((key, place - len(head), place + len(rest)))
                run = 0
    return words


def costs(sheets: Sequence[Sheet]) -> list[float]:
    """Weigh each page of a layout: white at its foot, facing pages of unlike length, a broken box, a stranded heading.

    White weighs more than in proportion; the last page of a part may be white, unless it holds only a few lines.
    """
    weights = []
    headings = stranded(sheets)
    for number, sheet in enumerate(sheets[:-1]):
        weight = 6 + max(0.0, sheet.white / sheet.leading - 1) ** 1.5
        if number % 2 == 0 and number:
            weight += 0.4 * abs(sheet.white - sheets[number - 1].white) / sheet.leading
        if sheet.fragments and (after := sheets[number + 1].fragments):
            last, first = sheet.fragments[-1], after[0]
            if last.key == first.key and first.name not in TEXT:
                weight += 8 + (12 if min(len(last.lines), len(first.lines)) < STUB else 0)
            weight += 100 * (last.key in headings)
        weights.append(weight)
    filled = max((fragment.bottom for fragment in sheets[-1].fragments), default=0.0) / sheets[-1].leading
    return [*weights, 6 + 4 * max(0.0, 6 - filled)]
