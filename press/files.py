"""The book's own files, and no others, are read; what is written appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_TEXT = 20_000_000  # bytes: more than a shelf of books


def inside(book: Path, name: str) -> Path:
    """Return the path of the book's file `name`. Raises ValueError where it is no file inside of the book's folder."""
    path = book / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not path.resolve().is_relative_to(book.resolve()):
        raise ValueError(f"{name} leads out of the book's folder")
    if not path.is_file():
        raise ValueError(f"{name} does not exist")
    return path


def text_of(book: Path, name: str) -> str:
    """Return the text of the book's file `name`. Raises ValueError as `inside` does, and where it is not UTF-8."""
    data = inside(book, name).read_bytes()
    if len(data) > MAX_TEXT:
        raise ValueError(f"{name} is {len(data):,} bytes long, which no text is")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(f"line {line} is not UTF-8: save the file in this encoding") from None


def write(path: Path, content: str | bytes) -> None:
    """Put `content` at `path` in one step: a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path` to fill; when the block ends well it takes the place of `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    os.chmod(fresh, 0o755)
    try:
        yield fresh
        shutil.rmtree(path, ignore_errors=True)
        os.replace(fresh, path)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
