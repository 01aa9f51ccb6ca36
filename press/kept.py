"""What was made once is kept: in the folder that PRESS_CACHE names, if it names any, for all editions and all books.

A thing is called by the digest of all that it is made of and of what makes it. So nothing that is kept is ever out of
date, an edit makes again only what it changes, and who deletes the folder loses nothing but time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from press import files

MOST = 1000  # things in a room; beyond it those go that were not asked for lately


def kept(room: str, made_of: Iterable[object], make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes, or made before of the same things: `made_of`, bytes or what `repr` tells apart.

    `room` is a folder of the cache, such as "fonts".
    """
    place = _place(room, made_of)
    if place is None:
        return make()
    with suppress(OSError):
        found = place.read_bytes()
        os.utime(place)
        return found
    return _write(place, make())


def kept_file(room: str, made_of: Iterable[object], make: Callable[[], bytes]) -> Path | None:
    """Return a file with what `make` makes or made before, as `kept` does; None where nothing is kept."""
    place = _place(room, made_of)
    if place is not None and not place.is_file():
        _write(place, make())
    return place


def is_kept(room: str, made_of: Iterable[object]) -> bool:
    """Tell whether what is made of these things was made before."""
    place = _place(room, made_of)
    return place is not None and place.is_file()


def folder(room: str) -> Path | None:
    """Return the folder of a room, if things are kept."""
    cache = os.environ.get("PRESS_CACHE")
    return Path(cache, room) if cache else None


@cache  # of what is loaded; and a version is looked up in 5 ms
def tools(*things: str) -> str:
    """Return what tells one version of the makers from another: paths of modules (`__file__`), names of packages."""
    digests = [hashlib.sha256(Path(one).read_bytes()).hexdigest() if os.sep in one else version(one) for one in things]
    return " ".join(digests)


def digest_of(made_of: Iterable[object]) -> str:
    """Return the digest of things: bytes, or what `repr` tells apart."""
    digest = hashlib.sha256()
    for one in made_of:
        digest.update(hashlib.sha256(one if isinstance(one, bytes) else repr(one).encode()).digest())
    return digest.hexdigest()


def _place(room: str, made_of: Iterable[object]) -> Path | None:
    """Return where what is made of these things is kept in a room; None if nothing is kept."""
    where = folder(room)
    return where / digest_of(made_of)[:32] if where else None


def _write(place: Path, data: bytes) -> bytes:
    """Put a new thing into its room, and clear out what was not asked for lately where there are too many."""
    files.write(place, data)
    if len(os.listdir(place.parent)) > MOST:
        with suppress(FileNotFoundError):  # another job clears the room, too
            things = sorted(place.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for old in things[: -MOST // 2]:
                old.unlink(missing_ok=True)
    return data
