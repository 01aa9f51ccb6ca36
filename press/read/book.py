"""All manuscript files of a book, read on several processes; what has not changed since the last time is kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from press.read.manuscript import is_read, read


def read_all(book: Path, names: Iterable[str], room: Path, workers: int = 1) -> dict[str, Path]:
    """Read manuscript/NAME.md of the book in the folder `book` into `room`/NAME.json; return these files by name.

    A file is read again only if it says something else, or is read in another way. What is of no name goes.
    """
    made = {name: room / f"{name}.json" for name in names}
    jobs = [(book, f"manuscript/{name}.md", output) for name, output in made.items()]
    jobs = [job for job in jobs if not is_read(*job)]
    if (workers := min(workers, len(jobs))) > 1:
        import multiprocessing  # not where one file was edited
        from concurrent.futures import ProcessPoolExecutor

        import pypandoc  # noqa: F401 - once, not in each process

        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
            list(pool.map(read, *zip(*jobs, strict=True)))
    else:
        for job in jobs:
            read(*job)
    for stray in set(room.glob("*.json")) - set(made.values()):
        stray.unlink()
    return made
