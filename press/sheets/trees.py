"""Trees of boxes: what WeasyPrint lays out, made of the markup of a part once and then only where that changes.

Most of what a tree costs is the styles and the text of its blocks, and these stay as they are while the compositor
moves a figure or adds a point of space. So the blocks of a whole tree are kept, and another tree of the same part is
grown from its markup with the blocks empty, and the kept ones grafted on it. A block is made anew where its own markup
is another, or where it inherits other styles than it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from lxml import etree

from press.sheets.flow import KEY

# What a block hands down to what is in it, beside the inherited properties; and what concerns none but a block's lines.
_HANDED_DOWN = ("page", "text_decoration_line", "text_decoration_color", "text_decoration_style")
_OF_LINES = {"orphans", "widows"}


@dataclass
class Tree:
    """Boxes before layout, with what WeasyPrint's layout wants to know beside them."""

    html: Any
    root: Any
    context: Any


@dataclass
class _Kept:
    """The boxes in a block, made for a style, and the notes called in them."""

    style: Any
    children: list[Any]
    notes: list[Any]


class Nursery:
    """Grows the trees of one part. `read` makes a weasyprint.HTML of markup."""

    def __init__(self, read: Callable[[str], Any], stylesheets: Sequence[Any], fonts: Any) -> None:
        from press.sheets.memory import Memory

        self.read, self.stylesheets, self.fonts = read, stylesheets, fonts
        self.memory = Memory({}, {})
        self._blocks: dict[Any, list[_Kept]] = {}

    def whole(self, page: etree._Element | str) -> Tree:
        """Return the tree of a document, an HTML tree or HTML, all made anew."""
        from press.sheets.memory import Memory

        self.memory = Memory(self.memory.images, self.memory.dictionaries)
        self._blocks.clear()
        if isinstance(page, str):
            return self._grown(self.read(page))
        tree = self._grown(self._html(page))
        self.memory.mark(tree.context.footnotes)
        names = {block.get(KEY): _name(block) for block in page.iter(etree.Element) if block.get(KEY)}
        for box in _block_boxes(tree.root):
            self._keep(names[box.element.get(KEY)], box)
        return tree

    def grafted(self, page: etree._Element) -> Tree:
        """Return the tree of another state of the document of which the whole tree was made last."""
        names = {block.get(KEY, ""): _name(block) for block in page.iter(etree.Element) if block.get(KEY)}
        new = {key for key, name in names.items() if name not in self._blocks}
        while True:
            tree = self._grown(self._html(page, names.keys() - new))
            boxes = {box.element.get(KEY): box for box in _block_boxes(tree.root)}
            kept = {key: self._fitting(names[key], box) for key, box in boxes.items() if key not in new}
            if not (strange := {key for key, found in kept.items() if found is None}):
                break
            new |= strange
        self.memory.mark(tree.context.footnotes)
        for key, box in boxes.items():
            if found := kept.get(key):
                box.children = found.children
                tree.context.footnotes.extend(found.notes)
            else:
                self._keep(names[key], box)
        return tree

    def _keep(self, name: Any, box: Any) -> None:
        notes = [inside.footnote for inside in box.descendants() if inside.footnote]
        self._blocks.setdefault(name, []).append(_Kept(box.style, box.children, notes))

    def _fitting(self, name: Any, box: Any) -> _Kept | None:
        """Return what was kept of a block that inherits the same styles."""
        return next((kept for kept in self._blocks.get(name, []) if _alike(kept, box.style)), None)

    def _html(self, page: etree._Element, empty: AbstractSet[str] = frozenset()) -> Any:
        """Return WeasyPrint's HTML of a tree, which is not written out and parsed again. Some blocks are `empty`."""
        import cssselect2

        html = self.read("<html>")
        root = _converted(page, empty)
        html.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        html.etree_element = html.wrapper_element.etree_element
        return html

    def _grown(self, html: Any) -> Tree:
        """Make the boxes of a document."""
        from weasyprint import DEFAULT_OPTIONS
        from weasyprint.css.counters import CounterStyle
        from weasyprint.document import Document
        from weasyprint.formatting_structure.build import build_formatting_structure
        from weasyprint.text.fonts import FontConfiguration

        from press.sheets.memory import Context

        options = {**DEFAULT_OPTIONS, "stylesheets": self.stylesheets, "cache": self.memory.images}
        counters = CounterStyle()
        made = Document._build_layout_context(html, self.fonts or FontConfiguration(), counters, {}, options)
        collector = made.target_collector
        context = Context(self.memory, made.style_for, made.get_image_from_uri, made.font_config, counters, collector)
        root = build_formatting_structure(
            html.etree_element,
            context.style_for,
            context.get_image_from_uri,
            html.base_url,
            context.target_collector,
            counters,
            context.footnotes,
        )
        return Tree(html, root, context)


def _name(block: etree._Element) -> tuple[str, str, str]:
    """Return what the boxes in a block are known by: its number, the section that it stands in, the markup in it."""
    parent = block.getparent()
    where = "" if parent is None else f"{parent.get('id')} {parent.get('class')}"
    inside = "".join(etree.tostring(child, encoding="unicode") for child in block)
    return block.get(KEY, ""), where, f"{block.text}{inside}"


def _alike(kept: _Kept, style: Any) -> bool:
    """Tell whether a block hands down what the kept one did."""
    from weasyprint.css.properties import INHERITED
    from weasyprint.formatting_structure.boxes import LineBox

    lines = all(isinstance(child, LineBox) for child in kept.children)
    wanted = (INHERITED - _OF_LINES if lines else INHERITED).union(_HANDED_DOWN)
    return style is kept.style or all(style[name] == kept.style[name] for name in wanted)


def _block_boxes(box: Any) -> Iterator[Any]:
    """Give the boxes of the flow's blocks."""
    for child in box.children:
        if child.element is not None and child.element.get(KEY):
            if child.element_tag == child.element.tag:
                yield child
        else:
            yield from _block_boxes(child)


def _converted(page: etree._Element, empty: AbstractSet[str]) -> ElementTree.Element[str]:
    """Return a tree as one of the standard library, which WeasyPrint wants: no comments, and some blocks `empty`."""
    new = ElementTree.Element(str(page.tag), dict(page.attrib))
    new.tail = page.tail
    if page.get(KEY) in empty:
        return new
    new.text = page.text
    for child in page:
        if isinstance(child.tag, str):
            new.append(_converted(child, empty))
        elif child.tail and len(new):
            new[-1].tail = (new[-1].tail or "") + child.tail
        elif child.tail:
            new.text = (new.text or "") + child.tail
    return new
