"""What a printer's preflight looks at, read from the content of each page: inks, letters, pictures, boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from press.editions.print.colours import shows_through
from press.editions.print.content import is_printable

MM = 72 / 25.4  # pt
FILLS = set("f F f* B B* b b*".split())
STROKES = set("S s B B* b b*".split())
SHOWS_TEXT = set("Tj TJ ' \"".split())

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Colour:
    """A colour as the content names it: its space (DeviceCMYK, Separation …), inks in order, tints from 0 to 1."""

    space: str
    inks: tuple[str, ...]
    tints: tuple[float, ...]

    @property
    def total(self) -> float:
        """All inks together, in per cent."""
        return 100 * sum(self.tints)

    @property
    def is_black(self) -> bool:
        """Whether it is black or a tint of it, and no other ink; paper counts too."""
        return bool(self.inks) and all(
            tint == 0 or ink == "Black" for ink, tint in zip(self.inks, self.tints, strict=True)
        )

    @property
    def is_solid(self) -> bool:
        """Whether it is black alone, in full."""
        return self.is_black and self.total == 100

    @property
    def is_mixed_grey(self) -> bool:
        """Whether it looks grey but is made of cyan, magenta and yellow: what no letter can stand."""
        chromatic = [tint for ink, tint in zip(self.inks, self.tints, strict=True) if ink in PROCESS[:3]]
        return len(chromatic) == 3 and max(chromatic) > 0 and max(chromatic) - min(chromatic) < 0.25


PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
START = Colour("DeviceGray", ("Black",), (1.0,))  # ISO 32000-1, 8.4.1: what a page begins with


@dataclass(frozen=True)
class Picture:
    """A raster picture as it is placed: resolution in ppi, of the coarser direction; its colour space."""

    ppi: float
    space: str
    printable: bool


@dataclass
class Page:
    """One page: boxes in mm from the lower left, counts of letters (in glyphs) and of marks by colour."""

    number: int
    media: Box
    bleed: Box
    trim: Box
    letters: Counter[Colour] = field(default_factory=Counter)
    marks: Counter[Colour] = field(default_factory=Counter)
    pictures: list[Picture] = field(default_factory=list)
    fonts: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)  # fonts that are not embedded
    strange: set[str] = field(default_factory=set)  # colour spaces that are not of inks
    knocked_out: int = 0  # solid black letters that do not overprint
    transparent: bool = False
    annotations: int = 0

    @property
    def blank(self) -> bool:
        """Whether nothing is printed on it."""
        return not (self.letters or self.marks or self.pictures)

    @property
    def heaviest(self) -> float:
        """The most ink that a single colour of the page lays down, in per cent."""
        return max((colour.total for colour in [*self.letters, *self.marks]), default=0)


def read(pdf: pikepdf.Pdf) -> list[Page]:
    """Read every page of `pdf`."""
    return [_read(page, number) for number, page in enumerate(pdf.pages, start=1)]


def _read(page: pikepdf.Page, number: int) -> Page:
    boxes = [tuple(float(side) / MM for side in box) for box in (page.mediabox, page.bleedbox, page.trimbox)]
    found = Page(number, *boxes)  # type: ignore[arg-type]
    found.annotations = len(page.get("/Annots", []))
    _Reader(found, page.resources).read(page)
    return found


@dataclass
class _State:
    """The graphics state as far as it matters here (ISO 32000-1, 8.4)."""

    matrix: pikepdf.Matrix
    fill: Colour = START
    stroke: Colour = START
    overprint: bool = False
    overprint_mode: int = 0

    def copy(self) -> _State:
        return _State(self.matrix, self.fill, self.stroke, self.overprint, self.overprint_mode)


class _Reader:
    """Reads one content stream, and the forms that it shows, into a page."""

    def __init__(self, page: Page, resources: pikepdf.Object, state: _State | None = None) -> None:
        self.page, self.resources = page, resources
        self.state = state or _State(pikepdf.Matrix())
        self.stack: list[_State] = []
        self.spaces: dict[bool, tuple[str, tuple[str, ...]]] = {}

    def read(self, stream: Any) -> None:
        instruction: Any
        for instruction in pikepdf.parse_content_stream(stream):
            operator = str(instruction.operator)
            if operator in SHOWS_TEXT:
                self._text(instruction.operands)
            elif handle := _HANDLERS.get(operator):
                handle(self, instruction.operands)
            else:
                if operator in FILLS:
                    self.page.marks[self.state.fill] += 1
                if operator in STROKES:
                    self.page.marks[self.state.stroke] += 1
                if operator == "INLINE IMAGE":
                    self._inline(instruction)

    def _text(self, operands: Any) -> None:
        strings = operands[-1] if isinstance(operands[-1], pikepdf.Array) else [operands[-1]]
        glyphs = sum(len(bytes(part)) for part in strings if isinstance(part, pikepdf.String)) // 2
        self.page.letters[self.state.fill] += glyphs
        if self.state.fill.is_solid and not (self.state.overprint and self.state.overprint_mode == 1):
            self.page.knocked_out += glyphs

    def _save(self, _: Any) -> None:
        self.stack.append(self.state.copy())

    def _restore(self, _: Any) -> None:
        if self.stack:
            self.state = self.stack.pop()

    def _transform(self, operands: Any) -> None:
        self.state.matrix = pikepdf.Matrix(*map(float, operands)) @ self.state.matrix

    def _graphics(self, operands: Any) -> None:
        state = self.resources.get("/ExtGState", Dictionary()).get(operands[0], Dictionary())
        if shows_through(state):
            self.page.transparent = True
        if "/OP" in state and "/op" not in state:
            self.state.overprint = bool(state.OP)
        if "/op" in state:
            self.state.overprint = bool(state.op)
        self.state.overprint_mode = int(state.get("/OPM", self.state.overprint_mode))

    def _device(self, space: str, inks: tuple[str, ...], stroke: bool, tints: list[float]) -> None:
        if not inks:
            self.page.strange.add(space)
        colour = Colour(space, inks, tuple(tints) if inks else ())
        if stroke:
            self.state.stroke = colour
        else:
            self.state.fill = colour

    def _space(self, stroke: bool, operands: Any) -> None:
        space = self.resources.get("/ColorSpace", Dictionary()).get(operands[0], operands[0])
        family = str(space if isinstance(space, Name) else space[0]).removeprefix("/")
        inks: tuple[str, ...] = ()
        if family == "Separation":
            inks = PROCESS if space[1] == Name.All else (str(space[1]).removeprefix("/"),)
        elif family == "DeviceN":
            inks = tuple(str(name).removeprefix("/") for name in space[1])
        elif family in ("DeviceGray", "DeviceCMYK"):
            inks = ("Black",) if family == "DeviceGray" else PROCESS
        elif not is_printable(space):
            self.page.strange.add(family)
        self.spaces[stroke] = family, inks

    def _tint(self, stroke: bool, operands: Any) -> None:
        family, inks = self.spaces.get(stroke, ("DeviceGray", ("Black",)))
        tints = [float(part) for part in operands if not isinstance(part, Name)]
        if inks and len(tints) < len(inks):
            tints = tints * len(inks)  # the colorant All
        if family == "DeviceGray":
            tints = [1 - tints[0]]
        if inks:
            self._device(family, inks, stroke, tints)

    def _form(self, operands: Any) -> None:
        thing = self.resources.get("/XObject", Dictionary()).get(operands[0])
        if thing is None:
            return
        if thing.get("/Subtype") == Name.Image:
            self._place(thing)
            return
        inner = self.state.copy()
        inner.matrix = pikepdf.Matrix(*map(float, thing.get("/Matrix", [1, 0, 0, 1, 0, 0]))) @ inner.matrix
        if thing.get("/Group", Dictionary()).get("/CS", Name.DeviceCMYK) != Name.DeviceCMYK:
            self.page.strange.add(f"{str(thing.Group.CS).removeprefix('/')} of a transparency group")
        _Reader(self.page, thing.get("/Resources", self.resources), inner).read(thing)

    def _inline(self, instruction: Any) -> None:
        image = instruction.iimage
        self._measure(image.width, image.height, Name(image.colorspace or "/DeviceGray"))

    def _place(self, image: Any) -> None:
        if "/SMask" in image:
            self.page.transparent = True
        self._measure(int(image.Width), int(image.Height), image.get("/ColorSpace", Name.DeviceGray))

    def _measure(self, width: int, height: int, space: Any) -> None:
        matrix = self.state.matrix
        across = max((matrix.a**2 + matrix.b**2) ** 0.5, 0.001) / 72
        down = max((matrix.c**2 + matrix.d**2) ** 0.5, 0.001) / 72
        family = str(space if isinstance(space, Name) else space[0]).removeprefix("/")
        ppi = min(width / across, height / down)
        self.page.pictures.append(Picture(round(ppi, 1), family, is_printable(space)))

    def _font(self, operands: Any) -> None:
        font = self.resources.get("/Font", Dictionary()).get(operands[0])
        if font is None:
            return
        name = str(font.get("/BaseFont", "/Type 3")).removeprefix("/")
        self.page.fonts.add(name)
        face = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = face.get("/FontDescriptor", Dictionary())
        if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            self.page.bare.add(name)

    def _shade(self, operands: Any) -> None:
        shading = self.resources.get("/Shading", Dictionary()).get(operands[0])
        if shading is not None and not is_printable(shading.ColorSpace):
            self.page.strange.add("a gradient that is not of inks")
        self.page.marks[self.state.fill] += 1


_HANDLERS: dict[str, Callable[[_Reader, Any], None]] = {
    "q": _Reader._save,
    "Q": _Reader._restore,
    "cm": _Reader._transform,
    "gs": _Reader._graphics,
    "rg": lambda reader, _: reader._device("DeviceRGB", (), False, []),
    "RG": lambda reader, _: reader._device("DeviceRGB", (), True, []),
    "g": lambda reader, parts: reader._device("DeviceGray", ("Black",), False, [1 - float(parts[0])]),
    "G": lambda reader, parts: reader._device("DeviceGray", ("Black",), True, [1 - float(parts[0])]),
    "k": lambda reader, parts: reader._device("DeviceCMYK", PROCESS, False, [float(part) for part in parts]),
    "K": lambda reader, parts: reader._device("DeviceCMYK", PROCESS, True, [float(part) for part in parts]),
    "cs": lambda reader, parts: reader._space(False, parts),
    "CS": lambda reader, parts: reader._space(True, parts),
    "scn": lambda reader, parts: reader._tint(False, parts),
    "SCN": lambda reader, parts: reader._tint(True, parts),
    "sc": lambda reader, parts: reader._tint(False, parts),
    "SC": lambda reader, parts: reader._tint(True, parts),
    "Do": _Reader._form,
    "Tf": _Reader._font,
    "sh": _Reader._shade,
}
