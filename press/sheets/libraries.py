"""The system's libraries that WeasyPrint loads, found without a search.

It tries several names for each, as systems call them, and for every name that is none here cffi asks ldconfig, gcc and
ld: fifty processes, which cost as much as half of WeasyPrint itself. On Linux each library is there under the last of
its names (`./book` looks for them in the same way), so none has to be searched for.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_search() -> Iterator[None]:
    """Have libraries loaded by name alone while WeasyPrint is imported, on Linux; elsewhere the search is quick."""
    search = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = search
