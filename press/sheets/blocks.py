"""Blocks that are laid out once: a block that has room where it stands looks as it did where it stood before.

A part is laid out a dozen times until its pages are composed, and most of its blocks change nothing but their place.
So a block is kept as it was laid out, and copied to where it stands in the next layout, if it fits there whole. Blocks
that something depends on besides their width are laid out as ever: with calls of notes, with floats in or beside them.

`block_level_layout` is not of WeasyPrint's public interface: tests/test_layouts.py holds what is laid out with it to
what `HTML.render` makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import block
from weasyprint.layout.absolute import AbsolutePlaceholder

_lay_out = block.block_level_layout


@dataclass
class Kept:
    """A block as it was laid out: from which place to which, in px, and how much room was asked for it below that."""

    box: Any
    start: tuple[float, float]
    end: tuple[float, float]
    reach: float
    next_page: dict[str, Any]
    above: list[float]  # margins that its own are collapsed with, beside those that were there
    margins: list[float]
    collapsing: bool
    placeholders: list[Any]  # of the markers of items, which are put in their place when the page is done
    notes: list[Any]  # called in it
    content: list[Any]  # by which the block is known: kept, lest another gets its number

    def at(self, x: float, y: float) -> Any:
        """Return a copy of the block as it is laid out from another place. It may have been moved since it was kept."""
        box, start, end = self.box, self.start, self.end
        return placed(box, x - start[0] - (box.position_x - end[0]), y - start[1] - (box.position_y - end[1]))


def _block_level_layout(
    context: Any,
    box: Any,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    page_is_empty: bool = True,
    absolute_boxes: Any = None,
    fixed_boxes: Any = None,
    adjoining_margins: Any = None,
    *others: Any,
) -> Any:
    """Lay out a block, as WeasyPrint's function of that name does."""

    def laid_out() -> Any:
        return _lay_out(
            context,
            box,
            bottom_space,
            skip_stack,
            containing_block,
            page_is_empty,
            absolute_boxes,
            fixed_boxes,
            adjoining_margins,
            *others,
        )

    memory = getattr(context, "memory", None)
    if memory is None or skip_stack is not None or any(others) or context.in_column or not _stands(box):
        return laid_out()
    x, y = box.position_x, box.position_y
    if context.reported_footnotes or any(
        shape.position_y + shape.margin_height() > y for shape in context.excluded_shapes
    ):
        return laid_out()
    known = getattr(box, "origin", None) or id(box.children)  # a note is laid out in copies
    head = (context.current_page > 1, bool(context.forced_break)) if page_is_empty else None
    key = known, memory.alike(box.style), round(containing_block.width, 6), tuple(adjoining_margins), head
    kept = memory.blocks.get(key)
    if kept and all(each._layout_done for each in kept.placeholders) and _fits(context, kept, y + bottom_space):
        context.reach = max(context.reach, y + bottom_space + kept.reach)
        adjoining_margins.extend(kept.above)
        return kept.at(x, y), None, dict(kept.next_page), list(kept.margins), kept.collapsing, None
    before, outer, context.reach = len(absolute_boxes), context.reach, -inf
    shapes, notes = len(context.excluded_shapes), list(context.current_page_footnotes)
    result = laid_out()
    new, resume_at, next_page, margins, collapsing, lines = result
    if (
        new is not None
        and resume_at is None
        and lines is None
        and context.reach < inf
        and context.current_page_footnotes[: len(notes)] == notes
        and not any(_lower(shape, new) for shape in context.excluded_shapes[shapes:])
    ):
        reach = context.reach - y - bottom_space if context.reach > -inf else -inf
        memory.blocks[key] = Kept(
            new,
            (x, y),
            (new.position_x, new.position_y),
            reach,
            dict(next_page),
            adjoining_margins[len(key[3]) :],
            list(margins),
            collapsing,
            absolute_boxes[before:],
            context.current_page_footnotes[len(notes) :],
            box.children,
        )
    context.reach = max(outer, context.reach)
    return result


boxes.LineBox.page_values = boxes.Box.page_values  # what is in a line is on its page: not to be asked box by box
block.block_level_layout = _block_level_layout  # does what it did before in any layout that has no memory


def _fits(context: Any, kept: Kept, place: float) -> bool:
    """Tell whether a block fits on the page with the notes that it calls, and set these at the foot if it does.

    `place` is where the block begins, with the space that has to be left below it.
    """
    if any(note not in context.footnotes for note in kept.notes):
        return False
    overflows = [context.layout_footnote(note) for note in kept.notes]
    if any(overflows) or context.overflows(context.page_bottom, place + kept.reach):
        for note in kept.notes:
            context.unlayout_footnote(note)
        return False
    return True


def _lower(shape: Any, new: Any) -> bool:
    """Tell whether something that floats in a block ends below it."""
    return bool(shape.position_y + shape.margin_height() > new.border_box_y() + new.border_height())


def _stands(box: Any) -> bool:
    """Tell whether a block looks the same wherever it stands. Mark it at once."""
    if "stands" not in box.__dict__:
        box.stands = (
            isinstance(box, boxes.BlockBox)
            and box.style["column_width"] == box.style["column_count"] == "auto"
            and all(map(_stays, box.children))
        )
    return bool(box.stands)


def _stays(box: Any) -> bool:
    """Tell whether a box in a block moves with it."""
    if isinstance(box, boxes.BlockBox) and box.is_in_normal_flow():
        return _stands(box)
    return (
        (box.is_in_normal_flow() or box.is_floated() or box.is_outside_marker)
        and not isinstance(box, (boxes.FlexContainerBox, boxes.GridContainerBox))
        and all(map(_stays, box.children))
    )


def placed(box: Any, x: float, y: float) -> Any:
    """Return a copy of a laid-out box, moved by (x, y) px."""
    if isinstance(box, AbsolutePlaceholder):
        marker = AbsolutePlaceholder(box._box)
        marker.set_laid_out_box(placed(box._box, x, y))
        return marker
    new = object.__new__(type(box))
    new.__dict__ = own = box.__dict__.copy()
    own["position_x"] += x
    own["position_y"] += y
    if own["children"]:
        own["children"] = [placed(child, x, y) for child in own["children"]]
    if isinstance(box, boxes.TableBox):
        own["column_positions"] = [position + x for position in box.column_positions]
        own["column_groups"] = tuple(placed(group, x, y) for group in box.column_groups)
    return new
