"""What resolving needs of the references, fonts and pictures, done while other processes read the manuscript.

It is all remembered; what is wrong is told by `resolve`, which comes upon it again.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from press.book import Manifest
from press.resolve import plates
from press.resolve.citations import References
from press.resolve.glyphs import characters
from press.resolve.outlines import outline
from press.resolve.pictures import measure
from press.styles import Styles


def ahead(book: Path, manifest: Manifest, names: list[str], styles: Styles) -> None:
    """Set the references, look at the fonts, draw the labels of the plates that the manuscript files `names` show."""
    with suppress(Exception):
        if manifest.references:
            References.load(book / manifest.references, styles.find("references.csl"), manifest.language)
        for face in styles.faces:
            characters(styles.font(face))
        text = b"".join((book / "manuscript" / f"{name}.md").read_bytes() for name in names)
        for path in sorted((book / "images").glob("*.svg")):
            if path.name.encode() in text:
                _draw(book, path, styles)


def _draw(book: Path, path: Path, styles: Styles) -> None:
    with suppress(Exception):
        measure(book, f"images/{path.name}")  # first, for only then is it known to be no program
        plates.read(path)
        outline(path, styles)
