"""What costs much and is always the same is made once: kept in the folder that PRESS_CACHE names, if it names any.

It is kept by the digest of all that it is made of, so whoever deletes the folder loses time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from press import files


def kept(room: str, made_of: object, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes; once made it lies in `room`, by the repr of all that it is `made_of`."""
    cache = os.environ.get("PRESS_CACHE")
    if not cache:
        return make()
    place = Path(cache, room, hashlib.sha256(repr(made_of).encode()).hexdigest()[:32])
    try:
        return place.read_bytes()
    except FileNotFoundError:
        data = make()
        files.write(place, data)
        return data
