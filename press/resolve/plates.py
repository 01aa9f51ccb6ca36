"""Plates: what a drawing says of itself, and whether it keeps to the book's palette.

A plate is an SVG in the book's images folder. It is drawn in the `light` colours of `plates` in the tokens and in no
other, so that every edition can exchange them for those of its own medium.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import tinycss2
from lxml import etree
from tinycss2.color3 import parse_color

from press.kept import kept, tools

SVG = "http://www.w3.org/2000/svg"
# Properties whose value is a colour (SVG 2, sections 13.3, 13.4 and 14.2; Filter Effects 1).
PAINTS = ("fill", "stroke", "color", "stop-color", "flood-color", "lighting-color")
_NO_COLOUR = ("none", "inherit", "currentcolor", "context-fill", "context-stroke", "transparent", "unset", "initial")


@dataclass(frozen=True)
class Plate:
    """A drawing's own title and description, empty where it has none, its colours as `#rrggbb`, and the ids of the book
    that its groups lead to (`data-target`)."""

    title: str
    description: str
    colours: tuple[str, ...]
    targets: tuple[str, ...]

    def strange(self, palette: dict[str, Any]) -> list[str]:
        """Return the colours that are not in the palette (name -> light, dark, ink)."""
        known = {values["light"].lower() for values in palette.values()}
        return [colour for colour in self.colours if colour not in known]


def read(path: Path) -> Plate:
    """Read the drawing at `path`. Raises ValueError where a colour is not one that CSS knows."""
    return _read(path.read_bytes())


@lru_cache(maxsize=256)  # for the preview, which resolves a book again and again
def _read(svg: bytes) -> Plate:
    plate = kept("plates", (svg, tools(__file__, "tinycss2")), lambda: json.dumps(asdict(_look(svg))).encode())
    title, description, colours, targets = json.loads(plate).values()
    return Plate(title, description, tuple(colours), tuple(targets))


def _look(svg: bytes) -> Plate:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(svg, parser)
    colours = sorted(set(filter(None, _colours(root))))
    return Plate(
        _words(root, "title"), _words(root, "desc"), tuple(colours), tuple(map(str, root.xpath("//@data-target")))
    )


def _words(root: etree._Element, name: str) -> str:
    element = root.find(f"{{{SVG}}}{name}")
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


def _colours(root: etree._Element) -> Iterator[str]:
    for element in root.iter(etree.Element):
        for name in PAINTS:
            if value := element.get(name):
                yield _hex(value)
        declarations = tinycss2.parse_blocks_contents(element.get("style", ""))
        if etree.QName(element).localname == "style":
            rules = tinycss2.parse_stylesheet(element.text or "", skip_comments=True, skip_whitespace=True)
            declarations += [
                item
                for rule in rules
                if rule.type == "qualified-rule"
                for item in tinycss2.parse_blocks_contents(rule.content)
            ]
        for item in declarations:
            if item.type == "declaration" and item.lower_name in PAINTS:
                yield _hex(tinycss2.serialize(item.value).strip())


def _hex(value: str) -> str:
    """Return a colour as `#rrggbb`, with its opacity behind it where it has one; empty for what is no colour."""
    if value.lower().startswith("url(") or value.lower() in _NO_COLOUR:
        return ""
    colour = parse_color(value)
    if colour is None or isinstance(colour, str):
        raise ValueError(f"'{value}' is not a colour")
    shade = "#" + "".join(f"{round(channel * 255):02x}" for channel in colour[:3])
    return shade if colour.alpha == 1 else f"{shade}{round(colour.alpha * 255):02x}"
