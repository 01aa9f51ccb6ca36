"""Joining: the parts become one book. Page numbers are bound, tags, links and fonts united; nothing is laid out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from press.findings import Finding, Refused
from press.galleys import Book
from press.pagemap import Page, PageMap
from press.pdfs import save
from press.sheets import fonts
from press.sheets.bind import ELSEWHERE
from press.sheets.model import Bookmark, Part, Place
from press.sheets.numbers import folio, front, runs
from press.sheets.slots import fill


def join(book: Book, layout: str, folder: Path, parts: dict[str, Part]) -> tuple[PageMap, bytes]:
    """Return the page map of a book, and its parts in `folder` as one PDF.

    Raises Refused for a page number that could not be set, and for a link that leads nowhere.
    """
    pages = page_map(book, layout, parts)
    joiner = _Joiner(book, parts, pages)
    for document in book.documents:
        with pikepdf.open(folder / f"{document.id}.pdf") as pdf:
            joiner.add(parts[document.id], pdf)
    return pages, joiner.finish()


def page_map(book: Book, layout: str, parts: dict[str, Part]) -> PageMap:
    """Return what stands on which page."""
    placed = runs(book, {name: (part.opens, len(part.leaves)) for name, part in parts.items()})
    before = front(book, placed)
    pages: list[Page] = []
    folios: dict[str, str] = {}

    def add(**values: Any) -> None:
        pages.append(Page(sheet=len(pages) + 1, folio=folio(len(pages), before), **values))

    for document in book.documents:
        part, run = parts[document.id], placed[document.id]
        if run.padded:
            add(document=pages[-1].document if pages else "", blank=True)
        for leaf in part.leaves:
            add(document=document.id, **leaf.model_dump())
        for name, place in part.anchors.items():
            folios.setdefault(name, folio(run.start + place.page, before))
    return PageMap(layout=layout, pages=pages, folios=folios)


class _Joiner:
    """Takes the parts in order and makes the book of them."""

    def __init__(self, book: Book, parts: dict[str, Part], pages: PageMap) -> None:
        self.book, self.map = book, pages
        self.pdf = pikepdf.new()
        self.tree = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.top = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=self.tree, K=Array()))
        self.numbers: list[Any] = []  # of the parent tree: key, value, key, value
        self.next_key = 0
        self.targets: dict[str, Array] = {}
        self.outline: list[pikepdf.OutlineItem] = []

    def add(self, part: Part, source: pikepdf.Pdf) -> None:
        """Put the pages of one part behind those that are there, after a blank one where its side asks for it."""
        if self.map.pages[len(self.pdf.pages)].blank and not part.leaves[0].blank:
            self._blank(source)
        start = len(self.pdf.pages)
        for page in source.pages:
            self.pdf.pages.append(page)
        pages = [self.pdf.pages[number] for number in range(start, start + len(part.leaves))]
        self._bind_numbers(part, pages, start)
        self._join_tags(source, pages)
        self._find_targets(part, pages)
        self.outline += [self._item(bookmark, pages) for bookmark in part.bookmarks]

    def _blank(self, like: pikepdf.Pdf) -> None:
        """Add an empty page with the boxes of the part's first."""
        model = like.pages[0].obj
        page = Dictionary(Type=Name.Page, Resources=Dictionary(), Contents=self.pdf.make_stream(b""), Tabs=Name.S)
        for box in ("/MediaBox", "/BleedBox", "/TrimBox"):
            page[box] = Array([float(side) for side in model[box]])
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))

    def _bind_numbers(self, part: Part, pages: list[pikepdf.Page], start: int) -> None:
        for number in sorted({slot.page for slot in part.slots}):
            stream = pages[number].obj.Contents
            stream.write(fill(stream.read_bytes(), part, self.map.pages[start + number].folio, self.map.folios))

    def _join_tags(self, source: pikepdf.Pdf, pages: list[pikepdf.Page]) -> None:
        """Take over the structure of a part; its keys in the parent tree are counted on (ISO 32000-1, 14.7.4.4)."""
        tree = self.pdf.copy_foreign(source.Root.StructTreeRoot)
        numbers = list(tree.ParentTree.Nums)
        keys = [int(key) for key in numbers[::2]]
        for key, value in zip(keys, numbers[1::2], strict=True):
            self.numbers += [self.next_key + key, value]
        for page in pages:
            page.obj.StructParents = self.next_key + int(page.obj.StructParents)
            for annotation in page.obj.get("/Annots", ()):
                annotation.StructParent = self.next_key + int(annotation.StructParent)
        self.next_key += max(keys) + 1
        for element in tree.K[0].K:
            element.P = self.top
            self.top.K.append(element)

    def _find_targets(self, part: Part, pages: list[pikepdf.Page]) -> None:
        for name, place in part.anchors.items():
            self.targets.setdefault(name, _destination(pages, place))

    def _item(self, bookmark: Bookmark, pages: list[pikepdf.Page]) -> pikepdf.OutlineItem:
        item = pikepdf.OutlineItem(bookmark.title, _destination(pages, bookmark.place))
        item.children.extend(self._item(child, pages) for child in bookmark.children)
        return item

    def finish(self) -> bytes:
        """Return the book as a PDF."""
        pdf, root = self.pdf, self.pdf.Root
        self._link()
        names = [item for name in sorted(self.targets, key=str.encode) for item in (String(name), self.targets[name])]
        root.Names = Dictionary(Dests=pdf.make_indirect(Dictionary(Names=Array(names))))
        with pdf.open_outline() as outline:
            outline.root.extend(self.outline)
        self.tree.K = Array([self.top])
        self.tree.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(self.numbers)))
        self.tree.ParentTreeNextKey = self.next_key
        root.StructTreeRoot = self.tree
        root.MarkInfo = Dictionary(Marked=True)
        root.Lang = String(self.book.language)
        root.PageLabels = Dictionary(Nums=Array(self._labels()))
        fonts.unite(pdf)
        _share_streams(pdf)
        return save(pdf)

    def _link(self) -> None:
        """Make links out of a part lead to their places in the book."""
        for page in self.pdf.pages:
            for annotation in page.obj.get("/Annots", ()):
                address = str(annotation.A.get("/URI", "")) if "/A" in annotation else ""
                if address.startswith(ELSEWHERE):
                    target = address.removeprefix(ELSEWHERE)
                    if target not in self.targets:
                        raise Refused([Finding("book.yaml", 0, f"a link leads to #{target}, which is on no page")])
                    annotation.Dest = String(target)
                    del annotation.A

    def _labels(self) -> list[Any]:
        """Return the page labels: roman in the front matter, arabic from there on (ISO 32000-1, 12.4.2)."""
        body = next(number for number, page in enumerate(self.map.pages) if page.folio.isdecimal())
        arabic = [body, Dictionary(S=Name.D, St=1)]
        return [0, Dictionary(S=Name.r), *arabic] if body else arabic


def _destination(pages: list[pikepdf.Page], place: Place) -> Array:
    return Array([pages[place.page].obj, Name.XYZ, place.x, place.y, 0])


def _share_streams(pdf: pikepdf.Pdf) -> None:
    """Keep identical pictures once: parts that show the same plate bring it each."""
    kept: dict[bytes, Any] = {}
    twins: dict[tuple[int, int], Any] = {}
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == Name.Image:
            digest = hashlib.sha256(thing.read_raw_bytes()).digest()
            twin = kept.setdefault(digest, thing)
            if twin.objgen != thing.objgen:
                twins[thing.objgen] = twin
    if twins:
        for thing in pdf.objects:
            if isinstance(thing, Dictionary) and isinstance(thing.get("/XObject"), Dictionary):
                for key, picture in list(thing.XObject.items()):
                    if picture.objgen in twins:
                        thing.XObject[key] = twins[picture.objgen]
