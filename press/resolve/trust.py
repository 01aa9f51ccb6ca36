"""An SVG is a program in disguise: what could run, reach outside of it, or never end is refused."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
_ACTIVE = ("script", "foreignobject", "iframe", "handler", "set", "animate", "animatetransform", "animatemotion")
_OUTSIDE = re.compile(r"@import|url\(\s*['\"]?(?!#)", re.IGNORECASE)
_PICTURE = ("#", "data:image/png", "data:image/jpeg")
MAX_BYTES = 10_000_000
MAX_ELEMENTS = 200_000  # as drawn, with every <use> drawn anew


def open_svg(path: Path) -> etree._Element:
    """Return the root of the SVG at `path`. Raises ValueError saying why it may not be used."""
    if (size := path.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{size:,} bytes are too many for a drawing")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.parse(str(path), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed: {error.msg}") from None
    root = tree.getroot()
    if tree.docinfo.internalDTD is not None:
        raise ValueError("a DOCTYPE, and with it entities, are not allowed")
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"not an SVG: its root is <{etree.QName(root).localname}>")
    for node in (*root.itersiblings(preceding=True), *root.itersiblings(), *root.iter()):
        _refuse_active(node)
    _refuse_endless(root)
    return root


def _refuse_active(node: etree._Element) -> None:
    """Raise ValueError for anything that could run or reach outside."""
    if not isinstance(node.tag, str):
        if isinstance(node, etree._ProcessingInstruction):
            raise ValueError("processing instructions are not allowed")
        return
    name = _local(node.tag)
    if name in _ACTIVE:
        raise ValueError(f"<{name}> is not allowed in an SVG")
    for attribute, value in node.items():
        local = _local(attribute)
        if local.startswith("on"):
            raise ValueError(f"the event attribute {local} is not allowed in an SVG")
        if local in ("href", "src") and not value.startswith(_PICTURE):
            raise ValueError(f"the reference {value} leads outside the SVG")
        if _leads_outside(value):
            raise ValueError(f"{value} leads outside the SVG")
    if name == "style" and _leads_outside("".join(node.itertext())):
        raise ValueError("its style sheet leads outside the SVG")


@lru_cache(maxsize=1000)
def _local(name: str) -> str:
    """Return the name of an element or attribute without its namespace, in small letters."""
    return etree.QName(name).localname.lower()


def _leads_outside(css: str) -> bool:
    if "(" not in css and "@" not in css:  # most is the data of paths
        return False
    # A backslash could spell `url(` so that it is not seen here: \75rl(
    return bool(_OUTSIDE.search(css)) or ("\\" in css and "(" in css)


def _refuse_endless(root: etree._Element) -> None:
    """Raise ValueError where a <use> draws itself, or so much that nothing would ever be drawn."""
    if next(root.iter("{*}use"), None) is None:
        if (count := sum(1 for _ in root.iter(etree.Element))) > MAX_ELEMENTS:
            raise ValueError(f"it draws {count:,} elements, which are too many")
        return
    named = {element.get("id"): element for element in root.iter(etree.Element) if element.get("id")}
    sizes: dict[etree._Element, int] = {}
    open_now: set[etree._Element] = set()

    def drawn(element: etree._Element) -> int:
        """Return how many elements are drawn for this one."""
        if element in open_now:
            raise ValueError(f"#{element.get('id', '')} uses itself")
        if element not in sizes:
            open_now.add(element)
            href = next((value for name, value in element.attrib.items() if etree.QName(name).localname == "href"), "")
            used = named.get(href.removeprefix("#")) if etree.QName(element).localname == "use" else None
            parts = [*element.iterchildren(etree.Element), *([] if used is None else [used])]
            sizes[element] = 1 + sum(map(drawn, parts))
            open_now.discard(element)
        return sizes[element]

    try:
        if (count := drawn(root)) > MAX_ELEMENTS:
            raise ValueError(f"it draws {count:,} elements, which are too many")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
