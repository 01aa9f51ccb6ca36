"""What changed since an earlier release: each kind of change is seen, said in its place, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from conftest import BOOKS, PHONE, STYLES, Maker
from lxml import html
from playwright.sync_api import Browser

from press import book as manifest_file
from press.changes import numbers, page, words
from press.changes.snapshot import FILE, Block, Figure, Reference, Snapshot, load
from press.cli import main
from press.findings import Refused
from press.styles import Styles

KNOTS = Styles([BOOKS / "knoten" / "styles", STYLES])


@pytest.fixture(scope="module")
def old(small_book: Path) -> Snapshot:
    """The snapshot of the book of knots."""
    return load(small_book)[0]


def edited(old: Snapshot) -> Snapshot:
    """A later edition: a chapter edited, an appendix gone, a part new; pages, figures, works, index moved."""
    new = old.model_copy(deep=True)
    new.version = "1.1"
    chapter = next(part for part in new.parts if part.id == "kreuzknoten")
    place = next(number for number, block in enumerate(chapter.blocks) if block.text.startswith("Nie an"))
    chapter.blocks[place].text = "Nie und nimmer an diesem Knoten hängen."
    chapter.blocks[place].folio = "3"
    chapter.blocks.insert(place, Block(kind="text", text="Ein neuer Absatz.", folio="2"))
    del chapter.blocks[-1]  # its last note
    glossary = next(part for part in new.parts if part.id == "woerter")
    new.parts = [part for part in new.parts if part.id != "alle"]
    new.parts.append(glossary.model_copy(update={"id": "nachwort", "title": "Nachwort"}))
    new.figures[0].picture, new.figures[0].folio = "0" * 64, "3"
    new.figures.append(Figure(id="abb-2", number="1.2", caption="Neu.", folio="4", picture=""))
    new.works = {"patil2020": new.works["patil2020"], "neu2024": "Neu A. Ein Buch."}
    new.index = {**new.index, "Taue": [str(page) for page in range(100, 140)], "Auge": ["6", "7"]}
    new.references["palstek"] = Reference(text="Knoten 2", folio="7", times=3)
    return new


def test_a_snapshot_is_what_stands_on_the_pages(old: Snapshot) -> None:
    chapter = next(part for part in old.parts if part.id == "kreuzknoten")
    said = {block.text: (block.kind, block.folio) for block in chapter.blocks}
    assert said["Der Kreuzknoten"] == ("heading", "1")
    assert said["Abbildung 1.1 Rechts über links, links über rechts."][0] == "caption"
    assert said["Die alte Regel steht so in vielen Büchern. Sie hat einen zweiten Absatz verdient."] == ("note", "1")
    text = next(text for text in said if text.startswith("Wer zwei gleich dicke Seile"))
    assert text.endswith("links über rechts. Das Ende bleibt dabei immer lang genug."), "without the numbers of notes"
    assert old.index == {"Auge": ["5"], "Knoten, Palstek": ["5"], "Seile": ["1"]}
    assert old.references["palstek"] == Reference(text="Knoten 2", folio="5", times=2)
    assert set(old.works) == {"ashley1944", "patil2020"}
    assert old.folios[:5] == ["i", "ii", "iii", "iv", "1"]
    assert Snapshot.model_validate_json(old.model_dump_json()) == old


def test_words(old: Snapshot) -> None:
    found = {part.id: part for part in words.compare(old, edited(old))}
    assert {name: part.fate for name, part in found.items()} == {
        "kreuzknoten": "changed", "nachwort": "new", "alle": "gone",
    }  # fmt: skip
    new, box, note = found["kreuzknoten"].changes
    assert (new.old, new.new, new.count("+"), new.count("-")) == ("", "2", 3, 0)
    assert [(piece.sign, piece.text) for piece in box.pieces] == [
        ("=", "Nie"), ("+", "und nimmer"), ("=", "an diesem Knoten hängen."),
    ]  # fmt: skip
    assert (box.new, note.kind, note.new) == ("3", "note", "")
    assert all(change.new == "" for change in found["alle"].changes)
    assert words.compare(old, old) == []


def test_what_is_the_same_far_from_a_change_is_left_out(old: Snapshot) -> None:
    many = " ".join(f"w{number}" for number in range(60))
    before, after = old.model_copy(deep=True), old.model_copy(deep=True)
    before.parts[0].blocks = [Block(kind="text", text=f"{many} alt {many}", folio="1")]
    after.parts[0].blocks = [Block(kind="text", text=f"{many} neu {many}", folio="1")]
    [change] = words.compare(before, after)[0].changes
    assert [piece.sign for piece in change.pieces] == ["…", "=", "-", "+", "=", "…"]
    assert change.pieces[1].text == " ".join(f"w{number}" for number in range(50, 60))


def test_numbers(old: Snapshot) -> None:
    new = edited(old)
    assert [(one.name, one.fate, one.old, one.new) for one in numbers.index(old, new)] == [
        ("Auge", "moved", "5", "6, 7"),
        ("Taue", "new", "", ", ".join(map(str, range(100, 140)))),
    ]
    [moved] = numbers.references(old, new)
    assert (moved.name, moved.old, moved.new, moved.more) == ("Knoten 2", "5", "7", "referred to 3 times")
    redrawn, fresh = numbers.figures(old, new)
    assert (redrawn.fate, redrawn.more, redrawn.new, fresh.fate) == ("changed", "drawn anew", "3", "new")
    assert [(one.more, one.fate) for one in numbers.works(old, new)] == [("neu2024", "new"), ("ashley1944", "gone")]
    assert not any(compare(old, old) for compare in (numbers.index, numbers.references, numbers.figures, numbers.works))


@pytest.fixture(scope="module")
def changed(small_book: Path, old: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of what changed between the book of knots and a later release: words, and two pages of the PDF."""
    later = tmp_path_factory.mktemp("changes") / "release"
    later.mkdir()
    (later / FILE).write_text(edited(old).model_dump_json(), encoding="utf-8")
    with pikepdf.open(small_book / "build" / "knotenschule.pdf") as document:
        for number, place in ((4, "100 200 60 40"), (8, "150 12 20 10")):  # in the text; at the foot
            document.pages[number].contents_add(f"q 0 0 0 rg {place} re f Q".encode())
        document.save(later / "knotenschule.pdf")
    done = CliRunner().invoke(
        main,
        ["changes", str(small_book), str(later), "-s", str(BOOKS / "knoten" / "styles"), "-s", str(STYLES), "-o",
         str(later / "changes.html")],
    )  # fmt: skip
    assert (done.exit_code, done.output) == (0, "")
    return later / "changes.html"


def test_pages_that_look_different(changed: Path) -> None:
    said = json.loads(changed.with_suffix(".json").read_bytes())
    looks = {one["new"] or one["old"]: one for one in said["looks"]}
    assert (looks[5]["fate"], looks[5]["number_only"]) == ("changed", False)
    assert (looks[9]["fate"], looks[9]["number_only"]) == ("changed", True)
    assert {one["fate"] for number, one in looks.items() if number > 9} == {"gone", "new"}, "alle and nachwort"
    assert said["totals"]["pages_renumbered"] == 1
    assert said["totals"]["notes_gone"] == 1 and said["totals"]["notes_new"] == 0


def test_the_page_shows_it(changed: Path, browser: Browser) -> None:
    tree = html.fromstring(changed.read_text(encoding="utf-8"))
    assert [one.text for one in tree.iter("ins")][:2] == ["Ein neuer Absatz.", "und nimmer"]
    text = " ".join(tree.find("body").text_content().split())
    assert "version 1.0, 2024-02-29 → Erste Auflage, version 1.1" in text
    assert "5 → 6, 7" in text and "page 2, new" in text and "1 more only in running head or page number" in text
    assert tree.xpath("//script | //link | //@src[not(starts-with(., 'data:'))]") == []
    shown = browser.new_page(viewport=PHONE)
    shown.goto(changed.as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert shown.evaluate("[...document.images].every(one => one.complete && one.naturalWidth)")
    shown.close()


def test_nothing_changed(small_book: Path, tmp_path: Path) -> None:
    shutil.copytree(small_book / "build" / "galleys", tmp_path / "galleys")
    shutil.copytree(small_book / "build" / "sheets", tmp_path / "sheets")
    compared = page.compare(small_book, tmp_path, KNOTS)
    assert not any((compared.changes.parts, compared.changes.index, compared.changes.works))
    assert compared.changes.looks is None, "there is no PDF to look at"
    with pytest.raises(Refused, match=r"neither a release, with its snapshot\.json, nor a build"):
        page.compare(tmp_path / "sheets", small_book, KNOTS)


def test_the_previous_release_lies_in_the_books_folder(make_book: Maker) -> None:
    book = make_book({"1.md": ""})
    manifest = book / "book.yaml"
    text = manifest.read_text(encoding="utf-8")
    for name, message in (
        ("releases/1.0", "releases/1.0 does not"),
        ("../..", r"\.\./\.\. leads out"),
    ):
        manifest.write_text(f"{text}previous-release: {name}\n", encoding="utf-8")
        with pytest.raises(Refused, match=rf"book.yaml:\d+: {message}"):
            manifest_file.load(book)
    (book / "releases" / "1.0").mkdir(parents=True)
    manifest.write_text(f"{text}previous-release: releases/1.0\n", encoding="utf-8")
    assert manifest_file.load(book).previous_release == "releases/1.0"
