"""The web edition, judged by axe in a browser: WCAG 2.2 A and AA, and axe's own best practices, in light colours.

The pages are shown in a process of its own, since a browser is driven from an event loop.
"""

from __future__ import annotations

import json
import mimetypes
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from lxml import html

from press.check.ace import BROWSERS
from press.check.places import Place, Places, markup
from press.findings import Finding, unchecked

SCRIPT = Path(sys.prefix, "node", "node_modules", "axe-core", "axe.min.js")
PHONE = {"width": 360, "height": 780}
ORIGIN = "http://book.invalid/"  # which nothing but the folder answers


def check(site: Path, places: Places, root: str = "/") -> list[Finding]:
    """Return every violation on the pages in the folder `site`, at the line of the manuscript behind its element.

    `root` is the path below which the edition believes to lie.
    """
    lacking = "" if SCRIPT.is_file() and find_spec("playwright") else "axe is not installed"
    lacking = lacking or ("" if _browser() else "axe needs Chromium")
    if lacking:
        return [unchecked(site.name, lacking)]
    command = [sys.executable, "-m", "press.check.axe", str(site), root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return [Finding(site.name, 0, f"not checked: axe gave up: {done.stderr.strip()[-400:]}")]
    return [_finding(site, one, places) for one in json.loads(done.stdout)]


def _finding(site: Path, said: dict[str, str], places: Places) -> Finding:
    message = f"axe {said['rule']} ({said['impact']}): {said['help']}: {' '.join(said['html'].split())[:160]}"
    return places.finding(_place(site / said["page"], said["target"], places), f"{site.name}/{said['page']}", message)


def _place(page: Path, selector: str, places: Places) -> Place | None:
    element = markup.select(html.parse(str(page)).getroot(), selector)
    return (None if element is None else places.of(element)) or places.target(page.name)


def _browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def show(site: Path, root: str) -> list[dict[str, str]]:
    """Open every page of a site in the browser, and return what axe has against it."""
    from playwright.sync_api import Route, sync_playwright

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        name = unquote(address.path.removeprefix(root)) or "index.html"
        file = site / name
        if f"{address.scheme}://{address.netloc}/" != ORIGIN or not file.is_file():
            route.fulfill(status=404)
        else:
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(name)[0] or "text/plain")

    found: list[dict[str, str]] = []
    with sync_playwright() as playwright:
        alone = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
        browser = playwright.chromium.launch(executable_path=_browser(), args=[*alone, "--disable-gpu"])
        context = browser.new_context(
            viewport={"width": PHONE["width"], "height": PHONE["height"]}, bypass_csp=True, service_workers="block"
        )
        context.route("**/*", answer)
        page = context.new_page()
        for path in sorted(site.glob("*.html")):
            page.goto(ORIGIN.removesuffix("/") + root + quote(path.name))
            page.evaluate(SCRIPT.read_text(encoding="utf-8"))
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found += [one for violation in result["violations"] for one in _nodes(path.name, violation)]
        browser.close()
    return found


def _nodes(page: str, violation: dict[str, Any]) -> list[dict[str, str]]:
    said = {"page": page, "rule": violation["id"], "impact": str(violation["impact"]), "help": violation["help"]}
    return [said | {"html": node["html"], "target": str(node["target"][0])} for node in violation["nodes"]]


if __name__ == "__main__":
    print(json.dumps(show(Path(sys.argv[1]), sys.argv[2])))
