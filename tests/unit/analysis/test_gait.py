"""Test gait events of a real walk against its foot contacts, and after the whole post-processing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.analysis.gait import Gait, gait
from pipeline.post.ground.foot_contacts import standing_feet
from tests.helpers.motion import RATE_HZ, clip, facing_camera, scene

UP = np.array([0.0, 0.0, 1.0])


def measured(joints: np.ndarray, rate_hz: float = RATE_HZ) -> Gait:
    found = gait(joints, np.arange(len(joints)) / rate_hz)
    assert found is not None
    return found


def events(found: Gait, kind: str) -> list[tuple[str, float]]:
    return [(event.side, event.time_s) for event in found.events if event.kind == kind]


@pytest.fixture(scope="module")
def walk() -> np.ndarray:
    return clip("walk")


@pytest.fixture(scope="module")
def truth(walk: np.ndarray) -> Gait:
    return measured(walk)


def test_heel_strikes_come_right_before_the_foot_stands_and_toe_offs_when_it_no_longer_does(
    walk: np.ndarray, truth: Gait
) -> None:
    standing = standing_feet(walk, UP, RATE_HZ)
    for side, name in enumerate(("right", "left")):
        change = np.diff(standing[:, side].astype(int))
        begins, ends = np.flatnonzero(change == 1) / RATE_HZ, np.flatnonzero(change == -1) / RATE_HZ
        strikes = [t for who, t in events(truth, "heel_strike") if who == name]
        offs = [t for who, t in events(truth, "toe_off") if who == name]
        assert len(strikes) == 2
        for strike in strikes:
            assert min(begins - strike, key=abs) == pytest.approx(0.05, abs=0.05)
        for off in offs:
            assert min(ends - off, key=abs) == pytest.approx(-0.06, abs=0.06)


def test_numbers_of_an_ordinary_walk(truth: Gait) -> None:
    assert truth.steps == 3
    assert truth.cadence_per_min == pytest.approx(109, abs=1)
    assert truth.stride_time_s == pytest.approx(120 / truth.cadence_per_min, rel=0.02)
    assert truth.stride_length_m == pytest.approx(1.31, abs=0.03)
    assert truth.speed_m_s == pytest.approx(1.19, abs=0.03)
    assert truth.step_width_m == pytest.approx(0.07, abs=0.03)
    assert 0.58 < truth.stance_share < 0.65, "of a walk: about 60 %"
    assert abs(truth.asymmetry) < 0.05
    pelvis = np.linalg.norm(np.diff(clip("walk")[34:134, 0, :2], axis=0), axis=1).sum() * RATE_HZ / 99
    assert truth.speed_m_s == pytest.approx(pelvis, rel=0.05)


@pytest.mark.parametrize("noise_m", [0.0, 0.02])
def test_the_finished_take_has_the_events_of_the_truth(walk: np.ndarray, truth: Gait, noise_m: float) -> None:
    seen = scene(facing_camera(walk))
    noise = np.random.default_rng(0).normal(0, noise_m, seen.person.relative.shape).astype(np.float32)
    noise[:, 0] = 0
    person = dataclasses.replace(seen.person, relative=seen.person.relative + noise)
    track = dataclasses.replace(seen, person=person).take().tracks3d[0]
    found = gait(track.joints.astype(np.float64), track.time_s)
    assert [(e.kind, e.side) for e in found.events] == [(e.kind, e.side) for e in truth.events]
    for event, true in zip(found.events, truth.events, strict=True):
        assert event.time_s == pytest.approx(true.time_s, abs=1 / RATE_HZ)
    assert found.cadence_per_min == pytest.approx(truth.cadence_per_min, rel=0.01)
    assert found.stride_length_m == pytest.approx(truth.stride_length_m, rel=0.02)


def test_the_direction_in_the_world_does_not_matter(walk: np.ndarray, truth: Gait) -> None:
    for angle in (0.6, 2.0, 4.0):
        c, s = np.cos(angle), np.sin(angle)
        turned = measured(walk @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T)
        assert [e.row for e in turned.events] == [e.row for e in truth.events]
        assert turned.step_width_m == pytest.approx(truth.step_width_m)


def test_on_a_treadmill_there_are_steps_but_no_lengths(walk: np.ndarray, truth: Gait) -> None:
    still = walk.copy()
    still[..., :2] -= walk[:, :1, :2]
    found = measured(still)
    assert [(e.kind, e.side) for e in found.events] == [(e.kind, e.side) for e in truth.events]
    assert found.cadence_per_min == pytest.approx(truth.cadence_per_min, rel=0.02)
    assert (found.stride_length_m, found.step_width_m, found.speed_m_s) == (None, None, None)


def test_at_half_the_rate_the_events_are_between_the_frames(walk: np.ndarray, truth: Gait) -> None:
    found = measured(walk[::2], RATE_HZ / 2)
    for (_, at), (_, true) in zip(events(found, "heel_strike"), events(truth, "heel_strike"), strict=True):
        assert at == pytest.approx(true, abs=0.012)


def test_mirrored_the_feet_change_places(walk: np.ndarray, truth: Gait) -> None:
    mirrored = (walk * [-1, 1, 1])[:, [0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 11, 12, 13]]
    other = {"left": "right", "right": "left"}
    assert [(e.kind, other[e.side], e.row) for e in measured(mirrored).events] == [
        (e.kind, e.side, e.row) for e in truth.events
    ]


def test_steps_are_not_counted_across_a_gap(walk: np.ndarray) -> None:
    twice = np.concatenate([walk, np.full((30, 17, 3), np.nan), walk + [0, 5, 0]])
    found = measured(twice)
    assert found.steps == 6
    assert found.cadence_per_min == pytest.approx(measured(walk).cadence_per_min)
    assert [e.row for e in found.events[7:]] == [e.row + len(walk) + 30 for e in found.events[:7]]
    half = walk.copy()
    half[80:90] = np.nan
    assert gait(half, np.arange(len(half)) / RATE_HZ) is None, "two steps on either side are too few to tell"


def test_who_does_not_walk_has_no_gait(walk: np.ndarray) -> None:
    jump = clip("jump")
    assert gait(jump, np.arange(len(jump)) / RATE_HZ) is None
    standing = np.repeat(walk[:1], 200, axis=0)
    assert gait(standing, np.arange(200) / RATE_HZ) is None
    fast = np.arange(len(walk)) / RATE_HZ / 2  # twice as fast: 2.4 m/s is running
    assert gait(walk, fast) is None
    assert gait(np.full((50, 17, 3), np.nan), np.arange(50) / RATE_HZ) is None
    assert gait(np.zeros((0, 17, 3)), np.zeros(0)) is None


def test_a_person_without_size_has_no_gait() -> None:
    assert gait(np.zeros((60, 17, 3)), np.arange(60) / 30) is None


def test_as_json(truth: Gait) -> None:
    data = truth.to_json()
    assert data["steps"] == 3
    assert data["events"][0] == {"kind": "heel_strike", "side": "right", "row": 34, "time_s": pytest.approx(0.5707)}
