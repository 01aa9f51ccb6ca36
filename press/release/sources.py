"""The sources of a book: the files of its folder that it is made from. They are named in the manifest, and packed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from press.book import Manifest

FOLDERS = ("manuscript", "images", "styles")
LICENCES = ("LICENSE*", "LICENCE*", "OFL*", "COPYING*")
BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, in a zip file


def sources(folder: Path, manifest: Manifest) -> list[Path]:
    """Return the sources of the book in `folder`, in the order of their names.

    They are book.yaml, what it names, its licences, and all that lies in FOLDERS. What is hidden is none, nor what
    leads out of the folder.
    """
    named = ("book.yaml", manifest.references, manifest.cover, manifest.cover_art)
    found = {folder / name for name in (*named, manifest.prose.dictionary if manifest.prose else "") if name}
    found |= {path for pattern in LICENCES for path in folder.glob(pattern)}
    found |= {path for name in FOLDERS for path in (folder / name).rglob("*")}
    home = folder.resolve()
    return sorted(path for path in found if path.is_file() and not _hidden(path, folder) and _within(path, home))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)


def _within(path: Path, home: Path) -> bool:
    return path.resolve().is_relative_to(home)


def packed(folder: Path, files: Iterable[Path]) -> bytes:
    """Return files of a folder as a zip file that is always the same."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), BEGINNING)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
