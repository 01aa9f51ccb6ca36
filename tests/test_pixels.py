"""Drawings as pixels: in proportion, on the ground that is asked for, and an SVG or nothing."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from press.pixels import rasterise

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" {}><path d="M0 0H170V300H0z" fill="#c8102e"/></svg>'


def drawn(sides: str, ground: tuple[int, int, int] | None = None) -> Image.Image:
    return Image.open(io.BytesIO(rasterise(DRAWING.format(sides).encode(), 1000, ground=ground)))


@pytest.mark.parametrize(
    "sides",
    [
        'width="340pt" height="300pt" viewBox="0 0 340 300"',
        'width="340" height="300"',
        'width="34mm" height="3cm" viewBox="0 0 340 300"',
        'viewBox="0 0 340 300"',
        'width="680" viewBox="0 0 340 300"',
        'width="100%" height="100%" viewBox="0 0 340 300"',
    ],
)
def test_a_drawing_keeps_its_proportions(sides: str) -> None:
    image = drawn(sides)
    assert image.size == (1000, 882)
    colours = [image.getpixel((x, y)) for x, y in ((2, 2), (498, 879), (502, 2), (997, 879))]
    assert colours == [(200, 16, 46, 255)] * 2 + [(0, 0, 0, 0)] * 2


def test_a_ground_lies_under_all_of_it() -> None:
    image = drawn('viewBox="0 0 340 300"', (255, 250, 240))
    assert [image.getpixel((x, 881)) for x in (0, 999)] == [(200, 16, 46, 255), (255, 250, 240, 255)]


@pytest.mark.parametrize(
    "content",
    [
        b"no drawing",
        b'<html width="3" height="3"/>',
        b'<svg width="3" height="3"/>',
        DRAWING.format("").encode(),
        DRAWING.format('width="0" height="3"').encode(),
    ],
)
def test_what_is_no_drawing_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="SVG"):
        rasterise(content, 10)
