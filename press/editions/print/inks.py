"""The inks: what each colour of the design is printed with."""

from __future__ import annotations

from dataclasses import dataclass

from press.findings import Finding, Refused
from press.galleys import Spot
from press.styles import Styles

Rgb = tuple[int, int, int]
Cmyk = tuple[float, float, float, float]

# Inks of a token may be this far from a tint of the spot colour and still be printed as one: what the eye cannot see.
NEAR = 0.02


@dataclass(frozen=True)
class Mix:
    """What is printed at a place: a tint of the spot colour and of the four process inks, each from 0 to 1."""

    process: Cmyk
    spot: float = 0

    @property
    def is_black(self) -> bool:
        """Whether it is solid black and nothing else: that overprints."""
        return self.process[3] == 1 and not any(self.process[:3]) and not self.spot


class Palette:
    """The exchange of screen colours for inks, by `colours` and `plates` of the tokens.

    `spot` is the fifth ink, if the book has one: then every token has to be a mix of it and of black. Raises Refused
    for a token whose inks cannot be read or cannot be mixed, and for two tokens that look the same but print otherwise.
    """

    def __init__(self, styles: Styles, spot: Spot | None = None) -> None:
        self.spot = spot
        self._mixes: dict[Rgb, Mix] = {}
        findings = []
        for section in ("colours", "plates"):
            for name, values in styles.tokens.get(section, {}).items():
                try:
                    self._add(rgb(values["light"]), self._mix(cmyk(values["ink"])))
                except ValueError as error:
                    findings.append(Finding("styles/tokens.yaml", 0, f"{section}, {name}: {error}"))
        if findings:
            raise Refused(findings)

    @property
    def made_of(self) -> list[object]:
        """What tells this palette from others."""
        return [self.spot, sorted(self._mixes.items())]

    def mix(self, colour: Rgb) -> Mix | None:
        """Return what `colour` is printed with: a grey in no token is a tint of black, any other None."""
        red, green, blue = colour
        if colour not in self._mixes and red == green == blue:
            return Mix((0, 0, 0, round(1 - red / 255, 4)))
        return self._mixes.get(colour)

    def _add(self, colour: Rgb, mix: Mix) -> None:
        if self._mixes.setdefault(colour, mix) != mix:
            raise ValueError("another token has the same light value and other inks")

    def _mix(self, ink: Cmyk) -> Mix:
        """Return the inks of a token as they are printed: with the spot colour, where the book has one."""
        if not self.spot or not any(ink[:3]):
            return Mix(ink)
        full = cmyk(self.spot.ink)
        tint = max(part / whole for part, whole in zip(ink[:3], full[:3], strict=True) if whole)
        black = ink[3] - tint * full[3]
        if (
            any(abs(part - tint * whole) > NEAR for part, whole in zip(ink[:3], full[:3], strict=True))
            or tint > 1 + NEAR
        ):
            raise ValueError(f"its inks are no mix of {self.spot.name} and black")
        return Mix((0, 0, 0, round(black, 4) if black > NEAR else 0), round(min(tint, 1), 4))


def rgb(text: str) -> Rgb:
    """Return a colour such as #b83a26 as three bytes. Raises ValueError for anything else."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"'{text}' is not a colour of the form #rrggbb")
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def cmyk(text: str) -> Cmyk:
    """Return inks such as "0 .8 .82 .1" as four numbers from 0 to 1. Raises ValueError for anything else."""
    values = tuple(float(part) for part in text.split())
    if len(values) != 4 or not all(0 <= value <= 1 for value in values):
        raise ValueError(f"'{text}' is not four inks from 0 to 1: cyan, magenta, yellow, black")
    return values
