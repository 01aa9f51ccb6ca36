"""Raster pictures in the inks of the press: RGB pixels become CMYK through the profile of the printing condition."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from pikepdf import Dictionary, Name

from press.editions.print.content import is_printable

if TYPE_CHECKING:
    from PIL import Image


def exchange(pdf: pikepdf.Pdf, profile: bytes) -> None:
    """Exchange the pixels of every picture of `pdf` in place: to grey where they have no colour, else to CMYK.

    `profile` is the ICC profile of the printing condition. Masks are left as they are.
    """
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == Name.Image:
            for key in ("/StructParent", "/Interpolate"):
                if key in thing:
                    del thing[key]
            if "/ColorSpace" in thing and not is_printable(thing.ColorSpace):
                _convert(thing, profile)


def _convert(picture: pikepdf.Stream, profile: bytes) -> None:
    if inks := _inks(picture.ColorSpace):
        picture.ColorSpace = inks
        return
    pixels = pikepdf.PdfImage(picture).as_pil_image().convert("RGB")
    printed = _grey(pixels) or _separate(pixels, profile)
    picture.write(printed.tobytes())
    picture.ColorSpace = Name.DeviceGray if printed.mode == "L" else Name.DeviceCMYK
    picture.BitsPerComponent = 8
    for key in ("/Decode", "/Intent"):
        if key in picture:
            del picture[key]
    if "/DecodeParms" in picture:
        picture.DecodeParms = Dictionary()


def _inks(space: pikepdf.Object) -> Name | None:
    """Return the device space of pixels that are in inks already, by a profile of their own; None for others."""
    if isinstance(space, Name) or space[0] != Name.ICCBased:
        return None
    return {1: Name.DeviceGray, 4: Name.DeviceCMYK}.get(int(space[1].N))


def _grey(pixels: Image.Image) -> Image.Image | None:
    """Return the pixels in grey where all of them are (a difference that nobody sees is none)."""
    from PIL import ImageChops

    red, green, blue = pixels.split()
    differences = ImageChops.difference(red, green), ImageChops.difference(green, blue)
    if all(difference.getextrema()[1] <= 2 for difference in differences):  # type: ignore[operator]
        return green
    return None


def _separate(pixels: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    separated = ImageCms.profileToProfile(
        pixels,
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="CMYK",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert separated is not None  # it is only where a picture is changed in place
    return separated
