"""The print PDF, which has no tags: its pages, text for text, against those of the PDF that it was set with."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from press.check.fidelity.align import align
from press.check.fidelity.compare import Placed
from press.check.fidelity.tokens import Word, split


def follow(print_pdf: Path, screen_pdf: Path, logical: list[Placed]) -> list[Placed]:
    """Return the words of the print PDF in logical order: those of the screen PDF that print has on the same page.

    Both come from one layout, so their pages say the same in the same order. What print has besides comes last.
    """
    printed, screen = _pages(print_pdf), _pages(screen_pdf)
    logical_by_page: dict[int, list[Placed]] = {}
    for placed in logical:
        logical_by_page.setdefault(placed.page, []).append(placed)
    result: list[Placed] = []
    extra: list[Placed] = []
    for number in range(max(len(printed), len(screen))):
        own = printed[number] if number < len(printed) else []
        other = screen[number] if number < len(screen) else []
        kept = logical_by_page.get(number, [])
        if [word.key for word in own] != [word.key for word in other]:
            done = align([word.key for word in other], [word.key for word in own])
            gone = [word.key for word, place in zip(other, done.at, strict=True) if place is None]
            kept = _without(kept, gone)
            extra += [Placed(own[place], number) for place in done.extra]
        result += kept
    order = {id(placed): place for place, placed in enumerate(logical)}
    return [*sorted(result, key=lambda placed: order[id(placed)]), *extra]


def _without(words: list[Placed], gone: list[str]) -> list[Placed]:
    """Return words without those that are gone: the stretch that spells them, or else each where it is first."""
    keys = [placed.word.key for placed in words]
    for start in range(len(keys) - len(gone) + 1):
        if keys[start : start + len(gone)] == gone:
            return words[:start] + words[start + len(gone) :]
    left, kept = list(gone), []
    for placed in words:
        if placed.word.key in left:
            left.remove(placed.word.key)
        else:
            kept.append(placed)
    return kept


def _pages(path: Path) -> list[list[Word]]:
    """Return the words of every page in the order in which they are drawn."""
    document = pypdfium2.PdfDocument(path)
    pages = []
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        pages.append(list(split(text.get_text_range())))
        text.close()
        page.close()
    document.close()
    return pages
