"""Webcam mode: newest wins. Frames of a live source in, results out as soon as they are known.

Topology (`run`): camera thread -> `LatestSlot` of frames -> detect thread -> short queue -> lift thread -> `results`, a
`LatestSlot` for whoever shows them, and the subscribers. Nothing waits for a slower stage: what comes too late is
dropped and counted, so the latency is bounded by what the stages cost, and nothing accumulates.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.camera import VideoInfo
from ..core.concurrency import Closed, LatestSlot
from ..core.config import LiveConfig
from ..core.live import LiveResult, LiveStats, RunState
from ..run.models import Engine
from ..sources.live.base import LiveSource
from ..sources.turned import TurnedOpener
from .live_run import LiveRun
from .statistics import LiveSummary, Meter

_JOIN_S = 1.5  # with closing the source, stopping stays under 2 s

OnResult = Callable[[LiveResult], None]
OnError = Callable[[BaseException], None]


class LiveEngine:
    """One live run after the other. Use from one thread, but for what says otherwise.

    `open_source` is called in the camera thread, so that neither a slow camera nor loading models blocks the caller; if
    it has a method `cancel`, `stop` calls that while the source is being opened.
    `models` are used and stay the caller's (loaded once for many runs); without, each run loads and frees its own.
    """

    def __init__(
        self, open_source: Callable[[], LiveSource], config: LiveConfig | None = None, models: Engine | None = None
    ) -> None:
        config = config or LiveConfig()
        turn_deg = config.scene.turn_deg
        # Everything behind the camera sees upright people: images of a camera that hangs upside down are turned.
        self.config = replace(config, scene=config.scene.in_turned(turn_deg))
        # The newest result, for a timer or a loop; closed when the run ends, new when one starts.
        self.results: LatestSlot[LiveResult] = LatestSlot()
        self._open_source = open_source if not turn_deg else TurnedOpener(open_source, turn_deg)
        self._models = models
        self._run: LiveRun | None = None
        self._stopping = False
        self._left_behind = False
        self._lock = threading.Lock()
        self._subscribers: list[tuple[OnResult, OnError | None]] = []

    @property
    def state(self) -> RunState:
        run = self._run
        if run is None:
            return RunState.IDLE
        if run.error is not None:
            return RunState.FAILED
        if run.ended.is_set() or self._left_behind:
            return RunState.IDLE
        if self._stopping or run.stopping:
            return RunState.STOPPING
        return RunState.RUNNING if run.running.is_set() else RunState.STARTING

    @property
    def error(self) -> BaseException | None:
        """What ended the run (state FAILED): a `UserError`, or a bug."""
        return None if self._run is None else self._run.error

    @property
    def info(self) -> VideoInfo | None:
        """Of the source; None until it is open. Its size may change while running."""
        return None if self._run is None else self._run.info

    @property
    def detector_runtime(self) -> str:
        """What runs the embedded detector's network, which "auto" chose; "" before it is loaded."""
        return "" if self._run is None else self._run.detector_runtime

    @property
    def stats(self) -> LiveStats:
        """A snapshot, also while no frame comes (`notice` says why). From any thread."""
        return LiveStats() if self._run is None else self._run.stats()

    @property
    def summary(self) -> LiveSummary:
        """The whole run so far, or the last one. From any thread."""
        return (Meter() if self._run is None else self._run.meter).summary()

    def start(self) -> None:
        """Begin; returns at once. Raises RuntimeError if it runs already."""
        if self._run is not None and not self._run.ended.is_set() and not self._stopping:
            raise RuntimeError("the live run goes on already")
        self._stopping = self._left_behind = False
        results: LatestSlot[LiveResult] = LatestSlot()
        models = self._models or Engine()

        def end() -> None:
            results.close()
            if models is not self._models:
                models.close()

        self.results = results
        self._run = LiveRun(self._open_source, self.config, models, lambda result: self._emit(results, result), end)
        self._run.start()

    def stop(self) -> None:
        """End the run and join its threads, in less than 2 s. Harmless if nothing runs. An error is kept.

        A thread that hangs in a driver is left behind; it ends when the driver lets it.
        """
        run = self._run
        if run is None:
            return
        self._stopping = True
        run.stop()
        self._left_behind = not run.join(_JOIN_S)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until the run has ended by itself (end of the file, error). False: it goes on."""
        return self._run is None or self._run.ended.wait(timeout_s)

    def raise_error(self) -> None:
        """Raise `error` if there is one."""
        if self.error is not None:
            raise self.error

    def latest(self, timeout_s: float = 0.0) -> LiveResult | None:
        """The newest result if it was not taken yet; None also when the run has ended. For one taker."""
        with contextlib.suppress(Closed):
            return self.results.get(timeout_s)
        return None

    def subscribe(self, on_result: OnResult, on_error: OnError | None = None) -> Callable[[], None]:
        """Call `on_result` with every result, in order, in the lift thread: it has to be quick. From any thread.

        If it raises, it is called no more and `on_error` gets the error; without `on_error` the run fails with it.
        Returns what ends it.
        """
        entry = (on_result, on_error)
        with self._lock:
            self._subscribers = [*self._subscribers, entry]

        def end() -> None:
            with self._lock:
                self._subscribers = [other for other in self._subscribers if other is not entry]

        return end

    def set_lookahead(self, frames: int) -> None:
        """Change the look-ahead, also of a run that goes on: nothing begins again. Raises `ConfigError`."""
        self.config = replace(self.config, lookahead=frames)
        if self._run is not None:
            self._run.set_lookahead(frames)

    def history(self, person: int) -> tuple[Doubles, Floats]:
        """The last seconds of a person as they are known by now: times (n,) and joints (n, 17, 3), world, metres.

        These estimates have seen what came after them and will not change any more (the world's axes may, slowly).
        From any thread.
        """
        scene = None if self._run is None else self._run.scene
        return (np.zeros(0), np.zeros((0, 17, 3), np.float32)) if scene is None else scene.history(person)

    def _emit(self, results: LatestSlot[LiveResult], result: LiveResult) -> None:
        results.put(result)
        for entry in self._subscribers:
            on_result, on_error = entry
            try:
                on_result(result)
            except Exception as error:
                if on_error is None:
                    raise
                with self._lock:
                    self._subscribers = [other for other in self._subscribers if other is not entry]
                on_error(error)
