"""Findings for machines: plain JSON, and SARIF 2.1.0, which editors and code hosts show in place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter

from press import files
from press.findings import RULES, Finding, Severity, named, weighed

_FINDINGS = TypeAdapter(list[Finding])

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_json(findings: list[Finding]) -> str:
    """Return the findings as a JSON list of objects: file, line (0 where there is none), message, rule, severity."""
    return json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=1) + "\n"


def as_sarif(findings: list[Finding]) -> str:
    """Return the findings as a SARIF log of one run (OASIS SARIF 2.1.0, 3.13); files are relative to %SRCROOT%."""
    rules = list(RULES)
    results = [
        {
            "ruleId": finding.rule,
            "ruleIndex": rules.index(finding.rule),
            "level": finding.severity,
            "message": {"text": finding.message},
            "locations": [{"physicalLocation": _place(finding)}],
            **_shown(finding),
        }
        for finding in findings
    ]
    driver = {
        "name": "press",
        "rules": [{"id": name, "shortDescription": {"text": text}} for name, text in RULES.items()],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _place(finding: Finding) -> dict[str, Any]:
    """Return a physicalLocation (3.29); a finding without a line is one of the whole file."""
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.file), "uriBaseId": "%SRCROOT%"}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    return place


def _shown(finding: Finding) -> dict[str, Any]:
    """Return the relatedLocations (3.27.22) of a finding: where in an edition it was found."""
    if not finding.at:
        return {}
    place = {"artifactLocation": {"uri": quote(finding.at)}}
    return {"relatedLocations": [{"id": 1, "message": {"text": "where it shows"}, "physicalLocation": place}]}


def read(path: Path) -> list[Finding]:
    """Return the findings that `as_json` wrote to a file."""
    return _FINDINGS.validate_json(path.read_bytes())


WRITERS: dict[str, Callable[[list[Finding]], str]] = {"json": as_json, "sarif": as_sarif}

# The stages that refuse what is wrong, and the rule of their findings; any other command makes an edition.
STAGES = {name: name for name in ("read", "resolve", "sheets", "release")}


def keep(findings: list[Finding], folder: Path, command: str) -> None:
    """Keep in `folder` what made a command of a run refuse its work, for `gather` at the end of the run."""
    files.write(folder / f"{command}-{os.getpid()}.json", as_json(named(STAGES.get(command, "edition"), findings)))


def gather(folder: Path, build: Path, severity: Mapping[str, Severity]) -> None:
    """Write what `keep` kept during a run to findings.json and findings.sarif in `build`.

    Where all went well, the findings of a run that did not are taken away; those of a check stay.
    """
    kept = [finding for path in sorted(folder.glob("*.json")) for finding in read(path)]
    shutil.rmtree(folder, ignore_errors=True)
    if kept:
        for form, writer in WRITERS.items():
            files.write(build / f"findings.{form}", writer(weighed(kept, severity)))
    elif _of_a_stage(build / "findings.json"):
        for form in WRITERS:
            (build / f"findings.{form}").unlink(missing_ok=True)


def _of_a_stage(path: Path) -> bool:
    """Tell whether a file has findings of a stage, which a check never has."""
    try:
        return any(one["rule"] in {*STAGES.values(), "edition"} for one in json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return False
