"""Test tasks: outcomes arrive once, in the main thread, and no error is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.threads.task_thread import Task
from app.threads.thread_set import ThreadSet
from pipeline.core.errors import Cancelled, SourceError


class Heard:
    """Record what was reported, and in which thread."""

    def __init__(self, threads: ThreadSet) -> None:
        self.all: list[tuple[str, Any]] = []
        self.threads: set[QThread] = set()
        threads.failed.connect(lambda error: self.note("unhandled", error))
        threads.broke.connect(lambda error: self.note("bug", error))

    def note(self, kind: str, what: Any) -> None:
        self.all.append((kind, what))
        self.threads.add(QThread.currentThread())

    def done(self, result: Any) -> None:
        self.note("done", result)

    def failed(self, error: Exception) -> None:
        self.note("failed", error)

    def progress(self, news: Any) -> None:
        self.note("progress", news)


@pytest.fixture
def threads(qtbot: QtBot) -> ThreadSet:
    return ThreadSet()


@pytest.fixture
def heard(threads: ThreadSet) -> Heard:
    return Heard(threads)


def fails(error: Exception) -> Any:
    raise error


def test_a_result_comes_back_in_the_main_thread(threads: ThreadSet, heard: Heard, qtbot: QtBot) -> None:
    worked_in: list[threading.Thread] = []
    threads.run("add", lambda: worked_in.append(threading.current_thread()) or 3, heard.done, heard.failed)
    qtbot.waitUntil(lambda: bool(heard.all))
    assert heard.all == [("done", 3)]
    assert worked_in[0] is not threading.current_thread()
    assert heard.threads == {QThread.currentThread()}
    assert len(threads) == 0


def test_an_error_goes_to_who_started_the_task_or_else_to_everyone(
    threads: ThreadSet, heard: Heard, qtbot: QtBot
) -> None:
    error, bug = SourceError("No."), ValueError("a bug")
    threads.run("handled", lambda: fails(error), heard.done, heard.failed)
    qtbot.waitUntil(lambda: len(heard.all) == 1)
    threads.run("unhandled", lambda: fails(error), heard.done)
    qtbot.waitUntil(lambda: len(heard.all) == 2)
    threads.run("bug", lambda: fails(bug), heard.done, heard.failed)
    qtbot.waitUntil(lambda: len(heard.all) == 4)
    threads.run("unhandled bug", lambda: fails(bug), heard.done)
    qtbot.waitUntil(lambda: len(heard.all) == 5)
    assert heard.all == [
        ("failed", error),
        ("unhandled", error),
        ("bug", bug),
        ("failed", bug),
        ("bug", bug),
    ]


def test_long_work_tells_how_far_it_is_and_can_be_cancelled(threads: ThreadSet, heard: Heard, qtbot: QtBot) -> None:
    def work(task: Task) -> None:
        task.publish(0.5)
        while not threading.Event().wait(0.005):
            task.token.check()

    task = threads.watch("long", work, heard.done, heard.failed, heard.progress)
    qtbot.waitUntil(lambda: heard.all == [("progress", 0.5)])
    task.cancel()
    qtbot.waitUntil(lambda: len(heard.all) == 2)
    assert isinstance(heard.all[1][1], Cancelled)
    assert heard.all[1][0] == "failed"


def test_nothing_is_reported_after_the_end(threads: ThreadSet, heard: Heard, qtbot: QtBot) -> None:
    def work(task: Task) -> None:
        while not threading.Event().wait(0.005):
            task.token.check()

    threads.watch("long", work, heard.done, heard.failed, heard.progress)
    threads.stop()
    qtbot.wait(50)
    assert heard.all == []
