"""Test looking at people in every second frame: when, what stands between, and what happens if they then hurry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.poses import Pose2D
from pipeline.detect.crops import Square
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.landmarks import PeopleLocator, Person
from pipeline.detect.mediapipe.look_ahead import between, is_far, may_rest, moved_evenly, settle, skip

STEP_S = 1 / 30
BODY = np.random.default_rng(0).uniform(0, 100, (33, 2)).astype(np.float32)
BODY[[11, 12, 27, 28]] = [[0, 0], [100, 0], [0, 100], [100, 100]]  # the body's size is 100 px


def person(*paths: float, score: float = 0.9) -> Person:
    """Return a person who was at these places (px along x) in the last frames, the newest first."""
    now, *past = (BODY + np.float32([x, 0]) for x in paths)
    return Person(Square(0, 0, 250, (0, -1)), now, np.full(33, score, np.float32), 0.9, past=tuple(past))


class TestRules:
    def test_who_moves_little_may_be_skipped(self) -> None:
        assert may_rest(person(7, 0, -7), STEP_S)  # 14 px up to the frame after next: 14 % of the size
        assert not may_rest(person(8, 0, -8), STEP_S)
        assert not may_rest(person(7, 0, -7), 1 / 20), "too long between two looks"
        assert not may_rest(person(7, 0), STEP_S), "new here"
        assert not may_rest(skip(person(7, 0, -7), STEP_S), STEP_S), "never twice in a row"
        assert not may_rest(person(0, 0, 0, score=0.2), STEP_S), "nothing of the body is seen"

    def test_what_is_not_seen_does_not_decide(self) -> None:
        one = person(0, 0, 0)
        one.joints[27] += 50
        assert not may_rest(one, STEP_S)
        one.scores[27] = 0.1
        assert may_rest(one, STEP_S)

    def test_even_motion_is_interpolated_by_time(self) -> None:
        waiting, found = skip(person(0, -4, -8), STEP_S), person(8)
        found.scores[:] = 0.5
        assert moved_evenly(waiting, found, STEP_S)
        middle = between(waiting, found, STEP_S)
        np.testing.assert_allclose(middle.joints, BODY + [4, 0], atol=1e-4)
        np.testing.assert_allclose(middle.scores, 0.7, atol=1e-6)
        late = between(waiting, found, 3 * STEP_S)
        np.testing.assert_allclose(late.joints, BODY + [2, 0], atol=1e-4)

    def test_a_turn_is_not(self) -> None:
        """A hand at its turning point ends where it began: halfway it was elsewhere."""
        waiting = skip(person(0, 3, 6.5), STEP_S)
        assert not is_far(waiting, person(0))
        assert not moved_evenly(waiting, person(0), STEP_S)  # the bend of 6.5 px / 8 is 0.81 % of the size
        assert moved_evenly(skip(person(0, 3, 6.3), STEP_S), person(0), STEP_S)

    def test_far_or_gone_or_late_is_not(self) -> None:
        waiting = skip(person(0, -8, -16), STEP_S)
        assert is_far(waiting, None)
        assert is_far(waiting, person(16))
        assert not moved_evenly(waiting, person(16), STEP_S)
        assert moved_evenly(waiting, person(14), STEP_S)
        assert not moved_evenly(waiting, person(14), 0.07)

    def test_a_settled_person_has_a_past_without_gaps(self) -> None:
        waiting = skip(person(0, -4, -8), STEP_S)
        settle(waiting, between(waiting, person(8), STEP_S))
        assert waiting.skipped_s == 0
        assert [float(joints[11, 0]) for joints in (waiting.joints, *waiting.past)] == [4, 0, -4]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the runs of the landmark network."""
    seen: list[int] = []
    locate = PeopleLocator.locate
    monkeypatch.setattr(PeopleLocator, "locate", lambda self, *a: seen.append(1) or locate(self, *a))
    return seen


@pytest.fixture
def heavy(with_heavy: None) -> Iterator[MediaPipeDetector]:
    made = MediaPipeDetector(DetectConfig(detector="mediapipe-heavy"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def street(sample_path: Path) -> np.ndarray:
    from pipeline.sources.file.video import VideoSource

    source = VideoSource(sample_path)
    bgr = source.frame_at(84 / 30 + 0.001).bgr
    source.close()
    return bgr


def panned(street: np.ndarray, offsets: list[int]) -> list[Frame]:
    """Return frames of a camera that turns by whole pixels."""
    return [Frame(i, i / 30, np.roll(street, x, axis=1)) for i, x in enumerate(offsets)]


def ahead(detector: MediaPipeDetector, frames: list[Frame]) -> list[Pose2D]:
    detector.reset()
    answers = [detector.advance(frame) for frame in frames]
    assert answers[0] is None
    last = detector.finish()
    assert detector.finish() is None
    found = [pose for pose in (*answers[1:], last) if pose is not None]
    assert len(found) == len(frames)
    return found


def apart(found: list[Pose2D], expected: list[Pose2D]) -> list[float]:
    """Return the mean distance of the people's joints, in body sizes, by frame."""
    far = []
    for pose, truth in zip(found, expected, strict=True):
        assert len(pose.scores) == len(truth.scores) == 2
        size = np.ptp(truth.joints_image, axis=1).max()
        far.append(float(np.linalg.norm(pose.joints_image - truth.joints_image, axis=-1).mean() / size))
    return far


def test_half_of_the_looks_find_the_same(heavy: MediaPipeDetector, street: np.ndarray, looks: list[int]) -> None:
    frames = panned(street, [2 * i for i in range(16)])
    truth = [heavy.detect(frame) for frame in frames]
    every = len(looks)
    found = ahead(heavy, frames)
    assert len(looks) - every <= 0.7 * every
    assert max(apart(found, truth)) < 0.006


def test_who_jumps_is_looked_at_in_the_skipped_frame(heavy: MediaPipeDetector, street: np.ndarray) -> None:
    """Wherever the jump falls in the rhythm: the frame before it has the old place, the one after it the new."""
    for jump in (8, 9):
        frames = panned(street, [0] * jump + [40] * 6)
        truth = [heavy.detect(frame) for frame in frames]
        heavy.reset()
        assert max(apart(ahead(heavy, frames), truth)) < 0.01


def test_another_size_or_an_earlier_time_settles_the_frame_before(heavy: MediaPipeDetector, street: np.ndarray) -> None:
    frames = panned(street, [0] * 6)
    frames += [Frame(6 + i, i / 30, street) for i in range(6)]  # the time starts again
    frames += [Frame(12 + i, 1 + i / 30, street[:, : street.shape[1] // 2].copy()) for i in range(6)]
    found = ahead(heavy, frames)
    assert [len(pose.scores) for pose in found] == [2] * 12 + [1] * 6


def test_full_looks_at_everybody_in_every_frame(street: np.ndarray, looks: list[int]) -> None:
    detector = MediaPipeDetector(DetectConfig(detector="mediapipe"))
    frames = panned(street, [0] * 8)
    truth = [detector.detect(frame) for frame in frames]
    every = len(looks)
    found = ahead(detector, frames)
    detector.close()
    assert len(looks) == 2 * every
    for pose, expected in zip(found, truth, strict=True):
        np.testing.assert_array_equal(pose.joints_image, expected.joints_image)
