"""What the Snakefile has to know: where the files of a book lie, and which files of the engine a rule depends on."""

from __future__ import annotations

import fcntl
import resource
import shlex
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from snakemake.exceptions import WorkflowError

from press import book, catalogue
from press.findings import Refused

# The rooms that more than one stage uses.
SHARED = ("findings.py", "files.py", "cli")
MODEL = ("galleys.py", "styles.py", "fonts.py", "pixels.py")


# What a layout calls an input: the files, or in a catalogue what tells them from Snakemake's wildcards.
Files = list[str] | Callable[[Any], list[str]]
KEYS = {"book", "catalogue"}


def layout(config: dict[str, str], home: str) -> Layout | House:
    """Return the files of the book, or of the books, that Snakemake's `config` names: book=FOLDER, or catalogue=FILE.

    `home` is the folder of the Snakefile. All paths are relative to the working directory, as Snakemake wants them.
    Raises WorkflowError for any other key, and with every finding where book.yaml or the catalogue is not right.
    """
    if unknown := sorted(set(config) - KEYS):
        raise WorkflowError(f"--config {unknown[0]}=…: the keys are 'book', a folder, and 'catalogue', a file")
    if len(config) > 1:
        raise WorkflowError("--config: either a book or a catalogue")
    try:
        if "catalogue" in config:
            return House(Path(config["catalogue"]), _near(Path(home)))
        return Layout(Path(config.get("book", ".")), _near(Path(home)))
    except Refused as refused:
        raise WorkflowError(str(refused)) from None


class Layout:
    """The files of one book. Raises Refused with every finding where its book.yaml is not right."""

    single = True

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home
        self._lock: TextIO | None = None  # while a run has the book
        self.manifest = book.load(self.folder)
        self.build = self.folder / "build"
        self.names = book.manuscripts(self.manifest)
        self.styles = [path for path in dict.fromkeys([self.folder / "styles", self.home / "styles"]) if path.is_dir()]
        self.style_options = " ".join(f"--styles {shlex.quote(str(path))}" for path in self.styles)
        slug = self.manifest.slug
        self.epub = str(self.build / f"{slug}.epub")
        self.pdf = str(self.build / f"{slug}.pdf")
        self.print = str(self.build / f"{slug}-print.pdf")
        self.cover = str(self.build / f"{slug}-cover.pdf")
        self.docx = str(self.build / f"{slug}.docx")
        self.html = str(self.build / "html" / "index.html")
        self.downloads = str(self.build / "html" / "downloads.html")
        self.large = str(self.build / f"{slug}-large.pdf")
        self.galleys = str(self.build / "galleys" / "book.json")

    @property
    def environment(self) -> str:
        """What a job's shell begins with: see `environment`. Commands keep there what they find wrong, for `finish`."""
        return f"{environment(self.build)}export PRESS_FINDINGS={shlex.quote(str(self._refused.resolve()))}; "

    @property
    def _refused(self) -> Path:
        return self.build / "logs" / "refused"

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

    def finish(self) -> None:
        """Write the findings of all jobs that refused their work to findings.json and findings.sarif."""
        from press.check import machine

        if self._lock:
            machine.gather(self._refused, self.build, self.manifest.severity)

    @property
    def wildcards(self) -> dict[str, str]:
        """What the wildcards of the Snakefile may be, as regular expressions."""
        return {"name": "|".join(self.names)}

    @property
    def read(self) -> list[str]:
        """What is read of each manuscript file."""
        return [str(self.build / "read" / f"{name}.json") for name in self.names]

    def made(self, *editions: str) -> list[str]:
        """Return the files of editions, by the names of the properties here."""
        return [getattr(self, edition) for edition in editions]

    each = made

    def room(self, name: str) -> Path:
        """Return the folder `name` of the build."""
        return self.build / name

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
        return engine_files(self.home, *rooms)

    def style_files(self, *rooms: str) -> list[str]:
        """Return the tokens and fonts, and the files below the given rooms of the styles folders."""
        return sorted(file for folder in self.styles for file in files_of_styles(folder, *rooms))

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


class House:
    """The files of all books in a catalogue: patterns with the wildcards `book`, a folder, and `slug`.

    It stands where a Layout stands: what that knows of its one book, this asks the wildcards. A book is only read when
    a job of it is planned, so that a job on the node of a cluster reads one book and not all of them.
    """

    single = False

    def __init__(self, file: Path, home: Path) -> None:
        self.catalogue = catalogue.load(file)
        self.home = home
        self.of = cache(lambda folder: Layout(Path(folder), home))
        self.folder = Path("{book}")
        self.build = self.folder / "build"
        # A slug ends before what is added to it for an edition.
        self.wildcards = {"book": ".+", "name": r"[\w-]+", "slug": r"[a-z0-9-]+(?<!-print)(?<!-cover)(?<!-large)"}
        slug = str(self.build / "{slug}")
        self.epub, self.pdf, self.docx = f"{slug}.epub", f"{slug}.pdf", f"{slug}.docx"
        self.print, self.cover, self.large = f"{slug}-print.pdf", f"{slug}-cover.pdf", f"{slug}-large.pdf"
        self.html, self.downloads = str(self.build / "html/index.html"), str(self.build / "html/downloads.html")
        self.galleys = str(self.build / "galleys/book.json")

    @property
    def environment(self) -> str:
        """What a job's shell begins with; see Layout."""
        return environment(self.catalogue.home / "build")

    def each(self, *editions: str) -> Files:
        """Return editions of all books; in the place of a book whose book.yaml is wrong, the job that says so."""
        return lambda _: [file for folder in self.catalogue.folders for file in self._wanted(folder, editions)]

    def _wanted(self, folder: Path, editions: tuple[str, ...]) -> list[str]:
        try:
            return self.of(str(folder)).made(*editions)
        except Refused:
            return [str(folder / "build" / "manifest.ok")]

    def made(self, *editions: str) -> Files:
        """Return the files of editions of the job's book."""
        return lambda wildcards: self.of(wildcards.book).made(*editions)

    def style_files(self, *rooms: str) -> Files:
        """Return the files below rooms of the styles folders, those of the job's book among them."""
        return lambda wildcards: self.of(wildcards.book).style_files(*rooms)

    def __getattr__(self, name: str) -> Any:
        """What a Layout has as a list, or as words, and is another for each book."""
        if name not in ("read", "references", "images", "art", "released", "style_options"):
            raise AttributeError(name)
        return lambda wildcards: getattr(self.of(wildcards.book), name)

    def inputs(self, *rooms: str) -> list[str]:
        """Return the files of the engine's rooms."""
        return engine_files(self.home, *rooms)

    def room(self, name: str) -> Callable[[Any], Path]:
        """Return the folder `name` of the build of the job's book."""
        return lambda wildcards: self.of(wildcards.book).room(name)

    def log(self, name: str) -> str:
        """Return the log file of a rule; one that makes a file named by the slug has it in the log's name too."""
        slug = "-{slug}" if name in ("epub", "pdf", "print", "cover", "large", "docx") else ""
        return str(self.build / "logs" / f"{name}{slug}.log")

    def hold(self) -> None:
        """Take every book for this run. Raises WorkflowError where another run has one of them."""
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))  # a lock is an open file
        for folder in self.catalogue.folders:
            try:
                self.of(str(folder)).hold()
            except Refused:
                continue

    def finish(self) -> None:
        """Write the index of the house over the books that are made."""
        from press.catalogue.index import build
        from press.styles import Styles

        build(self.catalogue, Styles([self.catalogue.home / "styles", self.home / "styles"]))


def environment(build: Path) -> str:
    """Return what a job's shell begins with: its `python` is the one that runs Snakemake, its cache lies in `build`."""
    programs, kept = Path(sys.executable).parent, build.resolve() / "cache"
    return f"export PATH={shlex.quote(str(programs))}:$PATH PRESS_CACHE={shlex.quote(str(kept))}; "


@cache
def engine_files(home: Path, *rooms: str) -> list[str]:
    """Return the files of the engine's rooms (paths below press/)."""
    paths = [home / "press" / room for room in rooms]
    return sorted(str(file) for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path]))


@cache
def files_of_styles(folder: Path, *rooms: str) -> frozenset[str]:
    """Return the files that lie in a styles folder itself, and those below its rooms."""
    found = {path for path in folder.glob("*") if path.is_file()}
    found |= {path for room in rooms for path in (folder / room).rglob("*") if path.is_file()}
    return frozenset(map(str, found))


def _near(path: Path) -> Path:
    """Return `path` relative to the working directory where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
