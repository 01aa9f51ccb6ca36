"""Runs tests/cases/*.md: a manuscript in, a galley or findings out. See tests/cases/README.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Maker, galleys_of
from lxml import etree

from press.findings import Refused
from press.galleys import Galleys

CASES = Path(__file__).parent / "cases"
BLOCK = re.compile(r"^(?P<fence>~~~+) (?P<name>[^\n]+)\n(?P<text>.*?)^(?P=fence)$", re.S | re.M)


def run(folder: Path, name: str) -> str:
    """Return what the press makes of the book: `findings`, or the galley of a part (`galley PART [lines]`)."""
    try:
        galleys = Galleys(galleys_of(folder))
    except Refused as refused:
        return f"{refused}\n" if name == "findings" else f"refused:\n{refused}\n"
    if name == "findings":
        return "none\n"
    _, part, *options = name.split()
    section = galleys.tree(galleys.book.document(part))[1][0]
    for element in section.iter(etree.Element):
        if "lines" not in options:
            element.attrib.pop("data-line", None)
    inner = "".join(etree.tostring(child, encoding="unicode", with_tail=False) + "\n" for child in section[1:])
    inner = re.sub(r' xmlns(:epub)?="[^"]*"', "", inner)
    return "".join(f"{line.rstrip()}\n" for line in inner.splitlines() if line.strip())


@pytest.mark.parametrize("path", sorted(set(CASES.glob("*.md")) - {CASES / "README.md"}), ids=lambda path: path.stem)
def test_case(path: Path, make_book: Maker, request: pytest.FixtureRequest) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = {match["name"]: match["text"] for match in BLOCK.finditer(text)}
    manuscripts = {name: content for name, content in blocks.items() if name.endswith(".md")}
    images = {name: content for name, content in blocks.items() if name.endswith(".svg") or name == "credits.yaml"}
    options = {"manifest": blocks["book.yaml"]} if "book.yaml" in blocks else {}
    folder = make_book(manuscripts, images=images or None, **options)
    expected = {name: content for name, content in blocks.items() if name.startswith(("galley ", "findings"))}
    assert expected, f"{path.name} expects nothing"
    got = {name: run(folder, name) for name in expected}
    if request.config.getoption("--accept"):
        accept = lambda m: f"{m['fence']} {m['name']}\n{got.get(m['name'], m['text'])}{m['fence']}"  # noqa: E731
        path.write_text(BLOCK.sub(accept, text), encoding="utf-8")
    else:
        assert got == expected
