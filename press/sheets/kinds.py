"""Kinds: which standard structure type an element of the book has (ISO 32000-1, 14.8.4)."""

from __future__ import annotations

from typing import Any

# By tag. An element that is not here is read as part of the element around it.
TYPES = {
    "section": "Sect",
    "article": "Art",
    "aside": "Div",
    "figure": "Div",
    "blockquote": "BlockQuote",
    "p": "P",
    "ul": "L",
    "ol": "L",
    "dl": "L",
    "li": "LBody",
    "dt": "Lbl",  # in an LI of its own, which its descriptions join
    "dd": "LBody",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
    "caption": "Caption",
    "figcaption": "Caption",
    "img": "Figure",
    "code": "Code",
    "pre": "P",
    "q": "Quote",
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
}

# By class, before the tag.
CLASSES = {
    "pull-quote": ("BlockQuote",),
    "note": ("Note",),
    "note-paragraph": ("P",),
    "note-number": ("Lbl", "Link"),
    "note-call": ("Reference", "Link"),
    "page-number": ("Reference", "Link"),
    "locator": ("Reference", "Link"),
}


class Kinds:
    """The structure types of the elements below `root` (an ElementTree element of HTML)."""

    def __init__(self, root: Any) -> None:
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.hidden = {
            element for hidden in root.iter() if hidden.get("aria-hidden") == "true" for element in hidden.iter()
        }

    def of(self, element: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Return the types of an element, the outermost first, and the attributes of the innermost.

        No type at all means that its content belongs to the element around it.
        """
        return self._types(element), self._attributes(element)

    def before(self, element: Any) -> Any:
        """Return the element before `element` in their parent, None for the first."""
        siblings = list(self.parents[element])
        place = siblings.index(element)
        return siblings[place - 1] if place else None

    def head(self, element: Any) -> Any:
        """Return the table head in which an element stands, if any: it is repeated on every page of the table."""
        while element is not None and element.tag != "thead":
            element = self.parents.get(element)
        return element

    def _types(self, element: Any) -> tuple[str, ...]:
        names = (element.get("class") or "").split()
        for name in names:
            if name in CLASSES:
                return CLASSES[name]
        if element.tag == "a" and element.get("href"):
            return ("Reference", "Link") if self._in_contents(element) else ("Link",)
        if element.tag == "section" and element.get("role") == "doc-index":
            return ("Index",)
        if element.tag in ("ol", "li") and self._in_contents(element):
            return ("TOC",) if element.tag == "ol" else ("TOCI",)
        if element.tag in TYPES:
            return (TYPES[element.tag],)
        above = self.parents.get(element)
        if above is not None and (self._language(element) or (element.tag == "abbr" and element.get("title"))):
            return ("Span",)
        return ()

    def _attributes(self, element: Any) -> dict[str, Any]:
        import pydyf

        attributes: dict[str, Any] = {}
        if language := self._language(element):
            attributes["Lang"] = pydyf.String(language)
        if element.tag == "img":
            attributes["Alt"] = pydyf.String(element.get("alt", ""))
        elif element.tag == "abbr" and element.get("title"):
            attributes["E"] = pydyf.String(element.get("title"))
        elif element.tag in ("th", "td"):
            attributes["A"] = _cell(element)
        elif element.tag == "ol" and not self._in_contents(element):
            attributes["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": "/Decimal"})
        if "note" in (element.get("class") or "").split():
            attributes["ID"] = pydyf.String(element.get("id"))
        return attributes

    def _language(self, element: Any) -> str:
        """Return the language of an element where it is another than around it, else nothing."""
        own = element.get("lang")
        above = self.parents.get(element)
        while own and above is not None:
            if language := above.get("lang"):
                return "" if language == own else str(own)
            above = self.parents.get(above)
        return ""

    def _in_contents(self, element: Any) -> bool:
        while element is not None:
            if element.tag == "nav":
                return True
            element = self.parents.get(element)
        return False


def _cell(element: Any) -> Any:
    """Return the table attributes of a cell (ISO 32000-1, 14.8.5.7)."""
    import pydyf

    cell = pydyf.Dictionary({"O": "/Table"})
    if element.tag == "th":
        cell["Scope"] = "/Row" if element.get("scope") == "row" else "/Column"
    for name, key in (("colspan", "ColSpan"), ("rowspan", "RowSpan")):
        if (element.get(name) or "1") != "1":
            cell[key] = int(element.get(name))
    return cell
