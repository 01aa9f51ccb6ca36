"""What is other here than in a release. Where nothing is, making it again gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from press import book
from press.findings import Finding
from press.release import inventory
from press.release.sources import sources
from press.styles import Styles


def files(release: Path) -> Iterator[Finding]:
    """Yield what is wrong with the files of a release: damaged, lost, added. Raises OSError if it has no manifest."""
    there = inventory.listed(release)
    unlisted = (inventory.FILE, "SHA256SUMS")
    yield from _differ("", _told(release)["files"], {name: of for name, of in there.items() if name not in unlisted})


def made_from(release: Path, folder: Path, styles: Styles) -> Iterator[Finding]:
    """Yield what is other than when the release was made: the sources of the book in `folder`, the press, the tools."""
    told, here = _told(release), inventory.press(styles)
    now = {path.relative_to(folder).as_posix(): inventory.digest(path) for path in sources(folder, book.load(folder))}
    yield from _differ("", told["sources"], now)
    yield from _differ("styles/", told["styles"], here["styles"])
    yield from _differ("", told["engine"], here["engine"])
    tools = _flat(here["tools"])
    for name, old in _flat(told["tools"]).items():
        if tools.get(name) != old:
            yield Finding(name, 0, f"{old} in the release, {tools.get(name, 'none')} here", "release")


def _flat(tools: dict[str, Any]) -> dict[str, str]:
    return {**{name: of for name, of in tools.items() if name != "packages"}, **tools["packages"]}


def _told(release: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((release / inventory.FILE).read_bytes())
    return told


def _differ(below: str, told: Mapping[str, str], here: Mapping[str, str]) -> Iterator[Finding]:
    """Compare the digests of files by name; in reports the names stand below `below`."""
    for name in sorted({*told, *here}):
        if name not in here:
            yield Finding(below + name, 0, "is not here", "release")
        elif name not in told:
            yield Finding(below + name, 0, "is not in the release", "release")
        elif told[name] != here[name]:
            yield Finding(below + name, 0, "is another than in the release", "release")
