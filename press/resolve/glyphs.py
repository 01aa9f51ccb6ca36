"""Characters that the book's fonts can set: a missing glyph is a finding, in every edition alike."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

from lxml import etree

from press.findings import Finding, line_of
from press.kept import kept
from press.resolve.draft import Draft, Ledger
from press.styles import Styles


def check_glyphs(drafts: list[Draft], ledger: Ledger, styles: Styles) -> None:
    """Find the first place of every character in a part that none of the book's faces has."""
    faces = [characters(styles.font(face)) for face in styles.faces]
    for draft in drafts:
        if not _missing({*draft.document.title, *draft.document.subtitle, *_printed(draft)}, faces):
            continue  # as in most parts; else it is told where
        seen: set[str] = set()
        for line, text in _texts(draft):
            for character in sorted(_missing(set(text) - seen, faces)):
                seen.add(character)
                name = f"U+{ord(character):04X} '{character}'"
                source = draft.document.source or "book.yaml"
                page = f" (page {draft.document.page})" if draft.document.page else ""
                message = f"character {name} is in none of the book's fonts{page}"
                ledger.findings.append(Finding(source, line, message))


def _missing(characters: set[str], faces: list[frozenset[int]]) -> set[str]:
    """Return those characters that would show and no face has."""
    lacking = {one for one in characters if not any(ord(one) in face for face in faces)}
    return {one for one in lacking if not _is_invisible(one)}


_words = etree.XPath(".//text()[not(parent::*[@role='doc-backlink'])]", smart_strings=False)


def _printed(draft: Draft) -> Iterator[str]:
    """Yield every character that is printed of a part."""
    return chain.from_iterable(text for root in (draft.body, *draft.notes) for text in _words(root))


def check_spaces(ledger: Ledger, styles: Styles) -> None:
    """Find faces without a space: a space is set in the face of the word before it, so every line would break down."""
    for face in styles.faces:
        if ord(" ") not in characters(styles.font(face)):
            ledger.findings.append(Finding("styles/tokens.yaml", 0, f"the face {face.file} has no space, U+0020"))


def _texts(draft: Draft) -> Iterator[tuple[int, str]]:
    """Yield what is printed of a part, with its lines: what the header says, the text, the notes."""
    for key, text in (("title", draft.document.title), ("subtitle", draft.document.subtitle)):
        yield draft.lines.get(key, 0), text
    for root in (draft.body, *draft.notes):
        for element in root.iter("*"):
            if element.get("role") == "doc-backlink":  # an arrow of ours, which each edition draws as it can
                continue
            yield line_of(element), element.text or ""
            yield line_of(element.getparent()), element.tail or ""


@lru_cache(maxsize=100)
def characters(font: Path) -> frozenset[int]:
    """Return the characters that a font has."""
    return frozenset(json.loads(kept("characters", [font.read_bytes()], lambda: json.dumps(_look(font)).encode())))


def _look(font: Path) -> list[int]:
    from fontTools.ttLib import TTFont

    with TTFont(font, lazy=True) as open_font:
        return sorted(open_font.getBestCmap())


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or 0xFE00 <= ord(character) <= 0xFE0F
