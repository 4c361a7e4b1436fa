"""Test that nearly straight limbs do not twist too fast (`pipeline.post.limb_twist_rate`)."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.body.bones import bone_lengths, measure_body, with_body
from pipeline.post import limb_twist_rate
from pipeline.post.ground.foot_lock import lock_feet
from pipeline.post.joint_limits import backward
from pipeline.post.limb_twist_rate import limit_twist_rate, local_steps_deg
from tests.helpers.fakes import walking

RATE = 30.0


def standing(count: int = 60) -> np.ndarray:
    joints = walking(count).astype(np.float64)
    joints -= joints[:, :1] - joints[0, :1]  # on the spot
    return joints


def with_elbow_off_line(joints: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Offset the left elbow from its line by `way` (T, 3); the right arm has the same lengths."""
    out = joints.copy()
    shoulder, wrist = out[:, 11], out[:, 13]
    along = (wrist - shoulder) / np.linalg.norm(wrist - shoulder, axis=1, keepdims=True)
    across = way - (way * along).sum(-1, keepdims=True) * along
    out[:, 12] = (shoulder + wrist) / 2 + across
    out[:, 15:17] = out[:, 14:15] + (out[:1, 12:14] - out[:1, 11:12]) * [-1, 1, 1]
    return out


def test_an_elbow_that_goes_round_in_a_frame_is_led_round() -> None:
    joints = standing()
    joints[:, 13] = joints[:, 11] + [0.5, 0, 0]
    way = np.zeros((60, 3))
    way[:30, 1], way[30:, 1] = -0.07, 0.07  # bent by 31 degrees, in the opposite direction from frame 30 on
    leaping = with_elbow_off_line(joints, way)
    leaping = with_body(leaping, measure_body(leaping))  # constant bones, as after the earlier steps
    assert local_steps_deg(leaping, RATE).max() > 60
    calm, changed = limit_twist_rate(leaping, RATE, forward_only=False)
    assert local_steps_deg(calm, RATE).max() < 60
    assert 0 < changed.sum() < 40
    np.testing.assert_allclose(bone_lengths(calm), bone_lengths(leaping), atol=1e-9)
    still = [joint for joint in range(17) if joint not in (12, 13)]
    np.testing.assert_allclose(calm[:, still], leaping[:, still], atol=1e-9)
    assert np.linalg.norm(calm[:, 12:14] - leaping[:, 12:14], axis=-1).max() < 0.1


def test_a_middle_joint_is_led_round_the_line_between_the_others() -> None:
    joints = standing(11)
    rng = np.random.default_rng(0)
    way = rng.normal(0, 1, (11, 3))
    way[:, 0] = 0
    way = 0.05 * way / np.linalg.norm(way, axis=1, keepdims=True)
    joints[:, 13] = joints[:, 11] + [0.5, 0, 0]
    joints[:, 12] = (joints[:, 11] + joints[:, 13]) / 2 + way
    led = joints.copy()
    limb_twist_rate.spread_swivel(led, (11, 12, 13))
    np.testing.assert_allclose(led[[0, -1]], joints[[0, -1]], atol=1e-9)
    np.testing.assert_allclose(bone_lengths(led), bone_lengths(joints), atol=1e-9)
    offset = led[:, 12] - (led[:, 11] + led[:, 13]) / 2
    turn = np.degrees(np.unwrap(np.arctan2(offset[:, 2], offset[:, 1])))
    assert (np.sign(np.diff(turn)) == np.sign(turn[-1] - turn[0])).all()
    assert np.abs(np.diff(turn)).max() < 30


def test_what_turns_as_bodies_do_stays_as_it_is() -> None:
    joints = standing()
    angle = np.linspace(0, 1.5, 60)
    joints[:, 12] = joints[:, 11] + 0.28 * np.stack([np.cos(angle), -np.sin(angle), 0 * angle], -1)
    joints[:, 13] = joints[:, 12] + 0.25 * np.stack([np.cos(2 * angle), -np.sin(2 * angle), 0 * angle], -1)
    calm, changed = limit_twist_rate(joints, RATE)
    assert not changed.any()
    np.testing.assert_allclose(calm, joints, atol=1e-9)


def test_gaps_stay_gaps() -> None:
    joints = standing()
    joints[20:25] = np.nan
    calm, _ = limit_twist_rate(joints, RATE)
    assert np.isnan(calm[20:25]).all()
    assert np.isfinite(calm[[19, 25]]).all()


@pytest.mark.parametrize("mode", ["auto", "always", "grounding"])
def test_a_locked_foot_bends_no_knee_backward(mode: str) -> None:
    """Sway the hip of a nearly straight leg over a standing foot: the knee must bend forward."""
    joints = standing(90)
    joints[:, 2] += [0, 0.03, 0]  # slightly backward: world +y is behind a person who faces the camera
    time_s = np.arange(90) / RATE
    sway = 0.06 * np.sin(2 * np.pi * 0.4 * time_s)
    joints[:, :, 1] += sway[:, None]
    joints[:, 3, 1] += 0.05 * np.sin(2 * np.pi * 1.1 * time_s)
    held = lock_feet(joints, RATE, mode, np.array([0.0, -4.0, 1.2]), 0.08)
    assert not backward(held).any()
