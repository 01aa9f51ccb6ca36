"""Binding: all galleys into one document, with notes at the foot of the page and page numbers at references."""

from __future__ import annotations

from lxml import etree

from press.galleys import NAMESPACES, XHTML, Document, Galleys
from press.styles import Styles, markup

_TAG = f"{{{XHTML}}}"
UNKNOWN = "000"  # stands for a folio until it is known
BLOCK = "block-"  # begins the name of a block of running text


def bind(galleys: Galleys, styles: Styles, css: str, media: str, turns: set[str], folios: dict[str, str]) -> str:
    """Return the whole book as one HTML document for WeasyPrint, with its style sheet in its head.

    `media` is the edition, `pdf` or `print`: a class on the root element, for the styles. `turns` are names of
    blocks that have to begin a page. `folios` are the page numbers of ids, as far as they are known: every link
    carries that of its target as `data-folio`, for the styles to print.
    """
    book = galleys.book
    sections = [_section(galleys, document, turns, folios) for document in book.documents]
    return styles.render(
        "pdf/book.html.j2", book=book, media=media, css=markup(css), sections=[markup(section) for section in sections]
    )


def _section(galleys: Galleys, document: Document, turns: set[str], folios: dict[str, str]) -> str:
    """Return one part of the book as HTML: what print needs moved, what it does not need taken away."""
    (section,) = galleys.tree(document).iterfind(f"{_TAG}body/{_TAG}section")
    section.set("data-matter", document.matter)
    section.set("data-book-title", galleys.book.title)
    section.set("data-short-title", document.short_title)
    _name_blocks(section, document, turns)
    _foot_notes(section)
    _page_references(section, document, galleys)
    for element in section.iter(etree.Element):
        for name in ("data-line", "data-source", "data-key"):
            element.attrib.pop(name, None)
        if element.tag == f"{_TAG}a" and "locator" in element.get("class", "").split():
            element.text = None
        if element.get("class") == "identifier" and element.text:
            element.text = element.text.replace("/", "/\u200b")  # a long DOI may be broken there, and nowhere else
        if (href := element.get("href", "")).startswith("#"):
            element.set("data-folio", folios.get(href[1:], UNKNOWN))
    return _as_html(section)


def _name_blocks(section: etree._Element, document: Document, turns: set[str]) -> None:
    """Give every block of the running text a name to find it by on the pages; those in `turns` begin a page."""
    blocks = section.xpath(".//h:p | .//h:ul | .//h:ol | .//h:dl | .//h:aside | .//h:figure", namespaces=NAMESPACES)
    flow = [block for block in blocks if block.getparent().tag == f"{_TAG}section" and block.get("id") is None]
    for count, block in enumerate(flow, start=1):
        block.set("id", f"{BLOCK}{document.id}-{count}")
        if block.get("id") in turns:
            block.set("class", f"{block.get('class', '')} turn-page".strip())


def _foot_notes(section: etree._Element) -> None:
    """Move each note behind its call, as a span that the styles float to the foot of the page."""
    listing = section.find(f"{_TAG}section[@class='notes']")
    if listing is None:
        return
    section.remove(listing)
    notes = {note.get("id"): note for note in listing.iter(f"{_TAG}li") if note.get("value")}
    for call in section.xpath(".//h:a[@role='doc-noteref']", namespaces=NAMESPACES):
        note = notes[call.get("href", "")[1:]]
        foot = etree.Element(f"{_TAG}span", {"class": note.get("class", ""), "id": note.get("id", "")})
        number = etree.SubElement(foot, f"{_TAG}a", {"class": "note-number", "href": f"#{call.get('id')}"})
        number.text, number.tail = call.text, " "
        for back in note.xpath(".//h:a[@role='doc-backlink']", namespaces=NAMESPACES):
            back.getparent().remove(back)
        for block in note:
            if block.tag == f"{_TAG}p":
                block.tag = f"{_TAG}span"
                block.set("class", "note-paragraph")
            block.tail = None
            foot.append(block)
        for element in foot.iter():  # a line break inside a footnote would be set as one
            element.text = " ".join((element.text or "").split("\n")) if element.text else None
            element.tail = " ".join((element.tail or "").split("\n")) if element.tail else None
        foot.tail, call.tail = call.tail, None
        call.addnext(foot)


def _page_references(section: etree._Element, document: Document, galleys: Galleys) -> None:
    """Add "(page 87)" behind references to other parts and to sections; the styles fill in the number."""
    before, after = galleys.book.words["page"].split("{page}")
    for link in section.xpath(".//h:a[@class='xref']", namespaces=NAMESPACES):
        anchor = galleys.book.anchors[link.get("href", "")[1:]]
        if anchor.document == document.id and anchor.kind != "section":
            continue
        reference = etree.Element(f"{_TAG}span", {"class": "page-reference"})
        reference.text = f" ({before}".replace("(page ", "(page\u00a0")
        page = etree.SubElement(reference, f"{_TAG}a", {"class": "page-number", "href": link.get("href", "")})
        page.tail = f"{after})"
        reference.tail, link.tail = link.tail, None
        link.addnext(reference)


def _as_html(section: etree._Element) -> str:
    """Serialise a part as HTML, without the namespaces and attributes of EPUB."""
    for element in section.iter(etree.Element):
        element.tag = etree.QName(element).localname
        for name in list(element.attrib):
            if name.startswith("{"):
                del element.attrib[name]
    etree.cleanup_namespaces(section)
    return etree.tostring(section, encoding="unicode", method="html")
