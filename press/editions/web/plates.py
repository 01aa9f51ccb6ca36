"""Plates set inline: a drawing becomes part of its page, in the colours of the page's theme and with its own links.

What a plate's style sheet says is resolved for each of its elements (`cssselect2`), its colours become custom
properties (`var(--plate-k8)`), and elements that look alike share a class of the site's one sheet of plates. So a page
needs no style element, plates cannot colour each other, and the policy of the site forbids inline styles.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import cssselect2
import tinycss2
from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "{http://www.w3.org/1999/xlink}href"
_PAINTS = ("fill", "stroke", "color", "stop-color", "flood-color", "lighting-color")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_HEX = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b|\bwhite\b|\bblack\b")
_NAMED = {"white": "#ffffff", "black": "#000000"}


class Target(NamedTuple):
    """Where a group of a plate leads, and what a reader is told of it."""

    href: str
    label: str


class Sheet:
    """The looks of all plates of a site: a class for each set of declarations, in the order of their first use."""

    def __init__(self, palette: dict[str, Any]) -> None:
        self.colours = {values["light"].lower(): f"var(--plate-{name})" for name, values in palette.items()}
        self.classes: dict[str, str] = {}

    def css(self) -> str:
        """Return the style sheet."""
        return "".join(f".{name}{{{looks}}}\n" for looks, name in self.classes.items())

    def name(self, declarations: dict[str, str]) -> str:
        """Return the class of a set of declarations (property -> value)."""
        looks = ";".join(f"{name}:{self.themed(value)}" for name, value in sorted(declarations.items()))
        return self.classes.setdefault(looks, f"p{len(self.classes) + 1}")

    def themed(self, value: str) -> str:
        """Return a value with the colours of the palette as custom properties."""

        def exchange(match: re.Match[str]) -> str:
            colour = _NAMED.get(match[0], match[0]).lower()
            if len(colour) == 4:
                colour = "#" + "".join(digit * 2 for digit in colour[1:])
            return self.colours.get(colour, match[0])

        return _HEX.sub(exchange, value)


def inline(
    svg: bytes, sheet: Sheet, prefix: str, alt: str, target: Callable[[str], Target], size: tuple[str, str]
) -> etree._Element:
    """Return the drawing `svg` to stand in an HTML page: an element `svg` without a namespace.

    Its ids begin with `prefix`; `alt` is its description; `target` gives the link of a `data-target`; `size` is width
    and height in px.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(svg, parser)
    _dress(root, sheet)
    _describe(root, alt)
    _rename(root, prefix)
    linked = _link(root, target)
    for element in root.iter(etree.Element):
        element.tag = str(element.tag).rpartition("}")[2]
        if XLINK in element.attrib:
            element.set("href", str(element.attrib.pop(XLINK)))
        for name in [name for name in element.attrib if str(name).startswith("{")]:
            del element.attrib[name]
    etree.cleanup_namespaces(root)
    root.set("width", size[0])
    root.set("height", size[1])
    root.set("class", "plate")
    root.set("role", "group" if linked else "img")
    root.tail = None
    return root


def _dress(root: etree._Element, sheet: Sheet) -> None:
    """Give every element the class of what the plate's style sheet, its own style and its colours say of it."""
    styles = list(root.iter(f"{{{SVG}}}style"))
    matcher = _matcher(tuple(style.text or "" for style in styles))
    for style in styles:
        parent = style.getparent()
        assert parent is not None
        parent.remove(style)
    for wrapper in cssselect2.ElementWrapper.from_xml_root(root).iter_subtree():
        element = wrapper.etree_element
        looks = {name: str(element.attrib.pop(name)) for name in _PAINTS if name in element.attrib}
        for match in sorted(matcher.match(wrapper), key=lambda match: match[:2]):
            looks |= match[-1]
        if style := element.attrib.pop("style", ""):
            looks |= _declarations(style)
        element.attrib.pop("class", None)
        if looks:
            element.set("class", sheet.name(looks))


@lru_cache(maxsize=100)  # plates have few style sheets
def _matcher(sheets: tuple[str, ...]) -> Any:
    """Return what finds the declarations of style sheets that hold of an element."""
    matcher = cssselect2.Matcher()
    for sheet in sheets:
        for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
            if rule.type == "qualified-rule":  # rules for a medium are left: themes are the site's
                for selector in cssselect2.compile_selector_list(rule.prelude):
                    matcher.add_selector(selector, _declarations(rule.content))
    return matcher


def _declarations(content: Any) -> dict[str, str]:
    return {
        item.lower_name: tinycss2.serialize(item.value).strip()
        for item in tinycss2.parse_blocks_contents(content)
        if item.type == "declaration"
    }


def _describe(root: etree._Element, alt: str) -> None:
    """Let the title name the drawing, and the description be the alternative text of the figure."""
    for name in ("aria-label", "aria-labelledby", "aria-describedby"):
        root.attrib.pop(name, None)
    title, description = root.find(f"{{{SVG}}}title"), root.find(f"{{{SVG}}}desc")
    if description is None:
        description = etree.Element(f"{{{SVG}}}desc")
        root.insert(0 if title is None else 1, description)
    description.text = alt
    for element, name in ((title, "aria-labelledby"), (description, "aria-describedby")):
        if element is not None:
            element.set("id", "title" if element is title else "desc")
            root.set(name, str(element.get("id")))
    if title is None:
        root.set("aria-labelledby", root.attrib.pop("aria-describedby"))


def _link(root: etree._Element, target: Callable[[str], Target]) -> bool:
    """Turn the groups that lead somewhere into links; tell whether there are any."""
    groups = [group for group in root.iter(f"{{{SVG}}}g") if "data-target" in group.attrib]
    for group in groups:
        href, label = target(str(group.attrib.pop("data-target")))
        texts = list(group.iter(f"{{{SVG}}}text"))
        seen = " ".join("".join(map(str, text.itertext())).strip() for text in texts)
        for text in texts:
            text.tail = " "  # or the words of a label in two lines would be read as one
        label = f"{seen}: {label}" if seen else label  # what is said begins with what is seen (WCAG 2.5.3)
        link = etree.Element(f"{{{SVG}}}a", {"href": href, "aria-label": label, "class": "spot"})
        parent = group.getparent()
        assert parent is not None
        link.tail, group.tail = group.tail, None
        parent.replace(group, link)
        link.append(group)
    return bool(groups)


def _rename(root: etree._Element, prefix: str) -> None:
    """Begin every id of the drawing with `prefix`, and mend what refers to it."""
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            local = str(name).rpartition("}")[2]
            if local == "id":
                element.set(name, f"{prefix}-{value}")
            elif local == "href" and str(value).startswith("#"):
                element.set(name, f"#{prefix}-{str(value)[1:]}")
            elif local in ("aria-labelledby", "aria-describedby"):
                element.set(name, " ".join(f"{prefix}-{one}" for one in str(value).split()))
            elif "url(" in str(value):
                element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", str(value)))
