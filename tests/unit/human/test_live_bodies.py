"""Test that the bodies of a live run have the fingers and faces that are looked for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.face.weights import SHAPES
from pipeline.human.face import shape_names
from pipeline.human.live import LiveBodies
from pipeline.human.motion import BONES
from tests.helpers.hand_takes import hands_on
from tests.helpers.live.people import person, t_pose

FRAMES = 30
FINGERS = [index for index, name in enumerate(BONES) if "Index" in name or "Pinky" in name]


def moved(hands: np.ndarray | None) -> np.ndarray:
    """Return the motions (B, 8) of the bones after a second of a person in a T-pose with hands (T, 2, 21, 3)."""
    bodies, shown = LiveBodies(), None
    for frame in range(FRAMES):
        own = None if hands is None else hands[frame].astype(np.float32)
        shown = bodies(dataclasses.replace(person(t_pose()), hands=own), frame / 30)
    assert shown is not None
    return shown[1]


def test_fingers_follow_the_hands_that_are_seen() -> None:
    hands = hands_on(np.tile(t_pose(), (FRAMES, 1, 1)), 30.0)
    relaxed, unseen, seen = moved(None), moved(np.full_like(hands, np.nan)), moved(hands)
    np.testing.assert_allclose(unseen[FINGERS, :4], relaxed[FINGERS, :4], atol=0.02)
    same = np.abs(np.einsum("bc,bc->b", seen[FINGERS, :4], relaxed[FINGERS, :4]))
    assert np.degrees(2 * np.arccos(np.minimum(same, 1))).max() > 15, "they move"
    body = [index for index, name in enumerate(BONES) if "Hand" not in name and "ForeArm" not in name]
    np.testing.assert_allclose(seen[body], relaxed[body], atol=1e-5)


def test_the_face_has_the_weights_of_its_shapes() -> None:
    bodies = LiveBodies()
    assert bodies.face(person(t_pose())) is None
    face = dict.fromkeys(SHAPES, 0.0) | {"jawOpen": 0.75}
    weights = bodies.face(dataclasses.replace(person(t_pose()), face=face))
    assert weights is not None
    assert weights[shape_names().index("jawOpen")] == pytest.approx(0.75)
    assert weights.sum() == pytest.approx(0.75), "VRM's vowels are no shapes of the body"
