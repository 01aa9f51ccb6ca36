"""What the printer gets, read back: the print PDF in inks, whole signatures, PDF/X-4; and each check seen to fail."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import STYLES, joined
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms

from press.check import check as check_edition
from press.check.preflight import check, rules
from press.check.preflight.pages import read
from press.editions.print.finish import Printer, finish, is_press_profile
from press.editions.print.inks import Mix, Palette
from press.findings import Refused
from press.galleys import Book, Galleys, Intent, Spot
from press.pagemap import PageMap
from press.styles import Styles

MM = 72 / 25.4
Draw = Callable[..., bytes]


@pytest.fixture(scope="module")
def galleys(small_book: Path) -> Galleys:
    return Galleys(small_book / "build" / "galleys")


@pytest.fixture(scope="module")
def book(galleys: Galleys) -> Book:
    return galleys.book


@pytest.fixture(scope="module")
def styles() -> Styles:
    return Styles([STYLES])


@pytest.fixture
def printed(small_book: Path) -> Path:
    return small_book / "build" / "knotenschule-print.pdf"


def sheet(content: bytes, pages: int = 1, **resources: pikepdf.Object) -> bytes:
    """Return a PDF as the typesetting leaves it: 120 × 190 mm with 3 mm of bleed, and `content` on every page."""
    pdf = pikepdf.new()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(100, 100))
        page.trimbox = [0, 0, 120 * MM, 190 * MM]
        page.bleedbox = page.mediabox = [-3 * MM, -3 * MM, 123 * MM, 193 * MM]
        page.Contents = pdf.make_stream(content)
        page.Resources = Dictionary({f"/{kind}": value for kind, value in resources.items()})
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def to_press(pdf: bytes, book: Book, styles: Styles) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(finish(pdf, Printer(book, styles, book.printing.text, "x-print.pdf"))))


def test_checks_find_nothing(small_book: Path, galleys: Galleys) -> None:
    """As `snakemake check` asks: by the names of the files."""
    for name in ("print", "cover"):
        assert check_edition(small_book / "build" / f"knotenschule-{name}.pdf", galleys) == []


def test_no_colour_of_screens_is_left(printed: Path) -> None:
    text = subprocess.run(["pdftotext", str(printed), "-"], capture_output=True, text=True, check=True).stdout
    assert "Der Kreuzknoten" in text
    with pikepdf.open(printed) as pdf:
        streams = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        shown = [one for one in streams if one.get("/Subtype") == Name.Form] + list(pdf.pages)
        operators = {str(one.operator) for stream in shown for one in pikepdf.parse_content_stream(stream)}
    assert operators & {"k", "TJ"} == {"k", "TJ"}
    assert not operators & {"rg", "RG", "g", "G", "BDC", "BMC"}


def test_text_is_black_alone_and_overprints(printed: Path) -> None:
    with pikepdf.open(printed) as pdf:
        pages = read(pdf)
    solid = sum(count for page in pages for colour, count in page.letters.items() if colour.is_solid)
    black = sum(count for page in pages for colour, count in page.letters.items() if colour.is_black)
    letters = sum(page.letters.total() for page in pages)
    assert 0.8 * letters < black < letters, "most letters are black, some are in the colour of the book"
    assert solid > 0.5 * letters
    assert not any(page.knocked_out for page in pages)


def test_boxes_begin_at_the_corner(printed: Path) -> None:
    with pikepdf.open(printed) as pdf:
        boxes = {tuple(round(float(side) / MM, 2) for side in page.mediabox) for page in pdf.pages}
        trims = {tuple(round(float(side) / MM, 2) for side in page.trimbox) for page in pdf.pages}
    assert boxes == {(0, 0, 126, 196)}
    assert trims == {(3, 3, 123, 193)}


def test_crop_marks_stand_outside_the_bleed(book: Book, styles: Styles) -> None:
    marked = book.model_copy(update={"printing": book.printing.model_copy(update={"crop_marks": True})})
    with to_press(sheet(b"0 0 0 rg 0 0 9 9 re f"), marked, styles) as pdf:
        (page,) = read(pdf)
        points = [
            [float(part) / MM for part in one.operands]
            for one in pikepdf.parse_content_stream(pdf.pages[0])
            if str(one.operator) in "ml"
        ]
    assert len(points) == 16, "eight marks"
    low, high = page.bleed[:2], page.bleed[2:]
    for x, y in points:
        assert not (low[0] <= x <= high[0] and low[1] <= y <= high[1])
        assert 0 <= x <= page.media[2] and 0 <= y <= page.media[3]
    assert [round(side, 2) for side in page.trim] == [13, 13, 133, 203]


def test_signatures_are_filled_with_bare_pages(small_book: Path, book: Book) -> None:
    printer = Printer(book, Styles([small_book / "styles", STYLES]), book.printing.text, "x-print.pdf")
    printer.signature = 64
    count = len(PageMap.model_validate_json((small_book / "build/sheets/book/pages.json").read_bytes()).pages)
    with pikepdf.open(joined(small_book / "build", finish=printer)) as pdf:
        pages = read(pdf)
    assert len(pages) == 64 > count
    assert not pages[count - 1].blank
    assert all(page.blank for page in pages[count:])
    assert len({page.trim for page in pages}) == 1


def test_same_input_same_bytes(book: Book, styles: Styles) -> None:
    pdf = sheet(b"0 0 9 9 re f")
    printer = Printer(book, styles, book.printing.text, "x")
    assert finish(pdf, printer) == finish(pdf, printer)


def test_a_colour_of_no_token_is_a_finding(book: Book, styles: Styles) -> None:
    with pikepdf.open(io.BytesIO(sheet(b"0 0 9 9 re f", pages=2))) as pdf:
        pdf.pages[1].Contents = pdf.make_stream(b"1 0 1 rg 0 0 9 9 re f")
        pdf.save(out := io.BytesIO())
    with pytest.raises(Refused, match=r"x-print\.pdf: page 2: the colour #ff00ff is in no token"):
        to_press(out.getvalue(), book, styles)


def test_a_gradient_is_a_finding(book: Book, styles: Styles) -> None:
    shading = Dictionary(Sh=Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 1, 1]))
    with pytest.raises(Refused, match="page 1: a gradient between screen colours"):
        to_press(sheet(b"/Sh sh", Shading=shading), book, styles)


def test_a_picture_inside_a_drawing_is_a_finding(book: Book, styles: Styles) -> None:
    with pytest.raises(Refused, match="page 1: a picture inside a drawing is in screen colours"):
        to_press(sheet(b"BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI"), book, styles)


def test_what_shows_through_is_named_and_blends_in_inks(book: Book, styles: Styles, tmp_path: Path) -> None:
    half = Dictionary(Half=Dictionary(ca=0.5), Full=Dictionary(ca=1))
    with to_press(sheet(b"/Full gs 0 0 9 9 re f", ExtGState=half), book, styles) as pdf:
        assert not read(pdf)[0].transparent, "a state that is not used does not count"
    with to_press(sheet(b"/Half gs 0 0 9 9 re f", ExtGState=half), book, styles) as pdf:
        pdf.save(tmp_path / "half.pdf")
    job = rules.Job(tmp_path / "half.pdf", book, book.printing.text, (120, 190), [])
    result = rules.transparency(job)
    assert (result.figure, result.messages) == ("on 1 page, blended in CMYK", [])


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("FOGRA99", "there is no styles/profiles/FOGRA99.icc"),
        ("screen", "screen.icc is not the profile of a CMYK press"),
    ],
)
def test_a_profile_that_is_none_is_a_finding(book: Book, tmp_path: Path, profile: str, message: str) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "screen.icc").write_bytes(
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    )
    intent = Intent(condition="X", profile=profile)
    with pytest.raises(Refused, match=re.escape("book.yaml: printing: ") + f".*{re.escape(message)}"):
        Printer(book, Styles([tmp_path, STYLES]), intent, "x")


def test_every_profile_has_a_licence() -> None:
    licence = (STYLES / "profiles" / "LICENSE.md").read_text(encoding="utf-8")
    profiles = sorted((STYLES / "profiles").glob("*.icc"))
    assert len(profiles) >= 2
    for profile in profiles:
        assert is_press_profile(profile.read_bytes())
        assert f"`{profile.name}`" in licence


def test_greys_are_tints_of_black(styles: Styles) -> None:
    assert Palette(styles).mix((102, 102, 102)) == Mix((0, 0, 0, 0.6))
    assert Palette(styles).mix((102, 102, 103)) is None


def test_a_spot_colour_takes_the_place_of_red(book: Book, styles: Styles) -> None:
    """A tint of red is a tint of the fifth ink; what is darker than it gets black as well."""
    spot = Spot(name="Perfect Red", ink="0 .8 .82 .1")
    palette = Palette(styles, spot)
    dark = styles.tokens["plates"]["s130"]["light"]
    assert palette.mix(tuple(bytes.fromhex(dark[1:]))) == Mix((0, 0, 0, 0.45), 1)  # type: ignore[arg-type]
    red = [int(styles.tokens["colours"]["spot"]["light"][place : place + 2], 16) / 255 for place in (1, 3, 5)]
    deep = [int(dark[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    content = "{} {} {} rg 0 0 9 9 re f {} {} {} rg 9 9 9 9 re f".format(*red, *deep)
    spotted = book.model_copy(update={"printing": book.printing.model_copy(update={"spot": spot})})
    with to_press(sheet(content.encode()), spotted, styles) as pdf:
        (page,) = read(pdf)
    assert {colour.inks for colour in page.marks} == {("Perfect Red",), ("Perfect Red", "Black")}
    assert {colour.tints for colour in page.marks} == {(1.0,), (1.0, 0.45)}


def test_a_spot_colour_that_does_not_fit_is_a_finding(styles: Styles) -> None:
    with pytest.raises(Refused, match="spot: its inks are no mix of Reflex Blue and black"):
        Palette(styles, Spot(name="Reflex Blue", ink="1 .8 0 0"))


def with_picture(mode: str, colour: object, size: int = 300) -> bytes:
    """Return a sheet with a picture that is an inch wide."""
    pdf = pikepdf.open(io.BytesIO(sheet(b"q 72 0 0 72 9 9 cm /Im Do Q")))
    pixels = Image.new(mode, (size, size), colour)  # type: ignore[arg-type]
    space = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray}[mode]
    image = pdf.make_stream(
        pixels.tobytes(), Type=Name.XObject, Subtype=Name.Image, Width=size, Height=size, ColorSpace=space,
        BitsPerComponent=8,
    )  # fmt: skip
    pdf.pages[0].Resources.XObject = Dictionary(Im=image)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("mode", "colour", "space"),
    [("RGB", (200, 30, 30), "DeviceCMYK"), ("RGB", (90, 90, 90), "DeviceGray"), ("L", 90, "DeviceGray")],
)
def test_pixels_become_inks(book: Book, styles: Styles, mode: str, colour: object, space: str) -> None:
    with to_press(with_picture(mode, colour), book, styles) as pdf:
        (page,) = read(pdf)
        data = pdf.pages[0].Resources.XObject.Im.read_bytes()
    assert [(one.space, round(one.ppi)) for one in page.pictures] == [(space, 300)]
    if space == "DeviceCMYK":
        cyan, magenta, yellow, _ = data[:4]
        assert cyan < 80 and magenta > 180 and yellow > 150, "red is magenta and yellow"


def test_pixels_that_are_inks_already_stay_as_they_are(book: Book, styles: Styles) -> None:
    """A CMYK picture with a profile of its own loses the profile, not its values."""
    with pikepdf.open(io.BytesIO(sheet(b"q 72 0 0 72 9 9 cm /Im Do Q"))) as pdf:
        pixels = bytes([0, 200, 210, 25]) * 300 * 300
        space = Array([Name.ICCBased, pdf.make_stream(b"profile", N=4)])
        image = pdf.make_stream(
            pixels, Type=Name.XObject, Subtype=Name.Image, Width=300, Height=300, ColorSpace=space, BitsPerComponent=8
        )
        pdf.pages[0].Resources.XObject = Dictionary(Im=image)
        pdf.save(out := io.BytesIO())
    with to_press(out.getvalue(), book, styles) as pdf:
        assert [one.space for one in read(pdf)[0].pictures] == ["DeviceCMYK"]
        assert pdf.pages[0].Resources.XObject.Im.read_bytes() == pixels


# ---- every check is seen to fail ----


def retrim(pdf: pikepdf.Pdf) -> None:
    pdf.pages[2].trimbox = [0, 0, 100, 100]


def unbleed(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].bleedbox = pdf.pages[1].trimbox


def crop_media(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].mediabox = [5, 5, 300, 300]


def drop_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[-1]


def blank_recto(pdf: pikepdf.Pdf) -> None:
    pdf.pages[4].Contents = pdf.make_stream(b"")


def head_on_blank(pdf: pikepdf.Pdf) -> None:
    pdf.pages[3].contents_add(b"0 0 0 1 k 0 0 9 9 re f")


def add(content: bytes, **resources: pikepdf.Object) -> Callable[[pikepdf.Pdf], None]:
    """Return a damage: `content` added to page 3."""

    def damage(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[2]
        page.contents_add(content)
        for kind, value in resources.items():
            for name, thing in value.items():
                if f"/{kind}" not in page.resources:
                    page.resources[f"/{kind}"] = Dictionary()
                page.resources[f"/{kind}"][name] = thing

    return damage


def letters(fill: bytes) -> Callable[[pikepdf.Pdf], None]:
    """Return a damage: letters in the colour `fill` on page 3, in a font that is there."""

    def damage(pdf: pikepdf.Pdf) -> None:
        font = next(iter(pdf.pages[2].resources.Font.keys())).encode()
        pdf.pages[2].contents_add(b"BT " + font + b" 9 Tf " + fill + b" <00010002> Tj ET")

    return damage


def unembed(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, Dictionary) and "/FontFile2" in thing:
            del thing["/FontFile2"]


def coarse_picture(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(
        bytes(100 * 100), Type=Name.XObject, Subtype=Name.Image, Width=100, Height=100, ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
    )  # fmt: skip
    add(b"q 72 0 0 72 9 9 cm /Im Do Q", XObject=Dictionary(Im=image))(pdf)


def screen_picture(pdf: pikepdf.Pdf) -> None:
    image = pdf.make_stream(
        bytes(3), Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )  # fmt: skip
    add(b"q .1 0 0 .1 9 9 cm /Im Do Q", XObject=Dictionary(Im=image))(pdf)


def screen_group(pdf: pikepdf.Pdf) -> None:
    form = pdf.make_stream(
        b"/Half gs 0 0 9 9 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9],
        Resources=Dictionary(ExtGState=Dictionary(Half=Dictionary(ca=0.5))),
        Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB),
    )  # fmt: skip
    add(b"/Fm Do", XObject=Dictionary(Fm=form))(pdf)


def annotate(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])])


def add_outline(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines = Dictionary()


def claim(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(update_docinfo=False) as metadata:
        metadata[rules.XMP] = "PDF/X-1"


def untitle(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "Another"


def untrap(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Trapped"]


def undate(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(update_docinfo=False) as metadata:
        metadata["xmp:ModifyDate"] = "2026-01-01T00:00:00+02:00"


def anonymous(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(update_docinfo=False) as metadata:
        del metadata["xmpMM:DocumentID"]


def no_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def other_intent(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents[0].OutputConditionIdentifier = pikepdf.String("FOGRA39")


def no_profile(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile = pdf.make_stream(b"not a profile")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (retrim, "boxes: page 3: the trim box is not 120 × 190 mm"),
        (unbleed, "boxes: page 2: the bleed box is not 3 mm around the trim"),
        (crop_media, "boxes: page 2: the media box does not hold the bleed box"),
        (drop_page, "signatures: 19 pages are no multiple of 4"),
        (blank_recto, "blank pages: page 5: a recto is blank"),
        (head_on_blank, "blank pages: page 4: should be bare, is not"),
        (add(b"1 0 0 rg 0 0 9 9 re f"), "inks: page 3: DeviceRGB is no colour of inks"),
        (
            add(b"/L cs 1 2 3 scn 0 0 9 9 re f", ColorSpace=Dictionary(L=Array([Name.Lab, Dictionary()]))),
            "inks: page 3: Lab is no colour of inks",
        ),
        (add(b"1 1 .9 .2 k 0 0 9 9 re f"), "total ink: page 3: more than 300 % of ink"),
        (letters(b".6 .5 .5 .9 k"), "text: page 3: letters in a black that is mixed of several inks"),
        (letters(b"/PressKnockOut gs 0 0 0 1 k"), "overprint: page 3: black letters do not overprint"),
        (unembed, "is not embedded"),
        (coarse_picture, "raster pictures: page 3: a picture has fewer than 300 ppi"),
        (screen_picture, "raster pictures: page 3: a picture is not in grey or CMYK"),
        (
            add(b"q 9 0 0 9 9 9 cm BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI Q"),
            "raster pictures: page 3: a picture is not in grey or CMYK",
        ),
        (screen_group, "transparency: page 3: blends in screen colours"),
        (annotate, "for screens: page 1: annotations"),
        (add_outline, "for screens: the PDF has Outlines"),
        (claim, "standard: the metadata claim PDF/X-1, not PDF/X-4"),
        (untitle, "standard: the title is missing, or not the same in both places"),
        (untrap, "standard: it does not say whether it is trapped"),
        (undate, "standard: dates are missing or not in UTC"),
        (anonymous, "standard: it has no identity"),
        (no_intent, "output intent: 0 output intents instead of one"),
        (other_intent, "output intent: the output intent is FOGRA39, not FOGRA47"),
        (no_profile, "output intent: the output intent has no CMYK printer profile"),
    ],
)
def test_checks_find_what_is_broken(
    printed: Path, galleys: Galleys, tmp_path: Path, damage: Callable[[pikepdf.Pdf], None], message: str
) -> None:
    broken = tmp_path / "knotenschule-print.pdf"
    shutil.copytree(printed.parent / "sheets" / "book", tmp_path / "sheets" / "book")
    with pikepdf.open(printed) as pdf:
        damage(pdf)
        pdf.save(broken, force_version="1.6")
    found = "\n".join(map(str, check(broken, galleys)))
    assert message in found
