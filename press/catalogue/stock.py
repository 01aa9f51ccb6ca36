"""What all books of a house share, made once: the faces, unpacked, and a file that stands for the press itself.

A book of a house depends on this one file in the place of every file of the engine and of the styles.
"""

from __future__ import annotations

import json
from pathlib import Path

from press import files, fonts
from press.release import inventory
from press.styles import Styles


def prepare(styles: Styles, output: Path) -> None:
    """Unpack the faces, then write what books are made with: digests of the press and the styles, and its tools."""
    for face in styles.faces:
        fonts.unpacked(styles.font(face))
    files.write(output, json.dumps(inventory.press(styles), ensure_ascii=False, indent=1) + "\n")
