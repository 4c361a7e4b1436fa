"""Test viewpoints that show people as large as fits."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Viewpoint
from pipeline.drawing.framing import HOME_DEG, framed, joints_to_frame
from tests.helpers.fakes import walking


def on_view(view: Viewpoint, points: np.ndarray, aspect: float) -> np.ndarray:
    """Project points (N, 3) to (N, 2): -1 to 1 across the width and the height of the view, as OpenGL does."""
    elevation, azimuth = np.radians([view.elevation, view.azimuth])
    back = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    right = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    up = np.cross(back, right)
    seen = points - (np.array(view.centre) + view.distance * back)
    half = np.tan(np.radians(view.fov_deg) / 2)
    return np.stack([seen @ right, (seen @ up) * aspect], axis=1) / (-(seen @ back) * half)[:, None]


@pytest.mark.parametrize("angles", [HOME_DEG, (4.0, -90.0), (4.0, 0.0), (89.0, -90.0), (-5.0, 130.0)])
@pytest.mark.parametrize("size", [(640, 360), (400, 700), (500, 500)])
def test_everybody_is_in_view_and_as_large_as_fits(angles: tuple[float, float], size: tuple[int, int]) -> None:
    points = joints_to_frame([walking(200), walking(200, 3.0)])
    view = framed(points, *angles, size)
    assert view is not None
    shown = on_view(view, points, size[0] / size[1])
    assert np.abs(shown).max() < 1.0
    assert np.ptp(shown, axis=0).max() > 1.3, "of 2, with the margin and the bodies' thickness"


def test_single_wrong_frames_and_unseen_joints_do_not_move_the_view() -> None:
    joints = walking(2000)
    calm = framed(joints_to_frame([joints]), *HOME_DEG, (640, 480))
    joints[700] += 50
    joints[900:950] = np.nan
    wild = framed(joints_to_frame([joints]), *HOME_DEG, (640, 480))
    assert calm is not None
    assert wild is not None
    assert wild.distance == pytest.approx(calm.distance, rel=0.05)


def test_nobody_is_no_view() -> None:
    assert framed(joints_to_frame([]), *HOME_DEG, (640, 480)) is None
    assert framed(joints_to_frame([np.full((5, 17, 3), np.nan)]), *HOME_DEG, (640, 480)) is None
