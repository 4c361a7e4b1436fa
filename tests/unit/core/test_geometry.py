"""Test the coordinate spaces: axes as documented, and inverse conversions."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core import geometry as g
from pipeline.core.camera import Camera


def test_world_axes_of_a_level_camera() -> None:
    r = g.rotation_world_from_camera(0.0)
    np.testing.assert_allclose(r @ [1, 0, 0], [1, 0, 0], atol=1e-12)  # right stays right
    np.testing.assert_allclose(r @ [0, 1, 0], [0, 0, -1], atol=1e-12)  # image down is world down
    np.testing.assert_allclose(r @ [0, 0, 1], [0, 1, 0], atol=1e-12)  # forward is away


def test_a_positive_pitch_looks_down() -> None:
    forward = g.rotation_world_from_camera(30.0) @ [0, 0, 1]
    np.testing.assert_allclose(forward, [0, np.cos(np.radians(30)), -0.5], atol=1e-12)


@pytest.mark.parametrize(("pitch", "roll"), [(0, 0), (30, 0), (-20, 10), (60, -45)])
def test_rotations_are_proper_and_invert(pitch: float, roll: float) -> None:
    r, t = g.rotation_world_from_camera(pitch, roll), np.array([0.1, -2.0, 1.4])
    np.testing.assert_allclose(r @ r.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(r) == pytest.approx(1)
    points = np.random.default_rng(0).normal(size=(5, 17, 3))
    np.testing.assert_allclose(g.camera_from_world(g.world_from_camera(points, r, t), r, t), points, atol=1e-12)


def test_screen_units_are_image_halves_of_the_width() -> None:
    corners = np.array([[0.0, 0.0], [1920.0, 1080.0], [960.0, 540.0]])
    screen = g.screen_from_image(corners, 1920, 1080)
    np.testing.assert_allclose(screen, [[-1, -0.5625], [1, 0.5625], [0, 0]], atol=1e-12)


def test_pinhole_edge_of_the_field_of_view_is_the_edge_of_the_picture() -> None:
    edge = np.array([[np.tan(np.radians(30)) * 3, 0.0, 3.0]])
    np.testing.assert_allclose(Camera((1280, 720), 60).project(edge), [[1280, 360]], atol=1e-9)


def test_the_assumed_field_of_view_belongs_to_the_longer_side() -> None:
    assert Camera.assumed((1920, 1080)).fov_deg == pytest.approx(60)
    portrait = Camera.assumed((1080, 1920))
    assert portrait.focal_px == pytest.approx(Camera((1920, 1080), 60).focal_px)


@pytest.mark.parametrize("pitch", [-35.0, -2.0, 0.0, 11.0, 60.0])
@pytest.mark.parametrize("roll", [-40.0, 0.0, 7.0, 85.0])
def test_the_horizon_is_where_level_directions_fall(pitch: float, roll: float) -> None:
    seen_by = Camera((1280, 720), 64.0)
    point, along = seen_by.horizon(pitch, roll)
    rotation = g.rotation_world_from_camera(pitch, roll)
    # world directions of level rays that lead away from the camera
    level = np.array([[np.sin(a), np.cos(a), 0.0] for a in (-0.3, 0.0, 0.25)])
    camera = level @ rotation
    assert (camera[:, 2] > 0).all()
    seen = seen_by.project(camera) - point
    np.testing.assert_allclose(seen[:, 0] * along[1] - seen[:, 1] * along[0], 0, atol=1e-6)
    assert along[0] > 0, "to the right"
    np.testing.assert_allclose((point - [640, 360]) @ along, 0, atol=1e-9)
    assert (point[1] < 360) == (pitch > 0) or pitch == 0 or abs(roll) > 80, "a camera that looks down has it above"
    for shift, way in ((0.0, along), (300.0, -along)):  # any point of it, either direction
        assert seen_by.tilt_from_horizon(point + shift * along, way) == pytest.approx((pitch, roll), abs=1e-6)


def test_a_clockwise_roll_lifts_the_right_end_of_the_horizon() -> None:
    _, along = Camera((640, 480), 60.0).horizon(0.0, 10.0)
    assert along[1] < 0
