"""Pandoc, run once: sandboxed, and with a bound on its time and memory."""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A chapter takes Pandoc a tenth of a second. What would keep it busy for ever is nested beyond sense.
CPU_SECONDS = 5
# Pandoc is written in Haskell, whose run-time has options of its own: a bound on memory; and garbage is collected every
# 16 MB instead of every 1 to 64, as it seems fit, which takes a fifth less time and a third less memory.
RUN_TIME = ["+RTS", "-M1g", "-H1m", "-A16m", "-RTS"]


def convert(
    source: str | Path, reader: str, writer: str, options: list[str], size: int, output: Path | None = None
) -> tuple[str, list[str]]:
    """Return what Pandoc makes of a text, or of a file, and its warnings; into the file `output` if it is no text.

    `size` is that of the source in characters or bytes, by which the bound on Pandoc's time is set. Raises RuntimeError
    where Pandoc fails or runs out of time or memory.
    """
    import pypandoc

    os.environ["PYPANDOC_PANDOC"] = str(Path(pypandoc.__file__).parent / "files" / "pandoc")
    warnings: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("pypandoc")
    logger.addHandler(handler)
    logger.propagate = False
    run = pypandoc.convert_file if isinstance(source, Path) else pypandoc.convert_text
    arguments = ["--sandbox", *options, *RUN_TIME]
    try:
        with _bounded(CPU_SECONDS * (1 + size // 100_000)):
            target = str(output) if output else None
            # Unverified: to list the formats that it knows, Pandoc would be started twice more.
            result = run(
                str(source), writer, format=reader, extra_args=arguments, outputfile=target, verify_format=False
            )
    finally:
        logger.removeHandler(handler)
    return result, warnings


@contextmanager
def _bounded(seconds: int) -> Iterator[None]:
    """Let child processes that start meanwhile use no more than about `seconds` of processor time each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    own = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(own.ru_utime + own.ru_stime) + 1 + seconds, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
