"""The stages for one book, in one process: what has changed is read, the book resolved, a page made when asked for.

The same functions as in a build, with their libraries loaded and a folder of their own, build/preview/. Only the fonts
of the pages are whole, not cut to the letters in use, which would take longer than all else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

from press import book as manifest_file
from press.editions.web import offline, typefaces
from press.editions.web.site import HOME, LIBRARY, MISSING, SCRIPTS, SEARCH, Site
from press.findings import Finding, Refused, named
from press.galleys import Document, Galleys
from press.read.book import read_all
from press.resolve.book import resolve
from press.styles import Styles

Loader = Callable[[], Styles]


class Workshop:
    """A book that is being written. `site` is what could be made of it last, `findings` what is wrong with it now."""

    def __init__(self, folder: Path, styles: Loader) -> None:
        self.folder, self.load_styles = folder, styles
        self.room = folder / "build" / "preview"
        self.styles = styles()
        self.site: Site | None = None
        self.findings: list[Finding] = []
        self.seconds = 0.0
        self._css = ""

    @property
    def galleys(self) -> Path:
        """The folder of the galleys."""
        return self.room / "galleys"

    def update(self, styles_changed: bool = False) -> None:
        """Bring the site to the state of the manuscript; if that has faults, keep the site and tell of them."""
        began = time.perf_counter()
        if styles_changed:
            self.styles = self.load_styles()
        try:
            self._make()
            self.findings = []
        except Refused as refused:
            self.findings = named("resolve", refused.findings)
        except Exception as error:  # the preview outlives whatever a half-written style sheet or template does to it
            self.findings = [Finding("styles", 0, f"{type(error).__name__}: {error}", "edition")]
        self.seconds = time.perf_counter() - began

    def _make(self) -> None:
        names = manifest_file.manuscripts(manifest_file.load(self.folder))
        resolve(self.folder, read_all(self.folder, names, self.room / "read"), self.styles, self.galleys)
        site = Site(Galleys(self.galleys), self.styles)
        self._css = self.styles.css("web/site.css.j2", "light", plates=site.palette)
        site.page(site.pages[0])  # a fault in a template is told now
        self.site = site

    def documents(self) -> list[Document]:
        """Return the parts that an author writes."""
        return [document for document in self.site.pages if document.source] if self.site else []

    def of_source(self, source: str) -> Document | None:
        """Return the part that was made from a manuscript file."""
        return next((document for document in self.documents() if document.source == source), None)

    def of_page(self, name: str) -> Document | None:
        """Return the part whose page of the web edition has this file name."""
        return next((each for each in self.documents() if self.site and quote(self.site.name(each)) == name), None)

    def file(self, name: str) -> str | bytes | None:
        """Return a file of the web edition; None if there is no such file. Nothing is kept for reading offline."""
        site = self.site
        if site is None or name == "manifest.webmanifest":
            return None
        if name == "sw.js":
            return "// The preview keeps nothing.\n"
        name = unquote(name) or HOME
        if name == HOME:
            return site.home()
        if name == SEARCH:
            return site.plain("search", site.book.words["search"], SEARCH)
        for document in site.pages:
            if site.name(document) == name:
                return site.page(document)
        if name == "style.css":
            return self._css + site.plates.css()  # of the drawings on the pages that were asked for so far
        if name in (*SCRIPTS, *LIBRARY):
            return self.styles.find(f"web/{name}").read_bytes()
        if name in {f"fonts/{face.file}" for face in typefaces.used(self.styles, self._css)}:
            return self.styles.find(name).read_bytes()
        if name in site.book.images:
            return site.picture(name)
        return offline.icons(self.styles).get(name)

    def missing(self) -> str:
        """Return the page for what is not there."""
        assert self.site is not None
        return self.site.plain("404", self.site.book.words["missing"], MISSING, root="/web/", url="")
