"""Whatever stands in a header or in book.yaml: the press makes galleys, or findings. Chapters: see test_whole.py."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MANIFEST, galleys_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from press import book as manifest_file
from press.findings import Refused
from press.galleys import Galleys
from press.read.manuscript import split

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(QUICK, max_examples=8)  # each reads a chapter by Pandoc

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.dates()
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = sorted(field.alias or name for name, field in manifest_file.Manifest.model_fields.items())


def in_a_book(manifest: str, chapter: str) -> Galleys:
    """Make the galleys of a book of one chapter. Raises Refused with what is wrong."""
    folder = Path(tempfile.mkdtemp(dir=in_a_book.room))  # type: ignore[attr-defined]
    (folder / "manuscript").mkdir()
    (folder / "manuscript" / "1.md").write_text(chapter, encoding="utf-8", newline="")
    (folder / "book.yaml").write_text(manifest, encoding="utf-8", newline="")
    return Galleys(galleys_of(folder))


@pytest.fixture(autouse=True)
def _room(tmp_path_factory: pytest.TempPathFactory) -> None:
    in_a_book.room = tmp_path_factory.mktemp("books")  # type: ignore[attr-defined]


@given(st.sampled_from(KEYS), VALUES)
@QUICK
def test_any_value_in_book_yaml_is_right_or_a_finding(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("manifest")
    (folder / "manuscript").mkdir()
    (folder / "manuscript" / "1.md").touch()
    about = yaml.safe_load(MANIFEST + "chapters: [1.md]") | {key: value}
    (folder / "book.yaml").write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
    try:
        manifest_file.load(folder)
    except Refused as refused:
        places = {finding.file for finding in refused.findings}
    else:
        places = {"book.yaml"}
    assert places == {"book.yaml"}


@given(st.text(max_size=200))
@QUICK
def test_any_text_is_a_book_yaml_or_a_finding(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("manifest")
    (folder / "book.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Refused):
        manifest_file.load(folder)


@given(st.text(max_size=200))
@QUICK
def test_any_text_is_a_header_or_a_finding(text: str) -> None:
    header, _, findings = split(f"---\n{text}\n---\n\nText.\n", "manuscript/1.md")
    assert header.value is None or isinstance(header.value, dict)
    assert all(finding.file == "manuscript/1.md" and finding.line > 0 for finding in findings)


@given(
    st.dictionaries(
        st.sampled_from("id number title subtitle updates published lang dir role x".split()), VALUES, max_size=4
    )
)
@FEW
def test_any_header_makes_a_galley_or_findings(header: dict[str, Any]) -> None:
    text = yaml.safe_dump(header, allow_unicode=True)
    try:
        in_a_book(MANIFEST + "chapters: [1.md]", f"---\n{text}---\n\nText.\n")
    except Refused as refused:
        said = str(refused).splitlines()
    else:
        said = []
    assert [line for line in said if not re.match(r"manuscript/1\.md:\d+: .", line)] == []
