"""Estimate 3D poses from a live source with bounded latency; the newest frame wins.

Topology (`live_run`): camera thread -> `LatestSlot` of frames -> detect thread -> short queue -> lift thread ->
`results` (a `LatestSlot` for the view) and the subscribers. No stage waits for a slower one: frames that come too late
are dropped and counted, so the latency is bounded by the durations of the stages and does not accumulate.
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

_JOIN_S = 1.5  # s, longest wait for the threads; together with closing the source, stopping takes less than 2 s

OnResult = Callable[[LiveResult], None]
OnError = Callable[[BaseException], None]


class LiveEngine:
    """Start and stop live runs, one at a time.

    Use from one thread unless a method states otherwise.

    `open_source` is called in the camera thread, so that neither a slow camera nor loading models blocks the caller; if
    it has a method `cancel`, `stop` calls that while the source is being opened.
    `models` are shared and remain the caller's (loaded once for many runs); without them, each run loads and frees its
    own models.
    """

    def __init__(
        self, open_source: Callable[[], LiveSource], config: LiveConfig | None = None, models: Engine | None = None
    ) -> None:
        config = config or LiveConfig()
        turn_deg = config.scene.turn_deg
        # All later stages get upright people: frames of a camera that is mounted upside down are rotated.
        self.config = replace(config, scene=config.scene.in_turned(turn_deg))
        # The newest result, for a timer or a loop; closed when the run ends, replaced when one starts.
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
        """Return the error that ended the run (state FAILED): a `UserError`, or a bug."""
        return None if self._run is None else self._run.error

    @property
    def info(self) -> VideoInfo | None:
        """Return the properties of the source; None until it is open.

        The frame size may change during the run.
        """
        return None if self._run is None else self._run.info

    @property
    def detector_runtime(self) -> str:
        """Return the runtime of the embedded detector's network, as chosen by "auto".

        Empty until the network is loaded.
        """
        return "" if self._run is None else self._run.detector_runtime

    @property
    def stats(self) -> LiveStats:
        """Return the current statistics of the run. From any thread.

        They are also current while no frame arrives; `notice` has the reason.
        """
        return LiveStats() if self._run is None else self._run.stats()

    @property
    def summary(self) -> LiveSummary:
        """Summarise the current run up to now, or the last one. From any thread."""
        return (Meter() if self._run is None else self._run.meter).summary()

    def start(self) -> None:
        """Start a live run and return at once. Raises RuntimeError during a run."""
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
        """Stop the live run and join its threads in less than 2 s. Without a run, do nothing.

        `error` is kept. A thread that hangs in a driver is left behind; it ends when the driver returns.
        """
        run = self._run
        if run is None:
            return
        self._stopping = True
        run.stop()
        self._left_behind = not run.join(_JOIN_S)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the run ends without `stop` (end of the file, error). False: it still runs."""
        return self._run is None or self._run.ended.wait(timeout_s)

    def raise_error(self) -> None:
        """Raise the error of the run if there is one."""
        if self.error is not None:
            raise self.error

    def latest(self, timeout_s: float = 0.0) -> LiveResult | None:
        """Take the newest result, or return None after `timeout_s` or at the end of the run.

        Each result is returned once: call from one consumer only.
        """
        with contextlib.suppress(Closed):
            return self.results.get(timeout_s)
        return None

    def subscribe(self, on_result: OnResult, on_error: OnError | None = None) -> Callable[[], None]:
        """Call `on_result` with every result, in order, in the lift thread. From any thread.

        It must be fast, because the lift thread waits for it. If it raises, the subscription ends and `on_error` gets
        the error; without `on_error` the run fails with it. Returns a function that ends the subscription.
        """
        entry = (on_result, on_error)
        with self._lock:
            self._subscribers = [*self._subscribers, entry]

        def end() -> None:
            with self._lock:
                self._subscribers = [other for other in self._subscribers if other is not entry]

        return end

    def set_lookahead(self, frames: int) -> None:
        """Change the look-ahead, also during a run and without a restart. Raises `ConfigError`."""
        self.config = replace(self.config, lookahead=frames)
        if self._run is not None:
            self._run.set_lookahead(frames)

    def history(self, person: int) -> tuple[Doubles, Floats]:
        """Return the final 3D joints of a person over the last seconds. From any thread.

        Times (n,) s and joints (n, 17, 3), world, metres. These estimates include later frames and do not change any
        more (the world's axes may, slowly).
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
