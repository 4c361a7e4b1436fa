"""Test that lifting only changed windows gives what lifting everything gives, with the bundled lifters."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import weights
from pipeline.core.camera import Camera, VideoInfo
from pipeline.core.config import LiftConfig
from pipeline.core.poses import PersonTrack
from pipeline.lift.changed_windows import RememberingLifter, WindowMemory, lift_changed, plan_of
from pipeline.lift.host_lifter import create_lifter
from pipeline.lift.seq2frame import windows_around
from pipeline.lift.windows import TrackLift
from tests.helpers.motion import CAMERA, clip, facing_camera, scene

BUNDLED = [entry.name for entry in weights.manifest() if weights.path_of(entry) is not None]
_SMALLEST = 1e-5  # m: 0.01 mm


def track(frames: int, rate_hz: float, gap: slice = slice(0, 0)) -> PersonTrack:
    """Return a person who walks forward and backward, seen by a detector with noise and depth."""
    walk = facing_camera(clip("walk"))
    there = np.arange(frames) % (2 * len(walk) - 2)
    body = walk[np.where(there < len(walk), there, 2 * len(walk) - 2 - there)]
    seen = scene(body).person
    joints = seen.joints_image_h36m + np.random.default_rng(2).normal(0, 1.5, (frames, 17, 2)).astype(np.float32)
    scores, depth = seen.scores.copy(), (0.1 * body[..., 1] - 0.1 * body[:, :1, 1]).astype(np.float16)
    joints[gap], scores[gap], depth[gap] = np.nan, 0, np.nan
    return PersonTrack.of(1, np.arange(frames), np.arange(frames) / rate_hz, joints, scores, "h36m17", {"depth": depth})


def moved(one: PersonTrack, rows: slice, hide: bool = False) -> tuple[PersonTrack, np.ndarray]:
    joints = one.joints_image.copy()
    joints[rows, 12:14] += 40
    if hide:
        joints[rows] = np.nan
    scores = np.where(np.isfinite(joints[..., 0]), one.scores, 0).astype(np.float32)
    changed = np.zeros(len(joints), bool)
    changed[rows] = True
    return PersonTrack.of(1, one.frame_index, one.time_s, joints, scores, "h36m17", one.extras), changed


def whole(one: PersonTrack, lifter, camera: Camera) -> np.ndarray:
    lift = TrackLift(lifter, camera)
    lift.push(one)
    lift.finish()
    return lift.result()


@pytest.fixture(scope="module", params=BUNDLED)
def lifter(request):
    made = create_lifter(LiftConfig(lifter=request.param, device="cpu"))
    yield made
    made.close()


def compare(lifter, before: PersonTrack, after: PersonTrack, changed: np.ndarray, camera: Camera, most: int) -> None:
    relative = whole(before, lifter, camera)
    plan = plan_of(before, lifter, camera, True)
    done = lift_changed(after, plan, relative, changed, lifter, camera, True)
    expected = whole(after, lifter, camera)
    np.testing.assert_array_equal(np.isnan(done.relative), np.isnan(expected))
    np.testing.assert_allclose(done.relative, expected, atol=_SMALLEST)
    assert done.windows <= most < len(plan.windows)
    assert done.lifted[changed].all()
    assert not np.array_equal(done.relative[changed], relative[changed], equal_nan=True)


def test_a_few_rows_in_a_long_track(lifter) -> None:
    before = track(1300, 60.0)
    after, changed = moved(before, slice(600, 640))
    compare(lifter, before, after, changed, CAMERA, most=4)


def test_rows_that_are_resampled(lifter) -> None:
    before = track(2600, 120.0)
    info = VideoInfo("clip", "", *CAMERA.size_px, 120.0, 2600, 2600 / 120)
    after, changed = moved(before, slice(1300, 1330))
    compare(lifter, before, after, changed, Camera.of(info, None, before.time_s), most=5)


def test_a_stretch_that_becomes_a_gap_moves_the_windows_behind_it(lifter) -> None:
    before = track(1300, 60.0, slice(300, 340))
    after, changed = moved(before, slice(700, 760), hide=True)
    relative, plan = whole(before, lifter, CAMERA), plan_of(before, lifter, CAMERA, True)
    done = lift_changed(after, plan, relative, changed, lifter, CAMERA, True)
    np.testing.assert_allclose(done.relative, whole(after, lifter, CAMERA), atol=_SMALLEST)
    assert not done.lifted[:300].any()


def test_a_window_is_remembered(lifter) -> None:
    before = track(1300, 60.0)
    after, changed = moved(before, slice(600, 640))
    again, _ = moved(before, slice(600, 635))
    relative, plan, memory = whole(before, lifter, CAMERA), plan_of(before, lifter, CAMERA, True), WindowMemory()
    first = lift_changed(after, plan, relative, changed, lifter, CAMERA, True, memory)
    second = lift_changed(again, first.plan, first.relative, changed, lifter, CAMERA, True, memory)
    assert second.windows < first.windows
    np.testing.assert_allclose(second.relative, whole(again, lifter, CAMERA), atol=_SMALLEST)
    back = lift_changed(before, second.plan, second.relative, changed, lifter, CAMERA, True, memory)
    np.testing.assert_allclose(back.relative, relative, atol=_SMALLEST)


class Centre(RememberingLifter):
    """A seq2frame lifter whose answer for a frame is a weighted mean of the window around it."""

    def __init__(self) -> None:
        self.name, self.frames, self.rate_hz, self.unit_stature_m = "centre", 81, (24.0, 75.0), 1.55
        self.seq2frame, self.takes_depth, self.last_kept = True, False, {}
        self.device_name, self.precision, self.prune = "cpu", "float32", None

    def one_pass(self, joints_image, scores, camera, depth=None):
        weight = np.hanning(self.frames + 2)[1:-1].astype(np.float32)
        mean = np.einsum("f,bfjc->bjc", weight, np.nan_to_num(joints_image) * scores[..., None])
        return np.concatenate([mean, mean[..., :1]], axis=-1)[:, None].astype(np.float32), {}


def test_lifters_that_return_one_frame_of_a_window() -> None:
    assert windows_around(np.zeros((100, 1), np.float32), 81).shape[0] == 20
    before = track(700, 60.0)
    after, changed = moved(before, slice(300, 310))
    relative, plan = whole(before, Centre(), CAMERA), plan_of(before, Centre(), CAMERA, True)
    done = lift_changed(after, plan, relative, changed, Centre(), CAMERA, True)
    np.testing.assert_array_equal(done.relative, whole(after, Centre(), CAMERA))
    assert np.flatnonzero(done.lifted).tolist() == list(range(256, 352))  # steps of 32 frames, 40 around each
