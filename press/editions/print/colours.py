"""The exchange of colours: every RGB colour of a PDF for its inks, in pages, forms, patterns and glyphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator

from press.editions.print.inks import Cmyk, Mix, Palette, cmyk
from press.findings import Finding
from press.galleys import Spot

# The operators of ISO 32000-1, annex A, by what they mean here.
TAGS = set("BMC BDC EMC MP DP".split())
SHOWS_TEXT = set("Tj TJ ' \"".split())
PAINTS = set("f F f* B B* b b* Do sh".split()) | {"INLINE IMAGE"}
PROCESS = "k", "K"  # to fill with, to stroke with
SPACES = "cs", "CS"
TINTS = "scn", "SCN"

NONE = Name("/None")  # Python keeps the word to itself

# The names of what is added to the resources.
SPOT, SPOT_BLACK = "/PressSpot", "/PressSpotBlack"
OVERPRINT, KNOCK_OUT = "/PressOverprint", "/PressKnockOut"

Instruction = Any  # pikepdf's ContentStreamInstruction or ContentStreamInlineImage


def exchange(pdf: pikepdf.Pdf, palette: Palette, name: str) -> list[Finding]:
    """Exchange the colours of `pdf` in place, and take the tags out of its content; return what has no ink.

    Solid black text overprints (ISO 32000-1, 8.6.7, overprint mode 1), all else knocks out. `name` is the file that
    findings name.
    """
    exchanged = _Exchange(pdf, palette)
    findings = []
    for number, page in enumerate(pdf.pages, start=1):
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
        content = _Content(self._palette, resources)
        stream = content.rewrite(pikepdf.parse_content_stream(page))
        page.Contents = self._pdf.make_stream(stream)
        self._prepare(page.obj, resources)
        return content.messages | self._inner(content)

    def _stream(self, stream: pikepdf.Stream, resources: pikepdf.Object) -> set[str]:
        """Do a form, a pattern or a glyph; `resources` are those of what shows it, for streams without their own."""
        if stream.objgen in self._done:
            return set()
        self._done.add(stream.objgen)
        resources = stream.get("/Resources", resources)
        content = _Content(self._palette, resources)
        stream.write(content.rewrite(pikepdf.parse_content_stream(stream)))
        self._prepare(stream, resources)
        return content.messages | self._inner(content)

    def _inner(self, content: _Content) -> set[str]:
        messages: set[str] = set()
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


class _Content:
    """One content stream while its colours are exchanged."""

    def __init__(self, palette: Palette, resources: pikepdf.Object) -> None:
        self.resources = resources
        self.streams: list[pikepdf.Stream] = []  # the forms, patterns and glyphs that it shows
        self.messages: set[str] = set()
        self._palette = palette
        self._black, self._over = True, False  # what is filled with, and whether it overprints: at the start of a page
        self._stack: list[tuple[bool, bool]] = []
        self._out: list[Instruction] = []

    def rewrite(self, instructions: Iterable[Instruction]) -> bytes:
        """Return the content with its colours exchanged."""
        for instruction in instructions:
            operator = str(instruction.operator)
            if operator in TAGS:
                continue
            if operator in SHOWS_TEXT:
                self._overprint(self._black)
            elif operator in PAINTS:
                self._overprint(False)
            if handle := _HANDLERS.get(operator):
                handle(self, instruction)
            else:
                self._out.append(instruction)
        return pikepdf.unparse_content_stream(self._out)

    def _put(self, operator: str, *operands: Any) -> None:
        self._out.append(ContentStreamInstruction(list(operands), Operator(operator)))

    def _overprint(self, wanted: bool) -> None:
        if wanted != self._over:
            self._put("gs", Name(OVERPRINT if wanted else KNOCK_OUT))
            self._over = wanted

    def _save(self, instruction: Instruction) -> None:
        self._stack.append((self._black, self._over))
        self._out.append(instruction)

    def _restore(self, instruction: Instruction) -> None:
        if self._stack:
            self._black, self._over = self._stack.pop()
        self._out.append(instruction)

    def _rgb(self, instruction: Instruction) -> None:
        red, green, blue = (round(255 * float(part)) for part in instruction.operands)
        mix = self._palette.mix((red, green, blue))
        if mix is None:
            self.messages.add(f"the colour #{red:02x}{green:02x}{blue:02x} is in no token of styles/tokens.yaml")
            self._out.append(instruction)
        else:
            self._ink(mix, str(instruction.operator) == "RG")

    def _grey(self, instruction: Instruction) -> None:
        self._ink(Mix((0, 0, 0, 1 - float(instruction.operands[0]))), str(instruction.operator) == "G")

    def _process(self, instruction: Instruction) -> None:
        ink = tuple(float(part) for part in instruction.operands)
        self._ink(Mix((ink[0], ink[1], ink[2], ink[3])), str(instruction.operator) == "K")

    def _ink(self, mix: Mix, stroke: bool) -> None:
        if not stroke:
            self._black = mix.is_black
        black = mix.process[3]
        if not mix.spot:
            self._put(PROCESS[stroke], *map(_number, mix.process))
        elif black:
            self._put(SPACES[stroke], Name(SPOT_BLACK))
            self._put(TINTS[stroke], _number(mix.spot), _number(black))
        else:
            self._put(SPACES[stroke], Name(SPOT))
            self._put(TINTS[stroke], _number(mix.spot))

    def _space(self, instruction: Instruction) -> None:
        name = instruction.operands[0]
        space = self.resources.get("/ColorSpace", Dictionary()).get(name, name)
        if not is_printable(space):
            self.messages.add(f"the colour space {_describe(space)} is none that is printed from")
        self._black = False
        self._out.append(instruction)

    def _tint(self, instruction: Instruction) -> None:
        if instruction.operands and isinstance(instruction.operands[-1], Name):
            self._use("/Pattern", instruction.operands[-1])
        self._black = False
        self._out.append(instruction)

    def _form(self, instruction: Instruction) -> None:
        self._use("/XObject", instruction.operands[0])
        self._out.append(instruction)

    def _inline(self, instruction: Instruction) -> None:
        if instruction.iimage.colorspace not in ("/DeviceGray", "/DeviceCMYK", None):
            self.messages.add("a picture inside a drawing is in screen colours: place it as a picture of its own")
        self._out.append(instruction)

    def _font(self, instruction: Instruction) -> None:
        self._use("/Font", instruction.operands[0])
        self._out.append(instruction)

    def _shade(self, instruction: Instruction) -> None:
        shading = self.resources.get("/Shading", Dictionary()).get(instruction.operands[0])
        self._check_shading(shading)
        self._out.append(instruction)

    def _use(self, kind: str, name: pikepdf.Name) -> None:
        """Remember a form, tiling pattern or the glyphs of a Type 3 font, to be done next; look at a shading."""
        thing = self.resources.get(kind, Dictionary()).get(name)
        if thing is None:
            return
        if "/Shading" in thing:
            self._check_shading(thing.Shading)
        elif isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != Name.Image:
            self.streams.append(thing)
        elif thing.get("/Subtype") == Name.Type3:
            self.streams += [glyph for _, glyph in thing.CharProcs.items() if isinstance(glyph, pikepdf.Stream)]

    def _check_shading(self, shading: pikepdf.Object | None) -> None:
        if shading is not None and not is_printable(shading.ColorSpace):
            self.messages.add("a gradient between screen colours cannot be printed: use flat tints")


_HANDLERS: dict[str, Callable[[_Content, Instruction], None]] = {
    "q": _Content._save,
    "Q": _Content._restore,
    "rg": _Content._rgb,
    "RG": _Content._rgb,
    "g": _Content._grey,
    "G": _Content._grey,
    "k": _Content._process,
    "K": _Content._process,
    "cs": _Content._space,
    "CS": _Content._space,
    "scn": _Content._tint,
    "SCN": _Content._tint,
    "Do": _Content._form,
    "Tf": _Content._font,
    "sh": _Content._shade,
    "INLINE IMAGE": _Content._inline,
}


def is_printable(space: pikepdf.Object) -> bool:
    """Tell whether a colour space (ISO 32000-1, 8.6) is one of inks: grey, CMYK, separations, and indexes of these."""
    family = space if isinstance(space, Name) else space[0]
    if family == Name.Indexed:
        return is_printable(space[1])
    if family == Name.Pattern:
        return isinstance(space, Name) or len(space) == 1 or is_printable(space[1])
    return family in (Name.DeviceGray, Name.DeviceCMYK, Name.Separation, Name.DeviceN)


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


def _describe(space: pikepdf.Object) -> str:
    return str(space if isinstance(space, Name) else space[0]).removeprefix("/")


def _number(value: float) -> float | int:
    """Return a number as it is written best: whole ones without a point."""
    return int(value) if value == int(value) else round(value, 4)


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
