"""Test how faces are drawn in the image: lines of the 68 points, and irises where the gaze is known."""

from __future__ import annotations

import numpy as np

from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.face.extras import FACE, MEASURES
from pipeline.drawing.details import details


def test_irises_lie_between_the_corners_of_the_eyes_and_follow_the_gaze() -> None:
    points = np.random.default_rng(0).uniform(0, 90, (68, 3)).astype(np.float32)
    points[:, 2] = 1
    # On the person's right (left in the image) the outer corner is point 36, on the left point 45.
    points[[36, 39, 42, 45], :2] = [(10, 50), (30, 50), (50, 50), (70, 50)]
    measures = np.zeros(len(EXPRESSIONS), np.float16)
    for name, value in (("eyeLookOutLeft", 0.1), ("eyeLookOutRight", -0.1), ("eyeLookDownLeft", 0.05)):
        measures[EXPRESSIONS.index(name)] = value
    (face,) = details({FACE: points, MEASURES: measures}, {FACE})
    left, right = face.points[list(face.dots)]
    np.testing.assert_allclose(left, (62, 51), atol=0.01)  # to the right in the image, and down
    np.testing.assert_allclose(right, (22, 50), atol=0.01)
    (face,) = details({FACE: points}, {FACE})
    assert face.dots == ()
