"""Generated pages and computed blocks: data in, rendered templates out."""

from __future__ import annotations

import datetime
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from html import escape as html_escape
from pathlib import Path
from typing import Any

from lxml import etree

from press.galleys import EPUB
from press.resolve import credits
from press.resolve.blocks import COMPUTED, replace
from press.resolve.citations import References
from press.resolve.draft import Draft, Entry, Ledger, fragment
from press.styles import Styles, markup


@dataclass
class Locator:
    """Where a heading of the index is treated in one part: its first anchor there, its text, the anchors behind it."""

    anchor: str
    text: str
    also: list[str] = field(default_factory=list)


@dataclass
class IndexItem:
    """A heading of the index with its locators, sub-entries and see-also headings."""

    heading: str
    locators: list[Locator] = field(default_factory=list)
    children: dict[str, IndexItem] = field(default_factory=dict)
    see_also: list[str] = field(default_factory=list)

    @property
    def items(self) -> list[IndexItem]:
        """The sub-entries in the order of the alphabet."""
        return sorted(self.children.values(), key=lambda item: sort_key(item.heading))


def _letter(heading: str) -> str:
    """Return the letter under which a heading stands: for Korean its first consonant, as in dictionaries."""
    first = sort_key(heading)[0][:1].upper() or "#"
    name = unicodedata.name(first, "")
    return unicodedata.lookup(name.replace("CHOSEONG", "LETTER")) if name.startswith("HANGUL CHOSEONG") else first


def sort_key(text: str) -> tuple[str, str]:
    """Return a key that sorts headings letter by letter, without regard to accents and case."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return "".join(c for c in bare.casefold() if c.isalnum()), text


def build_index(entries: list[Entry]) -> list[tuple[str, list[IndexItem]]]:
    """Gather the marked terms of the whole book into an index: (letter, items), in the order of the alphabet."""
    root = IndexItem("")
    for entry in entries:
        item = root
        for heading in entry.path:
            item = item.children.setdefault(heading, IndexItem(heading))
        document = entry.draft.document
        text = document.number or document.short_title
        known = next((locator for locator in item.locators if locator.text == text), None)
        if known is None:
            item.locators.append(Locator(entry.anchor, text))
        elif entry.anchor != known.anchor:
            known.also.append(entry.anchor)
        if entry.see_also and entry.see_also not in item.see_also:
            item.see_also.append(entry.see_also)
    letters: dict[str, list[IndexItem]] = {}
    for item in root.items:
        letters.setdefault(_letter(item.heading), []).append(item)
    return list(letters.items())


class Pages:
    """Renders the templates of styles/galley for one book."""

    def __init__(self, styles: Styles, ledger: Ledger, drafts: list[Draft], references: References) -> None:
        self.styles, self.ledger, self.drafts, self.references = styles, ledger, drafts, references

    def _render(self, template: str, draft: Draft, **values: Any) -> etree._Element:
        ledger = self.ledger
        return fragment(
            self.styles.render(
                f"galley/{template}.xhtml.j2",
                book=ledger.manifest,
                documents=[other.document for other in self.drafts],
                document=draft.document,
                words=ledger.words,
                say=ledger.say,
                date=self.date,
                count=self.count,
                **values,
            )
        )

    def date(self, iso: str | datetime.date) -> str:
        """Write out a date in the book's language."""
        day = iso if isinstance(iso, datetime.date) else datetime.date.fromisoformat(iso)
        months = self.ledger.words["months"].split()
        return self.ledger.say("date", day=day.day, month=months[day.month - 1], year=day.year)

    def count(self, number: int) -> str:
        """Write a number with the thousands mark of the book's language."""
        return f"{number:,}".replace(",", self.ledger.words["thousands"])

    def set_blocks(self, draft: Draft) -> None:
        """Replace the computed blocks of a part."""
        for div in list(draft.body.iterfind(".//div")):
            if div.get("class") in COMPUTED:
                block = self._render(str(div.get("class")), draft)
                block.set("data-line", div.get("data-line", "0"))
                replace(div, block)

    def is_empty(self, draft: Draft) -> bool:
        """Say whether a generated page would list nothing: then the book has none."""
        match draft.document.page:
            case "figures":
                return not self.ledger.figures
            case "bibliography":
                return not self.cited()
            case "index":
                return not self.ledger.index
            case "picture-credits":
                return not credits.group(self.ledger.credits, self.shown())
        return False

    def cited(self) -> list[str]:
        """Return the keys of the works that are cited, in the order of the bibliography."""
        return [key for key in self.references.works if key in self.ledger.cited]

    def page(self, draft: Draft) -> etree._Element:
        """Return the body of a generated page, an element whose children stand in the part."""
        return self._render(draft.document.page, draft, **self._lists)

    @cached_property
    def _lists(self) -> dict[str, Any]:
        """What generated pages list, when all that is in the manuscript is known."""
        works = [(key, etree.tostring(self.references.cite(key), encoding="unicode")) for key in self.cited()]
        return {
            "figures": self.ledger.figures,
            "index": build_index(self.ledger.index),
            "bibliography": [(key, markup(work)) for key, work in works],
            "credits": credits.group(self.ledger.credits, self.shown()),
        }

    def shown(self) -> list[credits.Shown]:
        """Return the plates that the book shows: the cover, then its figures, each picture once."""
        say, manifest = self.ledger.say, self.ledger.manifest
        cover = manifest.cover or manifest.cover_art
        shown = {cover: credits.Shown(Path(cover).stem, self.ledger.words["cover"])} if cover else {}
        for figure in self.ledger.figures:
            label = say("figure", number=figure.number)
            shown.setdefault(figure.src, credits.Shown(Path(figure.src).stem, label, figure.id))
        return list(shown.values())

    def galley(self, draft: Draft) -> str:
        """Return the finished XHTML document of a part."""
        return self.styles.render(
            "galley/document.xhtml.j2",
            book=self.ledger.manifest,
            document=draft.document,
            words=self.ledger.words,
            role=ROLES.get(draft.document.type, ""),
            body=markup(_inner(draft.body)),
            notes=[markup(_inner(_wrap(note))) for note in draft.notes],
        )


# DPUB-ARIA roles of parts, by their term in the EPUB structural semantics vocabulary (DPUB-ARIA 1.1, section 4).
ROLES = {
    name: f"doc-{name}"
    for name in "acknowledgments afterword appendix bibliography chapter colophon conclusion epilogue foreword "
    "glossary index introduction preface prologue".split()
}


def _wrap(note: etree._Element) -> etree._Element:
    wrapper = etree.Element("div")
    wrapper.append(note)
    return wrapper


def _inner(body: etree._Element) -> str:
    """Return the markup inside an element, without what only the resolving needed and without declarations."""
    etree.strip_attributes(body, "data-cites", "data-entry", "data-of", "data-see-also")
    etree.cleanup_namespaces(body, top_nsmap={"epub": EPUB})
    parts = [html_escape(body.text or "")]
    parts += [etree.tostring(child, encoding="unicode") for child in body]
    return "".join(parts).replace(f' xmlns:epub="{EPUB}"', "")
