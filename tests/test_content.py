"""Colours exchanged in content streams: the quick way gives what pikepdf's reader of instructions gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import STYLES, joined
from pikepdf import Dictionary

from press.editions.print import content
from press.editions.print.content import Content
from press.editions.print.inks import Palette
from press.styles import Styles

PDF = pikepdf.new()  # what streams belong to
Rows = list[tuple[str, list[str]]]


@pytest.fixture(scope="module")
def palette() -> Palette:
    return Palette(Styles([STYLES]))


def instructions(data: bytes) -> Rows:
    """Return operators with their operands, as text."""
    stream = PDF.make_stream(data)
    return [
        (
            str(one.operator),
            [repr(each) for each in one.operands],
        )
        for one in pikepdf.parse_content_stream(stream)
    ]


def both_ways(data: bytes, palette: Palette, resources: pikepdf.Object) -> tuple[Rows, Rows]:
    """Return the content with its colours exchanged, quickly, and instruction by instruction; none was refused."""

    def parse() -> list[Any]:
        return list(pikepdf.parse_content_stream(PDF.make_stream(data)))

    def refuse() -> list[Any]:
        raise AssertionError("not the quick way")

    quick, slow = Content(palette, resources), Content(palette, resources)
    rows = instructions(quick.rewrite(data, refuse)), instructions(slow.rewrite(b"% read it\n" + data, parse))
    assert quick.messages == slow.messages
    return rows


def test_every_page_of_a_book(small_book: Path, palette: Palette) -> None:
    seen = 0
    with pikepdf.open(joined(small_book / "build")) as pdf:
        for page in pdf.pages:
            data = page.Contents.read_bytes()
            quick, slow = both_ways(data, palette, page.resources)
            assert quick == slow
            seen += len(slow)
    assert seen > 1000


@pytest.mark.parametrize(
    "data",
    [
        b"0 0 0 rg[<0066>-12<bf>]TJ 0 0 9 9 re f",
        b"/P<</MCID 0>>BDC BT/q 12 Tf 1 0 0 1 0 0 Tm<0f>Tj ET EMC 9 w",
        b"/Artifact BMC q 1 1 1 rg 0 0 9 9 re f Q EMC /rg /f DP /Span <</E <feff0066>/K [1 2]>> BDC <66> Tj EMC",
        b"q 0 G .5 g BT <00> Tj ET q 0 0 0 1 k <00> Tj Q <00> Tj Q Q\n1 0 0 1 0 0 cm\r\n0 0 9 9 re W n\n0 0 9 9 re\nf*",
        b"/f gs/Do Do 0 0 m 9 9 l B* /Pattern cs /scn scn 0 0 9 9 re b <66>' 1 2 <66>\"",
        b"1 0 1 rg 0 0 9 9 re f",
        b"f",
        b"",
    ],
)
def test_what_could_be_mistaken(data: bytes, palette: Palette) -> None:
    quick, slow = both_ways(data, palette, Dictionary())
    assert quick == slow


@pytest.mark.parametrize("data", [b"(q 1 0 0 rg) Tj", b"% q\nf", b"<b f> Tj", b"[]0 0 0 rg f", b"/A#20B Do", b"\x00f"])
def test_what_cannot_be_told_apart_is_read_by_instructions(data: bytes, palette: Palette) -> None:
    one = PDF.make_stream(data)
    asked: list[bool] = []

    def parse() -> list[Any]:
        asked.append(True)
        return list(pikepdf.parse_content_stream(one))

    done = Content(palette, Dictionary()).rewrite(data, parse)
    assert asked
    assert [operator for operator, _ in instructions(done) if operator != "gs"] == [
        operator if operator != "rg" else "k" for operator, _ in instructions(data)
    ]


def test_two_numbers_that_run_into_each_other_are_an_error(palette: Palette) -> None:
    """Such content was written once: pikepdf refuses it, and the quick way leaves it to pikepdf."""
    data = b"BT [<0011>-60-61.5<0006>] TJ ET"
    with pytest.raises(TypeError, match="Only scalar types"):
        Content(palette, Dictionary()).rewrite(data, lambda: pikepdf.parse_content_stream(PDF.make_stream(data)))


def test_no_state_is_set_between_a_path_and_its_painting(palette: Palette) -> None:
    """ISO 32000-1, 8.2: only operators that construct the path may stand there."""
    data = b"BT <00> Tj ET 0 0 9 9 re 1 1 m f"
    for rows in both_ways(data, palette, Dictionary()):
        operators = [operator for operator, _ in rows]
        assert operators == ["gs", "BT", "Tj", "gs", "ET", "re", "m", "f"]
    assert content.OVERPRINT != content.KNOCK_OUT
