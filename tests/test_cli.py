"""The commands of the press, without Snakemake."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner
from conftest import STYLES, Maker

from press.cli import main

CHAPTER = "---\nid: one\nnumber: 1\ntitle: One\n---\n\nSome text{}.\n"


def run(*words: object) -> tuple[int, str]:
    """Run `press WORDS`; return the exit code and everything that was said."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_help_names_every_room() -> None:
    code, said = run("--help")
    assert code == 0
    commands = re.findall(r"^  (\w+) ", said.partition("Commands:")[2], re.M)
    expected = "read resolve sheets epub pdf large print wrap cover html downloads preflight check".split()
    assert commands == expected, "in the order of the data"


def test_stage_by_stage(make_book: Maker, tmp_path: Path) -> None:
    book = make_book({"01.md": CHAPTER.format("")})
    read, galleys, site = tmp_path / "01.json", tmp_path / "galleys", tmp_path / "html"
    assert run("read", book / "manuscript" / "01.md", "-o", read) == (0, "")
    assert run("resolve", book / "book.yaml", read, "-s", STYLES, "-o", galleys) == (0, "")
    assert run("html", galleys / "book.json", "-s", STYLES, "-o", site) == (0, "")
    epub, page = tmp_path / "small.epub", site / "downloads.html"
    assert run("epub", galleys / "book.json", "-s", STYLES, "-o", epub) == (0, "")
    assert run("downloads", galleys / "book.json", epub, "-s", STYLES, "-o", page) == (0, "")
    assert run("check", book / "book.yaml", galleys / "book.json", site / "index.html")[0] == 0
    assert json.loads((galleys / "book.json").read_bytes())["documents"][0]["words"] == 2


def test_findings_are_lines_and_nothing_is_written(make_book: Maker, tmp_path: Path) -> None:
    book = make_book({"01.md": CHAPTER.format("[^a] and [](#nowhere)")})
    read, galleys = tmp_path / "01.json", tmp_path / "galleys"
    assert run("read", book / "manuscript" / "01.md", "-o", read) == (0, "")
    code, said = run("resolve", book / "book.yaml", read, "-s", STYLES, "-o", galleys)
    assert code == 1
    assert said.splitlines() == [
        "manuscript/01.md:7: cross-reference #nowhere leads nowhere",
        "manuscript/01.md:7: note [^a] is called but never defined",
    ]
    assert not galleys.exists()


def test_wrong_use_is_explained(tmp_path: Path) -> None:
    code, said = run("read", tmp_path / "none.md", "-o", tmp_path / "x.json")
    assert code == 2
    assert "does not exist" in said
