"""Test the camera of a source: field of view, rate, and that rays invert projection."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.camera import UNKNOWN_RATE_HZ, Camera, VideoInfo, frame_rate_hz
from pipeline.core.config import SceneConfig

INFO = VideoInfo("clip.mp4", "", 1280, 720, 25.0, 100, 4.0)


def test_the_user_s_field_of_view_goes_before_that_of_the_file_and_that_before_the_assumed_one() -> None:
    tagged = dataclasses.replace(INFO, fov_deg=71.0)
    found = [Camera.of(tagged, SceneConfig(fov_deg=50.0)), Camera.of(tagged, SceneConfig()), Camera.of(INFO)]
    assert [(camera.fov_deg, camera.fov_from) for camera in found[:2]] == [
        (50.0, "set by the user"),
        (71.0, "from the file"),
    ]
    assert found[2].fov_deg == pytest.approx(60.0)
    assert found[2].fov_from == "assumed"


@pytest.mark.parametrize(
    ("stated_hz", "time_s", "rate_hz", "even"),
    [
        (25.0, [0, 0.1, 0.2], 25.0, True),  # the stated rate counts
        (0.0, [0, 0.1, 0.2], 10.0, False),
        (float("nan"), [0, 0.1, 0.2], 10.0, False),
        (0.0, [0.5], UNKNOWN_RATE_HZ, False),
        (0.0, None, UNKNOWN_RATE_HZ, False),
    ],
)
def test_the_rate_is_stated_or_measured_or_assumed(stated_hz, time_s, rate_hz, even) -> None:
    times = None if time_s is None else np.array(time_s, float)
    camera = Camera.of(dataclasses.replace(INFO, fps_hz=stated_hz), None, times)
    assert camera.rate_hz == pytest.approx(rate_hz)
    assert camera.even_rate is even
    assert frame_rate_hz(stated_hz, times) == camera.rate_hz


def test_a_variable_rate_is_not_even() -> None:
    assert not Camera.of(dataclasses.replace(INFO, variable_rate=True)).even_rate


def test_points_on_a_ray_are_projected_to_its_pixel() -> None:
    camera = Camera((640, 480), 70.0)
    image = np.array([[10.0, 20.0], [320.0, 240.0], [np.nan, np.nan]], np.float32)
    rays = camera.rays(image)
    assert np.isnan(rays[2]).all()
    points = np.concatenate([rays, np.ones((3, 1))], axis=1) * 3.7
    np.testing.assert_allclose(camera.project(points), image, atol=1e-9)
    assert camera.project(points.astype(np.float32)).dtype == np.float32
