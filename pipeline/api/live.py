"""Lift a camera, a network stream or a file in real time, as an iterator of results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ..core.arrays import Doubles, Floats
from ..core.camera import VideoInfo
from ..core.concurrency import Closed
from ..core.config import LiveConfig
from ..core.live import LiveResult, LiveStats
from .settings import LiveSettings, changed

if TYPE_CHECKING:
    from typing import Unpack

    from ..live.engine import LiveEngine
    from ..run.models import Engine

_LOOK_S = 0.25  # Python sees Ctrl-C between two looks


class Live:
    """Run live lifting: iterate over it for the newest `LiveResult` each time.

    The end of the loop closes it. Nothing is queued: a slow loop skips results, so that it never
    falls behind. As a context manager it runs until the block is left, whatever loops are inside.
    """

    def __init__(self, engine: LiveEngine) -> None:
        self.engine = engine
        self._begun = self._in_block = False

    def _start(self) -> None:
        if not self._begun:
            self._begun = True
            self.engine.start()

    def __enter__(self) -> Live:
        self._in_block = True
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in_block = False
        self.close()

    def __iter__(self) -> Iterator[LiveResult]:
        self._start()
        results = self.engine.results
        try:
            while True:
                result = results.get(_LOOK_S)
                if result is not None:
                    yield result
        except Closed:
            self.engine.raise_error()
        finally:
            if not self._in_block:
                self.close()

    @property
    def stats(self) -> LiveStats:
        """Return current rates, latencies and the stages that skip frames."""
        return self.engine.stats

    @property
    def info(self) -> VideoInfo | None:
        """Return the size and rate of the source; None until it is open."""
        return self.engine.info

    def history(self, person: int) -> tuple[Doubles, Floats]:
        """Return a person's last seconds, with their future known: (n,) s, (n, 17, 3) world metres."""
        return self.engine.history(person)

    def close(self) -> None:
        """End the run and join its threads, within two seconds. Harmless if it has ended."""
        self.engine.stop()


def live(
    source: int | str | Path,
    *,
    config: LiveConfig | None = None,
    loop: bool = False,
    size_px: tuple[int, int] | None = None,
    rate_hz: float | None = None,
    models: Engine | None = None,
    **settings: Unpack[LiveSettings],
) -> Live:
    """Lift a camera, a network stream or a video file to 3D in real time.

    The latency stays bounded: a slow computer leaves frames out.

    Args:
        source: Number or name of a camera, an address (rtsp://, http://, udp://), or a video file, which is played as
            if it were live.
        config: All settings in one object; `settings` change fields of it.
        loop: Play a file from its start again at its end.
        size_px: Width and height to ask a camera for.
        rate_hz: Frame rate to ask a camera for.
        models: A `Models` that keeps detector and lifter for the next run.
        **settings: Fields of `LiveConfig` and its parts, for example detector, lifter, max_people, lookahead,
            height_cm.

    Returns:
        A run to iterate over; it begins with the loop, or with the block of a `with`.

    Raises:
        TypeError: There is no such setting.
        SourceError: There is no such source; while iterating, also: it broke off.
        ConfigError: A value out of range.

    Example:
        >>> for frame in hg.live("squat.mp4", detector="mediapipe"):
        ...     if frame.people:
        ...         break
        >>> frame.people[0].joints.shape
        (17, 3)
    """
    from ..live.engine import LiveEngine
    from ..sources.live.open import live_opener

    wanted = changed(config or LiveConfig(), settings, "live()")
    width_px, height_px = size_px or (None, None)
    opener = live_opener(str(source), loop=loop, width_px=width_px, height_px=height_px, fps_hz=rate_hz)
    return Live(LiveEngine(opener, wanted, models))
