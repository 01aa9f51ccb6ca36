"""The manifest of a release: from what, and with what, it was made, so that anyone can make it again and compare."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pypandoc

from press.book import Manifest
from press.styles import Styles

ENGINE = Path(__file__).parent.parent
# What a book's folder holds besides its sources.
SOURCES = ("book.yaml", "manuscript", "images", "styles")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: Path) -> str:
    """Return the checksums of all files in a folder, as `sha256sum --check` reads them."""
    return "".join(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in _files([folder]))


def describe(folder: Path, manifest: Manifest, styles: Styles, made: Path) -> str:
    """Return the manifest of the release of the book in `folder` as JSON; `made` is the folder of what was made.

    It holds no time and no place: whoever makes the same bytes with the same tools has the same manifest.
    """
    about: dict[str, Any] = {
        "book": {name: str(getattr(manifest, name)) for name in ("slug", "title", "edition", "version", "date")},
        "identifiers": manifest.identifiers.model_dump(exclude_none=True),
        "files": _listed(made, [made]),
        "sources": _listed(folder, [folder / name for name in SOURCES]),
        **press(styles),
    }
    return json.dumps(about, ensure_ascii=False, indent=1) + "\n"


def press(styles: Styles) -> dict[str, Any]:
    """Return what a book is made with: the digests of styles and engine, the faces, the versions of the tools."""
    return {
        "styles": {k: v for place in reversed(styles.folders) for k, v in _listed(place, [place]).items()},
        "fonts": [
            {"family": face.family, "weight": face.weight, "style": face.style, "file": f"fonts/{face.file}"}
            for face in styles.faces
        ],
        "engine": {
            name: of for name, of in _listed(ENGINE, [ENGINE]).items() if name.endswith((".py", ".java", ".smk"))
        },
        "tools": _tools(),
    }


def _files(places: Iterable[Path]) -> list[Path]:
    found = (path for place in places for path in ([place] if place.is_file() else place.rglob("*")))
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _listed(root: Path, places: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): digest(path) for path in _files(places)}


def _tools() -> dict[str, Any]:
    """Return the versions of what made the release: Python, its packages, Pandoc, and the libraries that set type."""
    return {
        "python": platform.python_version(),
        "pandoc": str(pypandoc.get_pandoc_version()),
        **{name: version for name, version in _libraries().items() if version},
        "packages": dict(sorted({one.name.lower(): one.version for one in distributions()}.items())),
    }


def _libraries() -> dict[str, str]:
    """Ask Pango, HarfBuzz and Fontconfig, which WeasyPrint loads, for their versions."""
    found = {}
    for name, library, function in (
        ("pango", "pango-1.0", "pango_version_string"),
        ("harfbuzz", "harfbuzz", "hb_version_string"),
    ):
        if place := ctypes.util.find_library(library):
            ask = getattr(ctypes.CDLL(place), function)
            ask.restype = ctypes.c_char_p
            found[name] = ask().decode()
    if place := ctypes.util.find_library("fontconfig"):
        number = ctypes.CDLL(place).FcGetVersion()
        found["fontconfig"] = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    return found
