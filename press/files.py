"""The book's own files, and no others, are read; what is written appears whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

MAX_TEXT = 20_000_000  # bytes: more than a shelf of books
UNFINISHED = ".unfinished"  # how the names end that files and folders have while they are written


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
    with opened(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write; when the block ends well it takes the place of `path` in one step."""
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(UNFINISHED, f".{path.name}.", path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path` to fill; when the block ends well it takes the place of `path`."""
    with _naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(UNFINISHED, f".{path.name}.", path.parent))
        os.chmod(fresh, 0o755)
        try:
            yield fresh
            old = Path(tempfile.mkdtemp(UNFINISHED, f".{path.name}.", path.parent))
            with suppress(FileNotFoundError):
                os.replace(path, old)
            try:
                os.replace(fresh, path)
            except OSError:
                os.replace(old, path)
                raise
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let what the system says of the writing of `path` name that, and not what it is called until it is whole."""
    try:
        yield
    except OSError as error:
        if error.filename is None or UNFINISHED in str(error.filename):
            error.filename, error.filename2 = str(path), None
        raise


def digest(room: Path) -> str:
    """Return the digest of all files below the folder `room`, with their names."""
    whole = hashlib.sha256()
    for path in sorted(path for path in room.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(room)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def sweep(room: Path) -> None:
    """Remove what was being written below the folder `room` when its writer was killed."""
    for stray in sorted(room.rglob(f".*{UNFINISHED}")):
        if stray.is_dir():
            shutil.rmtree(stray, ignore_errors=True)
        else:
            stray.unlink(missing_ok=True)
