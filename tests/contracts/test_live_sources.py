"""Test the contract of every live source in the registry."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import registry
from pipeline.core.camera import Frame
from pipeline.core.concurrency import CancelToken, Closed
from pipeline.core.errors import Cancelled, SourceError
from pipeline.sources.live.base import LiveSource
from tests.helpers.clips import number_in, write_clip
from tests.helpers.live.fake_camera import QUICK, FakeCamera
from tests.helpers.live.mjpeg_server import MjpegServer, endless

NAMES = [row.name for row in registry.entries("live_source")]
Open = Callable[..., LiveSource]


@pytest.fixture(params=NAMES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Open the named source on numbered images of any size; a new source needs an opener here."""
    name: str = request.param
    kind = registry.find("live_source", name).load()
    if name == "camera":
        fake = FakeCamera(rate_hz=40)
        yield fake.source
        fake.let_go.set()
    elif name == "stream":
        with MjpegServer(lambda _: endless()) as server:
            yield lambda **more: kind(server.url(), patience=QUICK, **more)
    elif name == "file":
        yield lambda **_: kind(write_clip(tmp_path / "clip.mp4", 250, rate=50))
    else:
        raise AssertionError(f"nothing to open for the live source '{name}'")


def threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("live-source")}


def test_it_is_a_live_source_that_tells_what_it_delivers(opened: Open) -> None:
    source = opened()
    assert isinstance(source, LiveSource)
    info = source.info
    assert info.name
    assert info.width_px > 0
    assert info.fps_hz > 0
    got: list[Frame] = []
    begun = time.monotonic()
    while len(got) < 12:
        frame = source.read(1.0)
        if frame is not None:
            got.append(frame)
        assert time.monotonic() - begun < 5
    assert [frame.index for frame in got] == list(range(12))
    times = [frame.time_s for frame in got]
    assert 0 <= times[0] < 1
    assert (np.diff(times) > 0).all()
    assert times[-1] < time.monotonic() - begun + 2
    for frame in got:
        assert frame.bgr.shape == (source.info.height_px, source.info.width_px, 3)
        assert frame.bgr.dtype == np.uint8
        assert frame.bgr.flags.c_contiguous
    assert len({number_in(frame.bgr) for frame in got}) == 12
    assert source.notice == ""
    source.close()


def test_a_picture_is_the_reader_s_own(opened: Open) -> None:
    source = opened()
    first = source.read(1.0)
    assert first is not None
    before = first.bgr.copy()
    for _ in range(5):
        source.read(1.0)
    assert (first.bgr == before).all()
    first.bgr[:] = 0  # and may be drawn into
    source.close()


def test_a_reader_who_does_not_wait_gets_none_or_a_frame_at_once(opened: Open) -> None:
    source = opened()
    source.read(1.0)
    begun = time.monotonic()
    for _ in range(20):
        source.read(0.0)
    assert time.monotonic() - begun < 1.0
    source.close()


def test_close_twice_then_read_and_no_thread_is_left(opened: Open) -> None:
    before = threads()
    source = opened()
    source.read(1.0)
    begun = time.monotonic()
    source.close()
    source.close()
    assert time.monotonic() - begun < 2.0
    for timeout_s in (0.0, 1.0):
        with pytest.raises(Closed):
            source.read(timeout_s)
    until = time.monotonic() + 2
    while threads() - before:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_close_from_another_thread_ends_a_waiting_read(opened: Open) -> None:
    source = opened()
    closer = threading.Timer(0.2, source.close)
    closer.start()
    begun = time.monotonic()
    with pytest.raises(Closed):
        while True:
            source.read(20.0)
    assert time.monotonic() - begun < 2.0
    closer.join()


def test_opened_again_after_close(opened: Open) -> None:
    for _ in range(2):
        source = opened()
        frame = source.read(1.0)
        assert frame is not None
        assert frame.index == 0
        source.close()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_there_is_a_source_error_with_a_hint_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    before = threads()
    nowhere = {"camera": "no such camera", "stream": "http://127.0.0.1:9/", "file": str(tmp_path / "gone.mp4")}[name]
    with pytest.raises(SourceError) as caught:
        registry.find("live_source", name).load()(nowhere)
    assert caught.value.hint
    time.sleep(0.05)
    assert not threads() - before


@pytest.mark.parametrize("name", ["camera", "stream"])
def test_cancelled_before_it_opens(name: str) -> None:
    cancel = CancelToken()
    cancel.cancel()
    fake = FakeCamera()
    with MjpegServer(lambda _: endless()) as server, pytest.raises(Cancelled):
        if name == "camera":
            fake.source(cancel=cancel)
        else:
            registry.find("live_source", name).load()(server.url(), patience=QUICK, cancel=cancel)
