"""The PDFs, read back: what a reader sees on the page, and what the checks find in broken ones."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

from press.check import verapdf
from press.check.pdf import check, check_large, destinations, inspect
from press.galleys import Galleys


def pages(pdf: Path) -> list[str]:
    """Return the text of every page, as Poppler reads it."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


@pytest.fixture(scope="module")
def galleys(small_book: Path) -> Galleys:
    return Galleys(small_book / "build" / "galleys")


@pytest.fixture
def pdf(small_book: Path) -> Path:
    return small_book / "build" / "knotenschule.pdf"


def test_checks_find_nothing(pdf: Path, galleys: Galleys) -> None:
    assert check(pdf, galleys) == []


def test_contents_name_the_folio_that_is_printed(pdf: Path, galleys: Galleys) -> None:
    texts = pages(pdf)
    with pikepdf.open(pdf) as document:
        places, labels = destinations(document), [str(page.label) for page in document.pages]
    (contents,) = [text for text in texts if text.strip().startswith("Inhalt")]
    for document in galleys.book.documents:
        if document.source and document.direction == "ltr":
            sheet = places[document.id]
            assert re.search(rf"{document.title}[ .]+{labels[sheet]}$", contents, re.M), document.title
            assert texts[sheet].rstrip().endswith(labels[sheet]), f"folio of {document.title}"


def test_front_matter_is_roman_and_the_body_begins_with_1(pdf: Path, galleys: Galleys) -> None:
    with pikepdf.open(pdf) as document:
        labels, places = [str(page.label) for page in document.pages], destinations(document)
    first = places["kreuzknoten"]
    assert labels[:3] == ["i", "ii", "iii"]
    assert labels[first] == "1"
    assert first % 2 == 0, "a chapter opens on a recto"


def test_notes_stand_at_the_foot_of_their_page(pdf: Path) -> None:
    (page,) = [text for text in pages(pdf) if "legt erst rechts über links" in " ".join(text.split())]
    body, foot = page.index("rechts"), page.index("Die alte Regel")
    assert body < foot
    assert "Sie hat einen zweiten Absatz" in page


def test_references_name_the_page(pdf: Path) -> None:
    text = " ".join(" ".join(pages(pdf)).split())
    assert "Mehr dazu in Knoten 2 (Seite 5)" in text


def test_index_names_the_page(pdf: Path) -> None:
    index = pages(pdf)[-1]
    assert re.search(r"Palstek +5", index)
    assert re.search(r"Seile +1", index)


def test_running_heads_name_the_book_and_the_part(pdf: Path) -> None:
    texts = pages(pdf)
    (verso,) = [text for text in texts if "Wie er gelegt wird" in text]
    (recto,) = [text for text in texts if "Was hält" in text]
    assert verso.strip().upper().startswith("KLEINE KNOTENSCHULE")
    assert recto.strip().startswith("Der Kreuzknoten")


def test_blank_pages_are_blank(pdf: Path) -> None:
    texts = pages(pdf)
    blank = [number for number, text in enumerate(texts) if not text.strip()]
    assert blank
    assert all(number % 2 for number in blank), "only versos are left blank"


def test_screen_is_tagged_and_titled(small_book: Path) -> None:
    with pikepdf.open(small_book / "build" / "knotenschule.pdf") as document:
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.docinfo["/Title"] == "Kleine Knotenschule: Zwei Knoten und ein Gast"
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[-1] == "Register"
    assert "Der Kreuzknoten" in titles


def strip_labels(document: pikepdf.Pdf) -> None:
    del document.Root.PageLabels


def strip_outline(document: pikepdf.Pdf) -> None:
    del document.Root.Outlines


def retitle(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as metadata:
        metadata["dc:title"] = "Another"


def retrim(document: pikepdf.Pdf) -> None:
    document.pages[0].trimbox = [0, 0, 100, 100]


def unembed(document: pikepdf.Pdf) -> None:
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
            del thing["/FontFile2"]


def move_note(document: pikepdf.Pdf) -> None:
    names = pikepdf.NameTree(document.Root.Names.Dests)
    names["kreuzknoten-note-1"] = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])


def elements(document: pikepdf.Pdf, kind: str) -> list[pikepdf.Dictionary]:
    """Return the structure elements of one type."""
    return [
        thing
        for thing in document.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == f"/{kind}" and "/P" in thing
    ]


def untag(document: pikepdf.Pdf) -> None:
    del document.Root.StructTreeRoot


def unname_note(document: pikepdf.Pdf) -> None:
    del elements(document, "Note")[0]["/ID"]


def twin_notes(document: pikepdf.Pdf) -> None:
    first, second, *_ = elements(document, "Note")
    second.ID = first.ID


def unlink_call(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        for annotation in page.obj.get("/Annots", ()):
            if annotation.get("/Dest") == "kreuzknoten-note-1":
                annotation.Dest = pikepdf.String("kreuzknoten")


def unlink_back(document: pikepdf.Pdf) -> None:
    for page in document.pages:
        for annotation in page.obj.get("/Annots", ()):
            if annotation.get("/Dest") == "kreuzknoten-call-1":
                annotation.Dest = pikepdf.String("kreuzknoten")


def mislead(document: pikepdf.Pdf) -> None:
    next(a for page in document.pages for a in page.obj.get("/Annots", ()) if "/Dest" in a).Dest = pikepdf.String("x")


def silence_link(document: pikepdf.Pdf) -> None:
    link = elements(document, "Link")[0]
    link.K = pikepdf.Array([kid for kid in link.K if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid])


def forget_link(document: pikepdf.Pdf) -> None:
    elements(document, "Link")[0].K = 0


def blind(document: pikepdf.Pdf) -> None:
    del elements(document, "Figure")[0]["/Alt"]


def skip_level(document: pikepdf.Pdf) -> None:
    elements(document, "H2")[0].S = pikepdf.Name.H4


def unscope(document: pikepdf.Pdf) -> None:
    del elements(document, "TH")[0].A["/Scope"]


def flatten_contents(document: pikepdf.Pdf) -> None:
    for contents in elements(document, "TOC"):
        contents.S = pikepdf.Name.L


def flatten_index(document: pikepdf.Pdf) -> None:
    elements(document, "Index")[0].S = pikepdf.Name.Sect


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (strip_labels, "the pages have no labels"),
        (strip_outline, "no bookmark leads to 'Der Palstek'"),
        (retitle, "the title in the metadata is 'Another'"),
        (retrim, "sheet 1: trimmed to"),
        (unembed, "is not embedded"),
        (move_note, "note 1 is called on sheet"),
        (untag, "the PDF is not tagged"),
        (unname_note, "is tagged 0 times"),
        (twin_notes, "is tagged 2 times"),
        (unlink_call, "eins.md:14: note 1 is called by no link"),
        (unlink_back, "note 1 is without a link back to its call"),
        (mislead, "a link leads to 'x', which is nowhere"),
        (silence_link, "the link has no text"),
        (forget_link, "are tagged as links"),
        (blind, "eins.md:23: the figure has no alternative text"),
        (skip_level, "eins.md:21: a heading of level 4 follows one of level 1"),
        (unscope, "eins.md:32: the header cell has no scope"),
        (flatten_contents, "the contents page is not tagged TOC"),
        (flatten_index, "the index page is not tagged Index"),
    ],
)
def test_checks_find_what_is_broken(small_book: Path, galleys: Galleys, tmp_path: Path, damage, message: str) -> None:  # type: ignore[no-untyped-def]
    broken = tmp_path / "knotenschule.pdf"
    with pikepdf.open(small_book / "build" / "knotenschule.pdf") as document:
        damage(document)
        document.save(broken)
    assert message in "\n".join(map(str, inspect(broken, galleys)))


def test_checks_find_what_is_broken_in_large_print(large: Path, galleys: Galleys, tmp_path: Path) -> None:
    broken = tmp_path / large.name
    with pikepdf.open(large) as document:
        for damage in (strip_labels, move_note, unlink_back, blind, unembed):
            damage(document)
        document.save(broken)
    said = "\n".join(map(str, check_large(broken, galleys)))
    assert "the pages have no labels" in said
    assert "note 1 is called on sheet" in said
    assert "note 1 is without a link back to its call" in said
    assert "is not embedded" in said
    assert "PDF/UA-1 7.3-1, 1 times" in said


def test_verapdf_finds_what_is_broken(small_book: Path, galleys: Galleys, tmp_path: Path) -> None:
    broken = tmp_path / "knotenschule.pdf"
    with pikepdf.open(small_book / "build" / "knotenschule.pdf") as document:
        del document.Root.OutputIntents
        blind(document)
        next(page.obj.Annots for page in document.pages if "/Annots" in page.obj)[0].F = 0
        document.save(broken)
    said = "\n".join(map(str, verapdf.check(broken, galleys)))
    assert "PDF/UA-1 7.3-1, 1 times: Figure tags shall include an alternative representation" in said
    assert "PDF/A-2a 6.2.4.3-2" in said, "RGB without an output intent"
    assert "PDF/A-2a 6.3.2-2, 1 times" in said, "an annotation that is not printed"
    text = tmp_path / "text.pdf"
    text.write_text("This is no PDF.", encoding="utf-8")
    assert "veraPDF cannot read it" in "\n".join(map(str, verapdf.check(text, galleys)))
