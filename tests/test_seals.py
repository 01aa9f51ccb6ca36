"""What is made again is told by what files hold: no clock, no backup and no late save can fool a build."""

from __future__ import annotations

import ast
import os
import random
import re
import time
from pathlib import Path

import pytest
from conftest import HOME, snakemake
from test_workflow import TYPESET, digests

from press import seals
from press.workflow import SHARED, STAGES, engine_files

YEAR = 365 * 86400
WAYS = {"the past": -20 * YEAR, "the future": 20 * YEAR, "the present": 0}


def planned(book: Path, *words: str) -> set[str]:
    """Return the rules that a run would follow."""
    return set(re.findall(r"^\[\d+/\d+\] (\w+)", snakemake(book, *words or ("all",), "--dry-run").stderr, re.M))


def date(path: Path, way: str) -> None:
    """Date a file as a clock that is wrong does."""
    moment = time.time() + WAYS[way]
    os.utime(path, (moment, moment))


def save(path: Path, old: str, new: str, way: str) -> None:
    """Change a file, with the clock in the past or in the future."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    date(path, way)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "old", "new", "rebuilt"),
    [
        ("manuscript/eins.md", "Seil", "Tau", {"resolve", *TYPESET}),
        ("images/kreuz.svg", "<title>", "<title>Ein ", {"resolve", *TYPESET}),
    ],
)
def test_a_changed_file_is_seen_whatever_its_date(
    own_book: Path, way: str, name: str, old: str, new: str, rebuilt: set[str]
) -> None:
    save(own_book / name, old, new, way)
    assert planned(own_book) == rebuilt


def test_new_and_lost_files_are_seen(own_book: Path) -> None:
    """A picture that was copied with its old date, and an edition that was thrown away."""
    picture = own_book / "images" / "neu.svg"
    picture.write_bytes((own_book / "images" / "kreuz.svg").read_bytes())
    date(picture, "the past")
    assert planned(own_book) == {"resolve", *TYPESET}
    picture.unlink()
    snakemake(own_book, "resolve", "--touch")
    (own_book / "build" / "knotenschule.epub").unlink()
    assert {"epub", "downloads"} <= planned(own_book)


def test_a_clock_that_jumps(small_book: Path, own_book: Path) -> None:
    """Edited, built in part, put back, with every date at random: the next run ends with the bytes of a good one."""
    chapter, chance = own_book / "manuscript" / "eins.md", random.Random(7)
    save(chapter, "Seil", "Tau", "the past")
    snakemake(own_book, "html")
    assert digests(own_book) != digests(small_book)
    save(chapter, "Tau", "Seil", "the past")
    for path in sorted(path for path in own_book.rglob("*") if path.is_file()):
        date(path, chance.choice(list(WAYS)))
    snakemake(own_book, "all")
    assert digests(own_book) == digests(small_book)
    assert planned(own_book) == set()


def test_every_job_leaves_a_seal() -> None:
    """A rule that makes a file and seals it not would trust the clock."""
    rules = re.findall(r"^ *rule (\w+):\n((?:(?!^ *rule ).*\n)*)", (HOME / "Snakefile").read_text("utf-8"), re.M)
    made = {name: text for name, text in rules if "output:" in text and name != "manifest"}
    assert len(made) > 12
    for name, text in made.items():
        assert all(part in text for part in ("seal=book.seal(", "state=book.state(", "book.command(")), name


def test_a_save_while_a_job_runs_is_seen(tmp_path: Path) -> None:
    """The seal is of what there was when the job began."""
    chapter = tmp_path / "eins.md"
    chapter.write_text("Ein Seil.", encoding="utf-8")
    before = seals.state([str(chapter)])
    status = chapter.stat()
    chapter.write_text("Ein Seit.", encoding="utf-8")
    os.utime(chapter, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert seals.state([str(chapter)]) != before, "though size and date are the same"


MODULES = {  # what the command of a stage calls
    "resolve": "read/book resolve/book",
    "sheets": "sheets/__init__",
    "epub": "editions/epub/__init__",
    "pdf": "editions/pdf/screen",
    "print": "editions/print/edition",
    "cover": "editions/print/cover",
    "html": "editions/web/__init__ editions/web/downloads",
    "docx": "editions/docx/__init__",
    "preflight": "check/preflight/card",
    "check": "check/run check/fidelity/__init__",
    "report": "report/page report/gather changes/page",
    "release": "release/folder",
}


def imported(file: Path) -> set[Path]:
    """Return the files of the press that a file of it imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    places = [HOME.joinpath(*name.split(".")) for name in names if name.split(".")[0] == "press"]
    files = [place / "__init__.py" if place.is_dir() else place.with_suffix(".py") for place in places]
    return {file for file in files if file.is_file()}


@pytest.mark.parametrize("stage", STAGES)
def test_a_seal_knows_all_that_its_stage_imports(stage: str) -> None:
    todo, seen = [HOME / "press" / f"{name}.py" for name in MODULES[stage].split()], set()
    while todo:
        if (file := todo.pop()) not in seen:
            seen.add(file)
            todo += imported(file)
    assert {str(file) for file in seen} <= set(engine_files(HOME, *SHARED, *STAGES[stage][0].split()))
