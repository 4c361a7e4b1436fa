"""Fit the rotation between two pictures to points of both, though some move by themselves.

A camera that only turns moves every ray of the background by one rotation, whatever its distance. The rotation with
most points (RANSAC: Fischler and Bolles 1981) is refined by least squares over those (Kabsch 1976).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles

Bools = NDArray[np.bool_]

_DRAWS = 32  # pairs of points tried for every frame; half of the points may be wrong: 0.75 ** 32 is one in ten thousand
_REFINED = 3  # rounds of least squares


def fit_rotations(key: Doubles, here: Doubles, valid: Bools, tolerance_rad: float) -> tuple[Doubles, Bools]:
    """Return rotations (F, 3, 3) with `key = rotation @ here`, and which points (F, N) agree.

    `key`, `here` (F, N, 3): unit rays of the points in the camera axes of the two pictures; only those that are `valid`
    (F, N) count. `tolerance_rad`: angle up to which a point agrees. Frames with fewer than two valid points get the
    identity, and no point agrees.
    """
    count = valid.sum(axis=1)
    order = np.argsort(~valid, axis=1, kind="stable")  # valid points first
    draws = np.random.default_rng(0).random((_DRAWS, 2))
    first = (draws[:, 0] * np.maximum(count, 1)[:, None]).astype(int)  # (F, draws) places among the valid points
    step = 1 + (draws[:, 1] * np.maximum(count - 1, 1)[:, None]).astype(int)
    second = (first + step) % np.maximum(count, 1)[:, None]
    rows = np.arange(len(key))[:, None]
    pairs = order[rows, first], order[rows, second]
    tried = _frames(key, rows, pairs) @ np.swapaxes(_frames(here, rows, pairs), -1, -2)  # (F, draws, 3, 3)
    least = np.cos(tolerance_rad)
    turned = np.einsum("fdij,fnj->fdni", tried, here)
    agreeing = (np.einsum("fdni,fni->fdn", turned, key) > least) & valid[:, None]
    best = agreeing.sum(axis=-1).argmax(axis=1)
    rotation, agrees = tried[rows[:, 0], best], agreeing[rows[:, 0], best]
    for _ in range(_REFINED):
        rotation = _kabsch(key, here, agrees)
        agrees = (np.einsum("fij,fnj,fni->fn", rotation, here, key) > least) & valid
    few = count < 2
    rotation[few], agrees[few] = np.eye(3), False
    return rotation, agrees


def _frames(rays: Doubles, rows: NDArray[np.int64], pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Doubles:
    """Return axes (F, draws, 3, 3) that pairs of rays span: the bisector, across, and normal."""
    a, b = rays[rows, pairs[0]], rays[rows, pairs[1]]
    middle, across = _unit(a + b), _unit(np.cross(a, b))
    return np.stack([middle, across, np.cross(middle, across)], axis=-1)


def _kabsch(key: Doubles, here: Doubles, chosen: Bools) -> Doubles:
    weighted = key * chosen[..., None]
    u, _, vt = np.linalg.svd(np.einsum("fni,fnj->fij", weighted, here))
    u[:, :, 2] *= np.sign(np.linalg.det(u @ vt))[:, None]
    return np.asarray(u @ vt)


def _unit(vectors: Doubles) -> Doubles:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
