"""How long each job of the last builds took, from the notes that Snakemake keeps; apart from all that is the same
every time."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import NamedTuple


class Job(NamedTuple):
    """A job: its rule, and its time by the clock, in s."""

    name: str
    seconds: float


def jobs(notes: Path, build: Path) -> list[Job]:
    """Return the jobs that made what lies in `build`, the longest first; `notes` is .snakemake/metadata."""
    found: dict[str, tuple[float, Job]] = {}  # by name, with the time at which it ended last
    for path in notes.rglob("*") if notes.is_dir() else ():
        made = _made(path) if path.is_file() else None
        if made is None or not made.exists() or not made.resolve().is_relative_to(build.resolve()):
            continue
        try:
            note = json.loads(path.read_bytes())
            began, ended, rule = float(note["starttime"]), float(note["endtime"]), str(note["rule"])
        except (ValueError, KeyError, TypeError):
            continue
        name = rule.replace("_", " ")
        if name not in found or found[name][0] < ended:
            found[name] = ended, Job(name, round(ended - began, 2))
    return sorted((job for _, job in found.values()), key=lambda job: (-job.seconds, job.name))


def _made(path: Path) -> Path | None:
    """Return the file that a note is about: the name of the note is its path, in base64."""
    name = path.name.removeprefix("@")
    try:
        return Path(base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
