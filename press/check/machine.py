"""Findings for machines: plain JSON, and SARIF 2.1.0, which editors and code hosts show in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from press.findings import RULES, Finding

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


WRITERS: dict[str, Callable[[list[Finding]], str]] = {"json": as_json, "sarif": as_sarif}
