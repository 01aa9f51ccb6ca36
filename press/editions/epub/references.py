"""Page numbers of the print edition at references and in the index, as links."""

from __future__ import annotations

from lxml import etree

from press.editions.epub.typography import JOINER
from press.folios import DASH, merge_locators
from press.galleys import NAMESPACES, XHTML, Book, Document
from press.pagemap import PageMap

NBSP = "\u00a0"


def number(part: etree._Element, document: Document, book: Book, pages: PageMap) -> None:
    """Add page numbers to a part, in place: "(page 87)" behind references; in the index those of print."""
    for link in part.xpath(".//h:a[@class='xref']", namespaces=NAMESPACES):
        target = str(link.get("href"))[1:]
        if _leads_away(target, document, book) and target in pages.folios:
            _add(link, pages.folios[target], book)
    merge_locators(part, pages.folios)
    for link in part.xpath(".//h:a[@class='locator']", namespaces=NAMESPACES):
        link.text = pages.folios[str(link.get("href"))[1:]]
        if (tail := link.tail or "").startswith(DASH):
            link.tail = f"{JOINER}{DASH}{JOINER}{tail.removeprefix(DASH)}"


def _leads_away(target: str, document: Document, book: Book) -> bool:
    """Tell whether print gives the page of a reference: to another part, or to a section of this one."""
    anchor = book.anchors[target]
    return anchor.document != document.id or anchor.kind == "section"


def _add(link: etree._Element, folio: str, book: Book) -> None:
    reference = etree.Element(f"{{{XHTML}}}span", {"class": "page-reference"})
    reference.text = " ("
    page = etree.SubElement(reference, f"{{{XHTML}}}a", {"class": "page-number", "href": f"#page-{folio}"})
    page.text = book.words["page"].replace(" {page}", f"{NBSP}{folio}").replace("{page}", folio)
    page.tail = ")"
    reference.tail, link.tail = link.tail, None
    link.addnext(reference)
