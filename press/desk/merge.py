"""The way back of an editor's copy: what the editor changed, word for word, in the manuscript; `press merge`.

The copy that came back is compared with the one that the manuscript gives now. Each change is then made at its place
in the Markdown, so that all markup around it stays. What was computed (numbers, references, labels) has no place there,
and is told instead, as are comments.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import count, groupby
from pathlib import Path

from press import book as manifest_file
from press import files
from press.desk import edit
from press.desk.changes import Change, Compared, quote
from press.desk.edited import Copy, Passage, Remark, Token, View, tokens
from press.desk.source import Source, places
from press.editions import docx
from press.editions.docx.markup import Markup
from press.findings import Finding, Refused, named
from press.galleys import Document, Galleys
from press.read.book import read_all
from press.resolve.book import resolve
from press.styles import Styles

TITLELESS = ("title-page", "imprint")


@dataclass
class Merged:
    """What came of it: the new text of each manuscript file that changes, and what there is to say, by rule."""

    texts: dict[str, str] = field(default_factory=dict)
    olds: dict[str, str] = field(default_factory=dict)
    taken: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    stale: list[Finding] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """Everything that there is to say, in reading order."""
        return sorted({*self.stale, *self.taken, *self.left, *self.remarks})

    def diff(self) -> str:
        """Return what changes as a unified diff."""
        return "".join(
            line
            for name, text in self.texts.items()
            for line in unified_diff(
                self.olds[name].splitlines(keepends=True), text.splitlines(keepends=True), name, name
            )
        )


def merge(file: Path, folder: Path, styles: Styles) -> Merged:
    """Compare the editor's copy `file` with the book in `folder`; nothing is written.

    Raises Refused where the copy cannot be read, or the manuscript does not resolve.
    """
    copy = Copy(file)
    with tempfile.TemporaryDirectory() as scratch:
        galleys = _resolved(folder, styles, Path(scratch))
        markup = Markup(Galleys(galleys), pictured=False)
        made = Path(scratch, "copy.docx")
        docx.build(galleys, styles, made, pictured=False)
        present = Copy(made).new
    merged = Merged()
    stale = [markup.book.document(name) for name, digest in markup.digests.items() if copy.digests.get(name) != digest]
    documents, base = [each for each in markup.documents if each.page not in TITLELESS], present
    if stale or copy.digests.keys() != markup.digests.keys():
        base = copy.old
        known = {document.id: document for document in markup.documents}
        documents = [known[name] for name in copy.digests if name in known and known[name] in documents]
        for document in stale:
            said = "the manuscript has changed since the copy was made: only tracked changes are taken over"
            merged.stale.append(Finding(document.source or document.file, 0, said))
    parts = base.parts()
    if len(parts) != len(documents) + 1:
        raise Refused([Finding(file.name, 0, "headings of the first level were changed without being tracked")])
    owners = [None, *documents]
    whose = [owner for owner, part in zip(owners, parts, strict=True) for _ in part]
    _Merger(folder, merged, base, copy.new, whose).run(copy.remarks)
    for name in ("taken", "left", "remarks", "stale"):
        setattr(merged, name, named("edited", getattr(merged, name)))
    return merged


def take_back(file: Path, folder: Path, styles: Styles, write: bool) -> str:
    """Merge, and make the changes in the manuscript if `write`; return what is told of it."""
    merged = merge(file, folder, styles)
    if write:
        for name, text in merged.texts.items():
            files.write(folder / name, text)
    done = "made" if write else "to be made with --write"
    left = f", {len(merged.left)} not taken over" if merged.left else ""
    count = f"{_many(merged.taken, 'change')} {done}{left}, {_many(merged.remarks, 'comment')}"
    return "\n".join([*filter(None, [merged.diff() if not write else ""]), *map(str, merged.findings), count, ""])


def _many(found: list[Finding], what: str) -> str:
    return f"{len(found) or 'no'} {what}{'' if len(found) == 1 else 's'}"


def _resolved(folder: Path, styles: Styles, scratch: Path) -> Path:
    """Return the galleys of the book as it is now."""
    names = manifest_file.manuscripts(manifest_file.load(folder))
    resolve(folder, read_all(folder, names, scratch / "read"), styles, scratch / "galleys")
    return scratch / "galleys"


class _Merger:
    """Two views of a book, and the parts (None: before the first) to which the passages of the old one belong."""

    def __init__(self, folder: Path, merged: Merged, old: View, new: View, whose: list[Document | None]) -> None:
        self.folder, self.merged = folder, merged
        self.old, self.new, self.whose = old, new, whose
        self.compared = Compared(_tokens(old.passages), _tokens(new.passages))

    def run(self, remarks: list[Remark]) -> None:
        """Find the changes, and apply them part by part."""
        changes, notes = self.compared.changes, list(self.compared.note_changes(self.old, self.new))
        owner = [document for document, passage in zip(self.whose, self.compared.old, strict=True) for _ in passage]
        said = [token for passage in self.compared.old for token in passage]
        begin = 0
        for size in (len(list(part)) for _, part in groupby(owner, lambda document: document.id if document else "")):
            end = begin + size
            part = said[begin:end]
            called = {token.note for token in part if token.note >= 0}
            self._part(
                owner[begin],
                part,
                [change.moved(-begin) for change in changes if begin <= change.place < end],
                [(n - min(called), words, each) for n, words, each in notes if n in called],
                [(at - begin, _said(remark)) for remark in remarks if begin <= (at := self.compared.at(remark)) < end],
            )
            begin = end

    def _part(
        self,
        document: Document | None,
        said: list[Token],
        changes: list[Change],
        notes: list[tuple[int, list[Token], list[Change]]],
        remarks: list[tuple[int, str]],
    ) -> None:
        """Apply the changes of one part to its manuscript file, and say where its comments stand."""
        if document is None or not document.source:
            name = document.file if document else "title-page.xhtml"
            for change in [*changes, *(change for _, _, each in notes for change in each)]:
                self.merged.left.append(Finding(name, 0, f"{change.said}: not taken over, this page is computed"))
            self.merged.remarks += [Finding(name, 0, text) for _, text in remarks]
            return
        if not changes and not notes and not remarks:
            return
        source = Source(files.text_of(self.folder, document.source).replace("\r\n", "\n"))
        at = places(said, source.pieces)
        pen = edit.Pen(source, self.new.notes)
        for change in changes:
            pen.apply(change, said, at)
        known = len(source.notes) == sum(token.note >= 0 for token in said)
        for number, words, each in notes:
            for change in each:
                if known:
                    pen.apply(change, words, places(words, source.notes[number]))
                else:
                    pen.leave(change, 0, "its note was not found")
        for start, text in remarks:
            piece = next(filter(None, at[start:]), None)
            self.merged.remarks.append(Finding(document.source, source.line(piece.start) if piece else 0, text))
        self.merged.taken += [Finding(document.source, line, text) for line, text in pen.taken]
        self.merged.left += [Finding(document.source, line, text) for line, text in pen.left]
        if (text := pen.text()) != source.text:
            self.merged.texts[document.source] = text
            self.merged.olds[document.source] = source.text


def _said(remark: Remark) -> str:
    on = f" on “{quote(remark.on)}”" if remark.on else ""
    return f"{remark.author or 'somebody'} remarks{on}: {remark.text}"


def _tokens(passages: list[Passage]) -> list[list[Token]]:
    calls = count()
    return [tokens([passage], calls) for passage in passages]
