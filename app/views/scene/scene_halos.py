"""Choose the error halos that the 3D view draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor

from app import theme
from pipeline.core.take import SceneEstimate, Track3D
from pipeline.drawing.body_mesh import Mesh
from pipeline.drawing.colours import OTHERS, person_colour
from pipeline.drawing.halos_mesh import halos_mesh

_OPACITY = 0.24


class SceneHalos:
    """Hold whether the halos are shown, which say how far off the joints may be."""

    def __init__(self) -> None:
        self.shown = False

    def of(self, tracks: Sequence[Track3D], scene: SceneEstimate | None, row: int, subject: int) -> Mesh | None:
        """Return the halos in a row of the take; None: they are off, or no error is known."""
        known = [track for track in tracks if track.error_m is not None] if self.shown and scene is not None else []
        if not known or scene is None:
            return None
        errors = np.stack([track.error_m[row] for track in known if track.error_m is not None])
        colours = np.array([_colour(track.person, track.person == subject) for track in known], np.float32)
        return halos_mesh(np.stack([track.joints[row] for track in known]), errors, scene.translation, colours)


def _colour(person: int, subject: bool) -> tuple[float, float, float, float]:
    c = QColor(person_colour(person, theme.colours().dark))
    return c.redF(), c.greenF(), c.blueF(), _OPACITY * (1.0 if subject else OTHERS)
