"""A house of several books, built in one run; one has a wrong book.yaml, and one a wrong manuscript."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import snakemake
from lxml import html

from benchmarks.house import shelf
from press import catalogue
from press.findings import Refused

Run = subprocess.CompletedProcess[str]


def run(file: Path, *words: str) -> Run:
    return snakemake(file.parent, "all", *words, "--config", f"catalogue={file}", check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The catalogue of four books, and its first run."""
    file = shelf.make(tmp_path_factory.mktemp("house"), 4, paragraphs=1)
    manifest = file.parent / "books/00003/book.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("title:", "titel:", 1), encoding="utf-8")
    text = file.parent / "books/00004/manuscript/knot.md"
    text.write_text(text.read_text(encoding="utf-8") + "\nSee [](#nowhere).\n", encoding="utf-8")
    return file, run(file)


def test_the_good_books_are_made_each_in_its_folder(house: tuple[Path, Run]) -> None:
    file, _ = house
    assert shelf.finished(file.parent) == 2
    for number in ("00001", "00002"):
        assert (file.parent / "books" / number / "build" / f"knot-{number}-cover.pdf").is_file()


def test_the_broken_ones_are_told_at_the_end(house: tuple[Path, Run]) -> None:
    file, done = house
    assert done.returncode != 0
    assert done.stderr.count("book.yaml:2: unknown key 'titel'") == 1, done.stderr
    assert done.stderr.count("manuscript/knot.md:9: cross-reference #nowhere leads nowhere") == 1, done.stderr
    last = done.stderr.strip().splitlines()[-2:]
    assert sorted(last) == [f"not made: {file.parent}/books/{number}" for number in ("00003", "00004")]


def test_the_index_leads_to_what_is_made(house: tuple[Path, Run]) -> None:
    file, _ = house
    room = file.parent / "build"
    page = html.parse(str(room / "index.html")).getroot()
    assert [title.text_content() for title in page.iter("h2")] == ["Knot No. 1", "Knot No. 2"]
    feed = json.loads((room / "opds.json").read_bytes())
    assert feed["metadata"] == {"title": "Rope House", "numberOfItems": 2}
    hrefs = [str(href) for href in page.xpath("//main//a/@href")]
    hrefs += [link["href"] for one in feed["publications"] for link in one["links"] + one["images"]]
    assert len(hrefs) > 8
    for href in hrefs:
        assert (room / unquote(href)).is_file(), href


def test_only_the_broken_ones_are_tried_again(house: tuple[Path, Run]) -> None:
    file, _ = house
    planned = run(file, "--dry-run").stderr
    assert "books/00003" in planned
    assert "books/00004" in planned
    assert "books/00001" not in planned
    assert "books/00002" not in planned


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("titel: A\nbooks: [a]\n", "house.yaml:1: unknown key 'titel'"),
        ("title: A\nbooks: [a, nowhere]\n", "house.yaml:2: there is no folder 'nowhere'"),
        ("title: A\nbooks: [../a]\n", "house.yaml:2: '../a' leads out of the catalogue's folder"),
        ("", "'books' is missing"),
    ],
)
def test_what_is_wrong_with_a_catalogue(tmp_path: Path, text: str, finding: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "house.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        catalogue.load(tmp_path / "house.yaml")
    assert finding in str(refused.value)
