"""The web edition of the book itself: what axe and Lighthouse say, what it weighs, if it moves."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DESK, HOME, PHONE, chromium, served, snakemake
from knots import pages, tree
from playwright.sync_api import Browser, Page, expect

MODULES = Path(sys.prefix) / "node" / "node_modules"
BUDGET = 100_000  # bytes of a chapter's first view, without its plates
# Rules whose answer depends on the theme; all others are asked once.
COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.fixture(scope="module")
def book() -> Path:
    """The folder of the web edition."""
    snakemake(HOME, "all", "--config", "book=.")
    site = HOME / "build" / "html"
    assert len(pages(site)) > 30
    return site


@pytest.fixture(scope="module")
def address(book: Path) -> Iterator[str]:
    """Where it is served."""
    with served(book) as address:
        yield address


def open_page(browser: Browser, **options: object) -> Page:
    """A page of a browser that keeps nothing; scripts of the tests may run in it."""
    options = {"viewport": PHONE, "bypass_csp": True, "service_workers": "block", **options}
    return browser.new_context(**options).new_page()  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", ["dark", "sepia"])
def test_axe_finds_nothing_in_other_colours(book: Path, address: str, browser: Browser, theme: str) -> None:
    """Every page; all but its colours is judged in light ones, by `snakemake check` (tests/test_book.py)."""
    page = open_page(browser, color_scheme="dark" if theme == "dark" else "light")
    if theme == "sepia":
        page.add_init_script("localStorage.setItem('book-theme', 'sepia')")
    axe = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    options = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": COLOURS}}
    violations = []
    for name in pages(book):
        page.goto(address + name)
        page.evaluate(axe)
        for found in page.evaluate("(options) => axe.run(document, options)", options)["violations"]:
            violations.append(f"{name}: {found['id']}: {found['nodes'][0]['html'][:120]}")
    page.context.close()
    assert violations == []


def test_the_open_menus_and_a_note_pass_axe_too(address: str, browser: Browser) -> None:
    page = open_page(browser, color_scheme="dark")
    axe = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for action in (".menu summary", "[popovertarget=settings] >> nth=0", "#spot-6-call-2"):
        page.goto(address + "spot-6.html")
        page.click(action)
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [one["id"] for one in found] == [], action
    page.context.close()


def test_lighthouse_is_content(address: str) -> None:
    """All but its stop-watch, whose answer on a busy machine is about the machine."""
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    said = subprocess.run(
        ["node", str(MODULES / "lighthouse" / "cli" / "index.js"), f"{address}spot-6.html", "--quiet", "--output=json",
         "--only-categories=accessibility,best-practices,seo", flags],
        env={**os.environ, "CHROME_PATH": chromium()}, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    scores = {name: category["score"] for name, category in json.loads(said.stdout)["categories"].items()}
    assert scores == {"accessibility": 1, "best-practices": 1, "seo": 1}


def test_a_chapter_weighs_little(book: Path, address: str, browser: Browser) -> None:
    """What a phone fetches for a chapter, text compressed as any host does; its plates are counted apart."""
    page = open_page(browser)
    fetched: set[str] = set()
    page.on("request", lambda request: fetched.add(request.url))
    page.goto(address + "spot-6.html", wait_until="networkidle")
    page.context.close()
    assert all(url.startswith((address, "data:")) for url in fetched), fetched
    weight = {}
    for url in fetched:
        if url.startswith(address) and not url.endswith((".png", ".webmanifest", "icon.svg", "Sans3-It.ttf.woff2")):
            content = (book / url.removeprefix(address)).read_bytes()
            if url.endswith(".html"):
                content = re.sub(rb'<svg[^>]*class="plate".*?</svg>', b"", content, flags=re.S)
            weight[url.rpartition("/")[2]] = len(content if url.endswith("woff2") else gzip.compress(content))
    assert sum(weight.values()) <= BUDGET, weight
    assert sum("woff2" in name for name in weight) == 6, (
        "the italic of labels, which stands in plates only, is not among them"
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_jumps_and_nothing_runs_off(book: Path, address: str, browser: Browser, size: dict[str, int]) -> None:
    page = open_page(browser, viewport=size)
    page.add_init_script(
        "self.shift = 0;"
        "new PerformanceObserver((list) => list.getEntries().forEach((one) => { self.shift += one.value; }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for name in pages(book):
        page.goto(address + name)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        for _ in range(3):  # on a busy machine a font may miss the moment that a browser waits for it
            page.evaluate("new Promise((done) => { scrollTo(0, 2000); setTimeout(done, 60); })")
            if page.evaluate("shift") == 0:
                break
            page.reload()
        else:
            pytest.fail(f"{name} jumps")
    page.context.close()


def test_large_letters_run_off_no_page(book: Path, address: str, browser: Browser) -> None:
    page = open_page(browser)
    page.add_init_script("localStorage.setItem('book-size', '160')")
    wide = "[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth)"
    wide += ".filter((one) => !one.closest('.table, svg')).map((one) => one.outerHTML.slice(0, 80))"
    wrong = {}
    for name in pages(book):
        page.goto(address + name)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wrong[name] = page.evaluate(wide)[:3]
    page.context.close()
    assert wrong == {}


def test_the_finder_has_every_spot(book: Path) -> None:
    for name in ("index.html", "introduction.html"):
        links = tree(book, name).xpath("//*[@class='plate']//a")
        assert sorted(link.get("href") for link in links) == sorted(f"spot-{number}.html" for number in range(1, 15))
        for link in links:
            assert f"Perfect Spot No. {link.get('href')[5:-5]}: " in link.get("aria-label")


def test_the_whole_book_is_searched(address: str, browser: Browser) -> None:
    page = open_page(browser, bypass_csp=False)
    for words, label, section in (
        ("gluteus medius fan", "Perfect Spot No. 6", "The deltoid of the hip: two muscles that stop you tipping"),
        ("sciatica", "Perfect Spot No. 6", ""),
        ("jaw clenching", "Perfect Spot No. 7", ""),
    ):
        page.goto(f"{address}search.html?q={words}")
        hits = page.locator(".hits li a", has_text=label)
        expect(hits.first).to_be_visible()
        assert not section or hits.filter(has_text=section).count() == 1
    page.context.close()
