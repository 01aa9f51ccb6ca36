"""A pulled plug costs nothing: killed, out of space, shut out; the next run makes the bytes of an undisturbed one."""

from __future__ import annotations

import os
import random
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from conftest import HOME, snakemake
from test_workflow import digests, start

MADE = ["knotenschule.epub", "knotenschule.pdf"]  # what a disturbed run is to make again


def test_a_hundred_kills_of_stages(own_book: Path) -> None:
    """Whatever is there after a kill is whole, and is what an undisturbed run makes."""
    done = subprocess.run(
        [sys.executable, "tests/plug.py", str(own_book), "7", "100"], cwd=HOME, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["100 kills"], done.stdout + done.stderr
    assert not list(own_book.rglob("*.unfinished"))


def test_eight_kills_of_runs(small_book: Path, own_book: Path) -> None:
    """Killed with all children, at eight moments of a build; the run after them ends with the same bytes."""
    snakemake(own_book, "clean")
    for tenths in random.Random(2).sample(range(8, 50), 8):
        build = start(own_book)
        time.sleep(tenths / 10)
        os.killpg(build.pid, signal.SIGKILL)
        build.wait()
    snakemake(own_book, "all")
    assert digests(own_book) == digests(small_book)
    assert not [path for path in own_book.rglob("*.unfinished") if "html" not in path.parts]


def again(book: Path) -> None:
    """Let the next run make some editions again."""
    for name in MADE:
        (book / "build" / "seals" / name).unlink()


def namespace(*words: str) -> list[str] | None:
    """Return a command in which mounts may be made that nobody else sees; None where the system does not allow it."""
    command = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    try:
        allowed = (
            subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0
        )
    except FileNotFoundError:
        allowed = False
    return [*command, *words] if allowed else None


def build(book: Path, *words: str) -> list[str]:
    """Return the command of a build whose own notes (.snakemake) lie beside the book, on its disk."""
    options = ["--snakefile", str(HOME / "Snakefile"), "--directory", str(book), "--config", f"book={book}"]
    return [sys.executable, "-m", "snakemake", *(words or ("all",)), *options]


def failed(done: subprocess.CompletedProcess[str], says: str) -> None:
    """Check that a run failed, and said why of each job that failed, on lines that an author understands."""
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "Traceback" not in said
    jobs = said.split("failed: ")[1:]
    assert jobs, said
    for job in jobs:
        reasons = [line for line in job.splitlines()[1:] if line.startswith("    ")]
        assert reasons and says in reasons[-1], said  # before it stands how far the job came


def test_no_space_left(small_book: Path, tmp_path: Path) -> None:
    """On a disk of its own that is full: the editions stay; with space again, the same bytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if (command := namespace(sys.executable, "tests/full_disk.py", str(disk), str(small_book))) is None:
        return  # the next test has files that cannot grow
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_that_cannot_grow(small_book: Path, own_book: Path) -> None:
    """No file may be larger than 100 kB, which ends a write in its midst."""
    again(own_book)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(build(own_book), cwd=HOME, preexec_fn=limit, capture_output=True, text=True)
    failed(done, "File too large")
    assert digests(own_book) == digests(small_book)
    subprocess.run(build(own_book), cwd=HOME, check=True, capture_output=True)
    assert digests(own_book) == digests(small_book)


def shut_by_mount(room: Path) -> list[str] | None:
    """Return a command that runs another while the folder `room` is mounted read-only."""
    place = shlex.quote(str(room))
    return namespace("sh", "-c", f'mount --bind {place} {place} && mount -o remount,ro,bind {place} && exec "$@"', "sh")


def test_a_build_folder_that_cannot_be_written(small_book: Path, own_book: Path) -> None:
    again(own_book)
    room = own_book / "build"
    command = shut_by_mount(room) if os.geteuid() == 0 else []
    if command is None:  # root who may not mount
        shutil.rmtree(room)
        room.write_text("not a folder", encoding="utf-8")
        command = []
    elif not command:
        room.chmod(0o500)
    done = subprocess.run([*command, *build(own_book)], cwd=HOME, capture_output=True, text=True)
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if "profile" not in line]
    assert len(lines) == 1 and lines[0].startswith(str(room)), done.stderr
    assert lines[0].endswith(": nothing can be built here")
    if room.is_dir():
        room.chmod(0o755)
        assert digests(own_book) == digests(small_book)
        subprocess.run(build(own_book), cwd=HOME, check=True, capture_output=True)
        assert digests(own_book) == digests(small_book)
