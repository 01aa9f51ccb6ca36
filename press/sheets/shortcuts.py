"""Shorter ways to what WeasyPrint computes over and over: most of the values are those that they were the last time.

Each takes the place of one function of WeasyPrint and hands on to it whatever is not plain. tests/test_shortcuts.py
holds them to the same results, and fails where WeasyPrint no longer comes by these functions.
"""

from __future__ import annotations

from typing import Any

from weasyprint.css import ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.functions import check_math
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES
from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox
from weasyprint.layout import inline
from weasyprint.svg import SVG
from weasyprint.svg import path as svg_path
from weasyprint.svg.utils import PointError

resolve_percentages = inline.resolve_percentages
strut = inline.strut
compute = ComputedStyle.__missing__
svg_point = SVG.point

_LENGTHS = tuple(
    "margin_left margin_right margin_top margin_bottom padding_left padding_right padding_top padding_bottom"
    " width min_width max_width height min_height max_height".split()
)
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
    """Set the lengths of a box in a line: they are the same in any block, unless the style gives percentages."""
    style = box.style
    kept = style.__dict__.get("lengths")
    if kept and type(box) in (TextBox, InlineBox, LineBox):
        box.__dict__.update(kept)
        return
    resolve_percentages(box, containing_block)
    if kept is None and type(box) in (TextBox, InlineBox, LineBox):
        fixed = style["box_sizing"] == "content-box" and all(_fixed(style[name]) for name in _LENGTHS)
        style.lengths = {name: getattr(box, name) for name in _USED} if fixed else {}


def _fixed(value: Any) -> bool:
    return value is None or value == "auto" or getattr(value, "unit", "%") != "%"


def _strut(style: Any) -> Any:
    """Return the height of a line and its baseline: once for each style."""
    if "strut" not in style.__dict__:
        style.strut = strut(style)
    return style.strut


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


def _logical(style: Any) -> bool:
    """Tell whether properties of the flow's directions are declared, such as margin-inline-start."""
    if "logical" not in style.__dict__:
        style.logical = any(word in name for name in style.cascaded for word in ("inline", "block", "start", "end"))
    return bool(style.logical)


def _point(svg: Any, string: str, font_size: Any) -> tuple[Any, Any, str]:
    """Take a point off the front of what is left of a path."""
    x, space, rest = string.partition(" ")
    if not space:
        raise PointError
    y, _, rest = rest.partition(" ")
    return (*svg.point(x, y, font_size), rest)


def _svg_point(self: Any, x: Any, y: Any, font_size: Any) -> Any:
    """Return a point of a drawing in px: most are given as plain numbers."""
    try:
        return float(x), float(y)
    except (TypeError, ValueError):
        return svg_point(self, x, y, font_size)


inline.resolve_percentages = _resolve_percentages
inline.strut = _strut
ComputedStyle.__missing__ = _compute
SVG.point = _svg_point
svg_path.point = _point
