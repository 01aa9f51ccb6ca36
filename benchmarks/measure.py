"""One command, measured as a whole: the time it takes, the processor time and the memory of all its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pypandoc

# The tools of the environment, and the Pandoc that the press itself uses.
PATH = f"{Path(sys.executable).parent}:{Path(pypandoc.__file__).parent / 'files'}:{os.environ['PATH']}"


def environment() -> dict[str, str]:
    """The environment in which a measured command finds those tools, and Python keeps its bytecode, as for a user."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {"PATH": PATH}


class Figures(NamedTuple):
    """Wall time and processor time (user and system, over the process tree) in s; the largest process in MB."""

    wall: float
    cpu: float
    memory: float


def run(command: str, folder: Path, log: Path) -> Figures | None:
    """Run a shell command in `folder` and measure it; None if it failed, with its words in `log`.

    The processor time is that of all descendants which were waited for; the memory is the peak of the largest of them.
    """
    with log.open("ab") as words:
        words.write(f"$ {command}\n".encode())
        words.flush()
        begun = time.perf_counter()
        child = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=folder,
            stdout=words,
            stderr=words,
            env=environment(),
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    unit = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, in KiB elsewhere
    return Figures(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit) if child.returncode == 0 else None
