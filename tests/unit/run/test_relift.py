"""Test re-lifting from a take's own 2D, without video or detector.

The lifter puts every joint on its pixel.
"""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest

from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, RunConfig
from pipeline.core.errors import Cancelled, NoPersonError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.skeletons import h36m17_from
from pipeline.core.take import Progress, Take
from pipeline.run.relift import relift
from pipeline.take import edit
from tests.helpers.motion import clip, facing_camera, make_take, scene

F, FRAMES, CUT = 27, 60, 25


class Flat:
    """Lift to a pose in the image plane; the even frames stay at block 2."""

    name, frames, rate_hz, unit_stature_m, seq2frame = "flat", F, (24.0, 75.0), 1.6, False
    takes_depth = False
    prune, gflops, device_name, precision = PruneConfig(), 1.0, "cpu", "float32"

    def __init__(self) -> None:
        self.windows = 0
        self.last_kept: dict[int, np.ndarray] = {}

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        self.windows += len(scores)
        self.last_kept = {2: np.tile(np.arange(F) % 2 == 0, (len(scores), 1))}
        flat = (joints_image - joints_image[:, :, :1]) / 300
        return np.nan_to_num(np.concatenate([flat, 0 * flat[..., :1]], axis=-1)).astype(np.float32)


class Engine:
    def __init__(self) -> None:
        self.flat = Flat()

    def lifter(self, config: LiftConfig) -> Flat:
        return self.flat


@pytest.fixture(scope="module")
def both() -> Take:
    walk = facing_camera(clip("walk"))[:FRAMES]
    one, two = scene(walk), scene(walk + [1.5, 0.0, 0.0], person=2)
    return make_take([one.person, two.person], one.info, one.config)


def last(take: Take, persons: tuple[int, ...], engine: Engine) -> Take:
    config = RunConfig.from_json(take.provenance["config"])
    *steps, done = relift(take, persons, config, CancelToken(), engine)  # type: ignore[arg-type]
    assert all(isinstance(step, Progress) for step in steps)
    assert isinstance(done, Take)
    return done


def expected(take: Take, person: int) -> np.ndarray:
    track = take.track2d(person)
    joints, _ = h36m17_from("h36m17", track.joints_image, track.scores)
    flat = (joints - joints[:, :1]) / 300
    return np.concatenate([flat, 0 * flat[..., :1]], axis=-1)


def test_only_those_asked_for_are_lifted(both: Take) -> None:
    engine = Engine()
    take = last(both, (2,), engine)
    np.testing.assert_allclose(take.lifted_of(2).relative, expected(both, 2), atol=2e-5)
    np.testing.assert_array_equal(take.lifted_of(1).relative, both.lifted_of(1).relative)
    assert [track.person for track in take.tracks3d] == [1, 2]
    assert take.token_stages[0].kept.shape == (1, FRAMES)
    assert take.provenance["run"]["device"] == "cpu"
    assert not {thread.name for thread in threading.enumerate()} & {"lifter"}


def test_both_halves_of_a_split_track_are_lifted_without_the_other(both: Take) -> None:
    done = edit.split(both, 1, CUT)
    take = last(done.take, done.lift, Engine())
    rows = np.arange(FRAMES) < CUT
    for person, here in ((1, rows), (3, ~rows)):
        np.testing.assert_array_equal(np.isfinite(take.lifted_of(person).relative).all(axis=(1, 2)), here)
        np.testing.assert_allclose(take.lifted_of(person).relative[here], expected(done.take, person)[here], atol=2e-5)
    assert [track.person for track in take.tracks3d] == [1, 2, 3]
    assert take.provenance["edits"] == done.take.provenance["edits"]


def test_bodies_of_two_lifters_get_one_size(both: Take) -> None:
    """Check that everyone has the stature of the settings, whatever unit the lifter has."""
    take = last(both, (2,), Engine())
    assert (take.lifted[0].unit_stature_m, take.lifted[1].unit_stature_m) == (1.55, 1.6)
    same = dataclasses.replace(both, lifted=take.lifted)
    first = last(same, (1, 2), Engine())
    assert {one.unit_stature_m for one in first.lifted} == {1.6}


def test_cancel_and_strangers(both: Take) -> None:
    config = RunConfig.from_json(both.provenance["config"])
    cancel = CancelToken()
    run = relift(both, (1,), config, cancel, Engine())  # type: ignore[arg-type]
    next(run)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(run)
    with pytest.raises(NoPersonError) as caught:
        list(relift(both, (7,), config, CancelToken(), Engine()))  # type: ignore[arg-type]
    assert caught.value.hint
