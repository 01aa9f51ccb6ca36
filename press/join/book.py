"""The book: parts, as they come, become one PDF, and what leads through it is written last."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from press import files
from press.findings import Finding, Refused
from press.galleys import Book
from press.join.finish import Finish, blanks
from press.join.fonts import Faces
from press.join.outline import array, destination, destinations, outline
from press.join.part import Ready, Run, make_ahead
from press.join.writer import Writer
from press.pagemap import PageMap
from press.pdfs import LEVEL
from press.sheets.model import Bookmark, first

# References in an object as QPDF writes it; in literal strings there are none.
_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|\b(\d+) 0 R\b", re.S)


def join(sheets: Path, book: Book, finish: Finish, output: Path, workers: int = 1) -> int:
    """Write the parts in the folder `sheets` as one PDF with this finish; return the number of its pages.

    Parts that are not kept are finished on so many processes. Raises Refused with the findings of all parts, for a page
    number that could not be set, and for a link that leads nowhere.
    """
    pages = PageMap.model_validate_json((sheets / "pages.json").read_bytes())
    parts = list(_parts(sheets, book, pages, finish))
    make_ahead(parts, workers)
    findings: list[Finding] = []
    with files.opened(output) as file:
        joiner = _Joiner(Writer(file, finish.version), finish)
        for part in parts:
            try:
                joiner.add(part)
            except Refused as refused:
                findings += refused.findings
        if findings:
            raise Refused(findings)
        return joiner.close(book, pages)


def _parts(sheets: Path, book: Book, pages: PageMap, finish: Finish) -> Iterator[Ready]:
    """Yield the parts in order, as they go into the book."""
    at = 0
    for document in book.documents:
        part = first(sheets / "parts" / f"{document.id}.json")
        padded = pages.pages[at].document != document.id
        end = at + padded + len(part.leaves)
        after = blanks(end, finish.signature) if end == len(pages.pages) else 0
        yield Ready(sheets, part, Run(pages.pages[at:end], padded, after), pages, finish)
        at = end


class _Joiner:
    """Writes the parts in order; of each it keeps the numbers of its pages and where its ids stand."""

    def __init__(self, writer: Writer, finish: Finish) -> None:
        self.writer, self.finish = writer, finish
        self.frame = pikepdf.new()  # what belongs to no part
        self.faces = Faces(self.frame)
        self.root, self.kids, self.tree, self.top = (writer.number() for _ in range(4))
        self.pages: list[int] = []
        self.outline: list[tuple[Bookmark, list[int]]] = []
        self.fonts: dict[str, int] = {}
        self.targets: dict[str, bytes] = {}
        self.links: dict[str, None] = {}
        self.tags: list[int] = []  # below the document's
        self.keys: list[bytes] = []  # of the parent tree: key and value by turns
        self.next_key = 0
        self.shared: dict[bytes, int] = {}  # what was written and may be shown again, by its digest

    def add(self, ready: Ready) -> None:
        """Write the pages of one part, and what hangs on them."""
        part = ready.part
        with pikepdf.open(io.BytesIO(ready.pdf())) as pdf:
            things = list(pdf.objects)
            given = {_number(pdf.Root): self.root, _number(pdf.Root.Pages): self.kids}
            for face, fonts in self.faces.take(things).items():
                number = self.fonts.setdefault(face, self.fonts.get(face) or self.writer.number())
                given |= dict.fromkeys(fonts, number)
            if self.finish.for_screens:
                tree = pdf.Root.StructTreeRoot
                given |= {_number(tree): self.tree, _number(tree.K[0]): self.top, _number(tree.ParentTree): self.tree}
                self._count_keys(pdf)
            numbers = self._write(things, given, set(given))
            pages = [numbers[_number(page.obj)] for page in pdf.pages]
            if self.finish.for_screens:
                self._take_tags(pdf.Root.StructTreeRoot, numbers)
        self.pages += pages
        own = pages[ready.run.padded :]
        for name, place in part.anchors.items():
            self.targets.setdefault(name, destination(own, place))
        self.outline += [(bookmark, own) for bookmark in part.bookmarks]

    def _count_keys(self, pdf: pikepdf.Pdf) -> None:
        """Count the keys of a part in the parent tree on (ISO 32000-1, 14.7.4.4); note where its links lead."""
        for page in pdf.pages:
            for key, things in (("/StructParents", [page.obj]), ("/StructParent", page.obj.get("/Annots", ()))):
                for thing in things:
                    if key in thing:
                        thing[key] = self.next_key + int(thing[key])
            for annotation in page.obj.get("/Annots", ()):
                if isinstance(annotation.get("/Dest"), String):
                    self.links[str(annotation.Dest)] = None

    def _take_tags(self, tree: Any, numbers: Mapping[int, int]) -> None:
        entries = list(tree.ParentTree.Nums)
        for key, value in zip(entries[::2], entries[1::2], strict=True):
            self.keys += [b"%d" % (self.next_key + int(key)), _renumbered(value.unparse(), numbers)]
        self.next_key += max(int(key) for key in entries[::2]) + 1
        self.tags += [numbers[element.objgen[0]] for element in tree.K[0].K]

    def _write(self, things: Iterable[Any], given: Mapping[int, int], left: Collection[int]) -> dict[int, int]:
        """Write objects, but for those that are `left` out; return the numbers of all.

        Some have theirs `given`; identical pictures are written once: parts that show the same plate bring it each.
        """
        numbers: dict[int, int] = dict(given)
        new: list[tuple[Any, bytes]] = []  # what is to be written, as its part has it
        for thing in things:
            if (name := _number(thing)) in left:
                continue
            is_stream = isinstance(thing, Stream)
            entry = (thing.stream_dict if is_stream else thing).unparse(resolved=True)
            if digest := _digest(thing, is_stream, entry):
                if digest in self.shared:
                    numbers[name] = self.shared[digest]
                    continue
                self.shared[digest] = numbers[name] = self.writer.number()
            elif name not in numbers:
                numbers[name] = self.writer.number()
            new.append((thing, entry))
        for thing, entry in new:
            if isinstance(thing, Stream):
                self.writer.put_stream(numbers[_number(thing)], _renumbered(entry, numbers), thing.read_raw_bytes())
            else:
                self.writer.put(numbers[_number(thing)], _renumbered(entry, numbers))
        return numbers

    def close(self, book: Book, pages: PageMap) -> int:
        """Write what leads through the book, and what belongs to all of it; return the number of its pages."""
        if astray := [name for name in self.links if name not in self.targets]:
            raise Refused(Finding("book.yaml", 0, f"a link leads to #{name}, which is on no page") for name in astray)
        frame, root = self.frame, self.frame.Root
        root.Lang = String(book.language)
        root.PageLabels = Dictionary(Nums=Array(_labels(pages)))
        self.finish.frame(frame)
        info = frame.docinfo  # made by this, if need be
        given = {_number(root): self.root, _number(root.Pages): self.kids}
        if self.finish.for_screens:
            root.MarkInfo = Dictionary(Marked=True)
            root.StructTreeRoot, root.Outlines, dests = (frame.make_indirect(Dictionary()) for _ in range(3))
            root.Names = Dictionary(Dests=dests)
            given |= {_number(root.StructTreeRoot): self.tree}
            given |= {_number(root.Outlines): outline(self.writer, self.outline)}
            given |= {_number(dests): destinations(self.writer, self.targets)}
            self._put_tags()
        left = set(given) - {_number(root)}
        given |= {number: self.fonts[face] for face, number in self.faces.unite().items()}
        _pack(frame)
        numbers = self._write(frame.objects, given, left)
        self.writer.put(self.kids, b"<< /Type /Pages /Count %d /Kids %b >>" % (len(self.pages), array(self.pages)))
        self.writer.close(self.root, numbers[_number(info)])
        return len(self.pages)

    def _put_tags(self) -> None:
        """Write the roots of the structure: the tree, with the parent tree, and the document (ISO 32000-1, 14.7.2)."""
        self.writer.put(
            self.tree,
            b"<< /Type /StructTreeRoot /K [%d 0 R] /ParentTree << /Nums [%b] >> /ParentTreeNextKey %d >>"
            % (self.top, b" ".join(self.keys), self.next_key),
        )
        document = b"<< /Type /StructElem /S /Document /P %d 0 R /K %b >>"
        self.writer.put(self.top, document % (self.tree, array(self.tags)))


def _number(thing: Any) -> int:
    number: int = thing.objgen[0]
    return number


def _renumbered(data: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return an object with the numbers that what it refers to has in the book."""
    return _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])] if found[1] else found[0], data)


def _pack(pdf: pikepdf.Pdf) -> None:
    """Compress the streams of a PDF, but for its metadata, which a reader may look for without reading the file."""
    for thing in pdf.objects:
        if isinstance(thing, Stream) and "/Filter" not in thing and thing.get("/Type") != Name.Metadata:
            thing.write(zlib.compress(thing.read_bytes(), LEVEL), filter=Name.FlateDecode)


def _digest(thing: Any, is_stream: bool, entry: bytes) -> bytes:
    """Return what tells a picture or a graphics state from others; nothing for all else."""
    if is_stream and thing.get("/Subtype") == Name.Image:
        return hashlib.sha256(thing.read_raw_bytes()).digest()
    return hashlib.sha256(entry).digest() if b"/Type /ExtGState" in entry else b""


def _labels(pages: PageMap) -> list[Any]:
    """Return the page labels: roman in the front matter, arabic from there on (ISO 32000-1, 12.4.2)."""
    body = next(number for number, page in enumerate(pages.pages) if page.folio.isdecimal())
    arabic = [body, Dictionary(S=Name.D, St=1)]
    return [0, Dictionary(S=Name.r), *arabic] if body else arabic
