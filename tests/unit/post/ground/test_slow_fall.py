"""Test slow motion from flights: a jump at one eighth of its speed, and similar motion."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.post.ground.slow_fall import times_too_slow
from tests.helpers.motion import RATE_HZ, clip, facing_camera, scene


def slowed(joints: np.ndarray, factor: int) -> np.ndarray:
    """Return the same motion with `factor` times as many frames."""
    at = np.linspace(0, len(joints) - 1, (len(joints) - 1) * factor + 1)
    flat = joints.reshape(len(joints), -1)
    columns = [np.interp(at, np.arange(len(joints)), flat[:, c]) for c in range(flat.shape[1])]
    return np.stack(columns, axis=1).reshape(len(at), 17, 3)


def test_a_jump_at_true_speed_is_not_slow() -> None:
    assert times_too_slow([clip("jump")], RATE_HZ) is None


@pytest.mark.parametrize("factor", [4, 8])
def test_a_jump_in_slow_motion_tells_the_factor(factor: int) -> None:
    assert times_too_slow([slowed(clip("jump"), factor)], RATE_HZ) == pytest.approx(factor, rel=0.15)
    assert times_too_slow([clip("jump")], RATE_HZ / factor) == pytest.approx(factor, rel=0.15)


def test_somebody_at_true_speed_decides() -> None:
    assert times_too_slow([slowed(clip("jump"), 8), clip("jump")], RATE_HZ) is None


@pytest.mark.parametrize("factor", [1, 8])
def test_nobody_who_walks_flies(factor: int) -> None:
    assert times_too_slow([slowed(clip("walk"), factor)], RATE_HZ) is None


def test_what_rises_and_sinks_on_its_feet_does_not_fly() -> None:
    """Squat slowly, and do a pull-up with fixed hands."""
    rest, time = clip("walk")[:1], np.arange(300) / 30
    heave = 0.25 * np.sin(2 * np.pi * time / 2.5)[:, None]
    squat = np.repeat(rest, 300, axis=0)
    squat[:, [0, 1, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], 2] += heave
    pull_up = np.repeat(rest, 300, axis=0)
    pull_up[:, [i for i in range(17) if i not in (13, 16)], 2] += heave
    assert times_too_slow([squat], 30) is None
    assert times_too_slow([pull_up], 30) is None


def test_unseen_frames_and_short_clips() -> None:
    joints = slowed(clip("jump"), 8)
    joints[::7] = np.nan
    assert times_too_slow([joints], RATE_HZ) is None  # no whole flight is seen
    assert times_too_slow([clip("jump")[:5]], RATE_HZ) is None
    assert times_too_slow([], RATE_HZ) is None


def test_the_hint_stands_among_the_notes_of_the_scene() -> None:
    slow = scene(facing_camera(slowed(clip("jump"), 8)), rate_hz=RATE_HZ).take()
    assert slow.scene is not None
    assert "times too slowly" in slow.scene.notes["speed"]
    usual = scene(facing_camera(clip("jump")), rate_hz=RATE_HZ).take()
    assert usual.scene is not None
    assert "speed" not in usual.scene.notes
