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

Start = tuple[Any, ...]  # of a page: WeasyPrint's resume_at, next_page, right_page, page_state


@dataclass
class Layout:
    """The pages of a part, as far as they were made, and where each starts. `document`: WeasyPrint's, of all pages."""

    sheets: list[Sheet]
    starts: list[Start]
    document: Any = None


@dataclass
class Layouter:
    """Lays out markup with one set of styles: `read` makes a weasyprint.HTML of it."""

    read: Callable[[str], Any]
    stylesheets: Sequence[Any]
    fonts: Any = None  # weasyprint's FontConfiguration

    def whole(self, page: etree._Element | str) -> Layout:
        """Lay out a document: an HTML tree, or HTML."""
        from weasyprint.document import Document, DocumentMetadata, Page, get_html_metadata
        from weasyprint.layout import layout_document

        html, context, root = self._boxes(page)
        pages = [Page(box) for box in layout_document(html, root, context)]
        metadata = DocumentMetadata(**get_html_metadata(html))
        document = Document(pages, metadata, html.url_fetcher, context.font_config, {}, None)
        document._html = html
        return Layout(flow.read(pages), [item[:4] for item in context.page_maker], document)

    def again(
        self, page: etree._Element, old: Layout, dirty: Iterable[int], last: int | None = None, moved: bool = False
    ) -> Layout:
        """Lay out a document of which `old` was laid out before: of its pages only `dirty` are changed.

        Pages that start as they did and are not dirty are taken over, unless blocks have `moved`. Pages behind `last`
        are left out, as is what would need blocks that are far behind it.
        """
        from weasyprint.document import Page
        from weasyprint.layout.page import remake_page

        pages = set(dirty)
        first = min(pages)
        empty = _emptied(page, old.sheets, first, last)
        html, context, root = self._boxes(page)
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
                box, _ = remake_page(number, context, root, html)
                sheet = flow.sheet(Page(box))
                if any(fragment.key in empty for fragment in sheet.fragments):
                    break
                made.append(sheet)
                sheets.append(sheet)
                starts.append(context.page_maker[number + 1][:4])
            if starts[-1][0] is None and not context.reported_footnotes:
                break
        flow.mark_broken(sheets, made)
        return Layout(sheets, starts)

    def _boxes(self, page: etree._Element | str) -> tuple[Any, Any, Any]:
        """Return WeasyPrint's HTML, layout context and tree of boxes of a document."""
        from weasyprint import DEFAULT_OPTIONS
        from weasyprint.css.counters import CounterStyle
        from weasyprint.document import Document
        from weasyprint.formatting_structure.build import build_formatting_structure
        from weasyprint.text.fonts import FontConfiguration

        if not isinstance(page, str):
            page = f"<!DOCTYPE html>\n{etree.tostring(page, encoding='unicode', method='html')}"
        html = self.read(page)
        options = {**DEFAULT_OPTIONS, "stylesheets": self.stylesheets}
        counters = CounterStyle()
        context = Document._build_layout_context(html, self.fonts or FontConfiguration(), counters, {}, options)
        root = build_formatting_structure(
            html.etree_element,
            context.style_for,
            context.get_image_from_uri,
            html.base_url,
            context.target_collector,
            counters,
            context.footnotes,
        )
        return html, context, root


def _item(start: Start) -> Start:
    """Return an entry of WeasyPrint's page_maker: a start, and what has to be made again, which is nothing."""
    return (*start, {"content_changed": False, "pages_wanted": False, "anchors": [], "content_lookups": []})


def _emptied(page: etree._Element, sheets: Sequence[Sheet], first: int, last: int | None) -> set[str]:
    """Empty the blocks that stand before page `first` or far behind page `last`; return the numbers of the latter.

    They stay where they are, for the sake of selectors and of WeasyPrint's way to say where a page starts.
    """
    end = len(sheets) if last is None else last + 3
    before, within, after = (
        {fragment.key for sheet in span for fragment in sheet.fragments}
        for span in (sheets[:first], sheets[first:end], sheets[end:])
    )
    after -= within | before
    for block in page.iter(etree.Element):
        if block.get(flow.KEY) in (before - within) | after:
            block.text = None
            del block[:]
    return after
