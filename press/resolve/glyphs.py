"""Characters that the book's fonts can set: a missing glyph is a finding, in every edition alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from fontTools.ttLib import TTFont

from press.resolve.draft import Draft, Ledger
from press.styles import Styles


def check_glyphs(drafts: list[Draft], ledger: Ledger, styles: Styles) -> None:
    """Find the first place of every character in a part that none of the book's faces has."""
    covered = _covered(styles)
    for draft in drafts:
        seen: set[str] = set()
        for root in (draft.body, *draft.notes):
            for element in root.iter("*"):
                if element.get("role") == "doc-backlink":  # an arrow of ours, which each edition draws as it can
                    continue
                parent = element.getparent()
                for place, text in ((element, element.text), (parent, element.tail)):
                    for character in sorted(set(text or "") - seen):
                        seen.add(character)
                        if ord(character) not in covered and not _is_invisible(character):
                            name = f"U+{ord(character):04X} '{character}'"
                            ledger.find(draft, place, f"character {name} is in none of the book's fonts")


@lru_cache(maxsize=4)  # for the preview, which resolves a book again and again
def _covered(styles: Styles) -> frozenset[int]:
    covered: set[int] = set()
    for face in styles.faces:
        with TTFont(styles.font(face)) as font:
            covered |= font.getBestCmap().keys()
    return frozenset(covered)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or 0xFE00 <= ord(character) <= 0xFE0F
