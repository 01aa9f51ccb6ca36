"""Font faces cut down to the characters that an edition uses; always the same bytes."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

from fontTools import subset

# Records of the name table that stay: copyright, style, version, licence and its address ...
KEPT_NAMES = (0, 2, 5, 13, 14)
# ... and those that get a new name: the OFL reserves the old one for the font as it was.
NEW_NAMES = (1, 3, 4, 6)


def cut(path: Path, characters: frozenset[str], features: str, flavor: str | None = "woff2") -> bytes:
    """Return the face at `path` with the glyphs of `characters` only, as WOFF2, or bare where `flavor` is None.

    `features` are the OpenType features that stay, by their tags.
    """
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
