"""Test a person's track: detector and H36M-17 joints stay consistent in every row operation."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.poses import PersonTrack, Pose2D
from pipeline.core.skeletons import COCO17, H36M17, h36m17_from
from pipeline.detect.tracker import Tracker

COUNT = 12


def track_of(seed: int, person: int = 1) -> PersonTrack:
    rng = np.random.default_rng(seed)
    joints = rng.uniform(0, 500, (COUNT, 17, 2)).astype(np.float32)
    scores = rng.uniform(0.3, 1, (COUNT, 17)).astype(np.float32)
    joints[4, 3:6], scores[4, 3:6] = np.nan, 0
    return PersonTrack.of(person, np.arange(COUNT), np.arange(COUNT) / 30, joints, scores, "coco17")


def check(track: PersonTrack) -> None:
    joints, scores = h36m17_from(track.skeleton, track.joints_image, track.scores)
    np.testing.assert_array_equal(track.h36m17[0], joints)
    np.testing.assert_array_equal(track.h36m17[1], scores)


def test_rows_are_cut_from_both() -> None:
    part = track_of(0).rows(slice(3, 7))
    assert part.frame_index.tolist() == [3, 4, 5, 6]
    assert part.h36m17[0].shape == (4, 17, 2)
    check(part)


def test_rows_of_two_people_are_joined_in_both() -> None:
    one, two = track_of(0), track_of(1, person=2)
    mine = np.arange(COUNT) < 5
    joined = one.where(mine, two)
    np.testing.assert_array_equal(joined.joints_image[5:], two.joints_image[5:])
    check(joined)
    alone = one.where(mine)
    assert alone.seen.tolist() == mine.tolist()
    assert (alone.scores[5:] == 0).all()
    check(alone)


def test_left_and_right_are_swapped_in_both() -> None:
    track = track_of(0)
    other = track.mirrored()
    np.testing.assert_array_equal(other.joints_image, track.joints_image[:, COCO17.mirror])
    np.testing.assert_array_equal(other.h36m17[0], track.h36m17[0][:, H36M17.mirror])
    check(other)


def test_the_tracker_keeps_both_from_frame_to_frame() -> None:
    track = track_of(0)
    tracker = Tracker("coco17", Camera.assumed((640, 480), 30.0), one_person=True)
    for row in range(COUNT):
        joints, scores = track.joints_image[[row]], track.scores[[row]]
        box = np.concatenate([np.nanmin(joints, axis=1), np.nanmax(joints, axis=1)], axis=1)
        people = Pose2D.nobody("coco17") if row == 7 else Pose2D(box, joints, scores, "coco17")
        tracker.update(row, row / 30, people)
    kept = tracker.track(1, 5)
    assert kept.person == 5
    assert kept.seen.tolist() == [row != 7 for row in range(COUNT)]
    np.testing.assert_array_equal(kept.rows(slice(0, 7)).joints_image, track.joints_image[:7])
    check(kept)
    check(tracker.rows(1, 2, 5))


def test_wrong_shapes_are_refused() -> None:
    track = track_of(0)
    with pytest.raises(ValueError, match=r"h36m17 joints has shape \(11, 17, 2\), expected \(12, 17, 2\)"):
        PersonTrack(
            1,
            track.frame_index,
            track.time_s,
            track.joints_image,
            track.scores,
            "coco17",
            (track.h36m17[0][1:], track.scores),
        )
