"""Test that what is measured of a camera is the same watched, stored, decoded again, and after a break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.camera_motion.background_points import BLOCK, FramePoints
from pipeline.core.camera import Frame, VideoInfo
from pipeline.core.concurrency import Cancelled, CancelToken
from pipeline.detect.detect_video import ANCHOR
from pipeline.run.camera_watch import CameraWatch

FRAMES, RATE = BLOCK + 25, 30.0
WIDTH, HEIGHT = 160, 90
INDEX, TIMES = np.arange(FRAMES), np.arange(FRAMES) / RATE


class Video:
    """Provide a noise picture that slides to and fro; `decoded` counts its frames."""

    def __init__(self) -> None:
        noise = np.random.default_rng(2).normal(size=(HEIGHT // 3, WIDTH)).astype(np.float32)
        wide = cv2.resize(noise, (3 * WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        self._wall = np.repeat((128 + 40 * np.clip(wide, -3, 3)).astype(np.uint8)[..., None], 3, axis=-1)
        self.info = VideoInfo("clip", "", WIDTH, HEIGHT, RATE, FRAMES, FRAMES / RATE)
        self.time_s = TIMES
        self.decoded = 0

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        start, end = (None if s is None else int(np.searchsorted(TIMES, s)) for s in (start_s, end_s))
        for index in range(FRAMES)[start:end]:
            self.decoded += 1
            left = round(WIDTH + 0.9 * WIDTH * np.sin(index / 90))
            yield Frame(index, index / RATE, np.ascontiguousarray(self._wall[:, left : left + WIDTH]))

    def frame_at(self, time_s: float) -> Frame:
        raise NotImplementedError

    def close(self) -> None: ...


def watched(watch: CameraWatch, video: Video, start: int = 0, end: int = FRAMES) -> None:
    for _ in watch.watched(video).frames(None if start == 0 else start / RATE, None if end == FRAMES else end / RATE):
        pass


def points(watch: CameraWatch, video: Video) -> list[FramePoints]:
    return watch.points(video, INDEX, TIMES, CancelToken())


def assert_same(found: list[FramePoints], expected: list[FramePoints]) -> None:
    assert [(p.frame_index, p.key_index) for p in found] == [(p.frame_index, p.key_index) for p in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.here, other.here)
        np.testing.assert_array_equal(one.in_key, other.in_key)


@pytest.fixture(scope="module")
def unbroken() -> list[FramePoints]:
    """Return what one run over the whole video measures."""
    video, watch = Video(), CameraWatch(None)
    watched(watch, video)
    found = points(watch, video)
    assert video.decoded == FRAMES, "nothing is decoded twice"
    assert np.mean([len(p.here) > 20 for p in found]) > 0.9
    assert len({p.key_index for p in found}) > 4, "the picture slides by more than its width"
    return found


def test_blocks_begin_where_detection_goes_on_after_a_break() -> None:
    assert BLOCK == ANCHOR


def test_a_second_run_decodes_nothing(tmp_path: Path, unbroken: list[FramePoints]) -> None:
    first, second, video = CameraWatch(tmp_path), CameraWatch(tmp_path), Video()
    watched(first, Video())
    points(first, video)
    assert_same(points(second, video), unbroken)
    assert video.decoded == 0


def test_a_run_whose_detections_were_known_decodes_for_the_camera(unbroken: list[FramePoints]) -> None:
    assert_same(points(CameraWatch(None), Video()), unbroken)


def test_a_run_that_goes_on_after_a_break_measures_the_same(tmp_path: Path, unbroken: list[FramePoints]) -> None:
    broken, goes_on, video = CameraWatch(tmp_path), CameraWatch(tmp_path), Video()
    watched(broken, Video(), end=BLOCK + 10)
    watched(goes_on, video, start=BLOCK)
    assert_same(points(goes_on, video), unbroken)
    assert video.decoded == FRAMES - BLOCK


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY"])
def test_a_damaged_store_is_measured_again(tmp_path: Path, unbroken: list[FramePoints], content: bytes) -> None:
    watch = CameraWatch(tmp_path)
    watched(watch, Video())
    points(watch, Video())
    for stored in tmp_path.iterdir():
        stored.write_bytes(content)
    assert_same(points(CameraWatch(tmp_path), Video()), unbroken)


def test_it_stops_when_cancelled() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        CameraWatch(None).points(Video(), INDEX, TIMES, cancel)
