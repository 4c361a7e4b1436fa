"""Test the normalisation rules: their values, and that unseen joints give finite input."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.errors import ModelError
from pipeline.lift.inputs.gaps_and_size import hold_last, median_box_side
from pipeline.lift.inputs.normalise import mirror, network_input

SIZE = (640, 480)
CAMERA = Camera.assumed(SIZE)


@pytest.fixture
def window() -> np.ndarray:
    """Return two windows (2, 9, 17, 2) px."""
    rng = np.random.default_rng(0)
    return rng.uniform(100, 300, (2, 9, 17, 2)).astype(np.float32)


def ones(joints: np.ndarray) -> np.ndarray:
    return np.full(joints.shape[:-1], 0.8, np.float32)


def test_person_window_by_its_definition(window: np.ndarray):
    out = network_input("person_window", window, ones(window), CAMERA, 3).values
    assert out.dtype == np.float32
    for b in range(2):
        size = np.median((window[b].max(axis=1) - window[b].min(axis=1)).max(axis=-1))
        pelvis = window[b, :, :1]
        np.testing.assert_allclose(out[b, :, 1:, :2], ((window[b] - pelvis) / size * 2)[:, 1:], atol=1e-5)
        np.testing.assert_allclose(out[b, :, 0, :2], (pelvis[:, 0] - pelvis[:, 0].mean(0)) / size * 2, atol=1e-5)
    assert (out[..., 2] == np.float32(0.8)).all()


def test_person_window_does_not_depend_on_place_and_size_in_the_picture(window: np.ndarray):
    near = network_input("person_window", window, ones(window), CAMERA, 3).values
    far = network_input("person_window", window * 0.3 + 200, ones(window), Camera.assumed((1920, 1080)), 3).values
    np.testing.assert_allclose(near, far, atol=1e-4)


def test_unseen_joints_stand_at_their_last_or_first_place_with_confidence_0(window: np.ndarray):
    joints = window.copy()
    joints[0, :3, 5] = np.nan
    joints[0, 6:, 5] = np.nan
    joints[1, 4, 0] = np.nan  # the pelvis itself
    seen = np.isfinite(joints).all(-1)
    held = hold_last(joints, seen)
    np.testing.assert_array_equal(held[0, :3, 5], np.repeat(window[0, 3:4, 5], 3, axis=0))
    np.testing.assert_array_equal(held[0, 6:, 5], np.repeat(window[0, 5:6, 5], 3, axis=0))
    np.testing.assert_array_equal(held[1, 4, 0], window[1, 3, 0])
    np.testing.assert_array_equal(held[seen], window[seen])
    out = network_input("person_window", joints, ones(joints), CAMERA, 3).values
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(out[..., 2] == 0, ~seen)
    size = median_box_side(joints, seen)
    np.testing.assert_allclose(out[1, 4, 1, :2], (window[1, 4, 1] - window[1, 3, 0]) / size[1] * 2, atol=1e-5)


def test_body_size_is_not_fooled_by_half_a_body(window: np.ndarray):
    joints = window.copy()
    joints[:, :6, 1:11] = np.nan  # in most frames only the arms are seen
    seen = np.isfinite(joints).all(-1)
    whole = np.median((window[:, 6:].max(axis=2) - window[:, 6:].min(axis=2)).max(axis=-1), axis=1)
    np.testing.assert_allclose(median_box_side(joints, seen), whole, rtol=1e-6)


@pytest.mark.parametrize("rule", ["person_window", "screen"])
@pytest.mark.parametrize("channels", [2, 3])
def test_degenerate_windows_are_finite(rule: str, channels: int, window: np.ndarray):
    nothing = np.full_like(window, np.nan)
    point = np.full_like(window, 50.0)
    single = nothing.copy()
    single[:, 4, 9] = 10.0  # one joint once
    no_pelvis = window.copy()
    no_pelvis[:, :, [0, 1, 4]] = np.nan
    for joints in (nothing, point, single, no_pelvis):
        scores = np.where(np.isfinite(joints[..., 0]), 2.0, np.nan).astype(np.float32)
        out = network_input(rule, joints, scores, CAMERA, channels).values
        assert out.shape == (2, 9, 17, channels)
        assert np.isfinite(out).all()
        assert np.abs(out).max() < 100
        if channels == 3:
            assert out[..., 2].max() <= 1


def test_screen_by_its_definition(window: np.ndarray):
    out = network_input("screen", window, ones(window), CAMERA, 2).values
    np.testing.assert_allclose(out, window / 640 * 2 - np.array([1, 0.75]), atol=1e-6)


def test_screen_interpolates_in_time_without_a_confidence_channel_and_zeroes_with_one(window: np.ndarray):
    joints = window.copy()
    joints[0, 3:5, 2] = np.nan
    two = network_input("screen", joints, ones(joints), CAMERA, 2).values
    a, b = two[0, 2, 2], two[0, 5, 2]
    np.testing.assert_allclose(two[0, 3:5, 2], [a + (b - a) / 3, a + (b - a) * 2 / 3], atol=1e-6)
    three = network_input("screen", joints, ones(joints), CAMERA, 3).values
    assert (three[0, 3:5, 2] == 0).all()


def test_mirror_is_the_picture_from_behind_the_glass(window: np.ndarray):
    """Mirror the network input: it equals the normalised mirror image with a left-right swap."""
    values = network_input("screen", window, ones(window), CAMERA, 3).values
    flipped = window.copy()
    flipped[..., 0] = 640 - flipped[..., 0]
    left, right = [4, 5, 6, 11, 12, 13], [1, 2, 3, 14, 15, 16]
    flipped[:, :, left + right] = flipped[:, :, right + left]
    np.testing.assert_allclose(
        mirror(values), network_input("screen", flipped, ones(window), CAMERA, 3).values, atol=1e-5
    )
    np.testing.assert_array_equal(mirror(mirror(values)), values)


def test_unknown_rule():
    with pytest.raises(ModelError, match="screen"):
        network_input("other", np.zeros((1, 2, 17, 2), np.float32), np.zeros((1, 2, 17), np.float32), CAMERA, 2)
