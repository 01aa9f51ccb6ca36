"""A whole check: the prose, every edition, and the same words in all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from press import book as manifest_file
from press.check import check, fidelity, prose, record, rules_of
from press.findings import Finding, named, weighed
from press.galleys import Galleys

PROSE = ("spelling", "repeats", "boxes", "grade", "numbers", "references")


@dataclass
class Outcome:
    """What was found, each as grave as book.yaml says; what was looked at; and the words that were compared."""

    findings: list[Finding] = field(default_factory=list)
    record: record.Record = field(default_factory=record.Record)
    compared: list[fidelity.Compared] = field(default_factory=list)


def run(folder: Path, galleys: Galleys, editions: Iterable[Path], say: Callable[[str], None]) -> Outcome:
    """Check the prose of the book in `folder`, and its editions; `say` is told how it goes, a line each."""
    asked, editions = manifest_file.load(folder), list(editions)
    done = Outcome()

    def count(name: str, found: list[Finding]) -> None:
        done.findings += found
        say(f"{name}: {len(found) or 'no'} finding{'s' if len(found) != 1 else ''}")

    if asked.prose:
        for line in prose.report(galleys, folder, asked.references):
            say(line)
        found = prose.check(galleys, asked.prose, folder)
        done.record.tested += record.tested(PROSE, "manuscript", found)
        count("prose", found)
    for number, edition in enumerate(editions, start=1):
        say(f"checking {number} of {len(editions)}: {record.name_of(edition)}")
        found = check(edition, galleys)
        done.record.files.append(record.file(edition).model_copy(update={"claims": record.claims(edition)}))
        done.record.tested += record.tested(rules_of(edition, galleys), record.name_of(edition), found)
        count(str(edition), found)
    if editions:
        say("comparing the words of all editions")
        done.compared = fidelity.Editions(folder, galleys, asked.prose).compare(editions)
    for one in done.compared:
        words = {name: getattr(one.tally, name) for name in ("words", "found", "notes", "boxes")}
        done.record.words.append(record.Words(file=one.name, **words))
        count(f"{one.name}: {one.tally.found:,} of {one.tally.words:,} words", named("fidelity", one.tally.findings))
    done.findings = weighed(done.findings, asked.severity)
    return done
