"""What a run of Snakemake is spared at its start and end: a third of a second, where there may be nothing to do."""

from __future__ import annotations

import atexit
import gc
import sys
from importlib import import_module


def spare() -> None:
    """Collect no garbage among modules, which stay, and do not load what opens web addresses."""
    gc.freeze()
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)  # or Python looks through all that there is before it ends
    _files_only()


def _files_only() -> None:
    """Load smart_open, with which Snakemake opens a Snakefile, without its way into the web: no book is fetched."""
    if "smart_open" in sys.modules or "requests" in sys.modules:
        return
    sys.modules["requests"] = None  # type: ignore[assignment]  # Python's own word for: cannot be imported
    try:
        import_module("smart_open")
    finally:
        del sys.modules["requests"]
