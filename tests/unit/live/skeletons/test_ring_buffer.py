"""Rows at the lifter's rate from frames at their own times, in memory that does not grow."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.lift.inputs.side_continuity import swap_sides
from pipeline.live.skeletons.ring_buffer import LiftRate, PoseRing, Ring

CERTAIN = np.ones(17, np.float32)


def pose_at(time_s: float) -> np.ndarray:
    """Everybody moves to the right at 100 px/s."""
    return np.stack([np.full(17, 100 * time_s), np.arange(17.0)], axis=1).astype(np.float32)


def filled(times, capacity: int = 500) -> PoseRing:
    ring = PoseRing(capacity)
    for time_s in times:
        ring.push(float(time_s), pose_at(time_s), CERTAIN)
    return ring


def test_a_ring_keeps_the_newest_rows_in_one_piece():
    ring = Ring(5, value=(2,))
    for number in range(1234):
        ring.push(value=np.array([number, -number]))
        assert len(ring) == min(number + 1, 5)
        assert ring["value"][:, 0].tolist() == list(range(max(0, number - 4), number + 1))
    ring.pop()
    assert ring["value"][:, 0].tolist() == [1229, 1230, 1231, 1232]


@pytest.mark.parametrize("hz", [13.0, 29.97, 30.0, 120.0])
def test_rows_are_even_in_time_whatever_the_source_does(hz):
    rng = np.random.default_rng(3)
    times = np.cumsum(rng.uniform(0.7, 1.3, 400) / hz)
    ring = filled(times)
    joints, scores, rows = ring.window(50.0, 243)
    assert rows[-1] == times[-1]
    np.testing.assert_allclose(np.diff(rows), 1 / 50, atol=1e-9)
    assert len(rows) == min(243, int((times[-1] - times[0]) * 50) + 1)
    np.testing.assert_allclose(joints[:, 0, 0], 100 * rows, atol=0.02)
    assert (scores == 1).all()


def test_frames_at_the_rate_come_through_untouched():
    rng = np.random.default_rng(0)
    ring, given = PoseRing(500), (100 * rng.random((17, 2)) + rng.normal(size=(300, 17, 2))).astype(np.float32)
    for index, pose in enumerate(given):
        ring.push(index / 30, pose, CERTAIN)
    joints, _, _ = ring.window(30.0, 243)
    np.testing.assert_allclose(joints, given[-243:], atol=1e-4)


def test_a_frame_with_exchanged_sides_is_put_right_at_once():
    rng = np.random.default_rng(1)
    ring, given = PoseRing(500), (100 * rng.random((17, 2)) + rng.normal(size=(90, 17, 2))).astype(np.float32)
    depth = np.tile(np.arange(17, dtype=np.float32), (90, 1))
    exchanged = np.zeros((90, 2), bool)
    exchanged[[30, 31, 50]] = True
    seen = swap_sides(given, exchanged)
    for index, (pose, deep) in enumerate(zip(seen, swap_sides(depth, exchanged), strict=True)):
        ring.push(index / 30, pose, CERTAIN, depth=deep)
        np.testing.assert_allclose(ring.at(index / 30)[0], given[index], atol=1e-4)
    joints, _, times = ring.window(30.0, 90)
    np.testing.assert_allclose(joints, given, atol=1e-4)
    np.testing.assert_allclose(ring.depth_at(times), depth, atol=1e-4)


def test_a_short_absence_is_bridged_and_a_long_one_starts_anew():
    joints, _, _ = filled([0.0, 0.1, 0.2, 0.6, 0.7]).window(10.0, 243)
    np.testing.assert_allclose(joints[:, 0, 0], 10 * np.arange(8), atol=1e-3)
    assert len(filled([0.0, 0.1, 0.2, 0.9, 1.0]).window(10.0, 243)[2]) == 2


def test_a_guess_counts_for_the_moment_only():
    ring = filled([0.0, 0.1])
    ring.push(0.2, pose_at(0.2), CERTAIN, guessed=True)
    assert ring.at(0.15)[0][0, 0] == pytest.approx(15)
    assert len(ring) == 2
    assert ring.last_s == pytest.approx(0.1)
    assert len(ring.window(10.0, 243)[2]) == 2
    ring.push(0.2, pose_at(0.5), CERTAIN)
    assert ring.at(0.2)[0][0, 0] == pytest.approx(50)
    assert len(ring) == 3


def test_moments_beyond_the_ends_are_the_ends():
    ring = filled([1.0, 1.4])
    assert ring.at(0.0)[0][0, 0] == pytest.approx(100)
    assert ring.at(9.0)[0][0, 0] == pytest.approx(140)
    assert filled([1.0]).at(3.0)[0][0, 0] == pytest.approx(100)


def test_unseen_joints_stay_unseen():
    ring = PoseRing(10)
    for time_s in (0.0, 0.1, 0.2):
        pose = pose_at(time_s)
        pose[5] = np.nan
        ring.push(time_s, pose, CERTAIN)
    joints, _, _ = ring.window(10.0, 5)
    assert np.isnan(joints[:, 5]).all()
    assert np.isfinite(np.delete(joints, 5, axis=1)).all()


def test_the_rate_is_the_sources_while_its_frames_are_looked_at():
    rate = LiftRate(30.0, (24.0, 75.0))
    assert [rate.update(hz) for hz in (0.0, 29.0, 25.0)] == [30.0] * 3
    rate = LiftRate(60.0, (24.0, 75.0))
    assert rate.update(55.0) == 60.0
    assert rate.update(28.0) == 28.0
    assert rate.update(30.0) == 28.0  # not for every wobble
    assert rate.update(58.0) == 60.0
    assert rate.update(5.0) == 24.0
    assert LiftRate(120.0, (24.0, 75.0)).hz == 75.0
    assert LiftRate(0.0, (24.0, 75.0)).hz == 30.0
