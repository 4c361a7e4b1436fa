"""Webcam mode: newest wins. Frames of a live source in, results out as soon as they are known.

Topology: camera thread (reads the source) -> `LatestSlot` of frames -> detect thread (2D, identities) -> short queue ->
lift thread (3D, world) -> `results`, a `LatestSlot` for whoever shows them, and the subscribers. Nothing waits for a
slower stage: what comes too late is dropped and counted, so the latency is bounded by what the stages cost and nothing
accumulates.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum

from pipeline.config import LiveConfig
from pipeline.engine import Engine
from pipeline.flow import LatestSlot
from pipeline.sources.live_base import LiveSource
from pipeline.types import Doubles, Floats, LiveResult, LiveStats, VideoInfo


class LiveState(Enum):
    IDLE = "idle"
    STARTING = "starting"  # the source is being opened, the models are being loaded
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"  # see `LiveEngine.error`


class LiveEngine:
    """One live run after the other from one source.

    `open_source` is called in the camera thread, so that neither a slow camera nor loading models blocks the caller.
    `models` are used and stay the caller's; without, the engine makes its own and closes them when it stops.
    """

    def __init__(
        self, open_source: Callable[[], LiveSource], config: LiveConfig | None = None, models: Engine | None = None
    ) -> None:
        self.config = config or LiveConfig()
        self.results: LatestSlot[LiveResult] = (
            LatestSlot()
        )  # the newest result, for a timer or a loop; closed at the end
        self._open_source = open_source
        self._models = models
        self._lock = threading.Lock()
        self._state = LiveState.IDLE
        self._error: BaseException | None = None

    @property
    def state(self) -> LiveState:
        return self._state

    @property
    def error(self) -> BaseException | None:
        """What ended the run (state FAILED): a `UserError`, or a bug."""
        return self._error

    @property
    def info(self) -> VideoInfo | None:
        """Of the source; None until it is open. Its size may change while running."""
        raise NotImplementedError

    @property
    def stats(self) -> LiveStats:
        """A snapshot, also while no frame comes (`notice` says why)."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin; returns at once. Raises RuntimeError if it runs already."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the run and join its threads, in less than 2 s. Harmless if nothing runs. The error is kept."""
        raise NotImplementedError

    def wait(self, timeout_s: float | None = None) -> bool:
        """Until the run has ended by itself (end of the file, error). False: it goes on."""
        raise NotImplementedError

    def raise_error(self) -> None:
        """Raise `error` if there is one."""
        if self._error is not None:
            raise self._error

    def subscribe(
        self, on_result: Callable[[LiveResult], None], on_error: Callable[[BaseException], None] | None = None
    ) -> Callable[[], None]:
        """Call `on_result` with every result, in order, in the lift thread: it has to be quick. Returns the way to end it.

        If it raises, it is called no more and `on_error` gets the error; without `on_error` the run fails with it.
        """
        raise NotImplementedError

    def history(self, person: int) -> tuple[Doubles, Floats]:
        """The last seconds of a person as they are known by now: times (n,) and joints (n, 17, 3), world, metres.

        These estimates have seen what came after them and will not change any more (the world's axes may, slowly).
        """
        raise NotImplementedError
