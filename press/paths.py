"""Where the files of a book lie: all that is made, below the `build/` of its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# What is made of a book of a house, each of what stands before it.
GOALS = ("editions", "large", "check", "release")


@dataclass
class Paths:
    """The files of the book in `folder`, whose name in files is `slug`."""

    folder: Path
    slug: str

    @property
    def build(self) -> Path:
        """The folder of all that is made."""
        return self.folder / "build"

    @property
    def galleys(self) -> Path:
        """The galleys' book.json."""
        return self.build / "galleys" / "book.json"

    def sheets(self, layout: str = "book") -> Path:
        """The folder of the sheets in a layout."""
        return self.build / "sheets" / layout

    @property
    def pages(self) -> Path:
        """The page map."""
        return self.sheets() / "pages.json"

    @property
    def pages_large(self) -> Path:
        """The page map of large print."""
        return self.sheets("large") / "pages.json"

    @property
    def epub(self) -> Path:
        """The EPUB."""
        return self.build / f"{self.slug}.epub"

    @property
    def pdf(self) -> Path:
        """The PDF for screens."""
        return self.build / f"{self.slug}.pdf"

    @property
    def large(self) -> Path:
        """The PDF in large print."""
        return self.build / f"{self.slug}-large.pdf"

    @property
    def print(self) -> Path:
        """The PDF for the printer."""
        return self.build / f"{self.slug}-print.pdf"

    @property
    def cover(self) -> Path:
        """The cover for the printer."""
        return self.build / f"{self.slug}-cover.pdf"

    @property
    def docx(self) -> Path:
        """The editor's copy."""
        return self.build / f"{self.slug}.docx"

    @property
    def html(self) -> Path:
        """The home page of the web edition."""
        return self.build / "html" / "index.html"

    @property
    def downloads(self) -> Path:
        """The page of the web edition that offers the others."""
        return self.build / "html" / "downloads.html"

    @property
    def card(self) -> Path:
        """The preflight card, as JSON."""
        return self.build / "preflight.json"

    @property
    def record(self) -> Path:
        """What a check looked at."""
        return self.build / "check" / "record.json"

    @property
    def findings(self) -> Path:
        """What it found."""
        return self.build / "check" / "findings.json"

    @property
    def release(self) -> Path:
        """The folder of the release."""
        return self.build / "release"
