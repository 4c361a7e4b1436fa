"""Hold the faces of people as the extras of their 2D poses."""

from __future__ import annotations

import numpy as np

from ..arrays import Floats, Halves
from .expressions import EXPRESSIONS, expression_measures
from .points import IBUG_FROM_MESH

FACE, MEASURES = "face", "expressions"  # names in `core.poses.EXTRAS`


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
