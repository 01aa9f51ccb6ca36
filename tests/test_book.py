"""The book itself: it builds, nothing is left to do, and every check of its editions is content."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pikepdf
import pytest
from conftest import HOME, MANIFEST, Maker, galleys_of, snakemake
from test_pdf import pages

from press.check.pdf import destinations
from press.galleys import Galleys

GUIDE = """
::: {.page-info}
:::

Text.[@doe2001, p. 4] More.[^kim] And more.[^city] Two at once.[@doe2001; @roe1999]
See [](#spot-12), [](#fig-hip-locator) and [the next chapter](#spot-12).

::: {.careful}
Mind the step.
:::

::: {.pull-quote}
Mind the step. [Who said it]{.attribution}
:::

## Where exactly {#hip-where}

![Caption, which argues.](images/square.svg){#fig-hip-locator alt="What is seen." credit="Whose it is"}

| A | B |
|---|---|
| 1 | 2 |

: Caption {#tbl-tools}

Term
: What it means

[gluteus medius]{.index} [the fan]{.index entry="gluteus medius!shape of"} [buttock]{.index see-also="gluteus maximus"}
[]{.index entry="sciatica!not always"} [trigger point]{.term} [knots]{.term of="trigger point"} [TrP]{.abbr}
[MRI]{.abbr title="magnetic resonance imaging"} [ischias]{lang=la} *e* **s** `c` [bce]{.smallcaps}

::: {.updates}
:::

::: {.chapter-list}
:::

[^kim]: [@doe2001] They looked at hips, not at people.

[^city]: City pavements are flat.

    A second paragraph.
"""
MANIFEST_OF_GUIDE = (
    MANIFEST
    + """\
labels: {chapter: "Perfect Spot No. {number}"}
chapter-keys: [muscles]
chapters: [1.md, 2.md]
front-matter: [half-title, title-page, imprint, contents, figures]
back-matter: [words.md, bibliography, index]
"""
)


@pytest.fixture(scope="module")
def galleys() -> Galleys:
    snakemake(HOME, "all", "--config", "book=.")
    return Galleys(HOME / "build" / "galleys")


def test_nothing_is_left_to_do(galleys: Galleys) -> None:
    assert "Nothing to be done" in snakemake(HOME, "all", "--config", "book=.").stderr


def test_every_check_is_content(galleys: Galleys) -> None:
    """epubcheck, Ace, veraPDF, the preflight, links, the pages of notes, the prose, and the same words everywhere."""
    snakemake(HOME, "check", "--config", "book=.")
    said = (HOME / "build" / "logs" / "checked.log").read_text(encoding="utf-8")
    told = [line for line in said.splitlines() if "finding" in line]
    large = (HOME / "build" / "fourteen-perfect-spots-large.pdf").exists()  # it is checked where it was made, too
    assert len(told) == 11 + 2 * large, said  # the prose, five editions, and five comparisons of their words
    assert all(line.endswith("no findings") for line in told), said


def test_what_makes_nothing_says_what_it_found(galleys: Galleys) -> None:
    """In the terminal, and not in its log alone: the grade of each chapter, and that there are no findings."""
    said = snakemake(HOME, "prose", "--config", "book=.").stderr
    assert "    prose: no findings\n" in said and "    reading grades: " in said, said


def test_the_report_says_so(galleys: Galleys) -> None:
    """`snakemake report` after a check checks nothing again."""
    done = snakemake(HOME, "report", "--config", "book=.")
    assert "] checked" not in done.stderr, done.stderr
    said = json.loads((HOME / "build" / "report.json").read_bytes())
    assert (said["findings"], said["stale"], said["preflight"]["failed"]) == ([], [], 0)
    assert said["totals"]["words"] > 45_000 and said["totals"]["figures"] > 42
    assert (HOME / "build" / "report.html").stat().st_size < 3_000_000


def test_every_chapter_has_its_plates_notes_and_boxes(galleys: Galleys) -> None:
    chapters = [document for document in galleys.book.documents if document.type == "chapter"]
    assert [chapter.number for chapter in chapters] == [str(number) for number in range(1, 15)]
    for chapter in chapters:
        kinds = {note.kind for note in galleys.book.notes if note.document == chapter.id}
        assert kinds == {"citation", "commentary"}, chapter.id
        shown = {Path(figure.src).stem for figure in galleys.book.figures if figure.document == chapter.id}
        number = f"{int(chapter.number):02}"
        assert {f"{number}-{kind}" for kind in ("locator", "anatomy", "technique")} <= shown, chapter.id
        text = (galleys.folder / chapter.file).read_text(encoding="utf-8")
        for box in ("at-a-glance", "careful", "see-a-doctor"):
            assert f'class="box {box}"' in text, (chapter.id, box)


@pytest.mark.parametrize("name", ["fourteen-perfect-spots.pdf", "fourteen-perfect-spots-print.pdf"])
def test_every_page_number_is_right(galleys: Galleys, name: str) -> None:
    """The numbers in the contents and at references, read back, are the folios of the pages that they name."""
    texts = pages(HOME / "build" / name)
    with pikepdf.open(HOME / "build" / name) as document:
        labels = [str(page.label) for page in document.pages]
    with pikepdf.open(HOME / "build" / "fourteen-perfect-spots.pdf") as document:
        places = destinations(document)  # the print PDF has none; its pages are the same
    parts = [part for part in galleys.book.documents if part.page not in ("half-title", "title-page", "imprint")]
    contents = "\n".join(texts[places[parts[0].id] : places[parts[1].id]])
    assert re.findall(r"(?:\. ?){2,} *(\w+)$", contents, re.M) == [labels[places[part.id]] for part in parts[1:]]
    flowing = " ".join(" ".join(texts).split())
    named = re.findall(r"Spot (\d+) \(page (\w+)\)", flowing)
    assert len(named) > 50
    assert [pair for pair in named if labels[places[f"spot-{pair[0]}"]] != pair[1]] == []


def test_the_authors_guide_tells_the_truth(make_book: Maker) -> None:
    """Everything in the guide's table can be written; its example of a header is taken."""
    guide = (HOME / "manuscript" / "README.md").read_text(encoding="utf-8")
    header = re.search(r"^---\n.*?^---\n", guide, re.S | re.M)
    assert header
    rows = re.findall(r"^\| [^|]+ \| (.+) \|$", guide, re.M)
    assert len(rows) > 12
    book = make_book(
        {
            "1.md": header[0] + GUIDE,
            "2.md": "---\nid: spot-12\nnumber: 12\ntitle: Twelve\n---\n\nText.\n",
            "words.md": "---\nid: words\ntitle: Words\nrole: glossary\n---\n\ntrigger point\n: A sore place.\n",
        },
        manifest=MANIFEST_OF_GUIDE,
    )
    result = Galleys(galleys_of(book)).book
    assert result.document("spot-6").label == "Perfect Spot No. 6"
    for example in re.findall(r"\[[^\]]*\]\{\.[a-z][^}]*\}|\[\]\(#[a-z0-9-]+\)|::: \{\.[a-z-]+\}", guide):
        assert example in GUIDE, f"the guide shows {example}, and no test writes it"
