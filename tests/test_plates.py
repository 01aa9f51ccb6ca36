"""The plates under images/: what every edition relies on, and that description, drawing and credits agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from lxml import etree

from plates.palette import PALETTE, text_width
from press.resolve import credits
from press.resolve.outlines import outline
from press.styles import Styles

HOME = Path(__file__).parent.parent
IMAGES = HOME / "images"
SVG = "{http://www.w3.org/2000/svg}"
CHAPTERS = sorted((HOME / "manuscript").glob("[01][0-9]-*.md"))
KINDS = ("locator", "anatomy", "technique")
PLATES = [path.stem for path in sorted(IMAGES.glob("*.svg"))]
ELEMENTS = set("svg title desc style g path circle text".split())
MOST = 150_000  # bytes with labels as outlines
SIZE = 8.0  # pt
SOURCES = {"bp3d": "bodyparts3d", "z": "z-anatomy"}


class Box(NamedTuple):
    """Where a line of text lies, in pt."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Box, clear: float) -> bool:
        apart = self.right + clear <= other.left or other.right + clear <= self.left
        return not apart and self.top < other.bottom and other.top < self.bottom


def svg(name: str) -> etree._Element:
    return etree.parse(IMAGES / f"{name}.svg").getroot()


def description(name: str) -> dict[str, Any]:
    return yaml.safe_load((IMAGES / f"{name}.yaml").read_text(encoding="utf-8"))


def box(text: etree._Element) -> Box:
    words, classes = "".join(text.itertext()), text.get("class", "").split()
    weight = 600 if {"tm", "ts", "tw"} & set(classes) else 400
    width = text_width(words, SIZE, weight, "italic" if "tn" in classes else "normal")
    x, y = float(text.get("x", 0)), float(text.get("y", 0))
    x -= {"end": width, "middle": width / 2}.get(text.get("text-anchor", ""), 0)
    return Box(x, y - 0.68 * SIZE, x + width, y + 0.2 * SIZE)


def leaders(root: etree._Element) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield the last straight stretch of each leader, from its bend to its target, and its start."""
    for path in root.iter(f"{SVG}path"):
        if "ld" in path.get("class", "").split():
            found = re.fullmatch(r"M(\S+) (\S+?)(?:H(\S+?))?L(\S+) (\S+)", path.get("d", ""))
            assert found, path.get("d")
            x, y, knee, to_x, to_y = (float(v) if v else None for v in found.groups())
            assert x is not None
            assert y is not None
            assert to_x is not None
            assert to_y is not None
            yield (x, y), (x if knee is None else knee, y), (to_x, to_y)


def cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    """Tell whether the segments ab and cd cross."""

    def side(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


@pytest.mark.parametrize("name", PLATES)
def test_a_plate_says_what_it_shows_and_is_drawn_from_its_description(name: str) -> None:
    root, said = svg(name), description(name)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}" == f"{name}-title {name}-desc"
    assert (title.text, desc.text) == (said["title"], said["desc"])
    assert len(desc.text or "") > 60
    words = {line for label in said.get("labels", []) for line in label["text"].split("\n")}
    words |= {line for mark in said.get("marks", []) for line in [*mark["text"].split("\n"), str(mark["number"])]}
    assert {"".join(text.itertext()) for text in root.iter(f"{SVG}text")} == words


@pytest.mark.parametrize("name", PLATES)
def test_a_plate_is_flat_line_art_in_the_colours_of_the_palette(name: str) -> None:
    root, text = svg(name), (IMAGES / f"{name}.svg").read_text(encoding="utf-8")
    assert {etree.QName(element).localname for element in root.iter()} <= ELEMENTS
    assert not re.search(r"gradient|mask|filter|opacity|pattern|clip|script|@|url\(|href|data:|<!", text, re.IGNORECASE)
    for element in root.iter():
        assert not {"fill", "stroke", "font-size"} & set(element.attrib), etree.tostring(element)[:200]
        assert re.fullmatch(r"stroke-width:[\d.]+", element.get("style", "stroke-width:1"))
        assert not [attribute for attribute in element.attrib if attribute.startswith("on")]
    css = "".join(style.text or "" for style in root.iter(f"{SVG}style"))
    used = re.findall(r"(?:fill|stroke):([^;}]+)", css)
    assert used
    assert set(used) <= {*PALETTE.values(), "none"}
    assert set(re.findall(r"(?<!&)#\w+", text)) <= set(PALETTE.values())
    classes = {name for element in root.iter() for name in element.get("class", "").split()}
    ruled = set(re.findall(r"\.([\w-]+)\{", css))
    assert ruled <= classes  # no dead rule
    bare = [path for path in root.iter(f"{SVG}path") if not ruled & set(path.get("class", "").split())]
    assert not bare, "a path without a colour would be black"


@pytest.mark.parametrize("name", PLATES)
def test_labels_are_8_pt_inside_the_plate_and_clear_of_one_another(name: str) -> None:
    root, css = svg(name), "".join(style.text or "" for style in svg(name).iter(f"{SVG}style"))
    width, height = (float(root.get(side, "").removesuffix("pt")) for side in ("width", "height"))
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"  # so that a unit is a point
    assert width <= 346 or name == "cover"  # the measure, 122 mm
    texts = list(root.iter(f"{SVG}text"))
    assert all("t" in text.get("class", "").split() for text in texts)
    assert set(re.findall(r"font(?:-size)?:([^;}]*?px)", css)) <= {"8px"}
    boxes = [(box(text), "".join(text.itertext())) for text in texts]
    for place, words in boxes:
        assert place.left >= 0 and place.right <= width, words
        assert place.top >= 0 and place.bottom <= height, words
    touching = [(a[1], b[1]) for a, b in combinations(boxes, 2) if a[0].touches(b[0], clear=2)]
    assert not touching


@pytest.mark.parametrize("name", PLATES)
def test_leaders_cross_neither_one_another_nor_a_label(name: str) -> None:
    root = svg(name)
    lines = list(leaders(root))
    for one, other in combinations(lines, 2):
        assert not cross(one[1], one[2], other[1], other[2]), (one, other)
    for start, bend, target in lines:
        for text in root.iter(f"{SVG}text"):
            place = box(text)
            corners = [(place.left, place.top), (place.right, place.top)]
            corners += [(place.right, place.bottom), (place.left, place.bottom)]
            for stretch in ((start, bend), (bend, target)):
                edges = zip(corners, corners[1:] + corners[:1], strict=True)
                assert not any(cross(*stretch, *edge) for edge in edges), "".join(text.itertext())


@pytest.mark.parametrize("name", PLATES)
def test_a_plate_with_its_labels_as_outlines_is_light(name: str) -> None:
    path = IMAGES / f"{name}.svg"
    outlined = outline(path, Styles([HOME / "styles"])) or path.read_bytes()
    assert len(outlined) <= MOST
    assert b"<text" not in outlined


def test_every_chapter_shows_its_locator_anatomy_and_technique() -> None:
    assert [path.name[:2] for path in CHAPTERS if path.name[:2] != "00"][:14] == [f"{n:02d}" for n in range(1, 15)]
    for chapter in CHAPTERS:
        if "01" <= (number := chapter.name[:2]) <= "14":
            called = set(re.findall(r"\(images/([\w-]+)\.svg\)", chapter.read_text(encoding="utf-8")))
            assert called >= {f"{number}-{kind}" for kind in KINDS}, chapter.name


def test_the_plates_are_these_and_nothing_else_lies_beside_them() -> None:
    whole = {f"{n:02d}-{kind}" for n in range(1, 15) for kind in KINDS} | {"finder", "tools", "cover"}
    files = {f"{name}.{ending}" for name in whole for ending in ("svg", "yaml")}
    assert {path.name for path in IMAGES.iterdir()} == files | {"credits.yaml", "contact-sheet.png"}
    assert (IMAGES / "contact-sheet.png").stat().st_size < 400_000


def test_the_finder_has_a_place_to_link_for_every_spot() -> None:
    marks = [group for group in svg("finder").iter(f"{SVG}g") if group.get("data-target")]
    assert {mark.get("data-target") for mark in marks} == {f"spot-{n}" for n in range(1, 15)}
    for mark in marks:
        assert mark.get("class") == "spot"
        number, *words = ["".join(text.itertext()) for text in mark.iter(f"{SVG}text")]
        assert mark.get("data-target") == f"spot-{number}"
        assert words


def test_every_plate_has_a_credit_that_names_what_it_is_drawn_from() -> None:
    listed, findings = credits.load(HOME)
    assert listed
    assert not findings
    assert set(listed.plates) == set(PLATES)
    for name in PLATES:
        said, used = description(name), set()
        for part in said.get("parts", []):
            patterns = part.get("mesh", [])
            used |= {SOURCES[p.split("/")[0]] for p in (patterns if isinstance(patterns, list) else [patterns])}
            used |= {"makehuman"} if "figure" in part else set()
        used |= {"makehuman"} if {"thumb", "person"} & set(said) else set()
        assert set(listed.plates[name].sources) - {"own"} == used, name
