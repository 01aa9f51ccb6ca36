"""The pages of the web edition, their addresses, and what stands around their text."""

from __future__ import annotations

import copy
import datetime
import hashlib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from lxml import etree
from markupsafe import Markup

from press.editions.web import feeds, offline, typefaces
from press.editions.web import markup as html
from press.editions.web.plates import Sheet, Target, inline
from press.editions.web.search import Passages
from press.galleys import Document, Figure, Galleys
from press.styles import Styles, markup

HOME, SEARCH, MISSING, FEED, SITEMAP = "index.html", "search.html", "404.html", "feed.xml", "sitemap.xml"
DOWNLOADS = "downloads.html"  # made when the other editions are: see downloads.py
CONTENTS, IMPRINT = "contents", "imprint"
COVER = "cover.jpg"  # taken from the finished e-book, along with the downloads
# Generated pages whose substance the home page holds.
ON_HOME = frozenset({"half-title", "title-page", CONTENTS})
SCRIPTS = ("theme.js", "reader.js", "search.js")
LIBRARY = ("lib/minisearch.js", "lib/LICENSE-MiniSearch.txt")


class Neighbour(NamedTuple):
    """A page before or after: where it is, what it is called, and in which language."""

    href: str
    label: str
    title: str
    language: str
    direction: str


class Credit(NamedTuple):
    """What some contributors did, in the book's words, and their names."""

    role: str
    names: list[str]


class Site:
    """The pages of one book and the addresses in it."""

    def __init__(self, galleys: Galleys, styles: Styles) -> None:
        self.galleys = galleys
        self.styles = styles
        self.book = galleys.book
        pages = [document for document in self.book.documents if document.page not in ON_HOME]
        # Whoever opens a book on the web wants to read: the imprint comes last, and every page links to it.
        self.pages = sorted(pages, key=lambda document: document.page == IMPRINT)
        self.palette: dict[str, Any] = styles.tokens.get("plates") or {}
        self.plates = Sheet(self.palette)
        self.pictures: set[str] = set()
        self._part = lru_cache(maxsize=8)(lambda name: html.from_galley(galleys.tree(self.book.document(name))))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file of the site, its name, relative to the site, and its content, when it is made: not kept."""
        digests: dict[str, bytes] = {}
        for name, content in self._kept_offline():
            digests[name] = hashlib.sha256(content).digest()
            yield name, content
        yield "manifest.webmanifest", offline.manifest(self.book, self.styles, HOME).encode()
        yield "sw.js", offline.worker(digests, HOME, self.styles).encode()
        yield FEED, self.feed().encode()
        if self.book.url:
            yield SITEMAP, self.sitemap().encode()
            yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {feeds.absolute(self.book, SITEMAP)}\n".encode()

    def _kept_offline(self) -> Iterator[tuple[str, bytes]]:
        """Yield the files that the service worker keeps: pages first, then what was gathered on the way."""
        passages, letters = Passages(), typefaces.Letters()
        for name, text in self._pages(passages):
            letters.add(text)
            yield name, text.encode()
        yield "passages.js", passages.script().encode()
        for name in (*SCRIPTS, *LIBRARY):
            yield name, self.styles.find(f"web/{name}").read_bytes()
        css = self.styles.css("web/site.css.j2", "light", plates=self.palette)
        yield "style.css", (css + self.plates.css()).encode()
        yield from typefaces.cut(self.styles, css, letters)
        for src in sorted(self.pictures):
            yield src, self.picture(src)
        yield from offline.icons(self.styles).items()

    def _pages(self, passages: Passages) -> Iterator[tuple[str, str]]:
        yield HOME, self.home()
        for document in self.pages:
            yield self.name(document), self.page(document)
            if document.page in ("", "bibliography"):  # other generated pages only lead to what is found by itself
                passages.add(self.part(document), quote(self.name(document)), document)
        yield SEARCH, self.plain("search", self.book.words["search"], SEARCH)
        yield MISSING, self.plain("404", self.book.words["missing"], MISSING, root=self.root, url="")

    def picture(self, src: str) -> bytes:
        """Return a picture; of a drawing the copy with outlined letters, if any: <img> cannot use the site's fonts."""
        path = Path(src)
        outlined = path.with_suffix(f".outlined{path.suffix}")
        return self.galleys.image(str(outlined if (self.galleys.folder / outlined).is_file() else path))

    def part(self, document: Document) -> etree._Element:
        """Return the section of a document as HTML, fresh."""
        return copy.deepcopy(self._part(document.id))

    # Addresses

    def name(self, document: Document) -> str:
        """Return the file name of a document's page."""
        if document.page in ON_HOME:
            return HOME
        name = f"{document.id}.html"
        taken = (HOME, SEARCH, MISSING, DOWNLOADS)
        return f"{document.matter}-{name}" if name.lower() in taken else name

    @cached_property
    def root(self) -> str:
        """The path of the site on its server; empty where nobody knows it. Only the page for what is missing asks."""
        return urlsplit(self.book.url).path.rstrip("/") + "/" if self.book.url else ""

    @cached_property
    def holders(self) -> dict[str, Document]:
        """Which document holds an id, for all ids of the book."""
        return {
            str(name): document
            for document in self.book.documents
            for name in self.galleys.tree(document).xpath("/*/*[local-name() = 'body']/*[1]/descendant-or-self::*/@id")
        }

    def address(self, target: str, here: str) -> str:
        """Return the link from the page `here` to the id `target`; ValueError if no document of the book holds it."""
        document = self.holders.get(target)
        if document is None and target in self.book.anchors:
            document = self.book.document(self.book.anchors[target].document)
            target = document.id
        if document is None:
            raise ValueError(f"{here}: nothing in the book has the id {target}")
        if document.page in ON_HOME:
            return f"{HOME}#{CONTENTS}" if document.page == CONTENTS else HOME
        name = self.name(document)
        if name == here:
            return f"#{quote(target)}"
        return quote(name) if target == document.id else f"{quote(name)}#{quote(target)}"

    def finish(self, part: etree._Element, here: str) -> Markup:
        """Return a part of a galley as it stands on the page `here`."""
        for link in part.iter("a"):
            href = str(link.get("href", ""))
            if href.startswith("#"):
                link.set("href", self.address(href[1:], here))
        for image in list(part.iter("img")):
            html.size_image(image)
            if not self.set_inline(image, here):
                self.pictures.add(str(image.get("src")))
        html.make_tables_scroll(part)
        return markup(html.serialise(part))

    def set_inline(self, image: etree._Element, here: str, prefix: str = "") -> bool:
        """Put a drawing in the place of its image; tell whether it is one in the palette of the plates."""
        src, figure = str(image.get("src")), image.getparent()
        if not (self.palette and src.endswith(".svg")) or figure is None:
            return False
        plate = inline(
            self.galleys.image(src),
            self.plates,
            prefix or str(figure.get("id") or Path(src).stem),
            str(image.get("alt", "")),
            lambda target: Target(self.address(target, here), self.spoken(self.book.document(target))),
            (str(image.get("width")), str(image.get("height"))),
        )
        plate.tail = image.tail
        figure.replace(image, plate)
        return True

    def spoken(self, document: Document) -> str:
        """Return what a link to a part is called where only its picture is seen."""
        return f"{document.label}: {document.title}" if document.label else document.title

    # Pages

    def page(self, document: Document) -> str:
        """Return the page of a document."""
        here = self.name(document)
        part = self.part(document)
        html.ensure_title(part, document.title)
        place = self.pages.index(document)
        return self.render(
            "page",
            here,
            document,
            description=html.shorten(document.subtitle or html.opening(part) or self.book.description),
            body=self.finish(part, here),
            shared=[self.shared(name, document) for name in self.book.shared if document.type == "chapter"],
            previous=self.neighbour(place - 1),
            next=self.neighbour(place + 1),
            data=markup(feeds.script(feeds.of_part(self.book, document, quote(here)))),
        )

    def home(self) -> str:
        """Return the home page: the title page, the finder and the contents."""
        return self.render(
            "index",
            HOME,
            description=html.shorten(self.book.description),
            contents=self.contents(),
            finder=self.finder(),
            credits=self.credits(),
            start=self.neighbour(0),
            data=markup(feeds.script(feeds.of_book(self.book))),
        )

    def plain(self, template: str, title: str, here: str, **context: Any) -> str:
        """Return a page that is no part of the book."""
        description = html.shorten(f"{title}. {self.book.description}")
        return self.render(template, here, title=title, description=description, **context)

    def render(self, template: str, here: str, current: Document | None = None, **context: Any) -> str:
        """Return the page `here` from its template, with what every page has around its text."""
        frame = {
            "book": self.book,
            "words": self.book.words,
            "current": current,
            "here": here,
            "root": "",
            "home": HOME,
            "search": SEARCH,
            "downloads": DOWNLOADS,
            "news": FEED,
            "imprint": next((quote(self.name(document)) for document in self.pages if document.page == IMPRINT), ""),
            "pages": [(quote(self.name(document)), document) for document in self.pages],
            "language": current.language if current else self.book.language,
            "direction": current.direction if current else self.book.direction,
            "edition": self.edition(),
            "paper": self.styles.tokens["colours"]["paper"],
            "preload": typefaces.first(self.styles),
            "url": feeds.absolute(self.book, "" if here == HOME else quote(here)) if self.book.url else "",
            "face": feeds.absolute(self.book, COVER) if self.book.url else "",
            "previous": None,
            "next": None,
            "data": "",
            "digest": feeds.digest(context.get("data", "")),
        }
        return self.styles.render(f"web/{template}.html.j2", **frame | context)

    def neighbour(self, place: int) -> Neighbour | None:
        """Return the page at a place of the reading order, None past its end; before the first lies the home page."""
        if place < 0:
            return Neighbour(HOME, "", self.book.title, self.book.language, self.book.direction)
        if place >= len(self.pages):
            return None
        document = self.pages[place]
        return Neighbour(
            quote(self.name(document)), document.label, document.title, document.language, document.direction
        )

    def contents(self) -> Markup | None:
        """Return the list of contents that the galleys hold, None if the book has no page of contents."""
        for document in self.book.documents:
            navigation = self.part(document).find(".//nav") if document.page == CONTENTS else None
            if navigation is not None and (entries := copy.deepcopy(navigation.find("ol"))) is not None:
                for item in list(entries.iter("li")):
                    link = item.find(".//a")
                    if link is not None and self.address(str(link.get("href"))[1:], "").startswith(HOME):
                        html.remove(item)
                return self.finish(entries, HOME)
        return None

    def finder(self) -> Markup | None:
        """Return the first plate of the book that leads to its parts, for the home page; None if there is none."""
        for figure in self.book.figures:
            if self.palette and figure.src.endswith(".svg") and b"data-target" in self.galleys.image(figure.src):
                return markup(html.serialise(self._alone(figure)))
        return None

    def _alone(self, figure: Figure) -> etree._Element:
        """Return the plate of a figure without its caption."""
        for image in self.part(self.book.document(figure.document)).iter("img"):
            if image.get("src") == figure.src:
                copied = copy.deepcopy(image)
                holder = etree.Element("div", {"class": "finder-plate"})
                holder.append(copied)
                copied.tail = None
                html.size_image(copied)
                self.set_inline(copied, HOME, "finder")
                return holder
        raise KeyError(figure.id)

    def shared(self, name: str, reader: Document) -> Markup:
        """Return what chapters repeat at their foot: the document `name`, with the page of `reader` marked in it."""
        part = self.part(self.book.document(name))
        heading = html.subordinate(part, f"shared-{name}")
        part.set("class", "shared")
        if heading is not None:
            part.set("aria-labelledby", heading)
        for item in part.iter("li"):
            if item.get("data-target") == reader.id:
                html.mark_current(item, self.book.words["here"])
        return self.finish(part, self.name(reader))

    # What is said of the book

    def feed(self) -> str:
        """Return the Atom feed of what is new (RFC 4287)."""
        entries = feeds.news(self.book, lambda document: quote(self.name(document)))
        return self.styles.render(
            "web/feed.xml.j2",
            book=self.book,
            words=self.book.words,
            entries=entries,
            updated=max([self.book.date, *(entry.date for entry in entries)]),
            home=feeds.absolute(self.book, HOME),
            here=feeds.absolute(self.book, FEED),
        )

    def sitemap(self) -> str:
        """Return the sitemap of a book whose address is known."""
        pages = [(HOME, self.book.date)]
        pages += [
            (quote(self.name(document)), document.updates[0].date if document.updates else self.book.date)
            for document in self.pages
        ]
        pages.append((DOWNLOADS, self.book.date))
        return self.styles.render(
            "web/sitemap.xml.j2",
            pages=[("" if name == HOME else name, date) for name, date in pages],
            root=feeds.absolute(self.book, ""),
        )

    def credits(self) -> list[Credit]:
        """Return the contributors by what they did, in the order of the book."""
        names: dict[str, list[str]] = {}
        for contributor in self.book.contributors:
            names.setdefault(contributor.role, []).append(contributor.name)
        return [Credit(self.book.words.get(f"role-{role}", role), them) for role, them in names.items()]

    def edition(self) -> str:
        """Return the line that says which edition this is."""
        words, day = self.book.words, datetime.date.fromisoformat(self.book.date)
        date = words["date"].format(day=day.day, month=words["months"].split()[day.month - 1], year=day.year)
        return words["edition"].format(edition=self.book.edition, version=self.book.version, date=date)
