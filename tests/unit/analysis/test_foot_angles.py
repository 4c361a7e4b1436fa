"""Test the angles of feet in known poses, and the events of feet that roll over heel and toes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.analysis.gait import flat_events, gait
from pipeline.analysis.joint_angles import ANGLES, foot_angle_names, joint_angles
from tests.helpers.motion import RATE_HZ, clip

COUNT = 60
# A person who faces the camera (-y) and stands; their right is at -x.
STANDING = {0: (0, 0, 1), 1: (-0.1, 0, 1), 2: (-0.1, 0, 0.5), 3: (-0.1, 0, 0.1), 4: (0.1, 0, 1), 5: (0.1, 0, 0.5),
            6: (0.1, 0, 0.1), 8: (0, 0, 1.5), 7: (0, 0, 1.2), 11: (0.2, 0, 1.5), 14: (-0.2, 0, 1.5)}  # fmt: skip


def standing() -> np.ndarray:
    joints = np.ones((COUNT, 17, 3))
    for joint, place in STANDING.items():
        joints[:, joint] = place
    return joints


def sole(up_deg: float, left_deg: float) -> np.ndarray:
    """Return the direction of a foot along -y, with the toes raised and turned to the person's left."""
    up, left = np.radians([up_deg, left_deg])
    return np.array([np.cos(up) * np.sin(left), -np.cos(up) * np.cos(left), np.sin(up)])


def angles(left: np.ndarray, right: np.ndarray, joints: np.ndarray | None = None) -> dict[str, float]:
    soles = np.repeat(np.stack([left, right])[None], COUNT, axis=0)
    found = joint_angles(standing() if joints is None else joints, soles, 30.0)
    return {name: float(values[COUNT // 2]) for name, values in found.items()}


def test_a_standing_foot_is_zero():
    found = angles(sole(0, 0), sole(0, 0))
    assert tuple(found)[len(ANGLES) :] == foot_angle_names()
    assert all(abs(found[name]) < 1e-6 for name in foot_angle_names())
    assert tuple(joint_angles(standing())) == ANGLES, "without toes there are no columns for feet"


def test_signs_are_those_of_the_clinic():
    found = angles(left=sole(15, 10), right=sole(-30, -12))
    assert found["left_ankle_flexion"] == pytest.approx(15), "dorsiflexion is positive"
    assert found["right_ankle_flexion"] == pytest.approx(-30), "plantarflexion is negative"
    assert found["left_foot_progression"] == pytest.approx(10), "toes outward are positive on both sides"
    assert found["right_foot_progression"] == pytest.approx(12)
    assert found["left_ankle_abduction"] == pytest.approx(10)
    assert found["right_ankle_abduction"] == pytest.approx(12)
    assert angles(sole(0, -8), sole(0, 0))["left_foot_progression"] == pytest.approx(-8)


def test_angles_do_not_depend_on_where_the_person_faces():
    turn = Rotation.from_euler("z", 130, degrees=True).as_matrix()
    found = angles(turn @ sole(15, 10), turn @ sole(-30, -12), standing() @ turn.T)
    wanted = angles(sole(15, 10), sole(-30, -12))
    assert [found[name] for name in foot_angle_names()] == pytest.approx([wanted[name] for name in foot_angle_names()])


def test_progression_is_against_the_path_of_a_walking_person():
    """The direction of walking is 20 degrees to the left of the facing direction, then the opposite."""
    for direction in (1, -1):
        joints = standing()
        path = direction * np.arange(COUNT)[:, None] / 30 * np.append(sole(0, 20)[:2], 0)
        found = angles(sole(0, 20), sole(0, 20), joints + path[:, None])
        assert found["left_foot_progression"] == pytest.approx(0, abs=1e-6)
        assert found["right_foot_progression"] == pytest.approx(0, abs=1e-6)
        assert found["left_ankle_abduction"] == pytest.approx(20)


def test_unknown_feet_are_unknown_angles():
    soles = np.repeat(np.stack([sole(0, 0), sole(0, 0)])[None], COUNT, axis=0)
    soles[10:20, 0] = np.nan
    soles[30, 1] = sole(-89, 0)  # a foot that points to the floor has no direction on it
    found = joint_angles(standing(), soles)
    assert np.isnan(found["left_ankle_flexion"][10:20]).all()
    assert np.isfinite(found["right_ankle_flexion"][10:20]).all()
    assert np.isnan(found["right_foot_progression"][30])


def rolling_soles(found, count: int) -> np.ndarray:
    """Return soles that strike with toes up, stand from 15 to 60 % of each stance, and lift the heel until toe off."""
    soles = np.repeat(np.stack([sole(2, 5), sole(2, -5)])[None], count, axis=0)
    for side, at in (("right", 1), ("left", 0)):
        own = [event for event in found.events if event.side == side]
        for strike, off in itertools.pairwise(own):
            if (strike.kind, off.kind) == ("heel_strike", "toe_off"):
                rows = np.arange(strike.row, off.row + 1)
                share = (rows - strike.row) / (off.row - strike.row)
                for row, pitch in zip(rows, np.interp(share, [0, 0.15, 0.6, 1], [25, 2, 2, -50]), strict=True):
                    soles[row, at] = sole(pitch, 0)
    return soles


def test_a_foot_strikes_stands_flat_lifts_its_heel_and_leaves_in_this_order():
    walk = clip("walk")
    times = np.arange(len(walk)) / RATE_HZ
    plain = gait(walk, times)
    assert plain is not None
    rolled = gait(walk, times, rolling_soles(plain, len(walk)))
    assert rolled is not None
    assert [e for e in rolled.events if e.kind in ("heel_strike", "toe_off")] == list(plain.events)
    assert (rolled.cadence_per_min, rolled.stance_share) == (plain.cadence_per_min, plain.stance_share)
    stances = 0
    for side in ("right", "left"):
        own = [event for event in rolled.events if event.side == side]
        for start, event in enumerate(own):
            if event.kind == "heel_strike" and len(own) > start + 3:
                four = own[start : start + 4]
                assert [one.kind for one in four] == ["heel_strike", "foot_flat", "heel_off", "toe_off"]
                length = four[3].time_s - four[0].time_s
                flat, heel = ((one.time_s - four[0].time_s) / length for one in four[1:3])
                assert flat == pytest.approx(0.13, abs=0.04)
                assert heel == pytest.approx(0.66, abs=0.04)
                stances += 1
    assert stances >= 2


def test_a_foot_that_is_put_down_flat_or_unknown_has_no_such_events():
    walk = clip("walk")
    times = np.arange(len(walk)) / RATE_HZ
    plain = gait(walk, times)
    assert plain is not None
    flat = np.repeat(np.stack([sole(2, 5), sole(2, -5)])[None], len(walk), axis=0)
    assert flat_events(plain.events, flat, times) == []
    assert flat_events(plain.events, np.full_like(flat, np.nan), times) == []
