"""The finish for the printer: a PDF in screen colours becomes PDF/X-4 in inks, with boxes, marks and whole signatures.

PDF/X-4 is ISO 15930-7:2010; boxes are those of ISO 32000-1, 14.11.2, output intents those of 14.11.5.
"""

from __future__ import annotations

import io
import uuid
from datetime import date
from functools import cached_property

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from press.editions.print import colours, content, inks, pictures
from press.editions.print.inks import Palette
from press.findings import Finding, Refused
from press.galleys import Book, Intent
from press.join.finish import Finish
from press.kept import digest_of, tools
from press.pdfs import save
from press.styles import Styles

MM = 72 / 25.4  # pt
SLUG = 10.0  # mm around the bleed that crop marks need
MARK = 5.0, 0.25  # a crop mark: its length in mm and its weight in pt

Box = tuple[float, float, float, float]

# What is for screens, and is not in the print PDF.
FOR_SCREENS = "/Names /Dests /Outlines /StructTreeRoot /MarkInfo /PageMode /OpenAction /AA /AcroForm /ViewerPreferences"


class Printer(Finish):
    """The finish for a press: from screen colours of the tokens to the inks of the printing condition `intent`.

    `name` is the file that findings name. Raises Refused for a profile that is missing or not that of a press.
    """

    version = "1.6"
    for_screens = False

    def __init__(self, book: Book, styles: Styles, intent: Intent, name: str) -> None:
        self.book, self.intent, self.name = book, intent, name
        self.signature = book.printing.signature
        self.profile = _profile(styles, intent)
        self.palette = Palette(styles, book.printing.spot)

    @cached_property
    def made_of(self) -> str:
        """Parts are finished alike for a printing condition, by the same inks, with or without crop marks."""
        modules = (content, colours, inks, pictures)
        made_with = tools(__file__, *(str(module.__file__) for module in modules), "pillow")
        return digest_of([made_with, self.profile, self.palette.made_of, self.book.printing.crop_marks])

    def part(self, pdf: pikepdf.Pdf, first: int) -> list[Finding]:
        """Exchange the colours of a part, take away what is for screens, and set the boxes of its pages."""
        _strip(pdf)
        findings = colours.exchange(pdf, self.palette, self.name, first)
        pictures.exchange(pdf, self.profile)
        for page in pdf.pages:
            _set_boxes(pdf, page, self.book.printing.crop_marks)
        return findings

    def frame(self, pdf: pikepdf.Pdf) -> None:
        """Declare the printing condition, and what the book is."""
        _declare(pdf, self.intent, self.profile)
        _describe(pdf, self.book, self.name)


def finish(pdf: bytes, printer: Printer) -> bytes:
    """Return a PDF that was typeset in one piece, with bleed, as PDF/X-4. Raises Refused for a colour in no token."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if findings := printer.part(document, 1):
            raise Refused(findings)
        printer.frame(document)
        return save(document, printer.version)


def _profile(styles: Styles, intent: Intent) -> bytes:
    """Return the ICC profile of a printing condition. Raises Refused where there is none, or it is not for a press."""
    name = f"profiles/{intent.profile}.icc"
    if not styles.has(name):
        raise Refused([Finding("book.yaml", 0, f"printing: there is no styles/{name}")])
    profile = styles.find(name).read_bytes()
    if not is_press_profile(profile):
        raise Refused([Finding("book.yaml", 0, f"printing: styles/{name} is not the profile of a CMYK press")])
    return profile


def is_press_profile(profile: bytes) -> bool:
    """Tell whether an ICC profile is that of an output device with CMYK inks (ICC.1, 7.2: class, space, signature)."""
    return profile[12:20] == b"prtrCMYK" and profile[36:40] == b"acsp"


def _strip(document: pikepdf.Pdf) -> None:
    """Take away what is for screens: links, bookmarks, tags."""
    for key in FOR_SCREENS.split():
        if key in document.Root:
            del document.Root[key]
    for page in document.pages:
        for key in ("/Annots", "/AA", "/Dur", "/Trans"):
            if key in page:
                del page[key]


def _set_boxes(document: pikepdf.Pdf, page: pikepdf.Page, marks: bool) -> None:
    """Move the page so that its media box begins at 0, with room for crop marks if they are wanted."""
    trim, bleed = ([float(side) for side in box] for box in (page.trimbox, page.bleedbox))
    room = SLUG * MM if marks else 0
    left, bottom = room - bleed[0], room - bleed[1]
    moved = [(box[0] + left, box[1] + bottom, box[2] + left, box[3] + bottom) for box in (trim, bleed)]
    page.trimbox, page.bleedbox = map(_array, moved)
    page.mediabox = _array((0, 0, moved[1][2] + room, moved[1][3] + room))
    for key in ("/CropBox", "/ArtBox"):
        if key in page:
            del page[key]
    page.contents_add(f"q 1 0 0 1 {left:.4f} {bottom:.4f} cm".encode(), prepend=True)
    page.contents_add(b"Q")
    if marks:
        page.contents_add(_crop_marks(moved[0], moved[1]))
        page.resources.ColorSpace["/PressAll"] = _registration(document)
    page.contents_coalesce()


def _array(box: Box) -> Array:
    return Array([round(side, 3) for side in box])


def _registration(document: pikepdf.Pdf) -> Array:
    """Return the colour space that prints on every plate (ISO 32000-1, 8.6.6.4: the colorant All)."""
    tints = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[1, 1, 1, 1], N=1)
    return Array([Name.Separation, Name.All, Name.DeviceCMYK, document.make_indirect(tints)])


def _crop_marks(trim: Box, bleed: Box) -> bytes:
    """Return the drawing of eight marks, in line with the trim and outside the bleed."""
    length, weight = MARK[0] * MM, MARK[1]
    gap = max(2.0, bleed[2] - trim[2], trim[0] - bleed[0]) + 1 * MM
    lines = []
    for x in (trim[0], trim[2]):
        lines += [(x, trim[1] - gap, x, trim[1] - gap - length), (x, trim[3] + gap, x, trim[3] + gap + length)]
    for y in (trim[1], trim[3]):
        lines += [(trim[0] - gap, y, trim[0] - gap - length, y), (trim[2] + gap, y, trim[2] + gap + length, y)]
    paths = " ".join("{:.3f} {:.3f} m {:.3f} {:.3f} l".format(*line) for line in lines)
    return f"q /PressAll CS 1 SCN {weight} w {paths} S Q".encode()


def _declare(document: pikepdf.Pdf, intent: Intent, profile: bytes) -> None:
    """Say what printing condition the inks are meant for: the output intent of PDF/X."""
    stream = document.make_stream(profile, N=4, Alternate=Name.DeviceCMYK)
    document.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFX,
                OutputConditionIdentifier=String(intent.condition),
                RegistryName=String("http://www.color.org"),
                Info=String(intent.condition),
                DestOutputProfile=stream,
            )
        ]
    )


def _describe(document: pikepdf.Pdf, book: Book, name: str) -> None:
    """Write title, dates, identifier and the PDF/X version, the same in XMP and in the information dictionary."""
    day = date.fromisoformat(book.date)
    stamp = f"{day.isoformat()}T00:00:00Z"
    identifier = book.identifiers["print"]
    if "/Metadata" in document.Root:
        del document.Root["/Metadata"]
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata.register_xml_namespace("http://www.npes.org/pdfx/ns/id/", "pdfxid")
        metadata["dc:title"] = book.title
        metadata["dc:creator"] = [person.name for person in book.contributors if person.role == "aut"]
        metadata["dc:identifier"] = identifier
        metadata["dc:language"] = [book.language]
        metadata["dc:publisher"] = [book.imprint]
        metadata["pdf:Trapped"] = "False"
        metadata["pdf:Producer"] = "press"
        for key in ("CreateDate", "ModifyDate", "MetadataDate"):
            metadata[f"xmp:{key}"] = stamp
        metadata["xmp:CreatorTool"] = "press"
        metadata["xmpMM:DocumentID"] = f"uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{identifier}/{name}')}"
        metadata["xmpMM:VersionID"] = book.version
        metadata["xmpMM:RenditionClass"] = "default"
        metadata["pdfxid:GTS_PDFXVersion"] = "PDF/X-4"
    info = document.docinfo
    info["/Title"] = String(book.title)
    info["/Creator"] = info["/Producer"] = String("press")
    info["/CreationDate"] = info["/ModDate"] = String(f"D:{day:%Y%m%d}000000Z")
    info["/Trapped"] = Name("/False")
