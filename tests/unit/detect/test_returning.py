"""Test matching returning people by clothes and size: joined if clear, else suggested."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import SKELETONS
from pipeline.detect.appearance import LENGTH, PARTS, colours, difference
from pipeline.detect.returning import Appearance, Return, returns
from pipeline.detect.tracker import Tracker

RED, BLUE, DARK = (50.0, 60.0, 40.0), (40.0, 10.0, -50.0), (20.0, 0.0, 0.0)  # L*, a*, b*
COCO = SKELETONS["coco17"]


def dressed(upper: tuple[float, ...], lower: tuple[float, ...], shift: float = 0.0) -> np.ndarray:
    return np.array([upper, upper, lower, lower]).ravel() + shift


def track(identity: int, first: int, last: int, clothes: np.ndarray, size: float = 200.0, looks: int = 8) -> Appearance:
    return Appearance(identity, first, last, size, clothes, looks)


def test_the_same_clothes_after_any_time_are_the_same_person() -> None:
    one, two = track(1, 0, 29, dressed(RED, DARK)), track(2, 5000, 5040, dressed(RED, DARK, 1.5), size=150)
    assert returns([two, one]) == [Return(1, 2, sure=True)]


def test_two_people_in_one_frame_are_two() -> None:
    assert returns([track(1, 0, 300, dressed(RED, DARK)), track(2, 300, 340, dressed(RED, DARK))]) == []


def test_other_clothes_are_somebody_else() -> None:
    assert returns([track(1, 0, 29, dressed(RED, DARK)), track(2, 90, 140, dressed(BLUE, DARK))]) == []


@pytest.mark.parametrize(
    ("clothes", "size"),
    [(dressed(RED, DARK, 6.0), 200.0), (dressed(RED, DARK), 90.0)],
    ids=["another light", "another size"],
)
def test_what_is_not_clear_is_only_suggested(clothes: np.ndarray, size: float) -> None:
    one, two = track(1, 0, 29, dressed(RED, DARK)), track(2, 90, 140, clothes, size)
    assert returns([one, two]) == [Return(1, 2, sure=False)]


def test_a_team_in_one_dress_is_not_told_apart_by_it() -> None:
    people = [
        track(1, 0, 29, dressed(RED, DARK)),
        track(2, 0, 200, dressed(RED, DARK, 1)),
        track(3, 90, 140, dressed(RED, DARK)),
    ]
    assert returns(people) == [Return(1, 3, sure=False)]


def test_who_comes_back_twice_is_still_one() -> None:
    people = [track(n, 100 * n, 100 * n + 50, dressed(RED, DARK, 0.3 * n)) for n in range(1, 4)]
    people.append(track(4, 0, 400, dressed(BLUE, DARK)))
    assert returns(people) == [Return(1, 2, sure=True), Return(2, 3, sure=True)]


def test_who_was_hardly_looked_at_is_nobody_known() -> None:
    nothing = np.full(LENGTH, np.nan)
    assert returns([track(1, 0, 29, dressed(RED, DARK)), track(2, 90, 99, dressed(RED, DARK), looks=1)]) == []
    assert returns([track(1, 0, 29, nothing, looks=0), track(2, 90, 140, nothing, looks=0)]) == []


def standing(x: float, height: float = 200.0) -> np.ndarray:
    """Return the COCO joints (17, 2) px of a person who stands at `x`."""
    side = np.array([0, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]) * 0.1
    down = np.array([0.1, 0.08, 0.08, 0.1, 0.1, 0.2, 0.2, 0.35, 0.35, 0.5, 0.5, 0.5, 0.5, 0.75, 0.75, 1, 1])
    return np.stack([x + side * height, 20 + down * height], axis=1).astype(np.float32)


def seen(joints: np.ndarray) -> Pose2D:
    box = np.concatenate([joints.min(0), joints.max(0)])[None]
    return Pose2D(box, joints[None], np.ones((1, 17), np.float32), "coco17")


def painted(x: float, upper: int, lower: int) -> np.ndarray:
    """Return a grey image with a person at `x` in grey levels above and below the hips."""
    image = np.full((300, 400, 3), 128, np.uint8)
    left, right = int(x - 40), int(x + 40)
    image[55:120, left:right], image[121:230, left:right] = upper, lower
    return image


def test_colours_are_read_on_the_body() -> None:
    pose = seen(standing(200))
    one, same, other = (colours(painted(200, *levels), pose)[0] for levels in ((240, 20), (240, 20), (20, 240)))
    assert np.isfinite(one).sum() == LENGTH
    assert difference(one, same) == 0
    assert difference(one, other) > 30
    assert one.reshape(PARTS, 3)[0, 0] == pytest.approx(94.5, abs=1)  # L* of 240


def test_parts_that_are_not_seen_are_not_known() -> None:
    pose = seen(standing(-300))  # beyond the edge
    assert np.isnan(colours(painted(200, 240, 20), pose)).all()
    hidden = Pose2D(
        pose.boxes_image, standing(200)[None], np.where(np.arange(17) > 12, 0.1, 1)[None].astype(np.float32), "coco17"
    )
    assert np.isnan(colours(painted(200, 240, 20), hidden)[0].reshape(PARTS, 3)[2:]).all()


def test_joined_tracks_are_one_track_with_a_gap() -> None:
    tracker = Tracker("coco17", Camera((400, 300), 60))
    nobody = Pose2D.nobody("coco17")
    for row in range(400):
        pose = seen(standing(100)) if row < 30 else seen(standing(300)) if row >= 350 else nobody
        tracker.update(row, row / 30, pose)
    assert sorted(tracker.identities()) == [1, 2]
    before = tracker.track(1, 1).seen | tracker.track(2, 1).seen
    joined = tracker.join(1, 2)
    assert tracker.identities(0.5) == [joined]
    track = tracker.track(joined, 1)
    np.testing.assert_array_equal(track.seen, before)
    assert track.seen.sum() == 80
    np.testing.assert_array_equal(track.joints_image[360], standing(300))
    tracker.update(400, 400 / 30, seen(standing(301)))  # the track goes on
    assert tracker.track(joined, 1).seen.sum() == 81
