"""Test the up direction from posture and from contacts, and its deviation without both."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.config import SceneConfig
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera
from pipeline.post.ground.camera_tilt import camera_tilt
from pipeline.post.ground.foot_contacts import contact_positions, standing_feet
from pipeline.post.ground.gravity import body_up, centre_of_mass, find_gravity, posture_up, up_from_angles
from tests.helpers.motion import RATE_HZ, clip, facing_camera

UP = np.array([0.0, 0.0, 1.0])


def seen_by(joints: np.ndarray, pitch: float, roll: float, distance_m: float = 5.0) -> np.ndarray:
    """Transform to the space of a camera 1.4 m high."""
    rotation = rotation_world_from_camera(pitch, roll)
    return camera_from_world(joints, rotation, np.array([*joints[0, 0, :2] - [0, distance_m], 1.4]))


def angle_deg(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.degrees(np.arccos(np.clip(a @ b, -1, 1))))


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (15.0, -8.0), (-20.0, 30.0), (60.0, 5.0)])
def test_angles_and_direction_are_each_others_inverse(pitch, roll):
    up = up_from_angles(pitch, roll)
    assert np.allclose(rotation_world_from_camera(pitch, roll) @ up, UP, atol=1e-12)


@pytest.mark.parametrize(("pitch", "roll"), [(0.0, 0.0), (25.0, 0.0), (-12.0, 10.0), (45.0, -5.0)])
@pytest.mark.parametrize("name", ["jump", "walk"])
def test_the_tilt_of_the_camera_comes_back(name, pitch, roll):
    joints = seen_by(facing_camera(clip(name)), pitch, roll, 8.0)
    tilt = camera_tilt(SceneConfig(), [joints], RATE_HZ)
    up = up_from_angles(tilt.pitch_deg, tilt.roll_deg)
    assert angle_deg(up, up_from_angles(pitch, roll)) < 5
    assert tilt.sigma_deg is not None
    assert 1 < tilt.sigma_deg < 8


def test_places_make_it_surer_than_posture_alone():
    joints = seen_by(facing_camera(clip("walk")), 20.0, 0.0, 8.0)
    posture = find_gravity([joints], [])
    both = find_gravity([joints], [contact_positions(joints, standing_feet(joints, posture.up, RATE_HZ))])
    assert both.pitch_sigma_deg < posture.pitch_sigma_deg
    assert abs(both.pitch_deg - 20) < 3


def test_a_plane_of_contacts_outvotes_people_who_lean():
    """Spread contacts over 4 m of floor that differs by 20 degrees from the leaning bodies."""
    rng = np.random.default_rng(0)
    leaning = seen_by(np.repeat(facing_camera(clip("jump"))[:1], 50, axis=0), 0.0, 0.0)
    floor = np.stack([rng.uniform(-2, 2, 40), rng.uniform(3, 7, 40), rng.normal(0, 0.01, 40)], axis=1)
    standing = camera_from_world(floor, rotation_world_from_camera(20.0), np.array([0, 0, 1.4]))
    found = find_gravity([leaning], [standing])
    assert found.pitch_deg == pytest.approx(20 * 0.6, abs=4)  # both have weight: 4 degrees against 5
    assert find_gravity([], [standing]).pitch_deg == pytest.approx(20, abs=1.5)


def test_who_lies_does_not_say_where_up_is():
    """Lie on the ground for two thirds of the take: the third that stands decides."""
    standing = np.repeat(facing_camera(clip("jump"))[:1], 60, axis=0)
    middle = standing[0, 0]
    lying = (standing - middle) @ np.array([[0, 0, -1.0], [0, 1, 0], [1, 0, 0]]).T + middle
    joints = seen_by(np.concatenate([lying, standing, lying]), 8.0, 0.0)
    up = find_gravity([joints], []).up
    assert angle_deg(up, up_from_angles(8.0, 0.0)) < 5
    alone = find_gravity([seen_by(lying, 8.0, 0.0)], [])
    assert abs(alone.roll_deg) < 30  # and not 90
    assert alone.pitch_sigma_deg > 8  # and its deviation is large


def test_the_mean_over_a_jump_does_not_follow_the_jump():
    joints = seen_by(facing_camera(clip("jump")), 10.0, 0.0)
    directions, trust = body_up(joints)
    each = [angle_deg(d, up_from_angles(10, 0)) for d in directions]
    found = posture_up(joints)
    assert found is not None
    assert max(each) > 5 > angle_deg(found[0], up_from_angles(10, 0)) * 2
    assert trust.min() < 0.5 < trust.max()


def test_centre_of_mass_is_in_the_belly():
    joints = clip("jump")[0]
    height = centre_of_mass(joints)[2] / joints[10, 2]
    assert height == pytest.approx(0.56, abs=0.03)  # textbooks: 0.55 to 0.57 of the stature


def test_what_the_user_sets_is_used_and_nobody_means_level():
    joints = seen_by(facing_camera(clip("jump")), 25.0, 0.0)
    tilt = camera_tilt(SceneConfig(pitch_deg=3.0), [joints], RATE_HZ)
    assert (tilt.pitch_deg, tilt.roll_deg, tilt.sigma_deg) == (3.0, 0.0, None)
    assert tilt.notes == {"pitch": "set by the user", "roll": "assumed"}
    tilt = camera_tilt(SceneConfig(roll_deg=-4.0), [joints], RATE_HZ)
    assert tilt.pitch_deg == pytest.approx(25, abs=4)
    assert (tilt.roll_deg, tilt.notes["roll"]) == (-4.0, "set by the user")
    nobody = camera_tilt(SceneConfig(), [np.full((5, 17, 3), np.nan)], RATE_HZ)
    assert (nobody.pitch_deg, nobody.roll_deg, nobody.notes) == (0, 0, {"pitch": "assumed", "roll": "assumed"})
