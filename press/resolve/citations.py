"""The reference file, set in the house's citation style by citeproc, one Pandoc run for the whole book."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lxml import etree, html

from press.kept import kept
from press.read.pandoc import RUN_TIME

_NOT_CSL = ("verification", "note", "keyword")


@dataclass(frozen=True)
class Reference:
    """A work as it is cited: `full` is an element `cite`, `short` such as "Kim 2015", `sort` its place in a list."""

    key: str
    full: etree._Element
    short: str


class References:
    """The works of a CSL-JSON file, in the order of the bibliography."""

    def __init__(self, works: dict[str, Reference]) -> None:
        self.works = works

    def __contains__(self, key: str) -> bool:
        return key in self.works

    def short(self, key: str) -> str:
        """Return the short form of a work, such as "Kim 2015"."""
        return self.works[key].short

    def cite(self, key: str) -> etree._Element:
        """Return a fresh element `cite` with the full reference of a work, its DOI and PubMed links at the end."""
        return etree.fromstring(etree.tostring(self.works[key].full))

    @classmethod
    def load(cls, path: Path | None, style: Path, language: str) -> References:
        """Load the works of `path` and set them in the CSL style `style`.

        Raises ValueError, saying what is wrong, where the file is not CSL-JSON.
        """
        if path is None:
            return cls({})
        try:
            items: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            ids = [item["id"] for item in items]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ValueError(f"not a list of CSL-JSON items: {error}") from None
        if doubles := sorted({key for key in ids if ids.count(key) > 1}):
            raise ValueError(f"these ids stand twice: {', '.join(doubles)}")
        if strange := [item["id"] for item in items if not _is_web(item.get("URL", "https://"))]:
            raise ValueError(f"the URL of {', '.join(strange)} is not an http or https address")
        plain = [{name: value for name, value in item.items() if name not in _NOT_CSL} for item in items]
        by_id = dict(zip(ids, items, strict=True))
        set_entries = _citeproc(plain, style, language)
        return cls({key: _reference(by_id[key], entry) for key, entry in set_entries.items()})


def _is_web(address: object) -> bool:
    return isinstance(address, str) and address.lower().startswith(("https://", "http://"))


def _citeproc(items: list[dict[str, Any]], style: Path, language: str) -> dict[str, etree._Element]:
    root = html.fragment_fromstring(_set_in_style(json.dumps(items), style, language), create_parent="div")
    entries = root.xpath("//*[contains(concat(' ', @class, ' '), ' csl-entry ')]")
    return {entry.get("id").removeprefix("ref-"): entry for entry in entries}


@lru_cache(maxsize=4)  # for the preview, which resolves a book again and again
def _set_in_style(items: str, style: Path, language: str) -> str:
    options = ["--citeproc", "--wrap=none", f"--metadata=lang:{language}", "--metadata=link-bibliography:false"]

    def make() -> bytes:
        import pypandoc

        os.environ["PYPANDOC_PANDOC"] = str(Path(pypandoc.__file__).parent / "files" / "pandoc")
        # Pandoc reads a CSL-JSON list as a document whose metadata are its references.
        markup: str = pypandoc.convert_text(
            items, "html5", format="csljson", extra_args=[*options, f"--csl={style}", *RUN_TIME], verify_format=False
        )
        return markup.encode()

    made_of = (version("pypandoc-binary"), options, style.read_bytes(), items)
    return kept("references", made_of, make).decode()


def _reference(item: dict[str, Any], entry: etree._Element) -> Reference:
    cite = etree.Element("cite", {"class": "reference", "data-key": item["id"]})
    cite.text = (entry.text or "").lstrip()
    for child in list(entry):
        cite.append(child)
    if len(cite):
        cite[-1].tail = (cite[-1].tail or "").rstrip()
    for label, address in _identifiers(item):
        last = cite[-1] if len(cite) else None
        if last is None:
            cite.text = (cite.text or "").rstrip() + " "
        else:
            last.tail = (last.tail or "").rstrip() + " "
        link = etree.SubElement(cite, "a", {"class": "identifier", "href": address})
        link.text = label
    names = item.get("author") or item.get("editor") or [{"literal": item.get("title", item["id"])}]
    first = names[0].get("family") or names[0].get("literal", "")
    year = item.get("issued", {}).get("date-parts", [[""]])[0][0]
    return Reference(item["id"], cite, f"{first} {year}".strip())


def _identifiers(item: dict[str, Any]) -> list[tuple[str, str]]:
    links = []
    if doi := item.get("DOI"):
        links.append((f"doi:{doi}", f"https://doi.org/{doi}"))
    if pmid := item.get("PMID"):
        links.append((f"PubMed\u00a0{pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"))
    if not links and (url := item.get("URL")):
        links.append((url, url))
    return links
