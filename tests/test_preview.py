"""`press preview`: a chapter is saved, and the browser shows it, where it was."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BOOKS, HOME
from playwright.sync_api import Browser, Page, expect

PATIENCE = 60_000  # ms: these tests ask what is shown, not how soon


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of knots, with a chapter that is long enough to be scrolled."""
    folder = tmp_path_factory.mktemp("preview") / "knoten"
    shutil.copytree(BOOKS / "knoten", folder, ignore=shutil.ignore_patterns("build"))
    with (folder / "manuscript" / "eins.md").open("a", encoding="utf-8") as file:
        for number in range(40):
            file.write(f"\n## Abschnitt {number} {{#ab-{number}}}\n\n{'Ein Seil hat zwei Enden. ' * 12}\n")
    return folder


@pytest.fixture(scope="module")
def preview(book: Path) -> Iterator[tuple[str, Path]]:
    """The address of a running preview, and the file with what it says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = book.parent / "said.txt"
    command = [sys.executable, "-m", "press", "preview", str(book), "--port", str(port)]
    with said.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=HOME, stdout=out, stderr=out, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    yield f"http://127.0.0.1:{port}/", said
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/events"):  # as a browser that is left open
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
    assert "Traceback" not in said.read_text(encoding="utf-8"), said.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def desk(preview: tuple[str, Path], browser: Browser) -> Iterator[Page]:
    """A browser at the long chapter."""
    page = browser.new_page(viewport={"width": 1400, "height": 850})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    for _ in range(120):
        try:
            page.goto(preview[0])
            break
        except Exception:
            page.wait_for_timeout(500)
    page.frame_locator("#web").locator("main a[href='kreuzknoten.html']").first.click()
    expect(page.locator("#pages img")).not_to_have_count(0, timeout=PATIENCE)
    yield page
    page.close()
    assert faults == []


def save(book: Path, old: str, new: str, name: str = "manuscript/eins.md") -> None:
    """Change a file as an editor does."""
    path = book / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_saved_chapter_is_shown_and_the_place_is_kept(book: Path, desk: Page) -> None:
    web = desk.frame_locator("#web")
    web.locator("#ab-20").evaluate("(section) => section.scrollIntoView()")
    before = web.locator("#ab-20").bounding_box()
    first = desk.locator("#pages img").first.get_attribute("src")
    save(book, "## Abschnitt 20 {#ab-20}", "Neu ist dieser Absatz.\n\n## Abschnitt 20 {#ab-20}")
    expect(web.locator("main")).to_contain_text("Neu ist dieser Absatz.", timeout=PATIENCE)
    expect(desk.locator("#pages img").first).not_to_have_attribute("src", str(first), timeout=PATIENCE)
    after = web.locator("#ab-20").bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 30, "the section stays where it was in the window"


def test_findings_stand_in_the_page_and_in_the_terminal(book: Path, desk: Page, preview: tuple[str, Path]) -> None:
    """While there are any, what was there is still shown; when they are mended they go."""
    save(book, "Neu ist dieser", "Neu[^weg] ist dieser")
    fault = re.compile(r"manuscript/eins\.md:\d+: note \[\^weg\] is called but never defined")
    expect(desk.locator("#findings")).to_have_text(fault, timeout=PATIENCE)
    expect(desk.frame_locator("#web").locator("main")).to_contain_text("Neu ist dieser Absatz.")
    assert fault.search(preview[1].read_text(encoding="utf-8"))
    save(book, "Neu[^weg] ist", "Neu ist")
    expect(desk.locator("#findings")).to_be_empty(timeout=PATIENCE)


def test_the_pages_are_those_of_the_chapter_in_the_browser(desk: Page) -> None:
    count = desk.locator("#pages img").count()
    desk.frame_locator("#web").locator("a[rel=next]").first.click()
    expect(desk.locator("#pages img")).not_to_have_count(count, timeout=PATIENCE)
    width = desk.locator("#pages img").first.evaluate(
        "async (image) => { await image.decode(); return image.naturalWidth }"
    )
    assert width == pytest.approx(120 / 25.4 * 110, abs=2), "the trimmed page"


def test_only_this_machine_is_answered(preview: tuple[str, Path], desk: Page) -> None:
    """A page elsewhere whose name is made to lead here gets nothing; and nothing outside of the edition is served."""
    request = urllib.request.Request(preview[0], headers={"Host": "example.org"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request)
    for name in ("web/..%2F..%2Fbook.yaml", "web/%2Fetc%2Fpasswd", "book.yaml", "pages/999.png"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(preview[0] + name)
