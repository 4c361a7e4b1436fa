"""Keep a live device running: reconnect after hangs, unplugging, size changes and bad data.

Topology: one worker thread opens, grabs and releases -> `LatestSlot` (newest wins) -> `read`. Only the worker touches
the device, so that a driver that hangs does not block any other thread. A worker that hangs for too long is abandoned
(it releases the device if it ever returns) and a new worker opens the device again.
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
from ...core.camera import UNKNOWN_RATE_HZ, Frame, VideoInfo
from ...core.concurrency import CancelToken, Closed, LatestSlot
from ...core.errors import SourceError
from .connection import Connection, ConnectionLost, Patience, as_bgr

log = logging.getLogger(__name__)

_POLL_S = 0.1  # s between two checks of the time limit while waiting for a frame
_CLOSE_S = 0.8  # s that `close` waits for the device
_MISSED_FRAMES = 3  # frame intervals without a frame before `notice` reports it
_RATE_WINDOW_FRAMES = 60  # frames over which the true rate is measured
_RATE_UPDATE_FRAMES = 30  # frames between two measurements of the rate
_MIN_RATE_CHANGE = 0.05  # relative; smaller changes of the measured frame rate are ignored


class LiveFeed:
    """Implement `LiveSource` for any device that the function `connect` opens.

    `connect` raises a `SourceError` with the reason if it cannot open the device. The constructor returns after the
    first frame; `cancel` ends its wait with `Cancelled`.
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
        self._busy_since: float | None = None  # s on `time.monotonic` when the running driver call began
        self._last_frame_at: float | None = None
        self._times: deque[float] = deque(maxlen=_RATE_WINDOW_FRAMES)
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
                    first = self._take(_POLL_S / 2)
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
            trouble, last = self._trouble, self._last_frame_at
        if trouble or self._closed or last is None:
            return trouble
        silent, usual = time.monotonic() - last, 1 / self._info.fps_hz
        late = silent > max(self._patience.silent_s, _MISSED_FRAMES * usual)
        return f"No picture from {self._info.name} for {silent:.1f} s" if late else ""

    def read(self, timeout_s: float) -> Frame | None:
        until = time.monotonic() + timeout_s
        while True:
            if self._closed:
                raise Closed
            grabbed = self._waiting or self._take(min(_POLL_S, max(0.0, until - time.monotonic())))
            self._waiting = None
            if grabbed is not None and grabbed[0] - self._zero_s > self._last_time_s:
                self._last_time_s = grabbed[0] - self._zero_s
                self._index += 1
                return Frame(self._index - 1, self._last_time_s, grabbed[1])
            self._replace_stuck_worker()
            if time.monotonic() >= until:
                return None

    def _take(self, timeout_s: float) -> tuple[float, Image] | None:
        try:
            grabbed = self._slot.get(timeout_s)
        except Closed:
            if self._error is not None and not self._closed:
                raise self._error from None
            raise
        return grabbed

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._stop.set()
            worker = self._worker
        self._slot.close()
        worker.join(_CLOSE_S)
        if worker.is_alive():
            log.warning("%s does not close: its thread is abandoned", self._info.name)

    # --- the worker

    def _begin_worker(self) -> None:
        self._stop = threading.Event()  # one per worker: an abandoned worker never shares its successor's flag
        self._worker = threading.Thread(
            target=self._work, args=(self._stop,), name=f"live-source {self._info.name}", daemon=True
        )
        self._worker.start()

    def _replace_stuck_worker(self) -> None:
        """Abandon a worker that hangs and start another; the reader calls this while no frame comes."""
        with self._lock:
            since = self._busy_since
            if self._closed or since is None or time.monotonic() - since < self._patience.hang_s:
                return
            self._stop.set()
            self._stuck = [thread for thread in (*self._stuck, self._worker) if thread.is_alive()]
            self._busy_since = None
            self._trouble = f"{self._info.name} hangs: trying again"
            if len(self._stuck) < self._patience.max_hung_workers:
                log.warning("%s hangs: it is opened again", self._info.name)
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
                connection = self._call_driver(stop, self._connect)
                for time_s, image in self._grabbed(stop, connection):
                    self._deliver(stop, time_s, image, connection)
                    anything = True
            except Closed:
                self._end(stop, None)
                return
            except (ConnectionLost, SourceError) as trouble:
                if self._last_frame_at is None:
                    hint = "Close other programs that use it, restart it (or unplug it), and try again."
                    error = trouble if isinstance(trouble, SourceError) else SourceError(f"{trouble}.", hint)
                    self._end(stop, error)
                    return
                self._report(stop, trouble)
            except BaseException as error:  # noqa: BLE001 - a bug: `read` raises it
                self._end(stop, error)
                return
            finally:
                if connection is not None:
                    self._release(stop, connection)
            wait_s = self._patience.retry_s if anything else min(2 * wait_s, self._patience.max_retry_s)
            stop.wait(wait_s)

    def _call_driver(self, stop: threading.Event, call: Callable[[], Any]) -> Any:
        """Run `call()` and record when it began, so that the reader can detect a driver that hangs."""
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
            self._call_driver(stop, connection.release)
        except Exception as error:  # noqa: BLE001 - the device is unusable whichever error its driver raises
            log.warning("%s could not be released: %s", self._info.name, error)

    def _grabbed(self, stop: threading.Event, connection: Connection) -> Any:
        """Yield (capture time in s, image (H, W, 3)) until `stop` is set.

        Raises `ConnectionLost` if grabbing fails for too long.
        """
        bad_since: float | None = None
        while not stop.is_set():
            time_s, grabbed = self._call_driver(stop, connection.grab)
            image = as_bgr(grabbed)
            if image is not None:
                bad_since = None
                yield time_s, image
                continue
            now = time.monotonic()
            bad_since = now if bad_since is None else bad_since
            if now - bad_since > (self._patience.bad_s if self._last_frame_at else self._patience.first_s):
                raise ConnectionLost(f"{self._info.name} sends no picture that can be read")
            stop.wait(0.01)  # a device that fails immediately must not occupy the processor

    def _deliver(self, stop: threading.Event, time_s: float, image: Image, connection: Connection) -> None:
        # The rate is read before the lock is taken, because the driver may hang in this call too.
        stated_hz = 0.0 if self._info.fps_hz else self._call_driver(stop, lambda: connection.rate_hz)
        with self._lock:
            if stop.is_set():
                return
            if self._trouble:
                self._times.clear()  # the pause must not enter the measured rate
                log.info("%s is back", self._info.name)
            self._trouble, self._last_frame_at = "", time.monotonic()
            self._update_info(time_s, image, stated_hz)
        try:
            self._slot.put((time_s, image))
        except Closed:
            stop.set()

    def _update_info(self, time_s: float, image: Image, stated_hz: float) -> None:
        """Update `info` with the newest frame's size and the measured rate.

        The rate that a device states may be wrong.
        """
        info, (height, width) = self._info, image.shape[:2]
        if (info.width_px, info.height_px) != (width, height):
            rate = info.fps_hz or (stated_hz if 1 <= stated_hz <= 1000 else UNKNOWN_RATE_HZ)
            self._info = info = replace(info, width_px=width, height_px=height, fps_hz=rate)
        self._times.append(time_s)
        self._since_rate += 1
        span = self._times[-1] - self._times[0]
        if len(self._times) >= _RATE_UPDATE_FRAMES and self._since_rate >= _RATE_UPDATE_FRAMES and span > 0:
            self._since_rate = 0
            rate = (len(self._times) - 1) / span
            if abs(rate - info.fps_hz) > _MIN_RATE_CHANGE * info.fps_hz:
                self._info = replace(info, fps_hz=round(rate, 2))

    def _report(self, stop: threading.Event, trouble: Exception) -> None:
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
