"""Test that left and right of a track stay the same from frame to frame before it is lifted."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.poses import PersonTrack, depth_h36m17_from
from pipeline.lift.inputs.side_continuity import SideContinuity, exchanged_rows, swap_sides
from pipeline.lift.windows import TrackLift
from tests.helpers.motion import clip, facing_camera, scene

RATE_HZ = 60.0


@pytest.fixture(scope="module")
def walk() -> np.ndarray:
    """Return the image points (T, 17, 2) of a person who walks, 60 Hz, with a detector's jitter."""
    joints = scene(facing_camera(clip("walk"))).person.joints_image_h36m
    size = np.ptp(joints[..., 1], axis=1).mean()
    jitter = np.random.default_rng(0).normal(0, 0.01 * size, joints.shape)
    return (joints + jitter).astype(np.float32)


def flags(count: int, *stretches: tuple[int, int], columns: slice = slice(0, 2)) -> np.ndarray:
    out = np.zeros((count, 2), bool)
    for start, stop in stretches:
        out[start:stop, columns] = True
    return out


def test_a_sound_track_stays_as_it_was_detected(walk: np.ndarray) -> None:
    assert not exchanged_rows(walk, RATE_HZ).any()
    assert not exchanged_rows(walk[::4], RATE_HZ / 4).any()


@pytest.mark.parametrize("stretches", [((10, 11),), ((20, 45),), ((5, 6), (7, 9), (30, 60), (70, 71))])
def test_rows_that_were_exchanged_are_found(walk: np.ndarray, stretches: tuple[tuple[int, int], ...]) -> None:
    expected = flags(len(walk), *stretches)
    np.testing.assert_array_equal(exchanged_rows(swap_sides(walk, expected), RATE_HZ), expected)


@pytest.mark.parametrize("column", [0, 1])
def test_legs_or_arms_alone_are_found(walk: np.ndarray, column: int) -> None:
    expected = flags(len(walk), (30, 34), columns=slice(column, column + 1))
    np.testing.assert_array_equal(exchanged_rows(swap_sides(walk, expected), RATE_HZ), expected)


def test_the_first_frames_follow_the_others(walk: np.ndarray) -> None:
    expected = flags(len(walk), (0, 8))
    np.testing.assert_array_equal(exchanged_rows(swap_sides(walk, expected), RATE_HZ), expected)


def test_after_an_absence_the_sides_are_the_detectors(walk: np.ndarray) -> None:
    """A person who comes back turned round exchanges the sides in the image without any fault."""
    gone = walk.copy()
    gone[40:70] = np.nan
    back = swap_sides(gone, flags(len(walk), (70, len(walk))))
    assert not exchanged_rows(back, RATE_HZ).any()
    gone[40:70] = walk[40:70]
    gone[45:50] = np.nan  # too short for that
    expected = flags(len(walk), (45, 60))
    found = exchanged_rows(swap_sides(gone, expected), RATE_HZ)
    np.testing.assert_array_equal(found[50:], expected[50:])
    assert not found[:45].any()


@pytest.mark.parametrize("step", [1, 7, 32])
def test_the_result_does_not_depend_on_how_a_track_grows(walk: np.ndarray, step: int) -> None:
    broken = swap_sides(walk, flags(len(walk), (5, 6), (30, 60)))
    broken[20:24] = np.nan
    search = SideContinuity(RATE_HZ)
    parts = [search.push(broken[start : start + step]) for start in range(0, len(broken), step)]
    together = np.concatenate([*parts, search.finish()])
    np.testing.assert_array_equal(together, exchanged_rows(broken, RATE_HZ))


def test_a_still_person_is_decided_within_seconds(walk: np.ndarray) -> None:
    search = SideContinuity(RATE_HZ)
    still = np.repeat(walk[:1], 600, axis=0)
    decided = np.cumsum([len(search.push(still[row : row + 1])) for row in range(len(still))])
    waiting = np.arange(1, 601) - decided
    assert waiting.max() <= 1.8 * RATE_HZ


class Echo:
    """Lifter that returns the image joints as x and y, and the depth as z."""

    name, frames, rate_hz, unit_stature_m = "echo", 27, (24.0, 75.0), 1.55
    seq2frame, takes_depth = False, True
    last_kept: dict[int, np.ndarray] = {}  # noqa: RUF012 - never changed

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        return np.concatenate([joints_image, depth[..., None]], axis=-1)


@pytest.mark.parametrize("repair", [True, False])
def test_joints_and_depth_reach_the_lifter_with_their_sides(walk: np.ndarray, repair: bool) -> None:
    count = len(walk)
    depth = np.tile(np.linspace(-0.2, 0.2, 17).astype(np.float16), (count, 1))
    expected = flags(count, (5, 6), (30, 60))
    given = PersonTrack.of_h36m17(
        1, np.arange(count) / RATE_HZ, swap_sides(walk, expected), np.ones((count, 17), np.float32),
        {"depth": swap_sides(depth.astype(np.float32), expected).astype(np.float16)},
    )  # fmt: skip
    lift = TrackLift(Echo(), Camera.assumed((1920, 1080), RATE_HZ), repair_sides=repair)
    for start in range(0, count, 32):
        lift.push(given.rows(slice(start, start + 32)))
        lift.lift_ready()
    lift.finish()
    out = lift.result()
    right = swap_sides(out, expected & (not repair))
    np.testing.assert_allclose(right[..., :2], walk, atol=1e-3)
    np.testing.assert_allclose(right[..., 2], depth_h36m17_from("h36m17", depth), atol=1e-3)
