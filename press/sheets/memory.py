"""What is laid out once: the lines of a paragraph, and the notes at the foot of a page.

WeasyPrint breaks a paragraph into lines whenever it comes by, and lays out all notes of a page again for every note
that is added. Where a line ends depends on the paragraph and its width alone, though, as long as nothing floats beside
it. So lines are kept, drawn up at the origin, and copied to where they stand: a layout comes out the same whether its
lines were kept or not.

`get_next_linebox` and `_update_footnote_area` are not of WeasyPrint's public interface: tests/test_layouts.py holds
what is laid out with them to what `HTML.render` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import count
from math import inf
from typing import Any

from cssselect2 import ElementWrapper
from weasyprint.layout import LayoutContext, inline
from weasyprint.layout import page as pages

from press.sheets.blocks import Kept, placed

_break_line = inline.get_next_linebox
_style_page = pages.set_page_type_computed_styles

_numbers = count()  # by which boxes are known again: a box that knew another would keep its whole tree


class Memory:
    """What is known of one tree and those grafted from it: lines and notes by all that they depend on.

    `images` and `dictionaries` (of hyphenation) are those of a whole part.
    """

    def __init__(self, images: dict[str, Any], dictionaries: dict[Any, Any]) -> None:
        self.lines: dict[Any, tuple[Any, Any]] = {}
        self.notes: dict[Any, tuple[float, bool]] = {}
        self.blocks: dict[Any, Kept] = {}
        self.styles: dict[int, tuple[Any, int]] = {}  # by their addresses
        self.kinds: dict[Any, int] = {}
        self.others: dict[Any, Any] = {}  # with other values
        self.tables: dict[Any, Any] = {}
        self.images, self.dictionaries = images, dictionaries

    def alike(self, style: Any) -> int:
        """Return the number of all styles that say the same: elements with ids have their own in each tree."""
        if id(style) not in self.styles:
            parent = None if style.parent_style is None else self.alike(style.parent_style)
            kind = parent, id(getattr(style, "cascaded", None)), style.get("anchor")
            self.styles[id(style)] = style, self.kinds.setdefault(kind, len(self.kinds))
        return int(self.styles[id(style)][1])

    def restyled(self, style: Any, values: Mapping[str, Any]) -> Any:
        """Return a style with other values of some properties, which are not inherited."""
        key = self.alike(style), tuple(values.items())
        if key not in self.others:
            new = self.others[key] = style.copy()
            new.update(values)
            self.styles[id(new)] = new, self.kinds.setdefault(key, len(self.kinds))
        return self.others[key]

    def mark(self, notes: Iterable[Any]) -> None:
        """Number the boxes of notes, of which WeasyPrint lays out copies."""
        for note in notes:
            for box in note.descendants():
                box.origin = next(_numbers)


class Wrapper(ElementWrapper):  # type: ignore[misc]
    """An element for selectors, which knows what stands behind it: `:has(+ p)` would go through all siblings else.

    WeasyPrint looks for some by name in each document, such as style sheets: only where there are any.
    """

    def query_all(self, *selectors: Any) -> Iterator[Any]:
        """Give the elements in this one, and itself, that match one of the selectors."""
        if all(isinstance(selector, str) and selector.isalpha() for selector in selectors):
            return self._named(frozenset(selectors))
        return super().query_all(*selectors)  # type: ignore[no-any-return]

    def _named(self, names: frozenset[str]) -> Iterator[Any]:
        if any(next(self.etree_element.iter(name), None) is not None for name in names):
            if self.local_name in names:
                yield self
            for child in self.iter_children():
                yield from child._named(names)

    @cached_property
    def _family(self) -> list[Any]:
        return list(self.iter_children())

    def iter_next_siblings(self) -> Iterator[Any]:
        """Give the elements behind this one in their parent."""
        if self.parent is not None:
            yield from self.parent._family[self.index + 1 :]


class Context(LayoutContext):  # type: ignore[misc]
    """WeasyPrint's state of one layout, with the memory of a part."""

    def __init__(self, memory: Memory, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.memory = memory
        self.tables, self.dictionaries = memory.tables, memory.dictionaries
        self.reach = -inf  # how far down what is being laid out had to have room, px

    def overflows_page(self, bottom_space: float, position_y: float) -> bool:
        """Tell whether something does not fit above the foot of the page, and remember how far down it was asked."""
        if self.overflows(self.page_bottom - bottom_space, position_y):
            self.reach = inf
            return True
        self.reach = max(self.reach, position_y + bottom_space)
        return False

    def _update_footnote_area(self) -> bool:
        area = self.current_footnote_area
        if self.in_column:
            return bool(super()._update_footnote_area())
        if not self.current_page_footnotes:
            if area.height != "auto":
                self.page_bottom += area.margin_height()
            area.children, area.height = [], "auto"  # WeasyPrint keeps the margins of an area that has lost its notes
            return False
        if not hasattr(area, "kind"):
            area.kind = area.page.width, area.page.height, _declared(area.style), _declared(area.page.style)
        key = (area.kind, *self.current_page_footnotes)
        if key not in self.memory.notes:
            overflow = bool(super()._update_footnote_area())
            self.memory.notes[key] = area.height, overflow
            return overflow
        if area.height != "auto":
            self.page_bottom += area.margin_height()
        area.children = self.current_page_footnotes
        area.height, overflow = self.memory.notes[key]
        self.page_bottom -= area.margin_height()
        return overflow


def _declared(style: Any) -> str:
    """Return what the style sheet says of a page or of its notes."""
    if "declared" not in style.__dict__:
        cascaded = getattr(style, "cascaded", {})
        style.declared = repr(sorted((name, value) for name, (value, _) in cascaded.items()))
    return str(style.declared)


def page_styles(page_type: Any, html: Any, style_for: Any) -> None:
    """Compute the styles of a page and its margins, as WeasyPrint's function does: once for the layouts of one tree."""
    if (page_type, None) not in style_for.get_computed_styles():
        _style_page(page_type, html, style_for)


pages.set_page_type_computed_styles = page_styles


def _get_next_linebox(
    context: Any,
    linebox: Any,
    position_y: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: list[Any],
    fixed_boxes: list[Any],
    first_letter_style: Any,
    first_line_style: Any,
) -> tuple[Any, Any]:
    """Return the next line of a paragraph and where it resumes, as WeasyPrint's function of that name does."""
    memory = getattr(context, "memory", None)
    if memory is not None and skip_stack is not None:
        first_line_style = None  # WeasyPrint gives it to the line with which a paragraph goes on on the next page, too
    if (
        memory is None
        or first_letter_style
        or first_line_style
        or not _plain(linebox)
        or any(shape.position_y + shape.margin_height() > position_y for shape in context.excluded_shapes)
    ):
        return _break_line(  # type: ignore[no-any-return]
            context,
            linebox,
            position_y,
            bottom_space,
            skip_stack,
            containing_block,
            absolute_boxes,
            fixed_boxes,
            first_letter_style,
            first_line_style,
        )
    width = round(containing_block.width, 6)  # of left and right pages: they differ in the last digit
    key = linebox.origin, _frozen(skip_stack), width, linebox.text_indent
    if key not in memory.lines:
        block, x, shapes = containing_block, containing_block.position_x, context.excluded_shapes
        block.position_x = -(block.margin_left + block.padding_left + block.border_left_width)
        context.excluded_shapes = []
        line, _ = memory.lines[key] = _break_line(
            context, linebox, 0, bottom_space, skip_stack, block, [], [], None, None
        )
        if line is not None:
            line.said = []  # what `flow.py` reads from it and all copies
        block.position_x, context.excluded_shapes = x, shapes
    line, resume_at = memory.lines[key]
    if line is not None:
        line = placed(line, containing_block.content_box_x(), position_y)
    return line, resume_at


inline.get_next_linebox = _get_next_linebox  # does what it did before in any layout that has no memory


def _plain(linebox: Any) -> bool:
    """Tell whether a paragraph's lines can be kept: nothing in it floats or is set elsewhere. Mark it at once."""
    if not hasattr(linebox, "origin"):
        inside = list(linebox.descendants())[1:]
        plain = all(box.is_in_normal_flow() for box in inside)
        # in the copy of a note the paragraph is new, and what it holds is known by number
        known = plain and inside and hasattr(inside[0], "origin")
        origins = tuple(getattr(box, "origin", None) for box in inside)
        linebox.origin = (origins if known else next(_numbers)) if plain else None
    return linebox.origin is not None


def _frozen(skip_stack: Any) -> Any:
    """Return WeasyPrint's way to say where a line begins, as a key."""
    places = []
    while skip_stack is not None:
        ((place, skip_stack),) = skip_stack.items()
        places.append(place)
    return tuple(places)
