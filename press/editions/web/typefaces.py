"""The fonts of the site: the faces that its style sheet names, each cut down to the characters that the site shows."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from press import fonts
from press.galleys import Face
from press.styles import Styles

# The figures and joins that the style sheet asks for, and what a script needs to be set right.
FEATURES = "onum lnum pnum tnum kern liga ccmp locl calt mark mkmk rlig init medi fina"
# What is set in the face for titles.
TITLES = "//h1//text() | //h2//text() | //*[contains(@class, 'numeral')]//text()"
_titles = etree.XPath(TITLES, smart_strings=False)
# What a reader may type into the search, and what scripts write.
TYPED = frozenset(chr(code) for code in range(0x20, 0x7F)) | frozenset("…–—‘’“”·×−+")


def used(styles: Styles, css: str) -> list[Face]:
    """Return the faces that the style sheet names."""
    return [face for face in styles.faces if f"fonts/{face.file}" in css]


class Letters:
    """What the pages of a site are written with: all characters, and those of its titles."""

    def __init__(self) -> None:
        self.text: set[str] = set(TYPED)
        self.titles: set[str] = set("0123456789.… ")

    def add(self, page: str) -> None:
        """Add the characters of a page, which is HTML."""
        self.text.update(page)
        self.titles.update(*_titles(etree.fromstring(page, etree.HTMLParser())))


def cut(styles: Styles, css: str, letters: Letters) -> Iterator[tuple[str, bytes]]:
    """Yield the font files of a site, name and content, cut to the characters of its pages; for titles to theirs."""
    display = styles.tokens["type"]["display"]
    for face in used(styles, css):
        characters = frozenset(letters.titles if face.family == display else letters.text)
        yield f"fonts/{face.file}", fonts.cut(styles.font(face), characters, FEATURES)


def first(styles: Styles) -> list[str]:
    """Return the files of the faces that a page shows before it is scrolled: they are fetched along with the page."""
    voices = styles.tokens["type"]
    wanted = [(voices["text"], 400, "normal"), (voices["text"], 400, "italic"), (voices["text"], 600, "normal")]
    wanted += [(voices["display"], 300, "normal"), (voices["sans"], 400, "normal"), (voices["sans"], 600, "normal")]
    return [face.file for face in styles.faces if (face.family, face.weight, face.style) in wanted]
