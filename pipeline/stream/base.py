"""The contract of a stream out, and what most of them share: a slot for the newest frame and a thread that sends it."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import Protocol, runtime_checkable

from ..core.concurrency import Closed, LatestSlot
from ..core.live import LiveResult
from .address import Address

log = logging.getLogger(__name__)


@runtime_checkable
class Stream(Protocol):
    """Hands the frames of a live run to other programs. The constructor takes an `Address`; all or nothing.

    Each frame given to `send` ends up in `sent` (handed to the network) or `dropped` (overtaken by a newer one, or
    nobody there to take it). A receiver that is absent, slow or dies costs frames, never the caller's time, and is
    served again when it is back.
    """

    @property
    def url(self) -> str: ...

    @property
    def sent(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    @property
    def notice(self) -> str:
        """For people: why nothing arrives ("Nothing listens at 127.0.0.1:39539."); "" if all is well."""
        ...

    def send(self, result: LiveResult) -> None:
        """Never waits and never raises, also after `close`. From one thread."""
        ...

    def close(self) -> None:
        """From any thread, also twice; takes less than a second."""
        ...


class CountedStream:
    """What every `Stream` keeps: its address, a slot for the newest frame, and what became of the frames."""

    def __init__(self, address: Address) -> None:
        self._url = address.url
        self._slot: LatestSlot[LiveResult] = LatestSlot()
        self._sent = self._failed = self._late = 0

    @property
    def url(self) -> str:
        return self._url

    @property
    def sent(self) -> int:
        return self._sent

    @property
    def dropped(self) -> int:
        return self._slot.dropped + self._failed + self._late


class ThreadStream(CountedStream, ABC):
    """A `Stream` whose `_deliver` may take its time: it is called in a thread of its own with the newest frame.

    A subclass opens what it needs and then calls this constructor, which starts the thread.
    """

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._notice = ""
        self._thread = threading.Thread(target=self._run, name=f"stream {address.scheme}", daemon=True)
        self._thread.start()

    @abstractmethod
    def _deliver(self, result: LiveResult) -> str:
        """Send one frame: "" or why it did not arrive, for people. An `OSError` is taken for such a reason."""

    @abstractmethod
    def _release(self) -> None:
        """Close what the constructor opened. Called once, by the thread."""

    @property
    def notice(self) -> str:
        return self._notice

    def send(self, result: LiveResult) -> None:
        try:
            self._slot.put(result)
        except Closed:
            self._late += 1

    def close(self) -> None:
        self._slot.close()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        try:
            while True:
                result = self._slot.get()
                if result is not None:
                    self._attempt(result)
                del result  # holds a picture
        except Closed:
            pass
        finally:
            self._release()

    def _attempt(self, result: LiveResult) -> None:
        try:
            notice = self._deliver(result)
        except OSError as error:
            notice = f"{self._url}: {error.strerror or error}"
        except Exception as error:
            if not self._notice:
                log.exception("a frame could not be streamed to %s", self._url)
            notice = f"A frame could not be streamed to {self._url}: {error}"
        if notice:
            self._failed += 1
        else:
            self._sent += 1
        self._notice = notice
