"""Faces that are cut once and kept."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from conftest import STYLES
from fontTools.ttLib import TTFont, woff2

from press import fonts, kept

FACE = STYLES / "fonts" / "SourceSans3-Semibold.ttf.woff2"


def test_what_was_cut_is_kept_and_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESS_CACHE", raising=False)
    plain = fonts.cut(FACE, frozenset("abc"), "kern")
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    assert fonts.cut(FACE, frozenset("abc"), "kern") == plain
    assert [len(list((tmp_path / room).iterdir())) for room in ("faces", "fonts")] == [1, 1]  # unpacked, and cut
    monkeypatch.delattr(fonts, "_cut")  # a second cut would need it
    assert fonts.cut(FACE, frozenset("cba"), "kern") == plain


def test_other_characters_are_cut_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    made = {
        fonts.cut(FACE, frozenset(letters), features) for letters in ("abc", "abcd") for features in ("kern", "smcp")
    }
    assert len(made) >= 2
    assert [len(list((tmp_path / room).iterdir())) for room in ("faces", "fonts")] == [1, 4]


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
    monkeypatch.delattr(fonts, "_decompressed")  # a second time would need it
    assert fonts.unpacked(FACE) == bare


@pytest.mark.parametrize("face", sorted(STYLES.glob("fonts/*.woff2")), ids=lambda face: face.name)
def test_faces_of_the_press_are_stored_as_they_are(face: Path) -> None:
    """Without WOFF2's transforms, which save an eighth of the file and take twenty times as long to undo."""
    with face.open("rb") as file, TTFont(file) as font:
        assert not font.reader.tables["glyf"].transformed


def test_a_room_is_cleared_of_what_was_not_asked_for_lately(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    monkeypatch.setattr(kept, "MOST", 4)
    for number in range(4):
        kept.kept("room", [number], lambda number=number: b"%d" % number)  # type: ignore[misc]
        os.utime(max((tmp_path / "room").iterdir(), key=lambda path: path.stat().st_mtime_ns), (number, number))
    assert kept.kept("room", [0], lambda: b"made again") == b"0", "asking makes it the newest"
    assert kept.kept("room", [4], lambda: b"4") == b"4"
    assert sorted(path.read_bytes() for path in (tmp_path / "room").iterdir()) == [b"0", b"4"]


def test_things_are_told_apart_by_all_that_they_are_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path))
    for made_of in (["ab", "c"], ["a", "bc"], [b"ab", "c"], ["abc"], [("ab", "c")]):
        assert kept.kept("room", made_of, lambda made_of=made_of: repr(made_of).encode()) == repr(made_of).encode()  # type: ignore[misc]
