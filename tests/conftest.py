"""What the tests share: small books made on the spot, and `--accept` for the case files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from press.read.manuscript import read
from press.resolve.book import resolve
from press.styles import Styles

HOME = Path(__file__).parent.parent
STYLES = HOME / "styles"

MANIFEST = """\
slug: small
title: A Small Book
description: A book for tests.
language: en
contributors: [{name: Nobody, role: aut}]
rights: None reserved.
imprint: Small Books
identifiers:
  epub: urn:uuid:00000000-0000-5000-8000-000000000001
  pdf: urn:uuid:00000000-0000-5000-8000-000000000002
  print: urn:uuid:00000000-0000-5000-8000-000000000003
  html: urn:uuid:00000000-0000-5000-8000-000000000004
edition: First edition
version: "1"
date: 2020-02-29
trim: {width: 120, height: 180, bleed: 3}
stock: {name: plain, caliper: 0.1}
boxes: {careful: Careful, tip: Tip}
abbreviations: {TrP: trigger point}
"""

REFERENCES = [
    {
        "id": "doe2001",
        "type": "article-journal",
        "title": "On knots",
        "author": [{"family": "Doe", "given": "Ann"}, {"family": "Roe", "given": "Bo"}],
        "container-title": "Journal of String",
        "volume": "3",
        "issue": "2",
        "page": "10-19",
        "issued": {"date-parts": [[2001]]},
        "DOI": "10.1000/knots",
        "PMID": "123456",
    },
    {
        "id": "roe1999",
        "type": "book",
        "title": "Ropes",
        "author": [{"family": "Roe", "given": "Bo"}],
        "publisher": "Hemp House",
        "publisher-place": "Leith",
        "issued": {"date-parts": [[1999]]},
    },
]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="60pt" height="40pt" viewBox="0 0 60 40">{}</svg>'
SQUARE = SVG.format('<path d="M0 0h60v40z"/>')

Maker = Callable[..., Path]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --accept` writes what came out into the case files; look at the diff before you commit."""
    parser.addoption("--accept", action="store_true", help="rewrite the expected parts of tests/cases/*.md")


@pytest.fixture
def make_book(tmp_path: Path) -> Maker:
    """Return a function that writes a small book: `manuscripts` by file name, `manifest` in place of the usual one."""

    def make(manuscripts: dict[str, str], manifest: str = MANIFEST, images: dict[str, str] | None = None) -> Path:
        folder = tmp_path / "book"
        for name, text in manuscripts.items():
            path = folder / "manuscript" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (folder / "manuscript" / "references.json").write_text(json.dumps(REFERENCES), encoding="utf-8")
        (folder / "images").mkdir()
        for name, text in (images or {"square.svg": SQUARE}).items():
            (folder / "images" / name).write_text(text, encoding="utf-8")
        if "references:" not in manifest:
            manifest += "references: manuscript/references.json\n"
        if "chapters:" not in manifest:
            manifest += f"chapters: [{', '.join(name for name in manuscripts if name[0].isdigit())}]\n"
        (folder / "book.yaml").write_text(manifest, encoding="utf-8")
        return folder

    return make


def galleys_of(folder: Path) -> Path:
    """Read and resolve the book in `folder`; return its galleys. Raises Refused as the press does."""
    read_files = {}
    for path in sorted((folder / "manuscript").glob("*.md")):
        read_files[path.stem] = folder / "build" / "read" / f"{path.stem}.json"
        read(folder, f"manuscript/{path.name}", read_files[path.stem])
    output = folder / "build" / "galleys"
    resolve(folder, read_files, Styles([folder / "styles", STYLES]), output)
    return output


BOOKS = Path(__file__).parent / "books"


def snakemake(book: Path, *words: str, check: bool = True, home: Path = HOME) -> subprocess.CompletedProcess[str]:
    """Run the Snakefile as an author does, for the book in `book`; return what it did and said."""
    command = [sys.executable, "-m", "snakemake", *words]
    if "--config" not in words:
        command += ["--config", f"book={book}"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=600)
    if check and done.returncode:
        raise AssertionError(f"snakemake {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return done


@pytest.fixture(scope="session")
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of knots, built once with `snakemake all`; tests must not change it (see `own_book`)."""
    folder = tmp_path_factory.mktemp("small") / "knoten"
    shutil.copytree(BOOKS / "knoten", folder, ignore=shutil.ignore_patterns("build"))
    snakemake(folder, "all")
    return folder


@pytest.fixture
def own_book(small_book: Path, tmp_path: Path) -> Path:
    """A copy of the built book of knots, to be changed."""
    shutil.copytree(small_book, tmp_path / "own")
    return tmp_path / "own"
