"""From a mask of thin lines to polylines: skeleton, walks along it, and walks joined across junctions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from plates.arrays import Bools, Floats
from plates.curves import unit

NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))  # rows, columns


@dataclass
class _Skeleton:
    points: Floats  # (n, 2) pixels, x and y
    neighbours: list[list[int]]

    def degree(self, point: int) -> int:
        return len(self.neighbours[point])


def _skeleton(mask: Bools) -> _Skeleton:
    rows, columns = np.nonzero(skeletonize(mask))
    index = -np.ones((mask.shape[0] + 2, mask.shape[1] + 2), int)
    index[rows + 1, columns + 1] = np.arange(len(rows))
    neighbours: list[list[int]] = [[] for _ in rows]
    for down, right in NEIGHBOURS:
        other = index[rows + 1 + down, columns + 1 + right]
        there = other >= 0
        if down and right:  # diagonal only without a straight way
            there &= (index[rows + 1 + down, columns + 1] < 0) & (index[rows + 1, columns + 1 + right] < 0)
        for i in np.nonzero(there)[0]:
            neighbours[i].append(int(other[i]))
    return _Skeleton(np.c_[columns, rows].astype(float), neighbours)


def trace(mask: Bools, min_len: int = 12) -> list[Floats]:
    """Return the lines of a mask as polylines (n, 2) in pixels, each from one end or junction to the next.

    Lines shorter than min_len pixels are left out, unless they join two junctions.
    """
    skeleton = _skeleton(mask)
    used: set[tuple[int, int]] = set()
    degree = np.array([len(n) for n in skeleton.neighbours])
    out = []
    for starts in (degree != 2, degree == 2):  # open lines first, then loops
        for i in map(int, np.nonzero(starts)[0]):
            for j in skeleton.neighbours[i]:
                if (i, j) not in used:
                    walk = _walk(skeleton, i, j, used)
                    joins = skeleton.degree(walk[0]) > 2 and skeleton.degree(walk[-1]) > 2
                    if len(walk) >= min_len or (len(walk) >= 3 and joins):
                        out.append(skeleton.points[walk])
    return out


def _walk(skeleton: _Skeleton, a: int, b: int, used: set[tuple[int, int]]) -> list[int]:
    """Return the points from a by way of b to the next end or junction."""
    path = [a, b]
    used.update(((a, b), (b, a)))
    while skeleton.degree(path[-1]) == 2:
        ahead = [k for k in skeleton.neighbours[path[-1]] if k != path[-2]]
        if not ahead or (path[-1], ahead[0]) in used:
            break
        used.update(((path[-1], ahead[0]), (ahead[0], path[-1])))
        path.append(ahead[0])
    return path


def merge(chains: list[Floats], max_gap: float = 2.5, max_turn: float = 50) -> list[Floats]:
    """Join polylines across junctions where their directions agree; max_gap in pixels, max_turn in degrees."""
    link = _links(chains, max_gap, max_turn) if chains else {}
    out, seen = [], set()
    for i in range(len(chains)):
        if i in seen:
            continue
        k, end = _first(i, link)
        parts = []
        while k not in seen:
            seen.add(k)
            parts.append(chains[k] if end == 0 else chains[k][::-1])
            far = 2 * k + 1 - end
            if far not in link:
                break
            k, end = divmod(link[far], 2)
        out.append(np.vstack(parts))
    return out


def _first(i: int, link: dict[int, int]) -> tuple[int, int]:
    """Return the chain at one end of the row of linked chains that i is in, and the end at which to enter it."""
    k, end = i, 0
    while 2 * k + end in link:
        other = link[2 * k + end]
        k, end = other // 2, 1 - other % 2
        if k == i:  # a ring
            break
    return k, end


def _links(chains: list[Floats], max_gap: float, max_turn: float) -> dict[int, int]:
    """Return which end goes on in which; end 2k is the head of chain k, 2k + 1 its tail. Straightest pairs first."""
    ends = np.array([end for chain in chains for end in (chain[0], chain[-1])])
    pairs = []
    for a, b in cKDTree(ends).query_pairs(max_gap):
        if a // 2 == b // 2:
            continue
        cosine = float(np.dot(_outward(chains[a // 2], a % 2), _outward(chains[b // 2], b % 2)))
        if cosine < -np.cos(np.deg2rad(max_turn)):
            pairs.append((cosine, a, b))
    link: dict[int, int] = {}
    for _, a, b in sorted(pairs):
        if a not in link and b not in link:
            link[a], link[b] = b, a
    return link


def _outward(chain: Floats, end: int) -> Floats:
    """Return the unit direction in which a chain leaves at its head (0) or tail (1)."""
    k = min(8, len(chain) - 1)
    return unit(chain[0] - chain[k]) if end == 0 else unit(chain[-1] - chain[-1 - k])
