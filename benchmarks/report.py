"""The table and the plot: medians with their spread, and ratios pair by pair, met or not."""

from __future__ import annotations

import math
import os
from pathlib import Path
from statistics import median
from typing import Any

import jinja2


def write(figures: list[dict[str, Any]], peers: dict[str, Any], machine: dict[str, str], folder: Path) -> None:
    """Write `folder`/README.md and `folder`/ratios.svg."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(folder)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    context = {
        "rows": _rows(figures, peers),
        "ratios": _ratios(figures, peers),
        "preview": _preview(figures, peers["preview"]["targets"]),
        "growth": _growth(figures, peers["growth"]),
        "machine": machine,
        "cores": len(os.sched_getaffinity(0)),
    }
    for template, name in (("README.md.j2", "README.md"), ("ratios.svg.j2", "ratios.svg")):
        (folder / name).write_text(environment.get_template(template).render(**context), encoding="utf-8")


def _of(figures: list[dict[str, Any]], entry: str, times: int = 1) -> list[dict[str, Any]]:
    return [one for one in figures if one["entry"] == entry and one["times"] == times]


def _spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "least": min(values), "most": max(values)}


def _rows(figures: list[dict[str, Any]], peers: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for every entry that ran: its title, and median and spread of each figure."""
    rows = []
    for name, entry in peers["entries"].items():
        runs = _of(figures, name)
        if runs:
            spreads = {figure: _spread([one[figure] for one in runs]) for figure in ("wall", "cpu", "memory")}
            rows.append({"name": name, "title": entry["title"], "runs": len(runs), **spreads})
    return rows


def _ratios(figures: list[dict[str, Any]], peers: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each ratio that could be taken: runs of the same turn are compared with each other."""
    ratios = []
    for ratio in peers["ratios"]:
        ours = {one["turn"]: one for one in _of(figures, ratio["of"])}
        theirs = {one["turn"]: one for one in _of(figures, ratio["to"])}
        pairs = [
            ours[turn][ratio["figure"]] / theirs[turn][ratio["figure"]] for turn in sorted(ours.keys() & theirs.keys())
        ]
        if pairs:
            spread = _spread(pairs)
            ratios.append({**ratio, **spread, "met": "target" not in ratio or spread["median"] <= ratio["target"]})
    return ratios


def _preview(figures: list[dict[str, Any]], targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is waited for until a save is seen: medians with their spread, s, and the target."""
    runs = _of(figures, "preview")
    rows = [{**one, **_spread([run[one["figure"]] for run in runs]), "runs": len(runs)} for one in targets if runs]
    return [{**row, "met": row["median"] <= row["target"]} for row in rows]


def _growth(figures: list[dict[str, Any]], growth: dict[str, Any]) -> dict[str, Any]:
    """Return medians by length of the book, and the exponent of the processor time over the pages between them."""
    points = []
    for times in growth["times"]:
        runs = _of(figures, growth["entry"], times)
        if runs:
            medians = {figure: median([one[figure] for one in runs]) for figure in ("wall", "cpu", "memory")}
            points.append({"times": times, "pages": runs[-1]["pages"], "runs": len(runs), **medians})
    exponent = None
    if len(points) > 1:
        first, last = points[0], points[-1]
        exponent = math.log(last["cpu"] / first["cpu"]) / math.log(last["pages"] / first["pages"])
    return {**growth, "points": points, "measured": exponent}
