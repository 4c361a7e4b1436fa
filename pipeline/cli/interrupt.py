"""Turn Ctrl-C into a cancel request instead of an exception at an arbitrary point."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ..core.concurrency import CancelToken


@contextmanager
def interruptible(cancel: CancelToken) -> Iterator[None]:
    """Cancel the run at the next frame on Ctrl-C or SIGTERM; a second Ctrl-C stops at once."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
