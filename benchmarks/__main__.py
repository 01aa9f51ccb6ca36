"""`python -m benchmarks run` measures, `python -m benchmarks report` writes the table and the plot."""

from __future__ import annotations

import importlib.util
import json
import platform
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import click
import yaml

from benchmarks import books, measure, preview, report

HERE = Path(__file__).resolve().parent
PRESS = HERE.parent
PEERS: dict[str, Any] = yaml.safe_load((HERE / "peers.yaml").read_text(encoding="utf-8"))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the press beside its peers, on one machine in one run."""


@main.command()
@click.argument("work", type=click.Path(path_type=Path))
@click.option("--runs", default=5, show_default=True, help="How often each entry is run.")
@click.option("--warm-up/--no-warm-up", default=True, help="Run each once before, uncounted.")
@click.option("--times", default=1, show_default=True, help="How many times as long as ours the book is.")
@click.option("--only", multiple=True, help="Run only this entry (may be given more than once).")
@click.option("--home", default=str(PRESS), type=click.Path(path_type=Path), help="The folder of the book.")
def run(work: Path, runs: int, warm_up: bool, times: int, only: tuple[str, ...], home: Path) -> None:
    """Build the same book by every entry that can run here, in turns, in the folder WORK.

    Figures are added to WORK/figures.json, what the tools said to WORK/log.txt. An entry that fails is left out from
    then on, and said to be.
    """
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    book = books.copy(home, work, times)
    names = _names(book)
    entries = {name: entry for name, entry in PEERS["entries"].items() if not only or name in only}
    for name, entry in list(entries.items()):
        if lacking := [need for need in entry.get("needs", []) if not _has(need)]:
            click.echo(f"{name}: left out, {', '.join(lacking)} is not installed")
            del entries[name]
    figures = _load(work)
    for turn in range(0 if warm_up else 1, runs + 1):
        for name, entry in list(entries.items()):
            made = _one(entry, names, book, work / "log.txt")
            if made is None:
                click.echo(f"{name}: failed, see {work / 'log.txt'}")
                del entries[name]
            elif turn:
                figures.append(
                    {"entry": name, "times": times, "turn": turn, "pages": books.pages(book), **made._asdict()}
                )
                _save(work, figures)
                click.echo(
                    f"{turn}/{runs} {name}: {made.wall:.1f} s, {made.cpu:.1f} s of processor, {made.memory:.0f} MB"
                )


def _names(book: Path) -> dict[str, str]:
    """What may stand in braces in peers.yaml."""
    plain = books.plain(book)
    return {"press": str(PRESS), "book": str(book), "plain": str(plain), "benchmarks": str(HERE), **PEERS["words"]}


def _has(need: str) -> bool:
    kind, _, module = need.rpartition(":")
    if kind == "python":
        return importlib.util.find_spec(module) is not None
    return shutil.which(need, path=measure.PATH) is not None


def _one(entry: dict[str, Any], names: dict[str, str], book: Path, log: Path) -> measure.Figures | None:
    """Prepare and run one entry once."""

    def fill(command: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: names[match[1]], command)

    if "before" in entry and measure.run(fill(entry["before"]), book, log) is None:
        return None
    return measure.run(fill(entry["run"]), book, log)


def _load(work: Path) -> list[dict[str, Any]]:
    path = work / "figures.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _save(work: Path, figures: list[dict[str, Any]]) -> None:
    (work / "figures.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def edit(file: Path) -> None:
    """Change one word of a manuscript FILE."""
    books.edit(file)


@main.command(name="preview")
@click.argument("work", type=click.Path(path_type=Path))
@click.option("--runs", default=5, show_default=True, help="How often a word is changed, after one time to warm up.")
@click.option("--home", default=str(PRESS), type=click.Path(path_type=Path), help="The folder of the book.")
def measure_preview(work: Path, runs: int, home: Path) -> None:
    """Change a word of a chapter again and again while a preview of the book runs; wait until each is shown."""
    work.mkdir(parents=True, exist_ok=True)
    book = books.copy(home, work.resolve(), 1)
    figures = _load(work)
    for turn, (web, pages) in enumerate(preview.runs(book, PEERS["preview"]["manuscript"], runs), 1):
        figures.append({"entry": "preview", "times": 1, "turn": turn, "web": web, "pages": pages})
        _save(work, figures)
        click.echo(f"{turn}/{runs} preview: web {web:.2f} s, pages {pages:.2f} s")


@main.command(name="report")
@click.argument("work", type=click.Path(exists=True, file_okay=False, path_type=Path))
def write_report(work: Path) -> None:
    """Write README.md and ratios.svg beside this module from the figures in WORK."""
    machine = {"date": date.today().isoformat(), "system": f"{platform.system()} {platform.machine()}"}
    report.write(_load(work), PEERS, machine, HERE)


if __name__ == "__main__":
    main()
