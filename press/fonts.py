"""Font faces cut down to the characters that an edition uses, or unpacked for typesetting; always the same bytes.

HarfBuzz cuts. Both are most of what a small book costs, so they are kept (press/kept.py): editions and the books of a
house share them. What cuts is loaded only where something is to be cut.
"""

from __future__ import annotations

import io
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from press.kept import folder, kept, kept_file, tools

JOINER = 0x2060  # the word joiner
# Records of the name table that stay: copyright, style, version, licence and its address ...
KEPT_NAMES = (0, 2, 5, 13, 14)
# ... and those that get a new name: the OFL reserves the old one for the font as it was.
NEW_NAMES = (1, 3, 4, 6)


def cut(
    path: Path, characters: frozenset[str], features: str, flavor: str | None = "woff2", joiner: bool = False
) -> bytes:
    """Return the face at `path` with the glyphs of `characters` only, as WOFF2, or bare where `flavor` is None.

    `features` are the OpenType features that stay, by their tags. `joiner` gives a TrueType face that lacks it an
    empty glyph for the word joiner.
    """
    asked = (path.name, sorted(characters), features, flavor, joiner)
    return kept("fonts", (path.read_bytes(), _tools(), asked), lambda: _cut(path, characters, features, flavor, joiner))


def kept_in() -> Path | None:
    """Return the folder in which unpacked faces are kept, if they are."""
    return folder("faces")


def unpacked(path: Path) -> Path:
    """Return a file with the face at `path` (WOFF2) as bare TrueType; `path` itself where no faces are kept.

    WeasyPrint would unpack each face anew, in Python, for every document: 1.5 s of processor time for those of the
    press.
    """
    return kept_file("faces", (path.read_bytes(), _tools()), lambda: _decompressed(path)) or path


def family(path: Path) -> str:
    """Return the name of the family that the face at `path` has once it is cut: the OFL reserves its own."""
    return f"Embedded-{zlib.crc32(path.name.encode()):08x}"


@cache
def _tools() -> str:
    return tools(__file__, "fonttools", "uharfbuzz")


def _cut(path: Path, characters: frozenset[str], features: str, flavor: str | None, joiner: bool) -> bytes:
    import uharfbuzz
    from fontTools.ttLib import TTFont

    wanted = uharfbuzz.SubsetInput()
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    for chosen, of in (
        (wanted.unicode_set, map(ord, characters)),
        (wanted.layout_feature_tag_set, (int.from_bytes(tag.encode(), "big") for tag in features.split())),
        (wanted.name_id_set, (*KEPT_NAMES, *NEW_NAMES)),
    ):
        chosen.clear()
        chosen.update(of)
    face = uharfbuzz.subset(uharfbuzz.Face(bare(path)), wanted)
    buffer = io.BytesIO()
    with TTFont(io.BytesIO(face.blob.data), recalcBBoxes=False, recalcTimestamp=False) as font:
        for name in NEW_NAMES:
            font["name"].setName(family(path), name, 3, 1, 0x409)
        if joiner and "glyf" in font and JOINER not in font.getBestCmap():
            _add_joiner(font)
        font.flavor = flavor
        font.save(buffer)
    return buffer.getvalue()


def _add_joiner(font: Any) -> None:
    """Give a face an empty glyph for the word joiner."""
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    font.setGlyphOrder([*font.getGlyphOrder(), "joiner"])
    font["glyf"]["joiner"] = Glyph()
    font["hmtx"]["joiner"] = (0, 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[JOINER] = "joiner"


def bare(path: Path) -> bytes:
    """Return the face at `path`, packed or not, as bare TrueType or OpenType."""
    face = unpacked(path)
    return _decompressed(face) if face == path else face.read_bytes()


def _decompressed(path: Path) -> bytes:
    data = path.read_bytes()
    if not data.startswith(b"wOF2"):
        return data
    from fontTools.ttLib import woff2

    buffer = io.BytesIO()
    woff2.decompress(io.BytesIO(data), buffer)
    return buffer.getvalue()
