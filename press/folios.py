"""Page numbers in the index: locators of one entry on the same page are one, on pages that follow each other a range.

Print and the EPUB, which has the pages of print, make the same index by this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from press.galleys import EPUB, NAMESPACES, XHTML

DASH = "\u2013"


def merge_locators(section: etree._Element, folios: Mapping[str, str]) -> None:
    """Make the locators of every index entry say its pages once, in order: 12, 45–47.

    A locator stands for its own target and for those in its `data-also`.
    """
    for entry in section.xpath(".//h:ul[@class='index']/h:li", namespaces=NAMESPACES):
        locators = entry.findall(f"{{{XHTML}}}a")
        if locators:
            _rewrite(entry, locators, runs(_targets(locators), folios))


def runs(targets: list[str], folios: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the first and the last target of each run of pages without a gap, in the order of the pages."""
    placed: dict[tuple[bool, int], str] = {}
    for target in targets:
        placed.setdefault(_number(folios[target]), target)
    joined: list[tuple[tuple[bool, int], tuple[bool, int]]] = []
    for page in sorted(placed):
        if joined and joined[-1][1] == (page[0], page[1] - 1):
            joined[-1] = joined[-1][0], page
        else:
            joined.append((page, page))
    return [(placed[first], placed[last]) for first, last in joined]


def _targets(locators: list[etree._Element]) -> list[str]:
    return [
        target
        for locator in locators
        for target in [locator.get("href", "")[1:], *locator.get("data-also", "").split()]
    ]


def _rewrite(entry: etree._Element, locators: list[etree._Element], pages: list[tuple[str, str]]) -> None:
    """Put links to `pages` in the place of the locators."""
    before, tail = locators[0].getprevious(), locators[-1].tail
    first, last = entry.index(locators[0]), entry.index(locators[-1])
    between = [one for one in entry[first:last] if one not in locators]  # the EPUB's page markers may stand there
    made: list[etree._Element] = []
    for begin, end in pages:
        if made:
            made[-1].tail = ", "
        made.append(_locator(begin))
        if begin != end:
            made[-1].tail = DASH
            made.append(_locator(end))
    made[-1].tail = tail
    place = 0 if before is None else entry.index(before) + 1
    for locator in locators:
        entry.remove(locator)
    for one in between:
        one.tail = None
    entry[place:place] = [*between, *made]


def _locator(target: str) -> etree._Element:
    return etree.Element(
        f"{{{XHTML}}}a", {"class": "locator", f"{{{EPUB}}}type": "index-locator", "href": f"#{target}"}
    )


def _number(folio: str) -> tuple[bool, int]:
    """Return what page numbers sort by: roman before arabic, then by value."""
    if folio.isdecimal():
        return True, int(folio)
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[sign] for sign in re.findall("[ivxlc]", folio)]
    return False, sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
