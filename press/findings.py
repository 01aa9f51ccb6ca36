"""Findings: what is wrong with a book, and where.

Every stage reports in this one form, `file:line: message`, and gathers all of its findings before it gives up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lxml import etree

Severity = Literal["error", "warning", "note"]

# What can be wrong, by the stage or check that says so. `severity` in book.yaml speaks of checks by these names.
RULES = {
    "read": "A manuscript file can be read",
    "resolve": "Notes, citations, references, pictures and book.yaml are right",
    "sheets": "The pages can be set",
    "edition": "An edition can be made",
    "import": "A manuscript comes over whole",
    "edited": "What an editor changed is in the manuscript",
    "spelling": "Every word is in a dictionary",
    "repeats": "No word and no sentence stands twice",
    "boxes": "Chapters have the boxes that the book asks for",
    "grade": "Chapters are as easy to read as the book asks for",
    "numbers": "Numbers in the text have a source",
    "references": "As many works are cited as the book asks for",
    "epubcheck": "The EPUB is valid",
    "ace": "The EPUB is accessible (DAISY Ace)",
    "access": "The EPUB is what it says of its accessibility",
    "weight": "The EPUB's pictures and fonts are light enough for old readers",
    "pdf": "The PDF for screens is complete",
    "composition": "No page of a PDF has a widow, an orphan, a stranded heading or a ladder of hyphens",
    "verapdf": "The PDF for screens is PDF/UA-1 and PDF/A-2a",
    "print": "The PDF for the printer passes preflight",
    "cover": "The cover for the printer passes preflight",
    "release": "A release can be made",
    "web": "The web edition is complete",
    "nu": "The web edition is valid HTML (Nu checker)",
    "axe": "The web edition is accessible (axe)",
    "fidelity": "Every word of the manuscript is in every edition",
    "onix": "The ONIX record is valid",
}


@dataclass(frozen=True, order=True)
class Finding:
    """One thing an author has to mend.

    `file` is relative to the book folder, `line` counts from 1 and is 0 where no line can be named. `rule` is one of
    `RULES`, named where stages and checks are called (`named`), not where the finding is made. `at` is the place in an
    edition where it shows, if it was found there.
    """

    file: str
    line: int
    message: str
    rule: str = field(default="", compare=False)
    severity: Severity = field(default="error", compare=False)
    at: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        level = "" if self.severity == "error" else f"{self.severity}: "
        shown = f" (in {self.at})" if self.at else ""
        return f"{place}: {level}{self.message}{shown}"

    def as_json(self) -> dict[str, str | int]:
        """Return the finding as a JSON object; `at` only where it says something."""
        return {name: value for name, value in asdict(self).items() if value != "" or name != "at"}


class Refused(Exception):
    """A stage cannot go on: carries every finding, in reading order."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))


def named(rule: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings as those of `rule`, except those that have a rule already."""
    return [finding if finding.rule else replace(finding, rule=rule) for finding in findings]


def unchecked(file: str, why: str, what: str = "") -> Finding:
    """Return the finding that a check was not made, for want of a tool: a warning, for it is no fault of the book."""
    said = f"{what} not checked: {why} (./book setup test installs it)".strip()
    return Finding(file, 0, said, severity="warning")


def weighed(findings: Iterable[Finding], severity: Mapping[str, Severity]) -> list[Finding]:
    """Return the findings in reading order, each as grave as `severity` says of its rule, or as it was found."""
    each = sorted(set(findings))
    return [replace(finding, severity=severity.get(finding.rule, finding.severity)) for finding in each]


def line_of(element: etree._Element | None) -> int:
    """Return the source line of an element: its own `data-line`, or that of the nearest around it; 0 if unknown."""
    while element is not None:
        if line := element.get("data-line"):
            return int(line)
        element = element.getparent()
    return 0
