"""Galley markup as an EPUB content document: the tree operations. Nothing here knows a book or an address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

from lxml import etree

from press.galleys import EPUB, NAMESPACES, XHTML

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
TYPE = f"{{{EPUB}}}type"
SVG = "http://www.w3.org/2000/svg"
MATHML = "http://www.w3.org/1998/Math/MathML"
PIXELS_PER_POINT = 4 / 3
Address = Callable[[str], str]


def part_of(root: etree._Element) -> etree._Element:
    """Return the one section of a galley; ValueError if it has none."""
    part = root.find("h:body/h:section", NAMESPACES)
    if part is None:
        raise ValueError("a galley without a section in its body")
    return part


def ids(part: etree._Element) -> Iterator[str]:
    """Yield every id of a part."""
    return (str(name) for name in part.xpath(".//@id | @id"))


def images(part: etree._Element) -> list[etree._Element]:
    """Return the images of a part."""
    return list(part.iter(f"{{{XHTML}}}img"))


def finish(
    part: etree._Element,
    words: Mapping[str, str],
    address: Callable[[str], str],
    picture: Address,
) -> None:
    """Make a part fit for EPUB, in place; `words` are the book's own.

    `address` gives the link to an id of the book, `picture` that to a picture, by its `src` in the galleys.
    """
    for note in [item for item in part.iter(f"{{{XHTML}}}li") if "note" in _classes(item)]:
        _pop_up(note)
    for glossary in part.iterfind(".//h:dl[@class='glossary']", NAMESPACES):
        _group_terms(glossary)
    for call in part.iterfind(".//h:a[@role='doc-noteref']", NAMESPACES):
        _name_call(call, words)
    for abbreviation in part.iter(f"{{{XHTML}}}abbr"):
        if _is_spelled("".join(map(str, abbreviation.itertext()))):
            abbreviation.set(TYPE, "z3998:initialism")
    for element in part.iter(etree.Element):
        _mend_attributes(element)
    for link in part.iter(f"{{{XHTML}}}a"):
        href = str(link.get("href", ""))
        if href.startswith("#"):
            link.set("href", address(href[1:]))
    for image in images(part):
        image.set("src", picture(str(image.get("src"))))
        _size(image)


def serialise(part: etree._Element) -> str:
    """Return a part as XHTML text, to stand in a frame that declares the namespaces."""
    text = str(etree.tostring(part, encoding="unicode", with_tail=False))
    opening, close, rest = text.partition(">")
    return re.sub(r' xmlns(:epub)?="[^"]*"', "", opening) + close + rest


def properties(part: etree._Element) -> list[str]:
    """Return what the package has to declare of a document: svg or mathml within it."""
    names = {SVG: "svg", MATHML: "mathml"}
    return sorted(name for space, name in names.items() if part.find(f".//{{{space}}}*") is not None)


def _classes(element: etree._Element) -> list[str]:
    return str(element.get("class", "")).split()


def _pop_up(item: etree._Element) -> None:
    """Move what is in the list item of a note into an aside, with the way back to the call before its first word.

    Apple Books and Kobo open an aside that a noteref leads to as a popup; Kindle wants the link back at the beginning.
    The list item stays around it, so that the notes are a list wherever they are shown in place.
    """
    note = etree.Element(f"{{{XHTML}}}aside", {"class": str(item.get("class")), TYPE: "footnote"})
    note.set("role", "doc-footnote")
    note.set("id", str(item.attrib.pop("id")))
    number = str(item.attrib.pop("value"))
    del item.attrib["class"]
    note.text, item.text = item.text, None
    note.extend(list(item))
    item.append(note)
    back = note.find(".//h:a[@role='doc-backlink']", NAMESPACES)
    first = note.find("h:p", NAMESPACES)
    if back is None or first is None:
        raise ValueError(f"note {note.get('id')} has no paragraph, or no link back to its call")
    _take_out(back)
    back.text = number
    back.tail = f" {first.text or ''}"
    first.text = None
    first.insert(0, back)


def _name_call(call: etree._Element, words: Mapping[str, str]) -> None:
    """Tell by name, too, a call that leads to a source from one that has something to say."""
    kind = next((kind for kind in ("citation", "commentary") if kind in _classes(call)), "")
    if template := words.get(f"call-{kind}"):
        call.set("aria-label", template.replace("{number}", "".join(map(str, call.itertext())).strip()))


def _is_spelled(abbreviation: str) -> bool:
    """Tell whether an abbreviation is surely said letter by letter: capitals in it, and no vowel to say it as a word.

    Others, such as MRI, may be either, for all that their letters tell; so nothing is claimed of them.
    """
    return bool(re.fullmatch(r"(?i:[b-df-hj-np-tv-xz.])+", abbreviation)) and len(re.findall("[A-Z]", abbreviation)) > 1


def _take_out(element: etree._Element) -> None:
    """Take an element out and leave the text after it; white space before it goes too where nothing follows."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    assert parent is not None
    parent.remove(element)
    element.tail = None
    text = (parent.text if before is None else before.tail) or ""
    text = text + tail if tail.strip() else text.rstrip()
    if before is None:
        parent.text = text
    else:
        before.tail = text


def _mend_attributes(element: etree._Element) -> None:
    """Drop what serves the press only, and give the language in both of its spellings."""
    for name in [str(name) for name in element.attrib]:
        if name.startswith("data-"):
            del element.attrib[name]
    language = element.get("lang") or element.get(LANGUAGE)
    if language is not None:
        element.set("lang", language)
        element.set(LANGUAGE, language)


def _group_terms(glossary: etree._Element) -> None:
    """Put each term of a glossary into one element with what it means: readers show in a popup what a link leads to."""
    group: etree._Element | None = None
    for child in list(glossary):
        if child.tag == f"{{{XHTML}}}dt":
            group = etree.Element(f"{{{XHTML}}}div")
            if "id" in child.attrib:
                group.set("id", str(child.attrib.pop("id")))
            child.addprevious(group)
        if group is not None:
            group.append(child)


def _size(image: etree._Element) -> None:
    """Give the size of an image in pixels, as HTML counts; galleys count in points."""
    for side in ("width", "height"):
        if side in image.attrib:
            image.set(side, str(round(float(str(image.get(side))) * PIXELS_PER_POINT)))


def absolute(href: str, here: str) -> str:
    """Return where the link `href` of the file `here` leads, named from the root of the package."""
    path, mark, fragment = unquote(href).partition("#")
    return (posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here) + mark + fragment


def relative(target: str, here: str) -> str:
    """Return the link from the file `here` to the file `target`, both named from the root of the package."""
    return _relative(target, posixpath.dirname(here))


@lru_cache(maxsize=10_000)
def _relative(target: str, folder: str) -> str:
    return quote(posixpath.relpath(target, folder))
