"""Test what each kind of correction does to a person's 2D joints, in numbers."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.corrections.apply import corrected, offsets_px, strength
from pipeline.core.corrections.layer import Correction, Key, mirrored
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import SKELETONS, h36m17_from

FRAMES, RATE_HZ, FIRST = 60, 30.0, 200
NAMES = SKELETONS["coco17"].names
WRIST, ELBOW = NAMES.index("left_wrist"), NAMES.index("left_elbow")


@pytest.fixture
def track() -> PersonTrack:
    rng = np.random.default_rng(3)
    joints = (300 + 20 * rng.normal(size=(1, 17, 2)) + rng.normal(size=(FRAMES, 17, 2))).astype(np.float32)
    scores = rng.uniform(0.2, 0.9, (FRAMES, 17)).astype(np.float32)
    joints[50:53], scores[50:53] = np.nan, 0  # not seen
    joints[30, WRIST], scores[30, WRIST] = np.nan, 0
    depth = rng.normal(0, 0.2, (FRAMES, 17)).astype(np.float16)
    hands = np.full((FRAMES, 2, 21, 3), 100, np.float32)
    index = np.arange(FIRST, FIRST + FRAMES)
    return PersonTrack.of(1, index, index / RATE_HZ, joints, scores, "coco17", {"depth": depth, "hands": hands})


def move(*keys: tuple[int, float, float], joints: tuple[str, ...] = ("left_wrist",), **more) -> Correction:
    made = tuple(Key(frame, ((x, y),) * len(joints), (None,) * len(joints)) for frame, x, y in keys)
    return Correction(1, "move", keys[0][0], keys[-1][0], joints, made, **more)


def test_a_move_follows_its_keys_and_fades_outside(track: PersonTrack) -> None:
    done = corrected(track, [move((210, 30.0, 0.0), (220, 60.0, -20.0), falloff_s=0.2)])
    moved = done.track.joints_image[:, WRIST] - track.joints_image[:, WRIST]
    np.testing.assert_allclose(moved[10], [30, 0], atol=1e-4)
    np.testing.assert_allclose(moved[15], [45, -10], atol=1e-4)
    np.testing.assert_allclose(moved[20], [60, -20], atol=1e-4)
    np.testing.assert_allclose(moved[23], [30, -10], atol=1e-3)  # half of the falloff of 6 frames
    assert np.flatnonzero(done.touched).tolist() == list(range(5, 26))
    assert (done.track.scores[10:21, WRIST] == 1).all()
    assert track.scores[23, WRIST] < done.track.scores[23, WRIST] < 1
    others = np.delete(np.arange(17), WRIST)
    assert np.array_equal(done.track.joints_image[:, others], track.joints_image[:, others], equal_nan=True)
    joints, scores = h36m17_from("coco17", done.track.joints_image, done.track.scores)
    assert np.array_equal(done.track.h36m17[0], joints, equal_nan=True)
    assert np.array_equal(done.track.h36m17[1], scores)


def test_nothing_is_left_of_a_correction_that_is_off(track: PersonTrack) -> None:
    before = track.joints_image.copy()
    assert corrected(track, [move((210, 30.0, 0.0), on=False)]).track is track
    assert corrected(track, [dataclasses.replace(move((210, 30.0, 0.0)), person=2)]).track is track
    corrected(track, [move((210, 30.0, 0.0))])
    assert np.array_equal(track.joints_image, before, equal_nan=True), "the detector's points are as they were"


def test_an_unseen_joint_is_put_where_it_would_be_between_its_neighbours(track: PersonTrack) -> None:
    done = corrected(track, [move((230, 8.0, 0.0), falloff_s=0)]).track
    middle = (track.joints_image[29, WRIST] + track.joints_image[31, WRIST]) / 2
    np.testing.assert_allclose(done.joints_image[30, WRIST], middle + [8, 0], atol=1e-3)
    assert done.scores[30, WRIST] == 1


def test_frames_without_the_person_stay_so(track: PersonTrack) -> None:
    done = corrected(track, [move((245, 9.0, 9.0), (258, 9.0, 9.0))])
    assert np.isnan(done.track.joints_image[50:53]).all()
    assert not done.touched[50:53].any()


def test_the_detectors_depth_is_forgotten_where_it_saw_something_else(track: PersonTrack) -> None:
    far, near = corrected(track, [move((210, 60.0, 0.0))]).track, corrected(track, [move((210, 1.0, 0.0))]).track
    assert np.isnan(far.depth[10, WRIST])
    assert near.depth[10, WRIST] == track.depth[10, WRIST]
    assert np.array_equal(far.extras["hands"], track.extras["hands"]), "fingers stay where they were detected"


def test_hidden_joints_are_not_seen(track: PersonTrack) -> None:
    done = corrected(track, [Correction(1, "hide", 205, 209, ("left_wrist", "left_elbow"))])
    assert np.isnan(done.track.joints_image[5:10][:, [WRIST, ELBOW]]).all()
    assert (done.track.scores[5:10][:, [WRIST, ELBOW]] == 0).all()
    assert np.flatnonzero(done.touched).tolist() == [5, 6, 7, 8, 9]
    assert np.isnan(done.track.h36m17[0][5:10, 13]).all()


def test_sides_are_exchanged_for_a_stretch_and_twice_is_nothing(track: PersonTrack) -> None:
    one = Correction(1, "sides", 205, 229)
    done = corrected(track, [one]).track
    assert np.array_equal(done.joints_image[5:30], track.mirrored().joints_image[5:30], equal_nan=True)
    assert np.array_equal(done.joints_image[:5], track.joints_image[:5])
    twice = corrected(track, [one, one]).track
    assert np.array_equal(twice.joints_image, track.joints_image, equal_nan=True)
    assert np.array_equal(twice.depth, track.depth, equal_nan=True)


def test_a_whole_person_is_shifted_and_scaled_with_all_extras(track: PersonTrack) -> None:
    shifted = corrected(track, [Correction(1, "shift", 205, 215, offset_px=(7.0, -3.0), falloff_s=0)]).track
    np.testing.assert_allclose(shifted.joints_image[10] - track.joints_image[10], np.tile([7, -3], (17, 1)), atol=1e-4)
    np.testing.assert_allclose(shifted.extras["hands"][10, ..., :2], np.full((2, 21, 2), 100) + [7, -3])
    scaled = corrected(track, [Correction(1, "scale", 205, 215, factor=2.0, falloff_s=0)]).track
    size = np.ptp(track.joints_image[10], axis=0)
    np.testing.assert_allclose(np.ptp(scaled.joints_image[10], axis=0), 2 * size, rtol=1e-5)
    assert np.array_equal(scaled.joints_image[16:], track.joints_image[16:], equal_nan=True)


def test_offsets_between_keys_do_not_overshoot() -> None:
    one = move((200, 0.0, 0.0), (210, 10.0, 0.0), (220, 10.0, 5.0), (230, 0.0, 5.0))
    path = offsets_px(one, np.arange(190, 241))[:, 0]
    assert path.min() >= 0
    assert path[:, 0].max() <= 10 + 1e-9
    np.testing.assert_allclose(path[[0, 10, 20, 30, 40, 50], 0], [0, 0, 10, 10, 0, 0], atol=1e-12)


def test_limits_cut_a_correction(track: PersonTrack) -> None:
    one = move((210, 5.0, 0.0), (220, 5.0, 0.0), limits=(212, 216))
    assert np.flatnonzero(strength(one, track)).tolist() == [12, 13, 14, 15, 16]


def test_mirrored_names_the_other_side() -> None:
    assert mirrored(move((1, 0.0, 0.0), joints=("left_wrist", "nose"))).joints == ("right_wrist", "nose")


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": 9, "last": 5}, {"falloff_s": -1.0}, {"joints": ()}, {"joints": ("nose", "nose")}, {"factor": 0.0},
        {"offset_px": (float("nan"), 0.0)}, {"keys": ()}, {"first": 3}, {"on": True, "asked": True},
    ],
)  # fmt: skip
def test_values_that_do_not_fit_together_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        dataclasses.replace(move((210, 5.0, 0.0), (220, 5.0, 0.0)), **wrong)
