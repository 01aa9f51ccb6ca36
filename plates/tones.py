"""Palette, surface classes and the flat tone layers."""

import numpy as np
from scipy import ndimage as ndi

from .curves import field_paths
from .raycast import masked_blur

# tones: (shade threshold, colour) from light to dark; hi: highlight; blend: how
# far thresholds follow the quantiles of the part; crease: (colour, width pt)
CLASSES = {
    "bone": {"fill": "k4", "tones": [(0.78, "k8"), (0.60, "k16"), (0.40, "k28")], "crease": ("k60", 0.42)},
    "teeth": {"fill": "paper", "tones": [(0.62, "k8"), (0.42, "k16")]},
    "cartilage": {"fill": "k8", "tones": [(0.66, "k16"), (0.44, "k28")]},
    "target": {
        "fill": "s26",
        "tones": [(0.80, "s40"), (0.62, "s58"), (0.42, "s75")],
        "hi": (0.955, "s14"),
        "blend": 0.7,
        "crease": ("s130", 0.40),
    },
    "second": {"fill": "s14", "tones": [(0.74, "s26"), (0.52, "s40")], "blend": 0.6, "crease": ("s75", 0.36)},
    "tendon": {"fill": "paper", "tones": [(0.74, "k4"), (0.56, "k8"), (0.40, "k16")], "crease": ("k40", 0.36)},
    "context": {"fill": "k8", "tones": [(0.74, "k16"), (0.50, "k28")], "crease": ("k60", 0.30)},
    "rubber": {
        "fill": "s40",
        "tones": [(0.80, "s58"), (0.62, "s75"), (0.42, "s100")],
        "hi": (0.955, "s26"),
        "hi_quantile": 0.93,
        "blend": 0.7,
    },
    "foam": {"fill": "k8", "tones": [(0.80, "k16"), (0.62, "k28"), (0.42, "k40")], "hi": (0.97, "k4")},
    "skin": {"fill": "k4", "tones": [(0.74, "k8"), (0.52, "k16")], "crease": ("k40", 0.3)},
    "cloth": {"fill": "k16", "tones": []},
}
QUANTILES = (0.50, 0.24, 0.09)
LIGHT = np.array([-0.42, 0.58, 0.70]) / np.linalg.norm([-0.42, 0.58, 0.70])  # right, up, toward the viewer


def shading(b, ao_weight=0.8):
    """Shade 0 (dark) .. about 1 (light) per pixel."""
    lit = np.clip(b.normal @ LIGHT, 0, 1)
    ao = 1.0 if b.ao is None else (1 - ao_weight) + ao_weight * b.ao
    return (0.30 + 0.70 * lit) * ao + 0.06


def tone_layers(b, part, surface, shade, blend=None, min_area=4.0, tol=0.22):
    """[(colour name, path data)] of one part, lightest first; no gradients."""
    style, px = CLASSES[surface], b.px
    here = b.id == part
    soft = ndi.gaussian_filter(ndi.binary_dilation(here, iterations=1).astype(float), 1.0)
    out = [(style["fill"], field_paths(soft, 0.5, px, tol=0.12, smooth=1.5, min_area=1.0))]
    values = masked_blur(shade, here, 0.55 * px)
    inside = ndi.gaussian_filter(here.astype(float), 1.0)
    mix = style.get("blend", 0.0) if blend is None else blend

    def threshold(absolute, quantile):
        return (1 - mix) * absolute + mix * np.quantile(values[here], quantile)

    if style.get("hi"):
        level, colour = style["hi"]
        level = threshold(level, style.get("hi_quantile", 0.86))
        field = np.minimum(np.where(inside > 0.5, values - level, -0.2), (inside - 0.5) * 0.4)
        out.append((colour, field_paths(field, 0, px, tol=tol, smooth=3.0, min_area=5)))
    rim = ndi.binary_dilation(here, iterations=1) & ~here
    for k, (level, colour) in enumerate(style["tones"]):
        level = threshold(level, QUANTILES[k])
        field = np.where(here, level - values, -0.2)
        field = np.where(rim, ndi.grey_dilation(np.where(here, level - values, -9), size=3), field)
        out.append((colour, field_paths(field, 0, px, tol=tol, smooth=3.0, min_area=min_area)))
    return [(c, d) for c, d in out if d]
