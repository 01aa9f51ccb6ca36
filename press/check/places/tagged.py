"""The structure elements of a tagged PDF, and the words that stand there (ISO 32000-1, 14.7)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pikepdf

from press.check.fidelity import tagged
from press.check.fidelity.tokens import split
from press.check.places import WINDOW, Place, Places

_OBJECT = re.compile(r"\((\d+) (\d+) obj ")
_PAGE = re.compile(r"pages\[(\d+)\]")


class TagPlaces:
    """Finds the manuscript behind structure elements of one PDF, which is read when it is first asked."""

    def __init__(self, path: Path, places: Places) -> None:
        self._path, self._places = path, places
        self._starts: dict[tuple[int, int], tuple[int, int]] | None = None  # object -> words before it, and its page
        self._words: list[str] = []

    def of(self, number: tuple[int, int]) -> Place | None:
        """Return the place of a structure element or an annotation, by the number of its object."""
        if self._starts is None:
            self._read()
        assert self._starts is not None
        if number not in self._starts:
            return None
        start, page = self._starts[number]
        after, before = self._words[start : start + WINDOW], self._words[max(0, start - WINDOW) : start]
        return self._places.said(after, before, page + 1)

    def context(self, said: str) -> Place | None:
        """Return the place that veraPDF names: root/document[0]/pages[2](27 0 obj PDPage)/annots[0](28 0 obj …)."""
        for number, generation in reversed(_OBJECT.findall(said)):
            if place := self.of((int(number), int(generation))):
                return place
        page = _PAGE.search(said)
        return self._places.page(int(page[1]) + 1) if page else None

    def _read(self) -> None:
        self._starts = {}
        self._pieces = tagged.pieces(self._path)
        with pikepdf.open(self._path) as pdf:
            self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
            if "/StructTreeRoot" in pdf.Root:
                self._walk(pdf.Root.StructTreeRoot.get("/K"), 0)

    def _walk(self, kids: Any, page: int) -> int:
        """Read what stands below; return the page on which it ends."""
        assert self._starts is not None
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                self._say(page, kid)
                continue
            if not isinstance(kid, pikepdf.Dictionary):
                continue
            page = self._pages.get(kid.Pg.objgen, page) if "/Pg" in kid else page
            if kid.get("/Type") == "/OBJR":
                self._starts.setdefault(kid.Obj.objgen, (len(self._words), page))
            elif "/MCID" in kid:
                self._say(page, int(kid.MCID))
            elif "/S" in kid:
                self._starts[kid.objgen] = len(self._words), self._first(kid, page)
                if pikepdf.Name.Figure != kid.S:  # its words are the drawing's
                    page = self._walk(kid.get("/K"), page)
        return page

    def _first(self, element: Any, page: int) -> int:
        """Return the page on which an element begins: that of the first content in it."""
        while isinstance(element, pikepdf.Dictionary):
            if "/Pg" in element:
                return self._pages.get(element.Pg.objgen, page)
            kids = element.get("/K")
            element = kids[0] if isinstance(kids, pikepdf.Array) and len(kids) else kids
        return page

    def _say(self, page: int, content: int) -> None:
        for _, text in self._pieces.get((page, content), ()):
            self._words += (word.key for word in split(text))
