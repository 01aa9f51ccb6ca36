"""The galleys of the book of knots, against the ones that were looked at and kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden" / "knoten"


def test_golden(small_book: Path, request: pytest.FixtureRequest) -> None:
    galleys = small_book / "build" / "galleys"
    got = {path.name: path.read_text(encoding="utf-8") for path in galleys.iterdir() if path.is_file()}
    if request.config.getoption("--accept"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        GOLDEN.mkdir(parents=True)
        for name, text in got.items():
            (GOLDEN / name).write_text(text, encoding="utf-8")
    kept = {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.iterdir()}
    assert got.keys() == kept.keys()
    for name in kept:
        assert got[name] == kept[name], name
