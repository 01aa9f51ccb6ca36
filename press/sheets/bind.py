"""Binding: a galley made ready for the page, with notes behind their calls and page numbers at references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from press.folios import merge_locators
from press.galleys import NAMESPACES, XHTML, Document, Galleys
from press.sheets.flow import MARK
from press.sheets.model import ELSEWHERE
from press.sheets.words import mark
from press.styles import Styles, markup

_TAG = f"{{{XHTML}}}"
QUOTES = tuple("“‘„‚«‹")
# Links that say themselves where they lead, or have a page number behind them.
_UNNUMBERED = {"note-call", "note-number", "term", "xref"}


@dataclass(frozen=True)
class Bound:
    """A part that is ready to be typeset: HTML for WeasyPrint."""

    document: Document
    html: str

    @property
    def basis(self) -> str:
        """The HTML by which the pages of running text are chosen: all page numbers in it are of one width.

        So pages are composed once, whatever the numbers will be, and only settled again for these.
        """
        return re.sub(r'data-folio="[^"]*"', 'data-folio="00"', self.html) if self.document.source else self.html


def bind(galleys: Galleys, styles: Styles, document: Document, layout: str, folios: Mapping[str, str]) -> Bound:
    """Return one part of the book as an HTML document.

    `layout` is a class on the root element, for the styles. `folios` are the page numbers of ids, as well as they are
    known: links in lists and in the index and page references carry, as `data-folio`, a placeholder as wide as that of
    their target, for the styles to print, and the target's id as `data-target`. So the HTML changes with a page number
    only where its width does.
    """
    section = section_of(galleys, document)
    mark(section)
    section.set("data-matter", document.matter)
    section.set("data-book-title", galleys.book.title)
    section.set("data-short-title", document.short_title)
    _foot_notes(section)
    _page_references(section, document, galleys)
    merge_locators(section, folios)
    _links(section, galleys, folios)
    _label_cells(section)
    _hang_quotes(section)
    for element in section.iter(etree.Element):
        for name in ("data-line", "data-source", "data-key", "data-also"):
            element.attrib.pop(name, None)
        if element.get("class") == "identifier" and element.text:
            element.text = element.text.replace("/", "/\u200b")  # a long DOI may be broken there, and nowhere else
    html = styles.render(
        "pdf/part.html.j2", book=galleys.book, part=document, layout=layout, section=markup(_as_html(section))
    )
    return Bound(document, html)


def section_of(galleys: Galleys, document: Document) -> etree._Element:
    """Return the section that is the galley of a part."""
    (section,) = galleys.tree(document).iterfind(f"{_TAG}body/{_TAG}section")
    return section


def links_of(galleys: Galleys, document: Document) -> set[str]:
    """Return the ids to which the galley of a part links, or an entry of the index beside others."""
    links = list(galleys.tree(document).iter(f"{_TAG}a"))
    addresses = (link.get("href", "") for link in links)
    also = (name for link in links for name in link.get("data-also", "").split())
    return {*also, *(address[1:] for address in addresses if address.startswith("#"))}


def placeholder(folio: str) -> str:
    """Return what stands for a page number until it is bound: figures of one width, roman numerals as they are."""
    return re.sub(r"\d", "0", folio)


def _links(section: etree._Element, galleys: Galleys, folios: Mapping[str, str]) -> None:
    """Give links within the book the placeholders of their page numbers; mark those that lead out of the part."""
    inside = set(section.xpath(".//@id | @id"))
    for link in section.iter(f"{_TAG}a"):
        target = link.get("href", "")[1:]
        if not link.get("href", "").startswith("#"):
            continue
        classes = link.get("class", "").split()
        if _UNNUMBERED.isdisjoint(classes):
            link.set("data-target", target)
            link.set("data-folio", placeholder(folios[target]))
        if "locator" in classes:
            link.text = None
        if not "".join(link.itertext()).strip() and target in galleys.book.anchors:
            link.set("aria-label", galleys.book.anchors[target].text)
        if target not in inside:
            link.set("href", ELSEWHERE + target)


def _label_cells(section: etree._Element) -> None:
    """Give every cell of a table the head of its column, for styles that set rows one below the other."""
    for table in section.iter(f"{_TAG}table"):
        said = ("".join(head.itertext()) for head in table.iterfind(f"{_TAG}thead/{_TAG}tr/{_TAG}th"))
        heads = [" ".join(head.split()) for head in said]
        for row in table.iterfind(f"{_TAG}tbody/{_TAG}tr"):
            for cell, head in zip(row, heads if len(row) == len(heads) else [], strict=False):
                cell.set("data-label", head)


def _hang_quotes(section: etree._Element) -> None:
    """Mark paragraphs that begin with a quotation mark, for the styles to hang it in the margin: CSS cannot see it."""
    for text in section.iter(f"{_TAG}p"):
        if text.xpath("string()").lstrip()[:1] in QUOTES:
            text.set("class", f"{text.get('class', '')} quoted".strip())


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
        _keep_with_word(call, foot)


def _keep_with_word(call: etree._Element, foot: etree._Element) -> None:
    """Put a call and its note into one span with the word before, or with the call before, for no line to part them."""
    before, parent = call.getprevious(), call.getparent()
    assert parent is not None
    text = (parent.text if before is None else before.tail) or ""
    word = text.split(" ")[-1].split("\n")[-1]
    if before is not None and before.get("class") == "called" and not text:
        span = before
    elif word:
        span = etree.Element(f"{_TAG}span", {"class": "called", MARK: parent.get(MARK, "")})
        span.text = word
        call.addprevious(span)
        if before is None:
            parent.text = text.removesuffix(word)
        else:
            before.tail = text.removesuffix(word)
    else:
        return
    span.tail, foot.tail = foot.tail, None
    span.extend([call, foot])


def _page_references(section: etree._Element, document: Document, galleys: Galleys) -> None:
    """Add "(page 87)" behind references to other parts and to sections; the styles fill in the number."""
    before, after = galleys.book.words["page"].split("{page}")
    for link in section.xpath(".//h:a[@class='xref']", namespaces=NAMESPACES):
        anchor = galleys.book.anchors[link.get("href", "")[1:]]
        if anchor.document == document.id and anchor.kind != "section":
            continue
        reference = etree.Element(f"{_TAG}span", {"class": "page-reference"})
        reference.text = f"({before}".replace("(page ", "(page\u00a0")
        page = etree.SubElement(reference, f"{_TAG}a", {"class": "page-number", "href": link.get("href", "")})
        page.tail = f"{after})"
        reference.tail, link.tail = link.tail, None
        link.addnext(reference)
        link.tail = " "  # a line may end here, and not in the reference


def _as_html(section: etree._Element) -> str:
    """Serialise a part as HTML, without the namespaces and attributes of EPUB."""
    for element in section.iter(etree.Element):
        element.tag = etree.QName(element).localname
        for name in list(element.attrib):
            if name.startswith("{"):
                del element.attrib[name]
    etree.cleanup_namespaces(section)
    return etree.tostring(section, encoding="unicode", method="html")
