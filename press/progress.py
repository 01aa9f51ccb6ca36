"""Progress on long work: a bar on a terminal, else now and then a line, which Snakemake's progress line shows."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

import click

Item = TypeVar("Item")
EVERY = 3.0  # s between two lines


def track(items: Sequence[Item], label: str) -> Iterator[Item]:
    """Yield the items, and tell how far they are; what takes no time is told nothing of."""
    if sys.stderr.isatty():
        with click.progressbar(items, label=label, file=sys.stderr) as bar:
            yield from bar
        return
    told = time.monotonic()
    for number, item in enumerate(items):
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            click.echo(f"{label}: {number} of {len(items)}", err=True)
        yield item
