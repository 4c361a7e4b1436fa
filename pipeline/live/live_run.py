"""Run the camera, detect and lift threads of one live run, from start to end.

camera thread: opens the source, waits for the models, reads -> `LatestSlot` (newest frame; overwritten ones are lost)
detect thread: loads the detector; takes the newest frame, detects or predicts -> `StopQueue` of 2D joints, 4 frames
lift thread:   loads the lifter; takes all waiting 2D joints, lifts the newest and those that delay no result -> `emit`

The lift thread empties the queue in every iteration, so the queue holds at most the observations made during one lift,
and the detect thread waits for it only briefly. Any error ends all three threads and is kept. A thread that hangs in
foreign code (a driver, loading a model) is left behind by `join`; the last thread to end, at any later time, calls
`on_end`, which frees the models.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..core.camera import Frame, VideoInfo, frame_rate_hz
from ..core.concurrency import Closed, LatestSlot, StopQueue
from ..core.config import LiveConfig
from ..core.errors import Cancelled
from ..core.live import LiveResult, LiveStats
from ..detect.mediapipe.choose import resolved
from ..post.camera_roll import RollWatch, roll_note
from ..run.models import Engine
from ..sources.live.base import LiveSource
from .capture_clock import CaptureClock
from .detect_live import LiveObserver, Observed
from .load_control import Adapter, LiftTurns, Load, takes
from .skeletons.scene import LiveScene, warm_up
from .statistics import Meter, Timing

log = logging.getLogger(__name__)

_READ_S = 0.25  # s, longest wait for a frame before the stop flag is checked
_SILENCE_S = 0.5  # s without a frame after which the notice reports it
_QUEUED = 4  # observations, capacity of the queue to the lift thread
_SMALLEST_PX = 16  # px, shortest side of a usable frame
# s, Python's thread switch interval: after every call into a network, a stage may wait this long for the other threads.
# 23.0 frames/s were shown, against 20.5 with Python's default of 5 ms (two people, 8 alternating runs).
_SWITCH_S = 0.001


class LiveRun:
    """Run one live source until it ends, fails or is stopped.

    `emit` gets every result, in the lift thread; `on_end` is called once, by the last thread to end.
    """

    def __init__(
        self,
        open_source: Callable[[], LiveSource],
        config: LiveConfig,
        models: Engine,
        emit: Callable[[LiveResult], None],
        on_end: Callable[[], None],
    ) -> None:
        self._open_source, self._config, self._models = open_source, config, models
        self._emit, self._on_end = emit, on_end
        self._stop = threading.Event()
        self._ready = threading.Barrier(3)  # no thread starts working before all three are ready
        self._frames: LatestSlot[tuple[Frame, float]] = LatestSlot()
        self._observed: StopQueue[Observed] = StopQueue(_QUEUED)
        self._adapter = Adapter(config.latency_budget_ms)
        self._source: LiveSource | None = None
        self._device = ""
        self.detector_runtime = ""  # runtime of the embedded detector's network, "" until it is loaded
        self._roll = RollWatch()
        self._unusable = 0
        self._last_frame_at = 0.0
        self._lock = threading.Lock()
        self._left = 3
        self.meter = Meter()
        self.scene: LiveScene | None = None
        self.error: BaseException | None = None
        self.running = threading.Event()
        self.ended = threading.Event()  # all threads have ended
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=f"live-{name}", daemon=True)
            for name, work in (("camera", self._capture), ("detect", self._detect), ("lift", self._lift))
        ]

    def start(self) -> None:
        self._usual_switch_s = sys.getswitchinterval()
        sys.setswitchinterval(min(_SWITCH_S, self._usual_switch_s))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Request the end of all threads and close the source, which may take a second."""
        self._stop.set()
        self._ready.abort()
        self._frames.close()
        self._observed.stop()
        source = self._source
        if source is not None:
            source.close()
        else:
            cancel_opening = getattr(self._open_source, "cancel", None)
            if cancel_opening is not None:
                cancel_opening()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads to end. False: a thread hangs and is left behind."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        hanging = [thread.name for thread in self._threads if thread.is_alive()]
        if hanging:
            log.warning("still busy, left behind: %s", ", ".join(hanging))
        return not hanging

    @property
    def info(self) -> VideoInfo | None:
        return None if self._source is None else self._source.info

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def set_lookahead(self, frames: int) -> None:
        self._config = replace(self._config, lookahead=frames)  # for a scene that is created later
        scene = self.scene
        if scene is not None:
            scene.set_lookahead(frames)

    def stats(self) -> LiveStats:
        now = time.monotonic()
        pace, scene = self._adapter.pace, self.scene
        return replace(
            self.meter.stats(now, self._frames.dropped + self._unusable),
            lookahead_ms=1e3 * scene.lookahead_s if scene is not None else 0.0,
            detect_every=pace.detect_every,
            lift_every=pace.lift_every,
            device=self._device,
            notice=self._notice(now),
        )

    def _notice(self, now: float) -> str:
        if not self.running.is_set():
            return "" if self.stopping else "Opening the camera, loading the models"
        said = self._source.notice if self._source is not None else ""
        if not said and self._roll.roll_deg and self._config.scene.roll_deg is None:
            note = roll_note(self._roll.roll_deg)
            said = note[0].upper() + note[1:]
        silent = now - self._last_frame_at
        return said or (f"No frame for {silent:.1f} s" if silent > _SILENCE_S and not self.stopping else "")

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (Closed, Cancelled, threading.BrokenBarrierError):
            pass
        except BaseException as error:  # kept for the owner of the run, which raises it
            with self._lock:
                if self.error is None and not self.stopping:
                    self.error = error
            log.info("live run failed", exc_info=error)
            self.stop()
        finally:
            with self._lock:
                self._left -= 1
                last = self._left == 0
            if last:
                sys.setswitchinterval(self._usual_switch_s)
                self._on_end()
                self.ended.set()

    def _capture(self) -> None:
        if self._stop.is_set():
            return
        source = self._open_source()
        try:
            self._source = source
            self._ready.wait()
            self.running.set()
            self._last_frame_at = time.monotonic()
            clock, last_s = CaptureClock(), -np.inf
            while not self._stop.is_set():
                frame = source.read(_READ_S)
                now = time.monotonic()
                if frame is None:
                    continue
                self._last_frame_at = now
                self.meter.capture(now)
                if not _usable(frame, last_s):
                    self._unusable += 1
                    continue
                last_s = frame.time_s
                self._frames.put((frame, clock.captured_at(frame.time_s, now)))
        finally:
            self._frames.close()
            self._ready.abort()
            source.close()

    def _detect(self) -> None:
        try:
            detector = self._models.detector(resolved(self._config.detect))
            self.detector_runtime = getattr(detector, "runtime", "")
            self._ready.wait()
            info = self.info
            assert info is not None, "the camera thread was ready"
            observer = LiveObserver(detector, info, self._config.scene)
            number = 0
            while True:
                item = self._frames.get(_READ_S)
                if item is None:
                    continue
                frame, captured_at = item
                taken_at = time.monotonic()
                detected = takes(number, self._adapter.pace.detect_every)
                number += 1
                pose, identities = observer.detect(frame) if detected else observer.predict(frame)
                spent_s = time.monotonic() - taken_at
                self._observed.put(
                    Observed(frame, pose, identities, observer.camera, detected, captured_at, taken_at, spent_s)
                )
        except Closed:
            self._observed.close()  # end of the source: waiting observations are still lifted

    def _lift(self) -> None:
        lifter = self._models.lifter(self._config.lift)
        self._device = lifter.device_name
        newest = lifter.newest(openvino=True)
        warm_up(newest, self._config)
        self._ready.wait()
        info = self.info
        assert info is not None, "the camera thread was ready"
        scene = self.scene = LiveScene(newest, self._config, info)
        turns = LiftTurns(self._config.latency_budget_ms)
        while True:
            batch = [self._observed.get()]
            while self._observed.waiting:
                batch.append(self._observed.get())
            for observed in batch:
                # Older frames that arrived during a lift may only contribute their 2D joints to later windows.
                self._publish(scene, observed, lift=observed.detected and self._lifted(turns, observed, batch[-1]))

    def _lifted(self, turns: LiftTurns, observed: Observed, newest: Observed) -> bool:
        every = self._adapter.pace.lift_every
        if observed is newest:
            return turns.take_newest(every)
        now = time.monotonic()
        waited_ms, newest_waited_ms = 1e3 * (now - observed.captured_at), 1e3 * (now - newest.captured_at)
        return turns.take(waited_ms, newest_waited_ms, self.stats().lift_ms, every)

    def _publish(self, scene: LiveScene, observed: Observed, lift: bool) -> None:
        begun = time.monotonic()
        if observed.detected:
            self._roll.add(*observed.pose.h36m17)
        seen_hz = self.meter.seen_hz(begun)
        seen = scene.update(observed, lift, seen_hz)
        now = time.monotonic()
        latency_ms = 1e3 * (now - observed.captured_at)
        lift_ms = 1e3 * (now - begun)
        detect_ms = 1e3 * observed.detect_s
        predicted = not (observed.detected and seen.lifted)
        self.meter.result(
            now,
            predicted,
            Timing(
                waited=1e3 * (observed.taken_at - observed.captured_at),
                detect=detect_ms if observed.detected else None,
                lift=lift_ms if seen.lifted else None,
                latency=latency_ms,
            ),
        )
        stats = self.stats()
        interval_ms = 1e3 / frame_rate_hz(stats.captured_hz)
        self._adapter.update(now, latency_ms, Load(stats.detect_ms, stats.lift_ms, interval_ms, seen_hz))
        self._emit(
            LiveResult(
                observed.frame,
                observed.pose,
                observed.identities,
                seen.people,
                seen.time_s,
                predicted,
                stats,
                observed.detected,
            )
        )


def _usable(frame: Frame, last_s: float) -> bool:
    """Return whether a frame is a BGR image of at least 16 px, later than the frame before."""
    shape = frame.bgr.shape
    picture = len(shape) == 3 and shape[2] == 3 and min(shape[:2]) >= _SMALLEST_PX and frame.bgr.dtype == np.uint8
    return picture and bool(np.isfinite(frame.time_s)) and frame.time_s > last_s
