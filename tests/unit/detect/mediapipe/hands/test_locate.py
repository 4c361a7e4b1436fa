"""Test where hands are found, to which arm they belong, and when they count as not observed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.hands.points import MIN_HAND_PX, WRIST, Hands
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import BLAZEPOSE33, COCO17
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.hands.locate import HandLocator
from pipeline.detect.mediapipe.hands.regions import hand_size_px

LEFT, RIGHT = 0, 1


@pytest.fixture(scope="module")
def frames(sample_path: Path) -> list[tuple[Frame, Pose2D]]:
    from pipeline.sources.file.video import VideoSource

    source, detector = VideoSource(sample_path), MediaPipeDetector()
    seen = [(frame, detector.detect(frame)) for frame in source.frames(0.6, 2.0)]
    source.close()
    detector.close()
    return seen


@pytest.fixture
def locator() -> Iterator[HandLocator]:
    made = HandLocator(2)
    yield made
    made.close()


def test_hands_are_found_at_their_arms(frames: list[tuple[Frame, Pose2D]], locator: HandLocator) -> None:
    found = np.zeros(2, int)
    for frame, pose in frames:
        hands = locator.locate(frame.bgr, pose)
        found += hands.observed.sum(axis=0)
        assert np.isnan(hands.joints_image[~hands.observed]).all()
        assert np.isfinite(hands.relative[hands.observed]).all()
        for person, side in np.argwhere(hands.observed):
            joints = hands.joints_image[person, side]
            wrists = pose.joints_image[person, [BLAZEPOSE33.index("left_wrist"), BLAZEPOSE33.index("right_wrist")]]
            away = np.linalg.norm(joints[WRIST] - wrists, axis=-1)
            assert hand_size_px(joints) >= MIN_HAND_PX
            assert away[side] <= max(away[1 - side], 0.3 * hand_size_px(joints) + 1e-3)
    assert found.min() >= 8


def test_frames_and_threads_do_not_change_the_numbers(frames: list[tuple[Frame, Pose2D]]) -> None:
    several, alone = HandLocator(4), HandLocator(1, "auto")
    for frame, pose in frames[:12]:
        one, other = several.locate(frame.bgr, pose), alone.locate(frame.bgr, pose)
        np.testing.assert_array_equal(one.joints_image, other.joints_image)
    several.close()
    alone.close()


def test_a_resumed_run_follows_the_same_hands(frames: list[tuple[Frame, Pose2D]], locator: HandLocator) -> None:
    every = [locator.locate(frame.bgr, pose) for frame, pose in frames]
    middle = len(frames) // 2
    locator.reset()
    locator.resume(every[middle - 1])
    frame, pose = frames[middle]
    again = locator.locate(frame.bgr, pose)
    np.testing.assert_array_equal(again.observed, every[middle].observed)
    seen = again.observed
    np.testing.assert_allclose(again.joints_image[seen], every[middle].joints_image[seen], atol=0.01)


def test_one_hand_is_not_both_hands(frames: list[tuple[Frame, Pose2D]], locator: HandLocator) -> None:
    """Both arms of the pose end at the same hand, as when a detector confuses crossed arms."""
    alone, both = 0, 0
    for frame, pose in frames:
        hands = locator.locate(frame.bgr, pose)
        alone += int(hands.observed[:, LEFT].sum())
        joints, scores = pose.joints_image.copy(), pose.scores.copy()
        joints[:, BLAZEPOSE33.right], scores[:, BLAZEPOSE33.right] = (
            joints[:, BLAZEPOSE33.left], scores[:, BLAZEPOSE33.left]
        )  # fmt: skip
        locator.reset()
        hands = locator.locate(frame.bgr, replace(pose, joints_image=joints, scores=scores))
        both += int(hands.observed.sum())
        assert hands.observed.sum(axis=1).max(initial=0) <= 1
    assert alone >= 8
    assert both >= 8


def test_small_hidden_and_missing_hands_are_not_observed(
    frames: list[tuple[Frame, Pose2D]], locator: HandLocator
) -> None:
    for frame, pose in frames[::4]:
        small = replace(pose, joints_image=pose.joints_image / 2)
        assert not locator.locate(np.ascontiguousarray(frame.bgr[::2, ::2]), small).observed.any()
        hidden = replace(pose, scores=np.zeros_like(pose.scores))
        assert not locator.locate(frame.bgr, hidden).observed.any()
        assert not locator.locate(np.full_like(frame.bgr, 128), pose).observed.any()
    nobody = locator.locate(frames[0][0].bgr, Pose2D.nobody("blazepose33"))
    assert nobody.joints_image.shape == (0, 2, 21, 2)


def test_a_skeleton_without_fingers_is_enough(frames: list[tuple[Frame, Pose2D]], locator: HandLocator) -> None:
    order = [BLAZEPOSE33.index(name) for name in COCO17.names]
    found = 0
    for frame, pose in frames:
        coco = Pose2D(pose.boxes_image, pose.joints_image[:, order], pose.scores[:, order], "coco17")
        found += int(locator.locate(frame.bgr, coco).observed.sum())
    assert found >= 8


def test_hands_exchange_sides_and_rows() -> None:
    hands = Hands.unseen(3)
    hands.scores[1, LEFT] = 0.9
    hands.joints_image[1, LEFT] = 5.0
    assert hands.mirrored().observed.tolist() == [[False, False], [False, True], [False, False]]
    assert hands.rows(slice(1, 2)).observed.tolist() == [[True, False]]
    with pytest.raises(ValueError, match="scores of hands"):
        Hands(hands.joints_image, hands.scores[:, :1], hands.relative)
