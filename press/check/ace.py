"""The EPUB, judged by DAISY Ace (which needs Chromium): every violation of its rules, whatever its impact."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from press.findings import Finding

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONGEST = 60  # seconds that Ace may wait for the browser to start


def check(edition: Path) -> list[Finding]:
    """Return every violation that Ace finds, at the place inside the EPUB that it names."""
    ace = shutil.which("ace")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not ace or not browser:
        lacking = "Ace is not installed" if not ace else "Ace needs Chromium"
        return [Finding(edition.name, 0, f"not checked: {lacking} (./book test installs it)")]
    with tempfile.TemporaryDirectory() as folder:
        settings = {"PUPPETEER_EXECUTABLE_PATH": browser, "ACE_TIMEOUT_INITIAL": str(LONGEST * 1000)}
        command = [ace, "--force", "--silent", "--outdir", folder, str(edition)]
        done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)
        report = Path(folder, "report.json")
        if not report.is_file():
            last = (done.stderr or done.stdout).strip().split("\n")[-1]
            return [Finding(edition.name, 0, f"not checked: Ace gave up: {last}")]
        return list(_violations(json.loads(report.read_bytes())))


def _violations(report: dict[str, Any]) -> Iterator[Finding]:
    for subject in report["assertions"]:
        place = subject["earl:testSubject"]["url"]
        for violation in subject["assertions"]:
            test, result = violation["earl:test"], violation["earl:result"]
            what = result.get("html") or result.get("dct:description", "")
            yield Finding(place, 0, f"Ace {test['dct:title']} ({test['earl:impact']}): {' '.join(what.split())[:200]}")
