"""A content stream while its colours are exchanged: that of a page, a form, a pattern or a glyph.

There are two ways to the same end. Where nothing in it can be mistaken for an operator, as in all that our typesetting
writes, content is taken apart by one regular expression at the operators that count here; any other is read by pikepdf,
instruction by instruction, which takes five times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name

from press.editions.print.inks import Mix, Palette

# The operators of ISO 32000-1, annex A, by what they mean here.
TAGS = frozenset("BMC BDC EMC MP DP".split())
SHOWS_TEXT = frozenset("Tj TJ ' \"".split())
PAINTS = frozenset("f F f* B B* b b* Do sh".split()) | {"INLINE IMAGE"}
PROCESS = "k", "K"  # to fill with, to stroke with
SPACES = "cs", "CS"
TINTS = "scn", "SCN"
# How many operands those have that are looked at, or how many at the end are.
OPERANDS = {"rg": 3, "RG": 3, "g": 1, "G": 1, "k": 4, "K": 4, "cs": 1, "CS": 1, "scn": 1, "SCN": 1}
OPERANDS |= {"Do": 1, "sh": 1}

# The names of what is added to the resources.
SPOT, SPOT_BLACK = "/PressSpot", "/PressSpotBlack"
OVERPRINT, KNOCK_OUT = "/PressOverprint", "/PressKnockOut"

# Where one of these operators stands, with the character before it. Tokens end at white space and at delimiters
# (ISO 32000-1, 7.2.2); a name begins with a solidus, so none is found here.
_COUNT = {"q", "Q", *OPERANDS} | TAGS | SHOWS_TEXT | PAINTS
_WORDS = "|".join(re.escape(one) for one in sorted(_COUNT - {"INLINE IMAGE"}, key=len, reverse=True))
_FIRST = "".join(sorted({one[0] for one in _COUNT - {"INLINE IMAGE"}}))
_OPERATOR = re.compile(rf"([\s\]>](?=[{_FIRST}])(?:{_WORDS}))(?![^\s/\[<])", re.A)
# What makes this way unsafe: literal strings, comments, names that are spelled with numbers, inline pictures, and what
# Python takes for white space, and PDF does not, or the other way round ...
_UNSAFE = ("(", "%", "#", "BI", "\x00", "\x0b", "\x1c", "\x1d", "\x1e", "\x1f")
# ... white space in hexadecimal strings; operands that are not parted from what is before them.
_UNPARTED = [re.compile(sign) for sign in (r"<(?<!<<)(?!<|[0-9A-Fa-f]*>)", r"\][-+.\d]", r"[-+](?<=[\d.][-+])")]


Instruction = Any  # pikepdf's ContentStreamInstruction or ContentStreamInlineImage
Handler = Callable[["Content", str, list[str]], str | None]


class Content:
    """One content stream; `resources` are what its names stand for."""

    def __init__(self, palette: Palette, resources: pikepdf.Object) -> None:
        self.resources = resources
        self.streams: list[pikepdf.Stream] = []  # the forms and patterns that it shows
        self.messages: set[str] = set()
        self._palette = palette
        self._used: set[tuple[str, str]] = set()
        self._black, self._over = True, False  # what is filled with, and whether it overprints: at the start of a page
        self._stack: list[tuple[bool, bool]] = []

    def rewrite(self, data: bytes, parse: Callable[[], Iterable[Instruction]]) -> bytes:
        """Return the content `data` with its colours exchanged; `parse` gives its instructions, if they are wanted."""
        text = data.decode("ascii", "replace")
        plain = data.isascii() and not any(sign in text for sign in _UNSAFE)
        if plain and not any(sign.search(text) for sign in _UNPARTED):
            return self._by_operators(text)
        return self._by_instructions(parse())

    def _by_operators(self, text: str) -> bytes:
        out = []
        pieces = _OPERATOR.split(f"\n{text}")
        for before, found in zip(pieces[::2], pieces[1::2], strict=False):
            operator = found[1:]
            if operator in TAGS:
                out.append(_without_tag(before, operator))
                continue
            # What is between two of these operators neither paints nor leaves a graphics state: there a state may be
            # set first. Between a path and its painting it may not (ISO 32000-1, 8.2).
            out.append(self._overprint(operator))
            if handle := _HANDLERS.get(operator):
                count = OPERANDS.get(operator, 0)
                operands = before.rsplit(None, count)
                if replaced := handle(self, operator, operands[-count:]):
                    out += [operands[0] if len(operands) > count else "", replaced]
                    continue
            out += [before, found]
        return "".join([*out, pieces[-1]]).encode()

    def _by_instructions(self, instructions: Iterable[Instruction]) -> bytes:
        out: list[bytes] = []
        free = 0  # where a state may be set: behind the last operator that counts
        for instruction in instructions:
            operator = str(instruction.operator)
            if operator in TAGS:
                free = len(out)
                continue
            if operator in _COUNT:
                out.insert(free, self._overprint(operator).encode())
            replaced = None
            if operator == "INLINE IMAGE":
                self._inline(instruction)
            elif handle := _HANDLERS.get(operator):
                replaced = handle(
                    self, operator, [str(one) for one in instruction.operands][-OPERANDS.get(operator, 0) :]
                )
            out.append(replaced.encode() if replaced else pikepdf.unparse_content_stream([instruction]))
            if operator in _COUNT:
                free = len(out)
        return b"\n".join(filter(None, out))

    def _overprint(self, operator: str) -> str:
        """Return what is set before an operator: solid black letters overprint, all else knocks out."""
        if operator not in SHOWS_TEXT and operator not in PAINTS:
            return ""
        wanted = self._black and operator in SHOWS_TEXT
        if wanted == self._over:
            return ""
        self._over = wanted
        return f"\n{OVERPRINT if wanted else KNOCK_OUT} gs"

    def _save(self, operator: str, operands: list[str]) -> None:
        self._stack.append((self._black, self._over))

    def _restore(self, operator: str, operands: list[str]) -> None:
        if self._stack:
            self._black, self._over = self._stack.pop()

    def _rgb(self, operator: str, operands: list[str]) -> str | None:
        red, green, blue = (round(255 * float(part)) for part in operands)
        mix = self._palette.mix((red, green, blue))
        if mix is None:
            self.messages.add(f"the colour #{red:02x}{green:02x}{blue:02x} is in no token of styles/tokens.yaml")
            return None
        return self._ink(mix, operator == "RG")

    def _grey(self, operator: str, operands: list[str]) -> str:
        return self._ink(Mix((0, 0, 0, 1 - float(operands[0]))), operator == "G")

    def _process(self, operator: str, operands: list[str]) -> str:
        cyan, magenta, yellow, black = map(float, operands)
        return self._ink(Mix((cyan, magenta, yellow, black)), operator == "K")

    def _ink(self, mix: Mix, stroke: bool) -> str:
        if not stroke:
            self._black = mix.is_black
        black = mix.process[3]
        if not mix.spot:
            return f"\n{' '.join(map(_number, mix.process))} {PROCESS[stroke]}"
        if black:
            return f"\n{SPOT_BLACK} {SPACES[stroke]}\n{_number(mix.spot)} {_number(black)} {TINTS[stroke]}"
        return f"\n{SPOT} {SPACES[stroke]}\n{_number(mix.spot)} {TINTS[stroke]}"

    def _space(self, operator: str, operands: list[str]) -> None:
        name = Name(operands[0])
        space = self.resources.get("/ColorSpace", Dictionary()).get(name, name)
        if not is_printable(space):
            self.messages.add(f"the colour space {_describe(space)} is none that is printed from")
        self._black = False

    def _tint(self, operator: str, operands: list[str]) -> None:
        if operands and operands[-1].startswith("/"):
            self._use("/Pattern", operands[-1])
        self._black = False

    def _form(self, operator: str, operands: list[str]) -> None:
        self._use("/XObject", operands[0])

    def _shade(self, operator: str, operands: list[str]) -> None:
        self._check_shading(self.resources.get("/Shading", Dictionary()).get(operands[0]))

    def _inline(self, instruction: Instruction) -> None:
        if instruction.iimage.colorspace not in ("/DeviceGray", "/DeviceCMYK", None):
            self.messages.add("a picture inside a drawing is in screen colours: place it as a picture of its own")

    def _use(self, kind: str, name: str) -> None:
        """Remember a form or a tiling pattern, to be done next; look at a shading."""
        if (kind, name) in self._used:
            return
        self._used.add((kind, name))
        thing = self.resources.get(kind, Dictionary()).get(name)
        if thing is None:
            return
        if "/Shading" in thing:
            self._check_shading(thing.Shading)
        elif isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != Name.Image:
            self.streams.append(thing)

    def _check_shading(self, shading: pikepdf.Object | None) -> None:
        if shading is not None and not is_printable(shading.ColorSpace):
            self.messages.add("a gradient between screen colours cannot be printed: use flat tints")


_HANDLERS: dict[str, Handler] = {
    "q": Content._save,
    "Q": Content._restore,
    "rg": Content._rgb,
    "RG": Content._rgb,
    "g": Content._grey,
    "G": Content._grey,
    "k": Content._process,
    "K": Content._process,
    "cs": Content._space,
    "CS": Content._space,
    "scn": Content._tint,
    "SCN": Content._tint,
    "Do": Content._form,
    "sh": Content._shade,
}


def _without_tag(before: str, operator: str) -> str:
    """Return what stands before a tag's operator, without its operands: a name, and a dictionary or the name of one."""
    end = len(before)
    if operator in ("BDC", "DP"):
        end = before.find("<<") if before.rstrip().endswith(">>") else before.rfind("/")
    return before if operator == "EMC" else before[: before.rindex("/", 0, end)]


def is_printable(space: pikepdf.Object) -> bool:
    """Tell whether a colour space (ISO 32000-1, 8.6) is one of inks: grey, CMYK, separations, and indexes of these."""
    family = space if isinstance(space, Name) else space[0]
    if family == Name.Indexed:
        return is_printable(space[1])
    if family == Name.Pattern:
        return isinstance(space, Name) or len(space) == 1 or is_printable(space[1])
    return family in (Name.DeviceGray, Name.DeviceCMYK, Name.Separation, Name.DeviceN)


def _describe(space: pikepdf.Object) -> str:
    return str(space if isinstance(space, Name) else space[0]).removeprefix("/")


def _number(value: float) -> str:
    """Return a number as it is written best: whole ones without a point, others with at most four places."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
