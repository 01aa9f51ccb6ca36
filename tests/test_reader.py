"""The web edition in a real browser, with its scripts: what a reader does on a phone and at a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import DESK, PHONE
from playwright.sync_api import Browser, BrowserContext, Page, expect

from press.check.web import UNKEPT

SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
GROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, SEPIA, DARK = "rgb(255, 255, 255)", "rgb(247, 238, 219)", "rgb(22, 25, 28)"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who was never here, on a phone; whatever a page complains of is an error."""
    context = browser.new_context(viewport=PHONE)
    faults: list[str] = []
    context.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page of that browser."""
    return context.new_page()


def colours(page: Page) -> tuple[str, str]:
    """The ground of the page, and the colour of the rope in its plate."""
    return page.evaluate(GROUND), page.locator("#fig-knot-1 circle[r='99']").evaluate(
        "one => getComputedStyle(one).stroke"
    )


def until(page: Page, condition: str) -> None:
    """Wait until something holds on a page; Playwright's own way of waiting is against the policy of the site."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


# Notes


def test_on_a_phone_a_note_opens_over_the_page(page: Page, address: str) -> None:
    page.goto(address + "knot-1.html")
    page.click("#knot-1-call-2")
    pop = page.locator(".pop:popover-open")
    expect(pop).to_contain_text("Hemp, that is.")
    expect(pop).to_be_focused()
    assert "↩" not in pop.inner_text() and page.url.endswith("knot-1.html")
    box = pop.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    page.keyboard.press("Escape")
    expect(page.locator(".pop:popover-open")).to_have_count(0)
    expect(page.locator("#knot-1-call-2")).to_be_focused()
    page.keyboard.press("Enter")
    page.click(".pop a")
    assert page.url.endswith("#knot-1-note-2")


def test_at_a_desk_notes_stand_beside_their_calls(page: Page, address: str) -> None:
    page.set_viewport_size(DESK)
    page.goto(address + "knot-1.html")
    call, first, second = (page.locator(f"#knot-1-{one}").bounding_box() for one in ("call-1", "note-1", "note-2"))
    text = page.locator("#knot-1 > p").first.bounding_box()
    assert call and first and second and text
    assert abs(first["y"] - call["y"]) < 12 and first["x"] >= text["x"] + text["width"]
    assert second["y"] >= first["y"] + first["height"], "notes do not lie over each other"
    page.click("#knot-1-call-2")
    page.click("#knot-1-note-2 .note-back")
    assert page.url.endswith("#knot-1-call-2"), "and lead back"
    page.set_viewport_size(PHONE)
    expect(page.locator("html.beside")).to_have_count(0)
    narrow = page.locator("#knot-1-note-1").bounding_box()
    assert narrow and narrow["y"] > call["y"] + 300


# Themes and size


def test_a_theme_is_chosen_and_kept(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto(address + "knot-1.html")
    assert colours(page) == (DARK, "rgb(255, 122, 92)"), "follows the system until something is chosen"
    for theme, ground, rope in (
        ("sepia", SEPIA, "rgb(194, 64, 42)"),
        ("light", LIGHT, "rgb(194, 64, 42)"),
        ("auto", DARK, "rgb(255, 122, 92)"),
        ("dark", DARK, "rgb(255, 122, 92)"),
    ):
        page.click("[popovertarget=settings] >> nth=0")
        page.check(f"input[value={theme}]", force=True)
        assert colours(page) == (ground, rope), theme
        page.click(".settings .close")
    page.emulate_media(color_scheme="light")
    page.goto(address)
    assert page.evaluate(GROUND) == DARK, "kept from page to page"


def test_letters_grow_and_stay_grown(page: Page, address: str) -> None:
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    page.goto(address + "words.html")
    before = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    page.click("[popovertarget=settings] >> nth=0")
    page.check("input[value='160']", force=True)
    page.goto(address + "knot-1.html")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(
        1.6 * before
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "and nothing runs off the page"
    assert page.evaluate(size) > before


# Search


@SIZES
def test_search_says_where_and_leads_there(page: Page, address: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(address)
    page.click("a[href='search.html']")
    expect(page.locator("input[type=search]")).to_be_focused()
    page.keyboard.type("slips")
    hit = page.locator(".hits li").first
    expect(hit.locator("mark")).to_have_text("slips")
    expect(hit.locator("a")).to_have_text("Knot No. 1 The BowlineWhen wet")
    expect(page.locator("[role=status]")).to_have_text("2 passages were found for “slips”, the best first.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/knot-1.html#knot-1-wet**")
    expect(page.locator("#knot-1-wet")).to_be_in_viewport()


def test_search_forgives_and_folds(page: Page, address: str) -> None:
    page.goto(address + "search.html?q=bowlin")
    expect(page.locator(".hits .title").first).to_have_text("The Bowline")
    for words in ("bolwine", "BOWLINE", "bówline"):
        page.fill("input[type=search]", words)
        expect(page.locator(".hits .title").first).to_have_text("The Bowline")
    page.fill("input[type=search]", "חבל")
    expect(page.locator(".hits .title").first).to_have_text("קשרים")
    page.fill("input[type=search]", "xylophone <b>")
    expect(page.locator("[role=status]")).to_have_text("Nothing was found for “xylophone <b>”.")
    expect(page.locator(".hits li")).to_have_count(0)


# The finder


@SIZES
def test_the_finder_is_reached_and_followed_by_keyboard_without_a_script(
    browser: Browser, address: str, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    links = page.locator(".finder svg a")
    names = [page.get_by_role("link", name=f"Knot No. {one}", exact=False).first for one in (1, 2)]
    assert links.count() == 2 and all(name.is_visible() for name in names)
    for _ in range(30):
        page.keyboard.press("Tab")
        if links.nth(1).evaluate("one => one === document.activeElement"):
            break
    assert links.nth(1).evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(address + "knot-2.html")
    page.goto(address)
    links.nth(0).click()
    page.wait_for_url(address + "knot-1.html")
    context.close()


# The path of the keyboard


@SIZES
def test_everything_is_reached_by_keyboard(page: Page, address: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(address + "knot-1.html")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(({tagName, attributes}) => `${tagName} ${attributes.class?.value}`)(document.activeElement)"
        )
        if here.startswith("BODY") and seen:
            break
        visible = page.evaluate(
            "(() => { const one = document.activeElement, box = one.getBoundingClientRect();"
            " return one === document.body || (box.width > 0 && getComputedStyle(one).outlineStyle !== 'none'"
            " || one.closest('.settings')); })()"
        )
        assert visible, f"no mark on {here}"
        seen.append(here)
    path = "\n".join(seen)
    for stop in ("A skip", "A book", "A tool", "BUTTON tool", "SUMMARY", "note-call citation", "DIV table", "A next"):
        assert stop in path, f"{stop} is not on the path:\n{path}"


def test_the_menu_closes_as_menus_do(page: Page, address: str) -> None:
    page.goto(address + "knot-1.html")
    menu = page.locator(".menu nav")
    page.click("summary")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()


# The reading place


def test_the_reader_goes_on_where_she_stopped(page: Page, address: str) -> None:
    page.goto(address + "knot-1.html")
    expect(page.locator(".place")).to_have_count(0)
    page.locator("#knot-1-wet").evaluate("one => one.scrollIntoView()")
    until(page, "localStorage.getItem('book-place')")
    page.goto(address)
    offer = page.locator(".place a")
    expect(offer).to_contain_text("The Bowline: When wet")
    offer.click()
    page.wait_for_url("**/knot-1.html#knot-1-wet")
    expect(page.locator("#knot-1-wet")).to_be_in_viewport()
    page.goto(address)
    page.click(".place button")
    expect(page.locator(".place")).to_have_count(0)


# Offline, and from a folder


def test_every_page_is_there_without_a_network(context: BrowserContext, site: Path, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.keys())")
    until(page, "navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    for name in ("", "knot-2.html", "search.html", "words.html?from=home"):
        page.goto(address + name)
        assert page.locator("h1").count() == 1, name
    page.goto(address + "search.html?q=hemp")
    expect(page.locator(".hits li").first).to_be_visible()
    assert page.evaluate("document.fonts.check('16px \"Source Serif 4\"')")
    context.set_offline(False)
    kept = page.evaluate(
        "caches.keys().then((all) => caches.open(all[0])).then((one) => one.keys()).then((all) => all.length)"
    )
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} - UNKEPT
    assert kept == len({name for name in there if not name.startswith("downloads/")})


def test_the_site_can_be_installed(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("link[rel=manifest]", state="attached")
    client = page.context.new_cdp_session(page)
    said = client.send("Page.getAppManifest")
    assert said["errors"] == [] and said["url"] == address + "manifest.webmanifest"
    until(page, "navigator.serviceWorker.controller !== null")
    assert client.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )


def test_it_is_a_plain_folder_too(browser: Browser, site: Path) -> None:
    context = browser.new_context(viewport=PHONE)
    faults: list[str] = []
    context.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page, home = context.new_page(), site.as_uri()
    page.goto(f"{home}/knot-1.html")
    page.click("#knot-1-call-2")
    expect(page.locator(".pop:popover-open")).to_contain_text("Hemp")
    page.keyboard.press("Escape")
    page.click("[popovertarget=settings] >> nth=0")
    page.check("input[value=sepia]", force=True)
    assert colours(page)[0] == SEPIA
    page.goto(f"{home}/search.html?q=slips")
    page.click(".hits a >> nth=0")
    page.wait_for_url("**/knot-1.html#knot-1-wet**")
    assert page.evaluate(GROUND) == SEPIA
    loaded = page.evaluate("[...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.family)")
    assert "Source Serif 4" in str(loaded)
    context.close()
    # Chromium fetches no font early from a folder, and says so; the style sheet loads it all the same.
    assert [fault for fault in faults if "font" not in fault and "ERR_FAILED" not in fault] == []
