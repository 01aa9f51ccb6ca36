"""Font faces cut down to the characters that an edition uses, or unpacked for typesetting; always the same bytes.

HarfBuzz cuts. Unpacking is most of what a small book costs, so what was made once is kept in the folder that
PRESS_CACHE names, if it names any: by the face, the characters and the features, so that editions and the books of a
house share it.
"""

from __future__ import annotations

import hashlib
import io
import os
import zlib
from importlib.metadata import version
from pathlib import Path

import uharfbuzz
from fontTools.ttLib import TTFont, woff2

from press import files

# Records of the name table that stay: copyright, style, version, licence and its address ...
KEPT_NAMES = (0, 2, 5, 13, 14)
# ... and those that get a new name: the OFL reserves the old one for the font as it was.
NEW_NAMES = (1, 3, 4, 6)


def cut(path: Path, characters: frozenset[str], features: str, flavor: str | None = "woff2") -> bytes:
    """Return the face at `path` with the glyphs of `characters` only, as WOFF2, or bare where `flavor` is None.

    `features` are the OpenType features that stay, by their tags.
    """
    kept = _kept(path, characters, features, flavor)
    if kept and kept.is_file():
        return kept.read_bytes()
    data = _cut(path, characters, features, flavor)
    if kept:
        files.write(kept, data)
    return data


def _kept(path: Path, characters: frozenset[str], features: str, flavor: str | None) -> Path | None:
    """Return where a cut face is kept, if faces are."""
    return _place(path, (path.name, sorted(characters), features, flavor))


def _place(path: Path, asked: object) -> Path | None:
    """Return where what was made of the face at `path` is kept, by all that it is made of; None if nothing is kept."""
    if not (room := kept_in()):
        return None
    made_of = hashlib.sha256(path.read_bytes())
    made_of.update(Path(__file__).read_bytes())
    made_of.update(repr((version("fonttools"), version("uharfbuzz"), asked)).encode())
    return room / made_of.hexdigest()[:32]


def kept_in() -> Path | None:
    """Return the folder in which faces are kept, if they are."""
    cache = os.environ.get("PRESS_CACHE")
    return Path(cache, "fonts") if cache else None


def unpacked(path: Path) -> Path:
    """Return a file with the face at `path` (WOFF2) as bare TrueType; `path` itself where no faces are kept.

    WeasyPrint would unpack each face anew, in Python, for every document: 1.5 s of processor time for those of the
    press.
    """
    kept = _place(path, "unpacked")
    if kept is None:
        return path
    if not kept.is_file():
        files.write(kept, _decompressed(path))
    return kept


def _cut(path: Path, characters: frozenset[str], features: str, flavor: str | None) -> bytes:
    wanted = uharfbuzz.SubsetInput()
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    for chosen, of in (
        (wanted.unicode_set, map(ord, characters)),
        (wanted.layout_feature_tag_set, (int.from_bytes(tag.encode(), "big") for tag in features.split())),
        (wanted.name_id_set, (*KEPT_NAMES, *NEW_NAMES)),
    ):
        chosen.clear()
        chosen.update(of)
    face = uharfbuzz.subset(uharfbuzz.Face(_bare(path)), wanted)
    buffer = io.BytesIO()
    with TTFont(io.BytesIO(face.blob.data), recalcBBoxes=False, recalcTimestamp=False) as font:
        for name in NEW_NAMES:
            font["name"].setName(f"Embedded-{zlib.crc32(path.name.encode()):08x}", name, 3, 1, 0x409)
        font.flavor = flavor
        font.save(buffer)
    return buffer.getvalue()


def _bare(path: Path) -> bytes:
    """Return the face at `path`, packed or not, as bare TrueType or OpenType."""
    face = unpacked(path)
    return _decompressed(face) if face == path else face.read_bytes()


def _decompressed(path: Path) -> bytes:
    data = path.read_bytes()
    if not data.startswith(b"wOF2"):
        return data
    buffer = io.BytesIO()
    woff2.decompress(io.BytesIO(data), buffer)
    return buffer.getvalue()
