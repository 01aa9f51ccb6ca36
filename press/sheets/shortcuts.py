"""Shorter ways to what WeasyPrint computes over and over: most of the values are those that they were the last time.

Each takes the place of one function of WeasyPrint and hands on to it whatever is not plain. tests/test_shortcuts.py
holds them to the same results, and fails where WeasyPrint no longer comes by these functions.
"""

from __future__ import annotations

from typing import Any

from weasyprint.css import ComputedStyle, StyleFor
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.functions import check_math
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES
from weasyprint.formatting_structure.boxes import BlockBox, Box, InlineBox, LineBox, TextBox
from weasyprint.layout import block, inline

resolve_percentages = inline.resolve_percentages
strut = inline.strut
compute = ComputedStyle.__missing__
set_computed_styles = StyleFor.set_computed_styles
style_for = StyleFor.__call__
is_in_normal_flow = Box.is_in_normal_flow
copy = Box.copy

_LENGTHS = tuple(
    "margin_left margin_right margin_top margin_bottom padding_left padding_right padding_top padding_bottom"
    " width min_width max_width height min_height max_height".split()
)
_PLAIN = TextBox, InlineBox, LineBox, BlockBox
_USED = (*_LENGTHS, *(f"border_{side}_width" for side in ("top", "right", "bottom", "left")))
# Properties whose initial value is what WeasyPrint computes where nothing is declared.
_INITIAL = {
    name
    for name, value in INITIAL_VALUES.items()
    if name not in INHERITED | INITIAL_NOT_COMPUTED | {"float", "display", "position", "page"}
    and not name.startswith("text_decoration_")
    and not check_math(value)
}


def _resolve_percentages(box: Any, containing_block: Any) -> None:
    """Set the lengths of a block or of a box in a line: they are the same in any block, unless some are percentages."""
    style = box.style
    kept = style.__dict__.get("lengths")
    if kept and type(box) in _PLAIN:
        box.__dict__.update(kept)
        return
    resolve_percentages(box, containing_block)
    if kept is None and type(box) in _PLAIN:
        fixed = style["box_sizing"] == "content-box" and all(_fixed(style[name]) for name in _LENGTHS)
        style.lengths = {name: getattr(box, name) for name in _USED} if fixed else {}


def _fixed(value: Any) -> bool:
    return value is None or value == "auto" or getattr(value, "unit", "%") != "%"


def _strut(style: Any) -> Any:
    """Return the height of a line and its baseline: once for each style."""
    if "strut" not in style.__dict__:
        style.strut = strut(style)
    return style.strut


def _copy(self: Any) -> Any:
    """Return a copy of a box: its attributes are copied in one piece, not one by one."""
    new = object.__new__(type(self))
    new.__dict__ = self.__dict__.copy()
    return new


def _is_in_normal_flow(self: Any) -> bool:
    """Tell whether a box stands in the flow, as its style says: asked once for each style."""
    known = self.style.__dict__.get("in_flow")
    if known is None:
        known = self.style.in_flow = is_in_normal_flow(self)
    return bool(known)


def _compute(self: Any, key: str) -> Any:
    """Return the value of a property: that of the parent or the initial one, where nothing is declared for it."""
    if key not in self.cascaded and (key not in PHYSICAL_FUNCTIONS or not _logical(self)):
        if key in _INITIAL:
            self[key] = INITIAL_VALUES[key]
            return self[key]
        if key in INHERITED and self.parent_style is not None:
            value = self.parent_style[key]
            if not check_math(value):
                self[key] = value
                return value
    return compute(self, key)


def _set_computed_styles(
    self: Any,
    element: Any,
    parent: Any,
    root: Any = None,
    pseudo_type: str | None = None,
    base_url: str | None = None,
    target_collector: Any = None,
) -> None:
    """Set a style; that of a pseudo-element only when it is asked for.

    WeasyPrint's own style sheet has rules for the markers and the notes of all elements.
    """
    cascaded = self.get_cascaded_styles().get((element, pseudo_type), {})
    if pseudo_type is None or pseudo_type.startswith("@") or "anchor" in cascaded:
        set_computed_styles(self, element, parent, root, pseudo_type, base_url, target_collector)
    else:
        self.__dict__.setdefault("asked_for", {})[element, pseudo_type] = cascaded, parent, root, base_url


def _style_for(self: Any, element: Any, pseudo_type: str | None = None) -> Any:
    """Return a style; pseudo-elements with the same declarations, of elements with the same style, share theirs."""
    if pseudo_type and (waiting := self.__dict__.get("asked_for", {}).pop((element, pseudo_type), None)):
        cascaded, parent, root, base_url = waiting
        styles = self.get_computed_styles()
        above = styles[parent, None]
        declared = tuple((name, id(value), weight) for name, (value, weight) in cascaded.items())
        shared = {} if pseudo_type == "note-call" else self.__dict__.setdefault("shared", {})  # each gets an anchor
        key = id(above), pseudo_type, declared
        if key not in shared:
            shared[key] = ComputedStyle(
                above, cascaded, pseudo_type, styles[root, None], base_url, self.font_config, self.initial_page_sizes
            )
        styles[element, pseudo_type] = shared[key]
    return style_for(self, element, pseudo_type)


def _logical(style: Any) -> bool:
    """Tell whether properties of the flow's directions are declared, such as margin-inline-start."""
    if "logical" not in style.__dict__:
        style.logical = any(word in name for name in style.cascaded for word in ("inline", "block", "start", "end"))
    return bool(style.logical)


inline.resolve_percentages = block.resolve_percentages = _resolve_percentages
inline.strut = _strut
Box.copy = _copy
Box.is_in_normal_flow = _is_in_normal_flow
ComputedStyle.__missing__ = _compute
StyleFor.set_computed_styles = _set_computed_styles
StyleFor.__call__ = _style_for
