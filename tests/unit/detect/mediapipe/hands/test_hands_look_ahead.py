"""Test that quiet hands are located in every second frame, near where they are, and that unseen ones rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core.hands.points import Hands
from pipeline.core.poses import Pose2D
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.hands.locate import HandLocator
from pipeline.detect.mediapipe.hands.look_ahead import halfway, may_rest, moved_evenly
from pipeline.detect.mediapipe.hands.networks import HandNetworks, HandPoints
from pipeline.detect.mediapipe.hands.regions import hand_size_px

HAND = np.random.default_rng(0).uniform(0, 100, (21, 2)).astype(np.float32)
SIZE = hand_size_px(HAND)


def at(shift: float) -> np.ndarray:
    """Return the hand moved by a share of its size."""
    return HAND + np.float32(shift * SIZE)


@pytest.mark.parametrize(("step", "rests"), [(0.0, True), (0.1, True), (0.2, False)])
def test_a_hand_rests_while_it_moves_little(step: float, rests: bool) -> None:
    assert may_rest(at(0), (at(-step), at(-2 * step))) == rests
    assert not may_rest(at(0), (at(-step),)), "two frames are too few to know"


def test_an_even_motion_is_interpolated_and_an_abrupt_one_is_not() -> None:
    past = (at(-0.05), at(-0.1))
    assert moved_evenly(at(0), at(0.1), past)
    np.testing.assert_allclose(halfway(at(0), at(0.1)), at(0.05), atol=1e-4)
    assert not moved_evenly(at(0), at(0.6), past)
    assert not moved_evenly(at(0), at(-0.15), past), "it turned round"


@pytest.fixture(scope="module")
def frames(sample_path: Path) -> list[tuple[np.ndarray, Pose2D]]:
    from pipeline.sources.file.video import VideoSource

    source, detector = VideoSource(sample_path), MediaPipeDetector()
    seen = [(frame.bgr, detector.detect(frame)) for frame in source.frames(0.0, 1.6)]
    source.close()
    detector.close()
    return seen


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the runs of the landmark network; the list has one number."""
    counted, locate = [0], HandNetworks.points

    def points(self: HandNetworks, rgb: np.ndarray) -> HandPoints:
        counted[0] += 1
        return locate(self, rgb)

    monkeypatch.setattr(HandNetworks, "points", points)
    return counted


def located(frames: list[tuple[np.ndarray, Pose2D]], ahead: bool) -> list[Hands]:
    locator = HandLocator(2)
    following = [bgr if ahead else None for bgr, _ in frames[1:]] + [None]
    found = [locator.locate(bgr, pose, then) for (bgr, pose), then in zip(frames, following, strict=True)]
    locator.close()
    return found


def test_hands_of_a_quiet_video_take_fewer_looks_and_stay_where_they_are(
    frames: list[tuple[np.ndarray, Pose2D]], looks: list[int]
) -> None:
    plainly = located(frames, ahead=False)
    most = max(range(len(frames)), key=lambda row: int(plainly[row].observed.sum()))
    looks[0] = 0
    still = [frames[most]] * 30  # one image again and again: nothing moves
    each = located(still, ahead=False)
    plain, looks[0] = looks[0], 0
    resting = located(still, ahead=True)
    found = int(each[-1].observed.sum())
    assert found >= 1
    assert plain - looks[0] >= 10 * found, "half of the looks of each hand, less the first frames"
    away = []
    for one, other in zip(each, resting, strict=True):
        for hand in zip(*np.nonzero(one.observed & other.observed), strict=True):
            off = np.linalg.norm(one.joints_image[hand] - other.joints_image[hand], axis=-1).mean()
            away.append(off / hand_size_px(one.joints_image[hand]))
    assert len(away) >= 25 * found
    assert np.median(away) < 0.05


def test_moving_hands_are_found_as_often_and_near_where_they_are(frames: list[tuple[np.ndarray, Pose2D]]) -> None:
    each, resting = located(frames, ahead=False), located(frames, ahead=True)
    count = [sum(int(hands.observed.sum()) for hands in found) for found in (each, resting)]
    assert count[1] >= 0.9 * count[0] > 0
    shares = []
    for one, other in zip(each, resting, strict=True):
        for at_ in zip(*np.nonzero(one.observed & other.observed), strict=True):
            off = np.linalg.norm(one.joints_image[at_] - other.joints_image[at_], axis=-1).mean()
            shares.append(off / hand_size_px(one.joints_image[at_]))
    assert np.median(shares) < 0.03
    assert np.percentile(shares, 90) < 0.12


def test_a_hand_that_is_not_there_is_searched_less_often(
    frames: list[tuple[np.ndarray, Pose2D]], looks: list[int]
) -> None:
    """The arms are those of a person, and the image is grey."""
    bgr, pose = frames[20]
    grey = [(np.full_like(bgr, 120), pose)] * 36
    assert not any(hands.observed.any() for hands in located(grey, ahead=False))
    searched = looks[0]
    looks[0] = 0
    located(grey[:1], ahead=False)
    assert searched <= 0.55 * 36 * looks[0]


def test_two_runs_give_the_same_numbers(frames: list[tuple[np.ndarray, Pose2D]]) -> None:
    for one, other in zip(located(frames[:20], True), located(frames[:20], True), strict=True):
        np.testing.assert_array_equal(one.joints_image, other.joints_image)
