"""How the pages of a tagged PDF are made up, read back from them: what a typographer looks for at their heads and feet.

No page begins with the last line of a paragraph or ends with its first, no heading stands at a foot, no more than two
lines in a row end with a hyphen, and no line of a paragraph but its last stops when it has hardly begun. Notes, tables
and captions are not asked: they are set whole or in short lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pikepdf

from press.check.fidelity.tagged import Pieces, pieces
from press.check.fidelity.tokens import split
from press.check.places import WINDOW, Places, layout_of
from press.findings import Finding
from press.galleys import Galleys

FEWEST = 2  # lines of a paragraph on a page
LADDER = 2  # lines in a row that may end with a hyphen
EARLY = 0.25  # of the letters of the longest line: what a line has at least before the next begins
HEADINGS = ("H2", "H3", "H4", "H5", "H6")
INSIDE = ("Span", "Link", "Code", "Quote")  # types whose text belongs to the block around them
APART = ("Note", "Table", "Caption", "TOC", "Index")


@dataclass(frozen=True)
class Line:
    """A line of text: its page (from 0) and the height of its base line in pt."""

    page: int
    y: float
    text: str


@dataclass
class Block:
    """A paragraph, heading, item or figure, in reading order: what stands in it itself, and the types around it."""

    kind: str
    above: tuple[str, ...]
    said: list[tuple[int, float, str]] = field(default_factory=list)  # page, base line, text

    @property
    def lines(self) -> list[Line]:
        """The lines of the block; what stands on one base line, or within 2 pt of it, is one."""
        found: list[Line] = []
        for page, y, text in self.said:
            last = found[-1] if found else None
            if last and last.page == page and abs(last.y - y) < 2:
                found[-1] = Line(page, last.y, last.text + text)
            else:
                found.append(Line(page, y, text))
        return found

    @property
    def runs(self) -> bool:
        """Whether it is running text."""
        return self.kind in ("P", "LBody") and not set(APART) & set(self.above)


Wrong = tuple[Block, int, str]  # where, on which page (from 0), and what is wrong


def check(edition: Path, galleys: Galleys) -> list[Finding]:
    """Return where the pages of a tagged PDF are badly made up."""
    places = Places(galleys, layout_of(edition, galleys.book.slug))
    found = []
    for block, page, message in look(edition):
        words = [word.key for line in block.lines for word in split(line.text)]
        found.append(places.finding(places.said(words[:WINDOW], [], page + 1), edition.name, message))
    return found


def look(edition: Path) -> list[Wrong]:
    """Return what is wrong with the pages of a tagged PDF."""
    with pikepdf.open(edition) as pdf:
        if "/StructTreeRoot" not in pdf.Root:
            return []  # said by press.check.tags
        folios = [str(page.label) for page in pdf.pages]
        read = [block for block in blocks(pdf, pieces(edition)) if block.said]
    return [*_broken(read, folios), *_stranded(read, folios), *_ladders(read, folios), *_early(read, folios)]


def blocks(pdf: pikepdf.Pdf, found: Pieces) -> list[Block]:
    """Return the blocks of a tagged PDF in reading order; `found` are its texts."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    outermost = Block("Document", ())
    return list(_walk(pdf.Root.StructTreeRoot, outermost, None, pages, found))


def _walk(
    node: Any, block: Block, page: int | None, pages: dict[tuple[int, int], int], found: Pieces
) -> Iterator[Block]:
    """Yield the blocks below a structure element, which itself belongs to `block`."""
    if "/Pg" in node:
        page = pages.get(node.Pg.objgen, page)
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int) or kid.get("/Type") == "/MCR":
            own = pages.get(kid.Pg.objgen, page) if not isinstance(kid, int) and "/Pg" in kid else page
            content = kid if isinstance(kid, int) else int(kid.MCID)
            if own is not None:
                texts = found.get((own, content), [(0.0, "")] if block.kind == "Figure" else [])
                block.said += [(own, y, text) for y, text in texts]
        elif str(kid.get("/S", ""))[1:] in INSIDE:
            yield from _walk(kid, block, page, pages, found)
        elif "/S" in kid and kid.S != "/Reference":  # note calls and page numbers stand in lines of others
            inner = Block(str(kid.S)[1:], (*block.above, block.kind))
            yield inner
            yield from _walk(kid, inner, page, pages, found)


def _broken(read: Sequence[Block], folios: Sequence[str]) -> Iterator[Wrong]:
    """Find paragraphs of which a single line stands at a head or a foot."""
    for block in read:
        if block.runs:
            parts = [list(run) for _, run in groupby(block.lines, key=lambda line: line.page)]
            if len(parts) > 1 and len(parts[0]) < FEWEST:
                line = parts[0][-1]
                message = f"page {folios[line.page]} ends with the first line of a paragraph: “{line.text.strip()}”"
                yield block, line.page, message
            if len(parts) > 1 and len(parts[-1]) < FEWEST:
                line = parts[-1][0]
                message = f"page {folios[line.page]} begins with the last line of a paragraph: “{line.text.strip()}”"
                yield block, line.page, message


def _stranded(read: Sequence[Block], folios: Sequence[str]) -> Iterator[Wrong]:
    """Find headings that what they lead does not follow on the page."""
    flow = [block for block in read if "Note" not in (*block.above, block.kind)]
    for block, following in pairwise(flow):
        page = block.said[-1][0]
        if block.kind in HEADINGS and following.kind not in HEADINGS and following.said[0][0] != page:
            said = " ".join(line.text.strip() for line in block.lines)
            yield block, page, f"the heading “{said}” stands at the foot of page {folios[page]}"


def _ladders(read: Sequence[Block], folios: Sequence[str]) -> Iterator[Wrong]:
    """Find runs of lines that end with a hyphen."""
    for block in read:
        if block.runs:
            for broken, run in groupby(block.lines, key=lambda line: line.text.rstrip().endswith(("\u2010", "-"))):
                lines = list(run)
                if broken and len(lines) > LADDER:
                    page = lines[0].page
                    yield block, page, f"{len(lines)} lines in a row end with a hyphen on page {folios[page]}"


def _early(read: Sequence[Block], folios: Sequence[str]) -> Iterator[Wrong]:
    """Find lines that stop early, though a word in small letters follows that would have room on them."""
    for block in read:
        if block.runs:
            lines = [(line, line.text.strip()) for line in block.lines]
            room = max((len(text) for _, text in lines), default=0)
            pairs = list(pairwise(lines))
            for (line, text), (_, following) in pairs if block.kind == "P" else pairs[1:]:  # an item may have a title
                word = following.partition(" ")[0]
                short = len(text) < EARLY * room and len(text) + 1 + len(word) < 2 * EARLY * room
                if short and word[:1].islower() and any(map(str.isalpha, text)):  # marks above letters stand apart
                    yield block, line.page, f"a line stops early on page {folios[line.page]}: “{text}”"
