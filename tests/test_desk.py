"""To begin a book: `press new`, and `press import` of a DOCX or EPUB manuscript."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pypandoc
import pytest
from click.testing import CliRunner
from conftest import HOME, STYLES, Maker, galleys_of, snakemake
from PIL import Image

from press.cli import main
from press.editions import web
from press.styles import Styles

# What the author's guide says can be written, as it is marked in a galley.
SYNTAX = """
class="note-call citation" class="note-call commentary" class="xref" class="figure" class="table" class="box tip"
class="pull-quote" class="index-term" class="term" <abbr <i class="smallcaps" class="page-info" class="updates"
class="chapter-list" class="glossary" class="picture-credits" class="bibliography" <dl <ol <ul <blockquote <code <em
<strong
""".split("\n")


def press(*words: object) -> tuple[int, list[str]]:
    """Run `press WORDS`; return the exit code and the lines that were said."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output.splitlines()


def test_a_new_book_builds_at_once_and_shows_everything(tmp_path: Path) -> None:
    folder = tmp_path / "My Own Book"
    code, said = press("new", folder)
    assert code == 0
    assert said[-2].split(" --config ")[1] == f"book='{folder}'", "it may be pasted into a shell"
    snakemake(folder, "all")
    snakemake(folder, "check")
    assert (folder / "build" / "my-own-book.epub").is_file()
    assert "My Own Book" in (folder / "build" / "html" / "index.html").read_text(encoding="utf-8")
    text = "".join(path.read_text(encoding="utf-8") for path in (folder / "build" / "galleys").glob("*.xhtml"))
    marks = [mark for line in SYNTAX for mark in re.findall(r'class="[^"]+"|<\w+', line)]
    assert [mark for mark in marks if mark not in text] == []


def test_every_new_book_has_identifiers_of_its_own(tmp_path: Path) -> None:
    found: set[str] = set()
    for name in ("one", "two"):
        press("new", tmp_path / name)
        found |= set(re.findall(r"urn:uuid:\S+", (tmp_path / name / "book.yaml").read_text(encoding="utf-8")))
    assert len(found) == 10


@pytest.mark.parametrize("command", ["new", "import"])
def test_nothing_is_overwritten(tmp_path: Path, command: str) -> None:
    folder, epub = tmp_path / "book", tmp_path / "x.epub"
    folder.mkdir()
    (folder / "book.yaml").write_text("mine", encoding="utf-8")
    pypandoc.convert_text("# One\n\nText.\n", "epub", format="markdown", outputfile=str(epub))
    code, said = press(command, *([epub] if command == "import" else []), folder)
    assert code == 1
    assert said == [f"{folder}: there is something already: name a folder that does not exist"]
    assert [path.read_text(encoding="utf-8") for path in folder.iterdir()] == ["mine"]


MANUSCRIPT = """\
---
title: "A Knot: or Two"
author: [Ann Doe, Bo Roe]
lang: en-GB
---

# Bowline

A loop that holds.^[It is *old*.] See [the other](#reef-knot), [below](#how-it-goes) and [nowhere](#gone).

### How it goes

[Really?]{.comment-start id="1" author="Ed" date="2026-01-01T00:00:00Z"}Make a loop.[]{.comment-end id="1"}
It is [a]{.deletion author="Ed" date="2026-01-01T00:00:00Z"}
[the]{.insertion author="Ed" date="2026-01-01T00:00:00Z"} way.

Before. ![A rope.](PICTURE) After.

| Use | Knot |
|-----|------|
| tie | reef |

# Reef knot

$x^2$ is a formula.
"""


@pytest.mark.parametrize("ending", ["docx", "epub"])
def test_a_manuscript_is_taken_over(tmp_path: Path, ending: str) -> None:
    """Chapters, notes, tables, links and pictures come over; what does not is told; the new book resolves."""
    Image.new("RGB", (300, 200), (120, 80, 40)).save(tmp_path / "rope.png")
    text = MANUSCRIPT.replace("PICTURE", str(tmp_path / "rope.png"))
    if ending == "epub":  # what only a word processor has
        text = re.sub(r"\[[^]]*\]\{\.(comment|deletion)[^}]*\}|\$", "", text)
    file, folder = tmp_path / f"old.{ending}", tmp_path / "book"
    pypandoc.convert_text(text, ending, format="markdown", outputfile=str(file))
    code, said = press("import", file, folder)
    assert code == 0
    expected = [
        "manuscript/01-bowline.md:*: picture images/*.png has no alternative text: add alt=…",
        f"{file.name}: a link to #* did not come over",
        f"{file.name}: a formula did not come over",
        f"{file.name}: the comment “Really?” by Ed did not come over",
    ]
    assert len(said) == 1 + (4 if ending == "docx" else 2), said
    for line in said[:-1]:
        assert any(re.match(re.escape(one).replace(r"\*", ".*").split("…")[0], line) for one in expected), line
    manifest = (folder / "book.yaml").read_text(encoding="utf-8")
    assert 'title: "A Knot: or Two"' in manifest
    assert '{name: "Bo Roe", role: aut}' in manifest
    assert ("language: en-GB" in manifest) == (ending == "epub"), "Word says it of every word, not of the whole"
    first = folder / "manuscript" / "01-bowline.md"
    words = first.read_text(encoding="utf-8")
    first.write_text(re.sub(r"(!\[A rope\.\]\([^)]*\))", r'\1{alt="A rope, coiled up."}', words), encoding="utf-8")
    galleys = galleys_of(folder)
    one, two = ((galleys / f"chapter-{number}.xhtml").read_text(encoding="utf-8") for number in (1, 2))
    for mark in ('href="#chapter-2"', "It is <em>old</em>.", ">reef</td>", "<figure", "A rope.", ">How it goes"):
        assert mark in one
    assert "It is the way." in one
    assert 'href="#chapter-1-1-how-it-goes"' in one and 'id="chapter-1-1-how-it-goes"' in one
    assert "Reef knot" in two


NASTY = """\
# Title: with colon, "quotes" and [brackets]

A [file](file:///etc/passwd) and a [script](javascript:alert(1)), <i>raw</i>, $x^2$.

#### A level is skipped

+-----+-----+
| a   | b   |
+-----+-----+
| - c | d   |
+-----+-----+

Text.
"""
HIDDEN = """\
<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p><w:r>
<w:t>Text in a box</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>
<w:p><w:r><w:t>Turned \u202e round.</w:t></w:r></w:p>
<w:p><w:r><w:drawing><a:blip xmlns:a="a" xmlns:r="r" r:link="x"/></w:drawing></w:r></w:p>
"""


def test_what_a_nasty_document_holds_is_told(tmp_path: Path) -> None:
    """Nothing is lost without a line, and each line says what it is about."""
    file = tmp_path / "nasty.docx"
    pypandoc.convert_text(NASTY, "docx", format="markdown-raw_html", outputfile=str(file))
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:sectPr", HIDDEN.encode() + b"<w:sectPr", 1)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    code, said = press("import", file, tmp_path / "book")
    assert code == 0
    [chapter] = (tmp_path / "book" / "manuscript").glob("01-*.md")
    lines = {
        text: number
        for number, line in enumerate(chapter.read_text(encoding="utf-8").splitlines(), 1)
        for text in ("raw", "[TABLE]", "Turned")
        if text in line
    }
    place = f"manuscript/{chapter.name}"
    assert [line.partition(": write")[0] for line in said[:-1]] == [
        f"{place}:{lines['raw']}: raw markup <i> is not allowed in a manuscript",
        f"{place}:{lines['[TABLE]']}: a table did not come over: its cells are joined or hold more than text",
        f"{place}:{lines['Turned']}: invisible character U+202E is not allowed",
        "nasty.docx: a formula did not come over",
        "nasty.docx: a link to file:///etc/passwd did not come over",
        "nasty.docx: a link to javascript:alert(1) did not come over",
        "nasty.docx: a linked picture did not come over",
        "nasty.docx: the text box “Text in a box” did not come over",
    ]


def test_our_own_e_book_comes_back(small_book: Path, tmp_path: Path) -> None:
    """An EPUB of the press is a manuscript again, with the words of its chapters."""
    code, _ = press("import", small_book / "build" / "knotenschule.epub", tmp_path / "back")
    assert code == 0
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "back" / "manuscript").glob("*.md"))
    assert "Palstek" in text
    assert "language: de" in (tmp_path / "back" / "book.yaml").read_text(encoding="utf-8")


def test_what_cannot_be_taken_over_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.docx"
    broken.write_bytes(b"PK\x03\x04 no archive")
    for file, message in ((broken, "Pandoc cannot read this as DOCX"), (HOME / "README.md", "only .docx and .epub")):
        code, said = press("import", file, tmp_path / "book")
        assert code == 1
        assert len(said) == 1 and message in said[0]
        assert not (tmp_path / "book").exists()


def test_a_first_chapter_needs_a_title_and_no_more(make_book: Maker) -> None:
    """Its id is the file's name without the number in front; a photograph goes with it into the web edition."""
    text = '---\ntitle: Flour\n---\n\nText.\n\n![What is seen.](images/crumb.jpg){alt="A loaf."}\n\nSee [](#flour).\n'
    folder = make_book({"1-flour.md": text, "2.md": "---\ntitle: Water\n---\n\nText.\n"})
    Image.new("RGB", (300, 200), (120, 80, 40)).save(folder / "images" / "crumb.jpg")
    galleys = galleys_of(folder)
    assert {path.stem for path in galleys.glob("*.xhtml")} == {"flour", "part-2"}
    web.build(galleys, Styles([STYLES]), folder / "html")
    assert (folder / "html/images/crumb.jpg").read_bytes() == (folder / "images/crumb.jpg").read_bytes()
