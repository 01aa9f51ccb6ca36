"""Font faces cut down to the characters that an edition uses, or unpacked for typesetting; always the same bytes.

Both are most of what a small book costs, so what was made once is kept in the folder that PRESS_CACHE names, if it
names any: by the face, the characters and the features, so that editions and the books of a house share it.
"""

from __future__ import annotations

import hashlib
import io
import os
import zlib
from importlib.metadata import version
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import woff2

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
    made_of.update(repr((version("fonttools"), asked)).encode())
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
        buffer = io.BytesIO()
        woff2.decompress(io.BytesIO(path.read_bytes()), buffer)
        files.write(kept, buffer.getvalue())
    return kept


def _cut(path: Path, characters: frozenset[str], features: str, flavor: str | None) -> bytes:
    options = subset.Options(
        layout_features=features.split(),
        name_IDs=[*KEPT_NAMES, *NEW_NAMES],
        hinting=False,
        recalc_timestamp=False,
        notdef_outline=True,
        flavor=flavor,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=map(ord, characters))
    buffer = io.BytesIO()
    with subset.load_font(str(path), options) as font:
        cutter.subset(font)
        for name in NEW_NAMES:
            font["name"].setName(f"Embedded-{zlib.crc32(path.name.encode()):08x}", name, 3, 1, 0x409)
        subset.save_font(font, buffer, options)
    return buffer.getvalue()
