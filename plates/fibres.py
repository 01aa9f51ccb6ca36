"""Muscle fibres: evenly spaced streamlines of a direction field, as ink of varying width."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage as ndi

from plates.arrays import Bools, Floats
from plates.curves import length, resample, smooth_open
from plates.ink import Pen, stroke
from plates.raycast import Buffers, masked_blur

LONGEST = 3000  # steps of a streamline to either side
MOST = 4000  # streamlines of a part
CLOSEST = 0.55  # of the separation: nearer to another one a streamline ends

Point = tuple[float, float]


class Streamlines:
    """Evenly spaced streamlines, after Jobard and Lefer 1997. All lengths in pixels, steps of one pixel."""

    def __init__(self, dx: Floats, dy: Floats, mask: Bools, separation: float, shortest: float) -> None:
        self.dx, self.dy, self.mask, self.separation, self.shortest = dx, dy, mask, separation, shortest
        h, w = mask.shape
        self.grid: list[list[list[Point]]] = [
            [[] for _ in range(int(w / separation) + 2)] for _ in range(int(h / separation) + 2)
        ]
        self.lines: list[Floats] = []

    def drawn(self) -> list[Floats]:
        """Return the lines, each (n, 2): from seeds in a fixed order, each line followed by those beside it."""
        rows, columns = np.nonzero(self.mask)
        for i in np.random.default_rng(3).permutation(len(columns))[: MOST * 6]:
            done = len(self.lines)
            self._add(columns[i] + 0.5, rows[i] + 0.5)
            queue = self.lines[done:]
            while queue:
                line, done = queue.pop(), len(self.lines)
                for x, y in self._beside(line):
                    self._add(x, y)
                queue += self.lines[done:]
            if len(self.lines) > MOST:
                break
        return self.lines

    def _near(self, x: float, y: float, distance: float) -> bool:
        column, row, reach = int(x / self.separation), int(y / self.separation), distance * distance
        for cells in self.grid[max(0, row - 1) : row + 2]:
            for cell in cells[max(0, column - 1) : column + 2]:
                for px, py in cell:
                    if (px - x) ** 2 + (py - y) ** 2 < reach:
                        return True
        return False

    def _inside(self, x: float, y: float) -> bool:
        h, w = self.mask.shape
        return 0 <= int(x) < w and 0 <= int(y) < h and bool(self.mask[int(y), int(x)])

    def _go(self, x: float, y: float, sign: int) -> list[Point]:
        """Return the points from a seed onwards (sign 1) or backwards (-1)."""
        points: list[Point] = []
        before = (0.0, 0.0)
        for k in range(LONGEST):
            if not self._inside(x, y):
                break
            vx, vy = self.dx[int(y), int(x)] * sign, self.dy[int(y), int(x)] * sign
            n = (vx * vx + vy * vy) ** 0.5
            if n < 1e-3:
                break
            vx, vy = vx / n, vy / n
            turns = k > 0 and vx * before[0] + vy * before[1] < 0.5
            if turns or (k > 3 and self._near(x, y, self.separation * CLOSEST)):
                break
            points.append((x, y))
            before = (vx, vy)
            x, y = x + vx, y + vy
        return points

    def _add(self, x: float, y: float) -> None:
        """Draw the line through a seed, unless another is too near or it comes out too short."""
        if self._near(x, y, self.separation):
            return
        points = self._go(x, y, -1)[::-1] + self._go(x, y, 1)[1:]
        if len(points) < self.shortest:
            return
        for point in points:
            self.grid[int(point[1] / self.separation)][int(point[0] / self.separation)].append(point)
        self.lines.append(np.array(points))

    def _beside(self, line: Floats) -> list[Point]:
        """Return seeds to both sides of a line."""
        out: list[Point] = []
        last = len(line) - 1
        for k in range(0, len(line), max(2, int(self.separation / 2))):
            after = min(k + 1, last)
            way = line[after] - line[max(0, after - 1)]
            n = np.hypot(*way)
            if n == 0:
                continue
            for side in (1, -1):
                x, y = line[k] + side * np.array([-way[1], way[0]]) / n * self.separation * 1.02
                if self._inside(x, y):
                    out.append((float(x), float(y)))
        return out


def fibre_paths(b: Buffers, part: int, shade: Floats, spec: dict[str, Any], pen: Pen) -> str:
    """Return the path data of the fibres of one part; darker places get thicker lines.

    spec: sep (pt between fibres), w (pt), minlen (pt), hi and lo (shade at which fibres vanish and are full), cut
    (thinnest relative weight drawn).
    """
    px, min_len = b.px, spec.get("minlen", 8)
    here = b.id == part
    mask = ndi.binary_erosion(here, iterations=int(0.5 * px)) & (pen.share > 0.2)
    hi, lo = spec.get("hi", 0.98), spec.get("lo", 0.35)
    dark = np.clip((hi - masked_blur(shade, here, 0.6 * px)) / (hi - lo), 0, 1)
    assert b.fibre_x is not None
    assert b.fibre_y is not None
    out = []
    for p in Streamlines(b.fibre_x, b.fibre_y, mask, spec.get("sep", 2.4) * px, min_len * px).drawn():
        u = (resample(smooth_open(p, 1.0 * px), px * 0.5) + 0.5) / px
        weight = ndi.gaussian_filter1d(dark[b.pixels(u)], 3, mode="nearest")
        runs, count = ndi.label(weight > spec.get("cut", 0.10))
        for run in range(1, count + 1):
            k = np.nonzero(runs == run)[0]
            if len(k) < 2 * min_len * 0.6:
                continue
            taper = min(9, length(u[k]) * 0.4)
            profile = np.clip(0.30 + 0.9 * weight[k], 0.2, 1.15)
            out.append(stroke(u[k], spec.get("w", 0.62), (taper, taper), 0.10, profile, tol=pen.tol, digits=pen.digits))
    return "".join(out)
