"""Shorter ways to what WeasyPrint computes over and over: most of the values are those that they were the last time.

Each takes the place of one function of WeasyPrint and hands on to it whatever is not plain. tests/test_shortcuts.py
holds them to the same results, and fails where WeasyPrint no longer comes by these functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weasyprint import document
from weasyprint.css import ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.functions import check_math
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES
from weasyprint.formatting_structure import build
from weasyprint.formatting_structure.boxes import BlockBox, Box, FootnoteAreaBox, InlineBox, LineBox, TextBox
from weasyprint.layout import block, inline, page

resolve_percentages = inline.resolve_percentages
strut = inline.strut
compute = ComputedStyle.__missing__
is_in_normal_flow = Box.is_in_normal_flow
copy = Box.copy

_LENGTHS = tuple(
    "margin_left margin_right margin_top margin_bottom padding_left padding_right padding_top padding_bottom"
    " width min_width max_width height min_height max_height".split()
)
_PLAIN = TextBox, InlineBox, LineBox, BlockBox, FootnoteAreaBox
_USED = (*_LENGTHS, *(f"border_{side}_width" for side in ("top", "right", "bottom", "left")))
# Properties whose initial value is what WeasyPrint computes where nothing is declared.
_INITIAL = {
    name
    for name, value in INITIAL_VALUES.items()
    if name not in INHERITED | INITIAL_NOT_COMPUTED | {"float", "display", "position", "page"}
    and not name.startswith("text_decoration_")
    and not check_math(value)
}


def roomy(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with half a megabyte of Python's stack for what it calls.

    Python takes 16 kB at a time from the system, and gives them back at once. Where a call comes to need more in the
    middle of the layout, memory is mapped and unmapped at every call from there: a twentieth of the time it takes.
    """

    def inner(*arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    inner.__code__ = inner.__code__.replace(co_stacksize=2**16)  # of 8 bytes: Python takes twice that
    return inner


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
    try:
        return self.style.in_flow  # type: ignore[no-any-return]
    except AttributeError:
        self.style.in_flow = is_in_normal_flow(self)
        return self.style.in_flow  # type: ignore[no-any-return]


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


page.remake_page = roomy(page.remake_page)
build.build_formatting_structure = roomy(build.build_formatting_structure)
document.generate_pdf = roomy(document.generate_pdf)
inline.resolve_percentages = block.resolve_percentages = _resolve_percentages
inline.strut = _strut
Box.copy = _copy
Box.is_in_normal_flow = _is_in_normal_flow
ComputedStyle.__missing__ = _compute
