"""What the Snakefile has to know: where the files of a book lie, and which files of the engine a rule depends on."""

from __future__ import annotations

import atexit
import os
import re
import resource
import shlex
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, cached_property
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, NamedTuple

from snakemake.exceptions import WorkflowError

from press import book, files, seals
from press.findings import Refused
from press.locks import busy, hold, writing
from press.paths import GOALS, Paths
from press.release.sources import sources

# The rooms of the engine (paths below press/) that all stages use.
SHARED = (
    "__init__.py findings.py files.py cli galleys.py styles.py yamlfile.py fonts.py kept.py pdfs.py pixels.py".split()
)
# What a stage is made with besides: rooms of the engine, and rooms of the styles.
STAGES = {
    "resolve": ("read resolve book.py prose.py", "galley locales fonts"),
    "sheets": ("sheets pagemap.py folios.py", "pdf fonts"),
    "epub": ("editions/epub pagemap.py folios.py", "epub pdf fonts"),
    # The styles of its sheets: should these fail, it is known to be old.
    "pdf": ("join sheets editions/pdf pagemap.py folios.py", "pdf fonts"),
    "print": ("join sheets editions/print pagemap.py folios.py", "pdf fonts profiles"),
    "cover": ("join editions/print sheets pagemap.py folios.py", "cover fonts profiles"),
    "html": ("editions/web", "web fonts"),
    "docx": ("editions read pagemap.py folios.py", "docx"),
    "preflight": ("check join sheets editions pagemap.py folios.py", "preflight"),
    "check": ("check editions read book.py prose.py pagemap.py folios.py progress.py", "check"),
    "report": (
        "report changes check editions release book.py prose.py pagemap.py folios.py progress.py",
        "report fonts",
    ),
    "release": (". ../Snakefile", "."),  # its manifest names all of the press
}

KEYS = {"against", "book", "catalogue"}


def layout(config: dict[str, str], home: str) -> Layout | House:
    """Return the files of the book, or of the books, that Snakemake's `config` names: book=FOLDER, or catalogue=FILE.

    `home` is the folder of the Snakefile. All paths are relative to the working directory, as Snakemake wants them.
    Raises WorkflowError for any other key, and with every finding where book.yaml or the catalogue is not right.
    """
    if unknown := sorted(set(config) - KEYS):
        known = "'book', a folder, 'catalogue', a file, and 'against', an earlier release of the book"
        raise WorkflowError(f"--config {unknown[0]}=…: the keys are {known}")
    if {"book", "catalogue"} <= set(config):
        raise WorkflowError("--config: either a book or a catalogue")
    try:
        if "catalogue" in config:
            return House(Path(config["catalogue"]), _near(Path(home)))
        return Layout(Path(config.get("book", ".")), _near(Path(home)), config.get("against", ""))
    except Refused as refused:
        raise WorkflowError(str(refused)) from None


class Layout(Paths):
    """The files of one book, and what its jobs have in common. Raises Refused where its book.yaml is not right."""

    single = True

    def __init__(self, folder: Path, home: Path, against: str = "") -> None:
        self.manifest = book.load(folder)
        super().__init__(folder, self.manifest.slug)
        self.home = home
        self._lock: IO[str] | None = None  # while a run has the book
        self._broken: list[Path] = []  # seals that do not hold
        self._styles = styles_of(self.folder, self.home)
        self.styles = options(self._styles)
        previous = self.manifest.previous_release
        self._against = Path(against) if against else self.folder / previous if previous else None

    @property
    def yaml(self) -> Path:
        """The file that says what the book is."""
        return self.folder / "book.yaml"

    @property
    def sources(self) -> list[Path]:
        """What the book is made of: book.yaml, manuscript, references, pictures."""
        texts = [self.folder / "manuscript" / f"{name}.md" for name in book.manuscripts(self.manifest)]
        references = [self.folder / self.manifest.references] if self.manifest.references else []
        pictures = sorted(path for path in (self.folder / "images").rglob("*") if path.is_file())
        return [self.yaml, *texts, *references, *pictures]

    @property
    def earlier(self) -> list[Path]:
        """What the report reads of the release that it compares with."""
        places = [self._against, self._against / "build"] if self._against else []
        names = ("snapshot.json", "galleys/book.json", "sheets/book/pages.json")
        return [place / name for place in places for name in names if (place / name).is_file()]

    @property
    def against(self) -> str:
        """The option that names the release with which the report compares; nothing where there is none."""
        return f"--against {shlex.quote(str(self._against))}" if self._against else ""

    @property
    def environment(self) -> str:
        """What a job's shell begins with: see `environment`. Commands keep there what they find wrong, for `finish`."""
        return f"{environment(self.build)}export PRESS_FINDINGS={shlex.quote(str(self._refused.resolve()))}; "

    @property
    def _refused(self) -> Path:
        return self.build / "logs" / "refused"

    def review(self, workflow: Any) -> None:
        """Let files be told apart by what they hold: break the seals of outputs that are not of this book as it is.

        They are put back at the end where nothing was begun. Raises WorkflowError where build/ cannot be written.
        """
        if workflow.is_main_process and not busy(self.build):
            with writing(self.build):
                self._broken = seals.review(workflow.rules)
            atexit.register(lambda: seals.put_back(self._broken))

    def hold(self) -> None:
        """Take the book for this run; see `hold`."""
        self._lock = hold(self.folder)
        self._broken = []
        files.sweep(self.build)

    def finish(self) -> None:
        """Write the findings of all jobs that refused their work to findings.json and findings.sarif."""
        from press.check import machine

        end_timers()
        if self._lock:
            machine.gather(self._refused, self.build, self.manifest.severity)

    @property
    def editions(self) -> list[Path]:
        """The files of the editions that are always made."""
        return [self.epub, self.pdf, self.print, self.cover]

    @property
    def released(self) -> list[Path]:
        """The files of the editions that a release holds."""
        return [*self.editions, *([self.large] if self._sells_large else []), self.html]

    @cached_property  # what is planned is what is done, though large print may be made the while
    def checked(self) -> list[Path]:
        """The files of the editions that a check reads. Large print is no part of `all`: where it was made once, is
        asked for in the same run, or is sold."""
        asked = bool({"large", str(self.large)} & set(sys.argv[1:]))
        large = [self.large] if asked or self._sells_large or self.large.exists() else []
        return [*self.editions, self.html, *large]

    @property
    def _sells_large(self) -> bool:
        return bool(self.manifest.identifiers.large and "large" in self.manifest.trade.prices)

    @property
    def packed(self) -> list[Path]:
        """The sources that a release holds: more than the book is made of, as what is only kept in its folders."""
        return sources(self.folder, self.manifest)

    def seal(self, file: Path) -> str:
        """Return the seal of a file that is made."""
        return seals.seal_of(self.build, file)

    def seals(self, *made: Path) -> list[str]:
        """Return the seals of files that are made."""
        return [self.seal(file) for file in made]

    def state(self, stage: str) -> Callable[[object, Iterable[str]], str]:
        """Return what tells the seal of a job, for `params`: Snakemake calls it when the job begins.

        It is the digest of the job's inputs, and of the engine and the styles that the stage is made with.
        """
        rooms, styles = (words.split() for words in STAGES[stage])
        made_with = engine_files(self.home, *SHARED, *rooms)
        made_with += sorted(file for folder in self._styles for file in files_of_styles(folder, *styles))

        def state(wildcards: object, input: Iterable[str]) -> str:
            return seals.state([*input, *made_with])

        return state

    def command(self, words: str) -> str:
        """Return the shell command of a job that makes something: the press's, then the seal."""
        return f"{self.press(words)} && echo {{params.state}} > {{output.seal:q}}"

    def press(self, words: str) -> str:
        """Return a command of the press, which says into its log what it has to say."""
        return f"python -m press {self.shell(words)} > {{log[0]:q}} 2>&1"

    def shell(self, words: str) -> str:
        """Return `words` with the files of the book in the place of their names here, such as {galleys}.

        What Snakemake puts in ({output...}, {threads}, ...) is left to it.
        """

        def file(match: re.Match[str]) -> str:
            value = attrgetter(match[1])(self)
            each = value if isinstance(value, list) else [value]
            said = " ".join(one if isinstance(one, str) else shlex.quote(str(one)) for one in each)
            return said.replace("{", "{{").replace("}", "}}")

        return re.sub(r"\{((?!input|output|params|log|threads)[\w.]+)\}", file, words)

    def log(self, name: str) -> Path:
        """Return the log file of a rule."""
        return self.build / "logs" / f"{name}.log"


class House:
    """The files of all books in a catalogue: one job makes one goal (`catalogue/whole.py`) of one book.

    No book.yaml is read to plan the jobs: a book is its folder. A receipt says what was made of it, and the seal of the
    receipt what it was made from.
    """

    single = False

    def __init__(self, file: Path, home: Path) -> None:
        from press import catalogue

        self.catalogue = catalogue.load(file)
        self.home = home
        self.build = self.catalogue.home / "build"
        self.engine = engine_files(home, "")
        self.style_files = sorted(str(path) for path in (home / "styles").rglob("*") if path.is_file())
        self.style_options = options([home / "styles"])
        self.press = str(self.build / "press.json")
        self.locks: list[IO[str]] = []
        self.broken: list[Path] = []  # seals that do not hold

    @property
    def environment(self) -> str:
        """What a job's shell begins with; see Layout."""
        return environment(self.build)

    def workers(self, cores: int) -> int:
        """Return on how many processes a book may be typeset: books come first, what is left is theirs."""
        return max(1, cores // len(self.catalogue.folders))

    def seal(self, file: str) -> str:
        """Return the seal of a file that all books share."""
        return seals.seal_of(self.build, file)

    def each(self, goal: str) -> list[str]:
        """Return the seals of a goal, of all books."""
        return [_sealed(folder, goal) for folder in self.catalogue.folders]

    @property
    def stock(self) -> list[str]:
        """What every book depends on beside its own files."""
        return [self.press, self.seal(self.press)]

    def sources(self, wildcards: Any) -> list[str]:
        """Return every file in the folder of the job's book that no build made, its book.yaml first."""
        folder = Path(wildcards.book)
        found = [str(folder / "book.yaml")] if (folder / "book.yaml").exists() else []
        for path, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if name[0] != "." and Path(path, name) != folder / "build")
            found += [str(Path(path, name)) for name in sorted(names) if name[0] != "."]
        return list(dict.fromkeys(found))

    def before(self, wildcards: Any) -> list[str]:
        """Return the seals of what the goal needs; large print only where the book has an identifier for it."""
        folder, goal = Path(wildcards.book), wildcards.goal
        needed = {"editions": [], "large": ["editions"], "check": ["editions"], "release": ["check"]}[goal]
        if goal == "check":
            with suppress(Refused):
                needed += ["large"] if book.load(folder).identifiers.large else []
        return [_sealed(folder, one) for one in needed]

    def styles_of(self, wildcards: Any) -> str:
        """Return the styles of the job's book, as options."""
        return options(styles_of(Path(wildcards.book), self.home))

    def state(self, wildcards: object, input: Iterable[str]) -> str:
        """Return what tells the seal of a job, for `params`: the digest of its inputs when it begins."""
        return seals.state(input)

    def review(self, workflow: Any) -> None:
        """Break the seals of what is not of its book, or of the press, as they are; see Layout."""
        from press.catalogue import whole

        if not workflow.is_main_process:
            return
        with writing(self.build):
            self._break(Path(self.seal(self.press)), [*self.engine, *self.style_files])
            free = [folder for folder in self.catalogue.folders if not busy(folder / "build")]
            for goal in GOALS:  # in the order in which they depend on each other
                for folder in free:
                    seal = Path(_sealed(folder, goal))
                    if seal.exists():
                        job = _Job(str(folder), goal)
                        inputs = [*self.stock, *self.before(job), *self.sources(job)]
                        self._break(seal, inputs, whole.holds(seals.made(seal), folder))
        atexit.register(lambda: seals.put_back(self.broken))

    def _break(self, seal: Path, inputs: list[str], intact: bool = True) -> None:
        """Break a seal that is not of these inputs, or is one of what is no longer whole."""
        if seal.exists() and not (intact and seals.holds(seal, seals.state(inputs))):
            self.broken.append(seals.put_away(seal))

    def hold(self) -> None:
        """Take every book for this run. Raises WorkflowError where another run has one of them."""
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))  # a lock is an open file
        self.locks = [hold(folder) for folder in self.catalogue.folders]
        seals.sweep(self.broken)
        self.broken = []

    def finish(self) -> None:
        """Write the index of the house over the books that are made."""
        from press.catalogue.index import build
        from press.styles import Styles

        end_timers()
        build(self.catalogue, Styles([self.catalogue.home / "styles", self.home / "styles"]))


class _Job(NamedTuple):
    """What tells a job of a house from others, as Snakemake's wildcards do."""

    book: str
    goal: str


def end_timers() -> None:
    """End the timers of Snakemake's scheduler, which would look for free places once more in up to a second.

    Python waits for them before it ends, and a run that is over has nothing to begin.
    """
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def _sealed(folder: Path, goal: str) -> str:
    return seals.seal_of(folder / "build", folder / "build" / "made" / f"{goal}.json")


def styles_of(folder: Path, home: Path) -> list[Path]:
    """Return the styles folders of the book in `folder`: its own over those of the press."""
    return [path for path in dict.fromkeys([folder / "styles", home / "styles"]) if path.is_dir()]


def options(styles: list[Path]) -> str:
    """Return styles folders as the commands of the press take them."""
    return " ".join(f"--styles {shlex.quote(str(path))}" for path in styles)


def environment(build: Path) -> str:
    """Return what a job's shell begins with: its `python` is the one that runs Snakemake, its cache lies in `build`."""
    programs, kept = Path(sys.executable).parent, build.resolve() / "cache"
    return f"export PATH={shlex.quote(str(programs))}:$PATH PRESS_CACHE={shlex.quote(str(kept))}; "


@cache
def engine_files(home: Path, *rooms: str) -> list[str]:
    """Return the files of the engine's rooms (paths below press/), and the lock of what it stands on."""
    found = set(map(str, home.glob("requirements.lock")))
    for path in (home / "press" / room for room in rooms):
        found |= {file for file in _below(path) if file.endswith(".py")} if path.is_dir() else {str(path)}
    return sorted(found)


@cache
def files_of_styles(folder: Path, *rooms: str) -> frozenset[str]:
    """Return the files that lie in a styles folder itself, and those below its rooms."""
    found = {str(path) for path in folder.glob("*") if path.is_file()}
    return frozenset(found.union(*(_below(folder / room) for room in rooms)))


@cache
def _below(folder: Path) -> list[str]:
    """Return all files below a folder."""
    return [os.path.join(path, name) for path, _, names in os.walk(folder) for name in names]


def _near(path: Path) -> Path:
    """Return `path` relative to the working directory where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path
