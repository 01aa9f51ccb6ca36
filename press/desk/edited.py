"""An editor's copy that has come back: its words as the editor leaves them, as they were, and what was remarked.

Pandoc reads the DOCX with all tracked changes. A paragraph of it, in a list, a table or a note as well, is a `Passage`.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from press.findings import Finding, Refused
from press.read import pandoc

CALL = "\ufffc"  # stands for the call of a note
LARGEST = 200_000_000  # bytes of the text inside the file
_TOKEN = re.compile(r"(?P<space>\s*)(?P<text>[^\W_]+|[^\s])")


@dataclass(frozen=True)
class Token:
    """A word, a mark of punctuation, the call of a note, or the beginning of a passage (its text is empty)."""

    text: str
    spaced: bool = False  # white space stands before it
    prefix: str = field(default="", compare=False)  # of a beginning: what Markdown has before such a passage
    note: int = field(default=-1, compare=False)  # of a call: the place of its note

    @property
    def opens(self) -> bool:
        """Whether it is the beginning of a passage."""
        return not self.text


@dataclass(frozen=True)
class Passage:
    """A paragraph: what Markdown has before it, and its text."""

    prefix: str
    text: str


@dataclass
class View:
    """A document as somebody has it: its passages, and for each call of a note the passages of the note."""

    passages: list[Passage] = field(default_factory=list)
    notes: list[list[Passage]] = field(default_factory=list)

    def parts(self) -> list[list[Passage]]:
        """Return the passages by parts: what is before the first heading, then what begins with each."""
        parts: list[list[Passage]] = [[]]
        for passage in self.passages:
            if passage.prefix == "# ":
                parts.append([])
            parts[-1].append(passage)
        return parts


@dataclass(frozen=True)
class Remark:
    """A comment: who made it, what it says, and the number of the passage, in the new view, that it was made on."""

    author: str
    text: str
    on: str
    passage: int


def tokens(passages: list[Passage], calls: Iterator[int]) -> list[Token]:
    """Return passages as tokens; `calls` counts the calls of notes."""
    found = []
    for passage in passages:
        found.append(Token("", prefix=passage.prefix))
        for number, match in enumerate(_TOKEN.finditer(passage.text)):
            note = next(calls) if match["text"] == CALL else -1
            found.append(Token(match["text"], bool(match["space"]) and number > 0, note=note))
    return found


@dataclass
class _Text:
    """A passage on its way: its text in both views, and whether its end is not there in one of them."""

    prefix: str
    new: str = ""
    old: str = ""
    joined_new: bool = False
    joined_old: bool = False


class Copy:
    """An editor's copy. Raises Refused where it is no DOCX that Pandoc can read."""

    def __init__(self, file: Path) -> None:
        self.new, self.old = View(), View()
        self.remarks: list[Remark] = []
        self.digests = _digests(file)
        self._open: dict[str, list[str]] = {}  # comments that are going on: their id, and the text since
        self._said: dict[str, tuple[str, str, int]] = {}
        for block in _blocks(file):
            self._read(block, "", self.new.passages, self.old.passages)
        self._end_remarks()

    def _read(self, block: dict[str, Any], prefix: str, new: list[Passage], old: list[Passage]) -> None:
        content: Any = block.get("c")
        match block["t"]:
            case "Para" | "Plain":
                self._passage(content, prefix, new, old)
            case "Header":
                self._passage(content[2], f"{'#' * content[0]} ", new, old)
            case "LineBlock":
                for line in content:
                    self._passage(line, prefix, new, old)
            case "CodeBlock":
                self._passage([{"t": "Str", "c": content[1]}], prefix, new, old)
            case "Div":
                self._all(content[1], prefix, new, old)
            case "BlockQuote":
                self._all(content, f"{prefix}> ", new, old)
            case "BulletList":
                for item in content:
                    self._all(item, f"{prefix}- ", new, old)
            case "OrderedList":
                for number, item in enumerate(content[1], start=content[0][0]):
                    self._all(item, f"{prefix}{number}. ", new, old)
            case "DefinitionList":
                for term, meanings in content:
                    self._passage(term, prefix, new, old)
                    for meaning in meanings:
                        self._all(meaning, ": ", new, old)
            case "Figure":
                self._all(content[1][1], prefix, new, old)
                self._all(content[2], prefix, new, old)
            case "Table":
                self._all(content[1][1], prefix, new, old)
                bodies = [rows for body in content[4] for rows in (body[2], body[3])]
                for row in [row for rows in (content[3][1], *bodies, content[5][1]) for row in rows]:
                    for cell in row[1]:
                        self._all(cell[4], "| ", new, old)

    def _all(self, blocks: list[dict[str, Any]], prefix: str, new: list[Passage], old: list[Passage]) -> None:
        for block in blocks:
            self._read(block, prefix, new, old)

    def _passage(self, inlines: list[dict[str, Any]], prefix: str, new: list[Passage], old: list[Passage]) -> None:
        text = _Text(prefix)
        self._inlines(inlines, text, there=(True, True), counted=len(new) if new is self.new.passages else -1)
        for view, said, joined in ((new, text.new, text.joined_new), (old, text.old, text.joined_old)):
            before = view[-1] if view else None
            if before and before.text.endswith("\0"):
                view[-1] = Passage(before.prefix, before.text[:-1] + said + "\0" * joined)
            elif said.strip():
                view.append(Passage(prefix, said.strip() + "\0" * joined))

    def _inlines(self, inlines: list[dict[str, Any]], text: _Text, there: tuple[bool, bool], counted: int) -> None:
        """Read words; `there` says in which view, the new and the old one, they are."""
        for inline in inlines:
            content: Any = inline.get("c")
            match inline["t"]:
                case "Str":
                    self._say(content, text, there)
                case "Space" | "SoftBreak" | "LineBreak":
                    self._say(" ", text, there)
                case "Code" | "Math":
                    self._say(content[1], text, there)
                case "Note":
                    self._note(content, text, there)
                case "Span":
                    self._span(content, text, there, counted)
                case "Quoted":
                    self._inlines(content[1], text, there, counted)
                case "Link" | "Cite":
                    self._inlines(content[1], text, there, counted)
                case "Image" | "RawInline":
                    pass
                case _:
                    self._inlines(content, text, there, counted)

    def _say(self, said: str, text: _Text, there: tuple[bool, bool]) -> None:
        text.new += said * there[0]
        text.old += said * there[1]
        for words in self._open.values():
            words.append(said * there[0])

    def _note(self, blocks: list[dict[str, Any]], text: _Text, there: tuple[bool, bool]) -> None:
        self._say(CALL, text, there)
        new: list[Passage] = []
        old: list[Passage] = []
        self._all(blocks, "", new, old)
        for view, passages, seen in ((self.new, new, there[0]), (self.old, old, there[1])):
            if seen:
                view.notes.append(passages)

    def _span(self, content: list[Any], text: _Text, there: tuple[bool, bool], counted: int) -> None:
        (_, classes, keys), inlines = content
        about = dict(keys)
        if "comment-start" in classes:
            said = View()
            self._all([{"t": "Para", "c": inlines}] if inlines else [], "", said.passages, View().passages)
            remark = " ".join(passage.text for passage in said.passages)
            self._open[about.get("id", "")] = []
            self._said[about.get("id", "")] = (about.get("author", ""), remark, counted)
        elif "comment-end" in classes:
            self._end_remark(about.get("id", ""))
        elif "paragraph-insertion" in classes:
            text.joined_old = True
        elif "paragraph-deletion" in classes:
            text.joined_new = True
        else:
            new, old = there
            there = (new and "deletion" not in classes, old and "insertion" not in classes)
            self._inlines(inlines, text, there, counted)

    def _end_remark(self, name: str) -> None:
        if name in self._open:
            on = " ".join("".join(self._open.pop(name)).replace(CALL, "").split())
            author, said, passage = self._said[name]
            self.remarks.append(Remark(author, said, on, passage))

    def _end_remarks(self) -> None:
        for name in list(self._open):
            self._end_remark(name)
        for view in (self.new, self.old):
            for passages in (view.passages, *view.notes):
                passages[:] = [Passage(one.prefix, one.text.rstrip("\0")) for one in passages]


def _blocks(file: Path) -> list[dict[str, Any]]:
    try:
        text, _ = pandoc.convert(file, "docx", "json", ["--track-changes=all"], file.stat().st_size * 10)
        return list(json.loads(text)["blocks"])
    except RuntimeError:
        raise Refused([Finding(file.name, 0, "Pandoc cannot read this as DOCX")]) from None


def _digests(file: Path) -> dict[str, str]:
    """Return what the copy says of the manuscript that it was made from: a digest by the id of each part."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise Refused([Finding(file.name, 0, "the file unpacks to more than any book holds")])
            said = archive.read("docProps/custom.xml")
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        properties = etree.fromstring(said, parser).iterfind("{*}property")
        each = {str(one.get("name")): "".join(map(str, one.itertext())).strip() for one in properties}
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError):
        each = {}
    found = {name.removeprefix("part "): digest for name, digest in each.items() if name.startswith("part ")}
    if not found:
        message = "this is no editor's copy that the press made (press import takes others)"
        raise Refused([Finding(file.name, 0, message)])
    return found
