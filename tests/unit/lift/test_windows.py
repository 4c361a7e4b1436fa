"""Test windows of a track: placement, blending, segments, resampling, growing tracks."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera, VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled
from pipeline.core.poses import PersonTrack
from pipeline.lift.resample import grid_rate_hz
from pipeline.lift.window_plan import blend_weights, lead_in, pad_index, plan_windows
from pipeline.lift.windows import TrackLift

F = 27


class Echo:
    """Lifter that returns the image joints as x and y and records its input.

    `bias(call, row)` is added to z, so that overlapping windows differ, as those of a network do. `stages[call]`: kept
    frames of its windows, block -> frames.
    """

    name, frames, rate_hz, unit_stature_m = "echo", F, (24.0, 75.0), 1.55
    seq2frame = takes_depth = False

    def __init__(self, bias=None, stages=None) -> None:
        self.stages = stages
        self.last_kept: dict[int, np.ndarray] = {}
        self.batches: list[np.ndarray] = []
        self.scores: list[np.ndarray] = []
        self.bias = bias
        self.cameras: set[Camera] = set()

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        assert joints_image.shape == (len(scores), F, 17, 2)
        assert camera.size_px == (640, 480)
        self.cameras.add(camera)
        out = np.zeros((*joints_image.shape[:3], 3), np.float32)
        out[..., :2] = np.nan_to_num(joints_image)
        if self.bias is not None:
            out[..., 2] = self.bias(len(self.batches), np.arange(F))[None, :, None]
        if self.stages is not None:
            self.last_kept = {
                block: np.stack([np.isin(np.arange(F), frames)] * len(out))
                for block, frames in self.stages[len(self.batches)].items()
            }
        self.batches.append(joints_image.copy())
        self.scores.append(scores.copy())
        return out

    def close(self) -> None: ...


def track(times: np.ndarray, hz: float = 0.7) -> np.ndarray:
    """Return smooth joints (T, 17, 2) at the given times, each joint with another phase."""
    phase = np.linspace(0, 2, 17)[None, :, None] + np.array([0.0, 1.0])
    return (100 + 50 * np.sin(2 * np.pi * hz * times[:, None, None] + phase)).astype(np.float32)


def camera(fps: float = 30.0, variable: bool = False) -> Camera:
    return Camera.of(VideoInfo("", "", 640, 480, fps, 0, 0.0, variable_rate=variable))


def rows(joints: np.ndarray, scores: np.ndarray, times: np.ndarray) -> PersonTrack:
    return PersonTrack.of_h36m17(1, times, joints, scores)


def lift(joints, times, lifter, step=10, fps=30.0, variable=False, **options) -> tuple[np.ndarray, TrackLift]:
    t = TrackLift(lifter, camera(fps, variable), **options)
    scores = np.where(np.isfinite(joints[..., 0]), 0.9, 0).astype(np.float32)
    for a in range(0, len(times), step):
        t.push(rows(joints[a : a + step], scores[a : a + step], times[a : a + step]))
        t.lift_ready()
    t.finish()
    return t.result(), t


@pytest.mark.parametrize("length", [1, 26, 27, 28, 49, 50, 72, 500])
def test_plan_covers_everything_within_the_segment(length: int):
    starts = plan_windows(length, F, 22)
    covered = np.zeros(length, bool)
    for start in starts:
        covered[start : start + F] = True
    assert covered.all()
    assert starts == sorted(set(starts))
    if length >= F:
        assert starts[-1] + F == length or length == F
        assert max(np.diff(starts), default=0) <= 22
    else:
        assert starts == [0]


@pytest.mark.parametrize("length", [5, 27, 28, 60, 71, 72, 200])
def test_lifting_while_the_track_grows_lifts_the_planned_windows(length: int):
    times = np.arange(length) / 30
    joints = track(times)
    lifter = Echo()
    out, t = lift(joints, times, lifter, step=7)
    stride = F - round(F / 6)
    expected = [joints[a + pad_index(min(length, F), F)[0]] for a in plan_windows(length, F, stride)]
    assert len(lifter.batches) == len(expected)
    for batch, window in zip(lifter.batches, expected, strict=True):
        np.testing.assert_array_equal(batch[0], window)
    np.testing.assert_allclose(out[..., :2], joints, atol=1e-4)
    assert t.rows_lifted == t.rows_pushed == length


def test_how_rows_arrive_does_not_matter():
    times = np.arange(150) / 30
    joints = track(times)
    joints[60:64] = np.nan
    wobble = lambda call, row: np.sin(row / 5)  # noqa: E731
    outs = [lift(joints, times, Echo(wobble), step=step)[0] for step in (1, 13, 150)]
    np.testing.assert_array_equal(outs[0], outs[1])
    np.testing.assert_array_equal(outs[0], outs[2])


def test_weights_of_neighbours_add_up_to_one():
    w = blend_weights(F, 5)
    np.testing.assert_allclose(w[-5:] + w[:5], 1, atol=1e-6)
    assert (w[5:-5] == 1).all()
    assert (w > 0).all()
    np.testing.assert_array_equal(w, w[::-1])


def test_windows_that_disagree_leave_no_seam():
    """Offset windows by +-1 in turns: the blend changes in small steps, without jumps."""
    times = np.arange(200) / 30
    out, _ = lift(track(times), times, Echo(lambda call, row: np.full(F, 1.0 if call % 2 else -1.0)))
    z = out[:, 0, 2]
    assert z.min() < -0.99
    assert z.max() > 0.99
    overlap = round(F / 6)
    assert np.abs(np.diff(z)).max() < 2 * 1.7 / overlap  # raised cosine: at most pi / 2 times the mean slope
    hard, _ = lift(track(times), times, Echo(lambda call, row: np.full(F, 1.0 if call % 2 else -1.0)), overlap=0.0)
    assert np.abs(np.diff(hard[:, 0, 2])).max() == 2


def test_what_is_lifted_early_changes_only_where_the_next_window_overlaps():
    times = np.arange(120) / 30
    joints, scores = track(times), np.full((120, 17), 0.9, np.float32)
    t = TrackLift(Echo(lambda call, row: np.full(F, call)), camera())
    t.push(rows(joints[:60], scores[:60], times[:60]))
    t.lift_ready()
    early, done = t.result(), t.rows_lifted
    assert done == 23 + F  # windows at 0 and 23
    assert np.isfinite(early[:done]).all()
    assert np.isnan(early[done:]).all()
    t.push(rows(joints[60:], scores[60:], times[60:]))
    t.finish()
    late = t.result()
    # The next window starts at 46: rows before it are final.
    np.testing.assert_array_equal(late[:46], early[:46])
    assert len(late) == 120


def test_padding_runs_backwards_and_forwards():
    index, before = pad_index(4, 11)
    assert index.tolist() == [3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]
    assert before == 3
    assert pad_index(1, 5)[0].tolist() == [0] * 5
    index, before = pad_index(F, F)
    assert index.tolist() == list(range(F))
    assert before == 0


def test_newest_rows_are_led_in_and_stay_last():
    assert lead_in(4, 11).tolist() == [1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3]
    assert lead_in(1, 5).tolist() == [0] * 5
    assert lead_in(F, F).tolist() == list(range(F))


def test_a_short_clip_is_one_padded_window():
    times = np.arange(8) / 30
    joints = track(times)
    lifter = Echo()
    out, _ = lift(joints, times, lifter)
    assert len(lifter.batches) == 1
    assert np.isfinite(lifter.batches[0]).all()
    assert lifter.scores[0].min() > 0
    np.testing.assert_allclose(out[..., :2], joints, atol=1e-4)


def test_a_long_absence_cuts_the_track_a_short_one_is_lifted_through():
    times = np.arange(200) / 30
    joints = track(times)
    joints[:10] = np.nan
    joints[60:70] = np.nan  # 0.33 s
    joints[110:150] = np.nan  # 1.33 s
    joints[190:] = np.nan
    lifter = Echo()
    out, _ = lift(joints, times, lifter)
    absent = np.isnan(joints[..., 0]).all(1)
    assert np.isnan(out[absent]).all()
    np.testing.assert_allclose(out[~absent][..., :2], joints[~absent], atol=1e-4)
    stride = F - round(F / 6)
    assert len(lifter.batches) == len(plan_windows(100, F, stride)) + len(plan_windows(40, F, stride))
    for batch in lifter.batches:  # no window reaches over the long absence
        assert np.isnan(batch[0, :, 0, 0]).sum() <= 10


def test_a_joint_out_of_sight_does_not_make_the_person_absent():
    times = np.arange(40) / 30
    joints = track(times)
    joints[:, 3] = np.nan
    lifter = Echo()
    out, _ = lift(joints, times, lifter)
    assert np.isfinite(out).all()
    assert (np.concatenate(lifter.scores)[..., 3] == 0).all()


def test_a_track_without_anybody_and_an_empty_one():
    times = np.arange(40) / 30
    lifter = Echo()
    out, t = lift(np.full((40, 17, 2), np.nan, np.float32), times, lifter)
    assert out.shape == (40, 17, 3)
    assert np.isnan(out).all()
    assert lifter.batches == []
    assert t.rows_lifted == 40
    empty, _ = lift(np.zeros((0, 17, 2), np.float32), np.zeros(0), Echo())
    assert empty.shape == (0, 17, 3)


def test_several_windows_share_a_batch():
    times = np.arange(200) / 30
    joints = track(times)
    lifter = Echo()
    out, _ = lift(joints, times, lifter, step=200, batch=4)
    assert [len(b) for b in lifter.batches] == [4, 4, 1]
    np.testing.assert_allclose(out[..., :2], joints, atol=1e-4)


def test_cancel_is_seen_before_each_batch():
    times = np.arange(200) / 30
    cancel, lifter = CancelToken(), Echo()
    t = TrackLift(lifter, camera())
    t.push(rows(track(times), np.ones((200, 17), np.float32), times))
    t.lift_ready(cancel)
    done = len(lifter.batches)
    cancel.cancel()
    with pytest.raises(Cancelled):
        t.finish(cancel)
    assert len(lifter.batches) == done


@pytest.mark.parametrize(
    ("fps", "variable", "rate"),
    [(30, False, None), (23.976, False, None), (75, False, None), (10, False, 24), (120, False, 75), (240, False, 75),
     (30, True, 30), (12, True, 24), (0, False, 30)],
)  # fmt: skip
def test_rate_of_the_grid(fps: float, variable: bool, rate: float | None):
    assert grid_rate_hz(camera(fps, variable), (24.0, 75.0)) == rate


@pytest.mark.parametrize(("fps", "allowed_px"), [(10.0, 0.8), (120.0, 0.1), (240.0, 0.1)])
def test_other_rates_are_resampled_and_come_back_on_their_frames(fps: float, allowed_px: float):
    times = 5 + np.arange(int(6 * fps)) / fps
    joints = track(times)
    lifter = Echo()
    out, t = lift(joints, times, lifter, fps=fps)
    assert out.shape == (len(times), 17, 3)
    assert t.rows_lifted == len(times)
    np.testing.assert_allclose(out[..., :2], joints, atol=allowed_px)
    # The lifter's input is at its own rate: the first window starts at the first frame and steps by 1 / rate.
    rate = min(max(fps, 24), 75)
    seen = 5 + np.arange(F) / rate
    np.testing.assert_allclose(lifter.batches[0][0], track(seen), atol=1.25)


def test_slow_motion_comes_back_smooth():
    """Resample 240 fps through a 75 Hz grid: accelerations show no corners."""
    times = np.arange(720) / 240
    joints = track(times, hz=1.5)
    out, _ = lift(joints, times, Echo(), fps=240.0)
    got = np.abs(np.diff(out[..., :2], n=2, axis=0)).max()
    true = np.abs(np.diff(joints.astype(np.float64), n=2, axis=0)).max()
    corners = np.interp(times, times[::3], joints[::3, 0, 0].astype(np.float64))
    assert np.abs(np.diff(corners, n=2)).max() > 2.5 * true  # linear interpolation would fail this
    assert got < 1.8 * true


def test_variable_rate_keeps_its_true_times():
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(1 / 60, 1 / 20, 200))
    joints = track(times)
    out, _ = lift(joints, times, Echo(), fps=30.0, variable=True)
    np.testing.assert_allclose(out[..., :2], joints, atol=1.5)


def test_resampling_does_not_bridge_what_was_not_seen():
    times = np.arange(120) / 10
    joints = track(times, hz=0.37)
    joints[40:60] = np.nan
    lifter = Echo()
    out, _ = lift(joints, times, lifter, fps=10.0)
    absent = np.isnan(joints[..., 0]).all(1)
    np.testing.assert_array_equal(np.isnan(out).all((1, 2)), absent)
    for batch, scores in zip(lifter.batches, lifter.scores, strict=True):
        assert (scores[np.isnan(batch).any(-1)] == 0).all()
    # 40 frames before, 60 after at 24 rows for 10 frames; no rows within the two seconds between.
    rows = {tuple(row.ravel()) for batch in lifter.batches for row in batch[0]}
    assert len(rows) == pytest.approx((4.0 + 6.0) * 24, abs=5)


def test_a_hole_in_a_variable_rate_video_is_not_filled():
    times = np.concatenate([np.arange(60) / 30, 10 + np.arange(60) / 30])
    joints = track(times)
    lifter = Echo()
    out, _ = lift(joints, times, lifter, fps=30.0, variable=True)
    assert np.isfinite(out).all()
    np.testing.assert_allclose(out[..., :2], joints, atol=1.5)
    assert sum(len(b) for b in lifter.batches) == 2 * len(plan_windows(60, F, F - round(F / 6)))


def test_the_window_with_the_larger_weight_says_what_was_kept():
    """Place windows at 0, 23 and (moved back) 33 of 60 rows; weights cross within 4 rows.

    Where two windows both have full weight, the earlier one decides; where its weight falls, the later one.
    """
    times = np.arange(60) / 30
    lifter = Echo(stages=[{1: range(F), 3: range(0, F, 2)}, {1: range(1, F), 3: [1, 5]}, {1: [0, 26], 3: [26]}])
    _, t = lift(track(times), times, lifter)
    assert len(lifter.batches) == 3
    assert plan_windows(60, F, 23) == [0, 23, 33]
    blocks, kept = t.kept()
    assert blocks == (1, 3)
    weights = blend_weights(F, 4)
    third = [row for row in range(33, 50) if weights[row - 33] > weights[row - 23]]
    assert third == [46, 47, 48, 49]
    # So the first window decides rows 0 to 24, the second 25 to 45, the third the rest.
    assert np.nonzero(kept[0])[0].tolist() == [*range(25), *range(25, 46), 59]
    assert np.nonzero(kept[1])[0].tolist() == [*range(0, 25, 2), 28, 59]


def test_a_short_clip_keeps_what_its_own_place_in_the_window_keeps():
    """Pad 8 frames to 27: only positions 9 to 16 count, not the reflected rows around them."""
    times = np.arange(8) / 30
    even = np.linspace(0, F - 1, 9).round().astype(int)
    assert even.tolist() == [0, 3, 6, 10, 13, 16, 20, 23, 26]
    _, t = lift(track(times), times, Echo(stages=[{2: even}]))
    assert np.nonzero(t.kept()[1][0])[0].tolist() == [1, 4, 7]


def test_nothing_is_kept_where_nobody_was_seen_or_nothing_lifted():
    times = np.arange(40) / 30
    joints = track(times)
    joints[3:5] = np.nan
    t = TrackLift(Echo(stages=[{2: range(F)}, {2: range(F)}]), camera(), repair_sides=False)
    assert t.kept()[0] == ()
    t.push(rows(joints, np.full((40, 17), 0.9, np.float32), times))
    t.lift_ready()
    assert np.nonzero(~t.kept()[1][0])[0].tolist() == [3, 4, *range(F, 40)]
    t.finish()
    assert np.nonzero(~t.kept()[1][0])[0].tolist() == [3, 4]


def test_without_pruning_there_are_no_stages():
    times = np.arange(40) / 30
    _, t = lift(track(times), times, Echo())
    blocks, kept = t.kept()
    assert blocks == ()
    assert kept.shape == (0, 40)


@pytest.mark.parametrize(
    ("fps", "count", "expected"),
    [
        # 75 Hz rows 0, 5, 10, ... (one a 15th of a second) of a 150 fps source: every tenth frame.
        (150.0, 51, [0, 10, 20, 30, 40, 50]),
        # 11 frames at 10 fps are 25 rows at 24 Hz, from index 1 of the window on: its 5, 10, 15, 20, 25 are rows 4, 9,
        # 14, 19, 24, and lie at frames 1.67, 3.75, 5.83, 7.92 and 10.
        (10.0, 11, [2, 4, 6, 8, 10]),
    ],
)
def test_kept_rows_of_a_resampled_source_are_its_nearest_frames(fps: float, count: int, expected: list[int]):
    times = 3 + np.arange(count) / fps
    lifter = Echo(stages=[{2: range(0, F, 5)}])
    _, t = lift(track(times), times, lifter, fps=fps)
    assert len(lifter.batches) == 1
    assert np.nonzero(t.kept()[1][0])[0].tolist() == expected


def test_the_lifter_is_given_the_camera() -> None:
    times = np.arange(2 * F) / 30
    for seen in (camera(), Camera((640, 480), 81.5)):
        lifter = Echo()
        t = TrackLift(lifter, seen)
        t.push(rows(track(times), np.ones((2 * F, 17), np.float32), times))
        t.finish()
        assert lifter.cameras == {seen}
