"""The progress line: which jobs are running, for how long, and what the oldest of them said last. On terminals only."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import NamedTuple, TextIO

EVERY = 0.5  # s between two states of the line
PATIENCE = 2.0  # s that a job may run before it is worth a line
TAIL = 2000  # bytes at the end of a log in which its last line is looked for
CLEAR = "\r\x1b[2K"


class Running(NamedTuple):
    """A job: its name, when it began (s, as time.monotonic), and its log."""

    name: str
    began: float
    log: Path | None


class Status:
    """A line at the foot of the terminal that is rewritten while jobs run, and gone when there is something to say."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.jobs: dict[int, Running] = {}
        self._shown = False
        self._lock = threading.Lock()
        if stream.isatty() and os.environ.get("TERM") != "dumb":
            threading.Thread(target=self._watch, daemon=True).start()

    def begin(self, number: int, name: str, logs: list[str]) -> None:
        """Begin to tell of a job."""
        log = next((Path(one) for one in logs if one.endswith(".log")), None)
        self.jobs[number] = Running(name, time.monotonic(), log)

    def end(self, number: int) -> None:
        """Tell of a job no more."""
        self.jobs.pop(number, None)

    def say(self, text: str) -> None:
        """Print a line that stays, in the place of the progress line."""
        with self._lock:
            print(f"{CLEAR if self._shown else ''}{text}", file=self.stream, flush=True)
            self._shown = False

    def line(self, now: float, width: int) -> str:
        """Return the line at a time, at most so many characters wide; nothing while no job takes long."""
        jobs = sorted(self.jobs.copy().values(), key=lambda job: job.began)
        if not jobs or now - jobs[0].began < PATIENCE:
            return ""
        oldest, *more = jobs
        said = f"{oldest.name}, {now - oldest.began:.0f} s"
        if more:
            said += f" (and {', '.join(job.name for job in more)})"
        if last := _last(oldest.log):
            said += f": {last}"
        return said if len(said) < width else said[: width - 2] + "…"

    def _watch(self) -> None:
        while True:
            time.sleep(EVERY)
            text = self.line(time.monotonic(), shutil.get_terminal_size().columns)
            with self._lock:
                if text or self._shown:
                    self.stream.write(CLEAR + text)
                    self.stream.flush()
                    self._shown = bool(text)


def _last(log: Path | None) -> str:
    """Return the last line of a log, if there is one yet."""
    try:
        if log is None:
            return ""
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
