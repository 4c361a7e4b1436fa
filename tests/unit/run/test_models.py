"""Test that models which several threads ask for are created one at a time, with the packages that they import."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from pipeline.core.concurrency import IMPORT_LOCK
from pipeline.core.config import DetectConfig, LiftConfig
from pipeline.core.errors import SourceError
from pipeline.run.models import Engine
from pipeline.sources.live.open import open_live


class Overlap:
    """Count how many threads are in a block at once."""

    def __init__(self) -> None:
        self.most = self._inside = 0
        self._lock = threading.Lock()

    def create(self, *_: object) -> SimpleNamespace:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        time.sleep(0.05)
        with self._lock:
            self._inside -= 1
        return SimpleNamespace(close=lambda: None)


def in_threads(*calls: Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_models_of_two_runs_are_created_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads that import compiled modules at once give one of them a wrong name (CPython before 3.12)."""
    overlap = Overlap()
    monkeypatch.setattr("pipeline.detect.create.create_detector", overlap.create)
    monkeypatch.setattr("pipeline.lift.host_lifter.create_lifter", overlap.create)
    with Engine() as one, Engine() as two:
        in_threads(
            lambda: one.detector(DetectConfig()), lambda: two.lifter(LiftConfig()), lambda: one.lifter(LiftConfig())
        )
    assert overlap.most == 1


def test_a_source_is_opened_while_no_model_is_being_imported() -> None:
    opened = threading.Event()

    def open_source() -> None:
        with pytest.raises(SourceError):
            open_live("gopher://nowhere")
        opened.set()

    with IMPORT_LOCK:
        thread = threading.Thread(target=open_source)
        thread.start()
        assert not opened.wait(0.2)
    thread.join(60)
    assert opened.is_set()
