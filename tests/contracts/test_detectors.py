"""Test the contract of every 2D detector that can be used here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import registry
from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import SKELETONS
from pipeline.detect.base import Detector
from pipeline.detect.create import create_detector, listing

Maker = Callable[[DetectConfig], Detector]


def mediapipe(request: pytest.FixtureRequest) -> Maker:
    return registry.find("detector", "mediapipe").load()


def mediapipe_heavy(request: pytest.FixtureRequest) -> Maker:
    """Make the embedded detector with BlazePose heavy, wherever the test environment has its weights."""
    folder = request.getfixturevalue("heavy_folder")

    def make(config: DetectConfig) -> Detector:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOURGLASS_WEIGHTS", str(folder))
            return create_detector(replace(config, detector="mediapipe-heavy"))

    return make


def mmpose(request: pytest.FixtureRequest) -> Maker:
    """Make MMPose's network with the stand-in weights of `mmpose_oracle`."""
    from pipeline.detect.mmpose.topdown import MMPoseTopDown
    from tests.helpers.mmpose_oracle import oracle_network

    network = oracle_network()
    return lambda config: MMPoseTopDown(network, "rtmpose-t", "0" * 64, config)


@pytest.fixture(scope="module", params=[mediapipe, mediapipe_heavy, mmpose], ids=lambda maker: maker.__name__)
def kind(request: pytest.FixtureRequest) -> Maker:
    """Return the function that makes the detector from its settings."""
    return request.param(request)


@pytest.fixture(scope="module")
def shared(kind: Maker) -> Iterator[Detector]:
    made = kind(DetectConfig())
    yield made
    made.close()


@pytest.fixture
def detector(shared: Detector) -> Detector:
    shared.reset()
    return shared


@pytest.fixture(scope="module")
def frames(sample_path: Path) -> list[Frame]:
    """Return frames 80 to 91 of the sample video: a man on a roof and a walking woman."""
    from pipeline.sources.file.video import VideoSource

    source = VideoSource(sample_path)
    chosen = list(source.frames(80 / 30 - 0.005, 92 / 30 - 0.005))
    source.close()
    assert len(chosen) == 12
    return chosen


def people_of(pose: Pose2D) -> list[tuple[float, float]]:
    """Return the hip centres from left to right."""
    names = SKELETONS[pose.skeleton].names
    hips = [names.index("left_hip"), names.index("right_hip")]
    return sorted((float(x), float(y)) for x, y in pose.joints_image[:, hips].mean(axis=1))


def assert_sound(pose: Pose2D, size: tuple[int, int], most: int) -> None:
    assert len(pose.scores) <= most
    assert pose.boxes_image.dtype == pose.joints_image.dtype == pose.scores.dtype == np.float32
    assert np.isfinite(pose.scores).all()
    assert ((pose.scores >= 0) & (pose.scores <= 1)).all()
    assert np.isfinite(pose.joints_image[pose.scores > 0]).all()
    assert (pose.boxes_image[:, 2:] > pose.boxes_image[:, :2]).all()
    beyond = (pose.joints_image < -0.1 * max(size)) | (pose.joints_image > np.array(size) + 0.1 * max(size))
    assert (pose.scores[beyond.any(axis=-1)] < 0.3).all(), "a joint far outside the picture is not trusted"


class TestDetectorContract:
    def test_fits_the_protocol(self, detector: Detector) -> None:
        assert isinstance(detector, Detector)
        assert detector.name in {info.name for info in listing()}
        assert detector.skeleton in SKELETONS

    def test_finds_both_people_where_they_are(self, detector: Detector, frames: list[Frame]) -> None:
        for frame in frames:
            pose = detector.detect(frame)
            assert pose.skeleton == detector.skeleton
            assert_sound(pose, (1768, 994), 4)
            (man_x, man_y), (woman_x, woman_y) = people_of(pose)
            step = frame.index - 80  # she walks ten pixels a frame to the left
            assert abs(man_x - 638) < 25
            assert abs(man_y - 275) < 40
            assert abs(woman_x - (1228 - 10 * step)) < 25
            assert abs(woman_y - 730) < 25
            left, right = pose.boxes_image[np.argsort(pose.boxes_image[:, 0])]
            assert left[3] - left[1] > 250
            assert right[3] - right[1] > 250

    @pytest.mark.parametrize("size", [(640, 360), (32, 24), (1, 1), (24, 400)])
    def test_nobody_in_a_black_picture(self, detector: Detector, size: tuple[int, int]) -> None:
        for i in range(3):
            pose = detector.detect(Frame(i, i / 30, np.zeros((size[1], size[0], 3), np.uint8)))
            assert pose.scores.shape == (0, len(SKELETONS[detector.skeleton].names))
            assert pose.skeleton == detector.skeleton

    def test_nobody_in_noise(self, detector: Detector) -> None:
        rng = np.random.default_rng(1)
        for i in range(3):
            noise = rng.integers(0, 255, (360, 640, 3), dtype=np.uint8)
            assert len(detector.detect(Frame(i, i / 30, noise)).scores) == 0

    def test_leaves_the_picture_alone(self, detector: Detector, frames: list[Frame]) -> None:
        before = frames[0].bgr.copy()
        detector.detect(frames[0])
        np.testing.assert_array_equal(frames[0].bgr, before)

    def test_portrait(self, detector: Detector, frames: list[Frame]) -> None:
        tall = np.ascontiguousarray(frames[0].bgr[:, 1000:1400])  # the woman, 400 x 994
        (x, y), *others = people_of(detector.detect(Frame(0, 0.0, tall)))
        assert not others
        assert abs(x - 228) < 25
        assert abs(y - 730) < 25

    def test_person_partly_outside(self, detector: Detector, frames: list[Frame]) -> None:
        """Cut the image at the knees: visible joints keep their position, feet have low scores."""
        names = SKELETONS[detector.skeleton].names
        feet, trunk = [names.index(f"{s}_ankle") for s in ("left", "right")], [names.index("left_hip")]
        whole = detector.detect(Frame(0, 0.0, np.ascontiguousarray(frames[0].bgr[400:, 1000:1400])))
        detector.reset()
        cut = detector.detect(Frame(0, 0.0, np.ascontiguousarray(frames[0].bgr[400:820, 1000:1400])))
        assert len(whole.scores) == len(cut.scores) == 1
        assert_sound(cut, (400, 420), 4)
        assert np.abs(whole.joints_image[0, trunk] - cut.joints_image[0, trunk]).max() < 20
        assert cut.scores[0, feet].max() < 0.5 < whole.scores[0, feet].min()

    def test_reset_starts_over_at_any_time(self, detector: Detector, frames: list[Frame]) -> None:
        first = [detector.detect(frame) for frame in frames[:3]]
        detector.reset()
        again = [detector.detect(frame) for frame in frames[:3]]  # earlier times than those seen before
        for one, other in zip(first, again, strict=True):
            np.testing.assert_array_equal(one.joints_image, other.joints_image)
            np.testing.assert_array_equal(one.scores, other.scores)

    def test_resume_follows_on_whom_it_is_told(self, detector: Detector, frames: list[Frame]) -> None:
        whole = [detector.detect(frame) for frame in frames[:8]]
        height, width = frames[0].bgr.shape[:2]
        detector.resume(whole[3], frames[3].time_s, (width, height))
        for frame, before in zip(frames[4:8], whole[4:], strict=True):
            now = people_of(detector.detect(frame))
            assert len(now) == 2
            np.testing.assert_allclose(now, people_of(before), atol=8)

    def test_times_may_lie_very_close(self, detector: Detector, frames: list[Frame]) -> None:
        for i, frame in enumerate(frames[:4]):
            assert len(detector.detect(Frame(i, 10 + i * 1e-4, frame.bgr)).scores) == 2

    def test_two_detectors_agree(self, kind: Maker, detector: Detector, frames: list[Frame]) -> None:
        other = kind(DetectConfig())
        try:
            assert other.cache_key == detector.cache_key
            for frame in frames[:6]:
                one, two = detector.detect(frame), other.detect(frame)
                np.testing.assert_array_equal(one.joints_image, two.joints_image)
                np.testing.assert_array_equal(one.scores, two.scores)
        finally:
            other.close()

    def test_no_more_people_than_asked_for(self, kind: Maker, detector: Detector, frames: list[Frame]) -> None:
        single = kind(DetectConfig(max_people=1))
        try:
            assert single.cache_key != detector.cache_key
            assert [len(single.detect(frame).scores) for frame in frames[:6]] == [1] * 6
        finally:
            single.close()

    def test_close_twice_leaves_no_thread(self, kind: Maker, frames: list[Frame]) -> None:
        before = set(threading.enumerate())
        made = kind(DetectConfig(max_people=1))
        made.detect(frames[0])
        assert set(threading.enumerate()) - before, "people are looked for in threads of their own"
        made.close()
        made.close()
        assert not set(threading.enumerate()) - before
