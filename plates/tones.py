"""Surface classes and the flat tone layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from plates.arrays import Floats
from plates.curves import field_paths
from plates.raycast import Buffers, masked_blur

LIGHT = np.array([-0.42, 0.58, 0.70]) / np.linalg.norm([-0.42, 0.58, 0.70])  # right, up, toward the viewer
QUANTILES = (0.50, 0.24, 0.09, 0.05)  # of a part's shade, where thresholds follow it
RAMPS = (("k4", "k8", "k12", "k16", "k22", "k28"), ("s7", "s14", "s26", "s40", "s58", "s75", "s100"))
VANISH = 5.0  # pt nearer to the vanishing edge each lighter tint ends


@dataclass(frozen=True)
class Surface:
    """How a kind of surface is drawn.

    tones: (shade, colour) from light to dark; high: the highlight likewise; blend: how far thresholds follow the
    part's own range (0..1); crease: colour and width (pt) of creases; blur: pt over which the shade is smoothed.
    """

    fill: str
    tones: tuple[tuple[float, str], ...] = ()
    high: tuple[float, str] | None = None
    high_quantile: float = 0.86
    blend: float = 0.0
    crease: tuple[str, float] | None = None
    blur: float = 0.55


SURFACES = {
    "bone": Surface("k4", ((0.78, "k8"), (0.66, "k12"), (0.54, "k16"), (0.38, "k22")), crease=("k60", 0.42), blur=0.8),
    "teeth": Surface("paper", ((0.62, "k8"), (0.42, "k16"))),
    "cartilage": Surface("k8", ((0.66, "k16"), (0.44, "k28"))),
    "target": Surface(
        "s26", ((0.80, "s40"), (0.62, "s58"), (0.42, "s75")), (0.955, "s14"), blend=0.7, crease=("s130", 0.40), blur=0.9
    ),
    "second": Surface("s14", ((0.74, "s26"), (0.52, "s40")), blend=0.6, crease=("s75", 0.36), blur=0.8),
    "tendon": Surface("paper", ((0.74, "k4"), (0.56, "k8"), (0.40, "k16")), crease=("k40", 0.36), blur=0.8),
    "context": Surface("k8", ((0.74, "k12"), (0.60, "k16"), (0.46, "k22")), crease=("k60", 0.30), blur=0.9),
    "rubber": Surface(
        "s40", ((0.80, "s58"), (0.60, "s75"), (0.40, "s100")), (0.955, "s26"), high_quantile=0.93, blend=0.5, blur=0.8
    ),
    "foam": Surface("k8", ((0.80, "k12"), (0.68, "k16"), (0.54, "k22"), (0.38, "k28")), (0.97, "k4"), blur=0.8),
    "skin": Surface("k4", ((0.74, "k8"), (0.56, "k12"), (0.42, "k16")), crease=("k40", 0.3), blur=2.0),
    "shirt": Surface("k12", ((0.62, "k16"), (0.44, "k22")), (0.93, "k8"), crease=("k60", 0.3), blur=1.4),
    "shorts": Surface("k22", ((0.52, "k28"),), (0.93, "k16"), crease=("k60", 0.3), blur=1.4),
    "hair": Surface("k28", (), (0.80, "k22"), high_quantile=0.7, blend=0.4, blur=1.4),
    "thing": Surface("k4", ((0.70, "k8"), (0.52, "k12"), (0.40, "k16")), blur=1.4),
    "pale": Surface(
        "paper", ((0.84, "s7"), (0.68, "s14"), (0.50, "s26"), (0.38, "s40")), crease=("s75", 0.5), blur=2.4
    ),
    "mid": Surface("s58", ((0.60, "s75"), (0.42, "s100")), (0.92, "s40"), crease=("s130", 0.4), blur=1.6),
    "cloth": Surface("k16", ((0.62, "k22"), (0.42, "k28")), (0.90, "k12"), crease=("k60", 0.3), blur=1.6),
}


def shading(b: Buffers, ao_weight: float = 0.8) -> Floats:
    """Return the shade of each pixel, 0 (dark) .. about 1 (light)."""
    lit = np.clip(b.normal @ LIGHT, 0, 1)
    openness = 1.0 if b.ao is None else (1 - ao_weight) + ao_weight * b.ao
    return np.asarray((0.30 + 0.70 * lit) * openness + 0.06)


def _lighter(fill: str) -> list[str]:
    """Return the tints that lead up to a fill, lightest first, the fill last."""
    for ramp in RAMPS:
        if fill in ramp:
            return list(ramp[: ramp.index(fill) + 1])
    return [fill]


def tone_layers(
    b: Buffers,
    part: int,
    surface: Surface,
    shade: Floats,
    away: Floats | None = None,
    blend: float | None = None,
    min_area: float = 4.0,
    tol: float = 0.22,
) -> list[tuple[str, str]]:
    """Return colours and path data of one part, lightest first.

    away: pt from where the drawing vanishes (fade.py); min_area in pt², tol in pt.
    """
    px, here = b.px, b.id == part
    ground = ndi.gaussian_filter(ndi.binary_dilation(here).astype(float), 1.0)
    out = []
    steps = _lighter(surface.fill) if away is not None else [surface.fill]
    for order, colour in enumerate(steps):
        field = ground if away is None else np.minimum(ground, 0.5 + (away - order * VANISH) / 4)
        out.append((colour, field_paths(field, 0.5, px, tol=0.12, smooth=1.5, min_area=1.0)))
    values = masked_blur(shade, here, surface.blur * px)
    inside = ndi.gaussian_filter(here.astype(float), 1.0)
    mix = surface.blend if blend is None else blend
    smooth = max(3.0, surface.blur * px)

    def threshold(absolute: float, quantile: float) -> float:
        return float((1 - mix) * absolute + mix * np.quantile(values[here], quantile))

    def layer(field: Floats, colour: str, order: int, area: float) -> None:
        if away is not None:
            field = np.minimum(field, (away - (len(steps) - 1 + order) * VANISH) * 0.05)
        out.append((colour, field_paths(field, 0, px, tol=tol, smooth=smooth, min_area=area)))

    if surface.high:
        level = threshold(surface.high[0], surface.high_quantile)
        field = np.where(inside > 0.5, values - level, -0.2)
        layer(np.minimum(field, (inside - 0.5) * 0.4), surface.high[1], 1, 5)
    rim = ndi.binary_dilation(here) & ~here
    for order, (absolute, colour) in enumerate(surface.tones):
        field = threshold(absolute, QUANTILES[order]) - values
        grown = ndi.grey_dilation(np.where(here, field, -9), size=3)
        layer(np.where(here, field, np.where(rim, grown, -0.2)), colour, order + 1, min_area)
    return [(colour, data) for colour, data in out if data]
