"""The DOCX as a package: Pandoc's, with pages for review, looks of our own and always the same bytes (ECMA-376)."""

from __future__ import annotations

import datetime
import io
import tempfile
import zipfile
from pathlib import Path

from lxml import etree

from press.editions.docx.markup import SECTION, Markup
from press.read import pandoc
from press.styles import Styles, markup

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = {
    "w": W,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
FORMAT = "html+epub_html_exts-auto_identifiers-tex_math_dollars"
BODY, RELATIONS, TYPES = "word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
# What Pandoc sends along that says nothing of this book.
IDLE = ("word/comments.xml", "word/webSettings.xml")


def pack(book: Markup, styles: Styles) -> bytes:
    """Return the DOCX; the same galleys and styles give the same bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch, "made.docx")
        pandoc.convert(book.html, FORMAT, "docx", [], len(book.html), made)
        with zipfile.ZipFile(made) as archive:
            content = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    body = etree.fromstring(content[BODY])
    _name_pictures(body, list(book.pictures()))
    heads = _set_sections(body, book, styles)
    content[BODY] = _xml(body)
    content |= heads
    content |= _render(book, styles)
    _register(content, heads)
    return _settle(content, datetime.date.fromisoformat(book.book.date))


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, standalone=True)


def _name_pictures(body: etree._Element, alternatives: list[str]) -> None:
    """Say of each picture what is seen on it, and no more."""
    frames = body.findall(".//wp:docPr", NAMES)
    for number, (frame, alternative) in enumerate(zip(frames, alternatives, strict=True), start=1):
        frame.set("descr", alternative)
        frame.set("name", f"Picture {number}")
    for picture in body.iterfind(".//pic:cNvPr", NAMES):
        picture.set("descr", "")


def _set_sections(body: etree._Element, book: Markup, styles: Styles) -> dict[str, bytes]:
    """Make a section of each part, with a running head of its own; return the heads by their files."""
    marks = body.xpath(f".//w:p[w:pPr/w:pStyle/@w:val='{SECTION}']", namespaces=NAMES)
    heads = {}
    for number, (mark, document) in enumerate(zip(marks, book.documents, strict=True), start=1):
        name = f"header{number}"
        heads[f"word/{name}.xml"] = styles.render("docx/header.xml.j2", book=book.book, document=document).encode()
        text = styles.render("docx/section.xml.j2", document=document, header=name, footer="footer")
        section = etree.fromstring(text)
        if number < len(book.documents):
            for run in mark.findall("w:r", NAMES):
                mark.remove(run)
            mark.find("w:pPr", NAMES).append(section)
        else:
            [last] = body.xpath("w:body/w:sectPr", namespaces=NAMES)
            last.getparent().replace(last, section)
            mark.getparent().remove(mark)
    return heads


def _render(book: Markup, styles: Styles) -> dict[str, bytes]:
    """Return the files of the package that are templates of ours."""
    context = {"book": book.book, "digests": book.digests, "tokens": styles.tokens, "markup": markup}
    names = {
        "word/styles.xml": "styles.xml.j2",
        "word/footer.xml": "footer.xml.j2",
        "docProps/core.xml": "core.xml.j2",
        "docProps/custom.xml": "custom.xml.j2",
    }
    return {name: styles.render(f"docx/{template}", **context).encode() for name, template in names.items()}


def _register(content: dict[str, bytes], heads: dict[str, bytes]) -> None:
    """Name the new files in the package, and take out those that say nothing."""
    relations, types = etree.fromstring(content[RELATIONS]), etree.fromstring(content[TYPES])
    for name in IDLE:
        content.pop(name, None)
        for relation in relations.xpath("*[@Target=$name]", name=name.removeprefix("word/")):
            relations.remove(relation)
        for kind in types.xpath("*[@PartName=$name]", name=f"/{name}"):
            types.remove(kind)
    for name in [*heads, "word/footer.xml"]:
        stem = Path(name).stem
        kind = "footer" if stem == "footer" else "header"
        etree.SubElement(
            relations,
            f"{{{relations.nsmap[None]}}}Relationship",
            {"Id": stem, "Type": f"{OFFICE}/{kind}", "Target": f"{stem}.xml"},
        )
        etree.SubElement(
            types,
            f"{{{types.nsmap[None]}}}Override",
            {"PartName": f"/{name}", "ContentType": f"{PARTS}.{kind}+xml"},
        )
    content[RELATIONS], content[TYPES] = _xml(relations), _xml(types)


def _settle(content: dict[str, bytes], date: datetime.date) -> bytes:
    """Write the zip file: the list of types first, every time the book's date, nothing of this machine."""
    stamp = max(date, datetime.date(1980, 1, 1)).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(content, key=lambda name: (name != TYPES, name)):
            entry = zipfile.ZipInfo(name, stamp)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content[name], compresslevel=9)
    return buffer.getvalue()
