"""The editor's copy: what is in the DOCX, and how what an editor changes in it comes back to the manuscript."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import BOOKS, STYLES, Maker, galleys_of
from lxml import etree
from PIL import Image

from press.check.fidelity.tokens import key
from press.cli import main
from press.desk.edited import CALL, Copy
from press.desk.merge import merge, take_back
from press.editions.docx import build
from press.findings import Refused
from press.galleys import NAMESPACES, Galleys
from press.styles import Styles

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = {
    "w": W,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "dc": "http://purl.org/dc/elements/1.1/",
}
BY = {f"{{{W}}}author": "Ed", f"{{{W}}}date": "2026-01-01T00:00:00Z", f"{{{W}}}id": "900"}


def copy_of(folder: Path) -> Path:
    """Make the editor's copy of the book in `folder`."""
    galleys, output = galleys_of(folder), folder / "build" / "copy.docx"
    build(galleys, Styles([folder / "styles", STYLES]), output)
    return output


@pytest.fixture(scope="module")
def knots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of knots with its editor's copy; not to be changed."""
    folder = tmp_path_factory.mktemp("docx") / "knoten"
    shutil.copytree(BOOKS / "knoten", folder, ignore=shutil.ignore_patterns("build"))
    copy_of(folder)
    return folder


@pytest.fixture(scope="module")
def parts(knots: Path) -> dict[str, bytes]:
    """The files in the copy of the book of knots."""
    with zipfile.ZipFile(knots / "build" / "copy.docx") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def body(parts: dict[str, bytes]) -> etree._Element:
    """The text of that copy."""
    return etree.fromstring(parts["word/document.xml"])


# What is in it


def test_every_word_of_the_galleys_is_in_it(knots: Path) -> None:
    """Whatever is in the galleys but for what the press computes of numbers: text, notes, captions, tables, boxes."""
    copy = Copy(knots / "build" / "copy.docx")
    passages = [*copy.new.passages, *(passage for note in copy.new.notes for passage in note)]
    there = "".join(key(passage.text.replace(CALL, "")) for passage in passages)
    galleys = Galleys(knots / "build" / "galleys")
    for document in galleys.book.documents:
        if document.page in ("index", "contents"):
            continue
        for block in galleys.tree(document).iterfind(".//h:section//h:p", NAMESPACES):
            if block.get("class") in ("numeral", "label"):
                continue
            text = "".join(
                map(str, block.xpath(".//text()[not(parent::*[@role='doc-noteref' or @role='doc-backlink'])]"))
            )
            assert key(text) in there, text
    assert len(copy.new.notes) == sum(document.notes for document in galleys.book.documents)


def test_notes_are_notes_and_the_rest_is_styled(body: etree._Element, parts: dict[str, bytes]) -> None:
    styles = etree.fromstring(parts["word/styles.xml"])
    known = set(styles.xpath("//w:style/@w:styleId", namespaces=NAMES))
    notes = etree.fromstring(parts["word/footnotes.xml"])
    used = {
        name for tree in (body, notes) for name in tree.xpath("//w:pStyle/@w:val | //w:rStyle/@w:val", namespaces=NAMES)
    }
    assert used <= known, used - known
    assert {"Heading1", "Heading2", "Box", "BoxTitle", "PullQuote", "ImageCaption", "TableCaption"} <= used
    assert len(body.findall(".//w:footnoteReference", NAMES)) == 7
    assert len(body.findall(".//w:tbl", NAMES)) == 1
    links = {str(link.get(f"{{{W}}}anchor")) for link in body.iterfind(".//w:hyperlink[@w:anchor]", NAMES)}
    marks = {str(mark.get(f"{{{W}}}name")) for mark in body.iterfind(".//w:bookmarkStart", NAMES)}
    assert links and links <= marks
    assert {"palstek", "abb-kreuz"} <= links


def test_pages_are_for_review(body: etree._Element, parts: dict[str, bytes]) -> None:
    """A section a part: lines numbered afresh where an author wrote it, a wide margin, a running head, page numbers."""
    sections = body.findall(".//w:sectPr", NAMES)
    heads = {name: etree.fromstring(data) for name, data in parts.items() if name.startswith("word/header")}
    assert len(sections) == len(heads) == 9
    numbered = [section for section in sections if section.find("w:lnNumType", NAMES) is not None]
    assert len(numbered) == 5
    assert {section.find("w:lnNumType", NAMES).get(f"{{{W}}}restart") for section in numbered} == {"newSection"}
    for section in sections:
        assert int(section.find("w:pgMar", NAMES).get(f"{{{W}}}right")) > 3000  # 1/20 pt
    said = {"".join(map(str, head.itertext())).strip() for head in heads.values()}
    assert any("Der Kreuzknoten" in head for head in said)
    assert b" PAGE " in parts["word/footer.xml"]


def test_hebrew_runs_to_the_left(body: etree._Element) -> None:
    [paragraph] = body.xpath("//w:p[contains(., 'שמים')]", namespaces=NAMES)
    assert paragraph.find("w:pPr/w:bidi", NAMES) is not None
    assert {
        run.find("w:rPr/w:lang", NAMES).get(f"{{{W}}}val") for run in paragraph.xpath("w:r[w:t]", namespaces=NAMES)
    } == {"he"}


def test_figures_are_png_and_say_what_is_seen(body: etree._Element, parts: dict[str, bytes]) -> None:
    [frame] = body.findall(".//wp:docPr", NAMES)
    assert frame.get("descr") == "Zwei Bögen, die ineinander greifen."
    [picture] = [data for name, data in parts.items() if name.startswith("word/media/")]
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "PNG" and image.width == 1000
    assert b"base64" not in parts["word/document.xml"]


def test_it_says_what_it_is_and_its_bytes_never_differ(knots: Path, parts: dict[str, bytes]) -> None:
    core = etree.fromstring(parts["docProps/core.xml"])
    assert core.findtext("dc:title", namespaces=NAMES) == "Kleine Knotenschule"
    assert core.findtext("dc:language", namespaces=NAMES) == "de"
    assert b"rsid" not in parts["word/document.xml"]
    again = knots / "build" / "again.docx"
    build(knots / "build" / "galleys", Styles([knots / "styles", STYLES]), again)
    assert again.read_bytes() == (knots / "build" / "copy.docx").read_bytes()
    types = etree.fromstring(parts["[Content_Types].xml"])
    named = {str(one.get("PartName"))[1:] for one in types.iterfind("{*}Override")}
    assert named <= parts.keys(), "the list of types names files that are there"


# The way back


class Word:
    """A stand-in for a word processor: edits a DOCX as one does, tracked or not."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with zipfile.ZipFile(file) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.body = etree.fromstring(self.parts["word/document.xml"])
        self.notes = etree.fromstring(self.parts["word/footnotes.xml"])
        self.comments: list[str] = []

    def save(self) -> Path:
        self.parts["word/document.xml"] = etree.tostring(self.body)
        self.parts["word/footnotes.xml"] = etree.tostring(self.notes)
        if self.comments:
            self.parts["word/comments.xml"] = (
                f'<w:comments xmlns:w="{W}">{"".join(self.comments)}</w:comments>'.encode()
            )
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
            name = "word/_rels/document.xml.rels"
            relation = f'<Relationship Id="c" Type="{kind}" Target="comments.xml"/></Relationships>'.encode()
            self.parts[name] = self.parts[name].replace(b"</Relationships>", relation)
        with zipfile.ZipFile(self.file, "w") as archive:
            for name, data in self.parts.items():
                archive.writestr(name, data)
        return self.file

    def run(self, words: str) -> etree._Element:
        """Return the one run that says `words`, split off from what stands around it in its paragraph."""
        for tree in (self.body, self.notes):
            for paragraph in tree.iter(f"{{{W}}}p"):
                runs = paragraph.findall(".//w:r[w:t]", NAMES)
                text = "".join(run.findtext("w:t", namespaces=NAMES) or "" for run in runs)
                if words in text:
                    return self._split(runs, text.index(words), words)
        raise AssertionError(f"{words} is not in the copy")

    def _split(self, runs: list[etree._Element], start: int, words: str) -> etree._Element:
        end, at = start + len(words), 0
        kept = None
        for run in runs:
            text = run.findtext("w:t", namespaces=NAMES) or ""
            first, last = max(start - at, 0), min(end - at, len(text))
            at += len(text)
            if first >= last:
                continue
            before, after = deepcopy(run), deepcopy(run)
            before.find("w:t", NAMES).text, after.find("w:t", NAMES).text = text[:first], text[last:]
            run.addprevious(before)
            run.addnext(after)
            for piece in (before, after):
                piece.find("w:t", NAMES).set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                if not piece.findtext("w:t", namespaces=NAMES):
                    piece.getparent().remove(piece)
            if kept is None:
                kept = run
                run.find("w:t", NAMES).text = words
            else:
                run.getparent().remove(run)
        assert kept is not None
        kept.find("w:t", NAMES).set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return kept

    def change(self, old: str, new: str, tracked: bool = True) -> None:
        """Put `new` in the place of `old`."""
        run = self.run(old)
        added = deepcopy(run)
        added.find("w:t", NAMES).text = new
        if not tracked:
            run.getparent().replace(run, added)
            return
        inserted = etree.Element(f"{{{W}}}ins", BY)
        inserted.append(added)
        run.addnext(inserted)
        deleted = etree.Element(f"{{{W}}}del", BY)
        run.addnext(deleted)
        deleted.append(run)
        run.find("w:t", NAMES).tag = f"{{{W}}}delText"

    def add_behind(self, words: str, *paragraphs: str) -> None:
        """Put new paragraphs behind the one with `words`, tracked."""
        place = next(self.run(words).iterancestors(f"{{{W}}}p"))
        for text in reversed(paragraphs):
            added = etree.fromstring(
                f'<w:p xmlns:w="{W}"><w:pPr><w:rPr><w:ins w:id="1" w:author="Ed"/></w:rPr></w:pPr>'
                f'<w:ins w:id="2" w:author="Ed"><w:r><w:t>{text}</w:t></w:r></w:ins></w:p>'
            )
            place.addnext(added)

    def remove(self, words: str) -> None:
        """Take the paragraph with `words` out, without tracking."""
        place = next(self.run(words).iterancestors(f"{{{W}}}p"))
        place.getparent().remove(place)

    def remark(self, on: str, text: str) -> None:
        """Make a comment."""
        run, number = self.run(on), len(self.comments)
        for tag, put in (("Start", run.addprevious), ("End", run.addnext)):
            put(etree.Element(f"{{{W}}}commentRange{tag}", {f"{{{W}}}id": str(number)}))
        mark = etree.fromstring(f'<w:r xmlns:w="{W}"><w:commentReference w:id="{number}"/></w:r>')
        run.getnext().addnext(mark)
        self.comments.append(
            f'<w:comment w:id="{number}" w:author="Ed"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:comment>'
        )


CHAPTER = """\
---
id: one
number: 1
title: The Bowline
subtitle: It holds
---

The [old rope]{.index entry="rope!old"} is *very strong*, and it -- "mostly" -- holds.[@doe2001] See [](#fig-a) and
[the end](#one-end); don't hurry.[^why]

![It holds still.](images/square.svg){#fig-a alt="A square."}

::: {.careful}
Wet rope slips.
:::

## How it goes

1. Make a loop.
2. Pull the **end** through.

| Rope | Holds |
|------|-------|
| hemp | well |
| silk | ill |

: What holds {#tbl-a}

## The end {#one-end}

That is all there is to say.

Nothing more.

[^why]: Haste makes *knots* of another kind.
"""

TWO = "---\nid: two\nnumber: 2\ntitle: The Sheet Bend\n---\n\nTwo ropes are joined, as in [](#one).\n"

Edit = Callable[[Word], None]


@pytest.fixture
def edited(make_book: Maker, tmp_path: Path) -> Callable[..., tuple[list[str], str]]:
    """Return a function that has a copy edited and takes it back: what is told, and the first chapter then."""

    def run(edit: Edit, before: Callable[[Path], None] = lambda folder: None) -> tuple[list[str], str]:
        folder = make_book({"1.md": CHAPTER, "2.md": TWO})
        word = Word(copy_of(folder))
        edit(word)
        word.save()
        before(folder)
        said = take_back(word.file, folder, Styles([STYLES]), write=True).splitlines()
        return said, (folder / "manuscript" / "1.md").read_text(encoding="utf-8")

    return run


def nothing(word: Word) -> None:
    """Change nothing."""


@pytest.mark.parametrize("book", ["small", "knots"])
def test_an_unedited_copy_changes_nothing(book: str, make_book: Maker, knots: Path) -> None:
    folder = make_book({"1.md": CHAPTER, "2.md": TWO}) if book == "small" else knots
    file = copy_of(folder) if book == "small" else knots / "build" / "copy.docx"
    merged = merge(file, folder, Styles([folder / "styles", STYLES]))
    assert (merged.texts, merged.findings) == ({}, [])


CHANGES = {
    "a word": (
        lambda word: word.change("strong", "sturdy"),
        {"*very strong*": "*very sturdy*"},
        ["manuscript/1.md:8: “strong” becomes “sturdy”"],
    ),
    "without tracking": (
        lambda word: word.change("strong", "sturdy", tracked=False),
        {"*very strong*": "*very sturdy*"},
        ["manuscript/1.md:8: “strong” becomes “sturdy”"],
    ),
    "inside of an index mark": (
        lambda word: word.change("old rope", "old hemp rope"),
        {"[old rope]": "[old hemp rope]"},
        ["manuscript/1.md:8: “hemp” is put in"],
    ),
    "across markup": (
        lambda word: word.change("rope is very", "line is"),
        {"[old rope]": "[old line]", "*very strong*": "*strong*"},
        ["manuscript/1.md:8: “rope” becomes “line”", "manuscript/1.md:8: “very” is taken out"],
    ),
    "punctuation": (
        lambda word: word.change("hurry.", "hurry!"),
        {"hurry.": "hurry!"},
        ["manuscript/1.md:9: “.” becomes “!”"],
    ),
    "signs of Markdown": (
        lambda word: word.change("Nothing", "*Nothing_ [at] all"),
        {"Nothing more": "\\*Nothing\\_ \\[at\\] all more"},
        ["manuscript/1.md:31: “*” is put in", "manuscript/1.md:33: “_ [at] all” is put in"],
    ),
    "a note": (
        lambda word: word.change("of another kind", "that nobody wants"),
        {"*knots* of another kind": "*knots* that nobody wants"},
        ["manuscript/1.md:35: “of another kind” becomes “that nobody wants”"],
    ),
    "a cell": (
        lambda word: word.change("silk", "raw | silk"),
        {"| silk | ill": "| raw \\| silk | ill"},
        ["manuscript/1.md:25: “silk” becomes “raw | silk”"],
    ),
    "an item, a caption, a box": (
        lambda word: (
            word.change("a loop", "an eye"),
            word.change("still", "for ever"),
            word.change("slips", "glides"),
        ),
        {"Make a loop": "Make an eye", "holds still": "holds for ever", "rope slips": "rope glides"},
        [
            "manuscript/1.md:11: “still” becomes “for ever”",
            "manuscript/1.md:14: “slips” becomes “glides”",
            "manuscript/1.md:19: “a loop” becomes “an eye”",
        ],
    ),
    "title and heading": (
        lambda word: (word.change("The Bowline", "A Bowline"), word.change("How it goes", "How it is done")),
        {"title: The Bowline": "title: A Bowline", "## How it goes": "## How it is done"},
        ["manuscript/1.md:4: “The” becomes “A”", "manuscript/1.md:17: “goes” becomes “is done”"],
    ),
    "new paragraphs": (
        lambda word: word.add_behind("That is all", "But there is.", "And more."),
        {"to say.\n": "to say.\n\nBut there is.\n\nAnd more.\n"},
        ["manuscript/1.md:31: “But there is. And more.” is put in"],
    ),
    "a paragraph goes": (
        lambda word: word.remove("That is all"),
        {"That is all there is to say.\n\n": ""},
        ["manuscript/1.md:31: “That is all there is to say.” is taken out"],
    ),
    "a row's worth of items goes": (
        lambda word: word.remove("Make a loop"),
        {"1. Make a loop.\n": ""},
        ["manuscript/1.md:19: “Make a loop.” is taken out"],
    ),
    "what is computed": (
        lambda word: (word.change("Figure 1.1", "Picture 1.1"), word.change("Careful", "Mind")),
        {},
        [
            "manuscript/1.md:11: “Figure” becomes “Picture”: not taken over",
            "manuscript/1.md:14: “Careful” becomes “Mind”: not taken over",
        ],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_comes_back_and_nothing_else(name: str, edited: Callable[..., tuple[list[str], str]]) -> None:
    edit, changed, told = CHANGES[name]
    said, text = edited(edit)
    expected = CHAPTER
    for old, new in changed.items():
        assert expected.count(old) == 1
        expected = expected.replace(old, new)
    assert text == expected
    assert [line for line, start in zip(said[:-1], told, strict=False) if not line.startswith(start)] == [], said
    assert len(said) == len(told) + 1, said


def test_calls_of_notes_come_and_go_with_their_notes(edited: Callable[..., tuple[list[str], str]]) -> None:
    def edit(word: Word) -> None:
        call = word.body.findall(".//w:r[w:footnoteReference]", NAMES)[1]
        other = deepcopy(call)
        call.getparent().remove(call)
        paragraph = next(word.run("Nothing more").iterancestors(f"{{{W}}}p"))
        paragraph.append(other)
        other.find("w:footnoteReference", NAMES).set(f"{{{W}}}id", "777")
        note = deepcopy(word.notes[-1])
        note.set(f"{{{W}}}id", "777")
        word.notes.append(note)
        for text in list(note.iter(f"{{{W}}}t"))[1:]:
            text.text = ""
        next(note.iter(f"{{{W}}}t")).text = "Less is more."

    said, text = edited(edit)
    assert "don't hurry.\n" in text and "[^why]" not in text
    assert "Nothing more.^[Less is more.]" in text
    assert [line.partition(": ")[2] for line in said[:-1]] == ["“[note]” is taken out", "“[note]” is put in"]


def test_comments_are_told_at_their_lines(edited: Callable[..., tuple[list[str], str]]) -> None:
    def edit(word: Word) -> None:
        word.remark("very strong", "How strong?")
        word.remark("Nothing", "Cut?")
        word.change("hurry", "haste")

    said, text = edited(edit)
    assert said[:-1] == [
        "manuscript/1.md:8: Ed remarks on “very strong”: How strong?",
        "manuscript/1.md:9: “hurry” becomes “haste”",
        "manuscript/1.md:33: Ed remarks on “Nothing”: Cut?",
    ]
    assert text == CHAPTER.replace("hurry", "haste")


def test_a_manuscript_that_has_changed_since_takes_over_what_was_tracked(
    edited: Callable[..., tuple[list[str], str]],
) -> None:
    def meanwhile(folder: Path) -> None:
        file = folder / "manuscript" / "1.md"
        file.write_text(file.read_text(encoding="utf-8").replace("Wet rope", "Any wet rope"), encoding="utf-8")

    said, text = edited(lambda word: word.change("slips", "glides"), meanwhile)
    assert text == CHAPTER.replace("Wet rope slips", "Any wet rope glides")
    assert said[0].startswith(
        "manuscript/1.md: the manuscript has changed since the copy was made: only tracked changes"
    )
    assert said[1] == "manuscript/1.md:14: “slips” becomes “glides”"


def test_nothing_is_written_without_being_asked(make_book: Maker) -> None:
    folder = make_book({"1.md": CHAPTER, "2.md": TWO})
    word = Word(copy_of(folder))
    word.change("strong", "sturdy")
    done = CliRunner().invoke(main, ["merge", str(word.save()), str(folder)])
    assert done.exit_code == 0
    assert '-The [old rope]{.index entry="rope!old"} is *very strong*' in done.output
    assert '+The [old rope]{.index entry="rope!old"} is *very sturdy*' in done.output
    assert done.output.endswith("1 change to be made with --write, no comments\n")
    assert (folder / "manuscript" / "1.md").read_text(encoding="utf-8") == CHAPTER


def test_another_document_is_refused(make_book: Maker, tmp_path: Path) -> None:
    folder = make_book({"1.md": CHAPTER, "2.md": TWO})
    for name, data in (("text.docx", b"no archive"), ("other.docx", b"")):
        if not data:
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("word/document.xml", "<x/>")
            data = buffer.getvalue()
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refused, match=f"{name}: this is no editor's copy"):
            merge(tmp_path / name, folder, Styles([STYLES]))
