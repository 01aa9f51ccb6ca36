"""Processor time and memory of jobs wherever they run: every Python process writes down at its end what it used.

SLURM without its database keeps no account, and its jobs are no children of the run that asked for them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Python imports this by itself. Of what a process waited for, only the press counts: Snakemake waits for the press.
HOOK = """\
import atexit, os, resource, sys

def _write():
    who = [resource.RUSAGE_SELF] + [resource.RUSAGE_CHILDREN] * ("press" in sys.orig_argv)
    used = sum(getattr(resource.getrusage(one), name) for one in who for name in ("ru_utime", "ru_stime"))
    most = max(resource.getrusage(one).ru_maxrss for one in who)
    kind = "press" if "press" in sys.orig_argv else "snakemake"
    with open(os.path.join(os.environ["HOUSE_USAGE"], f"{kind}-{os.getpid()}-{os.uname().nodename}"), "a") as file:
        file.write(f"{used} {most}\\n")

if "HOUSE_USAGE" in os.environ:
    atexit.register(_write)
"""


class Counted:
    """What is written down in a folder by the processes that have `environment`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @property
    def environment(self) -> dict[str, str]:
        """What makes a Python process write down what it used."""
        return {"PYTHONPATH": str(self.folder), "HOUSE_USAGE": str(self.folder)}

    def total(self, kind: str = "") -> float:
        """Return the processor time of all, or of one kind (press, snakemake), in seconds."""
        return round(sum(used for used, _ in self._lines(kind)), 1)

    def most(self, kind: str = "") -> int:
        """Return the peak memory of the largest process, in MB."""
        return round(max((peak for _, peak in self._lines(kind)), default=0) / 1024)

    def _lines(self, kind: str) -> Iterator[tuple[float, float]]:
        for file in self.folder.glob(f"{kind or '*'}-*-*"):
            for line in file.read_text(encoding="utf-8").splitlines():
                used, peak = map(float, line.split())
                yield used, peak


@contextmanager
def counted(folder: Path) -> Iterator[Counted]:
    """Yield what counts the processes with its environment, from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    yield Counted(folder)
