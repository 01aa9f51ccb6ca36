"""The manifest of a release: from what, and with what, it was made, so that anyone can make it again and compare."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import json
import platform
import re
import subprocess
import zlib
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pypandoc

from press.book import Manifest
from press.check.record import Record
from press.release.sources import sources
from press.styles import Styles

FILE = "manifest.json"
ENGINE = Path(__file__).parent.parent
HOME = ENGINE.parent
LOCK = HOME / "requirements.lock"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: Path) -> str:
    """Return the checksums of all files in a folder, as `sha256sum --check` reads them."""
    return "".join(f"{of}  {name}\n" for name, of in listed(folder).items())


def describe(folder: Path, manifest: Manifest, styles: Styles, records: list[Record], made: Path) -> str:
    """Return the manifest of the release of the book in `folder` as JSON; `made` is the folder of what was made.

    It holds no time and no place: whoever makes the same bytes with the same tools has the same manifest.
    """
    about: dict[str, Any] = {
        "book": {name: str(getattr(manifest, name)) for name in ("slug", "title", "edition", "version", "date")},
        "identifiers": manifest.identifiers.model_dump(exclude_none=True),
        "files": listed(made),
        "sources": _digests(folder, sources(folder, manifest)),
        "revision": _revision(),
        **press(styles),
        "checks": [one.model_dump(exclude_defaults=True) for record in records for one in record.tested],
    }
    return json.dumps(about, ensure_ascii=False, indent=1) + "\n"


def press(styles: Styles) -> dict[str, Any]:
    """Return what a book is made with: the digests of styles and engine, the faces, the versions of the tools."""
    return {
        "styles": {name: of for place in reversed(styles.folders) for name, of in listed(place).items()},
        "fonts": [
            {"family": face.family, "weight": face.weight, "style": face.style, "file": f"fonts/{face.file}"}
            for face in styles.faces
        ],
        "engine": _digests(HOME, _engine()),
        "tools": _tools(),
    }


def _engine() -> list[Path]:
    code = [path for path in _below(ENGINE) if path.suffix in (".py", ".java", ".smk")]
    return [*(path for path in (HOME / "Snakefile", LOCK) if path.is_file()), *code]


def listed(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder by its name there."""
    return _digests(folder, _below(folder))


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _digests(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): digest(path) for path in paths}


def _revision() -> str:
    """Return the commit of the press by which its files are to be found; nothing where it is no working copy."""
    command = ["git", "-C", str(HOME), "rev-parse", "--show-toplevel", "HEAD"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return said[1] if Path(said[0]) == HOME.resolve() else ""


def _tools() -> dict[str, Any]:
    """Return the versions of what made the release: Python, its packages, Pandoc, and the libraries that set type.

    Of the packages those that the lock names, which are all that take part in it.
    """
    lock = LOCK.read_text(encoding="utf-8") if LOCK.is_file() else ""
    locked = {_plain(name) for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}
    installed = {_plain(one.name): one.version for one in distributions()}
    return {
        "python": platform.python_version(),
        "pandoc": str(pypandoc.get_pandoc_version()),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: version for name, version in _libraries().items() if version},
        "packages": {name: of for name, of in sorted(installed.items()) if not locked or name in locked},
    }


def _plain(name: str) -> str:
    """Return the name of a package as all spell it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


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
