"""Define the contract of an output stream, and base classes with a slot and a thread."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import ClassVar, Protocol, runtime_checkable

from ..core.concurrency import Closed, LatestSlot
from ..core.live import LiveResult
from .address import Address

log = logging.getLogger(__name__)


@runtime_checkable
class Stream(Protocol):
    """Send the frames of a live run to other programs.

    The constructor takes an `Address`; it either succeeds or raises and leaves nothing open. Each frame given to `send`
    counts in `sent` (handed to the network) or in `dropped` (replaced by a newer frame, or without a receiver). An
    absent, slow or failing receiver costs frames but never blocks the caller, and gets frames again when it is back.
    """

    @property
    def url(self) -> str: ...

    @property
    def sent(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    @property
    def notice(self) -> str:
        """Return a message for the user while no frame arrives; "" if the stream works.

        Example: "Nothing listens at 127.0.0.1:39539."
        """
        ...

    def send(self, result: LiveResult) -> None:
        """Hand over a frame without waiting; never raises, also after `close`.

        Only one thread may call this.
        """
        ...

    def close(self) -> None:
        """Close the stream within a second; any thread may call this, also twice."""
        ...


class CountedStream:
    """Keep the URL, a slot for the newest frame, and the counts of frames sent and dropped."""

    options: ClassVar[tuple[str, ...]] = ()  # options of the URL that it knows besides `person` and `people`

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
    """Implement `Stream` with a thread that calls `_deliver` for the newest frame.

    `_deliver` may block. A subclass opens its resources and then calls this constructor, which starts the thread.
    """

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._notice = ""
        self._thread = threading.Thread(target=self._run, name=f"stream {address.scheme}", daemon=True)
        self._thread.start()

    @abstractmethod
    def _deliver(self, result: LiveResult) -> str:
        """Send one frame; return "" or a message for the user why it did not arrive.

        An `OSError` is turned into such a message.
        """

    @abstractmethod
    def _release(self) -> None:
        """Close what the constructor opened; the thread calls this once."""

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
                del result  # it holds an image, which would stay in memory while the thread waits
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
