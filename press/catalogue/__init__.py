"""The catalogue of a house: which books it publishes.

title: Rope House
description: Small books about knots.   # below the title, if there is anything to say
language: en
url: https://rope.example/     # where the index is put, if anywhere
books: [knots, "series/*"]     # folders beside this file; * stands for any name
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from press import files, yamlfile
from press.findings import Finding, Refused


class Catalogue(BaseModel):
    """The file; `home` is the folder that it lies in, `folders` the books, each once, in the order of the file."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1)
    description: str = ""
    direction: Literal["ltr", "rtl"] = "ltr"  # of the language
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    url: str = Field(default="", pattern=r"^(https?://[^\s/]+(/\S*)?)?$")
    books: list[str] = Field(min_length=1)
    home: Path = Field(default=Path(), exclude=True)
    folders: list[Path] = Field(default=[], exclude=True)


def load(file: Path) -> Catalogue:
    """Read a catalogue. Raises Refused with every finding: no such file, wrong keys, folders that are not there."""
    try:
        text = files.text_of(file.parent, file.name)
    except ValueError as error:
        raise Refused([Finding(file.name, 0, str(error))]) from None
    lined, findings = yamlfile.parse(text, file.name)
    catalogue, more = yamlfile.validate(Catalogue, lined, file.name)
    findings += more
    if not catalogue:
        raise Refused(findings or [Finding(file.name, 1, "the file is empty")])
    for place, pattern in enumerate(catalogue.books):
        line = lined.line(("books", place))
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            findings.append(Finding(file.name, line, f"'{pattern}' leads out of the catalogue's folder"))
            continue
        found = sorted(path for path in file.parent.glob(pattern) if path.is_dir())
        if not found:
            findings.append(Finding(file.name, line, f"there is no folder '{pattern}'"))
        catalogue.folders += [path for path in found if path not in catalogue.folders]
    if findings:
        raise Refused(findings)
    catalogue.home = file.parent
    return catalogue
