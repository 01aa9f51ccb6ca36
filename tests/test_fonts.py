"""Faces that are cut once and kept."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from conftest import STYLES
from fontTools.ttLib import TTFont, woff2

from press import fonts

FACE = STYLES / "fonts" / "SourceSans3-Semibold.ttf.woff2"


def test_what_was_cut_is_kept_and_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESS_CACHE", raising=False)
    plain = fonts.cut(FACE, frozenset("abc"), "kern")
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    assert fonts.cut(FACE, frozenset("abc"), "kern") == plain
    assert len(list((tmp_path / "fonts").iterdir())) == 2  # unpacked, and cut
    monkeypatch.delattr(fonts, "uharfbuzz")  # a second cut would need it
    assert fonts.cut(FACE, frozenset("cba"), "kern") == plain


def test_other_characters_are_cut_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    made = {
        fonts.cut(FACE, frozenset(letters), features) for letters in ("abc", "abcd") for features in ("kern", "smcp")
    }
    assert len(made) >= 2
    assert len(list((tmp_path / "fonts").iterdir())) == 5  # the four, and what they are cut from


def test_a_face_is_unpacked_once_to_what_weasyprint_would_unpack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRESS_CACHE", raising=False)
    assert fonts.unpacked(FACE) == FACE
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    bare = fonts.unpacked(FACE)
    expected = io.BytesIO()
    woff2.decompress(io.BytesIO(FACE.read_bytes()), expected)
    assert bare.read_bytes() == expected.getvalue()
    monkeypatch.delattr(fonts, "woff2")  # a second time would need it
    assert fonts.unpacked(FACE) == bare


@pytest.mark.parametrize("face", sorted(STYLES.glob("fonts/*.woff2")), ids=lambda face: face.name)
def test_faces_of_the_press_are_stored_as_they_are(face: Path) -> None:
    """Without WOFF2's transforms, which save an eighth of the file and take twenty times as long to undo."""
    with face.open("rb") as file, TTFont(file) as font:
        assert not font.reader.tables["glyf"].transformed
