"""Parts joined to one PDF: what the writer writes, what is made again, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from conftest import STYLES, SVG, Maker, galleys_of, joined

from press.findings import Finding, Refused
from press.join import part as parts
from press.join.finish import Finish
from press.join.writer import Writer
from press.sheets import build
from press.styles import Styles

CHAPTER = "---\nid: {name}\nnumber: {number}\ntitle: {title}\n---\n\n{text}\n"


def book_of(make_book: Maker, *texts: str, images: dict[str, str] | None = None) -> Path:
    """Return the folder of a book that is typeset, a chapter for each text: its ids are c1, c2, …"""
    named = {
        f"{number}.md": CHAPTER.format(name=f"c{number}", number=number, title=f"Title {number}", text=text)
        for number, text in enumerate(texts, 1)
    }
    folder = make_book(named, images=images)
    build(galleys_of(folder), Styles([STYLES]), "book", folder / "build" / "sheets" / "book", 1)
    return folder


def written(count: int) -> bytes:
    """Return a PDF of one page, and of so many objects besides."""
    writer = Writer(out := io.BytesIO(), "1.7")
    root, kids, page, content = (writer.number() for _ in range(4))
    writer.put(root, b"<< /Type /Catalog /Pages %d 0 R >>" % kids)
    writer.put(kids, b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % page)
    writer.put(
        page,
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] /Resources << >> /Contents %d 0 R >>" % (kids, content),
    )
    writer.put_stream(content, b"<< /Length 12 >>", b"0 0 3 3 re f")
    for number in range(count):
        writer.put(writer.number(), b"(%d)" % number)
    info = writer.number()
    writer.put(info, b"<< /Title (T) >>")
    writer.close(root, info)
    return out.getvalue()


@pytest.mark.parametrize("count", [0, 1, 95, 96, 97, 1000])
def test_what_the_writer_writes_is_read_without_a_complaint(count: int) -> None:
    """With no, one, and many object streams, full ones among them."""
    data = written(count)
    with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert str(pdf.docinfo["/Title"]) == "T"
        strings = [int(str(thing)) for thing in pdf.objects if isinstance(thing, pikepdf.String)]
    assert strings == list(range(count))
    assert written(count) == data


def test_a_text_that_looks_like_a_reference_stays_a_text(make_book: Maker) -> None:
    picture = SVG.format("<title>x</title><desc>Rope (1 0 R) \\ and 2 0 R, left</desc><path d='M0 0h60v40z'/>")
    folder = book_of(make_book, "![A rope.](images/rope.svg){#fig-rope}", images={"rope.svg": picture})
    with pikepdf.open(joined(folder / "build")) as pdf:
        told = [str(thing.Alt) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]
    assert "Rope (1 0 R) \\ and 2 0 R, left" in told


def test_an_edit_finishes_one_part(make_book: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And the book is the same, to the byte, as one of which nothing is kept; on several processes, too."""
    folder = book_of(make_book, "One.", "Two.", "Three.")
    finished: list[str] = []
    make = parts.Ready._make
    monkeypatch.setattr(parts.Ready, "_make", lambda self: finished.append(self.part.id) or make(self))
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path / "cache"))
    joined(folder / "build")
    assert finished == ["c1", "c2", "c3"]
    chapter = folder / "manuscript" / "2.md"
    chapter.write_text(chapter.read_text(encoding="utf-8").replace("Two", "Four"), encoding="utf-8")
    build(galleys_of(folder), Styles([STYLES]), "book", folder / "build" / "sheets" / "book", 1)
    finished.clear()
    edited = joined(folder / "build").read_bytes()
    assert finished == ["c2"]
    monkeypatch.setenv("PRESS_CACHE", str(tmp_path / "other"))
    assert joined(folder / "build", workers=2).read_bytes() == edited
    assert finished == ["c2"], "the others were made in processes of their own"


def test_all_parts_say_what_is_wrong_and_the_file_stays(make_book: Maker) -> None:
    class Strict(Finish):
        made_of = "strict"

        def part(self, pdf: pikepdf.Pdf, first: int) -> list[Finding]:
            return [Finding("x.pdf", 0, f"page {first}: no")]

    folder = book_of(make_book, "One.", "Two.")
    before = joined(folder / "build").read_bytes()
    with pytest.raises(Refused) as refused:
        joined(folder / "build", finish=Strict())
    assert str(refused.value).splitlines() == ["x.pdf: page 1: no", "x.pdf: page 2: no"]
    assert [path.read_bytes() for path in (folder / "build").glob("*joined*")] == [before], "and nothing beside it"


def test_a_link_to_nowhere_is_a_finding(make_book: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = book_of(make_book, "See [](#c2).", "Two.")
    monkeypatch.setattr(parts, "ELSEWHERE", "book:#c")
    with pytest.raises(Refused, match="a link leads to #2, which is on no page"):
        joined(folder / "build")
