"""YAML with the line of every value, so that a finding can say where."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from press.findings import Finding

Path = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class Lined:
    """A parsed YAML document: `value`, and the line of each value by its path (keys and indices from the root)."""

    def __init__(self, value: Any, lines: dict[Path, int]) -> None:
        self.value = value
        self.lines = lines

    def line(self, path: Path) -> int:
        """Return the line of the value at `path`, or of the nearest value around it that is in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Loader(yaml.SafeLoader):
    """Plain YAML, but dates stay as they are written: a wrong one is a finding, not an exception."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text: str, file: str, first_line: int = 1) -> tuple[Lined, list[Finding]]:
    """Parse YAML whose first line is line `first_line` of `file`; what is not YAML is one finding with its line."""
    lined, findings = _parse(text, file, first_line)
    return lined, list(findings)


@lru_cache(maxsize=100)  # the preview reads the same files again and again
def _parse(text: str, file: str, first_line: int) -> tuple[Lined, list[Finding]]:
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, error.position)
        return Lined(None, {}), [Finding(file, line, f"not valid YAML: character U+{ord(text[error.position]):04X}")]
    try:
        root = loader.get_single_node()
        if root is None:
            return Lined({}, {}), []
        lines: dict[Path, int] = {}
        findings = _walk(root, (), lines, file, first_line, set())
        return Lined(None if findings else loader.construct_document(root), lines), findings
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        return Lined(None, {}), [Finding(file, line, f"not valid YAML: {getattr(error, 'problem', None) or error}")]
    except RecursionError:
        return Lined(None, {}), [Finding(file, first_line, "not valid YAML: it is nested too deeply")]
    finally:
        loader.dispose()


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], file: str, first: int, seen: set[int]) -> list[Finding]:
    """Note the line of every value below `node`; aliases and keys that stand twice are findings."""
    line = first + node.start_mark.line
    lines[path] = line
    if id(node) in seen:
        return [Finding(file, line, "YAML aliases (*name) are not used in a book")]
    seen.add(id(node))
    findings: list[Finding] = []
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            findings += _walk(child, (*path, index), lines, file, first, seen)
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            inner = (*path, str(key.value))
            if inner in lines:
                findings.append(Finding(file, first + key.start_mark.line, f"key '{key.value}' stands twice"))
            findings += _walk(child, inner, lines, file, first, seen)
            lines[inner] = first + key.start_mark.line
    return findings


def validate(model: type[M], lined: Lined, file: str) -> tuple[M | None, list[Finding]]:
    """Validate a parsed document against a model; every error becomes a finding on its line."""
    if lined.value is None:
        return None, []
    try:
        return model.model_validate(lined.value), []
    except ValidationError as error:
        findings = [Finding(file, lined.line(item["loc"]), _say(item["loc"], item)) for item in error.errors()]
        return None, findings


def _say(path: Path, error: Any) -> str:
    name = ".".join(str(part) for part in path) or "the file"
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key '{name}'"
        case "missing":
            return f"'{name}' is missing"
        case _:
            return f"'{name}': {error['msg'].removeprefix('Value error, ')}"
