"""What every live device has in common: it may hang, vanish, come back with another size, or send rubbish.

Topology: one worker thread opens, grabs and releases -> `LatestSlot` (newest wins) -> `read`. Only the worker ever
touches the device, so that a driver that hangs holds up nobody else. A worker stuck for too long is left to itself (it
releases the device if it ever returns) and a new one tries again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...core.arrays import Image
from ...core.camera import Frame, VideoInfo
from ...core.concurrency import CancelToken, Closed, LatestSlot
from ...core.errors import SourceError
from ..file.timing import FALLBACK_FPS_HZ
from .connection import Connection, Lost, Patience, as_bgr

log = logging.getLogger(__name__)

_LOOK_S = 0.1  # how often somebody who waits looks at the clock
_JOIN_S = 0.8  # what `close` grants the device
_LATE_PICTURES = 3  # so many at the usual rate are missing before that is worth a notice
_RATE_PICTURES = 60  # over which the true rate is measured ...
_RATE_EVERY = 30  # ... so often
_RATE_NEWS = 0.05  # a smaller change of the rate is none


class LiveFeed:
    """`LiveSource` over a `connect` that opens the device or raises a `SourceError` that says why it cannot.

    The constructor returns with the first picture. `cancel` ends its waiting with `Cancelled`.
    """

    def __init__(
        self,
        name: str,
        address: str,
        connect: Callable[[], Connection],
        patience: Patience | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._connect = connect
        self._slot: LatestSlot[tuple[float, Image]] = LatestSlot()
        self._lock = threading.Lock()
        self._closed = False
        self._error: BaseException | None = None
        self._trouble = ""
        self._busy_since: float | None = None  # since when the worker is inside the driver
        self._last_picture: float | None = None
        self._times: deque[float] = deque(maxlen=_RATE_PICTURES)
        self._since_rate = 0
        self._info = VideoInfo(name, address, 0, 0, 0.0, 0, 0.0, variable_rate=True)
        self._stuck: list[threading.Thread] = []
        self._begin_worker()
        self._waiting: tuple[float, Image] | None = self._first(cancel)
        self._zero_s = self._waiting[0]
        self._last_time_s = -1.0
        self._index = 0

    def _first(self, cancel: CancelToken | None) -> tuple[float, Image]:
        until = time.monotonic() + self._patience.open_s
        try:
            while True:
                if cancel is not None:
                    cancel.check()
                try:
                    first = self._take(_LOOK_S / 2)
                except Closed:
                    raise SourceError(f"{self._info.name} ended without a picture.", "Check what it sends.") from None
                if first is not None:
                    return first
                if time.monotonic() >= until:
                    raise SourceError(
                        f"{self._info.name} does not answer.",
                        "Check its cable or the network, close other programs that use it, and try again.",
                    )
        except BaseException:
            self.close()
            raise

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def notice(self) -> str:
        with self._lock:
            trouble, last = self._trouble, self._last_picture
        if trouble or self._closed or last is None:
            return trouble
        silent, usual = time.monotonic() - last, 1 / self._info.fps_hz
        late = silent > max(self._patience.silent_s, _LATE_PICTURES * usual)
        return f"No picture from {self._info.name} for {silent:.1f} s" if late else ""

    def read(self, timeout_s: float) -> Frame | None:
        until = time.monotonic() + timeout_s
        while True:
            if self._closed:
                raise Closed
            picture = self._waiting or self._take(min(_LOOK_S, max(0.0, until - time.monotonic())))
            self._waiting = None
            if picture is not None and picture[0] - self._zero_s > self._last_time_s:
                self._last_time_s = picture[0] - self._zero_s
                self._index += 1
                return Frame(self._index - 1, self._last_time_s, picture[1])
            self._replace_stuck_worker()
            if time.monotonic() >= until:
                return None

    def _take(self, timeout_s: float) -> tuple[float, Image] | None:
        try:
            picture = self._slot.get(timeout_s)
        except Closed:
            if self._error is not None and not self._closed:
                raise self._error from None
            raise
        return picture

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._stop.set()
            worker = self._worker
        self._slot.close()
        worker.join(_JOIN_S)
        if worker.is_alive():
            log.warning("%s does not let go: it is left to itself", self._info.name)

    # --- the worker

    def _begin_worker(self) -> None:
        self._stop = threading.Event()  # a worker's own: one that was given up never hears of its successor
        self._worker = threading.Thread(
            target=self._work, args=(self._stop,), name=f"live-source {self._info.name}", daemon=True
        )
        self._worker.start()

    def _replace_stuck_worker(self) -> None:
        """Called by the reader while no picture comes."""
        with self._lock:
            since = self._busy_since
            if self._closed or since is None or time.monotonic() - since < self._patience.hang_s:
                return
            self._stop.set()
            self._stuck = [thread for thread in (*self._stuck, self._worker) if thread.is_alive()]
            self._busy_since = None
            self._trouble = f"{self._info.name} hangs: trying again"
            if len(self._stuck) < self._patience.hung_workers:
                log.warning("%s hangs: it is opened anew", self._info.name)
                self._begin_worker()
                return
            self._error = SourceError(
                f"{self._info.name} does not answer any more.", "Unplug it (or restart it), wait a moment, try again."
            )
        self._slot.close()

    def _work(self, stop: threading.Event) -> None:
        wait_s = self._patience.retry_s
        while not stop.is_set():
            connection: Connection | None = None
            anything = False
            try:
                connection = self._inside_driver(stop, self._connect)
                for time_s, image in self._grabbed(stop, connection):
                    self._deliver(stop, time_s, image, connection)
                    anything = True
            except Closed:
                self._end(stop, None)
                return
            except (Lost, SourceError) as trouble:
                if self._last_picture is None:
                    hint = "Close other programs that use it, start it anew (or unplug it), and try again."
                    error = trouble if isinstance(trouble, SourceError) else SourceError(f"{trouble}.", hint)
                    self._end(stop, error)
                    return
                self._say(stop, trouble)
            except BaseException as error:  # noqa: BLE001 - a bug: raised where `read` is called
                self._end(stop, error)
                return
            finally:
                if connection is not None:
                    self._release(stop, connection)
            wait_s = self._patience.retry_s if anything else min(2 * wait_s, self._patience.retry_most_s)
            stop.wait(wait_s)

    def _inside_driver(self, stop: threading.Event, call: Callable[[], Any]) -> Any:
        """`call()`, with note of when it began: the reader sees by it that the driver hangs."""
        with self._lock:
            if not stop.is_set():
                self._busy_since = time.monotonic()
        try:
            return call()
        finally:
            with self._lock:
                if not stop.is_set():
                    self._busy_since = None

    def _release(self, stop: threading.Event, connection: Connection) -> None:
        try:
            self._inside_driver(stop, connection.release)
        except Exception as error:  # noqa: BLE001 - whatever a driver says to that, it is gone now
            log.warning("%s could not be released: %s", self._info.name, error)

    def _grabbed(self, stop: threading.Event, connection: Connection) -> Any:
        """(time, (H, W, 3) picture) one by one, until `stop`. Raises `Lost` if nothing but failures come."""
        bad_since: float | None = None
        while not stop.is_set():
            time_s, picture = self._inside_driver(stop, connection.grab)
            image = as_bgr(picture)
            if image is not None:
                bad_since = None
                yield time_s, image
                continue
            now = time.monotonic()
            bad_since = now if bad_since is None else bad_since
            if now - bad_since > (self._patience.bad_s if self._last_picture else self._patience.first_s):
                raise Lost(f"{self._info.name} sends no picture that can be read")
            stop.wait(0.01)  # a device that fails at once must not take the processor

    def _deliver(self, stop: threading.Event, time_s: float, image: Image, connection: Connection) -> None:
        # Asked before the lock is taken: the driver may hang in this, too.
        stated_hz = 0.0 if self._info.fps_hz else self._inside_driver(stop, lambda: connection.rate_hz)
        with self._lock:
            if stop.is_set():
                return
            if self._trouble:
                self._times.clear()  # the pause says nothing about the rate
                log.info("%s is back", self._info.name)
            self._trouble, self._last_picture = "", time.monotonic()
            self._note(time_s, image, stated_hz)
        try:
            self._slot.put((time_s, image))
        except Closed:
            stop.set()

    def _note(self, time_s: float, image: Image, stated_hz: float) -> None:
        """Keep `info` true: the size of the newest picture, and the rate as it is rather than as it was promised."""
        info, (height, width) = self._info, image.shape[:2]
        if (info.width_px, info.height_px) != (width, height):
            rate = info.fps_hz or (stated_hz if 1 <= stated_hz <= 1000 else FALLBACK_FPS_HZ)
            self._info = info = replace(info, width_px=width, height_px=height, fps_hz=rate)
        self._times.append(time_s)
        self._since_rate += 1
        span = self._times[-1] - self._times[0]
        if len(self._times) >= _RATE_EVERY and self._since_rate >= _RATE_EVERY and span > 0:
            self._since_rate = 0
            rate = (len(self._times) - 1) / span
            if abs(rate - info.fps_hz) > _RATE_NEWS * info.fps_hz:
                self._info = replace(info, fps_hz=round(rate, 2))

    def _say(self, stop: threading.Event, trouble: Exception) -> None:
        text = trouble.message.rstrip(".") if isinstance(trouble, SourceError) else str(trouble)
        with self._lock:
            if stop.is_set():
                return
            text = f"{text}: waiting for it to come back"
            if text != self._trouble:
                log.warning("%s", text)
            self._trouble = text

    def _end(self, stop: threading.Event, error: BaseException | None) -> None:
        with self._lock:
            if stop.is_set():
                return
            self._error = error
        self._slot.close()
