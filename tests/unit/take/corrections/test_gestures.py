"""Test that gestures on a joint become the corrections that put it where the user said."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.corrections.layer import Correction, Key
from pipeline.core.errors import ConfigError
from pipeline.core.take import Take
from pipeline.take.corrections.gestures import given_back, hidden, is_hidden, put, reach, shown
from pipeline.take.corrections.layer import with_corrections
from tests.helpers.motion import clip, facing_camera, make_take, scene

FRAMES = 90
WRIST = 13  # left_wrist of h36m17
WHERE = "left_wrist"


@pytest.fixture(scope="module")
def take() -> Take:
    one = scene(facing_camera(clip("walk"))[:FRAMES])
    return make_take([one.person], one.info, one.config)


def at(take: Take, frame: int) -> np.ndarray:
    return take.person_track2d(1).joints_image[frame, WRIST].astype(np.float64)


def placed(take: Take, frame: int, by: tuple[float, float]) -> Take:
    corrections, _ = put(take, 1, WHERE, frame, tuple(at(take, frame) + by))
    return with_corrections(take, corrections).take


def test_a_joint_is_where_it_was_put(take: Take) -> None:
    made = placed(take, 40, (30, -20))
    np.testing.assert_allclose(at(made, 40), at(take, 40) + [30, -20], atol=1e-3)
    (one,) = made.corrections
    first, last = reach(made, one)
    rate = 1 / float(np.diff(take.time_s).mean())
    assert [40 - first, last - 40] == pytest.approx([0.2 * rate] * 2, abs=1), "it fades over 0.2 s on both sides"
    np.testing.assert_array_equal(at(made, first - 1), at(take, first - 1))


def test_a_second_place_nearby_is_a_key_of_the_same_move(take: Take) -> None:
    made = placed(placed(take, 30, (30, 0)), 50, (10, 0))
    (one,) = made.corrections
    assert [key.frame for key in one.keys] == [30, 50]
    np.testing.assert_allclose(at(made, 40) - at(take, 40), [20, 0], atol=0.01)
    again = placed(made, 50, (5, 5))
    assert [key.frame for key in again.corrections[0].keys] == [30, 50]
    np.testing.assert_allclose(at(again, 50) - at(take, 50), [15, 5], atol=0.01)
    np.testing.assert_allclose(at(again, 30) - at(take, 30), [30, 0], atol=0.01)


def test_a_move_more_than_three_seconds_away_is_another_one() -> None:
    walk = facing_camera(clip("walk"))[:FRAMES]
    one = scene(np.concatenate([walk, walk[::-1], walk]))
    long = placed(make_take([one.person], one.info, one.config), 1, (30, 0))
    rate = 1 / float(np.diff(long.time_s).mean())
    assert len(placed(long, 1 + int(2.9 * rate), (10, 0)).corrections) == 1
    assert len(placed(long, 1 + int(3.1 * rate), (10, 0)).corrections) == 2


def test_exchanged_sides_are_reckoned_with(take: Take) -> None:
    before = placed(take, 40, (30, 0))
    sides = with_corrections(before, (*before.corrections, Correction(1, "sides", 0, FRAMES - 1))).take
    made = placed(sides, 42, (7, 3))
    assert [one.kind for one in made.corrections] == ["move", "sides", "move"]
    np.testing.assert_allclose(at(made, 42), at(sides, 42) + [7, 3], atol=1e-3)


def test_hidden_frames_in_a_row_are_one_correction_and_can_be_shown_again(take: Take) -> None:
    made = take
    for frame in (20, 22, 21):
        made = with_corrections(made, hidden(made, 1, WHERE, frame)).take
    (one,) = made.corrections
    assert (one.first, one.last) == (20, 22)
    assert np.isnan(at(made, 21)).all()
    assert hidden(made, 1, WHERE, 21) == made.corrections
    back = with_corrections(made, shown(made, 1, WHERE, 21)).take
    assert [is_hidden(back, 1, WHERE, frame) for frame in (20, 21, 22)] == [True, False, True]
    np.testing.assert_array_equal(at(back, 21), at(take, 21))


def test_a_hidden_joint_that_is_put_somewhere_is_shown(take: Take) -> None:
    made = with_corrections(take, hidden(take, 1, WHERE, 20)).take
    corrections, _ = put(made, 1, WHERE, 20, (100.0, 50.0))
    done = with_corrections(made, corrections).take
    np.testing.assert_allclose(at(done, 20), [100, 50], atol=1e-3)


def test_a_joint_given_back_is_the_detectors_in_that_frame_alone(take: Take) -> None:
    made = placed(placed(take, 30, (30, 0)), 50, (10, 0))
    for frame in (30, 40, 52):
        done = with_corrections(made, given_back(made, 1, WHERE, frame)).take
        np.testing.assert_array_equal(at(done, frame), at(take, frame))
    done = with_corrections(made, given_back(made, 1, WHERE, 40)).take
    np.testing.assert_array_equal(at(done, 30), at(made, 30))
    np.testing.assert_array_equal(at(done, 50), at(made, 50))
    alone = placed(take, 40, (30, 0))
    assert given_back(alone, 1, WHERE, 40) == ()


def test_the_other_joints_of_a_move_keep_it(take: Take) -> None:
    key = Key(40, ((30.0, 0.0), (9.0, 9.0)), (None, None))
    made = with_corrections(take, [Correction(1, "move", 40, 40, (WHERE, "left_elbow"), (key,))]).take
    (left,) = given_back(made, 1, WHERE, 40)
    assert left.joints == ("left_elbow",)
    assert left.keys[0].offset_px == ((9.0, 9.0),)


def test_what_is_not_there_is_told(take: Take) -> None:
    with pytest.raises(ConfigError, match="no joint left_heel"):
        put(take, 1, "left_heel", 5, (1.0, 1.0))
    with pytest.raises(ConfigError, match="no frame 900"):
        hidden(take, 1, WHERE, 900)
    with pytest.raises(ConfigError, match="cannot be put"):
        put(take, 1, WHERE, 5, (float("inf"), 1.0))
