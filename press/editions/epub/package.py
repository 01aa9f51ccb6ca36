"""The EPUB as a package: what goes into it, in which order, and the file that holds it."""

from __future__ import annotations

import datetime
import io
import zipfile
import zlib
from functools import cached_property, partial

from ebooklib import epub
from lxml import etree

from press.editions.epub import (
    access,
    cover,
    documents,
    fonts,
    metadata,
    navigation,
    pagebreaks,
    pictures,
    references,
    typography,
)
from press.galleys import Document, Galleys
from press.kept import kept
from press.pagemap import Page, PageMap
from press.styles import Medium, Styles, markup

NAVIGATION = "nav.xhtml"
COVER = "cover.xhtml"
DRAWN_COVER = "cover.jpg"
SHEETS: dict[str, tuple[str, Medium]] = {
    "css/book.css": ("epub/book.css.j2", "light"),
    "css/dark.css": ("epub/dark.css.j2", "dark"),
}
LEVEL = 5  # of zlib: 9 saves 0.6 % of the file and takes three times as long
XHTML_TYPE = "application/xhtml+xml"


class _Kept:
    """What deflates a file of the archive, or did so before: a compressor as zipfile uses it."""

    def compress(self, data: bytes) -> bytes:
        """Return the file deflated, as zipfile's own would."""
        return kept("deflated", (data, LEVEL, zlib.ZLIB_RUNTIME_VERSION), lambda: self._deflated(data))

    def _deflated(self, data: bytes) -> bytes:
        compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return compressor.compress(data) + compressor.flush()

    def flush(self) -> bytes:
        """Return what is left of it: nothing."""
        return b""


class _Archive(zipfile.ZipFile):
    """A zip file in which every time is the book's date, and nothing is of this machine; `mimetype` is stored."""

    def __init__(self, file: io.BytesIO, date: datetime.datetime) -> None:
        super().__init__(file, "w")
        self._stamp = max(date, datetime.datetime(1980, 1, 1)).timetuple()[:6]

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]
        """Add a file."""
        entry = zipfile.ZipInfo(name, self._stamp)
        entry.create_system = 3
        entry.external_attr = 0o644 << 16
        if name == "mimetype":
            super().writestr(entry, data)
            return
        entry.compress_type = zipfile.ZIP_DEFLATED
        content = data.encode() if isinstance(data, str) else data
        entry.file_size = len(content)
        with self.open(entry, "w") as file:
            file._compressor = _Kept()  # type: ignore[attr-defined]
            file.write(content)


class _Writer(epub.EpubWriter):  # type: ignore[misc]
    """EbookLib's writer; it also says in which language the package speaks of the book (EPUB 3.3, 5.4)."""

    def write(self) -> None:
        """Write the archive; EbookLib's own would have the time of day in it."""
        self.out = _Archive(self.file_name, self.options["mtime"])
        self.out.writestr("mimetype", "application/epub+zip")
        self._write_container()
        self._write_opf()
        self._write_items()
        self.out.close()

    def _write_opf_metadata(self, root: etree._Element) -> None:
        root.set(documents.LANGUAGE, self.book.language)
        super()._write_opf_metadata(root)

    def _write_opf_manifest(self, root: etree._Element) -> str | None:
        ncx: str | None = super()._write_opf_manifest(root)
        items = {str(item.get("href")): item for item in root.iter("item")}
        for href, item in items.items():
            if stand_in(href) in items:
                item.set("fallback", str(items[stand_in(href)].get("id")))
        return ncx


def stand_in(drawing: str) -> str:
    """Return the file that shows a drawing in pixels, where a reader refuses the drawing."""
    return f"{drawing}.png"


class Package:
    """One book on its way into an EPUB; with a page map, the pages of the print edition are marked in it."""

    def __init__(self, galleys: Galleys, styles: Styles, pages: PageMap | None = None, workers: int = 1) -> None:
        self.workers = workers  # processes
        self.galleys = galleys
        self.styles = styles
        self.book = galleys.book
        self.pages = pages
        self.parts = {
            document.id: documents.part_of(galleys.tree(document))
            for document in self.book.documents
            if document.page != "contents"
        }
        self.begun: dict[str, list[Page]] = {}  # pages that begin in the contents, by the entry that begins them
        if pages:
            self._number(pages)
        self.pictures: dict[str, bytes] = {}
        self.drawings: set[str] = set()  # those of the pictures that need a stand-in
        self.spine: dict[str, str] = {}  # the documents in reading order
        self.trees: dict[str, etree._Element] = {}  # what is in them, when they are all there
        self.out = epub.EpubBook()

    def pack(self) -> bytes:
        """Return the EPUB; the same galleys and styles give the same bytes."""
        self._add_cover()
        for document in self.book.documents:
            self._add_document(document)
        self._add_navigation()
        self._add_styles()
        self._add_stand_ins()
        for number, (src, content) in enumerate(sorted(self.pictures.items()), start=1):
            if src != self.cover:
                self._add(f"image-{number}", src, pictures.media_type(src), content)
        self._describe()
        buffer = io.BytesIO()
        writer = _Writer(buffer, self.out, {"mtime": self._date, "epub3_pages": False})
        writer.process()
        writer.write()
        return buffer.getvalue()

    @property
    def cover(self) -> str:
        """The file of the cover: the book's own, or one beside the galleys' images for the one that is drawn."""
        return self.book.cover or DRAWN_COVER

    def _number(self, pages: PageMap) -> None:
        """Mark the printed pages in all parts, and give their numbers at references."""
        for document in self.book.documents:
            begun = pagebreaks.by_document(self.book, pages)[document.id]
            if document.page == "contents":
                contents = documents.part_of(self.galleys.tree(document))
                self.begun = navigation.begun_in_contents(contents, begun)
                continue
            part = self.parts[document.id]
            pagebreaks.mark(part, begun, self.page_name)
            references.number(part, document, self.book, pages)

    def page_name(self, page: Page) -> str:
        """Return what a page is called when read aloud: page 87."""
        return self.book.words["page"].replace("{page}", page.folio)

    # Addresses

    def name(self, document: Document) -> str:
        """Return the file of a document; the navigation document takes the place of the page of contents."""
        return NAVIGATION if document.page == "contents" else f"text/{document.file}"

    @cached_property
    def places(self) -> dict[str, str]:
        """Where each id of the book is: a file, and the id in it unless the file begins with it."""
        places: dict[str, str] = {}
        for document in self.book.documents:
            for name in documents.ids(self.parts[document.id]) if document.id in self.parts else ():
                places[name] = f"{self.name(document)}#{name}"
            places[document.id] = self.name(document)
        for page in (page for begun in self.begun.values() for page in begun):
            places[pagebreaks.identifier(page)] = f"{NAVIGATION}#{pagebreaks.identifier(page)}"
        return places

    def address(self, target: str, here: str) -> str:
        """Return the link from the file `here` to the id `target`; ValueError if nothing in the book has that id."""
        place = self.places.get(target)
        if place is None and target in self.book.anchors:
            place = self.places.get(self.book.anchors[target].document)
        if place is None:
            raise ValueError(f"{here}: nothing in the book has the id {target}")
        file, _, fragment = place.partition("#")
        if file == here and fragment:
            return f"#{fragment}"
        return documents.relative(file, here) + (f"#{fragment}" if fragment else "")

    # Contents

    def _add(self, name: str, file: str, media_type: str, content: str | bytes, *properties: str) -> epub.EpubItem:
        """Add a file as it is. EbookLib's own classes for documents would rewrite it, so everything is an EpubItem."""
        data = content.encode() if isinstance(content, str) else content
        item = epub.EpubItem(uid=name, file_name=file, media_type=media_type, content=data)
        item.properties = list(properties)
        return self.out.add_item(item)

    def _frame(self, template: str, here: str, **context: object) -> str:
        """Render the template of a document that lies at `here`."""
        language = {"language": self.book.language, "direction": self.book.direction}
        sheets = [documents.relative(sheet, here) for sheet in SHEETS]
        return self.styles.render(
            f"epub/{template}", **{"book": self.book, "words": self.book.words, "sheets": sheets, **language, **context}
        )

    def _drawn_cover(self) -> bytes:
        art = self.galleys.image(self.book.cover_art) if self.book.cover_art else b""
        return cover.draw(self.book, self.styles, art)

    def _add_cover(self) -> None:
        src = self.cover
        self.pictures[src] = pictures.load(self.galleys, src) if self.book.cover else self._drawn_cover()
        self._add("cover-image", src, pictures.media_type(src), self.pictures[src], "cover-image")
        self.spine[COVER] = self._frame("cover.xhtml.j2", COVER, src=documents.relative(src, COVER))
        self.out.spine.append(self._add("cover", COVER, XHTML_TYPE, self.spine[COVER]))

    def _add_document(self, document: Document) -> None:
        if document.page == "contents":
            self.spine[NAVIGATION] = ""  # it stands here, and is written last
            self.out.spine.append("nav")
            return
        here, part = self.name(document), self.parts[document.id]
        typography.set_breaks(part, self.book.words)
        documents.finish(
            part, self.book.words, lambda target: self.address(target, here), lambda src: self._picture(src, here)
        )
        self.spine[here] = self._frame(
            "document.xhtml.j2",
            here,
            title=document.title,
            matter=document.matter,
            language=document.language,
            direction=document.direction,
            body=markup(documents.serialise(part)),
        )
        item = self._add(f"text-{document.id}", here, XHTML_TYPE, self.spine[here], *documents.properties(part))
        self.out.spine.append(item)

    def _picture(self, src: str, here: str) -> str:
        """Return the link to a picture; a drawing comes with its stand-in.

        The package names the one as the other's fallback (EPUB 3.3, 3.5.1). A <picture> would offer both in place, but
        readers that unpack an EPUB in memory, such as Foliate, show nothing of it.
        """
        if src not in self.pictures:
            self.pictures[src] = pictures.load(self.galleys, src)
        if src.endswith(".svg"):
            self.drawings.add(src)
        return documents.relative(src, here)

    def _add_stand_ins(self) -> None:
        drawings = sorted(self.drawings)
        drawn = pictures.pixels_of([self.pictures[src] for src in drawings], self.workers)
        self.pictures |= zip(map(stand_in, drawings), drawn, strict=True)

    def _add_navigation(self) -> None:
        address = partial(self.address, here="")
        points, pages = navigation.contents(self.book, address), navigation.page_list(self.pages, address)
        self.spine[NAVIGATION] = self._frame(
            "nav.xhtml.j2",
            NAVIGATION,
            points=points,
            landmarks=navigation.landmarks(self.book, COVER, address, f"{NAVIGATION}#page-list" if pages else ""),
            listings=navigation.listings(self.book, self.parts.values(), address),
            pages=pages,
            begun=self.begun,
            page_name=self.page_name,
        )
        self._add("nav", NAVIGATION, XHTML_TYPE, self.spine[NAVIGATION], "nav")
        self.trees = {name: etree.fromstring(content.encode()) for name, content in self.spine.items()}
        wanted = [*navigation.hrefs(points), *(page.href for page in pages)]
        ncx = self.styles.render(
            "epub/toc.ncx.j2",
            book=self.book,
            identifier=self.book.identifiers["epub"],
            points=points,
            pages=pages,
            play=navigation.play_order(self.trees, wanted),
            depth=navigation.depth(points),
        )
        self._add("ncx", "toc.ncx", "application/x-dtbncx+xml", ncx)

    def _add_styles(self) -> None:
        sheets = {
            name: self.styles.css(template, medium, font_file=fonts.file) for name, (template, medium) in SHEETS.items()
        }
        for name, css in sheets.items():
            self._add(name.replace("/", "-"), name, "text/css", css)
        used = [face for face in self.styles.faces if fonts.file(face) in "".join(sheets.values())]
        characters = frozenset("".join(str(text) for part in self.parts.values() for text in part.itertext()))
        characters |= set("".join([*self.book.words.values(), self.book.title, self.book.subtitle]))
        for number, face in enumerate(used, start=1):
            self._add(f"font-{number}", fonts.file(face), "font/ttf", fonts.cut(self.styles.font(face), characters))

    # What is said of it

    def _describe(self) -> None:
        out, book = self.out, self.book
        out.set_identifier(book.identifiers["epub"])
        out.set_language(book.language)
        out.set_direction(book.direction)
        out.title = book.title
        for entry in filter(lambda entry: entry.value, metadata.entries(book, self._access())):
            out.add_metadata(entry.namespace or None, entry.name, entry.value, entry.attributes)
        out.add_metadata(None, "meta", "", {"name": "cover", "content": "cover-image"})

    def _access(self) -> metadata.Access:
        contents = {item.file_name: item.get_content() for item in self.out.get_items()}
        against = access.prove(access.Files(contents, list(self.spine), self.trees))
        pictured = any(documents.images(part) for part in self.parts.values())
        return metadata.Access(pictured, frozenset(claim for claim, found in against.items() if not found))

    @cached_property
    def _date(self) -> datetime.datetime:
        return datetime.datetime.fromisoformat(self.book.date)
