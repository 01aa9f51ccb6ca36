"""The way of WeasyPrint to what it stands on, made short.

It tries several names for each library of the system, as systems call them, and for every name that is none here cffi
asks ldconfig, gcc and ld: fifty processes, which cost as much as half of WeasyPrint itself. On Linux each library is
there under the last of its names (`./book` looks for them in the same way), so none has to be searched for.

And it loads what cuts faces where HarfBuzz cannot, and what makes plain faces of variable ones: a third of its start.
They wait here until they are called.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

LATE = ("fontTools.subset", "fontTools.varLib.instancer")


class _Late(ModuleType):
    """Stands for a module, which is loaded when something of it is called."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *values, **named: getattr(import_module(self.__name__), name)(*values, **named)


@contextmanager
def quickly() -> Iterator[None]:
    """Have libraries loaded by name (on Linux; elsewhere the search is quick) and modules late: `import weasyprint`."""
    search = ctypes.util.find_library
    late = {name: _Late(name) for name in LATE if name not in sys.modules}
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    sys.modules.update(late)
    try:
        yield
    finally:
        ctypes.util.find_library = search
        for name in late:
            del sys.modules[name]
