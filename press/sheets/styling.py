"""Shorter ways to styles: what the style sheets say of an element is put together once for all elements that are alike.

WeasyPrint shares a style among the elements of one tree that match the same selectors below the same parent. Here those
that have ids share it too, and so do all trees with the same style sheets and fonts, until a part is done (`forget`).
So what is computed of a style is computed once, and so is what other shortcuts keep with it.

Each function takes the place of one of WeasyPrint and hands on to it whatever is not plain. tests/test_shortcuts.py
holds them to the same results, and fails where WeasyPrint no longer comes by these functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any
from xml.etree import ElementTree

from weasyprint.css import (
    ComputedStyle,
    InitialStyle,
    StyleFor,
    declaration_precedence,
    find_style_attributes,
    preprocess_declarations,
)
from weasyprint.layout import page

style_all = StyleFor.__init__
style_for = StyleFor.__call__
style_page = page.set_page_type_computed_styles

Cascaded = dict[str, tuple[Any, Any]]  # values of properties, each with the weight of its declaration

_SVG = "{http://www.w3.org/2000/svg}svg"
_INNER = ("\\", '"', "\n", "\r", "\f")  # in an id: not the same in a string of CSS


@dataclass
class _Kind:
    """Elements that are alike: their style, what is declared for their pseudo-elements, and the styles of these."""

    style: Any
    pseudo: dict[Any, Cascaded]
    made: dict[str, Any] = field(default_factory=dict)


class _Wardrobe:
    """The styles of all documents with the same style sheets and fonts, which begin with pages of one size."""

    def __init__(self, sheets: Sequence[Any]) -> None:
        self.sheets = sheets  # kept alive, for no other to get their addresses
        self.kinds: dict[Any, _Kind] = {}
        self.pages: dict[Any, dict[str | None, Any]] = {}  # styles of a page and its margins
        self.page_sizes: dict[str, Any] = {"box": None, "area": None}


def _style_all(
    self: Any, html: Any, sheets: Sequence[Any], presentational_hints: bool, font_config: Any, target_collector: Any
) -> None:
    """Give all elements of a document their styles; their pseudo-elements get theirs when these are asked for.

    WeasyPrint's own style sheet has rules for the markers and the notes of all elements.
    """
    if presentational_hints:
        style_all(self, html, sheets, presentational_hints, font_config, target_collector)
        return
    wardrobe = _wardrobe(html, sheets, font_config)
    self._sheets, self.font_config, self.initial_page_sizes = sheets, font_config, wardrobe.page_sizes
    self.wardrobe = wardrobe
    self._cascaded_styles, self._computed_styles, self.kinds = {}, {}, {}
    root = None
    for element in html.wrapper_element.iter_subtree():
        node = element.etree_element
        parent = self.kinds[element.parent.etree_element].style if element.parent else None
        own, anchor = _attributes(node)
        matched = [sheet.matcher.match(element) for sheet, *_ in sheets]
        key = id(parent), own, *(tuple(order for _, order, *_ in selectors) for selectors in matched)
        if key not in wardrobe.kinds:
            pseudo = _cascade(own, html.base_url, sheets, matched)
            above = InitialStyle(font_config) if root is None else root
            of = above, html.base_url, font_config, wardrobe.page_sizes
            wardrobe.kinds[key] = _Kind(ComputedStyle(parent, pseudo.pop(None, {}), None, *of), pseudo)
        kind = self.kinds[node] = wardrobe.kinds[key]
        root = self.root = kind.style if root is None else root
        style = self._computed_styles[node, None] = _anchored(kind.style, anchor) if anchor else kind.style
        if target_collector and (anchor or "anchor" in style.cascaded):
            target_collector.collect_anchor(style["anchor"])


def _wardrobe(html: Any, sheets: Sequence[Any], font_config: Any) -> _Wardrobe:
    """Return the styles that documents with these style sheets and fonts share; none are there where a document has
    a style sheet of its own."""
    if any(origin == "author" for _, origin, _ in sheets):
        return _Wardrobe(sheets)
    wardrobes = font_config.__dict__.setdefault("wardrobes", {})
    key = html.base_url, *((id(sheet), origin, specificity) for sheet, origin, specificity in sheets)
    return wardrobes.setdefault(key, _Wardrobe(sheets))  # type: ignore[no-any-return]


def forget(font_config: Any) -> None:
    """Throw away what the documents with these fonts share. Where each part has rules of its own, as for a thumb index,
    another part shares little of it, and a worker would keep the styles of all."""
    font_config.__dict__.get("wardrobes", {}).clear()


def _attributes(node: Any) -> tuple[tuple[Any, ...], str | None]:
    """Return the tag of an element with the attributes that declare something, and its anchor where that stands apart
    from its style."""
    anchor = node.get("id")
    names = ("style", "lang", "width", "height") if node.tag == _SVG else ("style", "lang")
    own = tuple((name, node.get(name)) for name in names if name in node.attrib)
    if (node.tag == "a" and node.get("name")) or (anchor and any(sign in anchor for sign in _INNER)):
        return (node.tag, *own, ("id", anchor), ("name", node.get("name"))), None
    return (node.tag, *own), anchor


def _cascade(own: tuple[Any, ...], base_url: str, sheets: Sequence[Any], matched: Sequence[Any]) -> dict[Any, Cascaded]:
    """Return what is declared for an element, and for each of its pseudo-elements: that with the most weight.

    `matched` are the selectors of each style sheet that match it, as cssselect2 gives them.
    """
    cascaded: dict[Any, Cascaded] = {}

    def declare(pseudo_type: str | None, declarations: Any, origin: str, layer: float, specificity: Any) -> None:
        style = cascaded.setdefault(pseudo_type, {})
        for name, values, importance in declarations:
            weight = declaration_precedence(origin, importance), layer, specificity
            if name not in style or style[name][1] <= weight:
                style[name] = values, weight

    tag, *attributes = own
    bare = ElementTree.Element(tag, {name: value for name, value in attributes if value})
    for specificity, _, declarations, url in find_style_attributes(bare, False, base_url):
        declare(None, preprocess_declarations(url, declarations), "author", inf, specificity)
    for (sheet, origin, sheet_specificity), selectors in zip(sheets, matched, strict=True):
        for specificity, _, pseudo_type, (declarations, layer) in selectors:
            order = inf if layer is None else sheet.layers.index(layer)
            declare(pseudo_type, declarations, origin, order, sheet_specificity or specificity)
    return cascaded


def _anchored(style: Any, anchor: str) -> Any:
    """Return the style of an element with an id: that of its kind, as far as it is known, and the anchor."""
    if "anchor" in style.cascaded:
        return style
    own = ComputedStyle.__new__(ComputedStyle)
    own.__dict__.update(style.__dict__)
    own.update(style, anchor=anchor)
    return own


def _style_for(self: Any, element: Any, pseudo_type: str | None = None) -> Any:
    """Return a style; that of a pseudo-element is made when it is asked for, and shared by elements that are alike."""
    kind = self.__dict__.get("kinds", {}).get(element) if pseudo_type else None
    if kind and pseudo_type in kind.pseudo and (element, pseudo_type) not in self._computed_styles:
        if (style := kind.made.get(pseudo_type)) is None:
            of = self.root, kind.style.base_url, self.font_config, self.initial_page_sizes
            style = ComputedStyle(kind.style, kind.pseudo[pseudo_type], pseudo_type, *of)
            if pseudo_type != "note-call":  # each of these gets an anchor of its own
                kind.made[pseudo_type] = style
        self._computed_styles[element, pseudo_type] = style
    return style_for(self, element, pseudo_type)


def _style_page(page_type: Any, html: Any, style_for: Any) -> None:
    """Give a page and its margins their styles: those of another that the same rules are for, below the same root."""
    wardrobe, computed = style_for.__dict__.get("wardrobe"), style_for.get_computed_styles()
    if wardrobe is None:
        style_page(page_type, html, style_for)
        return
    name = id(style_for.root), page_type
    if name not in wardrobe.pages:
        selectors = (
            each for sheet, *_ in style_for._sheets for _, listed, _ in sheet.page_rules for *_, each in listed
        )
        key = id(style_for.root), tuple(style_for._page_type_match(selector, page_type) for selector in selectors)
        if key not in wardrobe.pages:
            style_page(page_type, html, style_for)
            wardrobe.pages[key] = {part: style for (owner, part), style in computed.items() if owner == page_type}
        wardrobe.pages[name] = wardrobe.pages[key]
    computed.update(((page_type, part), style) for part, style in wardrobe.pages[name].items())


StyleFor.__init__ = _style_all
StyleFor.__call__ = _style_for
page.set_page_type_computed_styles = _style_page
