"""Stages of a build that are killed: at a chosen moment of their work on files, or after a chosen time.

`python tests/plug.py BOOK SEED KILLS` runs the stages over a book that is built, kills them so many times in all, and
prints what is then there and not whole. The stages run in forks of a process that has loaded their libraries, so that a
kill costs no more than the work before it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from press import files
from press.editions import epub, load_finish, web
from press.editions.web import downloads
from press.read.manuscript import read
from press.resolve.book import resolve
from press.sheets import build as set_sheets
from press.styles import Styles

# How many of a hundred kills each stage has: most where files are many and the work is short.
SHARE = {"read": 22, "resolve": 26, "html": 16, "epub": 14, "pdf": 8, "print": 6, "sheets": 8}
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.truncate", "os.link"}
Stage = Callable[[], object]


def stages(book: Path) -> dict[str, tuple[Stage, Path]]:
    """Return the stages of a book by name, each with the file or folder that it makes."""
    build, styles = book / "build", Styles([book / "styles", Path(__file__).parents[1] / "styles"])
    galleys, sheets, slug = build / "galleys", build / "sheets" / "book", next(build.glob("*.epub")).stem
    texts = {path.stem: path for path in sorted((build / "read").glob("*.json"))}
    editions = [build / f"{slug}{end}" for end in (".epub", ".pdf", "-print.pdf", "-cover.pdf")]

    def site() -> None:
        web.build(galleys, styles, build / "html")
        downloads.build(galleys, styles, editions, build / "html" / "downloads.html")

    def pages() -> None:
        (sheets / "parts" / "imprint.json").unlink(missing_ok=True)  # so that a part is typeset again
        set_sheets(galleys, styles, "book", sheets, 1)

    return {
        "read": (lambda: read(book, "manuscript/eins.md", texts["eins"]), texts["eins"]),
        "resolve": (lambda: resolve(book, texts, styles, galleys), galleys),
        "html": (site, build / "html"),
        "epub": (lambda: epub.build(galleys, styles, editions[0], sheets / "pages.json"), editions[0]),
        "pdf": (lambda: load_finish("pdf")(sheets, galleys, styles, editions[1], 1), editions[1]),
        "print": (lambda: load_finish("print")(sheets, galleys, styles, editions[2], 1), editions[2]),
        "sheets": (pages, sheets),
    }


def contents(place: Path) -> dict[str, bytes]:
    """Return what a stage has made: the bytes of a file, or of all files of a folder; nothing of what is unfinished.

    Side-cars of parts do not count: they may know of what a part was before.
    """
    found = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    found = [path for path in found if path.suffix != ".json" or path.parent.name != "parts"]
    return {str(path.relative_to(place)): path.read_bytes() for path in found if files.UNFINISHED not in str(path)}


def fork(stage: Stage, moment: int) -> int:
    """Run a stage in a process that kills itself when it changes files for the `moment`-th time; return its id."""
    process = os.fork()
    if process:
        return process
    count = 0

    def watch(event: str, words: tuple[object, ...]) -> None:
        nonlocal count
        if event in CHANGES or (event == "open" and isinstance(words[2], int) and words[2] & (os.O_WRONLY | os.O_RDWR)):
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.addaudithook(watch)
    try:
        stage()
    finally:
        os._exit(min(count, 255))
    return 0


def main(book: Path, seed: int, kills: int) -> None:
    """Kill every stage at moments of its work on files, and every other time after a part of its running time."""
    chance, killed = random.Random(seed), 0
    for name, (stage, place) in stages(book).items():
        good, began = contents(place), time.monotonic()
        _, status = os.waitpid(fork(stage, 0), 0)
        changes, seconds = os.waitstatus_to_exitcode(status), time.monotonic() - began
        if contents(place) != good:
            print(f"{name}: an undisturbed run makes something else")
        for turn in range(kills * SHARE[name] // 100):
            moment = chance.randint(1, max(1, changes)) if turn % 2 else 0
            process = fork(stage, moment)
            if not moment:
                time.sleep(chance.random() * seconds)
                os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            killed += 1
            left = contents(place)
            if torn := [file for file, content in left.items() if good.get(file) != content]:
                print(f"{name}, killed at change {moment}: {', '.join(torn)}")
        files.sweep(book / "build")
        _, status = os.waitpid(fork(stage, 0), 0)
        if contents(place) != good:
            print(f"{name}: the run after {killed} kills makes something else")
    print(f"{killed} kills")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
