"""The report of a build: what it says is what the build holds, and it is a page that needs nothing but itself."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import pytest
from conftest import BOOKS, DESK, PHONE, STYLES
from lxml import html
from PIL import Image
from playwright.sync_api import Browser

from press.check import machine, record
from press.findings import Finding
from press.galleys import Galleys
from press.pagemap import PageMap
from press.report.gather import Sources, spreads
from press.report.page import build
from press.report.times import Job, jobs
from press.styles import Styles

KNOTS = Styles([BOOKS / "knoten" / "styles", STYLES])
FOUND = [
    Finding("manuscript/eins.md", 23, "no <words>", "ace", at="text/kreuzknoten.xhtml"),
    Finding("manuscript/zwei.md", 8, "twice", "repeats", "note"),
    Finding("book.yaml", 0, "few works", "references", "warning"),
]


def report_of(built: Path, folder: Path, found: list[Finding] = FOUND, took: list[Job] | None = None) -> Path:
    """Write the report of a built book of knots, as if checks had found this; return its page."""
    editions = [built / f"knotenschule{end}" for end in (".epub", ".pdf", "-print.pdf")] + [built / "html/index.html"]
    looked_at = record.Record(files=[record.file(path) for path in editions[1:]])
    looked_at.tested = record.tested(("epubcheck", "ace"), "knotenschule.epub", found)
    looked_at.words = [record.Words(file="knotenschule.epub", words=1367, found=1366, notes=7, boxes=0)]
    folder.mkdir(exist_ok=True)
    (folder / "findings.json").write_text(machine.as_json(found), encoding="utf-8")
    (folder / "record.json").write_text(looked_at.model_dump_json(), encoding="utf-8")
    pages = PageMap.model_validate_json((built / "sheets" / "book" / "pages.json").read_bytes())
    made = Sources(
        built.parent,
        Galleys(built / "galleys"),
        pages,
        editions,
        folder / "findings.json",
        folder / "record.json",
        None,
    )
    build(made, editions[1], took or [], KNOTS, folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def page(small_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_of(small_book / "build", tmp_path_factory.mktemp("report"), took=[Job("sheets", 4.25)])


def test_it_says_what_the_build_holds(small_book: Path, page: Path) -> None:
    said = json.loads(page.with_suffix(".json").read_bytes())
    book = Galleys(small_book / "build" / "galleys").book
    pages = PageMap.model_validate_json((small_book / "build" / "sheets" / "book" / "pages.json").read_bytes()).pages
    words = sum(document.words for document in book.documents)
    assert said["totals"] == {
        "words": words, "notes": 7, "figures": 1, "tables": 1, "references": 2, "minutes": 1, "pages": len(pages),
    }  # fmt: skip
    assert said["severities"] == {"error": 1, "warning": 1, "note": 1}
    assert [one["severity"] for one in said["findings"]] == ["error", "warning", "note"]
    first = next(part for part in said["parts"] if part["id"] == "kreuzknoten")
    assert (first["folio"], first["pages"], first["figures"], first["findings"]) == ("1", 4, 1, 1)
    assert said["stale"] == ["knotenschule.epub"], "it is not among what was checked"
    sizes = {one["name"]: one["bytes"] for one in said["editions"]}
    assert sizes["knotenschule.pdf"] == (small_book / "build" / "knotenschule.pdf").stat().st_size
    assert sizes["html"] > 100_000
    assert {one["tool"] for one in said["tested"]} == {"EPUBCheck", "Ace by DAISY"}
    assert all(one["version"] for one in said["tested"])
    assert "4.25" not in page.with_suffix(".json").read_text(encoding="utf-8"), "times are not the same every time"


def test_the_page_shows_it(page: Path) -> None:
    tree = html.fromstring(page.read_text(encoding="utf-8"))
    text = " ".join(tree.text_content().split())
    assert "1 error, 1 warning, 1 note." in text and "Made anew since it was checked: knotenschule.epub." in text
    places = [one.text_content() for one in tree.find_class("place")]
    assert places == ["manuscript/eins.md:23", "book.yaml", "manuscript/zwei.md:8"]
    assert "no <words>" in text and "in text/kreuzknoten.xhtml" in text
    assert "EPUBCheck 5" in text and "1,366" in text and "sheets4.2" in text
    assert tree.xpath("//script | //link | //@src[not(starts-with(., 'data:'))]") == []
    folios = [one.text_content() for one in tree.find_class("folios")]
    assert folios[:3] == ["i", "ii–iii", "iv–1"]
    pictures = tree.xpath("//ul[@class='spreads']//img/@src")
    assert len(pictures) == json.loads(page.with_suffix(".json").read_bytes())["totals"]["pages"]
    shown = Image.open(io.BytesIO(base64.b64decode(str(pictures[4]).partition(",")[2]))).convert("L")
    assert shown.width == 132 and shown.getextrema()[0] < 120, "a page with text is not white"


def test_same_build_same_report(small_book: Path, page: Path, tmp_path: Path) -> None:
    again = report_of(small_book / "build", tmp_path / "again", took=[Job("sheets", 4.25)])
    assert again.read_bytes() == page.read_bytes()
    assert again.with_suffix(".json").read_bytes() == page.with_suffix(".json").read_bytes()


def test_a_book_without_findings(small_book: Path, tmp_path: Path) -> None:
    page = report_of(small_book / "build", tmp_path, [])
    text = " ".join(html.fromstring(page.read_text(encoding="utf-8")).text_content().split())
    assert "No findings. 2 checks of 1 file." in text and "How long it took" not in text


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_is_legible(page: Path, browser: Browser, size: dict, scheme: str) -> None:  # type: ignore[type-arg]
    shown = browser.new_context(viewport=size, color_scheme=scheme, java_script_enabled=True).new_page()  # type: ignore[arg-type]
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(page.as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") <= size["width"], "nothing sticks out"
    assert shown.evaluate("[...document.images].every(one => one.complete && one.naturalWidth)")
    faces = shown.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status == 'loaded').length)"
    )
    assert faces == 3
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    ground = shown.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    shown.context.close()


def test_spreads_face_each_other(small_book: Path) -> None:
    pages = PageMap.model_validate_json((small_book / "build" / "sheets" / "book" / "pages.json").read_bytes()).pages
    forth, back = spreads(pages[:3], False), spreads(pages[:3], True)
    assert [(one.left, one.right, one.folios) for one in forth] == [(0, 1, "i"), (2, 3, "ii–iii")]
    assert [(one.left, one.right) for one in back] == [(1, 0), (3, 2)]


def test_times_come_from_snakemakes_notes(tmp_path: Path) -> None:
    notes, made = tmp_path / "notes", tmp_path / "build" / "print.pdf"
    made.parent.mkdir(parents=True)
    made.touch()
    notes.mkdir()
    for path, content in (
        (made, {"rule": "print_edition", "starttime": 1.0, "endtime": 3.5}),
        (tmp_path / "elsewhere.pdf", {"rule": "pdf", "starttime": 1.0, "endtime": 3.5}),
    ):
        (notes / base64.urlsafe_b64encode(str(path).encode()).decode()).write_text(
            json.dumps(content), encoding="utf-8"
        )
    (notes / "no-note").write_text("x", encoding="utf-8")
    assert jobs(notes, tmp_path / "build") == [Job("print edition", 2.5)]
    assert jobs(tmp_path / "none", tmp_path / "build") == []
