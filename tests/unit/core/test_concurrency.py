"""Test queues and slots under real threads: no lost items, no thread left waiting."""

from __future__ import annotations

import threading

import pytest

from pipeline.core.concurrency import CancelToken, Closed, LatestSlot, StopQueue
from pipeline.core.errors import Cancelled


def test_queue_delivers_everything_in_order_and_waits_for_a_slow_consumer() -> None:
    queue: StopQueue[int] = StopQueue(2)
    waiting = threading.Event()

    def produce() -> None:
        for i in range(100):
            if i == 2:
                waiting.set()
            queue.put(i)
        queue.close()

    thread = threading.Thread(target=produce)
    thread.start()
    assert waiting.wait(5)
    assert list(queue) == list(range(100))
    thread.join(5)
    assert not thread.is_alive()


def test_stop_frees_a_producer_that_waits_and_drops_what_is_queued() -> None:
    queue: StopQueue[int] = StopQueue(1)
    queue.put(1)
    outcome: list[str] = []

    def produce() -> None:
        try:
            queue.put(2)
        except Closed:
            outcome.append("closed")

    thread = threading.Thread(target=produce)
    thread.start()
    queue.stop()
    thread.join(5)
    assert outcome == ["closed"]
    with pytest.raises(Closed):
        queue.get()


def test_a_producers_error_comes_after_the_items_before_it() -> None:
    queue: StopQueue[int] = StopQueue(4)
    queue.put(1)
    queue.fail(ValueError("broken"))
    assert queue.get() == 1
    with pytest.raises(ValueError, match="broken"):
        queue.get()


def test_get_times_out() -> None:
    with pytest.raises(TimeoutError):
        StopQueue(1).get(timeout_s=0.01)


def test_slot_keeps_the_newest_and_counts_the_dropped() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.get(timeout_s=0) is None
    for i in range(5):
        slot.put(i)
    assert (slot.get(), slot.dropped) == (4, 4)
    slot.put(9)
    slot.close()
    assert slot.get() == 9
    with pytest.raises(Closed):
        slot.get()
    with pytest.raises(Closed):
        slot.put(1)


def test_slot_wakes_a_waiting_reader_when_it_closes() -> None:
    slot: LatestSlot[int] = LatestSlot()
    outcome: list[str] = []

    def read() -> None:
        try:
            slot.get()
        except Closed:
            outcome.append("closed")

    thread = threading.Thread(target=read)
    thread.start()
    slot.close()
    thread.join(5)
    assert outcome == ["closed"]


def test_cancel_token() -> None:
    token = CancelToken()
    token.check()
    token.cancel()
    assert token.cancelled
    with pytest.raises(Cancelled):
        token.check()
