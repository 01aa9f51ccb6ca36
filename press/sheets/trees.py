"""Trees of boxes: what WeasyPrint lays out, made of the markup of a part once and then only where that changes.

Most of what a tree costs is the styles and the text of its blocks, and these stay as they are while the compositor
moves a figure or adds a point of space. So the blocks of a whole tree are kept, and another tree of the same part is
grown from its markup with the blocks empty, and the kept ones grafted on it. A block is made anew where its own markup
is another, or where it inherits other styles than it did. Where blocks only get more space, or begin a page, no tree is
grown at all: they are restyled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from lxml import etree

from press.sheets.flow import KEY, NODE, PT

# What a block hands down to what is in it, beside the inherited properties; and what concerns none but a block's lines.
_HANDED_DOWN = ("page", "text_decoration_line", "text_decoration_color", "text_decoration_style")
_OF_LINES = {"orphans", "widows"}
# What WeasyPrint makes of a block's content, on the block's own box.
_OF_CONTENT = ("children", "bookmark_label", "string_set", "missing_link", "cached_counter_values")

_FOLIO = re.compile(r' data-folio="[^"]*"')

Names = dict[str, tuple[str, str, str]]  # what the boxes in each block are known by


@dataclass
class Tree:
    """Boxes before layout, with what WeasyPrint's layout wants to know beside them, and the notes called in them."""

    html: Any
    root: Any
    styles: Any
    notes: list[Any]
    names: Names


@dataclass
class _Kept:
    """The box of a block as it was made, and the notes called in it."""

    box: Any
    notes: list[Any]

    @property
    def lines(self) -> bool:
        """Whether there is nothing but lines in the block."""
        return len(self.box.children) == 1 and type(self.box.children[0]).__name__ == "LineBox"

    def indented(self, style: Any) -> _Kept | None:
        """Return the block with another style, of which nothing but the indent of its first line is handed down; None
        where more than that line may be indented.
        """
        from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox

        inside = self.box.children[0].descendants()
        plain = all(isinstance(box, (LineBox, InlineBox, TextBox)) for box in inside)
        if not plain or any("text_indent" not in note.style.cascaded for note in self.notes):
            return None
        line, box = self.box.children[0].copy(), self.box.copy()
        line.style, box.style, box.children = style.anonymous_style, style, [line]
        return _Kept(box, self.notes)


class Nursery:
    """Grows the trees of one part. `read` makes a weasyprint.HTML of markup."""

    def __init__(self, read: Callable[[str], Any], stylesheets: Sequence[Any], fonts: Any) -> None:
        from weasyprint.text.fonts import FontConfiguration

        from press.sheets.memory import Memory

        self.read, self.stylesheets, self.fonts = read, stylesheets, fonts or FontConfiguration()
        self.memory = Memory({}, {})
        self._blocks: dict[Any, list[_Kept]] = {}
        self._printed: set[str] = set()  # the elements behind which something is printed, such as their page number

    def whole(self, page: etree._Element | str) -> Tree:
        """Return the tree of a document, an HTML tree or HTML, all made anew."""
        from press.sheets.memory import Memory

        self.memory = Memory(self.memory.images, self.memory.dictionaries)
        self._blocks.clear()
        if isinstance(page, str):
            return self._grown(self.read(page), {})
        tree = self._grown(self.html(page), {})
        self._printed = set(_printed([tree.root, *tree.notes]))
        tree.names = self.names(page)
        self.memory.mark(tree.notes)
        for box in _block_boxes(tree.root):
            self._keep(tree.names[box.element.get(KEY)], box)
        for name in tree.names.values():
            self._blocks.setdefault(name, [])  # a block that is not shown
        return tree

    def apart(self, page: etree._Element) -> Tree:
        """Return the tree of another document, of which nothing is kept."""
        return self._grown(self.html(page), {})

    def grafted(self, page: etree._Element) -> Tree:
        """Return the tree of another state of the document of which the whole tree was made last.

        The elements of boxes are those of earlier trees where these were kept.
        """
        names = self.names(page)
        new = {key for key, name in names.items() if name not in self._blocks}
        alike: dict[tuple[int, int, bool, bool], bool] = {}
        while True:
            tree = self._grown(self.html(page, names.keys() - new), names)
            boxes = {box.element.get(KEY): box for box in _block_boxes(tree.root)}
            kept = {key: self._fitting(names[key], box.style, alike) for key, box in boxes.items() if key not in new}
            if not (strange := {key for key, found in kept.items() if found is None}):
                break
            new |= strange
        self.memory.mark(tree.notes)
        for key, box in boxes.items():
            if found := kept.get(key):
                for name in _OF_CONTENT:
                    setattr(box, name, getattr(found.box, name))
                tree.notes.extend(found.notes)
            else:
                self._keep(names[key], box)
        return tree

    def restyled(self, tree: Tree, rules: Mapping[str, Mapping[str, str]]) -> Tree:
        """Return a tree of which blocks have other values of some properties, which are not inherited: in CSS."""
        values = {
            key: {name.replace("-", "_"): _computed(value) for name, value in rule.items()}
            for key, rule in rules.items()
        }
        return Tree(tree.html, self._restyled(tree.root, values), tree.styles, tree.notes, tree.names)

    def names(self, page: etree._Element) -> Names:
        """Return what the boxes in each block of a state are known by."""
        blocks = (block for block in page.iter(etree.Element) if block.get(KEY))
        return {block.get(KEY, ""): _name(block, self._printed) for block in blocks}

    def of_lines(self) -> set[str]:
        """Return the blocks that hold nothing but lines."""
        return {name[0] for name, kept in self._blocks.items() if kept and all(each.lines for each in kept)}

    def context(self, tree: Tree) -> Any:
        """Return WeasyPrint's state of a layout that begins."""
        from press.sheets.memory import Context

        context = Context(self.memory, *tree.styles)
        context.footnotes = list(tree.notes)
        return context

    def html(self, page: etree._Element, empty: AbstractSet[str] = frozenset()) -> Any:
        """Return WeasyPrint's HTML of a tree, which is not written out and parsed again. Some blocks are `empty`."""
        from press.sheets.memory import Wrapper

        html = self.read("<html>")
        html.wrapper_element = Wrapper.from_html_root(_converted(page, empty), content_language=None)
        html.etree_element = html.wrapper_element.etree_element
        return html

    def _restyled(self, box: Any, styles: Mapping[str, Mapping[str, Any]]) -> Any:
        """Return a box of which the blocks in it are restyled: itself where there are none."""
        if _begins_block(box):
            if not (values := styles.get(box.element.get(KEY))):
                return box
            new = box.copy()
            new.style = self.memory.restyled(box.style, values)
            return new
        children = [self._restyled(child, styles) for child in box.children]
        if all(child is old for child, old in zip(children, box.children, strict=True)):
            return box
        new = box.copy()
        new.children = children
        return new

    def _keep(self, name: Any, box: Any) -> None:
        notes = [inside.footnote for inside in box.descendants() if inside.footnote]
        self._blocks.setdefault(name, []).append(_Kept(box, notes))

    def _fitting(self, name: Any, style: Any, alike: dict[tuple[int, int, bool, bool], bool]) -> _Kept | None:
        """Return what was kept of a block that inherits the same styles; `alike` remembers which are the same."""
        for indent in (False, True):
            for kept in self._blocks.get(name, []):
                pair = id(kept.box.style), id(style), kept.lines, indent
                if pair not in alike:
                    alike[pair] = _alike(kept, style, indent)
                if alike[pair] and not indent:
                    return kept
                if alike[pair] and (new := kept.indented(style)):
                    self._blocks[name].append(new)
                    return new
        return None

    def _grown(self, html: Any, names: Names) -> Tree:
        """Make the boxes of a document."""
        from weasyprint import DEFAULT_OPTIONS
        from weasyprint.css.counters import CounterStyle
        from weasyprint.document import Document
        from weasyprint.formatting_structure.build import build_formatting_structure

        options = {**DEFAULT_OPTIONS, "stylesheets": self.stylesheets, "cache": self.memory.images}
        counters = CounterStyle()
        made = Document._build_layout_context(html, self.fonts, counters, {}, options)
        styles = made.style_for, made.get_image_from_uri, made.font_config, counters, made.target_collector
        root = build_formatting_structure(
            html.etree_element,
            made.style_for,
            made.get_image_from_uri,
            html.base_url,
            made.target_collector,
            counters,
            made.footnotes,
        )
        return Tree(html, root, styles, made.footnotes, names)


def _name(block: etree._Element, printed: AbstractSet[str]) -> tuple[str, str, str]:
    """Return what the boxes in a block are known by: its number, the section that it stands in, the markup in it, but
    for the page numbers of links that print none."""
    parent = block.getparent()
    where = "" if parent is None else f"{parent.get('id')} {parent.get('class')}"
    inside = "".join(etree.tostring(child, encoding="unicode") for child in block)
    numbers = [link.get("data-folio") for link in block.iter("a") if link.get(NODE) in printed]
    return block.get(KEY, ""), where, f"{block.text}{_FOLIO.sub('', inside)}{numbers}"


def _printed(boxes: Iterable[Any]) -> Iterator[str]:
    """Give the elements that print something of their own behind or before what they hold."""
    for box in boxes:
        for inside in box.descendants():
            if "::" in (inside.element_tag or "") and inside.element is not None:
                yield inside.element.get(NODE)


def _alike(kept: _Kept, style: Any, indent: bool) -> bool:
    """Tell whether a block hands down what the kept one did, but for the `indent` of its first line."""
    from weasyprint.css.properties import INHERITED

    if indent and not kept.lines:
        return False
    wanted = (INHERITED - _OF_LINES if kept.lines else INHERITED).union(_HANDED_DOWN)
    wanted -= {"text_indent"} if indent else set()
    own = kept.box.style
    return _declared_alike(style, own, wanted) or all(style[name] == own[name] for name in wanted)


def _declared_alike(style: Any, other: Any, wanted: AbstractSet[str]) -> bool:
    """Tell whether the same is declared of some properties for two styles and all that these inherit from."""
    while style is not other:
        if style is None or other is None or not hasattr(style, "cascaded") or not hasattr(other, "cascaded"):
            return False
        names = style.cascaded.keys() | other.cascaded.keys()
        if any(style.cascaded.get(name) != other.cascaded.get(name) for name in names if _counts(name, wanted)):
            return False
        style, other = style.parent_style, other.parent_style
    return True


def _counts(name: str, wanted: AbstractSet[str]) -> bool:
    return name in wanted or name.startswith("__")  # a property of the style sheet's own


def _computed(value: str) -> Any:
    """Return WeasyPrint's value of a length in pt, a number of lines or a keyword."""
    from weasyprint.css.properties import Dimension

    if value.endswith("pt"):
        return Dimension(float(value.removesuffix("pt")) / PT, "px")
    return int(value) if value.isdigit() else value


def _begins_block(box: Any) -> bool:
    return box.element is not None and bool(box.element.get(KEY)) and box.element_tag == box.element.tag


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
