"""Manuscripts that mean harm (hostile.yaml, and the large ones made here) get one clear line, or are made harmless."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MANIFEST, Maker, galleys_of

from press.findings import Refused

CASES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "hostile.yaml").read_text(encoding="utf-8"))
HEADER = "---\nid: one\nnumber: 1\ntitle: One\n{}---\n\n{}\n"


def manuscript(case: dict[str, Any]) -> str:
    """Return the text of a hostile chapter; `header` may replace a key of the usual header."""
    lines = ["id: one", "number: 1", "title: One"]
    added = case.get("header", "x-none: 0").splitlines()
    key = added[0].split(":")[0]
    lines = [added.pop(0) if line.startswith(f"{key}:") and key == "title" else line for line in lines]
    return "\n".join(["---", *lines, *added, "---", "", case["body"], ""])
