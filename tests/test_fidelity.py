"""The fidelity check: silent about editions that hold the book, precise about those that were broken on purpose."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import STYLES
from hypothesis import given, settings
from hypothesis import strategies as st

from press.check import fidelity
from press.check.fidelity.align import align
from press.check.fidelity.compare import Comparison, Placed, Tally
from press.check.fidelity.expected import Text
from press.check.fidelity.tokens import Word, key, split
from press.galleys import Galleys
from press.prose import Prose
from press.styles import Styles

SLUG = "knotenschule"
BOXES = Prose.model_validate({"boxes": {"achtung": {"before": "legen"}}})
RULE = "Wer zwei gleich dicke"


class Built:
    """A built book, whose editions can be broken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.galleys = Galleys(folder / "build" / "galleys")
        self.epub = folder / "build" / f"{SLUG}.epub"
        self.pdf = folder / "build" / f"{SLUG}.pdf"
        self.print = folder / "build" / f"{SLUG}-print.pdf"
        self.web = folder / "build" / "html" / "index.html"

    def compare(self, *editions: Path) -> dict[str, Tally]:
        """Return the outcome by edition."""
        done = fidelity.Editions(self.folder, self.galleys, BOXES).compare(list(editions))
        return {one.name: one.tally for one in done}

    def findings(self, edition: Path) -> list[str]:
        """Return what is wrong with one edition, sorted."""
        return sorted(str(finding) for tally in self.compare(edition).values() for finding in tally.findings)

    def change_epub(self, file: str, change: Callable[[str], str]) -> None:
        """Change a document of the EPUB."""
        with zipfile.ZipFile(self.epub) as archive:
            contents = {name: archive.read(name) for name in archive.namelist()}
        [name] = [name for name in contents if name.endswith(f"/{file}")]
        changed = change(contents[name].decode())
        assert changed.encode() != contents[name]
        with zipfile.ZipFile(self.epub, "w") as archive:
            for other, content in contents.items():
                archive.writestr(other, changed if other == name else content)

    def change_web(self, file: str, change: Callable[[str], str]) -> None:
        """Change a page of the web edition."""
        page = self.web.parent / file
        text = page.read_text(encoding="utf-8")
        assert change(text) != text
        page.write_text(change(text), encoding="utf-8")


@pytest.fixture
def built(own_book: Path) -> Built:
    return Built(own_book)


def cut(pattern: str, by: str = "") -> Callable[[str], str]:
    return lambda text: re.sub(pattern, by, text, count=1, flags=re.S)


def test_a_whole_book_has_no_findings(small_book: Path, tmp_path: Path) -> None:
    book = Built(small_book)
    done = book.compare(book.print, book.pdf, book.epub, book.web)
    assert list(done) == ["galleys", f"{SLUG}.pdf", f"{SLUG}.epub", "html", f"{SLUG}-print.pdf"]
    for name, tally in done.items():
        assert (tally.findings, tally.extra) == ([], 0), name
        assert tally.found == tally.words > 150
    for name in list(done)[1:]:
        assert (done[name].notes, done[name].boxes) == (7, 1)


def test_large_print_has_no_findings(small_book: Path, large: Path) -> None:
    """Its ragged lines from right to left are read in order too, with punctuation and numbers in them."""
    tally = Built(small_book).compare(large)[f"{SLUG}-large.pdf"]
    assert (tally.findings, tally.extra) == ([], 0)
    assert (tally.notes, tally.boxes) == (7, 1)
    assert tally.found == tally.words > 150


def test_a_heading_of_one_word_between_a_table_and_a_numbered_list_is_found() -> None:
    """A table may stand anywhere, and the numbers of items are words: no two words of the text are in a row."""
    text = "Ropes of three kinds. Stuff hemp silk nylon and there is no more to say of them".split()
    table = ["Table", "11", "Strength", *(f"cell{number}" for number in range(40))]
    page = [*text[:4], *table, "Stuff", "1", "hemp", "2", "silk", "3", "nylon", *text[8:]]
    done = align(text, page)
    assert None not in done.at
    assert [page[place] for place in done.extra] == [*table, "1", "2", "3"]


def test_a_paragraph_that_is_missing_is_named_with_its_line(built: Built) -> None:
    built.change_epub("kreuzknoten.xhtml", cut(r"<p>\s*Wie .*?</p>"))
    built.change_web("kreuzknoten.html", cut(r"<p>\s*Wie .*?</p>"))
    for edition, name in ((built.epub, "EPUB"), (built.web, "web")):
        [finding] = built.findings(edition)
        assert finding == (
            f"manuscript/eins.md:25: {name}: 15 words are missing: "
            "“Wie Abbildung 1.1 zeigt, liegen beide Enden auf derselben … in Knoten 2.”"
        )


def test_a_paragraph_that_stands_twice_is_named(built: Built) -> None:
    built.change_epub("palstek.xhtml", cut(r"(<p>\s*Das kleine Krokodil.*?)(<a[^>]*>3</a>)?(</p>)", r"\1\3\1\2\3"))
    findings = built.findings(built.epub)
    assert any(
        finding.startswith("manuscript/zwei.md:17: EPUB: 15 words are too much, or twice: “Das kleine Krokodil")
        for finding in findings
    )


def test_paragraphs_that_change_places_are_named(built: Built) -> None:
    built.change_web("palstek.html", cut(r"(<p[^>]*>\s*Der .*?</p>)(.*?)(<h2.*?</h2>)", r"\3\2\1"))
    findings = built.findings(built.web)
    assert any("missing" in finding for finding in findings)
    assert any("too much, or twice" in finding for finding in findings)


def test_a_note_that_lost_its_words_or_its_number(built: Built) -> None:
    built.change_epub("kreuzknoten.xhtml", lambda text: text.replace("Sie hat einen zweiten Absatz verdient.", ""))
    built.change_epub("kreuzknoten.xhtml", cut(r'(id="kreuzknoten-call-3"[^>]*>)3<', r"\g<1>4<"))
    findings = built.findings(built.epub)
    assert any("call of note 3 says 4" in finding for finding in findings)
    assert any("in note 1 6 words are missing: “Sie hat einen" in finding for finding in findings)


def test_a_caption_that_is_missing_is_named(built: Built) -> None:
    built.change_web("kreuzknoten.html", lambda text: text.replace("Rechts über links, links über rechts.", "", 1))
    findings = built.findings(built.web)
    assert any("“Rechts über links, links über rechts.”" in finding and "missing" in finding for finding in findings)


def test_a_box_behind_its_technique_is_named(built: Built) -> None:
    built.change_epub(
        "kreuzknoten.xhtml", cut(r'(<aside class="box achtung".*?</aside>)(.*?<p>\s*Wie .*?</p>)', r"\2\1")
    )
    findings = built.findings(built.epub)
    assert "manuscript/eins.md:17: EPUB: the box 'Achtung' stands behind the technique that it warns of" in findings


def test_a_box_that_lost_a_word_is_not_whole(built: Built) -> None:
    built.change_web("kreuzknoten.html", lambda text: text.replace("Nie an diesem", "An diesem", 1))
    findings = built.findings(built.web)
    assert "manuscript/eins.md:17: web: the box 'Achtung' is not whole" in findings
    assert any("1 word is missing: “Nie”" in finding for finding in findings)


def test_a_part_that_is_missing_is_named(built: Built) -> None:
    (built.web.parent / "palstek.html").unlink()
    assert "manuscript/zwei.md: web: the part 'Der Palstek' is missing" in built.findings(built.web)


def test_a_word_that_the_press_lost_is_named(built: Built) -> None:
    page = built.folder / "build" / "galleys" / "palstek.xhtml"
    page.write_text(page.read_text(encoding="utf-8").replace("geht um\nden Baum", "geht um Baum"), encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("den Baum", "Baum"), encoding="utf-8")
    tally = built.compare()["galleys"]
    assert [str(finding) for finding in tally.findings] == ["manuscript/zwei.md:17: galleys: 1 word is missing: “den”"]


def test_a_page_that_is_missing_from_a_pdf_is_named(built: Built) -> None:
    for path in (built.print, built.pdf):
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            first = next(number for number, page in enumerate(pdf.pages) if page.label == "6")
            contents = pdf.pages[first].obj
            contents.Contents = pdf.make_stream(b"")
            pdf.save(path)
        name = path.name
        findings = [str(finding) for finding in built.compare(built.pdf, path)[name].findings]
        missing = [finding for finding in findings if finding.startswith(f"manuscript/zwei.md:15: {name}: 1")]
        assert len(missing) == 1 and "are missing: “Der Merkvers Das kleine Krokodil" in missing[0]
        assert f"manuscript/zwei.md:17: {name}: note 3 is without its number" in findings


def test_a_page_that_begins_elsewhere_in_the_epub_is_named(built: Built) -> None:
    marker = r'(<span[^>]* id="page-6"[^>]*></span>)'
    built.change_epub("palstek.xhtml", cut(rf'(<p class="subtitle".*?){marker}', r"\2\1"))
    tally = built.compare(built.epub, built.pdf)[f"{SLUG}.epub"]
    assert list(map(str, tally.findings)) == [
        f"{SLUG}.epub: page 6 begins with “Eine Schlinge, die sich nicht”, which {SLUG}.pdf has elsewhere"
    ]


def test_a_page_that_the_epub_does_not_list_is_named(built: Built) -> None:
    built.change_epub("nav.xhtml", cut(r'<li><a href="[^"]*#page-10">10</a></li>'))
    tally = built.compare(built.epub, built.pdf)[f"{SLUG}.epub"]
    assert list(map(str, tally.findings)) == [f"{SLUG}.epub: its list of pages is not that of {SLUG}.pdf: 18 and 19"]


def test_a_print_pdf_alone_cannot_be_compared(built: Built) -> None:
    [finding] = built.findings(built.print)
    assert finding.startswith(f"{SLUG}-print.pdf: not compared: the print PDF has no tags")


def test_the_report_is_a_page_to_read(built: Built) -> None:
    built.change_epub("palstek.xhtml", lambda text: text.replace("Krokodil", ""))
    compared = fidelity.Editions(built.folder, built.galleys, BOXES).compare([built.epub])
    page = fidelity.report(compared, built.galleys, Styles([STYLES]))
    assert '<th scope="row">knotenschule.epub</th><td>367</td><td>1</td>' in page.replace("\n", "")
    assert "<code>manuscript/zwei.md:17</code> EPUB: 1 word is missing: “Krokodil”" in page


def test_check_reports_and_fails(built: Built) -> None:
    from click.testing import CliRunner

    from press.cli import main

    built.change_web("palstek.html", lambda text: text.replace("Krokodil", "", 1))
    report = built.folder / "build" / "fidelity.html"
    arguments = [built.folder / "book.yaml", built.galleys.folder / "book.json", built.web, "-s", STYLES, "-r", report]
    done = CliRunner().invoke(main, ["check", *map(str, arguments)])
    assert done.exit_code == 1
    assert "manuscript/zwei.md:17: web: 1 word is missing: “Krokodil”" in done.output
    assert "galleys: 193 of 193 words: no findings" in done.output
    assert report.is_file()


# The parts: words, their alignment, pages


def test_a_word_is_its_letters() -> None:
    assert [key(word) for word in ("ﬁnger’s", "MUS­CLE", "ge­hen", "9–16%", "É", "—")] == [
        "fingers", "muscle", "gehen", "916", "e", ""
    ]  # fmt: skip


def matched(expected: str, found: str) -> tuple[list[str], list[str]]:
    """Return the words that are missing, and those that are too much."""
    a, b = expected.split(), found.split()
    done = align(a, b)
    return [word for word, place in zip(a, done.at, strict=True) if place is None], [b[place] for place in done.extra]


@pytest.mark.parametrize(
    ("expected", "found", "missing", "extra"),
    [
        ("a muscle hurts here", "a mus cle hurts here", "", ""),  # hyphenation
        ("careful now and then", "c a r e f u l now and then", "", ""),  # letter-spaced
        ("the big muscle hurts", "the big mus 3 a note of print cle hurts", "", "3 a note of print"),  # over a page
        ("spot twelve or so", "spot twelve page 87 or so", "", "page 87"),
        ("knots ropes bends", "knots 4 17 ropes xii bends 9", "", "4 17 xii 9"),
        ("one two three four five", "one two four five", "three", ""),
        ("one two three four five", "one two two three four five", "", "two"),
        ("one two", "", "one two", ""),
        ("", "one two", "", "one two"),
    ],
)
def test_alignment(expected: str, found: str, missing: str, extra: str) -> None:
    assert matched(expected, found) == (missing.split(), extra.split())


WORDS = st.lists(st.integers(0, 10_000).map(lambda number: f"w{number}x"), unique=True, min_size=20, max_size=120)


@settings(max_examples=150, deadline=None)
@given(WORDS, st.integers(0, 100), st.integers(1, 30), st.integers(0, 100), st.integers(0, 30))
def test_what_is_taken_out_is_missing_and_what_is_put_in_is_too_much(
    words: list[str], start: int, length: int, place: int, more: int
) -> None:
    start, place = start % len(words), place % len(words)
    kept = words[:start] + words[start + length :]
    foreign = [f"z{number}y" for number in range(more)]
    done = align(words, kept[:place] + foreign + kept[place:])
    missing = [word for word, at in zip(words, done.at, strict=True) if at is None]
    assert set(missing) >= set(words[start : start + length])
    # a few words that stand alone between what is missing and what is too much may be counted with both
    assert 0 <= len(missing) - len(words[start : start + length]) == len(done.extra) - more <= 5


def test_a_note_on_another_page_than_its_call_is_named(small_book: Path) -> None:
    galleys = Galleys(small_book / "build" / "galleys")
    text: Text = next(
        text for text in fidelity.expected.texts(galleys, None, floating=True) if text.document.id == "palstek"
    )
    said = [Placed(word, 4) for unit in (text.words, *text.captions) for word in unit]
    for number, note in enumerate(text.notes):
        said += [Placed(word, 5 if number == 1 else 4) for word in [Word(note.number, note.number), *note.words]]
    tally = Comparison([text], said, "print", "page {page}", numbered=True).tally()
    assert [str(finding) for finding in tally.findings] == [
        "manuscript/zwei.md:8: print: note 2 is called on sheet 5, set on sheet 6"
    ]
    assert tally.notes == 2


def test_a_note_without_its_number_is_named(small_book: Path) -> None:
    galleys = Galleys(small_book / "build" / "galleys")
    texts = fidelity.expected.texts(galleys, None, floating=True)
    text = next(text for text in texts if text.document.id == "palstek")
    said = [Placed(word) for unit in (text.words, *text.captions) for word in unit]
    said += [Placed(word) for note in text.notes for word in note.words]
    findings = Comparison([text], said, "print", "page {page}", numbered=True).tally().findings
    assert [finding.message for finding in findings] == [f"print: note {n} is without its number" for n in (1, 2, 3)]


def test_a_page_number_in_the_text_is_not_that_of_a_note(small_book: Path) -> None:
    """As print has them: note 1 at the foot of its page, then "Spot 2 (page 2) suits you", then note 2."""
    galleys = Galleys(small_book / "build" / "galleys")
    texts = fidelity.expected.texts(galleys, None, floating=True)
    text = next(text for text in texts if text.document.id == "kreuzknoten")
    first, *others = ([Word(note.number, note.number), *note.words] for note in text.notes)
    reference = list(split("(page 2)"))
    units = [text.words[:30], first, text.words[30:-2], reference, text.words[-2:], *text.captions, *others]
    said = [Placed(word) for unit in units for word in unit]
    assert Comparison([text], said, "print", "page {page}", numbered=True).tally().findings == []


def test_the_head_of_a_table_may_stand_on_every_page_of_it(small_book: Path) -> None:
    galleys = Galleys(small_book / "build" / "galleys")
    texts = fidelity.expected.texts(galleys, None, floating=True)
    text = next(text for text in texts if text.document.id == "kreuzknoten")
    said = [word for unit in (text.words, *text.captions) for word in unit]
    words = [Placed(word) for word in said]
    at = next(place for place, word in enumerate(said) if word.text == "Kunstfaser")
    words[at:at] = [Placed(word) for word in split("Seil hält")]
    words += [Placed(word) for note in text.notes for word in [Word(note.number, note.number), *note.words]]
    assert Comparison([text], words, "print", "page {page}", numbered=True).tally().findings == []
