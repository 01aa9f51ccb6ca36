"""What changed, as a page in the design of the report, and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PIL.Image import Image
from pydantic import computed_field

from press import files
from press.changes import looks, numbers, words
from press.changes.looks import Look, Shown
from press.changes.numbers import Entry
from press.changes.snapshot import Snapshot, load
from press.changes.words import PartChanges
from press.galleys import Model
from press.report import design, pictures
from press.styles import Styles

MOST = 60  # pages that are shown as pictures; all are named


class Edition(Model):
    """One of the two editions that are compared."""

    title: str
    edition: str
    version: str
    date: str
    language: str
    pages: int


class Changes(Model):
    """Everything that changed. `looks` is None where one of the two editions has no PDF for screens."""

    old: Edition
    new: Edition
    parts: list[PartChanges]
    looks: list[Look] | None
    index: list[Entry]
    references: list[Entry]
    figures: list[Entry]
    works: list[Entry]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def totals(self) -> dict[str, int]:
        """Words that are new and gone, notes that are new, gone and changed, pages that look different."""
        changes = [change for part in self.parts for change in part.changes]
        notes = [change for change in changes if change.kind == "note"]
        return {
            "words_new": sum(change.count("+") for change in changes),
            "words_gone": sum(change.count("-") for change in changes),
            "notes_new": sum(not change.old for change in notes),
            "notes_gone": sum(not change.new for change in notes),
            "notes_changed": sum(bool(change.old and change.new) for change in notes),
            "pages": sum(not look.number_only for look in self.looks or ()),
            "pages_renumbered": sum(look.number_only for look in self.looks or ()),
        }

    def __bool__(self) -> bool:
        return any((self.parts, self.looks, self.index, self.references, self.figures, self.works))


class Compared(NamedTuple):
    """What changed, and the pages that can be shown of it."""

    changes: Changes
    shown: list[Shown]


def compare(old: Path, new: Path, styles: Styles) -> Compared:
    """Compare the releases or builds in two folders. Raises Refused where a folder holds neither."""
    (before, before_pdf), (after, after_pdf) = load(old), load(new)
    shown: list[Shown] = []
    seen: list[Look] | None = None
    if before_pdf and after_pdf:
        seen = []
        colour = styles.tokens["colours"]["spot"]["light"]
        for one in looks.compare(before, after, before_pdf, after_pdf, colour):
            seen.append(one.look)
            if len(shown) < MOST and not one.look.number_only:
                shown.append(one)
    changes = Changes(
        old=_edition(before),
        new=_edition(after),
        parts=words.compare(before, after),
        looks=seen,
        index=numbers.index(before, after),
        references=numbers.references(before, after),
        figures=numbers.figures(before, after),
        works=numbers.works(before, after),
    )
    return Compared(changes, shown)


def write(compared: Compared, styles: Styles, output: Path) -> None:
    """Write what changed to `output` (HTML), and beside it as JSON."""
    shown = [(one.look, _address(one.old), _address(one.new)) for one in compared.shown]
    context = {"changes": compared.changes, "shown": shown, "most": MOST}
    files.write(output, design.render("report/changes.html.j2", styles, context))
    files.write(output.with_suffix(".json"), compared.changes.model_dump_json(indent=1) + "\n")


def _address(picture: Image | None) -> str:
    return pictures.address(picture) if picture else ""


def _edition(one: Snapshot) -> Edition:
    said = {name: getattr(one, name) for name in ("title", "edition", "version", "date", "language")}
    return Edition(**said, pages=len(one.folios))
