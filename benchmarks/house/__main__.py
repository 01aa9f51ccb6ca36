"""Measure a generated house: how long planning takes, what one machine makes of it, and what a cluster does.

    python -m benchmarks.house plan WORK 10 100 1000      a dry run of so many books
    python -m benchmarks.house local WORK 10              make them here
    python -m benchmarks.house cluster WORK 6 --lose      make them on three SLURM nodes, and lose one on the way
    python -m benchmarks.house table FILE                 the tables of README.md, of what these printed

WORK is a folder to work in. Each line that is printed is JSON; times are in seconds, memory in MB: that of the largest
process. `cluster` needs root, Debian's SLURM packages, and the extra `slurm` of pyproject.toml.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

import click
import yaml

from benchmarks.house import shelf, usage
from benchmarks.house.cluster import Cluster
from benchmarks.house.tables import tables

PROFILE = shelf.HOME / "profiles" / "slurm" / "config.yaml"
# What the cluster on one machine lacks, or has less of than a real one.
SMALL = {
    "jobs": 6,
    "latency-wait": 10,
    "default-resources": ["mem_mb=1000", "runtime=60"],
}
SUBMIT = "sbatch --parsable --no-requeue --cpus-per-task={threads} --mem={resources.mem_mb}"
# As profiles/slurm/README.md has it.
ENGINES: dict[str, dict[str, Any]] = {
    "slurm": {
        "executor": "slurm",
        "slurm-no-account": True,
        "slurm-status-command": "squeue",
        "slurm-init-seconds-before-status-checks": 5,
    },
    "cluster-generic": {
        "executor": "cluster-generic",
        "cluster-generic-submit-cmd": SUBMIT,
        "cluster-generic-cancel-cmd": "scancel",
        "cluster-generic-status-cmd": "profiles/slurm/status.sh",
    },
}
_work = click.argument("work", type=click.Path(path_type=Path))


@click.group(help=__doc__.partition("\n")[0] if __doc__ else "")
def main() -> None:
    """Gather the commands."""


@main.command()
@_work
@click.argument("sizes", nargs=-1, type=int, required=True)
def plan(work: Path, sizes: tuple[int, ...]) -> None:
    """Plan houses of several sizes, and make nothing."""
    for size in sizes:
        catalogue = shelf.make(work / "plan", size)
        _say(what="plan", books=size, **_run(catalogue, "--dry-run", "--quiet", "all"))


@main.command()
@_work
@click.argument("books", type=int)
@click.option("--cores", default="all", show_default=True, help="How many cores Snakemake may use.")
def local(work: Path, books: int, cores: str) -> None:
    """Make a house on this machine; then run again, when nothing is left to be done."""
    catalogue = shelf.make(work / "local", books)
    with usage.counted(work / "usage") as counted:
        measured = _run(catalogue, "--cores", cores, environment=counted.environment) | _of_the_press(counted)
    made = shelf.finished(work / "local")
    _say(what="local", books=books, cores=cores, made=made, **_rate(books, measured))
    _say(what="local, nothing to do", books=books, **_run(catalogue, "--cores", cores))
    sys.exit(made != books)


@main.command()
@_work
@click.argument("books", type=int)
@click.option("--nodes", default=3, show_default=True)
@click.option("--shelf", "together", default=1, show_default=True, help="How many books are one job.")
@click.option("--engine", default="slurm", show_default=True, type=click.Choice(["slurm", "cluster-generic"]))
@click.option("--lose/--keep", default=False, help="Kill a node with its job while the house is made.")
def cluster(work: Path, books: int, nodes: int, together: int, engine: str, lose: bool) -> None:
    """Make a house on SLURM nodes that all are on this machine."""
    catalogue = shelf.make(work / "cluster", books)
    profile = work / "profile"
    profile.mkdir(parents=True, exist_ok=True)
    common = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
    own = {name: value for name, value in common.items() if engine == "slurm" or not name.startswith("slurm-")}
    settings = own | SMALL | ENGINES[engine]
    settings["group-components"] = [f"shelf={together}"]
    (profile / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    with Cluster(work.resolve() / "slurm", nodes) as slurm, usage.counted(work / "usage") as counted:
        lost: dict[str, Any] = {}
        if lose:
            threading.Thread(target=_lose, args=(slurm, lost), daemon=True).start()
        words = "--workflow-profile", str(profile)
        measured = _run(catalogue, *words, environment=slurm.environment | counted.environment)
        states = slurm.command("squeue", "--noheader", "--states=all", "--format=%T").split()
    jobs = {state: states.count(state) for state in sorted(set(states))}
    made = shelf.finished(work / "cluster")
    measured |= {"cpu": counted.total()} | _of_the_press(counted)
    about = {"books": books, "nodes": nodes, "books a job": together, "made": made, "jobs": jobs}
    _say(what=engine, **about, **lost, **_rate(books, measured))
    sys.exit(made != books)


@main.command()
@click.argument("lines", type=click.File(encoding="utf-8"))
def table(lines: TextIO) -> None:
    """Write the tables of README.md, in Markdown, of the lines that the other commands printed into a file."""
    click.echo(tables(lines.read()), nl=False)


def _of_the_press(counted: usage.Counted) -> dict[str, Any]:
    return {"cpu of the press": counted.total("press"), "memory of the press": counted.most("press")}


def _lose(slurm: Cluster, lost: dict[str, Any]) -> None:
    """Kill the node of the first job that has run for a while."""
    while not (running := slurm.running()):
        time.sleep(1)
    time.sleep(6)
    job, node = next(iter((slurm.running() or running).items()))
    slurm.kill(node)
    lost |= {"lost node": node, "its job": job}


def _run(catalogue: Path, *words: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run Snakemake over a house; return wall and CPU time in s, peak memory in MB, and whether all was well."""
    command = [sys.executable, "-m", "snakemake", "all", *words, "--config", f"catalogue={catalogue}"]
    begun = time.monotonic()
    here = os.environ | (environment or {})
    paths = {"PATH": f"{Path(sys.executable).parent}:{here['PATH']}"}
    with (catalogue.parent / "log.txt").open("ab") as log:
        process = subprocess.Popen(command, cwd=shelf.HOME, env=here | paths, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
    return {
        "wall": round(time.monotonic() - begun, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "memory": round(usage.ru_maxrss / 1024),
        "well": status == 0,
    }


def _rate(books: int, measured: dict[str, Any]) -> dict[str, Any]:
    rate = {"books a minute": round(60 * books / measured["wall"], 2), "cpu a book": round(measured["cpu"] / books, 2)}
    return {**measured, **rate}


def _say(**measured: Any) -> None:
    print(json.dumps({**measured, "load": round(os.getloadavg()[0], 1)}), flush=True)


if __name__ == "__main__":
    main()
