"""The cover wrap, read back: its spine by the page count, its bars by a scanner, and what makes it again."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from conftest import BOOKS, STYLES, snakemake
from PIL import Image

from press.check.fidelity import Editions
from press.check.preflight import check_cover
from press.editions.print import cover, wrap
from press.editions.print.barcode import barcode
from press.findings import Refused
from press.galleys import Book, Galleys
from press.pagemap import Page, PageMap
from press.styles import Styles

MM = 72 / 25.4
ISBN = "978-3-16-148410-0"  # the example of the ISBN manual; no book has it


@pytest.fixture(scope="module")
def galleys(small_book: Path) -> Galleys:
    return Galleys(small_book / "build" / "galleys")


@pytest.fixture
def printed(small_book: Path) -> Path:
    return small_book / "build" / "knotenschule-cover.pdf"


def a_cover(folder: Path, galleys: Galleys, pages: int, **changes: object) -> Path:
    """Make the cover of a book of so many pages, with changes to its book.json; return it."""
    shutil.copytree(galleys.folder, folder / "galleys")
    book = galleys.book.model_copy(update=changes)
    (folder / "galleys" / "book.json").write_text(book.model_dump_json(), encoding="utf-8")
    numbered = [Page(sheet=number + 1, folio=str(number + 1)) for number in range(pages)]
    page_map = PageMap(layout="book", pages=numbered, folios={})
    (folder / "pages.json").write_text(page_map.model_dump_json(), encoding="utf-8")
    output = folder / f"{book.slug}-cover.pdf"
    cover.build(folder / "galleys", folder / "pages.json", Styles([BOOKS / "knoten" / "styles", STYLES]), output)
    return output


def picture(pdf: Path, dpi: int = 300) -> Image.Image:
    """Return a page as Poppler shows it."""
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", "-singlefile", str(pdf), str(pdf.with_suffix(""))], check=True)
    return Image.open(pdf.with_suffix(".png"))


def words(pdf: Path) -> str:
    """Return the text of a PDF."""
    done = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


def test_checks_find_nothing(printed: Path, galleys: Galleys) -> None:
    assert check_cover(printed, galleys) == []


def test_the_spine_is_as_wide_as_the_pages_are_thick(printed: Path, small_book: Path, galleys: Galleys) -> None:
    with pikepdf.open(small_book / "build" / "knotenschule-print.pdf") as block:
        pages = len(block.pages)
    with pikepdf.open(printed) as pdf:
        (page,) = pdf.pages
        trim, bleed = ([float(side) / MM for side in box] for box in (page.trimbox, page.bleedbox))
    spine = trim[2] - trim[0] - 2 * 120
    assert pages % 4 == 0
    assert spine == pytest.approx(pages / 2 * 0.11, abs=0.01)
    assert trim[3] - trim[1] == pytest.approx(190, abs=0.01)
    assert [trim[0] - bleed[0], bleed[2] - trim[2]] == pytest.approx([3, 3], abs=0.01)


def test_blank_pages_at_the_end_count(galleys: Galleys) -> None:
    assert wrap.measure(galleys.book, 197).pages == 200
    assert wrap.measure(galleys.book, 197).spine == wrap.measure(galleys.book, 200).spine == 11


def test_a_thin_spine_is_bare_and_a_thick_one_has_the_title(printed: Path, galleys: Galleys, tmp_path: Path) -> None:
    assert words(printed).count("Kleine Knotenschule") == 1
    thick = a_cover(tmp_path, galleys, 300)
    assert words(thick).count("Kleine Knotenschule") == 2
    with pikepdf.open(thick) as pdf:
        left = (float(pdf.pages[0].trimbox[0]) / MM + 120, float(pdf.pages[0].trimbox[0]) / MM + 120 + 16.5)
    spine = picture(thick, 100)
    ground = spine.getpixel((5, 5))
    box = tuple(round(side * 100 / 25.4) for side in (left[0] + 0.5, 10, left[1] - 0.5, 186))
    assert any(colour != ground for _, colour in spine.crop(box).getcolors(1 << 20) or []), "the title is on the spine"


def test_an_isbn_is_read_by_a_scanner(galleys: Galleys, tmp_path: Path) -> None:
    book = galleys.book
    output = a_cover(tmp_path, galleys, 100, identifiers={**book.identifiers, "print": f"urn:isbn:{ISBN}"})
    (code,) = zxingcpp.read_barcodes(picture(output))
    assert code.format == zxingcpp.BarcodeFormat.EAN13
    assert code.text == ISBN.replace("-", "")
    assert f"ISBN {ISBN}" in words(output)


def test_no_isbn_is_invented(printed: Path, tmp_path: Path) -> None:
    shown = tmp_path / "cover.pdf"
    shutil.copyfile(printed, shown)
    assert zxingcpp.read_barcodes(picture(shown)) == []
    assert "ISBN" not in words(printed)


@pytest.mark.parametrize("isbn", ["9783161484101", "316148410X", "9783161484", "1234567890128", "not-a-number"])
def test_a_wrong_isbn_is_a_finding(isbn: str) -> None:
    with pytest.raises(Refused, match=rf"book\.yaml: the print edition's identifier '{isbn}' is no ISBN"):
        barcode(f"urn:isbn:{isbn}")


def test_same_input_same_bytes(galleys: Galleys, tmp_path: Path) -> None:
    first, second = (a_cover(tmp_path / name, galleys, 40).read_bytes() for name in ("one", "two"))
    assert first == second


def other_spine(book: Book) -> Book:
    return book.model_copy(update={"paper": book.paper.model_copy(update={"caliper": 0.2})})


def test_a_spine_that_does_not_fit_is_found(printed: Path, galleys: Galleys) -> None:
    thick = Galleys(galleys.folder)
    thick.book = other_spine(galleys.book)
    found = "\n".join(map(str, check_cover(printed, thick)))
    assert "knotenschule-cover.pdf: spine: it is 1.10 mm wide; 20 pages are 2 mm thick" in found
    assert "knotenschule-cover.pdf: boxes: page 1: the trim box is not 242 × 190 mm" in found


def test_a_cover_without_its_text_block_is_found(printed: Path, galleys: Galleys, tmp_path: Path) -> None:
    shutil.copyfile(printed, tmp_path / printed.name)
    assert "there is no knotenschule-print.pdf" in str(check_cover(tmp_path / printed.name, galleys)[0])


def test_an_edit_that_leaves_the_page_count_leaves_the_cover(own_book: Path) -> None:
    """The sheet of the cover is kept when words inside change; new words for the back make it again."""
    made = own_book / "build" / "knotenschule-cover.pdf"
    (kept,) = (own_book / "build" / "cache" / "sheets").iterdir()
    before, file = made.read_bytes(), kept.stat().st_ino
    chapter = own_book / "manuscript" / "eins.md"
    chapter.write_text(chapter.read_text(encoding="utf-8").replace("Das Ende", "Sein Ende"), encoding="utf-8")
    snakemake(own_book, "cover")
    assert (made.read_bytes(), kept.stat().st_ino) == (before, file)
    manifest = own_book / "book.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("Zwei Knoten, die", "Drei Knoten, die"), "utf-8")
    snakemake(own_book, "cover")
    assert "Drei Knoten" in words(made)
    assert len(list(kept.parent.iterdir())) == 2


def test_the_cover_is_compared_with_no_galley(printed: Path, small_book: Path, galleys: Galleys) -> None:
    compared = Editions(small_book, galleys, None).compare([printed])
    assert [one.name for one in compared] == ["galleys"]


def test_the_wrap_is_a_few_facts(galleys: Galleys) -> None:
    facts = wrap.measure(galleys.book, 18)
    assert (facts.pages, facts.spine, facts.width, facts.height) == (20, 1.1, 241.1, 190)
    assert "documents" not in facts.book, "nothing that changes with the text"
