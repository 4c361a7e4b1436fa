"""A live run as an iterator: it begins with the loop and ends with it."""

from __future__ import annotations

import threading

import pytest

import pipeline as hg
from pipeline.core.live import RunState
from tests.helpers.live.fakes import FakeCamera, FakeDetector, FakeModels


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> FakeCamera:
    """Opened in the place of whatever is asked for."""
    made = FakeCamera(60)
    monkeypatch.setattr("pipeline.sources.live.open.live_opener", lambda *_, **__: lambda: made)
    return made


def live_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("live-")]


def test_a_loop_that_is_left_closes_the_run(camera: FakeCamera) -> None:
    for result in hg.live(0, lookahead=0, models=FakeModels()):
        if result.people:
            break
    assert result.people[0].joints.shape == (17, 3)
    assert camera.closed.is_set()
    assert live_threads() == []


def test_a_loop_to_the_end_of_a_file(camera: FakeCamera) -> None:
    run = hg.live("clip.mp4", models=FakeModels())
    assert run.info is None
    results = list(run)
    assert 0 < len(results) <= 60
    assert results[-1].frame.index == 59
    assert run.stats.captured == 60
    assert run.engine.state is RunState.IDLE


def test_a_block_keeps_the_run_over_several_loops(camera: FakeCamera) -> None:
    with hg.live(0, models=FakeModels()) as run:
        first = next(iter(run))
        assert not camera.closed.is_set()
        second = next(iter(run))
        assert second.frame.index > first.frame.index
    assert camera.closed.is_set()


def test_what_breaks_the_run_is_raised_in_the_loop(camera: FakeCamera) -> None:
    run = hg.live(0, models=FakeModels(FakeDetector(fail_at=5)))
    with pytest.raises(RuntimeError, match="the detector broke"):
        list(run)
    assert camera.closed.is_set()


def test_settings_are_checked_before_a_camera_is_opened(camera: FakeCamera) -> None:
    with pytest.raises(TypeError, match=r"no setting 'look_ahead'\. Did you mean 'lookahead'"):
        hg.live(0, look_ahead=3)
    with pytest.raises(hg.ConfigError, match="look-ahead is 99"):
        hg.live(0, lookahead=99)
    assert camera.readers == set()
