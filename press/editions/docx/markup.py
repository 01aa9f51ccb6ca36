"""The galleys as one page of HTML that Pandoc turns into a DOCX: what a word processor has no word for is left out."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from press.editions.epub import pictures
from press.galleys import EPUB, NAMESPACES, XHTML, Document, Galleys

TYPE = f"{{{EPUB}}}type"
STYLE = "custom-style"
SECTION = "Section"  # the style of the paragraph that ends a part, whose words are the part's id
# What an editor does not need: pages of numbers, and blocks that the press computes.
LEFT_OUT = ("half-title", "figures", "index")
COMPUTED = ("page-info", "chapter-list", "numeral", "note-back")
WIDEST = 400.0  # pt, of a picture
STYLED = {"box": "Box", "pull-quote": "Pull Quote"}
PARAGRAPHS = {
    "subtitle": "Part Subtitle",
    "box-title": "Box Title",
    "attribution": "Attribution",
    "book-title": "Book Title",
    "book-subtitle": "Book Subtitle",
    "author": "Book Subtitle",
    "imprint-name": "Book Subtitle",
    "imprint-title": "Book Subtitle",
}
UNWRAPPED = ("cite", "abbr", "time", "dfn")


class Markup:
    """A book on its way into a DOCX. `documents` are the parts that are in it, `digests` what each says, by its id."""

    def __init__(self, galleys: Galleys, pictured: bool = True) -> None:
        self.galleys = galleys
        self.book = galleys.book
        self.documents = [document for document in self.book.documents if document.page not in LEFT_OUT]
        self._pictured = pictured
        parts = [self._part(document) for document in self.documents]
        self.digests = {
            document.id: hashlib.sha256("".join("".join(map(str, part.itertext())).split()).encode()).hexdigest()[:32]
            for document, part in zip(self.documents, parts, strict=True)
        }
        self.html = self._page(parts)

    def _page(self, parts: list[etree._Element]) -> str:
        root = etree.Element(f"{{{XHTML}}}html", nsmap={None: XHTML, "epub": EPUB}, lang=self.book.language)
        body = etree.SubElement(root, f"{{{XHTML}}}body")
        body.extend(parts)
        wanted = {str(link.get("href"))[1:] for link in body.iter(f"{{{XHTML}}}a")}
        there = {str(name) for name in body.xpath(".//@id")}
        there -= {str(name) for name in body.xpath(".//h:aside[@epub:type]/@id", namespaces=NAMESPACES)}
        for element in list(body.iter(etree.Element)):
            if element.get("id") and element.get("id") not in wanted:
                del element.attrib["id"]
            lost = str(element.get("href", "")).startswith("#") and str(element.get("href"))[1:] not in there
            if lost and element.get(TYPE) != "noteref":
                _unwrap(element)  # it leads to a page that is left out, or to a note, which has no name in Word
        return str(etree.tostring(root, encoding="unicode"))

    def _part(self, document: Document) -> etree._Element:
        """Return a part as an element `div`, closed by the mark of its section."""
        part = self.galleys.tree(document).find("h:body/h:section", NAMESPACES)
        assert part is not None
        if document.label and (title := part.find("h:header/h:h1", NAMESPACES)) is not None:
            label = etree.Element(f"{{{XHTML}}}span", {STYLE: "Part Label"})
            label.text = document.label
            stop = etree.Element(f"{{{XHTML}}}br")
            stop.tail, title.text = title.text, None
            title[:0] = [label, stop]
            _drop(part.find("h:header/h:p[@class='label']", NAMESPACES))
        for heading in part.findall(".//h:section[@class='notes']/h:h2", NAMESPACES):
            _drop(heading)
        left_out = {f"#{other.id}" for other in self.book.documents} - {f"#{other.id}" for other in self.documents}
        for entry in part.findall(".//h:nav//h:li", NAMESPACES):
            if entry[0].get("href") in left_out:
                _drop(entry)
        for element in list(part.iter(etree.Element)):
            self._plain(element)
        mark = etree.SubElement(part, f"{{{XHTML}}}div", {STYLE: SECTION})
        etree.SubElement(mark, f"{{{XHTML}}}p").text = document.id
        return part

    def _plain(self, element: etree._Element) -> None:
        """Make one element what Pandoc knows; those inside of it come later."""
        name, classes = etree.QName(element).localname, str(element.get("class", "")).split()
        if any(kind in classes for kind in COMPUTED):
            _drop(element)
            return
        if style := next((STYLED[kind] for kind in classes if kind in STYLED), ""):
            element.set(STYLE, style)
        if "box" in classes:  # its lists have no style of their own, so a rule says where it ends
            end = etree.SubElement(element, f"{{{XHTML}}}p")
            end.text = "\u00a0"
            _wrap(end, "Box End")
        if style := next((PARAGRAPHS[kind] for kind in classes if kind in PARAGRAPHS and name in ("p", "h1")), ""):
            element.tag = f"{{{XHTML}}}p"
            _wrap(element, style)
        if align := next((kind for kind in classes if kind.startswith("align-")), ""):
            element.set("style", f"text-align: {align.removeprefix('align-')}")
        self._by_name(element, name, classes)
        for key in set(element.attrib) - {STYLE, "id", "href", "src", "alt", "width", "height", "lang", "dir", "style"}:
            if not (key == "class" and "smallcaps" in classes) and key not in ("colspan", "rowspan", "start", "type"):
                del element.attrib[key]
        if "note-call" in classes:
            element.set(TYPE, "noteref")
        elif "note" in classes:
            element.set(TYPE, "footnote")

    def _by_name(self, element: etree._Element, name: str, classes: list[str]) -> None:
        if "note" in classes:
            element.tag = f"{{{XHTML}}}aside"
        elif "notes" in classes:
            for listing in element.findall("h:ol", NAMESPACES):
                _unwrap(listing)
        elif name in ("section", "aside", "header", "nav"):
            element.tag = f"{{{XHTML}}}div"
        elif name == "dl":
            for group in element.findall("h:div", NAMESPACES):
                _unwrap(group)
        elif name in ("dt", "td", "th") and element.get("id"):
            _hand_on_id(element)
        elif name in UNWRAPPED or "index-term" in classes:
            _unwrap(element)
        elif name == "i" and element.get("lang"):
            element.tag = f"{{{XHTML}}}em"
        elif name == "img":
            self._picture(element)

    def _picture(self, image: etree._Element) -> None:
        """Put the pixels of a picture into its place, no wider than the text."""
        src = str(image.get("src"))
        if not self._pictured:
            _drop(image)
            return
        content = pictures.load(self.galleys, src)
        if Path(src).suffix == ".svg":
            content = pictures.pixels(content)
            src = f"{src}.png"
        image.set("src", f"data:{pictures.media_type(src)};base64,{base64.b64encode(content).decode()}")
        width, height = (float(str(image.get(side))) for side in ("width", "height"))
        scale = min(1.0, WIDEST / width)
        image.set("width", f"{width * scale:.1f}pt")
        image.set("height", f"{height * scale:.1f}pt")

    def pictures(self) -> Iterator[str]:
        """Yield the alternative texts of the pictures, in their order."""
        for image in etree.fromstring(self.html).iter(f"{{{XHTML}}}img"):
            yield str(image.get("alt", ""))


def _hand_on_id(element: etree._Element) -> None:
    """Give an element's id to a `span` around what is in it, where Pandoc keeps it."""
    span = etree.Element(f"{{{XHTML}}}span", id=str(element.attrib.pop("id")))
    span.text, element.text = element.text, None
    span.extend(list(element))
    element.append(span)


def _wrap(element: etree._Element, style: str) -> None:
    """Put an element into a `div` of a style: Pandoc gives no style to a paragraph by itself."""
    parent = element.getparent()
    assert parent is not None
    wrapper = etree.Element(f"{{{XHTML}}}div", {STYLE: style})
    wrapper.tail, element.tail = element.tail, None
    parent.replace(element, wrapper)
    wrapper.append(element)


def _drop(element: etree._Element | None) -> None:
    """Take an element out; the text behind it stays."""
    if element is None:
        return
    element.text = None
    element[:] = []
    _unwrap(element)


def _unwrap(element: etree._Element) -> None:
    """Put what is in an element in its place."""
    parent = element.getparent()
    assert parent is not None
    at, previous, children = parent.index(element), element.getprevious(), list(element)
    text, tail = element.text or "", element.tail or ""
    if not children:
        text, tail = text + tail, ""
    parent.remove(element)
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent[at:at] = children
    if children:
        children[-1].tail = (children[-1].tail or "") + tail
