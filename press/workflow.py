"""What the Snakefile has to know: where the files of a book lie, and which files of the engine a rule depends on."""

from __future__ import annotations

import fcntl
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

from press import book
from press.findings import Refused

# The rooms that more than one stage uses.
SHARED = ("findings.py", "files.py", "cli.py")
MODEL = ("galleys.py", "styles.py", "fonts.py", "pixels.py")


class Layout:
    """The files of one book.

    `config` is Snakemake's: its only key is `book`, the book's folder. `home` is the folder of the Snakefile. All paths
    are relative to the working directory, as Snakemake wants them. Raises WorkflowError for any other key, and with
    every finding where book.yaml is not right.
    """

    def __init__(self, config: dict[str, str], home: str) -> None:
        if unknown := sorted(set(config) - {"book"}):
            raise WorkflowError(f"--config {unknown[0]}=…: the only key is 'book', the folder of a book")
        self.folder = Path(config.get("book", "."))
        self.home = _near(Path(home))
        try:
            self.manifest = book.load(self.folder)
        except Refused as refused:
            raise WorkflowError(str(refused)) from None
        self.build = self.folder / "build"
        self.names = book.manuscripts(self.manifest)
        self.styles = [path for path in dict.fromkeys([self.folder / "styles", self.home / "styles"]) if path.is_dir()]
        self.style_options = " ".join(f"--styles {path}" for path in self.styles)
        slug = self.manifest.slug
        self.epub = str(self.build / f"{slug}.epub")
        self.pdf = str(self.build / f"{slug}.pdf")
        self.print = str(self.build / f"{slug}-print.pdf")
        self.cover = str(self.build / f"{slug}-cover.pdf")
        self.html = str(self.build / "html" / "index.html")
        self.downloads = str(self.build / "html" / "downloads.html")
        self.large = str(self.build / f"{slug}-large.pdf")
        self.galleys = str(self.build / "galleys" / "book.json")

    @property
    def environment(self) -> str:
        """What a job's shell begins with, so that its `python` is the one that runs Snakemake."""
        return f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; "

    def hold(self) -> None:
        """Take the book for this run; the kernel gives it free when the run ends, however it ends.

        Raises WorkflowError where another run has it.
        """
        self.build.mkdir(exist_ok=True)
        file = (self.build / ".lock").open("w", encoding="utf-8")  # stays open while the run lasts
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise WorkflowError(f"{self.folder}: another build of this book is running") from None
        self._lock = file  # closing the file would give up the lock

    @property
    def released(self) -> list[str]:
        """The files of the editions that a release holds; large print where book.yaml has an identifier for it."""
        large = [self.large] if self.manifest.identifiers.large else []
        return [self.epub, self.pdf, self.print, self.cover, *large, self.html]

    def log(self, name: str) -> str:
        """Return the log file of a rule."""
        return str(self.build / "logs" / f"{name}.log")

    def inputs(self, *rooms: str) -> list[str]:
        """Return the files of the engine's rooms (paths below press/), so that editing the engine rebuilds."""
        paths = [self.home / "press" / room for room in rooms]
        return sorted(str(file) for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path]))

    def style_files(self, *rooms: str) -> list[str]:
        """Return the tokens and fonts, and the files below the given rooms of the styles folders."""
        files: set[Path] = set()
        for folder in self.styles:
            files |= {path for path in folder.glob("*") if path.is_file()}
            for room in rooms:
                files |= {path for path in (folder / room).rglob("*") if path.is_file()}
        return sorted(map(str, files))

    @property
    def images(self) -> list[str]:
        """The pictures in the book's images folder."""
        return sorted(str(path) for path in (self.folder / "images").rglob("*") if path.is_file())

    @property
    def art(self) -> list[str]:
        """The pictures on the cover, if the book has any."""
        return [str(self.folder / name) for name in (self.manifest.cover, self.manifest.cover_art) if name]

    @property
    def references(self) -> list[str]:
        """The reference file, if the book has one."""
        return [str(self.folder / self.manifest.references)] if self.manifest.references else []


def _near(path: Path) -> Path:
    """Return `path` relative to the working directory where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
