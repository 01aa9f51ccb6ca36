"""The exchange of colours: every RGB colour of a PDF for its inks, in pages, forms, patterns and glyphs."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name

from press.editions.print.content import KNOCK_OUT, OVERPRINT, SPOT, SPOT_BLACK, Content
from press.editions.print.inks import Cmyk, Palette, cmyk
from press.findings import Finding
from press.galleys import Spot

NONE = Name("/None")  # Python keeps the word to itself


def exchange(pdf: pikepdf.Pdf, palette: Palette, name: str, first: int = 1) -> list[Finding]:
    """Exchange the colours of `pdf` in place, and take the tags out of its content; return what has no ink.

    Solid black text overprints (ISO 32000-1, 8.6.7, overprint mode 1), all else knocks out. `name` is the file that
    findings name, `first` the number of its first page there.
    """
    exchanged = _Exchange(pdf, palette)
    findings = []
    for number, page in enumerate(pdf.pages, first):
        messages = exchanged.page(page)
        findings += [Finding(name, 0, f"page {number}: {message}") for message in sorted(messages)]
    return findings


class _Exchange:
    """The streams and resources of one PDF; each is done once, however many pages use it."""

    def __init__(self, pdf: pikepdf.Pdf, palette: Palette) -> None:
        self._pdf, self._palette = pdf, palette
        self._done: set[tuple[int, int]] = set()
        self._spaces: dict[str, pikepdf.Object] = {}
        if palette.spot:
            self._spaces = {SPOT: _separation(pdf, palette.spot), SPOT_BLACK: _device_n(pdf, palette.spot)}
        self._states: dict[str, pikepdf.Object] = {
            OVERPRINT: pdf.make_indirect(Dictionary(Type=Name.ExtGState, op=True, OPM=1)),
            KNOCK_OUT: pdf.make_indirect(Dictionary(Type=Name.ExtGState, op=False, OPM=0)),
        }

    def page(self, page: pikepdf.Page) -> set[str]:
        """Do one page, and what it shows for the first time in the PDF; return what is wrong with it."""
        resources = page.resources
        content = Content(self._palette, resources)
        page.contents_coalesce()
        stream = content.rewrite(page.Contents.read_bytes(), lambda: pikepdf.parse_content_stream(page))
        page.Contents = self._pdf.make_stream(stream)
        self._prepare(page.obj, resources)
        return content.messages | self._inner(content)

    def _stream(self, stream: pikepdf.Stream, resources: pikepdf.Object) -> set[str]:
        """Do a form, a pattern or a glyph; `resources` are those of what shows it, for streams without their own."""
        if stream.objgen in self._done:
            return set()
        self._done.add(stream.objgen)
        resources = stream.get("/Resources", resources)
        content = Content(self._palette, resources)
        stream.write(content.rewrite(stream.read_bytes(), lambda: pikepdf.parse_content_stream(stream)))
        self._prepare(stream, resources)
        return content.messages | self._inner(content)

    def _inner(self, content: Content) -> set[str]:
        """Do what a content shows: forms, patterns, and the glyphs of its Type 3 fonts."""
        messages: set[str] = set()
        fonts = content.resources.get("/Font", Dictionary())
        if fonts.objgen not in self._done or not fonts.is_indirect:
            self._done.add(fonts.objgen)
            content.streams += [glyph for font in dict(fonts).values() for glyph in _glyphs(font)]
        for stream in content.streams:
            messages |= self._stream(stream, content.resources)
        return messages

    def _prepare(self, owner: pikepdf.Object, resources: pikepdf.Object) -> None:
        """Name our inks and states in the resources; take away what only screens and tags need."""
        for kind, entries in (("/ColorSpace", self._spaces), ("/ExtGState", self._states)):
            if kind not in resources:
                resources[kind] = Dictionary()
            for name, entry in entries.items():
                resources[kind][name] = entry
        for name in [name for name, space in resources.ColorSpace.items() if _is_lab(space)]:
            del resources.ColorSpace[name]
        for key in ("/StructParents", "/StructParent", "/Tabs"):
            if key in owner:
                del owner[key]
        if "/Group" in owner:
            if is_transparent(resources):
                owner.Group.CS = Name.DeviceCMYK
            else:
                del owner["/Group"]


def _glyphs(font: pikepdf.Object) -> list[pikepdf.Stream]:
    """Return the drawings of a Type 3 font (ISO 32000-1, 9.6.5); other fonts have none."""
    drawn = font.CharProcs if font.get("/Subtype") == Name.Type3 else Dictionary()
    return [glyph for _, glyph in drawn.items() if isinstance(glyph, pikepdf.Stream)]


def is_transparent(resources: pikepdf.Object) -> bool:
    """Tell whether a graphics state of these resources lets anything show through, or a picture has a soft mask."""
    if any(shows_through(state) for _, state in resources.get("/ExtGState", Dictionary()).items()):
        return True
    return any("/SMask" in thing for _, thing in resources.get("/XObject", Dictionary()).items())


def shows_through(state: pikepdf.Object) -> bool:
    """Tell whether a graphics state (ISO 32000-1, 8.4.5) lets what lies beneath show through."""
    faint = any(float(state.get(key, 1)) < 1 for key in ("/ca", "/CA"))
    return faint or state.get("/SMask", NONE) != NONE or state.get("/BM", Name.Normal) not in (Name.Normal, NONE)


def _is_lab(space: pikepdf.Object) -> bool:
    return isinstance(space, Array) and space[0] == Name.Lab


def _separation(pdf: pikepdf.Pdf, spot: Spot) -> pikepdf.Object:
    """Return the colour space of the spot colour (ISO 32000-1, 8.6.6.4), with its look in CMYK."""
    full = cmyk(spot.ink)
    tints = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=list(full), N=1)
    return pdf.make_indirect(Array([Name.Separation, _colorant(spot), Name.DeviceCMYK, tints]))


def _device_n(pdf: pikepdf.Pdf, spot: Spot) -> pikepdf.Object:
    """Return the colour space of mixes of the spot colour and black (ISO 32000-1, 8.6.6.5)."""
    full: Cmyk = cmyk(spot.ink)
    cyan, magenta, yellow, black = full
    # The stack holds the tints of spot and black; a PostScript calculator makes CMYK of them.
    program = (
        f"{{ exch dup {cyan} mul exch dup {magenta} mul exch dup {yellow} mul exch {black} mul 5 -1 roll add "
        "dup 1 gt { pop 1 } if }"
    )
    function = pdf.make_stream(program.encode(), FunctionType=4, Domain=[0, 1, 0, 1], Range=[0, 1] * 4)
    names = Array([_colorant(spot), Name.Black])
    return pdf.make_indirect(Array([Name.DeviceN, names, Name.DeviceCMYK, function]))


def _colorant(spot: Spot) -> Name:
    return Name("/" + spot.name)
