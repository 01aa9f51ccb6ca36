"""One run at a time: who builds a book holds it, and others are told."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from snakemake.exceptions import WorkflowError


def hold(folder: Path) -> IO[str]:
    """Take the book in `folder` for this run: return a file that is to stay open while the run lasts.

    The kernel gives the book free when the run ends, however it ends. Raises WorkflowError where another run has it.
    """
    build = folder / "build"
    with writing(build):
        build.mkdir(exist_ok=True)
        file = (build / ".lock").open("w", encoding="utf-8")
    if not _flock(file):
        file.close()
        raise WorkflowError(f"{folder}: another build of this book is running")
    return file


def _flock(file: IO[str]) -> bool:
    """Lock an open file; say whether nobody else has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def busy(build: Path) -> bool:
    """Say whether another run has the book whose folder `build` is."""
    try:
        with (build / ".lock").open(encoding="utf-8") as file:
            return not _flock(file)
    except OSError:
        return False


@contextmanager
def writing(build: Path) -> Iterator[None]:
    """Say in one line that the folder of a build cannot be written."""
    try:
        yield
    except OSError as error:
        raise WorkflowError(f"{error.filename or build}: {error.strerror}: nothing can be built here") from None
