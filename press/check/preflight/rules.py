"""What a printer asks of a PDF: one function a check, each with its figure and with every page that fails it.

The standard is PDF/X-4 (ISO 15930-7:2010) on PDF 1.6; beyond it, the figures of offset printing below. Its text is not
free, so it is cited as a whole: what is known of it is known from its abstract and from those who write and judge such
files. Clauses are those of ISO 32000-1, which is free of charge, for the things in a PDF that are asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pikepdf
from pikepdf import Name
from pydantic import BaseModel

from press.check.places import Places
from press.check.preflight.pages import Page, read
from press.editions.print.finish import is_press_profile
from press.editions.print.wrap import Wrap
from press.findings import Finding
from press.galleys import Book, Intent

MOST_INK = 300  # per cent: what offset can dry
LEAST_PPI = 300
PAPER = 0.05  # mm: how exact a box has to be
X4 = "ISO 15930-7:2010"  # Complete exchange of printing data (PDF/X-4), second edition
PRESS = "offset printing"
XMP = "{http://www.npes.org/pdfx/ns/id/}GTS_PDFXVersion"


class Result(BaseModel):
    """The outcome of one check: its name, who asks it, what was measured, and what is wrong, if anything is."""

    name: str
    source: str
    figure: str
    messages: list[str]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.messages


class Job:
    """One PDF for the printer, read once: `size` is the trim size in mm that it should have, `checks` are asked of it.

    `wrap` is the geometry of a cover, None for the text block; `bare` are the pages that the typesetting left blank.
    """

    bare: frozenset[int] = frozenset()

    def __init__(
        self,
        path: Path,
        book: Book,
        intent: Intent,
        size: tuple[float, float],
        checks: list[Check],
        wrap: Wrap | None = None,
    ) -> None:
        self.path, self.book, self.intent, self.size, self.checks, self.wrap = path, book, intent, size, checks, wrap
        self.pdf = pikepdf.open(path)
        self.pages: list[Page] = read(self.pdf)


Check = Callable[[Job], Result]


def run(job: Job) -> list[Result]:
    """Ask everything of a PDF that is asked of its kind."""
    return [check(job) for check in job.checks]


def _on(pages: Iterable[Page], message: str) -> list[str]:
    """Return the message with the pages that it is about, if there are any."""
    numbers = [page.number for page in pages]
    if not numbers:
        return []
    more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
    return [f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:8]))}{more}: {message}"]


def boxes(job: Job) -> Result:
    """Trim box of the right size; bleed box around it by the bleed; media box around both (ISO 32000-1, 14.11.2)."""
    bleed = job.book.paper.bleed
    size = "{:g} × {:g} mm".format(*job.size)

    def sized(page: Page) -> bool:
        width, height = page.trim[2] - page.trim[0], page.trim[3] - page.trim[1]
        return abs(width - job.size[0]) <= PAPER and abs(height - job.size[1]) <= PAPER

    def bled(page: Page) -> bool:
        around = [abs(a - b) for a, b in zip(page.trim, page.bleed, strict=True)]
        return all(abs(room - bleed) <= PAPER for room in around)

    def held(page: Page) -> bool:
        low = all(page.media[side] <= page.bleed[side] + PAPER for side in (0, 1))
        return low and all(page.media[side] >= page.bleed[side] - PAPER for side in (2, 3))

    wrong = _on((page for page in job.pages if not sized(page)), f"the trim box is not {size}")
    wrong += _on((page for page in job.pages if not bled(page)), f"the bleed box is not {bleed:g} mm around the trim")
    wrong += _on((page for page in job.pages if not held(page)), "the media box does not hold the bleed box")
    return Result(
        name="Boxes", source=f"{X4}; ISO 32000-1, 14.11.2", figure=f"trim {size}, bleed {bleed:g} mm", messages=wrong
    )


def signatures(job: Job) -> Result:
    """A whole number of signatures."""
    pages, size = len(job.pages), job.book.printing.signature
    wrong = [f"{pages} pages are no multiple of {size}"] if pages % size else []
    return Result(
        name="Signatures",
        source="book.yaml, printing",
        figure=f"{pages} pages = {pages // size} × {size}",
        messages=wrong,
    )


def blanks(job: Job) -> Result:
    """Blank pages are versos, or stand at the end; and those that the page map calls blank are bare."""
    blank = [page for page in job.pages if page.blank]
    last = max((page.number for page in job.pages if not page.blank), default=0)
    wrong = _on((page for page in blank if page.number % 2 and page.number < last), "a recto is blank")
    wrong += _on((page for page in job.pages if page.number in job.bare and not page.blank), "should be bare, is not")
    figure = ", ".join(str(page.number) for page in blank) or "none"
    return Result(name="Blank pages", source="the page map", figure=figure, messages=wrong)


def colours(job: Job) -> Result:
    """Nothing is in RGB, Lab or any other colour of screens: inks only."""
    wrong = []
    for space in sorted({space for page in job.pages for space in page.strange}):
        wrong += _on((page for page in job.pages if space in page.strange), f"{space} is no colour of inks")
    return Result(
        name="Inks",
        source=f"inks alone, where {X4} would allow more; ISO 32000-1, 8.6",
        figure=", ".join(inks(job)) or "none",
        messages=wrong,
    )


def inks(job: Job) -> list[str]:
    """Return the inks that the pages use, process inks first."""
    used = {
        ink
        for page in job.pages
        for colour in [*page.letters, *page.marks]
        for ink, tint in zip(colour.inks, colour.tints, strict=True)
        if tint
    }
    order = ["Cyan", "Magenta", "Yellow", "Black"]
    return [ink for ink in order if ink in used] + sorted(used - set(order))


def letters(job: Job) -> Result:
    """Letters are in black alone or in colour, never in a grey of four inks, which no press keeps in register."""
    count = sum((page.letters for page in job.pages), Counter())
    white = sum(glyphs for colour, glyphs in count.items() if colour.is_black and not colour.total)
    black = sum(glyphs for colour, glyphs in count.items() if colour.is_black) - white
    shares = {"in black alone": black, "in colour": count.total() - black - white, "left white": white}
    wrong = _on(
        (page for page in job.pages if any(colour.is_mixed_grey for colour in page.letters)),
        "letters in a black that is mixed of several inks",
    )
    parts = [f"{100 * part / count.total():.1f} % {name}" for name, part in shares.items() if part]
    figure = ", ".join(parts) or "no letters"
    return Result(name="Text", source=PRESS, figure=figure, messages=wrong)


def overprint(job: Job) -> Result:
    """Solid black letters overprint what is beneath (ISO 32000-1, 8.6.7), so that no white shows at their edges."""
    knocked = [page for page in job.pages if page.knocked_out]
    wrong = _on(knocked, "black letters do not overprint")
    solid = sum(glyphs for page in job.pages for colour, glyphs in page.letters.items() if colour.is_solid)
    over = solid - sum(page.knocked_out for page in knocked)
    figure = f"{over:,} of {solid:,} letters in solid black".replace(",", " ")
    return Result(name="Overprint", source=f"{PRESS}; ISO 32000-1, 8.6.7", figure=figure, messages=wrong)


def total_ink(job: Job) -> Result:
    """No colour lays down more ink than dries."""
    heavy = max(job.pages, key=lambda page: page.heaviest)
    wrong = _on((page for page in job.pages if page.heaviest > MOST_INK), f"more than {MOST_INK} % of ink")
    figure = f"at most {heavy.heaviest:.0f} % (page {heavy.number})"
    return Result(name="Total ink", source=PRESS, figure=figure, messages=wrong)


def fonts(job: Job) -> Result:
    """Every font is embedded, as PDF/X wants it."""
    used = set().union(*(page.fonts for page in job.pages))
    wrong = []
    for name in sorted(set().union(*(page.bare for page in job.pages))):
        wrong += _on((page for page in job.pages if name in page.bare), f"the font {name} is not embedded")
    return Result(name="Fonts", source=f"{X4}; ISO 32000-1, 9.9", figure=f"{len(used)}, embedded", messages=wrong)


def pictures(job: Job) -> Result:
    """Placed pictures are fine enough, and in grey or CMYK."""
    placed = [picture for page in job.pages for picture in page.pictures]
    coarse = [page for page in job.pages if any(picture.ppi < LEAST_PPI - 0.5 for picture in page.pictures)]
    screens = [page for page in job.pages if any(not picture.printable for picture in page.pictures)]
    wrong = _on(coarse, f"a picture has fewer than {LEAST_PPI} ppi") + _on(screens, "a picture is not in grey or CMYK")
    figure = f"{len(placed)}, at least {min(one.ppi for one in placed):.0f} ppi" if placed else "none: all is drawn"
    return Result(name="Raster pictures", source=PRESS, figure=figure, messages=wrong)


def transparency(job: Job) -> Result:
    """Whatever shows through does so in CMYK; such pages are named, since printers like to know."""
    pages = [page for page in job.pages if page.transparent]
    figure = f"on {len(pages)} page{'s' if len(pages) > 1 else ''}, blended in CMYK" if pages else "none"
    wrong = _on(
        (page for page in pages if any("transparency" in space for space in page.strange)), "blends in screen colours"
    )
    return Result(name="Transparency", source=f"{X4}; ISO 32000-1, 11.4", figure=figure, messages=wrong)


def screens(job: Job) -> Result:
    """Nothing is left that is for screens: links, forms, scripts, tags."""
    wrong = _on((page for page in job.pages if page.annotations), "annotations")
    for key in ("/AcroForm", "/OpenAction", "/AA", "/Outlines", "/StructTreeRoot", "/MarkInfo"):
        if key in job.pdf.Root:
            wrong.append(f"the PDF has {key.removeprefix('/')}")
    return Result(
        name="For screens",
        source=f"{X4}; ISO 32000-1, 12.5 and 12.6; tags are left to the PDF for screens",
        figure="nothing" if not wrong else f"{len(wrong)} things",
        messages=wrong,
    )


def standard(job: Job) -> Result:
    """Version, identification and identity as PDF/X-4 wants them."""
    pdf, wrong = job.pdf, []
    with pdf.open_metadata(update_docinfo=False) as metadata:
        claim = str(metadata.get(XMP, ""))
        title, identifier = str(metadata.get("dc:title", "")), str(metadata.get("xmpMM:DocumentID", ""))
        dates = [str(metadata.get(f"xmp:{key}", "")) for key in ("CreateDate", "ModifyDate", "MetadataDate")]
        trapped = str(metadata.get("pdf:Trapped", ""))
    if claim != "PDF/X-4":
        wrong.append(f"the metadata claim {claim or 'nothing'}, not PDF/X-4")
    if pdf.pdf_version != "1.6":
        wrong.append(f"PDF {pdf.pdf_version} instead of 1.6")
    if pdf.is_encrypted:
        wrong.append("it is encrypted")
    if not title or title != str(pdf.docinfo.get("/Title", "")):
        wrong.append("the title is missing, or not the same in both places")
    if not identifier or "/ID" not in pdf.trailer:
        wrong.append("it has no identity (DocumentID, ID)")
    if not all(date.endswith("Z") for date in dates):
        wrong.append("dates are missing or not in UTC")
    if trapped not in ("True", "False") or pdf.docinfo.get("/Trapped") != Name(f"/{trapped}"):
        wrong.append("it does not say whether it is trapped")
    state = {"True": "trapped", "False": "not trapped"}.get(trapped, "trapping unknown")
    figure = f"{claim or 'not PDF/X'}, PDF {pdf.pdf_version}, {state}"
    return Result(
        name="Standard", source=f"{X4}; ISO 32000-1, 7.6, 14.3, 14.4 and 14.11.6", figure=figure, messages=wrong
    )


def output_intent(job: Job) -> Result:
    """One output intent for the book's printing condition, with its CMYK profile (ISO 32000-1, 14.11.5)."""
    intents = [one for one in job.pdf.Root.get("/OutputIntents", []) if one.get("/S") == Name.GTS_PDFX]
    wrong = [] if len(intents) == 1 else [f"{len(intents)} output intents instead of one"]
    figure = "none"
    for one in intents:
        name, profile = str(one.get("/OutputConditionIdentifier", "")), one.get("/DestOutputProfile")
        figure = f"{name}, {job.intent.profile}"
        if name != job.intent.condition:
            wrong.append(f"the output intent is {name}, not {job.intent.condition}")
        if profile is None or not is_press_profile(profile.read_bytes()):
            wrong.append("the output intent has no CMYK printer profile")
    return Result(name="Output intent", source=f"{X4}; ISO 32000-1, 14.11.5", figure=figure, messages=wrong)


def spine(job: Job) -> Result:
    """The spine of a cover is as wide as its text block is thick: pages / 2 × caliper."""
    assert job.wrap
    (page, *more), wrap = job.pages, job.wrap
    width = page.trim[2] - page.trim[0] - 2 * job.book.paper.width
    wrong = [f"a cover has one page, not {1 + len(more)}"] if more else []
    if abs(width - wrap.spine) > PAPER:
        wrong.append(f"it is {width:.2f} mm wide; {wrap.pages} pages are {wrap.spine:g} mm thick")
    figure = f"{width:.2f} mm for {wrap.pages} pages of {job.book.paper.caliper:g} mm a leaf"
    return Result(name="Spine", source="book.yaml, stock", figure=figure, messages=wrong)


COMMON: list[Check] = [
    standard, output_intent, boxes, colours, total_ink, letters, overprint, fonts, pictures, transparency, screens
]  # fmt: skip
TEXT: list[Check] = [*COMMON, signatures, blanks]
COVER: list[Check] = [*COMMON, spine]


_ON = re.compile(r"pages? (?P<first>\d+)")  # as `_on` begins


def findings(results: list[Result], name: str, places: Places | None = None) -> list[Finding]:
    """Return what is wrong in the common form; `name` is the file.

    With the `places` of the text block, what is about pages is found at the line where the first of them begins.
    """
    found = []
    for one in results:
        for message in one.messages:
            page = _ON.match(message) if places else None
            place = places.page(int(page["first"])) if places and page else None
            said = f"{one.name.lower()}: {message}"
            found.append(places.finding(place, name, said) if places else Finding(name, 0, said))
    return found
