"""Layouts of one part: of all its pages, or again from the page where something was changed.

WeasyPrint lays out whole documents only, though it makes them page by page from a list of where each page starts
(`page_maker`). A layout keeps that list here, so that another of the same blocks can begin in the middle, take over
the pages that stay as they are, and leave off early. The functions used are not of WeasyPrint's public interface:
tests/test_layouts.py holds them to the same pages as `HTML.render`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from lxml import etree

from press.sheets import flow
from press.sheets.flow import Sheet
from press.sheets.trees import Nursery, Tree

Start = tuple[Any, ...]  # of a page: WeasyPrint's resume_at, next_page, right_page, page_state


@dataclass
class Layout:
    """The pages of a part, as far as they were made, and where each starts. `document`: WeasyPrint's, of all pages."""

    sheets: list[Sheet]
    starts: list[Start]
    document: Any = None


class Layouter:
    """Lays out the states of one part with one set of styles: `read` makes a weasyprint.HTML of markup.

    `fonts` is WeasyPrint's FontConfiguration.
    """

    def __init__(self, read: Callable[[str], Any], stylesheets: Sequence[Any], fonts: Any = None) -> None:
        self.trees = Nursery(read, stylesheets, fonts)

    def whole(self, page: etree._Element | str) -> Layout:
        """Lay out a document, an HTML tree or HTML, with nothing kept."""
        return self._document(self.trees.whole(page))

    def finished(self, page: etree._Element) -> Layout:
        """Lay out the whole of a document, of which another state may have been laid out before."""
        return self._document(self.trees.grafted(page, lasting=True) if self.trees.planted else self.trees.whole(page))

    def _document(self, tree: Tree) -> Layout:
        from weasyprint.document import Document, DocumentMetadata, Page, get_html_metadata
        from weasyprint.layout import layout_document

        html, context = tree.html, tree.context
        pages = [Page(box) for box in layout_document(html, tree.root, context)]
        metadata = DocumentMetadata(**get_html_metadata(html))
        document = Document(pages, metadata, html.url_fetcher, context.font_config, {}, None)
        document._html = html
        return Layout(flow.read(pages), [item[:4] for item in context.page_maker], document)

    def again(
        self, page: etree._Element, old: Layout, dirty: Iterable[int], last: int | None = None, moved: bool = False
    ) -> Layout:
        """Lay out another state of the document of which `old` was laid out: of its pages only `dirty` are changed.

        Pages that start as they did and are not dirty are taken over, unless blocks have `moved`. Pages behind `last`
        are left out.
        """
        from weasyprint.document import Page
        from weasyprint.layout.page import remake_page

        pages = set(dirty)
        first = min(pages)
        tree = self.trees.grafted(page)
        context = tree.context
        sheets, starts = old.sheets[:first], old.starts[: first + 1]
        context.page_maker = [_item(start) for start in starts]
        context.rendered_notes = []
        made: list[Sheet] = []
        for number in count(first):
            if last is not None and number > last:
                break
            kept = not moved and number not in pages and number < len(old.sheets) and not context.reported_footnotes
            if kept and starts[number][:3] == old.starts[number][:3]:
                sheets.append(old.sheets[number])
                starts.append(old.starts[number + 1])
                context.page_maker.append(_item(starts[-1]))
            else:
                box, _ = remake_page(number, context, tree.root, tree.html)
                made.append(flow.sheet(Page(box)))
                sheets.append(made[-1])
                starts.append(context.page_maker[number + 1][:4])
            if starts[-1][0] is None and not context.reported_footnotes:
                break
        flow.mark_broken(sheets, made)
        return Layout(sheets, starts)


def _item(start: Start) -> Start:
    """Return an entry of WeasyPrint's page_maker: a start, and what has to be made again, which is nothing."""
    return (*start, {"content_changed": False, "pages_wanted": False, "anchors": [], "content_lookups": []})
