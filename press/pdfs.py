"""PDF files, written: compressed, with the same bytes for the same content."""

from __future__ import annotations

import io
from typing import Final

import pikepdf

# zlib's level 6, the usual one, makes files 2 % smaller, and takes twice as long.
LEVEL: Final = 5
USUAL: Final = -1


def save(document: pikepdf.Pdf, version: str = "", packed: bool = True) -> bytes:
    """Return a PDF as a file; `version` is that of the format where it is not to be found from what is used.

    Objects that are no streams are `packed` into some.
    """
    modes = pikepdf.ObjectStreamMode
    out = io.BytesIO()
    pikepdf.settings.set_flate_compression_level(LEVEL)
    try:
        document.save(
            out,
            force_version=version,
            object_stream_mode=modes.generate if packed else modes.disable,
            compress_streams=True,
            deterministic_id=True,
        )
    finally:
        pikepdf.settings.set_flate_compression_level(USUAL)
    return out.getvalue()
