"""The live engine with a fake camera, detector and lifter: newest wins, nothing hangs, nothing is swallowed."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

from pipeline.core.config import LiveConfig
from pipeline.core.errors import Cancelled, ConfigError, SourceError
from pipeline.core.live import RunState
from pipeline.live.capture_clock import CaptureClock
from pipeline.live.engine import LiveEngine
from pipeline.live.load_control import LiftTurns
from pipeline.live.skeletons.scene import warm_up
from pipeline.live.statistics import Meter, Timing
from tests.helpers.live.fakes import FakeCamera, FakeDetector, FakeLifter, FakeModels


@pytest.fixture
def run(monkeypatch):
    """Make and start an engine that does not warm up; stopped at the end, in time and without a thread left."""
    monkeypatch.setattr("pipeline.live.live_run.warm_up", lambda *_: None)
    engines: list[LiveEngine] = []

    def begin(camera, models=None, config=None, start=True):
        opener = camera if callable(camera) else lambda: camera
        engine = LiveEngine(opener, config or LiveConfig(), models or FakeModels())
        engine.kept = []
        engine.subscribe(engine.kept.append)
        engines.append(engine)
        if start:
            engine.start()
        return engine

    yield begin
    for engine in engines:
        begun = time.monotonic()
        engine.stop()
        assert time.monotonic() - begun < 2
    assert not [t.name for t in threading.enumerate() if t.name.startswith("live-") and not t.daemon]


def until(condition, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_a_whole_run_from_the_first_frame_to_the_end_of_the_file(run, monkeypatch):
    monkeypatch.setattr("pipeline.live.live_run.warm_up", warm_up)
    camera, models = FakeCamera(count=40, hz=50), FakeModels()
    engine = run(camera, models)
    assert engine.wait(20)
    assert engine.state is RunState.IDLE
    engine.raise_error()
    assert camera.closed.is_set()
    assert not models.closed  # they are the caller's
    summary = engine.summary
    assert summary.captured == 40
    assert summary.shown + summary.predicted + summary.dropped == 40
    assert summary.shown == sum(not result.predicted for result in engine.kept) > 0
    assert summary.latency_p95_ms >= summary.latency_p50_ms > 0
    indices = [result.frame.index for result in engine.kept]
    assert indices == sorted(set(indices))
    last = engine.kept[-1]
    assert last.identities == (1,)
    assert [person.person for person in last.people] == [1]
    assert last.people[0].joints.shape == (17, 3)
    assert np.isfinite(last.people[0].joints).all()
    assert last.people_time_s == pytest.approx(last.frame.time_s - 2 / 50, abs=0.02)
    assert len(last.pose.scores) == 1
    assert last.stats.device == "cpu"
    assert camera.readers == {"live-camera"}


def test_the_newest_frame_wins_and_the_others_are_counted(run):
    detector = FakeDetector(delay_s=0.08)
    engine = run(FakeCamera(count=60, hz=100), FakeModels(detector))
    assert engine.wait(20)
    summary = engine.summary
    assert summary.dropped > 30
    assert summary.captured == summary.shown + summary.predicted + summary.dropped
    assert np.mean(np.diff(detector.calls)) > 3  # frames between were never looked at
    assert summary.latency_max_ms < 1000  # though 60 x 80 ms = 4.8 s of work came in 0.6 s


def test_a_slow_lifter_does_not_hold_detections_up(run):
    detector, lifter = FakeDetector(), FakeLifter(delay_s=0.15)
    engine = run(FakeCamera(count=80, hz=50), FakeModels(detector, lifter))
    assert engine.wait(20)
    summary = engine.summary
    assert summary.predicted > summary.shown > 0
    assert summary.latency_max_ms < 1500
    assert len(engine.kept) == summary.shown + summary.predicted


def test_under_too_much_load_frames_are_predicted_within_the_budget(run):
    """Latency comes from the lifter here; the pace says that it runs on fewer frames."""
    engine = run(FakeCamera(hz=60), FakeModels(FakeDetector(), FakeLifter(0.06)), LiveConfig(latency_budget_ms=40))
    until(lambda: engine.stats.lift_every > 1, 15)
    assert engine.stats.predicted > 0
    engine.stop()
    engine.raise_error()


def test_stop_under_load_is_quick_and_a_run_can_follow(run):
    models = FakeModels(FakeDetector(delay_s=0.2), FakeLifter(delay_s=0.2))
    cameras = [FakeCamera(hz=200), FakeCamera(hz=200)]
    waiting = iter(cameras)
    engine = run(lambda: next(waiting), models)
    for camera in cameras:
        until(lambda: len(engine.kept) > 0)
        begun = time.monotonic()
        engine.stop()
        assert time.monotonic() - begun < 1.5
        assert engine.state is RunState.IDLE
        assert camera.closed.is_set()
        engine.kept.clear()
        if camera is cameras[0]:
            engine.start()
            assert engine.state in (RunState.STARTING, RunState.RUNNING)
    engine.latest()  # the last one may still be shown
    assert engine.latest() is None


def test_states_from_start_to_stop(run):
    models = FakeModels()
    models.wait = 0.3
    engine = run(FakeCamera(), models, start=False)
    assert engine.state is RunState.IDLE
    assert engine.info is None
    assert engine.summary.captured == 0
    engine.start()
    assert engine.state is RunState.STARTING
    assert engine.stats.notice
    with pytest.raises(RuntimeError, match="already"):
        engine.start()
    until(lambda: engine.state is RunState.RUNNING)
    until(lambda: engine.latest() is not None)
    assert engine.info is not None
    engine.stop()
    engine.stop()
    assert engine.state is RunState.IDLE


def test_stopping_while_models_are_loading_does_not_wait_for_them(run):
    models = FakeModels()
    models.wait = 4.0
    camera = FakeCamera()
    engine = run(camera, models)
    time.sleep(0.1)
    begun = time.monotonic()
    engine.stop()
    assert time.monotonic() - begun < 2
    assert engine.state is RunState.IDLE
    assert camera.closed.is_set()
    models.loaded.set()


def test_an_opening_that_takes_long_is_cancelled(run):
    class Slow:
        def __init__(self):
            self.cancelled = threading.Event()

        def __call__(self):
            assert self.cancelled.wait(20)
            raise Cancelled

        def cancel(self):
            self.cancelled.set()

    engine = run(Slow())
    time.sleep(0.05)
    assert engine.state is RunState.STARTING
    engine.stop()
    assert engine.wait(2)
    assert engine.state is RunState.IDLE
    engine.raise_error()


@pytest.mark.parametrize("where", ["open", "read", "detect", "lift", "subscriber"])
def test_an_error_anywhere_ends_the_run_and_is_kept(run, where):
    def broken(index):
        if index == 5 and where == "read":
            raise SourceError("The camera is gone.", "Plug it in.")
        return np.zeros((240, 320, 3), np.uint8)

    def closed_shop():
        raise SourceError("The camera is busy.", "Close the other program.")

    class BrokenLifter(FakeLifter):
        def lift_windows(self, *arguments, **named):
            if self.windows > 60:
                raise RuntimeError("the lifter broke")
            return super().lift_windows(*arguments, **named)

    camera = FakeCamera(change=broken)
    detector = FakeDetector(fail_at=8 if where == "detect" else None)
    lifter = BrokenLifter() if where == "lift" else FakeLifter()
    engine = run(closed_shop if where == "open" else camera, FakeModels(detector, lifter), start=False)
    if where == "subscriber":
        engine.subscribe(lambda result: [][result.frame.index])
    engine.start()
    assert engine.wait(20)
    assert engine.state is RunState.FAILED
    expected = {"open": SourceError, "read": SourceError, "subscriber": IndexError}.get(where, RuntimeError)
    with pytest.raises(expected):
        engine.raise_error()
    if where != "open":
        assert camera.closed.is_set()
    engine.stop()
    assert engine.state is RunState.FAILED  # it stays said


def test_a_subscriber_with_its_own_handler_does_not_end_the_run(run):
    errors = []
    engine = run(FakeCamera(count=20), start=False)

    def fails(result):
        raise OSError("no space left")

    engine.subscribe(fails, errors.append)
    leave = engine.subscribe(lambda result: leave())
    engine.start()
    assert engine.wait(20)
    engine.raise_error()
    assert len(errors) == 1
    assert len(engine.kept) > 1


def test_a_camera_that_stalls_is_told_and_survived(run):
    engine = run(FakeCamera(stall_at=10))
    until(lambda: engine.stats.captured == 10)
    until(lambda: "unplugged" in engine.stats.notice)
    assert engine.state is RunState.RUNNING
    engine.stop()
    engine.raise_error()


def test_a_silent_camera_is_told(run):
    camera = FakeCamera(stall_at=10)
    camera.stall_notice = ""
    engine = run(camera)
    until(lambda: engine.stats.captured == 10)
    until(lambda: engine.stats.notice.startswith("No frame for"))


def test_a_driver_that_hangs_does_not_hang_the_program(run):
    camera = FakeCamera(hang_at=5)
    engine = run(camera)
    until(lambda: engine.stats.captured == 5)
    time.sleep(0.05)
    begun = time.monotonic()
    engine.stop()
    assert time.monotonic() - begun < 2
    assert engine.state is RunState.IDLE
    camera.release.set()
    assert engine.wait(5)  # the thread that was left behind ends by itself
    engine.raise_error()


def test_garbage_is_dropped_and_a_change_of_size_survived(run):
    sizes = {10: (240, 320), 11: (0, 0), 12: (240, 320), 20: (480, 640), 35: (120, 160)}

    def picture(index):
        if index in (5, 6):
            return np.zeros((240, 320), np.uint8)  # grey
        if index == 7:
            return np.zeros((240, 320, 3), np.float32)
        height, width = sizes[max((i for i in sizes if i <= index), default=10)]
        return np.zeros((height, width, 3), np.uint8)

    engine = run(FakeCamera(count=60, hz=50, change=picture, speed=2))
    assert engine.wait(20)
    engine.raise_error()
    shapes = {result.frame.bgr.shape for result in engine.kept}
    assert shapes == {(240, 320, 3), (480, 640, 3), (120, 160, 3)}
    summary = engine.summary
    assert summary.dropped >= 4
    assert [person.person for person in engine.kept[-1].people] == [3]  # other pixels, another identity


def test_nobody_in_the_picture_is_a_result_too(run):
    engine = run(FakeCamera(count=20, hz=50), FakeModels(FakeDetector(lambda _: [])))
    assert engine.wait(20)
    assert engine.summary.shown > 0
    assert all(result.people == () and result.identities == () for result in engine.kept)


def test_who_leaves_and_comes_back_keeps_the_number(run):
    def positions(time_s):
        return [(100, 120)] if not 0.5 <= time_s < 1.2 else []

    engine = run(FakeCamera(count=100, hz=50, speed=3), FakeModels(FakeDetector(positions)))
    assert engine.wait(20)
    present = [[person.person for person in result.people] for result in engine.kept]
    assert present[0] == [1]
    assert [] in present
    assert present[-1] == [1]


def test_own_models_are_freed(run, monkeypatch):
    models = FakeModels()
    monkeypatch.setattr("pipeline.live.engine.Engine", lambda: models)
    engine = LiveEngine(lambda: FakeCamera(count=5))
    engine.start()
    assert engine.wait(20)
    assert models.closed
    engine.stop()


def test_latest_gives_each_result_once(run):
    engine = run(FakeCamera(stall_at=3))
    until(lambda: engine.kept and engine.kept[-1].frame.index == 2)
    time.sleep(0.02)
    assert engine.latest().frame.index == 2
    assert engine.latest() is None


def test_settings_are_checked():
    with pytest.raises(ConfigError):
        LiveConfig(lookahead=31)
    with pytest.raises(ConfigError):
        LiveConfig(latency_budget_ms=0)


def test_a_late_frame_was_captured_when_its_timestamp_says():
    clock = CaptureClock()
    assert clock.captured_at(0.0, 100.0) == 100.0
    assert clock.captured_at(1.0, 101.2) == pytest.approx(101.0)  # 0.2 s in a busy reader
    assert clock.captured_at(2.0, 101.9) == pytest.approx(101.9)  # quicker than ever: the clocks lie so
    for second in range(3, 60):  # its clock is slow: half a millisecond a second, forgiven after a while
        captured = clock.captured_at(second * 0.9995, 100.0 + second)
        assert captured <= 100.0 + second
        assert 100.0 + second - captured < 0.15
    assert 100.0 + second - captured < 0.02


def test_the_meters_percentiles_and_rates():
    meter = Meter()
    for number in range(101):
        meter.capture(number / 50)
        if number % 2 == 0:
            meter.result(number / 50, number % 4 == 2, Timing(1.0, 10.0, None if number % 4 else 5.0, float(number)))
    summary = meter.summary()
    assert (summary.captured, summary.shown, summary.predicted, summary.dropped) == (101, 26, 25, 50)
    assert summary.captured_fps == pytest.approx(50)
    assert summary.shown_fps == pytest.approx(13)
    assert summary.latency_p50_ms == pytest.approx(50, abs=2)
    assert summary.latency_p95_ms == pytest.approx(94, abs=2.5)
    assert (summary.detect_ms, summary.lift_ms) == (10, 5)
    stats = meter.stats(2.0, dropped=47)
    assert stats.dropped == 47
    assert stats.captured_hz == pytest.approx(50, abs=1)
    assert meter.seen_hz(2.0) == pytest.approx(25)
    assert meter.stats(60.0).shown_hz == 0


def test_the_lookahead_can_be_changed_while_it_runs(run):
    engine = run(FakeCamera(hz=50), config=LiveConfig(lookahead=0))
    until(lambda: bool(engine.kept) and engine.kept[-1].people)
    assert engine.stats.lookahead_ms == 0
    newest = engine.kept[-1]
    assert newest.people_time_s == pytest.approx(newest.frame.time_s, abs=1e-6)
    engine.set_lookahead(10)
    late_s = 10 / 50
    until(lambda: engine.stats.lookahead_ms == pytest.approx(1e3 * late_s, rel=0.2))
    until(lambda: engine.kept[-1].frame.time_s - engine.kept[-1].people_time_s > 0.6 * late_s)
    assert engine.state is RunState.RUNNING
    with pytest.raises(ConfigError):
        engine.set_lookahead(31)


@pytest.mark.parametrize(
    ("ages_s", "lift_ms", "taken"),
    [
        ((5.0, 0.0, 0.0), 0.0, [False, True, False]),  # the old one is passed over and takes no turn
        ((0.7, 0.7, 0.7), 0.0, [True, False, True]),
        ((0.7, 0.7, 0.7), 150.0, [False, False, True]),  # the newest would be late: only that one
        ((0.3, 0.3, 0.3), 150.0, [True, False, True]),
    ],
)
def test_behind_the_lifter_frames_are_lifted_that_make_nobody_late(ages_s, lift_ms, taken):
    """Three frames wait, every second one is lifted."""
    turns, (*waiting, newest) = LiftTurns(budget_ms=1000), [1e3 * age_s for age_s in ages_s]
    lifted = [turns.take(age, newest, lift_ms, every=2) for age in waiting]
    assert [*lifted, turns.take_newest(every=2)] == taken


def test_threads_hand_over_fast_while_it_runs_and_as_before_afterwards(run):
    usual_s = sys.getswitchinterval()
    engine = run(FakeCamera())
    until(lambda: engine.state is RunState.RUNNING)
    assert sys.getswitchinterval() == pytest.approx(0.001)
    engine.stop()
    until(lambda: engine.state is RunState.IDLE)
    assert sys.getswitchinterval() == pytest.approx(usual_s)
