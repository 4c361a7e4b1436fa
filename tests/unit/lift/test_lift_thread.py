"""Test the lift thread: progress, partial results and final results."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, ModelError
from pipeline.core.poses import PersonTrack
from pipeline.lift.lift_thread import LiftWorker

F = 9


class Steps:
    """Lifter of 9-frame windows that keeps even frames at block 2; each window waits for `go`."""

    name, frames, rate_hz, unit_stature_m, seq2frame = "steps", F, (24.0, 75.0), 1.55, False
    takes_depth = False

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.arrived = threading.Semaphore(0)
        self.last_kept: dict[int, np.ndarray] = {}
        self.fail: Exception | None = None

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        self.arrived.release()
        assert self.go.acquire(timeout=20)
        if self.fail is not None:
            raise self.fail
        self.last_kept = {2: np.tile(np.arange(F) % 2 == 0, (len(scores), 1))}
        return np.concatenate([joints_image, joints_image[..., :1]], axis=-1)


@pytest.fixture
def lifter() -> Steps:
    return Steps()


@pytest.fixture
def cancel() -> CancelToken:
    return CancelToken()


@pytest.fixture
def worker(lifter: Steps, cancel: CancelToken):
    made = LiftWorker(lambda: lifter, Camera.assumed((640, 480)), cancel, overlap=0.0, repair_sides=False)
    yield made
    lifter.go.release(100)
    made.stop()


def rows(count: int) -> PersonTrack:
    joints = np.arange(count * 34, dtype=np.float32).reshape(count, 17, 2)
    return PersonTrack.of_h36m17(7, np.arange(count) / 30, joints, np.ones((count, 17), np.float32))


def test_how_far_it_is_while_it_lifts_and_what_it_gives(worker: LiftWorker, lifter: Steps) -> None:
    """Lift 36 rows in four windows and read the lifted fraction in between."""
    given = rows(4 * F)
    assert worker.share_lifted(7) == 0
    worker.push(given)
    worker.finish(7)
    for window in range(4):
        assert lifter.arrived.acquire(timeout=20)
        assert not worker.wait(0.01)
        assert worker.share_lifted(7) == window / 4
        lifter.go.release()
    assert worker.wait(20)
    assert worker.share_lifted(7) == 1
    result = worker.results[7]
    np.testing.assert_array_equal(result.joints[..., :2], given.joints_image)
    assert result.blocks == (2,)
    assert np.nonzero(result.kept[0])[0].tolist() == [w * F + f for w in range(4) for f in (0, 2, 4, 6, 8)]


def test_what_is_lifted_early_comes_with_its_stages(worker: LiftWorker, lifter: Steps) -> None:
    lifter.go.release(100)
    worker.push(rows(40))
    worker.finish(7)
    assert worker.wait(20)
    (partial,) = worker.take_partials().values()
    assert len(partial.joints) == 40
    assert partial.blocks == (2,)
    seen = np.isfinite(partial.joints).all((1, 2))
    assert np.nonzero(seen)[0].tolist() == list(range(36))
    assert np.nonzero(partial.kept[0])[0].tolist() == [w * F + f for w in range(4) for f in (0, 2, 4, 6, 8)]
    assert worker.take_partials() == {}


def test_without_partial_results_the_end_is_the_same(lifter: Steps, cancel: CancelToken) -> None:
    lifter.go.release(100)
    results = []
    for partials in (True, False):
        worker = LiftWorker(lambda: lifter, Camera.assumed((640, 480)), cancel, overlap=0.0, partials=partials)
        worker.push(rows(40))
        worker.finish(7)
        assert worker.wait(20)
        assert bool(worker.take_partials()) is partials
        results.append(worker.results[7].joints)
    np.testing.assert_array_equal(*results)


def test_what_goes_wrong_in_the_thread_is_raised_to_who_waits(worker: LiftWorker, lifter: Steps) -> None:
    lifter.fail = ModelError("too large", "choose another")
    lifter.go.release(100)
    worker.push(rows(F))
    worker.finish(7)
    with pytest.raises(ModelError, match="too large"):
        while not worker.wait(1):
            pass


def test_a_cancel_reaches_who_waits(worker: LiftWorker, lifter: Steps, cancel: CancelToken) -> None:
    worker.push(rows(3 * F))
    worker.finish(7)
    assert lifter.arrived.acquire(timeout=20)
    cancel.cancel()
    lifter.go.release(100)
    with pytest.raises(Cancelled):
        while not worker.wait(1):
            pass
    assert worker.results == {}
