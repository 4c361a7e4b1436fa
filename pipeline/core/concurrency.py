"""Provide the concurrency tools: cancel token, latest-item slot, bounded queue.

Topology, file mode: reader thread -> `StopQueue` (bounded, the producer waits, nothing is dropped) -> consumer.
Topology, live mode: camera thread -> `LatestSlot` (one item, newest wins, drops are counted) -> model thread ->
`LatestSlot` -> timer. The code that creates a thread closes its queue and joins it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from .errors import Cancelled

T = TypeVar("T")

# Held by threads that import packages with compiled modules (torch, mediapipe, av, OpenCV). CPython before 3.12 keeps
# the name of the compiled module that is being created in one variable of the process: where two threads create one at
# the same time, a module gets the wrong name, and importing its parts fails ("... is not a package").
IMPORT_LOCK = threading.RLock()


class Closed(Exception):  # noqa: N818 - a signal between threads, not an error
    """Signal that the other end is closed: no item will arrive and none can be delivered."""


class CancelToken:
    """Carry the user's request to stop; every loop checks it per frame or per batch."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the user requested a stop."""
        if self._event.is_set():
            raise Cancelled


class LatestSlot(Generic[T]):
    """Hold the newest item only. `put` never waits; overwritten items are counted in `dropped`."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._item: T | None = None
        self._full = False
        self._closed = False
        self.dropped = 0

    def put(self, item: T) -> None:
        with self._condition:
            if self._closed:
                raise Closed
            self.dropped += self._full
            self._item, self._full = item, True
            self._condition.notify_all()

    def get(self, timeout_s: float | None = None) -> T | None:
        """Take the newest item, or return None after `timeout_s` (0: do not wait).

        Raises `Closed` once the slot is empty and closed.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._full or self._closed, timeout_s)
            if self._full:
                item, self._item, self._full = self._item, None, False
                return item
            if self._closed:
                raise Closed
            return None

    @property
    def waiting(self) -> bool:
        """Return whether an item has not been taken yet, or the slot is closed."""
        with self._condition:
            return self._full or self._closed

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify_all()


class StopQueue(Generic[T]):
    """Queue a bounded number of items; nothing is dropped while it is open.

    Both ends can close it:

    `close` (producer, normal end): items already queued are still delivered, then `get` raises `Closed`.
    `stop` (either side, early end): queued items are discarded and both sides get `Closed` at once.
    `fail` (producer): like close, but `get` raises `error` after the items before it were delivered.
    """

    def __init__(self, capacity: int) -> None:
        self._items: deque[T] = deque()
        self._capacity = capacity
        self._condition = threading.Condition()
        self._closed = False
        self._error: BaseException | None = None

    def put(self, item: T) -> None:
        with self._condition:
            self._condition.wait_for(lambda: len(self._items) < self._capacity or self._closed)
            if self._closed:
                raise Closed
            self._items.append(item)
            self._condition.notify_all()

    def get(self, timeout_s: float | None = None) -> T:
        """Return the next item in order.

        Raises `Closed` at the end, `TimeoutError` after `timeout_s`, or the producer's error.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._condition:
            while not self._items:
                if self._error is not None:
                    raise self._error
                if self._closed:
                    raise Closed
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError
                self._condition.wait(left)
            item = self._items.popleft()
            self._condition.notify_all()
            return item

    @property
    def waiting(self) -> int:
        """Return the number of items that can be taken without waiting."""
        with self._condition:
            return len(self._items)

    def __iter__(self) -> Iterator[T]:
        while True:
            try:
                yield self.get()
            except Closed:
                return

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def fail(self, error: BaseException) -> None:
        with self._condition:
            self._error = error
            self._closed = True
            self._condition.notify_all()

    def stop(self) -> None:
        with self._condition:
            self._items.clear()
            self._closed = True
            self._condition.notify_all()
