"""Shorter ways to Pango: what a style asks of it is said once, and no text is shaped of which only the words are kept.

And a mended one: see `_split_first_line`.

Each takes the place of one function of WeasyPrint. tests/test_shortcuts.py holds them to the same lines, and fails
where WeasyPrint no longer comes by these functions.
"""

from __future__ import annotations

from typing import Any

from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.layout import inline
from weasyprint.text.ffi import ffi, gobject, pango
from weasyprint.text.line_break import Layout

setup = Layout.setup
add_word_spacing = inline.add_word_spacing
split_first_line = inline.split_first_line

ffi.cdef("PangoLayout * pango_layout_copy (PangoLayout *layout);", override=True)

# What WeasyPrint sets up, beside the layout itself.
_SET_UP = (
    "language ascent underline_position strikethrough_position underline_thickness strikethrough_thickness".split()
)


def lettering(style: Any) -> tuple[Any, dict[str, Any]]:
    """Return a Pango layout of a style without a text, and what else WeasyPrint sets up with it."""
    if "lettering" not in style.__dict__:
        made = Layout.__new__(Layout)
        setup(made, style)
        style.lettering = made.layout, {name: made.__dict__[name] for name in _SET_UP if name in made.__dict__}
    return style.lettering  # type: ignore[no-any-return]


def _setup(self: Any, style: Any) -> None:
    """Give a layout its font, language and features: those of a style are put together once, and copied."""
    blank, properties = lettering(style)
    self.__dict__.update(properties)
    self.style, self.first_line_direction = style, 0
    self.layout = ffi.gc(pango.pango_layout_copy(blank), gobject.g_object_unref)


def _add_word_spacing(context: Any, box: Any, spacing: float, advance: float) -> Any:
    """Widen the spaces of a text box, whose layout keeps its words only until it is drawn."""
    spaces = inline.count_expandable_spaces(box) if isinstance(box, TextBox) else 0
    if not spaces or "\n" in box.text or box.style["word_spacing"]:
        return add_word_spacing(context, box, spacing, advance)
    box.justification_spacing = spacing
    box.position_x += advance
    box.width += spacing * spaces
    layout = Layout.__new__(Layout)
    layout.__dict__.update(box.pango_layout.__dict__)
    layout.text, layout.justification_spacing = box.text, spacing
    layout.max_width, layout.first_line_direction = None, 0
    box.pango_layout = layout
    return advance + spacing * spaces


def _split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> Any:
    """Fit a text in a line; return WeasyPrint's layout, length and resume index in bytes, width, height and baseline.

    A text that ends with a blank, and fits but for that, is set whole: the blank goes at the end of the line.
    WeasyPrint would leave its first word alone on the line.
    """
    found = split_first_line(text, style, context, max_width, justification_spacing, is_line_start, minimum)
    length, resume_at = found[1:3]
    if (
        resume_at is not None
        and max_width is not None
        and text.endswith(" ")
        and style["white_space"] == "normal"
        and " " in text[:-1]
        and b" " not in text.encode()[:length]
    ):
        bare = split_first_line(text[:-1], style, context, max_width, justification_spacing, is_line_start, minimum)
        if bare[2] is None:
            wider = max_width + style["font_size"]
            return split_first_line(text, style, context, wider, justification_spacing, is_line_start, minimum)
    return found


Layout.setup = _setup
inline.split_first_line = _split_first_line
inline.add_word_spacing = _add_word_spacing
