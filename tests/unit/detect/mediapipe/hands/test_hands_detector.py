"""Test that located hands travel with their person: through detector, cache, tracker and the file of a take."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.core.camera import Camera, Frame
from pipeline.core.concurrency import CancelToken
from pipeline.core.hands.points import Hands
from pipeline.core.poses import Pose2D
from pipeline.core.take import Take
from pipeline.detect.base import Detector, LooksAhead
from pipeline.detect.detect_video import ObserveStats, cache_for, observe
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.hands.detector import with_hands
from pipeline.detect.tracker import Tracker
from pipeline.sources.file.video import VideoSource
from pipeline.take.file import load_take, save_take

END_S = 1.5


class Standing:
    """Detect one person with hands that the body network itself gives, in 2D only."""

    name, skeleton, cache_key = "standing", "coco17", "standing-1"

    def detect(self, frame: Frame) -> Pose2D:
        rng = np.random.default_rng(0)
        joints = rng.uniform(0, 100, (1, 17, 2)).astype(np.float32)
        own = Hands.unseen(1)
        own.joints_image[0, 1] = rng.uniform(0, 100, (21, 2))
        own.scores[0, 1] = 0.5
        return Pose2D(np.zeros((1, 4), np.float32), joints, np.ones((1, 17), np.float32), "coco17", extras=own.extras)

    def reset(self) -> None: ...

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None: ...

    def close(self) -> None: ...


def test_hands_travel_with_their_person(sample_path: Path, tmp_path: Path) -> None:
    source, detector = VideoSource(sample_path), with_hands(MediaPipeDetector(), 2)
    assert isinstance(detector, Detector)
    assert isinstance(detector, LooksAhead)
    assert detector.cache_key.startswith(MediaPipeDetector().cache_key)
    tracker = Tracker(detector.skeleton, Camera.of(source.info))
    first = list(
        observe(source, detector, cache_for(source.info, detector), CancelToken(), ObserveStats(), end_s=END_S)
    )
    stats = ObserveStats()
    again = list(observe(source, detector, cache_for(source.info, detector), CancelToken(), stats, end_s=END_S))
    source.close()
    detector.close()
    assert stats.detected == 0
    for (index, time_s, pose), (_, _, kept) in zip(first, again, strict=True):
        assert pose.extras.keys() == kept.extras.keys()
        for name, values in pose.extras.items():
            np.testing.assert_array_equal(kept.extras[name], values)
        tracker.update(index, time_s, kept)
    tracks = tuple(tracker.track(identity, n + 1) for n, identity in enumerate(tracker.identities()))
    seen = [hands.observed.sum() for track in tracks if (hands := Hands.of(track.extras)) is not None]
    located = sum(hands.observed.sum() for _, _, pose in first if (hands := Hands.of(pose.extras)) is not None)
    assert 20 <= sum(seen) <= located
    loaded = load_take(save_take(Take(source.info, tracks, (), None), tmp_path / "hands.pose3d"))
    for track, other in zip(tracks, loaded.tracks2d, strict=True):
        assert track.extras.keys() == other.extras.keys()
        for name, values in track.extras.items():
            np.testing.assert_array_equal(other.extras[name], values)


def test_looking_ahead_gives_the_hands_of_the_same_frames(sample_path: Path) -> None:
    """BlazePose full looks at everybody in every frame, so both ways give the same people."""
    source = VideoSource(sample_path)
    frames = list(source.frames(1.0, 1.4))
    source.close()
    detector = with_hands(MediaPipeDetector(), 2)
    assert isinstance(detector, LooksAhead)
    plain = [detector.detect(frame) for frame in frames]
    detector.reset()
    ahead = [detector.advance(frame) for frame in frames]
    assert ahead[0] is None
    later = [*ahead[1:], detector.finish()]
    assert detector.finish() is None
    detector.close()
    assert any("hands" in pose.extras for pose in plain)
    for one, other in zip(plain, later, strict=True):
        assert other is not None
        assert one.extras.keys() == other.extras.keys()
        for name, values in one.extras.items():
            np.testing.assert_allclose(other.extras[name], values, atol=1e-3)


def test_hands_that_only_the_body_network_saw_stay() -> None:
    detector = with_hands(Standing(), 1)
    assert not isinstance(detector, LooksAhead)
    frame = Frame(0, 0.0, np.zeros((120, 120, 3), np.uint8))
    own, pose = Standing().detect(frame), detector.detect(frame)
    detector.close()
    np.testing.assert_array_equal(pose.extras["hands"], own.extras["hands"])
    assert "hands_relative" not in pose.extras


def test_people_without_visible_hands_have_no_extras() -> None:
    class Plain(Standing):
        def detect(self, frame: Frame) -> Pose2D:
            pose = super().detect(frame)
            return Pose2D(pose.boxes_image, pose.joints_image, pose.scores, "coco17")

    detector = with_hands(Plain(), 1)
    assert detector.detect(Frame(0, 0.0, np.zeros((120, 120, 3), np.uint8))).extras == {}
    detector.close()
