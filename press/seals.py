"""Seals: what an output was made from, told by what files hold and not by when they were written.

The times of files mislead: a clock jumps, a picture comes back from a backup with its old date, a chapter is saved
while it is being read. So every job writes a seal last, build/seals/NAME for build/NAME: the digest of all its inputs,
and of the engine and the styles that it is made with, as they were when it began. Before a run is planned each seal is
compared with these files as they are now, and one that differs is broken, which is to say put away: then its job lacks
an output, and runs. A job that fails or is killed leaves none.

Finished editions are known to Snakemake by their seals only, for it removes the outputs of a job before it runs; so an
edition stays until the next one takes its place.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from snakemake.iocontainers import Wildcards

from press import files

ROOM = "seals"  # below build/
_known: dict[tuple[str | int, ...], str] = {}  # the digests of files, by name and all that their status says


def seal_of(build: Path, made: str | Path) -> str:
    """Return the seal of `made`, a file below the folder `build`."""
    return str(build / ROOM / Path(made).relative_to(build))


def state(names: Iterable[str]) -> str:
    """Return the digest of files as they are now, without their folders, so that a book may be moved."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{os.path.basename(name)} {_digest(name)}\n".encode())
    return digest.hexdigest()


def review(rules: Iterable[Any]) -> list[Path]:
    """Break the seals that do not hold and return them: `rules` are Snakemake's, whose parameter `state` tells what is.

    An input that is dated in the future is given the present time, as `touch` would: Snakemake refuses to make anything
    of it. Raises OSError where a seal cannot be removed.
    """
    broken = []
    for rule in rules:
        if not (name := rule.output.get("seal")):
            continue
        seal, inputs = Path(name), rule.expand_input(Wildcards())[0]
        for each in inputs:
            _date(each)
        if seal.exists() and not holds(seal, rule.params.state(None, inputs)):
            broken.append(put_away(seal))
    return broken


def holds(seal: Path, now: str) -> bool:
    """Tell whether a seal says what is `now`, the digest of what it was made from, and what it seals is there."""
    return made(seal).exists() and seal.read_text("utf-8").strip() == now


def put_away(seal: Path) -> Path:
    """Break a seal: put it aside, until a run begins or it is put back. Returns it."""
    seal.replace(_aside(seal))
    return seal


def sweep(broken: list[Path]) -> None:
    """Throw broken seals away: a run has begun."""
    for seal in broken:
        _aside(seal).unlink(missing_ok=True)


def put_back(broken: list[Path]) -> None:
    """Put broken seals back: nothing was made, there was only the question what would be."""
    for seal in broken:
        with suppress(OSError):
            _aside(seal).replace(seal)


def _aside(seal: Path) -> Path:
    """Return where a broken seal lies until a run begins, which sweeps it away."""
    return seal.with_name(f".{seal.name}{files.UNFINISHED}")


def made(seal: Path) -> Path:
    """Return the file that has this seal."""
    place = len(seal.parts) - 1 - seal.parts[::-1].index(ROOM)
    return Path(*seal.parts[:place], *seal.parts[place + 1 :])


def _digest(name: str) -> str:
    try:
        status = os.stat(name)
    except OSError:
        return "missing"
    key = name, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    if key not in _known:
        with open(name, "rb") as file:
            _known[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _known[key]


def _date(name: str) -> None:
    with suppress(OSError):
        if os.stat(name).st_mtime > time.time():
            os.utime(name)
