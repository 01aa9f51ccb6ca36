"""Blocks and spans: what the manuscript may hold, and the markup it becomes in a galley."""

from __future__ import annotations

import re
from itertools import count

from lxml import etree

from press.resolve.draft import TYPE, Draft, Entry, Ledger, slug, text_of

COMPUTED = ("page-info", "updates", "chapter-list")
SPANS = ("index", "term", "abbr", "smallcaps", "attribution", "citation")
_KEPT = {"id", "class", "href", "src", "alt", "title", "lang", "dir", "colspan", "rowspan", "start", "type", "scope"}
_KEPT |= {"data-line", "data-cites", "data-credit", "data-entry", "data-of", "data-see-also"}
_ALIGN = re.compile(r"^text-align:\s*(left|right|center);?$")


def clean(draft: Draft, ledger: Ledger) -> None:
    """Keep the attributes that a manuscript may set; take all others (styles, events, …) away with a finding."""
    for element in draft.body.iter(etree.Element):
        if align := _ALIGN.match(element.get("style", "")):  # how Pandoc aligns the cells of a table
            del element.attrib["style"]
            element.set("class", f"align-{align[1]}")
        for name in set(element.attrib) - _KEPT:
            if not name.startswith(("aria-", "role")):
                ledger.find(draft, element, f"attribute '{name.removeprefix('data-')}' is not known")
            del element.attrib[name]
        href = element.get("href", "#")
        if not href.startswith(("#", "https://", "http://", "mailto:")):
            ledger.find(draft, element, f"link {href}: only ids of the book (#…), https, http and mailto are allowed")
            del element.attrib["href"]


def name_sections(draft: Draft, ledger: Ledger) -> None:
    """Give every section an id, unique in the book, and list them."""
    from press.galleys import Section

    for section in draft.body.iter("section"):
        heading = section.find("*")
        if heading is None or heading.tag not in ("h2", "h3", "h4", "h5", "h6"):
            continue
        title = text_of(heading)
        name = section.get("id") or _unused(f"{draft.document.id}-{slug(title)}", ledger)
        section.set("id", name)
        ledger.anchor(draft, heading, name, "section", ledger.say("section", title=title))
        draft.document.sections.append(Section(id=name, title=title, level=int(heading.tag[1])))


def _unused(name: str, ledger: Ledger) -> str:
    """Return an id of our own that nothing has yet: a part may have two headings of one text."""
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in ledger.anchors else next(each for each in numbered if each not in ledger.anchors)


def number_tables(draft: Draft, ledger: Ledger) -> None:
    """Wrap every table that has a caption and number it within its part."""
    count = 0
    for table in list(draft.body.iter("table")):
        caption = table.find("caption")
        for cell in table.iterfind("thead/tr/th"):
            cell.set("scope", "col")
        if caption is None:
            continue
        count += 1
        number = f"{draft.document.number}.{count}" if draft.document.number else str(count)
        wrapper = etree.Element("div", {"class": "table", "data-number": number})
        if line := table.get("data-line"):
            wrapper.set("data-line", line)
        replace(table, wrapper)
        wrapper.append(table)
        label = etree.Element("span", {"class": "table-number"})
        label.text = ledger.say("table", number=number)
        label.tail = " " + (caption.text or "")
        caption.text = None
        caption.insert(0, label)
        name = table.attrib.pop("id", f"{draft.document.id}-table-{count}")
        wrapper.set("id", name)
        ledger.anchor(draft, table, name, "table", ledger.say("table-short", number=number))


def set_boxes(draft: Draft, ledger: Ledger) -> None:
    """Turn fenced divs into boxes and pull quotes; unknown ones are findings. Computed blocks are left for later."""
    count = 0
    for div in list(draft.body.iterfind(".//div")):
        name = div.get("class", "")
        if name in ledger.manifest.boxes:
            count += 1
            title = etree.Element("p", {"class": "box-title", "id": f"{draft.document.id}-box-{count}"})
            title.text = ledger.manifest.boxes[name]
            div.tag = "aside"
            div.set("class", f"box {name}")
            div.set("role", "note")
            div.set("aria-labelledby", title.get("id", ""))
            div.insert(0, title)
        elif name == "pull-quote":
            div.tag = "aside"
            div.set(TYPE, "pullquote")
            div.set("role", "doc-pullquote")
            for span in div.iterfind("p/span[@class='attribution']"):
                _promote(span)
        elif name not in (*COMPUTED, "table"):
            known = ", ".join(f".{box}" for box in (*ledger.manifest.boxes, "pull-quote", *COMPUTED))
            ledger.find(draft, div, f"unknown block '.{name}': there are {known}; boxes are named in book.yaml")
        if name in COMPUTED and text_of(div):
            ledger.find(draft, div, f"the block '.{name}' is computed: leave it empty")


def _promote(span: etree._Element) -> None:
    """Make the attribution at the end of a quotation a paragraph of its own."""
    paragraph = span.getparent()
    assert paragraph is not None
    previous = span.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "").rstrip()
    else:
        paragraph.text = (paragraph.text or "").rstrip()
    span.tag = "p"
    paragraph.addnext(span)
    if not text_of(paragraph):
        drop(paragraph)


def set_spans(draft: Draft, ledger: Ledger) -> None:
    """Turn bracketed spans into index terms, glossary terms, abbreviations and foreign words."""
    for span in list(draft.body.iter("span", "abbr")):
        match "abbr" if span.tag == "abbr" else span.get("class", ""):
            case "index":
                _set_index_term(span, draft, ledger)
            case "term":
                _set_term(span, draft, ledger)
            case "abbr":
                _set_abbreviation(span, draft, ledger)
            case "" if span.get("lang"):
                span.tag = "i"
            case name if name and name not in SPANS:
                ledger.find(draft, span, f"unknown span '.{name}'")


def _set_index_term(span: etree._Element, draft: Draft, ledger: Ledger) -> None:
    entry = span.attrib.pop("data-entry", text_of(span))
    see_also = span.attrib.pop("data-see-also", "")
    path = tuple(part.strip() for part in entry.split("!"))
    if not all(path):
        ledger.find(draft, span, f"index entry '{entry}' has an empty part")
        return
    count = sum(1 for other in ledger.index if other.draft is draft) + 1
    name = f"{draft.document.id}-ix-{count}"
    span.set("class", "index-term")
    span.set("id", name)
    ledger.anchor(draft, span, name, "index", draft.document.short_label or draft.document.short_title)
    ledger.index.append(Entry(path, name, draft, see_also))


def _set_term(span: etree._Element, draft: Draft, ledger: Ledger) -> None:
    term = span.attrib.pop("data-of", text_of(span))
    target = ledger.glossary.get(term.lower())
    if target is None:
        ledger.find(draft, span, f"glossary term '{term}' is not in the glossary")
        return
    span.tag = "a"
    span.set("href", f"#{target}")
    span.set("role", "doc-glossref")
    span.set(TYPE, "glossref")


def _set_abbreviation(span: etree._Element, draft: Draft, ledger: Ledger) -> None:
    title = span.get("title") or ledger.manifest.abbreviations.get(text_of(span))
    if not title:
        ledger.find(draft, span, f"abbreviation '{text_of(span)}' is explained neither here nor in book.yaml")
        return
    span.set("title", title)


def define_glossary(draft: Draft, ledger: Ledger) -> None:
    """Register the terms of a part whose role is `glossary`."""
    for listing in draft.body.iter("dl"):
        listing.set("class", "glossary")
        for term in listing.iterfind("dt"):
            text = text_of(term)
            name = f"term-{slug(text)}"
            ledger.anchor(draft, term, name, "term", text)
            ledger.glossary[text.lower()] = name
            term.set("id", name)
            term.set(TYPE, "glossterm")
            definition = etree.Element("dfn")
            definition.text, term.text = term.text, None
            definition.extend(list(term))
            term.append(definition)
        for meaning in listing.iterfind("dd"):
            meaning.set(TYPE, "glossdef")


def replace(old: etree._Element, new: etree._Element) -> None:
    """Put `new` in the place of `old`; the text behind it stays."""
    new.tail = old.tail
    parent = old.getparent()
    assert parent is not None
    parent.replace(old, new)
    old.tail = None


def drop(element: etree._Element) -> None:
    """Take an element out; the text behind it stays."""
    parent = element.getparent()
    assert parent is not None
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
