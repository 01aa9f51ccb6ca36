"""book.yaml: what a book is, and the order of its parts."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from press import files, yamlfile
from press.findings import RULES, Finding, Refused, Severity
from press.prose import Prose

if TYPE_CHECKING:
    from press.galleys import Matter

MARC_ROLES = "aut ill edt trl bkd pbl ins ctb aui anl cov art pht rev win".split()


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _known_role(role: str) -> str:
    if role not in MARC_ROLES:
        raise ValueError(f"'{role}' is not one of the MARC relator codes {', '.join(MARC_ROLES)}")
    return role


def _known_rule(rule: str) -> str:
    if rule not in RULES:
        raise ValueError(f"'{rule}' is not one of the checks {', '.join(RULES)}")
    return rule


def _entry(name: str) -> str:
    if not re.fullmatch(r"[\w-]+(\.md)?", name):
        raise ValueError(f"'{name}' is neither a file of manuscript/ (NAME.md) nor the name of a generated page")
    return name


Entry = Annotated[str, AfterValidator(_entry)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=_kebab)


class Contributor(_Strict):
    """Somebody behind the book. `role` is a MARC relator code; `file-as` is the name as it is sorted."""

    name: str
    kind: Literal["person", "body"] = "person"
    role: Annotated[str, AfterValidator(_known_role)]
    file_as: str = ""


class Trim(_Strict):
    """The size of a page after trimming, and the bleed around it, in mm."""

    width: float = Field(gt=50, lt=500)
    height: float = Field(gt=50, lt=500)
    bleed: float = Field(default=3, ge=0, le=10)


Hyphened = Annotated[str, Field(pattern=r"^[^\W\d_]+(-[^\W\d_]+)*$")]


class Stock(_Strict):
    """The paper of the text block: its name and the thickness of a leaf in mm."""

    name: str
    caliper: float = Field(gt=0, lt=1)


class Intent(_Strict):
    """What the presses are set to: the name of the condition in the ICC's registry, and its profile.

    The profile is the file styles/profiles/NAME.icc, of the book or of the press.
    """

    condition: str = Field(min_length=1)
    profile: str = Field(pattern=r"^[\w-]+$")


class Spot(_Strict):
    """A fifth ink in place of the process red: its name, and how it looks in CMYK, such as "0 .8 .82 .1"."""

    name: str = Field(min_length=1)
    ink: str = Field(pattern=r"^([01]|0?\.\d+)( ([01]|0?\.\d+)){3}$")


class Printing(_Strict):
    """How the book is printed: pages a signature (blank ones are added at the end), marks, conditions, spot colour."""

    signature: int = Field(default=4, ge=1, le=128)
    crop_marks: bool = False
    text: Intent = Intent(condition="FOGRA47", profile="FOGRA47L_uncoated")
    cover: Intent = Intent(condition="FOGRA39", profile="FOGRA39L_coated")
    spot: Spot | None = None


class Identifiers(_Strict):
    """One identifier for each edition: `urn:isbn:…` or, until there is one, `urn:uuid:…`."""

    epub: str = Field(pattern=r"^urn:(isbn|uuid):")
    pdf: str = Field(pattern=r"^urn:(isbn|uuid):")
    print: str = Field(pattern=r"^urn:(isbn|uuid):")
    html: str = Field(pattern=r"^urn:(isbn|uuid):")
    large: str | None = Field(default=None, pattern=r"^urn:(isbn|uuid):")  # large print, where there is such an edition


class Trade(_Strict):
    """What a bookseller asks. Codes are those of Thema (www.editeur.org/151/Thema) and of BISAC, the main one first.

    Prices are written "9.99 EUR" or "free", for each edition; `tax` says whether they include it. A draft may leave all
    of it open, a release may not (press/release/trade.py).
    """

    prices: dict[Literal["epub", "pdf", "print", "large", "html"], str] = {}
    fixed: bool = False  # whether the law holds shops to the price
    tax: Literal["included", "excluded"] = "included"
    thema: list[str] = []
    bisac: list[str] = []
    audience: Literal["general", "children", "teenage", "professional", "tertiary"] = "general"
    binding: Literal["paperback", "hardback"] = "paperback"
    country: str = Field(default="", pattern=r"^([A-Z]{2})?$")  # of publication
    email: str = Field(default="", pattern=r"^(\S+@\S+)?$")  # of who answers for the record


class Series(_Strict):
    """The series that the book belongs to, and its number there, if it has one."""

    name: str = Field(min_length=1)
    number: int | None = Field(default=None, ge=1)


class Manifest(_Strict):
    """The whole of book.yaml. Keys are written with hyphens there."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    subtitle: str = ""
    description: str
    language: Language
    direction: Literal["ltr", "rtl"] = "ltr"
    contributors: list[Contributor] = Field(min_length=1)
    rights: str
    licence: str = ""
    imprint: str
    url: str = Field(default="", pattern=r"^(https?://[^\s/]+(/\S*)?)?$")  # where the web edition is put, if anywhere
    subjects: list[str] = []
    series: Series | None = None
    identifiers: Identifiers
    edition: str
    version: str
    date: datetime.date
    cover: str = ""  # a whole picture; without one the styles set the title, over cover_art if there is any
    cover_art: str = ""
    trim: Trim
    stock: Stock
    printing: Printing = Printing()
    references: str = ""
    front_matter: list[Entry] = []
    chapters: list[Entry] = Field(min_length=1)
    appendices: list[Entry] = []
    back_matter: list[Entry] = []
    shared: list[str] = []
    chapter_keys: list[str] = []
    boxes: dict[str, str] = {}
    hyphenation: list[Hyphened] = []  # ther-a-pist: where it may be broken; a word without hyphens is never broken
    labels: dict[str, str] = {}
    abbreviations: dict[str, str] = {}
    prose: Prose | None = None
    severity: dict[Annotated[str, AfterValidator(_known_rule)], Severity] = {}  # of what a check finds: error if unsaid
    trade: Trade = Trade()
    previous_release: str = ""  # the folder of an earlier release, in that of the book: the report tells what changed
    words_per_minute: int = Field(default=230, gt=50, lt=1000)


class Part(NamedTuple):
    """An entry of the book's order: its name, where it stands, and what it is unless its header says otherwise."""

    name: str
    matter: Matter
    type: str

    @property
    def is_manuscript(self) -> bool:
        """Whether the part is written by the author, not generated."""
        return self.name.endswith(".md")


def load(folder: Path) -> Manifest:
    """Read and validate `folder`/book.yaml. Raises Refused with every finding, each with its line."""
    if not (folder / "book.yaml").is_file():
        raise Refused([Finding("book.yaml", 0, f"there is no book.yaml in {folder}")])
    try:
        text = files.text_of(folder, "book.yaml")
    except ValueError as error:
        raise Refused([Finding("book.yaml", 0, str(error))]) from None
    lined, findings = yamlfile.parse(text, "book.yaml")
    manifest, more = yamlfile.validate(Manifest, lined, "book.yaml")
    findings += more
    if manifest:
        findings += _check_files(folder, manifest, lined)
    if findings or not manifest:
        raise Refused(findings or [Finding("book.yaml", 1, "the file is empty")])
    return manifest


def _check_files(folder: Path, manifest: Manifest, lined: yamlfile.Lined) -> list[Finding]:
    """Find entries that stand twice, and files that are not there or lie outside of the book."""
    findings = []
    seen: set[str] = set()
    for key in ("front-matter", "chapters", "appendices", "back-matter"):
        for index, name in enumerate(lined.value.get(key, [])):
            line = lined.line((key, index))
            if name in seen:
                findings.append(Finding("book.yaml", line, f"'{name}' stands twice in the order of the book"))
            seen.add(name)
            if name.endswith(".md"):
                findings += _check_file(folder, f"manuscript/{name}", line)
    if manifest.previous_release:
        findings += _check_previous(folder, manifest.previous_release, lined.line(("previous-release",)))
    if manifest.references:
        findings += _check_file(folder, manifest.references, lined.line(("references",)))
    if manifest.prose and manifest.prose.dictionary:
        findings += _check_file(folder, manifest.prose.dictionary, lined.line(("prose", "dictionary")))
    return findings


def _check_previous(folder: Path, name: str, line: int) -> list[Finding]:
    place = (folder / name).resolve()
    if not place.is_relative_to(folder.resolve()):
        return [Finding("book.yaml", line, f"{name} leads out of the book's folder")]
    return [] if place.is_dir() else [Finding("book.yaml", line, f"{name} does not exist")]


def _check_file(folder: Path, name: str, line: int) -> list[Finding]:
    try:
        files.inside(folder, name)
    except ValueError as error:
        return [Finding("book.yaml", line, str(error))]
    return []


def parts(manifest: Manifest) -> list[Part]:
    """Return every part of the book in reading order."""
    order: list[tuple[list[Entry], Matter, str]] = [
        (manifest.front_matter, "front", "preface"),
        (manifest.chapters, "body", "chapter"),
        (manifest.appendices, "back", "appendix"),
        (manifest.back_matter, "back", "afterword"),
    ]
    return [Part(name, matter, kind) for names, matter, kind in order for name in names]


def manuscripts(manifest: Manifest) -> list[str]:
    """Return the stems of the manuscript files in reading order: `06-hip` for manuscript/06-hip.md."""
    return [part.name.removesuffix(".md") for part in parts(manifest) if part.is_manuscript]
