"""Faces that are cut once and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import STYLES

from press import fonts

FACE = STYLES / "fonts" / "SourceSans3-Semibold.ttf.woff2"


def test_what_was_cut_is_kept_and_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESS_CACHE", raising=False)
    plain = fonts.cut(FACE, frozenset("abc"), "kern")
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    assert fonts.cut(FACE, frozenset("abc"), "kern") == plain
    assert len(list((tmp_path / "fonts").iterdir())) == 1
    monkeypatch.delattr(fonts, "subset")  # a second cut would need it
    assert fonts.cut(FACE, frozenset("cba"), "kern") == plain


def test_other_characters_are_cut_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    made = {
        fonts.cut(FACE, frozenset(letters), features) for letters in ("abc", "abcd") for features in ("kern", "smcp")
    }
    assert len(made) >= 2
    assert len(list((tmp_path / "fonts").iterdir())) == 4
