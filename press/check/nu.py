"""The web edition, judged by the Nu HTML checker (which needs Java): its errors; its warnings are about taste."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from press.check.places import Places, markup
from press.findings import Finding, unchecked

# Where ./book test puts the validators that come from npm.
JAR = Path(sys.prefix, "node", "node_modules", "vnu-jar", "build", "dist", "vnu.jar")
_JAVA = ("java", "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar")


def check(site: Path, places: Places) -> list[Finding]:
    """Return every error of the pages in the folder `site`, at the line of the manuscript behind its element."""
    lacking = "" if JAR.is_file() else "the Nu checker is not installed"
    lacking = lacking or ("" if shutil.which("java") else "the Nu checker needs Java")
    if lacking:
        return [unchecked(site.name, lacking)]
    pages = map(str, sorted(site.glob("*.html")))
    command = [*_JAVA, str(JAR), "--errors-only", "--exit-zero-always", "--format", "json", *pages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stderr)["messages"]
    except ValueError:
        return [Finding(site.name, 0, f"not checked: the Nu checker gave up: {done.stderr.strip()[-400:]}")]
    return [_finding(site, one, places) for one in said]


def _finding(site: Path, said: dict[str, str], places: Places) -> Finding:
    name = Path(unquote(urlsplit(said.get("url", "")).path)).name
    at = f"{site.name}/{name}:{said.get('lastLine', 1)}"
    element = _element(site / name, int(said.get("lastLine", 0)), int(said.get("lastColumn", 0)))
    place = places.target(name) if element is None else places.of(element) or places.target(name)
    return places.finding(place, at, f"Nu HTML checker: {said['message']}")


def _element(page: Path, line: int, column: int) -> etree._Element | None:
    """Return the element of a page that stands at a line and column."""
    if not page.is_file() or not line:
        return None
    return markup.in_html(page.read_text(encoding="utf-8"), (line, column))
