"""Layouts of one part: of all its pages, or again from the page where something was changed.

WeasyPrint lays out whole documents only, though it makes them page by page from a list of where each page starts
(`page_maker`). A layout keeps that list here, with the boxes of its pages, so that another of the same blocks can begin
in the middle, take over the pages that stay as they are, and leave off early. The pages of the last are drawn as they
are. The functions used are not of WeasyPrint's public interface: tests/test_layouts.py holds them to the same pages as
`HTML.render`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from lxml import etree

from press.sheets import flow
from press.sheets.flow import NODE, Sheet
from press.sheets.trees import Nursery, Tree

Start = tuple[Any, ...]  # of a page: WeasyPrint's resume_at, next_page, right_page, page_state


@dataclass
class Layout:
    """The pages of a part, as far as they were made, and where each starts. `tree` is that of the page made last."""

    sheets: list[Sheet]
    starts: list[Start]
    tree: Tree


class Layouter:
    """Lays out the states of one part with one set of styles: `read` makes a weasyprint.HTML of markup.

    `fonts` is WeasyPrint's FontConfiguration.
    """

    def __init__(self, read: Callable[[str], Any], stylesheets: Sequence[Any], fonts: Any = None) -> None:
        self.trees = Nursery(read, stylesheets, fonts)

    def render(self, page: etree._Element | str) -> Any:
        """Lay out a document, an HTML tree or HTML, and return WeasyPrint's Document of it."""
        return self.document(self.whole(self.trees.whole(page)))

    def whole(self, tree: Tree) -> Layout:
        """Lay out all pages of a tree."""
        from weasyprint.layout import initialize_page_maker

        context = self.trees.context(tree)
        initialize_page_maker(context, tree.root)
        return self._laid(tree, Layout([], [context.page_maker[0][:4]], tree), {0})

    def apart(self, page: etree._Element) -> list[Sheet]:
        """Return the pages of another document with the same styles, of which nothing is kept."""
        return self.whole(self.trees.apart(page)).sheets

    def again(self, tree: Tree, old: Layout, dirty: Iterable[int], last: int | None = None, alike: int = 0) -> Layout:
        """Lay out another state of the document of which `old` was laid out: of its pages only `dirty` are changed.

        Pages that start as they did and are not dirty are taken over from page `alike` on: before it, a start may say
        something else where blocks have moved. Pages behind `last` are left out.
        """
        return self._laid(tree, old, set(dirty), last, alike)

    def _laid(self, tree: Tree, old: Layout, dirty: set[int], last: int | None = None, alike: int = 0) -> Layout:
        from weasyprint.layout.page import remake_page

        first = min(dirty)
        context = self.trees.context(tree)
        sheets, starts = old.sheets[:first], old.starts[: first + 1]
        context.page_maker = [_item(start) for start in starts]
        context.rendered_notes = []
        made: list[Sheet] = []
        for number in count(first):
            if last is not None and number > last:
                break
            kept = (
                number >= alike and number not in dirty and number < len(old.sheets) and not context.reported_footnotes
            )
            if kept and starts[number][:3] == old.starts[number][:3]:
                sheets.append(old.sheets[number])
                starts.append(old.starts[number + 1])
                context.page_maker.append(_item(starts[-1]))
            else:
                box, _ = remake_page(number, context, tree.root, tree.html)
                made.append(flow.sheet(box))
                sheets.append(made[-1])
                starts.append(context.page_maker[number + 1][:4])
            if starts[-1][0] is None and not context.reported_footnotes:
                break
        flow.mark_broken(sheets, made)
        return Layout(sheets, starts, tree)

    def document(self, layout: Layout, page: etree._Element | None = None) -> Any:
        """Return WeasyPrint's Document of a whole layout, to be drawn; the layout is of no more use then.

        Its pages may be of several trees: what is in them is given the elements of one, made of `page`.
        """
        import weasyprint.layout
        from weasyprint.document import Document, DocumentMetadata, Page, get_html_metadata

        from press.sheets.memory import page_styles

        tree, boxes = layout.tree, [sheet.page for sheet in layout.sheets]
        context = self.trees.context(tree)
        context.page_bottom = 0.0  # which WeasyPrint would have of its last page; margins have no bottom
        html = tree.html if page is None else self.trees.html(page)
        if page is not None:
            elements = {element.get(NODE): element for element in html.etree_element.iter() if element.get(NODE)}
            for box in boxes:
                _give(box, elements)
        for box in boxes:
            page_styles(box.page_type, tree.html, context.style_for)

        def taken_over(*_: Any) -> list[Any]:
            context.page_maker = [_item(start) for start in layout.starts]
            return boxes

        own, weasyprint.layout.make_all_pages = weasyprint.layout.make_all_pages, taken_over
        try:  # running heads, folios, bookmarks
            pages = [Page(box) for box in weasyprint.layout.layout_document(tree.html, tree.root, context)]
        finally:
            weasyprint.layout.make_all_pages = own
        metadata = DocumentMetadata(**get_html_metadata(html))
        document = Document(pages, metadata, html.url_fetcher, context.font_config, {}, None)
        document._html = html
        return document


def _item(start: Start) -> Start:
    """Return an entry of WeasyPrint's page_maker: a start, and what has to be made again, which is nothing."""
    return (*start, {"content_changed": False, "pages_wanted": False, "anchors": [], "content_lookups": []})


def _give(box: Any, elements: dict[Any, Any]) -> None:
    """Give the elements of another tree to a box and what is in it."""
    if box.element is not None:
        box.element = elements.get(box.element.get(NODE), box.element)
    for child in box.all_children():
        _give(child, elements)
