"""Test images and 2D joints that are turned because the camera is rolled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame, VideoInfo, turned_info
from pipeline.sources.base import TimedSource
from pipeline.sources.file.video import VideoSource
from pipeline.sources.joints2d.source import Joints2DSource
from pipeline.sources.open import open_images
from pipeline.sources.turned import TurnedOpener, turned
from tests.helpers.clips import number_in, write_clip


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_video(degrees: int, tmp_path: Path) -> None:
    plain = VideoSource(write_clip(tmp_path / "clip.mp4", 5))
    source = turned(plain, degrees)
    assert isinstance(source, TimedSource)
    size = (120, 160) if degrees == 180 else (160, 120)
    assert (source.info.height_px, source.info.width_px, source.info.turned_deg) == (*size, degrees)
    for index, frame in enumerate(source.frames()):
        assert frame.bgr.shape == (*size, 3)
        back = np.rot90(frame.bgr, degrees // 90)  # counter-clockwise
        assert number_in(back) == index
    np.testing.assert_array_equal(source.frame_at(0.1).bgr, np.rot90(plain.frame_at(0.1).bgr, -degrees // 90))
    again = open_images(source.info)
    assert again is not None
    assert again.info == source.info
    source.close()


def test_joints_turn_as_their_image_does(tmp_path: Path) -> None:
    plain = VideoSource(write_clip(tmp_path / "clip.mp4", 1)).frame_at(0).bgr
    points = np.array([[x, y] for x, y in ((20, 10), (150, 10), (60, 100))] * 6, float)[:17]
    arrays = {
        "joints_image": points[None] + 0.5, "scores": np.ones((1, 17)), "fps_hz": np.array(30),
        "width_px": np.array(160), "height_px": np.array(120), "skeleton": np.array("coco17"),
    }  # fmt: skip
    source = Joints2DSource.of(arrays, "joints")
    for degrees in (90, 180, 270):
        image = np.rot90(plain, -degrees // 90)
        pose = next(turned(source, degrees).poses())[2]
        for (x, y), (new_x, new_y) in zip(points.astype(int), pose.joints_image[0], strict=True):
            np.testing.assert_array_equal(image[int(new_y), int(new_x)], plain[y, x])
    assert turned(source, 0) is source


def test_the_field_of_view_is_that_of_the_width() -> None:
    info = VideoInfo("x", "", 1600, 900, 30, 1, 1, fov_deg=60.0)
    upright = turned_info(info, 90)
    assert upright.fov_deg == pytest.approx(36.0, abs=0.1)
    assert turned_info(upright, 270) == replace(info, fov_deg=pytest.approx(60.0), turned_deg=0)
    assert turned_info(info, 180).fov_deg == 60


class FakeLive:
    info = VideoInfo("camera", "", 4, 2, 30, 0, 0)
    notice = "slow"

    def read(self, timeout_s: float) -> Frame | None:
        if timeout_s == 0:
            return None
        return Frame(3, 0.1, np.arange(24, dtype=np.uint8).reshape(2, 4, 3))

    def close(self) -> None:
        self.closed = True


def test_a_turned_camera() -> None:
    class Opener:
        cancelled = False

        def __call__(self) -> FakeLive:
            return camera

        def cancel(self) -> None:
            self.cancelled = True

    camera, opener = FakeLive(), Opener()
    wrapped = TurnedOpener(opener, 180)
    source = wrapped()
    assert (source.info.turned_deg, source.notice) == (180, "slow")
    assert source.read(0) is None
    frame = source.read(1)
    assert frame is not None
    np.testing.assert_array_equal(frame.bgr, np.arange(24, dtype=np.uint8).reshape(2, 4, 3)[::-1, ::-1])
    source.close()
    wrapped.cancel()
    assert camera.closed
    assert opener.cancelled
