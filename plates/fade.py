"""How a drawing ends where the plate cuts it: not in a straight cut but like a vignette, on a soft irregular edge.

The dark tones end first, then the lighter ones, then the ground; lines taper out. All in flat shapes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage as ndi

from plates.arrays import Floats
from plates.labels import ToPlate
from plates.raycast import Buffers

DEPTH = 30.0  # pt over which a drawing fades
MARGIN = 3.0  # pt of clear paper at the plate's edge
ROUGH = 6.5  # pt by which the vanishing edge wanders


def depth(b: Buffers, spec: Any, to_plate: ToPlate) -> Floats | None:
    """Return how far (pt) each pixel lies from where the drawing has vanished, or None if nothing is cut.

    spec: None (at every side of the plate that the drawing touches), False (nowhere), or a list of
    {from: point, to: point} besides, each a line from fully there to gone.
    """
    if spec is False:
        return None
    h, w = b.shape
    rows, columns = (np.arange(h) + 0.5) / b.px, (np.arange(w) + 0.5) / b.px
    x, y = np.meshgrid(columns, rows)
    sides = [
        (b.mask[:, 0], x - MARGIN, "row"),
        (b.mask[:, -1], b.width - MARGIN - x, "row"),
        (b.mask[0], y - MARGIN, "column"),
        (b.mask[-1], b.height - MARGIN - y, "column"),
    ]
    found = [away + _rough(b, along) for touched, away, along in sides if touched.sum() > b.px]
    for line in spec or []:
        start, end = to_plate(line["from"]), to_plate(line["to"])
        way = end - start
        share = ((end[0] - x) * way[0] + (end[1] - y) * way[1]) / float(way @ way)
        found.append(share * DEPTH + _rough(b, "row" if abs(way[0]) > abs(way[1]) else "column"))
    return np.minimum.reduce(found) if found else None


def _rough(b: Buffers, along: str) -> Floats:
    """Return a fringe of strokes that run toward the edge, in pt."""
    noise = np.random.default_rng(11).normal(size=b.shape)
    across, onward = 1.1 * b.px, 9.0 * b.px
    fine = ndi.gaussian_filter(noise, (across, onward) if along == "row" else (onward, across))
    coarse = ndi.gaussian_filter(noise, 8 * b.px)
    return np.asarray((0.75 * fine / fine.std() + 0.5 * coarse / coarse.std()) * ROUGH / 2)


def share(away: Floats | None, over: float = DEPTH * 0.6) -> Floats | float:
    """Return 0 where a drawing has vanished .. 1 where it is whole."""
    return 1.0 if away is None else np.clip(away / over, 0, 1)
