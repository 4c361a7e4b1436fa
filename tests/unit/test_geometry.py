"""Spaces: axes point where the table says, and every way has its way back."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import geometry as g


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


def test_screen_and_back() -> None:
    corners = np.array([[0.0, 0.0], [1920.0, 1080.0], [960.0, 540.0]])
    screen = g.screen_from_image(corners, 1920, 1080)
    np.testing.assert_allclose(screen, [[-1, -0.5625], [1, 0.5625], [0, 0]], atol=1e-12)
    np.testing.assert_allclose(g.image_from_screen(screen, 1920, 1080), corners, atol=1e-9)


def test_pinhole_edge_of_the_field_of_view_is_the_edge_of_the_picture() -> None:
    edge = np.array([[np.tan(np.radians(30)) * 3, 0.0, 3.0]])
    np.testing.assert_allclose(g.image_from_camera(edge, 60, 1280, 720), [[1280, 360]], atol=1e-9)


def test_the_assumed_field_of_view_belongs_to_the_longer_side() -> None:
    assert g.default_fov_deg(1920, 1080) == pytest.approx(60)
    portrait = g.default_fov_deg(1080, 1920)
    assert g.focal_px(portrait, 1080) == pytest.approx(g.focal_px(60, 1920))
