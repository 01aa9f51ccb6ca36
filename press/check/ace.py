"""The EPUB, judged by DAISY Ace (which needs Chromium): every violation of its rules, whatever its impact."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from press.check.places import Place, Places, markup
from press.findings import Finding, unchecked

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONGEST = 60  # seconds that Ace may wait for the browser to start


def check(edition: Path, places: Places) -> list[Finding]:
    """Return every violation that Ace finds, at the line of the manuscript behind the element that it names."""
    ace = shutil.which("ace")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not ace or not browser:
        lacking = "Ace is not installed" if not ace else "Ace needs Chromium"
        return [unchecked(edition.name, lacking)]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PUPPETEER_EXECUTABLE_PATH": browser, "ACE_TIMEOUT_INITIAL": str(LONGEST * 1000)}
        command = [ace, "--force", "--silent", "--outdir", folder, str(edition)]
        done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)
        report = Path(folder, "report.json")
        if not report.is_file():
            last = (done.stderr or done.stdout).strip().split("\n")[-1]
            return [Finding(edition.name, 0, f"not checked: Ace gave up: {last}")]
        with zipfile.ZipFile(edition) as archive:
            return list(_violations(json.loads(report.read_bytes()), archive, places))


def _violations(report: dict[str, Any], archive: zipfile.ZipFile, places: Places) -> Iterator[Finding]:
    for subject in report["assertions"]:
        name = subject["earl:testSubject"]["url"]
        for violation in subject["assertions"]:
            test, result = violation["earl:test"], violation["earl:result"]
            what = result.get("html") or result.get("dct:description", "")
            place = _place(archive, name, result.get("earl:pointer", {}).get("css", []), places)
            message = f"Ace {test['dct:title']} ({test['earl:impact']}): {' '.join(what.split())[:200]}"
            yield places.finding(place, name, message)


def _place(archive: zipfile.ZipFile, name: str, selectors: list[str], places: Places) -> Place | None:
    """Return the place behind the first element that Ace points at in a document; `name` ends its path in the EPUB."""
    path = next((one for one in archive.namelist() if one.endswith(f"/{name}")), "")
    if not path.endswith(".xhtml") or not selectors:
        return places.target(name)
    element = markup.select(etree.fromstring(archive.read(path)), selectors[0])
    return None if element is None else places.of(element)
