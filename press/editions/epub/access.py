"""What is true of the finished EPUB's accessibility: each claim of the metadata rests on a check made here.

The checks read the files as they are packed, so the build and `press check` make the same ones. Each gives what speaks
against its claim; nothing means that the claim is proved (EPUB Accessibility 1.1; the numbers are those of WCAG 2.2).
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

from press.editions.epub import documents, pictures
from press.galleys import EPUB, NAMESPACES
from press.styles import contrast

ROOT = "EPUB/"  # where the package lies in the archive
ENOUGH = 4.5  # contrast of text to its ground (1.4.3)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
TYPE = f"{{{EPUB}}}type"


@dataclass
class Files:
    """The files of a package by name, the names of the spine's documents in order, and these as trees."""

    contents: Mapping[str, bytes]
    spine: list[str]
    trees: Mapping[str, etree._Element] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trees = self.trees or {name: etree.fromstring(self.contents[name]) for name in self.spine}

    def ending(self, *suffixes: str) -> dict[str, bytes]:
        """Return the files whose names end so."""
        return {name: data for name, data in self.contents.items() if PurePosixPath(name).suffix in suffixes}

    def navigation(self, kind: str) -> list[str]:
        """Return the targets of a list of the navigation document, by names from the root of the package."""
        for name, content in self.ending(".xhtml").items():
            if name.endswith("nav.xhtml"):
                root = etree.fromstring(content)
                links = root.iterfind(f".//h:nav[@epub:type='{kind}']//h:a", NAMESPACES)
                return [documents.absolute(str(link.get("href")), name) for link in links]
        return []


def unpack(edition: Path) -> tuple[etree._Element, Files]:
    """Return the package document of an EPUB, and its files."""
    with zipfile.ZipFile(edition) as archive:
        contents = {name.removeprefix(ROOT): archive.read(name) for name in archive.namelist() if name.startswith(ROOT)}
    package = etree.fromstring(contents["content.opf"])
    names = {str(item.get("id")): str(item.get("href")) for item in package.iterfind(".//{*}item")}
    return package, Files(contents, [names[str(item.get("idref"))] for item in package.iterfind(".//{*}itemref")])


def prove(files: Files) -> dict[str, list[str]]:
    """Return for every claim what speaks against it, as messages; an empty list means that it is proved."""
    return {claim: list(check(files)) for claim, check in CHECKS.items()}


def _described(files: Files) -> Iterator[str]:
    """Every picture has a description that is not its caption (1.1.1)."""
    for name, tree in files.trees.items():
        for image in documents.images(tree):
            alt = " ".join(str(image.get("alt", "")).split())
            figure = next(image.iterancestors("{*}figure"), None)
            caption = None if figure is None else figure.find("h:figcaption", NAMESPACES)
            if not alt:
                yield f"{name}: {image.get('src')} has no description"
            elif caption is not None and alt == _said(caption):
                yield f"{name}: the description of {image.get('src')} is its caption"


def _in_language(files: Files) -> Iterator[str]:
    """Every document names its language, in both spellings alike, and has a title (3.1.1, 2.4.2)."""
    for name, tree in files.trees.items():
        if not tree.get("lang") or tree.get("lang") != tree.get(documents.LANGUAGE):
            yield f"{name}: its language is not named"
        title = tree.find("h:head/h:title", NAMESPACES)
        if title is None or not _said(title):
            yield f"{name}: it has no title"


def _structured(files: Files) -> Iterator[str]:
    """Headings follow each other without a gap in their levels (1.3.1)."""
    for name, tree in files.trees.items():
        level = 0
        for heading in tree.iter(*(f"{{*}}{one}" for one in HEADINGS)):
            new = int(etree.QName(heading).localname[1])
            if new > level + 1:
                yield f"{name}: '{_said(heading)}' skips a level"
            level = new


def _ordered(files: Files) -> Iterator[str]:
    """The table of contents leads through the book in its reading order, and leaves out no document with a heading."""
    places = {
        target: number
        for number, target in enumerate(
            one
            for name, tree in files.trees.items()
            for one in (name, *(f"{name}#{identifier}" for identifier in tree.xpath("//@id")))
        )
    }
    last = -1
    targets = files.navigation("toc")
    if not targets:
        yield "there is no table of contents"
    for target in targets:
        if places.get(target, -1) <= last:
            yield f"the table of contents leads to {target} out of order, or to nowhere"
        last = places.get(target, last)


def _paged(files: Files) -> Iterator[str]:
    """The list of pages leads to every page marker, in the order in which they stand."""
    markers = [
        f"{name}#{marker.get('id')}"
        for name, tree in files.trees.items()
        for marker in tree.xpath("//*[@role='doc-pagebreak']")
    ]
    if not markers:
        yield "no page is marked"
    if markers != files.navigation("page-list"):
        yield "the list of pages is not that of the markers"


def _indexed(files: Files) -> Iterator[str]:
    """There is an index, and each of its locators leads to a place in the book."""
    ids = {f"{name}#{one}" for name, tree in files.trees.items() for one in tree.xpath("//@id")} | set(files.spine)
    locators = [
        documents.absolute(str(link.get("href")), name)
        for name, tree in files.trees.items()
        for link in tree.xpath("//*[contains(@class, 'locator')]")
    ]
    if not locators:
        yield "there is no index"
    yield from (f"the index leads to {target}, which is nowhere" for target in locators if target not in ids)


def _legible(files: Files) -> Iterator[str]:
    """Text stands out from every ground that a style sheet sets, by day and by night (1.4.3)."""
    for name, content in files.ending(".svg").items():
        if b"prefers-color-scheme" in content:
            yield f"{name}: it follows the system's colours, and not the page's"
    for name, content in files.ending(".css").items():
        css = content.decode()
        grounds = set(re.findall(r"background-color:\s*(#[0-9a-f]{6})", css))
        if "prefers-color-scheme" not in css:
            grounds.add("#ffffff")
        for ink in sorted(set(re.findall(r"(?<![-\w])color:\s*(#[0-9a-f]{6})", css))):
            for ground in sorted(grounds):
                if (ratio := contrast(ink, ground)) < ENOUGH:
                    yield f"{name}: {ink} on {ground} has a contrast of {ratio:.2f}"


def _transformable(files: Files) -> Iterator[str]:
    """Readers may set size, face, spacing and colours: no size of type is fixed, nothing insists (1.4.4, 1.4.12)."""
    fixed = re.compile(rb"font-size:\s*[\d.]+(?:px|pt|mm|cm)|!important|position:\s*(?:absolute|fixed)")
    for name, content in files.ending(".css").items():
        yield from (f"{name}: {found.decode()}" for found in fixed.findall(content))


def _still(files: Files) -> Iterator[str]:
    """Nothing flashes, moves or makes a sound (2.2.2, 2.3.1)."""
    for name, content in files.contents.items():
        suffix = PurePosixPath(name).suffix
        if suffix in pictures.MEDIA_TYPES and not pictures.is_still(name, content):
            yield f"{name}: it may move"
        if suffix == ".css" and re.search(rb"animation|transition", content):
            yield f"{name}: it may set something in motion"
    for name, tree in files.trees.items():
        if tree.find(".//{*}script") is not None or tree.find(".//{*}video") is not None:
            yield f"{name}: it has a script or a film"


def _named(files: Files) -> Iterator[str]:
    """Every link says where it leads, every table has heads, no id stands twice (2.4.4, 1.3.1, 4.1.2)."""
    for name, tree in files.trees.items():
        for link in tree.iter("{*}a"):
            if not _said(link) and not link.get("aria-label") and link.find(".//{*}img[@alt]") is None:
                yield f"{name}: the link to {link.get('href')} has no name"
        for table in tree.iter("{*}table"):
            if table.find(".//{*}th") is None:
                yield f"{name}: a table has no heads"
        ids = Counter(map(str, tree.xpath("//@id")))
        yield from (f"{name}: id '{one}' stands twice" for one, count in sorted(ids.items()) if count > 1)


def _said(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


# The claims of the metadata, and what proves each of them.
CHECKS: dict[str, Callable[[Files], Iterator[str]]] = {
    "described": _described,
    "language": _in_language,
    "structured": _structured,
    "ordered": _ordered,
    "paged": _paged,
    "indexed": _indexed,
    "legible": _legible,
    "transformable": _transformable,
    "still": _still,
    "named": _named,
}
# Those that the book as a whole has to meet to conform (EPUB Accessibility 1.1, 3 and 4): pages if it has a source of
# pages, which a book without a printed edition lacks; an index is not asked for.
ASKED = ("described", "language", "structured", "ordered", "legible", "transformable", "still", "named")
