"""Line marks change nothing: what Pandoc makes of a marked text is what it makes of the text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import BOOKS, HOME
from lxml import etree, html

from press.read import lines
from press.read.manuscript import _parse, split

MANUSCRIPTS = [path for folder in (HOME, BOOKS / "knoten") for path in sorted((folder / "manuscript").glob("*.md"))]


def plain(root: etree._Element) -> str:
    for element in root.iter(etree.Element):
        element.attrib.pop("data-line", None)
    return etree.tostring(root, encoding="unicode")


@pytest.mark.parametrize("path", MANUSCRIPTS, ids=lambda path: path.stem)
def test_marks_leave_no_trace(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, body, _ = split(path.read_text(encoding="utf-8"), path.name)
    marked, _ = _parse(body)
    lines.unmark(marked, body)
    monkeypatch.setattr(lines, "mark", lambda text: text)
    unmarked, _ = _parse(body)
    assert plain(marked) == plain(unmarked)


@pytest.mark.parametrize("path", MANUSCRIPTS, ids=lambda path: path.stem)
def test_paragraphs_name_their_line(path: Path) -> None:
    """The first word of every paragraph stands on the line that the paragraph names."""
    _, body, _ = split(path.read_text(encoding="utf-8"), path.name)
    root, _ = _parse(body)
    lines.unmark(root, body)
    places = body.split("\n")
    for paragraph in root.iter("p"):
        word = re.search(r"\w{3,}", html.tostring(paragraph, method="text", encoding="unicode"))
        if word and paragraph.text and word[0] in paragraph.text:
            assert word[0] in places[int(paragraph.get("data-line", "0")) - 1], word[0]
