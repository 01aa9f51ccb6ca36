"""The Snakefile, run for real on the book of knots."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import HOME, snakemake

EDITIONS = ["knotenschule.epub", "knotenschule.pdf", "knotenschule-print.pdf", "knotenschule-cover.pdf", "html"]


TYPESET = set("sheets epub pdf print_edition cover html downloads".split())


def digests(book: Path) -> dict[str, str]:
    """Return the digest of every file of every edition."""
    files = [path for name in EDITIONS for path in sorted([book / "build" / name, *(book / "build" / name).rglob("*")])]
    root = book / "build"
    return {str(f.relative_to(root)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}


def test_all_editions_are_made(small_book: Path) -> None:
    for name in EDITIONS:
        assert (small_book / "build" / name).exists(), name


def test_nothing_to_do_the_second_time(small_book: Path) -> None:
    assert "Nothing to be done" in snakemake(small_book, "all").stderr


# Runs Snakemake with the words it is given, and then says what is true of its process.
WATCHED = """
import sys, threading
from snakemake.cli import main
try:
    main()
finally:
    waiting = [one for one in threading.enumerate() if isinstance(one, threading.Timer) and not one.finished.is_set()]
    print("watched:", "requests" in sys.modules, bool(waiting))
"""
BARE = ("--workflow-profile", "none", "--cores", "1")  # without what the press does to a run


def watched(home: Path, *words: str) -> tuple[bool, bool]:
    """Return whether what opens web addresses was loaded, and whether timers are waited for at the end."""
    command = [sys.executable, "-c", WATCHED, *words]
    said = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True).stdout
    web, timers = said.partition("watched: ")[2].split()
    return web == "True", timers == "True"


def test_a_run_is_spared_what_it_has_no_use_for(own_book: Path, tmp_path: Path) -> None:
    """Should the last lines fail, Snakemake is mended: `_files_only` (in start.py) or `end_timers` can go."""
    assert watched(HOME, "clean", "--config", f"book={own_book}") == (False, False)
    (tmp_path / "Snakefile").write_text("rule all:\n    shell: 'true'\n", encoding="utf-8")
    web, timers = watched(tmp_path, *BARE)
    assert web
    assert timers


def test_same_bytes_from_nothing(small_book: Path, own_book: Path) -> None:
    snakemake(own_book, "clean")
    assert {path.name for path in (own_book / "build").iterdir()} <= {"logs", ".lock"}
    snakemake(own_book, "all")
    assert digests(own_book) == digests(small_book)


def start(book: Path) -> subprocess.Popen[bytes]:
    """Begin a build in a process group of its own."""
    command = [sys.executable, "-m", "snakemake", "all", "--config", f"book={book}"]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    null = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=HOME, env=environment, start_new_session=True, stdout=null, stderr=null)


def test_two_builds_at_once(small_book: Path, own_book: Path) -> None:
    """The second build is refused with a clear line; the first goes on to the same bytes."""
    snakemake(own_book, "clean")
    first = start(own_book)
    while not (own_book / "build" / "read").exists():
        time.sleep(0.05)
    second = snakemake(own_book, "all", check=False)
    assert second.returncode != 0
    assert "another build of this book is running" in second.stderr
    assert first.wait() == 0
    assert digests(own_book) == digests(small_book)


def test_findings_of_all_files_at_once_and_editions_kept(small_book: Path, own_book: Path) -> None:
    one, two = own_book / "manuscript" / "eins.md", own_book / "manuscript" / "zwei.md"
    one.write_text(one.read_text(encoding="utf-8") + "\nSiehe auch [](#nirgends).\n", encoding="utf-8")
    two.write_text(two.read_text(encoding="utf-8").replace("title: ", "titel: "), encoding="utf-8")
    done = snakemake(own_book, "all", check=False)
    assert done.returncode != 0
    line = len(one.read_text(encoding="utf-8").splitlines())
    for finding in (
        f"manuscript/eins.md:{line}: cross-reference #nirgends leads nowhere",
        "manuscript/zwei.md:4: unknown key 'titel' in the header",
        "'title' is missing",
    ):
        assert done.stderr.count(finding) == 1, done.stderr
    assert digests(own_book) == digests(small_book)
    found = json.loads((own_book / "build" / "findings.json").read_bytes())
    assert {("manuscript/eins.md", line, "resolve"), ("manuscript/zwei.md", 4, "resolve")} <= {
        (one["file"], one["line"], one["rule"]) for one in found
    }
    log = json.loads((own_book / "build" / "findings.sarif").read_bytes())
    assert len(log["runs"][0]["results"]) == len(found)


def test_a_missing_glyph_is_a_finding(own_book: Path) -> None:
    text = own_book / "manuscript" / "zwei.md"
    text.write_text(text.read_text(encoding="utf-8") + "\nEin Zeichen ohne Schrift: 漢.\n", encoding="utf-8")
    done = snakemake(own_book, "all", check=False)
    assert done.returncode != 0
    assert re.search(r"manuscript/zwei\.md:\d+: character U\+6F22", done.stderr), done.stderr


def test_faults_of_the_manifest_have_lines(own_book: Path) -> None:
    manifest = own_book / "book.yaml"
    text = manifest.read_text(encoding="utf-8").replace("language: de", "langauge: de").replace("eins.md", "einz.md")
    manifest.write_text(text, encoding="utf-8")
    done = snakemake(own_book, "all", check=False)
    assert done.returncode != 0
    assert "book.yaml:6: unknown key 'langauge'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changed", "rebuilt"),
    [
        ("manuscript/eins.md", {"resolve", *TYPESET}),
        ("book.yaml", {"resolve", *TYPESET}),
        ("images/kreuz.svg", {"resolve", *TYPESET}),
    ],
)
def test_what_a_change_rebuilds(own_book: Path, changed: str, rebuilt: set[str]) -> None:
    path = own_book / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    planned = snakemake(own_book, "all", "--dry-run").stderr
    assert set(re.findall(r"^\[\d+/\d+\] (\w+)", planned, re.M)) == rebuilt


@pytest.mark.parametrize(
    ("engine", "rebuilt"),
    [
        ("press/read/lines.py", "resolve"),
        ("press/resolve/notes.py", "resolve"),
        ("press/sheets/numbers.py", "sheets"),
        ("press/join/writer.py", "pdf"),
        ("press/editions/pdf/screen.py", "pdf"),
        ("press/editions/print/inks.py", "print_edition"),
        ("press/editions/print/barcode.py", "cover"),
        ("styles/cover/wrap.css.j2", "cover"),
        ("press/editions/web/__init__.py", "html"),
        ("styles/pdf/book.css.j2", "sheets"),
    ],
)
def test_editing_the_engine_rebuilds(small_book: Path, tmp_path: Path, engine: str, rebuilt: str) -> None:
    home = tmp_path / "home"
    for name in ("press", "styles", "profiles"):
        shutil.copytree(HOME / name, home / name)
    for name in ("Snakefile", "requirements.lock"):
        shutil.copy2(HOME / name, home)
    assert "Nothing to be done" in snakemake(small_book, "all", "--dry-run", home=home).stderr
    (home / engine).write_text((home / engine).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    planned = snakemake(small_book, "all", "--dry-run", home=home).stderr
    assert rebuilt in set(re.findall(r"^\[\d+/\d+\] (\w+)", planned, re.M))


def test_an_unknown_config_key_is_refused() -> None:
    done = snakemake(HOME, "all", "--dry-run", "--config", "boook=elsewhere", check=False)
    assert done.returncode != 0
    assert "--config boook=…: the keys are 'book', a folder" in done.stderr


def test_a_folder_without_a_book_is_refused(tmp_path: Path) -> None:
    done = snakemake(tmp_path, "all", check=False)
    assert done.returncode != 0
    assert f"book.yaml: there is no book.yaml in {tmp_path}" in done.stderr


def test_a_failed_edition_is_never_taken_for_a_current_one(own_book: Path) -> None:
    """The same fault is told in every run until it is mended; then the edition is made."""
    broken = own_book / "styles" / "pdf" / "part.html.j2"
    broken.parent.mkdir()
    broken.write_text("{{ nothing.like.it }}", encoding="utf-8")
    for _ in range(2):
        assert snakemake(own_book, "pdf", check=False).returncode != 0
    broken.unlink()
    snakemake(own_book, "pdf")
    assert (own_book / "build" / "knotenschule.pdf").is_file()
    assert "Nothing to be done" in snakemake(own_book, "pdf").stderr


def test_large_print_is_checked_where_it_was_made(own_book: Path) -> None:
    large = own_book / "build" / "knotenschule-large.pdf"
    large.unlink(missing_ok=True)
    assert large.name not in snakemake(own_book, "check", "--dry-run", "--printshellcmds").stderr
    planned = snakemake(own_book, "large", "check", "--dry-run", "--printshellcmds").stderr
    (command,) = (line for line in planned.splitlines() if "press check" in line)
    assert large.name in command, "asked for in one run"
    large.touch()
    [command] = re.findall(r"press check .*", snakemake(own_book, "check", "--dry-run", "--printshellcmds").stderr)
    assert large.name in command


def test_without_an_activated_environment(own_book: Path) -> None:
    """`.venv/bin/snakemake` does what `snakemake` does in the activated environment."""
    (own_book / "manuscript" / "eins.md").touch()
    command = [sys.executable, "-m", "snakemake", "html", "--forcerun", "resolve", "--config", f"book={own_book}"]
    done = subprocess.run(command, cwd=HOME, env={"PATH": "/usr/bin:/bin", "HOME": str(own_book)}, capture_output=True)
    assert done.returncode == 0, done.stderr
