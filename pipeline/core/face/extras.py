"""Hold the faces of people as the extras of their 2D poses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..arrays import Floats, Halves
from .expressions import EXPRESSIONS, expression_measures
from .points import IBUG_FROM_MESH

if TYPE_CHECKING:
    from ..poses import Extras

FACE, MEASURES = "face", "expressions"  # names in `core.poses.EXTRAS`
SHORTEST_RUN = 3  # frames in a row with a face that make it one


def unseen_faces(count: int) -> dict[str, Floats | Halves]:
    """Return the extras of `count` people whose faces are not observed."""
    face = np.full((count, len(IBUG_FROM_MESH), 3), np.nan, np.float32)
    face[..., 2] = 0
    return {FACE: face, MEASURES: np.full((count, len(EXPRESSIONS)), np.nan, np.float16)}


def face_68(points: Floats, score: Floats) -> Floats:
    """Return 68 points (68, 3) of a mesh's image points (478, 2) px and scores (478,)."""
    chosen = np.column_stack([points[IBUG_FROM_MESH], score[IBUG_FROM_MESH]])
    return chosen.astype(np.float32)


def measures_row(mesh: Floats) -> Halves:
    """Return the row (K,) of the extra for a mesh (478, 3), see `expression_measures`."""
    return expression_measures(mesh).astype(np.float16)


def lasting_faces(extras: Extras) -> Extras:
    """Return a track's extras without faces that are seen in few frames in a row.

    Few are less than `SHORTEST_RUN`: a network that is shown a back or a blurred head finds a face now and then, in
    single frames.
    """
    if MEASURES not in extras:
        return extras
    seen = np.isfinite(extras[MEASURES]).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
    chance = np.zeros(len(seen), np.bool_)
    for start, stop in edges.reshape(-1, 2):
        chance[start:stop] = stop - start < SHORTEST_RUN
    if not chance.any():
        return extras
    unseen = unseen_faces(int(chance.sum()))
    out = dict(extras)
    for name in {FACE, MEASURES} & extras.keys():
        out[name] = extras[name].copy()
        out[name][chance] = unseen[name]
    return out
