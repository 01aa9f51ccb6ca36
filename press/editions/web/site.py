"""The pages of the web edition, their addresses, and what stands around their text."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from lxml import etree
from markupsafe import Markup

from press.editions.web import markup as html
from press.galleys import Document, Galleys
from press.styles import Styles, markup

HOME = "index.html"
CONTENTS = "contents"
IMPRINT = "imprint"
# Generated pages whose substance the home page holds.
ON_HOME = frozenset({"half-title", "title-page", CONTENTS})


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
        self.parts = {document.id: html.from_galley(galleys.tree(document)) for document in self.book.documents}
        pages = [document for document in self.book.documents if document.page not in ON_HOME]
        # Whoever opens a book on the web wants to read: the imprint comes last, and every page links to it.
        self.pages = sorted(pages, key=lambda document: document.page == IMPRINT)
        self.css = styles.css("web/site.css.j2", "light")
        self.pictures: set[str] = set()

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """Yield each file of the site: its name, relative to the site, and its content."""
        yield HOME, self.home()
        for document in self.pages:
            yield self.name(document), self.page(document)
        yield "style.css", self.css
        for face in self.styles.faces:
            if f"fonts/{face.file}" in self.css:
                yield f"fonts/{face.file}", self.styles.font(face).read_bytes()
        for src in sorted(self.pictures):
            yield src, self.picture(src)

    def picture(self, src: str) -> bytes:
        """Return a picture; of a drawing the copy with outlined letters, if any: <img> cannot use the site's fonts."""
        path = Path(src)
        outlined = path.with_suffix(f".outlined{path.suffix}")
        return self.galleys.image(str(outlined if (self.galleys.folder / outlined).is_file() else path))

    # Addresses

    def name(self, document: Document) -> str:
        """Return the file name of a document's page."""
        if document.page in ON_HOME:
            return HOME
        name = f"{document.id}.html"
        return f"{document.matter}-{name}" if name.lower() == HOME else name

    @cached_property
    def holders(self) -> dict[str, Document]:
        """Which document holds an id, for all ids of the book."""
        return {
            str(element.get("id")): document
            for document in self.book.documents
            for element in self.parts[document.id].iter("*")
            if "id" in element.attrib
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
        for image in part.iter("img"):
            self.pictures.add(str(image.get("src")))
            html.size_image(image)
        html.make_tables_scroll(part)
        return markup(html.serialise(part))

    # Pages

    def page(self, document: Document) -> str:
        """Return the page of a document."""
        here = self.name(document)
        part = copy.deepcopy(self.parts[document.id])
        html.ensure_title(part, document.title)
        place = self.pages.index(document)
        return self.styles.render(
            "web/page.html.j2",
            description=html.shorten(document.subtitle or html.opening(part) or self.book.description),
            body=self.finish(part, here),
            shared=[self.shared(name, document) for name in self.book.shared if document.type == "chapter"],
            previous=self.neighbour(place - 1),
            next=self.neighbour(place + 1),
            **self.frame(document),
        )

    def home(self) -> str:
        """Return the home page: the title page and the contents."""
        return self.styles.render(
            "web/index.html.j2",
            description=html.shorten(self.book.description),
            contents=self.contents(),
            credits=self.credits(),
            start=self.neighbour(0),
            previous=None,
            next=None,
            **self.frame(None),
        )

    def frame(self, current: Document | None) -> dict[str, Any]:
        """Return what every page has around its text."""
        text = (self.styles.tokens["type"]["text"], 400, "normal")
        return {
            "book": self.book,
            "words": self.book.words,
            "current": current,
            "home": HOME,
            "imprint": next((quote(self.name(document)) for document in self.pages if document.page == IMPRINT), ""),
            "pages": [(quote(self.name(document)), document) for document in self.pages],
            "language": current.language if current else self.book.language,
            "direction": current.direction if current else self.book.direction,
            "edition": self.edition(),
            "paper": self.styles.tokens["colours"]["paper"],
            "icon": self.icon,
            "preload": [f.file for f in self.styles.faces if (f.family, f.weight, f.style) == text],
        }

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
            navigation = self.parts[document.id].find(".//nav") if document.page == CONTENTS else None
            if navigation is not None and (entries := copy.deepcopy(navigation.find("ol"))) is not None:
                for item in list(entries.iter("li")):
                    link = item.find(".//a")
                    if link is not None and self.address(str(link.get("href"))[1:], "").startswith(HOME):
                        html.remove(item)
                return self.finish(entries, HOME)
        return None

    def shared(self, name: str, reader: Document) -> Markup:
        """Return what chapters repeat at their foot: the document `name`, with the page of `reader` marked in it."""
        part = copy.deepcopy(self.parts[name])
        heading = html.subordinate(part, f"shared-{name}")
        part.set("class", "shared")
        if heading is not None:
            part.set("aria-labelledby", heading)
        for item in part.iter("li"):
            if item.get("data-target") == reader.id:
                html.mark_current(item, self.book.words["here"])
        return self.finish(part, self.name(reader))

    # What is said of the book

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

    @cached_property
    def icon(self) -> str:
        """The site's icon as a data address."""
        drawing = self.styles.render("web/icon.svg.j2", colours=self.styles.tokens["colours"])
        return "data:image/svg+xml," + quote(re.sub(r"\s*\n\s*", "", drawing), safe=" =:/'(){};,.")
