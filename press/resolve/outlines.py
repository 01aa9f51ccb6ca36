"""Labels of a plate as outlines: in an `<img>` an SVG cannot use the fonts of the page or of the EPUB.

Every `<text>` becomes glyphs of the book's own faces, drawn once and used where they are set. What remains of the plate
is left as it is.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tinycss2
from lxml import etree

from press.galleys import Face
from press.kept import kept, tools
from press.styles import Styles

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
_FONT = re.compile(r"(?P<size>[\d.]+)px\s+(?P<family>.+)")


@dataclass
class _Type:
    """What a text is set in: the size is in user units of the SVG."""

    family: str = ""
    size: float = 0
    weight: int = 400
    style: str = "normal"


def outline(path: Path, styles: Styles) -> bytes | None:
    """Return the SVG at `path` with its texts as outlines, or None if it has no text.

    Raises ValueError where a text names no size, or no family that the styles have, or a character is not in the face.
    """
    return _outlined(path.read_bytes(), path.stem, styles)


@lru_cache(maxsize=256)  # for the preview, which resolves a book again and again
def _outlined(svg: bytes, name: str, styles: Styles) -> bytes | None:
    if b"text" not in svg:
        return None
    made_of = (svg, tools(__file__, "fonttools"), name, _faces(styles))
    return kept("labels", made_of, lambda: _draw(svg, name, styles) or b"") or None


@lru_cache(maxsize=4)
def _faces(styles: Styles) -> str:
    """Return the digest of the faces in which labels can be set."""
    faces = [(repr(face), hashlib.sha256(styles.font(face).read_bytes()).hexdigest()) for face in styles.faces]
    return hashlib.sha256(repr(faces).encode()).hexdigest()


def _draw(svg: bytes, name: str, styles: Styles) -> bytes | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(svg, parser)
    texts = list(root.iter(f"{{{SVG}}}text"))
    if not texts:
        return None
    for element in root.iter(etree.Element):
        element.attrib.pop("data-target", None)  # where a group leads is for the web edition, which draws live text
    etree.cleanup_namespaces(root, top_nsmap={None: SVG, "xlink": XLINK}, keep_ns_prefixes=["xlink"])
    rules = _rules("".join(style.text or "" for style in root.iter(f"{{{SVG}}}style")))
    glyphs: dict[str, tuple[str, str]] = {}
    for text in texts:
        _set(text, _resolve(text, rules), styles, glyphs, name)
    definitions = etree.Element(f"{{{SVG}}}defs")
    for name, shape in filter(all, glyphs.values()):  # blanks have neither
        etree.SubElement(definitions, f"{{{SVG}}}path", {"id": name, "d": shape})
    root.insert(len(root.findall(f"{{{SVG}}}title") + root.findall(f"{{{SVG}}}desc")), definitions)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _rules(css: str) -> dict[str, dict[str, str]]:
    """Return the declarations of the plain class rules of a style sheet, by class."""
    rules: dict[str, dict[str, str]] = {}
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        declarations = {
            item.lower_name: tinycss2.serialize(item.value).strip()
            for item in tinycss2.parse_blocks_contents(rule.content)
            if item.type == "declaration"
        }
        for selector in tinycss2.serialize(rule.prelude).split(","):
            rules.setdefault(selector.strip().removeprefix("."), {}).update(declarations)
    return rules


def _resolve(text: etree._Element, rules: dict[str, dict[str, str]]) -> _Type:
    """Return what a text is set in, by its classes."""
    kind = _Type()
    for name in ["text", *text.get("class", "").split()]:
        declared = rules.get(name, {})
        if font := _FONT.search(declared.get("font", "")):
            kind.size, kind.family = float(font["size"]), font["family"]
        kind.family = declared.get("font-family", kind.family)
        kind.weight = int(declared.get("font-weight", kind.weight))
        kind.style = declared.get("font-style", kind.style)
    return kind


def _set(text: etree._Element, kind: _Type, styles: Styles, glyphs: dict[str, tuple[str, str]], stem: str) -> None:
    """Replace the content of a text by its glyphs."""
    words = "".join(text.itertext())
    face = _face(kind, styles)
    font, cmap = _open(styles.font(face))
    metrics, scale = font["hmtx"], kind.size / font["head"].unitsPerEm
    if missing := [character for character in words if ord(character) not in cmap]:
        raise ValueError(f"character '{missing[0]}' is not in {face.family}")
    names = [cmap[ord(character)] for character in words]
    x, y = float(text.get("x", 0)), float(text.get("y", 0))
    width = scale * sum(metrics[name][0] for name in names)
    x -= {"end": 1.0, "middle": 0.5}.get(text.get("text-anchor", ""), 0) * width
    for child in list(text):
        text.remove(child)
    text.tag, text.text = f"{{{SVG}}}g", None
    for attribute in ("x", "y", "text-anchor"):
        text.attrib.pop(attribute, None)
    text.set("aria-hidden", "true")
    placed = f"translate({x:.2f} {y:.2f})scale({scale:.5f} {-scale:.5f})"
    text.set("transform", f"{text.get('transform', '')}{placed}")  # within it the unit is that of the font
    advance = 0
    for name in names:
        if identifier := _glyph(face, name, glyphs, styles, stem):
            glyph = etree.SubElement(text, f"{{{SVG}}}use", {f"{{{XLINK}}}href": f"#{identifier}"})
            if advance:
                glyph.set("x", str(advance))
        advance += metrics[name][0]


def _glyph(face: Face, name: str, glyphs: dict[str, tuple[str, str]], styles: Styles, stem: str) -> str:
    """Return the id of a glyph, drawing it at its first use; empty for a blank one."""
    key = f"{face.file}/{name}"
    if key not in glyphs:
        shape = _shape(styles.font(face), name)
        glyphs[key] = (f"g-{stem}-{len(glyphs)}" if shape else "", shape)
    return glyphs[key][0]


@lru_cache(maxsize=5000)  # labels of all plates share a few letters
def _shape(path: Path, name: str) -> str:
    """Return a glyph of the face at `path` as the data of an SVG path."""
    from fontTools.pens.svgPathPen import SVGPathPen

    drawn = _glyphs(path)
    pen = SVGPathPen(drawn, ntos=lambda number: f"{number:g}")
    drawn[name].draw(pen)
    return str(pen.getCommands())


@lru_cache(maxsize=16)
def _glyphs(path: Path) -> Any:
    """Return the glyphs of the face at `path` by their names."""
    return _open(path)[0].getGlyphSet()


def _face(kind: _Type, styles: Styles) -> Face:
    families = [name.strip().strip("\"'") for name in kind.family.split(",")]
    if not kind.size:
        raise ValueError("a text in it names no size in px")
    for family in families:
        faces = [face for face in styles.faces if face.family == family and face.style == kind.style]
        if faces:
            return min(faces, key=lambda face: abs(face.weight - kind.weight))
    raise ValueError(f"its texts are set in {kind.family}, which is not among the book's fonts")


@lru_cache(maxsize=16)
def _open(path: Path) -> tuple[TTFont, dict[int, str]]:
    """Return the face at `path`, and the names of its glyphs by their characters."""
    from fontTools.ttLib import TTFont

    from press import fonts

    font = TTFont(BytesIO(fonts.unpacked(path).read_bytes()))
    return font, font.getBestCmap()
