"""Galley markup as HTML: the tree operations of the web edition. Nothing here knows a book or an address."""

from __future__ import annotations

import copy
import textwrap

from lxml import etree

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# Data attributes that mean something on the web; the others serve the press.
KEPT_DATA = frozenset({"data-target"})
REFERRING = ("aria-labelledby", "aria-describedby", "aria-details", "aria-controls", "headers")
DESCRIPTION_LENGTH = 160
PIXELS_PER_POINT = 4 / 3


def from_galley(root: etree._Element) -> etree._Element:
    """Return the one section of a galley in plain HTML: no namespaces, nothing that only EPUB or the press reads."""
    part = copy.deepcopy(root.find("{*}body/{*}section"))
    if part is None:
        raise ValueError("a galley without a section in its body")
    etree.strip_elements(part, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in part.iter("*"):
        element.tag = str(element.tag).rpartition("}")[2]
        language = element.get(LANGUAGE)
        for name in element.keys():  # noqa: SIM118 - a list: some of them go
            if name[0] == "{" or (name.startswith("data-") and name not in KEPT_DATA):
                del element.attrib[name]
        if language is not None and element.get("lang") is None:
            element.set("lang", language)
    part.tail = None
    etree.cleanup_namespaces(part)
    return part


def serialise(part: etree._Element) -> str:
    """Return a part as HTML text."""
    return str(etree.tostring(part, method="html", encoding="unicode", with_tail=False))


def classes(element: etree._Element) -> list[str]:
    """Return the classes of an element."""
    return str(element.get("class", "")).split()


def text(element: etree._Element) -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def remove(element: etree._Element) -> None:
    """Take an element out and leave the text after it in its place."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def opening(part: etree._Element) -> str:
    """Return the text of the first paragraph of a part, without the calls of notes."""
    paragraph = copy.deepcopy(part.find("p"))
    if paragraph is None:
        return ""
    for call in [link for link in paragraph.iter("a") if "note-call" in classes(link)]:
        remove(call)
    return text(paragraph)


def shorten(description: str) -> str:
    """Cut a text to what fits a description of a page."""
    return textwrap.shorten(description, DESCRIPTION_LENGTH, placeholder="…")


def ensure_title(part: etree._Element, title: str) -> None:
    """Give a part a first heading if it has none."""
    if part.find(".//h1") is None:
        heading = etree.Element("h1")
        heading.text = title
        part.insert(0, heading)


def size_image(image: etree._Element) -> None:
    """Give the size of an image in pixels, as HTML counts; galleys count in points."""
    for side in ("width", "height"):
        if (points := image.get(side)) is not None:
            image.set(side, str(round(float(points) * PIXELS_PER_POINT)))
    image.set("loading", "lazy")
    image.set("decoding", "async")


def make_tables_scroll(part: etree._Element) -> None:
    """Make the frame of each table a region of its own, which can be reached and scrolled by keyboard."""
    for frame in part.iter("div"):
        if "table" in classes(frame) and (caption := frame.find("table/caption")) is not None:
            frame.set("role", "region")
            frame.set("tabindex", "0")
            frame.set("aria-label", text(caption))


def subordinate(part: etree._Element, prefix: str) -> str | None:
    """Make a part fit to be repeated inside another page; return the id of its title.

    Headings go down one level; notes, ornaments and ids go (ids that others refer to get a prefix).
    """
    for element in [one for one in part.iter("*") if one.get("aria-hidden") == "true" or "notes" in classes(one)]:
        remove(element)
    referred = {name for one in part.iter("*") for key in REFERRING for name in str(one.get(key, "")).split()}
    for element in part.iter("*"):
        if element.tag in HEADINGS[:-1]:
            element.tag = HEADINGS[HEADINGS.index(str(element.tag)) + 1]
        name = element.attrib.pop("id", "")
        if name in referred:
            element.set("id", f"{prefix}-{name!s}")
        for key in REFERRING:
            if key in element.attrib:
                element.set(key, " ".join(f"{prefix}-{name}" for name in str(element.get(key)).split()))
    part.attrib.pop("role", "")
    title = part.find(".//h2")
    if title is None:
        return None
    title.set("id", prefix)
    return prefix


def mark_current(item: etree._Element, here: str) -> None:
    """Mark an entry of a list as the page that is being read: plain text in place of its link, and a word for it."""
    item.set("class", " ".join([*classes(item), "current"]))
    item.set("aria-current", "page")
    etree.strip_tags(item, "a")
    if len(item):
        item[-1].tail = " "
    etree.SubElement(item, "span", {"class": "here"}).text = here
