"""The README: its commands are run, its pictures are small and described, its links arrive, it fits two screens."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pypandoc
import pytest
from conftest import HOME

README = (HOME / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.S)
    for line in block.splitlines()
]
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run(command: str) -> str:
    """Run a command of the README in the folder of the press; return what it said."""
    done = subprocess.run(["sh", "-c", command], cwd=HOME, env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_an_author_begins_by_the_readme(tmp_path: Path) -> None:
    """What stands under "If you write", in its order, on a folder of the author's own."""
    mine = [command for command in COMMANDS if "my-book" in command]
    assert [command.split()[:2] for command in mine] == [
        ["press", "new"],
        ["press", "preview"],
        ["snakemake", "all"],
        ["snakemake", "check"],
        ["snakemake", "report"],
    ]
    new, preview, build, _, report = (command.replace("my-book", str(tmp_path / "my-book")) for command in mine)
    assert "is a book" in run(new)
    with subprocess.Popen(
        [*shlex.split(preview), "--port", "18765"],
        cwd=HOME,
        env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert "http://127.0.0.1:18765/" in server.stdout.readline()
        assert re.fullmatch(r"the book: [\d.]+ s, no findings\n", server.stdout.readline())
        time.sleep(1)
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
        assert server.returncode == 0
    assert "resolve" in run(f"{build} --dry-run")
    assert "] report" in run(f"{report} --dry-run")


def test_the_other_commands(tmp_path: Path) -> None:
    """Those that build or test this whole book are only asked what they would do."""
    (instead,) = re.findall(r"or: (press import old.docx my-book)", README)
    pypandoc.convert_text("# One\n\nText.\n", "docx", format="markdown", outputfile=str(tmp_path / "old.docx"))
    words = instead.replace("old.docx", str(tmp_path / "old.docx")).replace("my-book", str(tmp_path / "my-book"))
    assert "with no findings" in run(words)
    rest = [command for command in COMMANDS if "my-book" not in command]
    assert rest == ["./book setup", ". .venv/bin/activate", "snakemake all", "./book test"]
    assert "all" in run("./book --help")
    run("snakemake all --dry-run")
    (targets,) = re.findall(r"snakemake all +# or ([\w, ]+)", README)
    for target in targets.split(", "):
        assert f"rule {target}:" in (HOME / "Snakefile").read_text(encoding="utf-8"), target


def test_completion_is_had_as_it_says() -> None:
    assert "press_completion" in run("_PRESS_COMPLETE=bash_source press")
    words = 'COMP_WORDS="press pre" COMP_CWORD=1 _PRESS_COMPLETE=bash_complete press'
    assert run(words).split() == ["plain,preview", "plain,preflight"]


def test_pictures_and_links() -> None:
    """Three pictures, each small and with its alternative text; every link in the repository arrives."""
    pictures = re.findall(r'<img src="([^"]+)" height="\d+" alt="([^"]{40,})">', README)
    assert len(pictures) == README.count("<img") == 3
    for name, _ in pictures:
        assert (HOME / name).stat().st_size < 120_000
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (HOME / link).exists(), link


def test_it_fits_two_screens() -> None:
    """A screen holds some fifty lines of text as code hosts set it."""
    assert len(README.splitlines()) <= 100


@pytest.mark.parametrize("command", ["new", "import", "preview", "check", "sheets"])
def test_help_tells_what_a_command_takes_and_gives(command: str) -> None:
    said = run(f"press {command} --help")
    assert said.startswith(f"Usage: press {command}")
    assert len(said.splitlines()) > 7
