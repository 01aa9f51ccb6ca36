"""The words of a tagged PDF in the order of its structure tree, each with its page (ISO 32000-1, 14.7 and 14.8)."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

from press.check.fidelity.compare import Placed
from press.check.fidelity.expected import Text
from press.check.fidelity.tokens import Word, key, split

_RUN_TOGETHER = re.compile(r"(\d+)([^\W\d]+)")
Pairs = frozenset[tuple[str, str]]
# Page (from 0) and marked-content id -> the texts in it, each with the height of its base line.
Pieces = dict[tuple[int, int], list[tuple[int, str]]]


def read(path: Path, pairs: Pairs = frozenset()) -> list[Placed]:
    """Return the words of a tagged PDF in logical order. Raises ValueError if the PDF is not tagged.

    `pairs` are words that follow each other in the book: they tell in which order a line from right to left was read.
    """
    found = pieces(path)
    with pikepdf.open(path) as pdf:
        if "/StructTreeRoot" not in pdf.Root:
            raise ValueError(f"{path.name} is not tagged")
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        return list(_walk(pdf.Root.StructTreeRoot, None, (), pages, found, pairs))


def _walk(
    node: Any,
    page: int | None,
    tags: tuple[str, ...],
    pages: dict[tuple[int, int], int],
    found: Pieces,
    pairs: Pairs,
) -> Iterator[Placed]:
    """Yield the words below a structure element; `page` is the one on which its content stands unless it says else."""
    if "/Pg" in node:
        page = pages.get(node.Pg.objgen, page)
    if "/S" in node:
        tags = (*tags, str(node.S)[1:])
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield from _said(kid, page, tags, found, pairs)
        elif kid.get("/Type") == "/MCR":
            own = pages.get(kid.Pg.objgen, page) if "/Pg" in kid else page
            yield from _said(int(kid.MCID), own, tags, found, pairs)
        elif "/S" in kid:
            yield from _walk(kid, page, tags, pages, found, pairs)


def _said(content: int, page: int | None, tags: tuple[str, ...], found: Pieces, pairs: Pairs) -> Iterator[Placed]:
    if page is not None and "Figure" not in tags:
        said = [(height, words) for height, text in found.get((page, content), ()) if (words := list(split(text)))]
        for _, line in groupby(said, key=lambda piece: piece[0]):  # points above and below letters say no words
            pieces = [[_turned(word, pairs) for word in _apart(words, pairs)] for _, words in line]
            for word in _in_order(_joined(pieces, pairs), pairs):
                yield Placed(word, page)


def _joined(pieces: list[list[Word]], pairs: Pairs) -> list[Word]:
    """Return the words of the pieces of a line: those of one that runs to the left were drawn from its end, or not."""
    forth, back = ([word for words in order for word in words] for order in (pieces, pieces[::-1]))
    one, other = _following(forth, pairs), _following(back, pairs)
    left = pairs and 2 * sum(_runs_left(word.key) for word in forth) > len(forth)
    return back if other > one or (other == one and left) else forth


def _apart(words: list[Word], pairs: Pairs) -> list[Word]:
    """Part a name and its number, which PDFium runs together the wrong way in a line from right to left: 2Knot."""
    found = []
    for word in words:
        parts = _RUN_TOGETHER.fullmatch(word.text)
        if parts and (key(parts[2]), key(parts[1])) in pairs:
            found += [*split(parts[2]), *split(parts[1])]
        else:
            found.append(word)
    return found


def _following(words: Iterable[Word], pairs: Pairs) -> int:
    """Count the words that follow each other as they do in the book."""
    return sum(pair in pairs for pair in pairwise(word.key for word in words))


def _in_order(words: list[Word], pairs: Pairs) -> list[Word]:
    """Put the words of a line in order where PDFium has them as they stand, in a script that runs to the left."""
    if not pairs:
        return words
    if _following(reversed(words), pairs) > _following(words, pairs):
        runs = [list(run) for _, run in groupby(words, key=lambda word: _runs_left(word.key))]
        words = [word for run in reversed(runs) for word in (reversed(run) if _runs_left(run[0].key) else run)]
    for place, (one, other) in enumerate(pairwise(words)):
        if (other.key, one.key) in pairs and (one.key, other.key) not in pairs:
            words[place : place + 2] = other, one
    return words


@lru_cache(maxsize=4)
def _spellings(pairs: Pairs) -> dict[str, str]:
    """Return the words of such parts by their letters in the order of the alphabet."""
    return {"".join(sorted(key)): key for pair in sorted(pairs) for key in pair if _runs_left(key)}


def _turned(word: Word, pairs: Pairs) -> Word:
    """Return a word as the book has it: of a ligature that runs to the left, PDFium gives the letters backwards."""
    known = _spellings(pairs).get("".join(sorted(word.key)))
    return replace(word, key=known) if known and _runs_left(word.key) else word


def _runs_left(key: str) -> bool:
    return unicodedata.bidirectional(key[0]) in ("R", "AL")


def pairs_of(texts: Iterable[Text]) -> Pairs:
    """Return the pairs of words that follow each other in the parts that run from right to left."""
    return frozenset(
        pair
        for text in texts
        if text.document.direction == "rtl"
        for unit in (text.words, *text.captions, *(note.words for note in text.notes))
        for pair in pairwise(word.key for word in unit)
    )


def pieces(path: Path) -> Pieces:
    """Return the text objects of all pages by the marked content that they stand in."""
    found: Pieces = defaultdict(list)
    document = pypdfium2.PdfDocument(path)
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            content = pdfium.FPDFPageObj_GetMarkedContentID(item.raw)
            if content >= 0:
                found[number, content].append((round(item.get_matrix().f), _text(item.raw, text_page.raw)))
        text_page.close()
        page.close()
    document.close()
    return found


def _text(item: Any, text_page: Any) -> str:
    """Return the text of a text object."""
    size = pdfium.FPDFTextObj_GetText(item, text_page, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFTextObj_GetText(item, text_page, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
