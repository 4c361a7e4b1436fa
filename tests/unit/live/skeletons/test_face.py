"""Test that the expression of a live face is known in time, and relaxes when the face is out of sight."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.face.weights import SHAPES, expression_weights
from pipeline.live.skeletons.face import LivePersonFace

RATE_HZ = 30.0
JAW = EXPRESSIONS.index("jawOpen")
UNSEEN = np.full(len(EXPRESSIONS), np.nan, np.float32)


def measures(jaw: np.ndarray) -> np.ndarray:
    """Return measures (T, K) of a face whose rest is not zero."""
    out = np.tile(np.linspace(0.1, 0.3, len(EXPRESSIONS)), (len(jaw), 1)).astype(np.float32)
    out[:, JAW] += jaw
    return out


def followed(values: np.ndarray) -> list[dict[str, float]]:
    face, shown = LivePersonFace(), []
    for frame, one in enumerate(values):
        face.push(frame / RATE_HZ, one)
        shown.append(face.shown(frame / RATE_HZ))
    return shown


def test_after_some_seconds_it_is_the_expression_of_the_whole_take() -> None:
    jaw = 0.22 * (np.arange(300) % 60 >= 45)
    live = np.array([one["jawOpen"] for one in followed(measures(jaw))])
    whole = expression_weights(measures(jaw))["jawOpen"]
    np.testing.assert_allclose(live[120:], whole[120:], atol=0.03)
    assert live[0] == 0, "the first moment counts as rest"


def test_every_shape_has_a_weight_also_before_a_face_was_seen() -> None:
    face = LivePersonFace()
    face.push(0.0, UNSEEN)
    shown = face.shown(0.1)
    assert set(shown) == set(SHAPES)
    assert set(shown.values()) == {0.0}


def test_a_face_out_of_sight_keeps_its_expression_for_a_moment_and_relaxes() -> None:
    values = measures(0.22 * (np.arange(90) >= 45))
    values[60:] = UNSEEN
    jaw = [one["jawOpen"] for one in followed(values)]
    assert jaw[59] == pytest.approx(1, abs=0.05)
    assert jaw[66] == pytest.approx(jaw[59])
    assert 0 < jaw[72] < jaw[59]
    assert jaw[80] == 0
    assert np.abs(np.diff(jaw[59:])).max() < 0.2, "no jump"


def test_with_look_ahead_it_is_that_of_the_shown_moment() -> None:
    face = LivePersonFace()
    for frame, one in enumerate(measures(0.22 * (np.arange(60) >= 50))):
        face.push(frame / RATE_HZ, one)
    assert face.shown(59 / RATE_HZ)["jawOpen"] > 0.9
    assert face.shown(40 / RATE_HZ)["jawOpen"] == 0
