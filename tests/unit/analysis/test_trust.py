"""Test how much of a track counts as trusted."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.analysis.trust import TRUSTED, frame_distance_m, joint_distance_m, trust_of, trusted_distance_m
from pipeline.core.skeletons import chain_length
from pipeline.core.take import Track3D
from tests.helpers.motion import clip


def track(error_m: np.ndarray | None) -> Track3D:
    joints = clip("walk")[:20].astype(np.float32)
    index = np.arange(20)
    return Track3D(1, index, index / 60, joints, np.ones((20, 17), np.float32), "world", error_m=error_m)


def test_the_distance_joins_both_axes_of_the_image_and_the_depth() -> None:
    assert joint_distance_m(np.array([0.02, 0.01], np.float32)) == pytest.approx(0.03)
    error = np.full((3, 17, 2), [0.02, 0.01], np.float32)
    error[:, 0] = 0  # the pelvis does not count
    np.testing.assert_allclose(frame_distance_m(error), 0.03, rtol=1e-5)


def test_frames_count_up_to_a_share_of_the_body() -> None:
    error = np.full((20, 17, 2), [0.02, 0.03], np.float32)
    error[15:] = 0.2
    error[19] = np.nan  # interpolated
    made = track(error)
    assert trusted_distance_m(made) == pytest.approx(TRUSTED * np.median(chain_length(made.joints)))
    trust = trust_of(made)
    assert trust is not None
    assert trust.share == 0.75
    assert trust.typical_mm == pytest.approx(41.2, abs=0.1)
    assert trust.limit_mm == pytest.approx(1000 * trusted_distance_m(made), abs=0.1)


def test_without_errors_nothing_is_said() -> None:
    assert trust_of(track(None)) is None
    assert trust_of(track(np.full((20, 17, 2), np.nan, np.float32))) is None
