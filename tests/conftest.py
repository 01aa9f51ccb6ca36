"""What the tests share: small books made on the spot, and `--accept` for the case files."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from press.editions import web
from press.editions.web import downloads
from press.galleys import Galleys
from press.join.book import join
from press.join.finish import Finish
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


@pytest.fixture(scope="session")
def large(small_book: Path) -> Path:
    """The large-print PDF of the book of knots."""
    snakemake(small_book, "large")
    return next((small_book / "build").glob("*-large.pdf"))


def joined(build: Path, layout: str = "book", finish: Finish | None = None, workers: int = 1) -> Path:
    """Return a PDF of the parts in `build`, joined as they were typeset, or with a finish."""
    output = build / f"joined-{layout}.pdf"
    join(build / "sheets" / layout, Galleys(build / "galleys").book, finish or Finish(), output, workers)
    return output


@pytest.fixture
def own_book(small_book: Path, tmp_path: Path) -> Path:
    """A copy of the built book of knots, to be changed."""
    shutil.copytree(small_book, tmp_path / "own")
    return tmp_path / "own"


# The web edition, and a browser on it

PHONE = ViewportSize(width=360, height=780)
DESK = ViewportSize(width=1280, height=900)


class _Host(http.server.SimpleHTTPRequestHandler):
    """Serves a folder below a path, text compressed, as a host of static files does, and says nothing."""

    def __init__(self, *words: Any, below: str, **more: Any) -> None:
        self.below = below
        super().__init__(*words, **more)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Send a file, or the page for what is missing."""
        path = urlsplit(self.path).path
        inside = path.startswith(self.below)
        name = unquote(path.removeprefix(self.below)) or "index.html"
        file = Path(self.directory, name)
        found = inside and file.is_file()
        file = file if found else Path(self.directory, "404.html")
        content = file.read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if file.suffix not in (".woff2", ".png", ".pdf", ".epub"):
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


_Host.extensions_map |= {".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}


@contextmanager
def served(site: Path, below: str = "/") -> Iterator[str]:
    """Serve a folder below a path; yield its address."""
    handler = functools.partial(_Host, directory=str(site), below=below)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{below}"
    server.shutdown()
    server.server_close()


def chromium() -> str:
    """Return Chromium, which `./book test` installs."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no Chromium: ./book setup test installs it"
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The web edition of the book in knots.py, with its downloads."""
    from knots import write_epub, write_galleys

    place = tmp_path_factory.mktemp("web")
    write_galleys(place / "galleys")
    web.build(place / "galleys", Styles([STYLES]), place / "html")
    editions = [place / name for name in ("two-knots.epub", "two-knots.pdf", "two-knots-print.pdf")]
    write_epub(editions[0])
    for edition in editions[1:]:
        edition.write_bytes(edition.name.encode() * 200)
    downloads.build(place / "galleys", Styles([STYLES]), editions, place / "html" / "downloads.html")
    return place / "html"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where that edition is served: below the path that its book.yaml names."""
    with served(site, "/two/") as address:
        yield address
