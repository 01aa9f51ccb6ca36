"""The preflight card: what it says is what the files are, whether they pass or not."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pikepdf
import pytest
from conftest import BOOKS, STYLES
from lxml import html

from press.check.preflight import coverage
from press.check.preflight.card import build
from press.styles import Styles

KNOTS = Styles([BOOKS / "knoten" / "styles", STYLES])


def a_card(built: Path, folder: Path) -> tuple[dict, str, list]:  # type: ignore[type-arg]
    """Make the card of a built book; return its JSON, the text of its page, and the findings."""
    block, wrap = (built / f"knotenschule-{name}.pdf" for name in ("print", "cover"))
    findings = build(built / "galleys", block, wrap, KNOTS, folder / "preflight.html")
    page = html.fromstring((folder / "preflight.html").read_text(encoding="utf-8"))
    return json.loads((folder / "preflight.json").read_bytes()), " ".join(page.text_content().split()), findings


def test_the_card_of_a_good_book(small_book: Path, tmp_path: Path) -> None:
    card, text, findings = a_card(small_book / "build", tmp_path)
    assert findings == []
    assert card["failed"] == 0
    block, wrap = card["files"]
    for file in (block, wrap):
        data = (small_book / "build" / file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
        assert file["sha256"] in text
        assert all(not check["messages"] for check in file["checks"])
    assert [check["name"] for check in wrap["checks"]][-1] == "Spine"
    assert f"All {len(block['checks']) + len(wrap['checks'])} checks passed." in text
    assert "120 × 190 mm" in text and "1.10 mm" in text and "FOGRA47, cover FOGRA39" in text
    assert len(block["pages"]) == len(block["coverage"]) == 20


def test_coverage_is_that_of_the_page(tmp_path: Path) -> None:
    """Half a page in solid magenta and a quarter of black over the whole of it."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(144, 144))
    page.Contents = pdf.make_stream(b"0 0 0 .25 k 0 0 144 144 re f 0 1 0 .25 k 0 0 144 72 re f")
    pdf.add_blank_page(page_size=(144, 144))
    pdf.save(tmp_path / "half.pdf")
    measured = coverage.measure(tmp_path / "half.pdf")
    assert measured
    assert measured[0].inks == pytest.approx({"cyan": 0, "magenta": 50, "yellow": 0, "black": 25}, abs=1)
    assert measured[1].inks == {"cyan": 0, "magenta": 0, "yellow": 0, "black": 0}


def test_the_card_of_a_bad_book_says_so(small_book: Path, tmp_path: Path) -> None:
    shutil.copytree(small_book / "build", tmp_path / "build")
    block = tmp_path / "build" / "knotenschule-print.pdf"
    with pikepdf.open(block, allow_overwriting_input=True) as pdf:
        pdf.pages[0].contents_add(b"1 0 0 rg 0 0 9 9 re f")
        pdf.save(block, force_version="1.6")
    card, text, findings = a_card(tmp_path / "build", tmp_path)
    assert [str(finding) for finding in findings] == [
        "knotenschule-print.pdf: inks: page 1: DeviceRGB is no colour of inks"
    ]
    assert card["failed"] == 1
    assert "checks failed. Do not send these files to a printer." in text
    assert "page 1: DeviceRGB is no colour of inks" in text


def test_without_ghostscript_the_card_says_what_is_missing(
    small_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("press.check.preflight.coverage.shutil.which", lambda _: None)
    card, text, _ = a_card(small_book / "build", tmp_path)
    assert card["files"][0]["coverage"] is None
    assert "Not measured: this needs Ghostscript" in text
