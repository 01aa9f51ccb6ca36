"""Tags: the structure tree of a part, from its elements (ISO 32000-1, 14.8; ISO 14289-1).

WeasyPrint's own tags follow its boxes, page by page. Here each element has one structure element however many pages
it runs over, notes are `Note`, their calls `Reference`, contents `TOC`, the index `Index`, and what is not text of the
book (running heads, folios, repeated table heads, dots that lead to a number) is an artifact.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from press.sheets.kinds import Kinds
from press.sheets.model import Align
from press.sheets.slots import Slots, target_of


@dataclass(eq=False, slots=True)
class Node:
    """A structure element; `kids` are nodes, content (page, mcid) and annotations (page, reference)."""

    kind: str
    parent: Node | None
    attributes: dict[str, Any] = field(default_factory=dict)
    kids: list[Any] = field(default_factory=list)
    reference: Any = None


@dataclass(eq=False, slots=True)
class _Content:
    page: int
    mcid: int


@dataclass(eq=False, slots=True)
class _Annotation:
    page: int
    reference: Any


@contextmanager
def tagged(slots: Slots) -> Iterator[None]:
    """Have WeasyPrint write these tags instead of its own, and mark the slots.

    WeasyPrint 70 has no way to choose how boxes are tagged; `generate_pdf` looks `add_tags` up where it is replaced
    here. tests/test_sheets.py fails when it does so no more.
    """
    import weasyprint.pdf

    def add_tags(pdf: Any, document: Any, _version: Any, streams: list[Any]) -> None:
        _Tagger(pdf, document, slots).tag(streams)

    own = weasyprint.pdf.add_tags
    weasyprint.pdf.add_tags = add_tags
    try:
        yield
    finally:
        weasyprint.pdf.add_tags = own


class _Tagger:
    def __init__(self, pdf: Any, document: Any, slots: Slots) -> None:
        self.pdf, self.document, self.slots = pdf, document, slots
        self.kinds = Kinds(document._html.etree_element)
        self.root = Node("Document", None)
        self.nodes: dict[Any, Node] = {}
        self.begun: dict[Any, int] = {}  # table heads, and the page on which each was set first
        self.contents: list[list[Node]] = []  # by page and MCID
        self.annotations: list[tuple[Node, Any]] = []
        self.pages = pdf.page_references  # which are made anew whenever they are asked for

    def tag(self, streams: list[Any]) -> None:
        """Tag what the content streams of all pages mark, and write the tree."""
        for number, (page, stream) in enumerate(zip(self.document.pages, streams, strict=True)):
            self.page, self.height, self.tags = number, page.height, stream._tags
            self.marks = _marks(stream.stream)
            self.contents.append([])
            self._walk(page._page_box, None, None)
            self.tags.clear()
        self._write()

    # ---- from boxes to nodes ----

    def _walk(self, box: Any, margin: Any, before: Any) -> None:
        """Tag a box and all in it; `margin` is the margin box around it, `before` what stands before it."""
        box = getattr(box, "_box", box)  # absolutely placed boxes are wrapped
        if type(box).__name__ == "MarginBox":
            margin = box
        if box.link_annotation:
            node = self._node(box.element)
            node.kids.append(_Annotation(self.page, box.link_annotation.reference))
            self.annotations.append((node, box.link_annotation))
            self._label(box)
        if (mark := self.tags.get(box)) is not None:
            self._content(box, self.marks[mark["mcid"]], margin, before)
        for place, child in enumerate(box.children):
            self._walk(child, margin, box.children[place - 1] if place else None)

    def _label(self, box: Any) -> None:
        """Let a link say what it is; its entries are written at once, as an index has thousands."""
        import pydyf

        link, text = box.link_annotation, box.element.get("aria-label") or "".join(box.element.itertext())
        if label := " ".join(text.split()):
            link["Contents"] = pydyf.String(label)
        link.update({key: value.data for key, value in link.items() if isinstance(value, pydyf.Object)})

    def _content(self, box: Any, mark: tuple[list[Any], int], margin: Any, before: Any) -> None:
        """Put marked content under the node of its element, or make it an artifact."""
        operators, at = mark
        properties = operators[at]
        if hasattr(box, "text"):
            target = target_of(box, margin)
            if target is not None:
                properties["Slot"] = self.slots.add(self.page, box, target, _align(box, margin, before))
        if margin is not None:
            operators[at - 1] = b"/Artifact"
            del properties["MCID"]
            properties["Type"] = "/Pagination"
        elif self._decorates(box):
            operators[at - 1] = b"/Artifact"
            del properties["MCID"]
            properties["Type"] = "/Layout"
        else:
            node = self._node(box.element, marker=(box.element_tag or "").endswith("::marker"))
            contents = self.contents[self.page]
            operators[at - 1] = f"/{node.kind}".encode()
            properties["MCID"] = len(contents)
            node.kids.append(_Content(self.page, len(contents)))
            contents.append(node)
            if node.kind == "Figure":
                node.attributes.setdefault("A", self._bounds(box))

    def _decorates(self, box: Any) -> bool:
        """Tell whether a box is no text of the book: hidden, a picture of nothing, a repeated table head, dots."""
        element = box.element
        if element in self.kinds.hidden:
            return True
        if "::" in (box.element_tag or "") and not box.element_tag.endswith("::marker"):
            said = any(character.isalnum() for character in getattr(box, "text", ""))
            return not said or bool(element.get("data-label"))  # the table says what heads the column
        if element.tag == "img" and not element.get("alt"):
            return True
        head = self.kinds.head(element)
        return head is not None and self.begun.setdefault(head, self.page) != self.page

    def _bounds(self, box: Any) -> Any:
        """Return the layout attributes of a picture: its bounds on the page, in pt."""
        import pydyf

        x, y = box.content_box_x() * 0.75, (self.height - box.content_box_y()) * 0.75
        sides = [round(side, 2) for side in (x, y - box.height * 0.75, x + box.width * 0.75, y)]
        return pydyf.Dictionary({"O": "/Layout", "Placement": "/Block", "BBox": pydyf.Array(sides)})

    def _node(self, element: Any, marker: bool = False) -> Node:
        """Return the node of an element, made under that of its parent when it is first met."""
        if marker:
            label = self.nodes.get((element, "marker"))
            if label is None:
                item = self._node(element).parent
                assert item is not None
                label = self.nodes[element, "marker"] = Node("Lbl", item)
                item.kids.insert(0, label)
            return label
        if element not in self.nodes:
            above = self.kinds.parents.get(element)
            parent = self.root if above is None else self._node(above)
            self.nodes[element] = self._make(element, parent)
        return self.nodes[element]

    def _make(self, element: Any, parent: Node) -> Node:
        """Make the node of an element with those that belong around it; the parent's own where it needs none."""
        chain, attributes = self.kinds.of(element)
        if chain == ("LBody",) and element.tag == "dd" and parent.kids and getattr(parent.kids[-1], "kind", "") == "LI":
            parent = parent.kids[-1]  # a description joins the item that its term has begun
        elif chain == ("LBody",) or element.tag == "dt":
            chain = ("LI", *chain)
        place = len(parent.kids)
        if chain == ("Note",):  # it is set at the foot of the page, and read behind its call
            call = self.nodes.get(self.kinds.before(element))
            while call is not None and call.parent is not parent:
                call = call.parent
            if call is not None:
                place = parent.kids.index(call) + 1
        for kind in chain:
            node = Node(kind, parent)
            parent.kids.insert(place, node)
            parent, place = node, 0
        if chain:
            parent.attributes.update(attributes)
        return parent

    # ---- from nodes to PDF ----

    def _write(self) -> None:
        import pydyf

        pdf = self.pdf
        tree = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        pdf.add_object(tree)
        pdf.catalog["StructTreeRoot"] = tree.reference
        pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        tree["K"] = pydyf.Array([self._element(self.root, tree.reference)])
        numbers = pydyf.Array()
        for page, nodes in enumerate(self.contents):
            numbers.extend([page, pydyf.Array([node.reference for node in nodes])])
        for number, (node, annotation) in enumerate(self.annotations, start=len(self.contents)):
            annotation["StructParent"] = number
            numbers.extend([number, node.reference])
        parents = pydyf.Dictionary({"Nums": numbers})
        pdf.add_object(parents)
        tree["ParentTree"] = parents.reference

    def _element(self, node: Node, parent: Any) -> Any:
        """Write a node and all below it; return its reference."""
        import pydyf

        own = next((kid.page for kid in node.kids if isinstance(kid, _Content)), None)
        written = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.kind}", "P": parent})
        self.pdf.add_object(written)
        node.reference = written.reference
        if own is not None:
            written["Pg"] = self.pages[own]
        kids = pydyf.Array()
        for kid in node.kids:
            if isinstance(kid, Node):
                kids.append(self._element(kid, written.reference))
            elif isinstance(kid, _Annotation):
                there = {"Type": "/OBJR", "Obj": kid.reference, "Pg": self.pages[kid.page]}
                kids.append(pydyf.Dictionary(there).data)
            elif kid.page == own:
                kids.append(kid.mcid)
            else:
                there = {"Type": "/MCR", "Pg": self.pages[kid.page], "MCID": kid.mcid}
                kids.append(pydyf.Dictionary(there).data)
        written["K"] = kids
        written.update(node.attributes)
        return written.reference


def _marks(operators: list[Any]) -> dict[int, tuple[list[Any], int]]:
    """Return where in a content stream each marked content has its properties, by MCID."""
    return {
        operator["MCID"]: (operators, at)
        for at, operator in enumerate(operators)
        if isinstance(operator, dict) and "MCID" in operator
    }


def _align(box: Any, margin: Any, before: Any) -> Align:
    """Return which edge of a placeholder stays: that of its margin box, or the right one behind leader dots."""
    if margin is None:
        return "right" if getattr(before, "is_leader", False) else "left"
    align, direction = margin.style["text_align_all"], margin.style["direction"]
    if align == "center":
        return "center"
    right = align == "right" or (align == "end" and direction == "ltr") or (align == "start" and direction == "rtl")
    return "right" if right else "left"
