"""Long work shows a line on terminals, and is quiet elsewhere."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import HOME
from snakemake_logger_plugin_press import status

from press import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_tells_of_the_oldest_job(tmp_path: Path) -> None:
    log = tmp_path / "sheets.log"
    said = status.Status(io.StringIO())
    assert said.line(0, 80) == ""
    said.jobs = {
        2: status.Running("html", 14, None),
        1: status.Running("sheets", 10, log),
    }
    assert said.line(11, 80) == "", "it may be over in a moment"
    assert said.line(22.4, 80) == "sheets, 12 s (and html)"
    log.write_text("spot-1: 12 pages in 3 s\nspot-8: 9 pages in 2 s\n\n", encoding="utf-8")
    assert said.line(22.4, 80) == "sheets, 12 s (and html): spot-8: 9 pages in 2 s"
    assert said.line(22.4, 20) == "sheets, 12 s (and …"
    said.end(1)
    assert said.line(22.4, 80) == "html, 8 s"


def test_what_is_said_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "EVERY", 0.01)
    monkeypatch.setattr(status, "PATIENCE", 0)
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    said = status.Status(stream)
    said.begin(1, "sheets", ["build/logs/none.log"])
    until = time.monotonic() + 10
    while "sheets, 0 s" not in stream.getvalue() and time.monotonic() < until:
        time.sleep(0.01)
    said.end(1)
    said.say("[2/9] html")
    assert f"{status.CLEAR}sheets, 0 s" in stream.getvalue()
    assert f"{status.CLEAR}[2/9] html\n" in stream.getvalue()


def test_elsewhere_there_is_none() -> None:
    stream = io.StringIO()
    said = status.Status(stream)
    said.begin(1, "sheets", [])
    said.say("[1/9] sheets")
    assert stream.getvalue() == "[1/9] sheets\n"


def test_a_count_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.track("abc", "pages drawn")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY", -1)
    assert list(progress.track("abc", "pages drawn")) == ["a", "b", "c"]
    assert capsys.readouterr().err.splitlines() == [f"pages drawn: {number} of 3" for number in range(3)]


def test_on_a_terminal_a_bar() -> None:
    """`press` shows it where a person looks, and no line of it is left in a file."""
    script = "from press.progress import track\nimport time\nfor one in track(range(3), 'pages'): time.sleep(.4)"
    ours, theirs = pty.openpty()
    done = subprocess.run([sys.executable, "-c", script], cwd=HOME, stderr=theirs, stdout=subprocess.PIPE, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0 and done.stdout == b""
    assert "pages" in shown and "100%" in shown
