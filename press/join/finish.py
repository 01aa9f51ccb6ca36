"""What an edition makes of the parts, and of the file that they are joined to."""

from __future__ import annotations

from functools import cached_property

import pikepdf

from press.findings import Finding


def blanks(pages: int, signature: int) -> int:
    """Return how many blank pages follow `pages` so that whole signatures come out."""
    return -pages % signature


class Finish:
    """A finish that leaves everything as it was typeset; those of the editions are made of it."""

    version = "1.7"  # of PDF
    for_screens = True  # with tags, links and bookmarks
    signature = 1  # the number of pages is a multiple of it

    @cached_property
    def made_of(self) -> str:
        """What tells a finished part from one that was finished in another way; see `press.kept`."""
        return "as typeset"

    def part(self, pdf: pikepdf.Pdf, first: int) -> list[Finding]:
        """Finish a part in place, whose first page is sheet `first` of the book. Return what is wrong with it."""
        return []

    def frame(self, pdf: pikepdf.Pdf) -> None:
        """Put into the catalog of a PDF without pages what the whole file declares; describe it in its metadata."""
