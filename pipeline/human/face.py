"""Move the face of a human body by weights of its face shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from ..core.arrays import Doubles, Floats, Ints
from .asset import human_asset
from .on_rig import HumanBody


def shape_names() -> tuple[str, ...]:
    """Return ARKit's names of the face shapes that move something, in the order of weights."""
    return tuple(name for name, (rows, _) in human_asset().morphs.items() if len(rows))


def weights_table(weights: Mapping[str, Floats], names: Sequence[str], frames: int) -> Floats:
    """Return weights (T, K) of the shapes `names` from those by name (T,), 0 for others."""
    table = np.zeros((frames, len(names)), np.float32)
    for column, name in enumerate(names):
        if name in weights:
            table[:, column] = weights[name]
    return table


def with_expression(body: HumanBody, weights: Floats) -> Floats:
    """Return vertices (V, 3) of `body` at rest with a face of weights (K,), see `shape_names`."""
    rows, moves = _table()
    out = body.vertices.copy()
    out[rows] += np.tensordot(weights, moves, 1).astype(np.float32) * np.float32(body.head_m)
    return out


@lru_cache(maxsize=1)
def _table() -> tuple[Ints, Doubles]:
    """Return the vertices (M,) of all shapes, and their moves (K, M, 3) in heads."""
    names, morphs = shape_names(), human_asset().morphs
    rows = np.unique(np.concatenate([morphs[name][0] for name in names]))
    moves = np.zeros((len(names), len(rows), 3))
    for moved, name in zip(moves, names, strict=True):
        own, by = morphs[name]
        moved[np.searchsorted(rows, own)] = by
    return rows, moves
