"""`./book` says that there is nothing to do only where that is so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import HOME

SOURCES = {
    "Snakefile": "rule all: …",
    "book": "#!/bin/sh",
    "book.yaml": "title: Knots",
    "references.json": "[]",
    "requirements.lock": "weasyprint==70.0",
    "manuscript/01-one.md": "# One knot",
    "styles/pdf/book.css.j2": "p {margin: 0}",
    "images/01-locator.svg": "<svg/>",
    "press/cli.py": "print(1)",
    "profiles/default/config.yaml": "cores: all",
}
MADE = {
    "build/knots.epub": "epub",
    "build/knots.pdf": "pdf",
    "build/html/index.html": "html",
    "build/read/one.json": "{}",
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A folder as `./book` finds it, in which everything was made."""
    packages = tmp_path / ".venv.d/1/lib/python3/site-packages"
    (packages / "weasyprint").mkdir(parents=True)
    (tmp_path / ".venv").symlink_to(".venv.d/1")
    (tmp_path / ".venv/bin").mkdir()
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    make(tmp_path)
    assert up_to_date(tmp_path)
    return tmp_path


def script(book: Path, *words: str, **variables: str) -> int:
    """Run the script in a folder, as `./book` does."""
    command = [sys.executable, "-I", "-S", str(HOME / "press/uptodate.py"), *words]
    return subprocess.run(command, cwd=book, env={**os.environ, **variables}, check=False).returncode


def up_to_date(book: Path, **variables: str) -> bool:
    return script(book, "check", **variables) == 0


def make(book: Path, after: str = "") -> int:
    """Make every edition, with a stand-in for Snakemake, which does `after` at the end."""
    lines = [
        "from pathlib import Path",
        f"made = {MADE!r}",
        "for name in made: Path(name).parent.mkdir(parents=True, exist_ok=True)",
        "for name, text in made.items(): Path(name).write_text(text)",
        after,
    ]
    return script(book, "run", sys.executable, "-c", "\n".join(lines))


def quietly(path: Path) -> None:
    """Change a letter and leave size and time of change as they were."""
    status = path.stat()
    text = path.read_text(encoding="utf-8")
    path.write_text(text[:-1] + "~", encoding="utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_every_kind_of_change_is_seen_and_made_good(book: Path) -> None:
    for name in [*SOURCES, *MADE]:
        quietly(book / name)
        assert not up_to_date(book), name
        assert make(book) == 0
        assert up_to_date(book), name


@pytest.mark.parametrize("name", ["manuscript/01-one.md", "images/01-locator.svg", "build/knots.pdf"])
@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_text("other")])
def test_a_file_that_is_gone_or_longer_is_seen(book: Path, name: str, change: Callable[[Path], object]) -> None:
    change(book / name)
    assert not up_to_date(book)


@pytest.mark.parametrize("name", ["images/new.svg", "styles/pdf/more.css", "press/read/new.py", "manuscript/02.md"])
def test_a_new_file_is_seen(book: Path, name: str) -> None:
    (book / name).parent.mkdir(exist_ok=True)
    (book / name).write_text("new", encoding="utf-8")
    assert not up_to_date(book)


def test_another_environment_is_seen(book: Path) -> None:
    packages = book / ".venv/lib/python3/site-packages"
    (packages / "weasyprint-71.dist-info").mkdir()
    assert not up_to_date(book)
    make(book)
    assert up_to_date(book)
    assert not up_to_date(book, SOURCE_DATE_EPOCH="1")
    shutil.copytree(book / ".venv.d/1", book / ".venv.d/2", symlinks=True)
    (book / ".venv").unlink()
    (book / ".venv").symlink_to(".venv.d/2")
    assert not up_to_date(book)


@pytest.mark.parametrize("record", ["", "{}", "[]", '{"time": 1, "files": {"book": 3}, "surroundings": {}}'])
def test_a_record_that_is_broken_counts_for_nothing(book: Path, record: str) -> None:
    (book / "build/.uptodate.json").write_text(record, encoding="utf-8")
    assert not up_to_date(book)
    make(book)
    assert up_to_date(book)


def test_what_is_unusual_goes_the_usual_way(book: Path) -> None:
    (book / "images/more").symlink_to("/usr/share")
    assert not up_to_date(book)
    make(book)
    assert not up_to_date(book)


def test_a_build_that_failed_or_was_overtaken_is_not_written_down(book: Path) -> None:
    assert make(book, "raise SystemExit(3)") == 3
    assert not up_to_date(book)
    make(book)
    assert make(book, "Path('manuscript/01-one.md').write_text('# Edited while it was built')") == 0
    assert not up_to_date(book)


def test_what_is_no_part_of_a_build_changes_nothing(book: Path) -> None:
    for name in (".git/index", "build/logs/pdf.log", "build/cache/faces", "press/__pycache__/cli.pyc"):
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text("other", encoding="utf-8")
    assert up_to_date(book)
