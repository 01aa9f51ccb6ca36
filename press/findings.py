"""Findings: what is wrong with a book, and where.

Every stage reports in this one form, `file:line: message`, and gathers all of its findings before it gives up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True, order=True)
class Finding:
    """One thing an author has to mend.

    `file` is relative to the book folder, `line` counts from 1 and is 0 where no line can be named.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"

    def as_json(self) -> dict[str, str | int]:
        """Return the finding as a JSON object."""
        return asdict(self)


class Refused(Exception):
    """A stage cannot go on: carries every finding, in reading order."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))


def line_of(element: etree._Element | None) -> int:
    """Return the source line of an element: its own `data-line`, or that of the nearest around it; 0 if unknown."""
    while element is not None:
        if line := element.get("data-line"):
            return int(line)
        element = element.getparent()
    return 0
