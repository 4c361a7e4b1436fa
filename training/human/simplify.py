"""Simplify a closed, left-right symmetric triangle mesh and keep it closed and symmetric.

Garland and Heckbert, "Surface Simplification Using Quadric Error Metrics" (SIGGRAPH 1997), with half-edge collapses: a
vertex moves onto a neighbour and disappears. The vertices that remain are vertices of the input, so that blend shapes
and skin weights stay valid without resampling. Each collapse is done on both sides of the body.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Ints

_LEAST_COSINE = 0.2  # of the angle by which a collapse may turn a triangle
_LENGTH_SHARE = 1e-4  # weight of an edge's squared length, which decides in flat regions, where quadrics are 0


def simplify(points: Doubles, faces: Ints, mirror: Ints, importance: Doubles, count: int) -> tuple[Ints, Ints]:
    """Reduce a mesh to about `count` vertices.

    Returns the kept vertices (K,) and the faces (N, 3), which count in the input's vertices.
    `mirror` (V,) is each vertex's counterpart on the other side, itself on the midline. `importance` (V,) multiplies
    the cost of removing a vertex.
    """
    return _Simplifier(points, faces, mirror, importance).run(count)


class _Simplifier:
    def __init__(self, points: Doubles, faces: Ints, mirror: Ints, importance: Doubles) -> None:
        self._at, self._mirror, self._importance = points, mirror.tolist(), importance
        self._faces: list[list[int]] = faces.tolist()
        self._around: list[set[int]] = [set() for _ in points]  # vertex -> its faces
        for f, face in enumerate(self._faces):
            for v in face:
                self._around[v].add(f)
        self._quadrics = _quadrics(points, faces)
        self._version = [0] * len(points)
        self._alive = [True] * len(points)
        self._heap: list[tuple[float, int, int, int, int]] = []

    def run(self, count: int) -> tuple[Ints, Ints]:
        for u in range(len(self._at)):
            self._push(u)
        left = len(self._at)
        while left > count and self._heap:
            _, u, v, version_u, version_v = heapq.heappop(self._heap)
            if (version_u, version_v) != (self._version[u], self._version[v]) or not self._alive[u]:
                continue
            pairs = [(u, v)] if self._mirror[u] == u else [(u, v), (self._mirror[u], self._mirror[v])]
            if not all(self._possible(*pair) for pair in pairs):
                continue
            self._collapse(*pairs[0])
            left -= 1
            if len(pairs) > 1:
                if self._possible(*pairs[1]):
                    self._collapse(*pairs[1])
                    left -= 1
                else:  # the first collapse made the second impossible: both meet on the midline
                    raise ArithmeticError("a collapse left the mesh asymmetric")
        kept = np.flatnonzero(self._alive)
        used = sorted({f for v in kept.tolist() for f in self._around[v]})
        return kept, np.array([self._faces[f] for f in used])

    def _neighbours(self, v: int) -> set[int]:
        return {w for f in self._around[v] for w in self._faces[f]} - {v}

    def _push(self, u: int) -> None:
        """Queue the cheapest collapses of vertex `u` onto a neighbour."""
        near = sorted(self._neighbours(u))
        middle = self._mirror[u] == u
        for v in near:
            if v == self._mirror[u] or (middle and self._mirror[v] != v):
                continue
            if self._mirror[v] == v and not middle and self._mirror[u] in near:
                continue
            quadric = self._quadrics[u] + self._quadrics[v]
            place = np.append(self._at[v], 1.0)
            length = float(((self._at[u] - self._at[v]) ** 2).sum())
            cost = float(place @ quadric @ place) + _LENGTH_SHARE * length * length
            key = round(cost * float(self._importance[u]), 15)
            heapq.heappush(self._heap, (key, u, v, self._version[u], self._version[v]))

    def _possible(self, u: int, v: int) -> bool:
        """Return whether `u` may move onto `v`: the surface stays closed, and no triangle turns over."""
        if not self._alive[u] or not self._alive[v] or len(self._neighbours(u) & self._neighbours(v)) != 2:
            return False
        if len(self._neighbours(v)) + len(self._neighbours(u)) - 4 > 12:
            return False
        for f in self._around[u]:
            face = self._faces[f]
            if v in face:
                continue
            before = _normal(*(self._at[w] for w in face))
            after = _normal(*(self._at[v if w == u else w] for w in face))
            size = float(np.sqrt((before @ before) * (after @ after)))
            if size < 1e-16 or float(before @ after) < _LEAST_COSINE * size:
                return False
        return True

    def _collapse(self, u: int, v: int) -> None:
        touched = self._neighbours(u)
        for f in list(self._around[u]):
            face = self._faces[f]
            if v in face:
                for w in face:
                    self._around[w].discard(f)
            else:
                face[face.index(u)] = v
                self._around[v].add(f)
        self._around[u].clear()
        self._alive[u] = False
        self._quadrics[v] = self._quadrics[v] + self._quadrics[u]
        for w in sorted(touched):
            self._version[w] += 1
        for w in sorted(touched):
            self._push(w)


def _normal(a: Doubles, b: Doubles, c: Doubles) -> Doubles:
    p, q = b - a, c - a
    return np.array([p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]])


def _quadrics(points: Doubles, faces: Ints) -> NDArray[np.float64]:
    """Return the sums (V, 4, 4) of the squared distances from the planes around each vertex, by area."""
    corner = points[faces]
    across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    double_area = np.linalg.norm(across, axis=1)
    normal = across / np.maximum(double_area, 1e-18)[:, None]
    plane = np.concatenate([normal, -np.einsum("fc,fc->f", normal, corner[:, 0])[:, None]], axis=1)
    each = plane[:, :, None] * plane[:, None, :] * double_area[:, None, None] / 6
    out = np.zeros((len(points), 4, 4))
    for k in range(3):
        np.add.at(out, faces[:, k], each)
    return out
