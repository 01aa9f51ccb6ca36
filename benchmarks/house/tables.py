"""The tables of README.md, from the lines that the commands print: one JSON object each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

Line = dict[str, Any]
Column = tuple[str, Callable[[Line], str]]


def tables(text: str) -> str:
    """Return the tables, in Markdown, of the lines in `text`; what is no JSON object is passed over."""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    planned = sorted(_of(lines, "plan"), key=lambda one: one["books"])
    again = {one["books"]: one for one in _of(lines, "local, nothing to do")}
    here = [one | {"again": again.get(one["books"], {})} for one in _of(lines, "local")]
    nodes = _of(lines, "slurm", "cluster-generic")
    parts = [
        _table("Planning", PLANNING, planned),
        _slope(planned),
        _table("On one machine", HERE, sorted(here, key=lambda one: one["books"])),
        _table("On nodes", NODES, sorted(nodes, key=lambda one: (one["what"], one["nodes"], one["books"]))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _of(lines: Iterable[Line], *kinds: str) -> list[Line]:
    return [line for line in lines if line["what"] in kinds]


def _table(title: str, columns: list[Column], lines: list[Line]) -> str:
    """Return a table with its heading; nothing where there are no lines."""
    if not lines:
        return ""
    rows = [[name for name, _ in columns], ["---"] * len(columns)]
    rows += [[said(line) for _, said in columns] for line in lines]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(row)} |" for row in rows)])


def _slope(planned: list[Line]) -> str:
    """Say what one more title costs to plan, between the smallest house and the largest."""
    if len(planned) < 2:
        return ""
    least, most = planned[0], planned[-1]
    more = most["books"] - least["books"]
    cpu, memory = ((most[name] - least[name]) / more for name in ("cpu", "memory"))
    return f"One more title: {1000 * cpu:.1f} ms of CPU and {1000 * memory:.0f} kB to plan."


def _number(name: str, unit: str = "", places: int = 0) -> Callable[[Line], str]:
    def said(line: Line) -> str:
        return f"{line[name]:,.{places}f}{unit}" if line.get(name) is not None else ""

    return said


def _made(line: Line) -> str:
    return f"{line['made']:,} of {line['books']:,}"


def _a_book(name: str) -> Callable[[Line], str]:
    def said(line: Line) -> str:
        return f"{line[name] / line['books']:.2f} s" if name in line else ""

    return said


def _snakemake(line: Line) -> str:
    """What a book costs beside the press: Snakemake here, and on the nodes."""
    press = line.get("cpu of the press")
    return "" if press is None else f"{(line['cpu'] - press) / line['books']:.2f} s"


def _jobs(line: Line) -> str:
    """The jobs of a cluster by how they ended, and the node that was lost."""
    ended = ", ".join(f"{count} {state.lower().replace('_', ' ')}" for state, count in line["jobs"].items())
    return ended + (f" ({line['lost node']} killed)" if "lost node" in line else "")


PLANNING: list[Column] = [
    ("Books", _number("books")),
    ("CPU", _number("cpu", " s", 1)),
    ("Memory", _number("memory", " MB")),
    ("Load", _number("load", places=1)),
]
MADE: list[Column] = [
    ("Made", _made),
    ("Wall", _number("wall", " s")),
    ("Books a minute", _number("books a minute", places=1)),
    ("CPU a book", _a_book("cpu")),
    ("of it the press", _a_book("cpu of the press")),
    ("of it Snakemake", _snakemake),
]
HERE: list[Column] = [
    *MADE,
    ("Memory", _number("memory", " MB")),
    ("Nothing to do", lambda line: _number("cpu", " s", 1)(line["again"])),
    ("Load", _number("load", places=1)),
]
NODES: list[Column] = [
    ("Engine", lambda line: str(line["what"])),
    ("Nodes", _number("nodes")),
    ("Books a job", _number("books a job")),
    ("Jobs", _jobs),
    *MADE,
    ("Memory of a node", _number("memory of the press", " MB")),
    ("of the run", _number("memory", " MB")),
    ("Load", _number("load", places=1)),
]
