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
# What WeasyPrint makes of a block's content, on the block's own box.
_OF_CONTENT = ("children", "bookmark_label", "string_set", "missing_link", "cached_counter_values")


@dataclass
class Tree:
    """Boxes before layout, with what WeasyPrint's layout wants to know beside them."""

    html: Any
    root: Any
    context: Any


@dataclass
class _Kept:
    """The box of a block as it was made, and the notes called in it."""

    box: Any
    notes: list[Any]

    @property
    def lines(self) -> bool:
        """Whether there is nothing but lines in the block."""
        return len(self.box.children) == 1 and type(self.box.children[0]).__name__ == "LineBox"


class Nursery:
    """Grows the trees of one part. `read` makes a weasyprint.HTML of markup."""

    def __init__(self, read: Callable[[str], Any], stylesheets: Sequence[Any], fonts: Any) -> None:
        from press.sheets.memory import Memory

        self.read, self.stylesheets, self.fonts = read, stylesheets, fonts
        self.memory = Memory({}, {})
        self._blocks: dict[Any, list[_Kept]] = {}

    @property
    def planted(self) -> bool:
        """Whether there is a whole tree to graft from."""
        return bool(self._blocks)

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

    def grafted(self, page: etree._Element, lasting: bool = False) -> Tree:
        """Return the tree of another state of the document of which the whole tree was made last.

        The elements of boxes are those of earlier trees where these were kept. In a tree that is `lasting` all are of
        its own HTML, which is then whole; no layout of an earlier tree can be drawn after that.
        """
        names = {block.get(KEY, ""): _name(block) for block in page.iter(etree.Element) if block.get(KEY)}
        new = {key for key, name in names.items() if name not in self._blocks}
        alike: dict[tuple[int, int, bool], bool] = {}
        while True:
            html = self._html(page, names.keys() - new)
            tree = self._grown(html)
            boxes = {box.element.get(KEY): box for box in _block_boxes(tree.root)}
            kept = {key: self._fitting(names[key], box.style, alike) for key, box in boxes.items() if key not in new}
            if not (strange := {key for key, found in kept.items() if found is None}):
                break
            new |= strange
        self.memory.mark(tree.context.footnotes)
        for key, box in boxes.items():
            if found := kept.get(key):
                for name in _OF_CONTENT:
                    setattr(box, name, getattr(found.box, name))
                tree.context.footnotes.extend(found.notes)
            else:
                self._keep(names[key], box)
        if lasting:
            self._settle_in(page, boxes, {key: found for key, found in kept.items() if found})
        return tree

    def _settle_in(self, page: etree._Element, boxes: dict[str, Any], kept: dict[str, _Kept]) -> None:
        """Fill the empty blocks of a tree of elements, and give these to the boxes that were kept."""
        full = {block.get(KEY): block for block in _converted(page).iter() if block.get(KEY)}
        now: dict[Any, Any] = {}
        for key, found in kept.items():
            block, whole = boxes[key].element, full[key]
            now |= zip(found.box.element.iter(), [block, *list(whole.iter())[1:]], strict=True)
            block.text = whole.text
            block.extend(whole)
        for key, found in kept.items():
            for box in (*found.box.children, *found.notes):
                _give(box, now)
            found.box = boxes[key]
        for line, _ in self.memory.lines.values():
            if line is not None:
                _give(line, now)

    def _keep(self, name: Any, box: Any) -> None:
        notes = [inside.footnote for inside in box.descendants() if inside.footnote]
        self._blocks.setdefault(name, []).append(_Kept(box, notes))

    def _fitting(self, name: Any, style: Any, alike: dict[tuple[int, int, bool], bool]) -> _Kept | None:
        """Return what was kept of a block that inherits the same styles; `alike` remembers which are the same."""
        for kept in self._blocks.get(name, []):
            pair = id(kept.box.style), id(style), kept.lines
            if pair not in alike:
                alike[pair] = _alike(kept, style)
            if alike[pair]:
                return kept
        return None

    def _html(self, page: etree._Element, empty: AbstractSet[str] = frozenset()) -> Any:
        """Return WeasyPrint's HTML of a tree, which is not written out and parsed again. Some blocks are `empty`."""
        from press.sheets.memory import Wrapper

        html = self.read("<html>")
        html.wrapper_element = Wrapper.from_html_root(_converted(page, empty), content_language=None)
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

    wanted = (INHERITED - _OF_LINES if kept.lines else INHERITED).union(_HANDED_DOWN)
    return style is kept.box.style or all(style[name] == kept.box.style[name] for name in wanted)


def _give(box: Any, elements: dict[Any, Any]) -> None:
    """Give other elements to a box and what is in it."""
    box.element = elements.get(box.element, box.element)
    for child in box.all_children():
        _give(child, elements)


def _block_boxes(box: Any) -> Iterator[Any]:
    """Give the boxes of the flow's blocks."""
    for child in box.children:
        if child.element is not None and child.element.get(KEY):
            if child.element_tag == child.element.tag:
                yield child
        else:
            yield from _block_boxes(child)


def _converted(page: etree._Element, empty: AbstractSet[str] = frozenset()) -> ElementTree.Element[str]:
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
