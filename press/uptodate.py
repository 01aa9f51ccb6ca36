"""Whether there is anything to do at all: `./book` asks before it starts Snakemake, which takes ten times as long.

A run of `./book` that made every edition writes down all files of this folder and all that lies in `build/`: which
files there are, and of each its size, times, inode and digest. As long as not one of them is another, nothing is to be
done. Whatever is unlike, even a file that no edition is made from, goes the usual way, and Snakemake judges.

    python -I -S press/uptodate.py check          ends with 0 if every edition is up to date, with 1 if that is not sure
    python -I -S press/uptodate.py run PROGRAM…   runs what makes every edition, and writes down what there is then

Nothing but the standard library is imported, and nothing of the press: so it takes a few hundredths of a second.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from stat import S_ISREG

RECORD = "build/.uptodate.json"
# In `build/`: what is no output, and what is written though nothing is made.
_PASSED_OVER = {"build/cache", "build/logs", "build/.lock", RECORD, f"{RECORD}.new"}
# What a time of change may lag behind: within it a file can change twice and look the same.
_BLUR = 2.0
_VARIABLES = ("PRESS_", "SNAKEMAKE_", "SOURCE_DATE_EPOCH", "PYTHON", "LANG", "LC_", "TZ")

TYPE_CHECKING = False  # importing typing takes longer than all else here
if TYPE_CHECKING:
    from typing import Any

    Entry = list[Any]  # size, modified, changed (ns), inode, digest
    Record = dict[str, Any]  # time, files, surroundings


class Unusual(Exception):
    """Something of which this does not know what it means: then Snakemake is asked."""


def files() -> list[str]:
    """Return all files of this folder that a build may depend on, and those that it made.

    Hidden files and folders at the top are passed over, but for the environment, which `surroundings` describes.
    """
    found = []
    folders = [entry.path[2:] for entry in os.scandir("./") if not entry.name.startswith(".")]
    while folders:
        path = folders.pop()
        if path in _PASSED_OVER:
            continue
        if not os.path.isdir(path):
            found.append(path)
        elif os.path.islink(path):
            raise Unusual(path)
        elif os.path.basename(path) != "__pycache__":
            folders += (entry.path for entry in os.scandir(path))
    return sorted(found)


def surroundings() -> dict[str, object]:
    """Return what a build depends on outside the files: the environment with its packages, Python, variables."""
    packages = next(path for path in (os.path.join(".venv", "lib", name) for name in os.listdir(".venv/lib")))
    packages = os.path.join(packages, "site-packages")
    python = os.stat(".venv/bin/python")
    return {
        "environment": os.readlink(".venv"),
        "python": [sys.version, python.st_size, python.st_mtime_ns, python.st_ino],
        "packages": sorted([entry.name, entry.stat().st_mtime_ns] for entry in os.scandir(packages)),
        "variables": sorted([name, value] for name, value in os.environ.items() if name.startswith(_VARIABLES)),
        "folder": os.getcwd(),
    }


def entry(path: str, known: Entry | None = None, seen: float = 0.0) -> Entry:
    """Describe a file. Its digest is that in `known` if it has not changed since that was made at the time `seen`."""
    status = os.stat(path)
    if not S_ISREG(status.st_mode):
        raise Unusual(path)
    looks: Entry = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
    if known and looks == known[:4] and status.st_ctime_ns < (seen - _BLUR) * 1e9:
        return known
    with open(path, "rb") as file:
        return [*looks, hashlib.file_digest(file, "sha256").hexdigest()]


def describe(record: Record | None = None) -> Record:
    """Return what there is; `record` spares the digests of what is the same."""
    known, seen = (record["files"], record["time"]) if record else ({}, 0.0)
    now = time.time()
    entries = {path: entry(path, known.get(path), seen) for path in files()}
    return {"time": now, "files": entries, "surroundings": surroundings()}


def same(one: Record, other: Record, but: str = "") -> bool:
    """Tell whether there are the same files with the same contents in the same surroundings, `but` for one folder."""

    def contents(record: Record) -> Record:
        return {path: each[4] for path, each in record["files"].items() if not (but and path.startswith(but))}

    return bool(one["surroundings"] == other["surroundings"]) and contents(one) == contents(other)


def recorded() -> Record | None:
    """Return what was written down last."""
    try:
        with open(RECORD, encoding="utf-8") as file:
            record: Record = json.load(file)
        return record
    except (OSError, ValueError):
        return None


def check() -> bool:
    """Tell whether every edition is up to date."""
    try:
        record = recorded()
        now = attempt(record) if record else None
        return bool(record and now and same(record, now))
    except (LookupError, TypeError, AttributeError):
        return False  # the record is of another version


def run(command: list[str]) -> int:
    """Run what makes every edition; write down what there is if it did, and nothing was changed the while.

    Returns its exit status. What ends this process ends that one.
    """
    before = attempt(recorded()) or attempt(None)
    if os.path.exists(RECORD):
        os.unlink(RECORD)
    with subprocess.Popen(command) as child:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: child.send_signal(number))
        status = child.wait()
    if status == 0 and before:
        after = attempt(before)
        if after and same(before, after, "build" + os.sep):
            with open(f"{RECORD}.new", "w", encoding="utf-8") as file:
                json.dump(after, file)
            os.replace(f"{RECORD}.new", RECORD)
    return status if status >= 0 else 128 - status


def attempt(record: Record | None) -> Record | None:
    """Return what there is, None if there is anything unusual among it."""
    try:
        return describe(record)
    except (Unusual, OSError, LookupError, TypeError, AttributeError, StopIteration):
        return None


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(0 if check() else 1)
    sys.exit(run(sys.argv[2:]))
