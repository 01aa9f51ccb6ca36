"""`python tests/full_disk.py DISK BOOK`, where mounts are private: a full disk at DISK, and a copy of BOOK on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_plug import again, build, digests, failed


def main(disk: Path, book: Path) -> None:
    """Fill the disk, build, make room, build again; each time the editions are those of the book."""
    size = sum(path.stat().st_size for path in book.rglob("*") if path.is_file())
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={2 * size + 8_000_000}", "none", str(disk)], check=True)
    own, ballast = disk / "own", disk / "ballast"
    shutil.copytree(book, own)
    again(own)
    for left in (0, 150_000):  # not a page; and too little for an edition
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - left)
        done = subprocess.run(build(own), capture_output=True, text=True)
        failed(done, "No space left on device")
        assert digests(own) == digests(book), "the editions are as they were"
    ballast.unlink()
    subprocess.run(build(own), check=True, capture_output=True)
    assert digests(own) == digests(book), "the editions are whole"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
