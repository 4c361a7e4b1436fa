"""Test identities over time, on real poses of the sample video: moved, dropped and mixed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import h36m17_from
from pipeline.detect.keypoint_similarity import iou, joint_box, oks
from pipeline.detect.tracker import Tracker

SAMPLE = Path(__file__).parents[2] / "data" / "blazepose_sample.npz"
SKELETON = "blazepose33"
SIZE = (1768, 994)
FPS = 30.0

Body = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def walker() -> Body:
    """Return joints (35, 33, 2) around the hip centre and scores (35, 33) of the walking woman.

    She is 350 px tall.
    """
    with np.load(SAMPLE, allow_pickle=False) as data:
        joints, scores = data["joints_image"][:35, 1], data["scores"][:35, 1]
    return joints - joints[:, [23, 24]].mean(axis=1, keepdims=True), scores


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.load(SAMPLE, allow_pickle=False) as data:
        return data["frame_index"], data["joints_image"], data["scores"]


def pose_of(*people: Body) -> Pose2D:
    if not people:
        return Pose2D.nobody(SKELETON)
    joints = np.stack([p[0] for p in people]).astype(np.float32)
    scores = np.stack([p[1] for p in people]).astype(np.float32)
    boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
    return Pose2D(boxes, joints, scores, SKELETON)


def at(body: Body, i: int, x: float, y: float, scale: float = 1.0) -> Body:
    """Return the body's i-th pose with the hips at (x, y)."""
    return body[0][i % 35] * scale + np.array([x, y]), body[1][i % 35]


def joints_of(tracker: Tracker, start: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
    track = tracker.rows(1, start, stop)
    return track.joints_image, track.scores


class Clock:
    """Feed a tracker frame after frame."""

    def __init__(self, tracker: Tracker, fps: float = FPS) -> None:
        self.tracker, self.fps, self.i = tracker, fps, 0

    def feed(self, *people: Body) -> list[int]:
        ids = self.tracker.update(self.i, self.i / self.fps, pose_of(*people))
        self.i += 1
        return ids

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * self.fps)):
            self.feed()


@pytest.fixture
def clock() -> Clock:
    return Clock(Tracker(SKELETON, Camera.assumed(SIZE, FPS)))


class TestSimilarity:
    def test_oks(self, walker: Body) -> None:
        joints, scores = at(walker, 0, 500, 500)
        assert oks(joints, scores, joints, scores, SKELETON) == pytest.approx(1)
        near, far = (oks(joints, scores, joints + d, scores, SKELETON) for d in (5, 40))
        assert 0.5 < near < 1
        assert far < 0.15
        assert oks(joints, scores, joints + 40, scores, SKELETON, tolerance=4) > 0.5
        assert oks(2 * joints, scores, 2 * (joints + 5), scores, SKELETON) == pytest.approx(near)  # independent of size
        assert oks(joints, scores, np.full_like(joints, np.nan), scores, SKELETON) == 0

    def test_oks_weighs_by_confidence(self, walker: Body) -> None:
        joints, scores = at(walker, 0, 500, 500)
        wrong, doubtful = joints.copy(), scores.copy()
        wrong[13:17] += 200  # elbows and wrists
        doubtful[13:17] = 0.01
        assert oks(joints, scores, wrong, scores, SKELETON) < 0.8
        assert oks(joints, scores, wrong, doubtful, SKELETON) > 0.9

    def test_iou(self) -> None:
        a = np.array([0, 0, 10, 10], np.float32)
        assert iou(a, a) == 1
        assert iou(a, a + 5) == pytest.approx(25 / 175)
        assert iou(a, a + 20) == 0
        assert iou(a * 0, a * 0) == 0

    def test_box_of_confident_joints(self) -> None:
        joints = np.array([[10, 20], [30, 60], [500, 500], [np.nan, 1]], np.float32)
        assert joint_box(joints, np.array([1, 0.5, 0.1, 1])).tolist() == [10, 20, 30, 60]
        assert joint_box(joints, np.array([0.1, 0.1, 0.1, 1])).tolist() == [10, 20, 500, 500]
        assert joint_box(joints * np.nan, np.ones(4)).tolist() == [0, 0, 0, 0]


class TestIdentity:
    def test_sample_keeps_two_people_through_the_somersault(
        self, sample: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> None:
        """Use every fourth frame in changing order: the man keeps his identity in the somersault."""
        index, joints, scores = sample
        tracker = Tracker(SKELETON, Camera.assumed(SIZE, 7.5))
        for k, i in enumerate(index):
            seen = [p for p in (0, 1) if np.isfinite(joints[k, p]).any()]
            if k % 2:
                seen.reverse()
            ids = tracker.update(int(i), i / 30, pose_of(*[(joints[k, p], scores[k, p]) for p in seen]))
            assert ids == [p + 1 for p in seen] or k == 0
        assert sorted(tracker.identities(minimum_s=0.2)) == [1, 2]
        man, conf = joints_of(tracker, 0, len(index))
        np.testing.assert_array_equal(man, joints[:, 0])
        np.testing.assert_array_equal(conf, scores[:, 0])

    def test_short_gap_is_bridged_in_motion(self, clock: Clock, walker: Body) -> None:
        x = 200.0
        for i in range(60):
            x += 8
            if not 20 <= i < 44:  # 0.8 s behind a tree: 190 px further on
                assert clock.feed(at(walker, i, x, 500)) == [1]
            else:
                assert clock.feed() == []
        assert clock.tracker.identities() == [1]

    def test_comes_back_where_it_vanished(self, clock: Clock, walker: Body) -> None:
        for i in range(10):
            clock.feed(at(walker, i, 600, 500))
        clock.wait(3)
        assert clock.feed(at(walker, 5, 640, 510)) == [1]

    @pytest.mark.parametrize(
        ("x", "scale", "seconds"), [(1200, 1.0, 3.0), (640, 0.5, 3.0), (640, 1.0, 20.0), (1500, 1.0, 0.5)]
    )
    def test_somebody_else(self, clock: Clock, walker: Body, x: float, scale: float, seconds: float) -> None:
        """Check that elsewhere, at another size, or after a long time it is a new person."""
        for i in range(10):
            clock.feed(at(walker, i, 600, 500))
        clock.wait(seconds)
        assert clock.feed(at(walker, 0, x, 500, scale)) == [2]

    def test_crossing(self, clock: Clock, walker: Body) -> None:
        """Let two people walk through each other; one of them is hidden while they overlap."""
        for i in range(90):
            left, right = at(walker, i, 300 + 9 * i, 500), at(walker, i + 17, 1100 - 9 * i, 515)
            apart = abs((300 + 9 * i) - (1100 - 9 * i))
            people = [left, right] if i % 2 else [right, left]
            if apart < 60:
                people = [left]
            ids = clock.feed(*people)
            if apart >= 60 and i > 0:
                assert ids == ([2, 1] if i % 2 else [1, 2]), f"frame {i}, {apart} px apart"
        assert sorted(clock.tracker.identities()) == [1, 2]

    @pytest.mark.parametrize("fps", [10.0, 25.0, 240.0])
    def test_other_rates(self, walker: Body, fps: float) -> None:
        """Check a run at 400 px a second, whatever the rate of the video."""
        clock = Clock(Tracker(SKELETON, Camera.assumed(SIZE, fps)), fps)
        for i in range(int(3 * fps)):
            t = i / fps
            assert clock.feed(at(walker, int(7.5 * t), 200 + 400 * t, 500)) == [1]

    def test_irregular_times(self, walker: Body) -> None:
        tracker = Tracker(SKELETON, Camera.assumed(SIZE, 20.0))
        time_s = 0.0
        for i in range(40):
            time_s += 0.01 if i % 3 else 0.15
            x = 200 + 300 * time_s
            assert tracker.update(i, time_s, pose_of(at(walker, int(7.5 * time_s), x, 500))) == [1]

    def test_repeated_time_is_no_error(self, walker: Body) -> None:
        tracker = Tracker(SKELETON, Camera.assumed(SIZE, FPS))
        for i in range(5):
            assert tracker.update(i, 1.0, pose_of(at(walker, i, 500, 500))) == [1]

    def test_detection_without_joints(self, clock: Clock, walker: Body) -> None:
        blind = (np.full((33, 2), np.nan), np.zeros(33))
        assert clock.feed(blind, at(walker, 0, 500, 500)) == [0, 1]
        assert clock.feed(blind) == [0]
        assert clock.tracker.identities() == [1]

    def test_half_seen_person(self, clock: Clock, walker: Body) -> None:
        """Check unseen joints (NaN): the rest suffices to identify the person, and stays unchanged."""
        for i in range(20):
            joints, scores = at(walker, i, 500 + 5 * i, 500)
            if i >= 10:
                joints[25:] = np.nan
            assert clock.feed((joints, scores)) == [1]
        rows, conf = joints_of(clock.tracker, 0, 20)
        assert np.isnan(rows[10:, 25:]).all()
        assert np.isfinite(rows[10:, :25]).all()
        assert (conf[10:, 25:] == 0).all()

    def test_one_person_may_jump(self, walker: Body) -> None:
        clock = Clock(Tracker(SKELETON, Camera.assumed(SIZE, FPS), one_person=True))
        for x in (200, 1500, 300):
            assert clock.feed(at(walker, 0, x, 500)) == [1]
            clock.wait(5)
        assert clock.tracker.identities(minimum_s=0.1) == [1]


class TestPresence:
    def test_most_present_comes_first(self, clock: Clock, walker: Body) -> None:
        for i in range(60):
            people = [at(walker, i, 300, 600, 0.5), at(walker, i, 1200, 500)]
            clock.feed(*(people[:1] if i < 20 else people))
        # 60 frames at half the size count less than 40 at full size.
        assert clock.tracker.identities() == [2, 1]

    def test_short_and_doubtful_tracks_are_no_persons(self, clock: Clock, walker: Body) -> None:
        for i in range(30):
            joints, scores = at(walker, i, 1400, 500)
            people = [at(walker, i, 400, 500), (joints, scores * 0.1)]
            if i < 4:
                people.append(at(walker, i, 900, 500))
            clock.feed(*people)
        assert sorted(clock.tracker.identities()) == [1, 2, 3]
        assert clock.tracker.identities(minimum_s=0.2) == [1]
        assert sorted(clock.tracker.identities(minimum_s=4 / FPS)) == [1, 3]

    def test_nobody(self, clock: Clock) -> None:
        clock.wait(1)
        assert clock.tracker.identities() == []
        assert len(clock.tracker.frame_index) == 30


class TestRows:
    def test_every_frame_has_a_row(self, walker: Body) -> None:
        tracker = Tracker(SKELETON, Camera.assumed(SIZE, FPS))
        fed = {}
        for k, i in enumerate(range(100, 130)):  # a trimmed range: indices do not start at 0
            seen = 5 <= k < 10 or 14 <= k < 20
            body = at(walker, k, 500 + k, 500)
            tracker.update(i, i / FPS, pose_of(*([body] if seen else [])))
            if seen:
                fed[k] = body
        track = tracker.track(1, person=3)
        assert track.person == 3
        assert track.frame_index.tolist() == list(range(100, 130))
        np.testing.assert_allclose(track.time_s, np.arange(100, 130) / FPS)
        assert np.flatnonzero(track.seen).tolist() == sorted(fed)
        for k, (joints, scores) in fed.items():
            np.testing.assert_array_equal(track.joints_image[k], joints.astype(np.float32))
            np.testing.assert_array_equal(track.scores[k], scores)
        assert (track.scores[~track.seen] == 0).all()
        for start, stop in ((0, 30), (7, 8), (3, 17), (25, 99), (12, 12)):
            joints, scores = joints_of(tracker, start, stop)
            np.testing.assert_array_equal(joints, track.joints_image[start:stop])
            np.testing.assert_array_equal(scores, track.scores[start:stop])

    def test_rows_never_change_later(self, clock: Clock, walker: Body) -> None:
        """Check that rows already given to a lifter are those of the final take."""
        taken = []
        for i in range(300):
            clock.feed(*([at(walker, i, 300 + i, 500)] if i % 50 < 35 else []))
            taken.append(joints_of(clock.tracker, i, i + 1))
        joints, scores = joints_of(clock.tracker, 0, 300)
        np.testing.assert_array_equal(np.concatenate([t[0] for t in taken]), joints)
        np.testing.assert_array_equal(np.concatenate([t[1] for t in taken]), scores)

    def test_results_cannot_be_changed_from_outside(self, clock: Clock, walker: Body) -> None:
        clock.feed(at(walker, 0, 500, 500))
        joints_of(clock.tracker, 0, 1)[0][:] = 0
        assert joints_of(clock.tracker, 0, 1)[0].max() > 400
        with pytest.raises(ValueError, match="read-only"):
            clock.tracker.time_s[0] = 5
        clock.feed()
        assert clock.tracker.time_s.tolist() == [0, 1 / FPS]

    def test_memory_is_that_of_the_results(self, walker: Body) -> None:
        """Feed 3000 frames with one person: memory of at most three times the 400 bytes per row."""
        import tracemalloc

        tracker = Tracker(SKELETON, Camera.assumed(SIZE, FPS))
        poses = [pose_of(at(walker, i, 500, 500)) for i in range(35)]
        tracker.update(0, 0.0, poses[0])
        tracemalloc.start()
        for i in range(1, 3000):
            tracker.update(i, i / FPS, poses[i % 35])
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert held < 3 * 400 * 3000
        assert tracker.identities() == [1]


def test_rows_are_converted_alike_whether_they_are_read_early_or_late(walker: Body) -> None:
    early, late = (Tracker(SKELETON, Camera.assumed(SIZE, FPS)) for _ in range(2))
    for frame in range(30):
        pose = pose_of() if 10 <= frame < 13 else pose_of(at(walker, frame, 400 + 3 * frame, 500))
        for tracker in (early, late):
            tracker.update(frame, frame / FPS, pose)
        read = early.rows(1, 0, frame + 1).h36m17
    for one, other in zip(read, late.track(1, person=1).h36m17, strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.isnan(read[0][10:13]).all()
    joints, scores = h36m17_from(SKELETON, *(part[29] for part in joints_of(late, 0, 30)))
    np.testing.assert_array_equal(read[0][29], joints)
    np.testing.assert_array_equal(read[1][29], scores)
