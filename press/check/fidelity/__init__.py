"""Fidelity: the same words everywhere.

Every word that the author wrote has to stand in every edition, once and in order, with notes and captions:
the manuscript is compared with the galleys, the galleys with what is read back from each edition. A note has its number
and its place everywhere, in print on the page of its call; a box that the book names (`prose: boxes:` in book.yaml)
stands whole before the technique that it warns of. The pages that an EPUB claims are those of the PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from press.check.fidelity import dom, expected, manuscript, paging, printed, tagged
from press.check.fidelity.compare import Comparison, Placed, Tally
from press.findings import Finding
from press.galleys import Galleys
from press.prose import Prose
from press.styles import Styles


@dataclass(frozen=True)
class Compared:
    """An edition, by its file, and the outcome."""

    name: str
    tally: Tally


class Editions:
    """Compares the editions of a book; each is read once."""

    def __init__(self, folder: Path, galleys: Galleys, prose: Prose | None) -> None:
        self.folder = folder
        self.book = galleys.book
        self.galleys = galleys
        self.texts = expected.texts(galleys, prose, floating=False)
        self.floating = expected.texts(galleys, prose, floating=True)
        self._pairs = tagged.pairs_of(self.floating)
        self._screen: tuple[Path, list[Placed]] | None = None

    def compare(self, editions: list[Path]) -> list[Compared]:
        """Compare the manuscript with the galleys, and these with the editions, screen PDF before print PDF.

        The cover for the printer holds no galley, so there is nothing to compare it with.
        """
        done = [Compared("galleys", manuscript.compare(self.folder, self.galleys))]
        editions = [path for path in editions if path.name != f"{self.book.slug}-cover.pdf"]
        for path in sorted(editions, key=self._turn):
            done.append(Compared(path.parent.name if path.suffix == ".html" else path.name, self._compare(path)))
        return done

    def _turn(self, path: Path) -> int:
        """The PDF for screens comes first, as it tells on which pages words stand; the print PDF comes last."""
        return {f"{self.book.slug}.pdf": -1, f"{self.book.slug}-print.pdf": 1}.get(path.name, 0)

    def _compare(self, path: Path) -> Tally:
        if path.suffix == ".epub":
            tally = dom.epub(path, self.texts, self.book)
            if self._screen:
                tally.findings += paging.compare(path, *self._screen, self.book)
            return tally
        if path.suffix == ".html":
            return dom.web(path, self.texts, self.book)
        try:
            found = self._print(path) if path.name == f"{self.book.slug}-print.pdf" else self._tagged(path)
        except ValueError as error:
            return Tally(findings=[Finding(path.name, 0, f"not compared: {error}")])
        return Comparison(self.floating, found, path.name, self.book.words["page"], numbered=True).tally()

    def _tagged(self, path: Path) -> list[Placed]:
        found = tagged.read(path, self._pairs)
        if path.stem == self.book.slug:
            self._screen = path, found
        return found

    def _print(self, path: Path) -> list[Placed]:
        if self._screen is None:
            raise ValueError("the print PDF has no tags; give the PDF for screens too, which shares its pages")
        return printed.follow(path, *self._screen)


def report(compared: list[Compared], galleys: Galleys, styles: Styles) -> str:
    """Return the outcome as a page to read (HTML)."""
    return styles.render("check/fidelity.html.j2", book=galleys.book, compared=compared)
