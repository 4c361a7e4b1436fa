"""Test foot contacts, the legs' inverse kinematics, and the locking of standing feet."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from pipeline.body.bones import bone_lengths
from pipeline.body.filters import low_pass, runs
from pipeline.body.leg_ik import move_ankle
from pipeline.post.ground.foot_contacts import contact_positions, standing_feet
from pipeline.post.ground.foot_lock import FootLock, lock_feet
from tests.helpers.motion import RATE_HZ, clip, facing_camera

UP = np.array([0.0, 0.0, 1.0])
EYE = np.array([0.0, -5.0, 1.4])
ANKLES = [3, 6]
EVERY = np.ones(400, bool)


def drifting(name: str, size_m: float = 0.06) -> tuple[np.ndarray, np.ndarray]:
    """Return world joints: the ground truth, and the same with drifting depth and noisy legs."""
    true = facing_camera(clip(name))
    true = true - true[0, 0] * [1, 1, 0]
    rng = np.random.default_rng(0)
    frames = len(true)
    swim = low_pass(rng.normal(size=(frames, 1)), EVERY[:frames], RATE_HZ, 1.5)
    swim *= size_m / np.abs(swim).max()
    out = true + swim[:, None] * np.array([0, 1.0, 0])
    tremble = low_pass(rng.normal(size=(frames, 2, 3)), EVERY[:frames], RATE_HZ, 5.0) * 0.02
    for side in range(2):
        out = move_ankle(out, side, out[:, ANKLES[side]] + tremble[:, side])
    return true, out


def slides_mm(joints: np.ndarray, standing: np.ndarray) -> list[float]:
    return [
        1000 * float(np.linalg.norm(np.ptp(joints[run, ANKLES[foot], :2], axis=0)))
        for foot in range(2)
        for run in runs(standing[:, foot])
        if run.stop - run.start > 0.15 * RATE_HZ
    ]


def test_contacts_of_a_walk_alternate_and_a_jump_has_none_in_the_air():
    walk = standing_feet(facing_camera(clip("walk")), UP, RATE_HZ)
    assert 0.4 < walk.mean() < 0.85
    assert walk.any(axis=1).mean() > 0.75  # except for the moments when only toes touch the floor
    assert not walk.all(axis=1).all()
    jump = facing_camera(clip("jump"))
    stands = standing_feet(jump, UP, RATE_HZ)
    air = jump[:, ANKLES, 2].min(axis=1) > 0.25
    assert air.sum() > 10
    assert not stands[air].any()
    assert stands[:15].all()


def test_contacts_do_not_break_in_noise():
    true = facing_camera(clip("walk"))
    noisy = true + low_pass(np.random.default_rng(0).normal(size=true.shape), EVERY[: len(true)], RATE_HZ, 7.0) * 0.012
    a, b = standing_feet(true, UP, RATE_HZ), standing_feet(noisy, UP, RATE_HZ)
    assert (a == b).mean() > 0.9
    assert abs(sum(len(runs(b[:, f])) for f in (0, 1)) - sum(len(runs(a[:, f])) for f in (0, 1))) <= 2


def test_places_are_where_the_feet_stood():
    joints = facing_camera(clip("walk"))
    standing = standing_feet(joints, UP, RATE_HZ)
    found = contact_positions(joints, standing)
    assert len(found) == sum(len(runs(standing[:, foot])) for foot in range(2))
    assert np.ptp(found[:, 2]) < 0.05  # all of one height
    assert contact_positions(joints, np.zeros_like(standing)).shape == (0, 3)


def test_reach_keeps_lengths_and_goes_where_it_can():
    joints = clip("walk")
    rng = np.random.default_rng(1)
    wanted = joints[:, 6] + rng.normal(size=(len(joints), 3)) * 0.05
    out = move_ankle(joints, 1, wanted)
    assert np.abs(bone_lengths(out) - bone_lengths(joints)).max() < 1e-9
    leg = bone_lengths(joints)[:, 5] + bone_lengths(joints)[:, 6]
    near = np.linalg.norm(wanted - joints[:, 4], axis=1) < 0.999 * leg
    assert near.mean() > 0.5
    assert np.abs(out[near, 6] - wanted[near]).max() < 1e-9
    assert np.array_equal(np.delete(out, [5, 6], axis=1), np.delete(joints, [5, 6], axis=1))
    far = move_ankle(joints, 1, joints[:, 6] + [0, 0, -3.0])
    assert np.abs(bone_lengths(far) - bone_lengths(joints)).max() < 1e-9
    assert np.array_equal(move_ankle(joints, 0, joints[:, 3].copy()), joints)


def test_the_knee_stays_on_its_side():
    joints = clip("jump")
    out = move_ankle(joints, 0, joints[:, 3] + [0, 0, 0.05])
    ahead = np.cross(joints[:, 8] - joints[:, 0], joints[:, 1] - joints[:, 4])
    middle = (out[:, 1] + out[:, 3]) / 2
    assert (np.einsum("tc,tc->t", out[:, 2] - middle, ahead) > 0).all()
    assert np.linalg.norm(np.diff(out[:, 2] - joints[:, 2], axis=0), axis=1).max() < 0.03


@pytest.mark.parametrize("name", ["walk", "jump"])
@pytest.mark.parametrize("mode", ["auto", "always", "grounding"])
def test_feet_that_stand_do_not_slide(name, mode):
    true, swimming = drifting(name)
    out = lock_feet(swimming, RATE_HZ, mode, EYE, 0.085)
    standing = standing_feet(swimming, UP, RATE_HZ)
    before, after = slides_mm(swimming, standing), slides_mm(out, standing)
    assert np.median(before) > 25
    assert np.median(after) < 5
    assert np.abs(bone_lengths(out) - bone_lengths(swimming)).max() < 1e-9
    # Hardly further from the truth than before (a standing ankle rolls by a centimetre, and the lock moves the body
    # instead), and nothing pops: the ankles' largest step is hardly larger.
    apart = [np.linalg.norm(j - true, axis=-1).mean() for j in (swimming, out)]
    assert apart[1] < apart[0] * (1.25 if mode == "always" else 1.15)
    steps = [np.linalg.norm(np.diff(j[:, ANKLES], axis=0), axis=-1).max() for j in (swimming, out)]
    assert steps[1] < steps[0] + 0.02


def test_the_jump_stays_a_jump():
    true, swimming = drifting("jump")
    for mode in get_args(FootLock):
        out = lock_feet(swimming, RATE_HZ, mode, EYE, 0.085)
        assert np.ptp(out[:, 0, 2]) == pytest.approx(np.ptp(true[:, 0, 2]), abs=0.03)
        assert out[:, ANKLES, 2].min(axis=1).max() > 0.5


def test_grounding_puts_low_feet_on_the_floor_and_leaves_high_ones():
    true, _ = drifting("jump")
    for lift, expected in ((0.06, 0.085), (0.5, None)):
        raised = true + [0, 0, lift]
        out = lock_feet(raised, RATE_HZ, "grounding", EYE, 0.085)
        standing = standing_feet(raised, UP, RATE_HZ)
        height = float(np.median(out[:, ANKLES, 2][standing]))
        usual = float(np.median(raised[:, ANKLES, 2][standing]))
        assert height == pytest.approx(usual if expected is None else expected, abs=0.012)


def test_off_changes_nothing_and_gaps_stay():
    _, swimming = drifting("walk")
    assert np.array_equal(lock_feet(swimming, RATE_HZ, "off", EYE, 0.085), swimming)
    swimming[60:80] = np.nan
    out = lock_feet(swimming, RATE_HZ, "auto", EYE, 0.085)
    assert np.array_equal(np.isnan(out), np.isnan(swimming))
    assert np.isnan(lock_feet(np.full((4, 17, 3), np.nan), RATE_HZ, "auto", EYE, 0.085)).all()
    one = lock_feet(swimming[:1], RATE_HZ, "auto", EYE, 0.085)
    assert np.array_equal(one, swimming[:1])
