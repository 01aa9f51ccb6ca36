"""Font faces cut down to the characters that an edition uses; always the same bytes.

Cutting is most of what a small book costs, so what was cut once is kept in the folder that PRESS_CACHE names, if it
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
    if not (cache := os.environ.get("PRESS_CACHE")):
        return None
    made_of = hashlib.sha256(path.read_bytes())
    made_of.update(Path(__file__).read_bytes())
    asked = (version("fonttools"), path.name, sorted(characters), features, flavor)
    made_of.update(repr(asked).encode())
    return Path(cache, "fonts", made_of.hexdigest()[:32])


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
