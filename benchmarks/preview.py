"""How long it takes from a save until the preview shows it: the web edition, and the pages of the chapter at hand."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import books
from benchmarks.measure import environment

State = dict[str, Any]
LIMIT = 120  # s for whatever is waited for


def runs(folder: Path, manuscript: str, count: int) -> Iterator[tuple[float, float]]:
    """Start a preview of the book in `folder`, change a word of `manuscript` 1 + `count` times, the first to warm up.

    Yield for each of the others the seconds from the save until the page of the web edition, and until the first of the
    typeset pages had been fetched.
    """
    with _served(folder) as (base, states):
        known = _wait(states, lambda state: state["proof"] > 0)
        for turn in range(count + 1):
            began = time.perf_counter()
            books.edit(folder / manuscript)
            shown = _wait(states, lambda state, known=known: state["web"] > known["web"])  # type: ignore[misc]
            _get(base, f"web/{shown['part']}.html")
            web = time.perf_counter() - began
            known = _wait(states, lambda state, known=known: state["proof"] > known["proof"], shown)  # type: ignore[misc]
            _get(base, "pages/0.png")
            if turn:
                yield web, time.perf_counter() - began


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, Iterator[State]]]:
    """Run `press preview`; give its address and what it says of itself, as it says it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    base = f"http://127.0.0.1:{port}/"
    command = ["press", "preview", str(folder), "--port", port]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL) as server:
        try:
            yield base, _events(base)
        finally:
            server.terminate()


def _events(base: str) -> Iterator[State]:
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            stream = urllib.request.urlopen(f"{base}events", timeout=LIMIT)
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    with stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def _wait(states: Iterator[State], holds: Callable[[State], bool], known: State | None = None) -> State:
    if known and holds(known):
        return known
    return next(state for state in states if holds(state))


def _get(base: str, path: str) -> bytes:
    with urllib.request.urlopen(base + path, timeout=LIMIT) as answer:
        return bytes(answer.read())
