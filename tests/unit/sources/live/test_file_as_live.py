"""Test a video file that is played in real time like a camera."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from pipeline.core.concurrency import Closed
from pipeline.core.errors import ConfigError, SourceError
from pipeline.sources.live.base import LiveSource
from pipeline.sources.live.file_as_live import AsLiveSource
from pipeline.sources.live.open import live_opener


def numbered(index: int) -> np.ndarray:
    return np.full((120, 160, 3), 20 + 10 * index, np.uint8)


def number(frame) -> int:
    return round((float(frame.bgr.mean()) - 20) / 10)


def test_every_frame_comes_when_it_is_due_and_then_the_end(make_video):
    source = AsLiveSource(make_video("clip.mp4", 12, numbered, fps=20))
    assert isinstance(source, LiveSource)
    assert source.info.frame_count == 0  # unknown for a camera
    assert source.info.fps_hz == pytest.approx(20)
    begun, arrived, frames = time.monotonic(), [], []
    with pytest.raises(Closed):
        while True:
            frame = source.read(1.0)
            arrived.append(time.monotonic() - begun)
            frames.append(frame)
    source.close()
    assert [frame.index for frame in frames] == list(range(12))
    assert [number(frame) for frame in frames] == list(range(12))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(12) / 20, atol=1e-3)
    early = np.arange(12) / 20 - (np.array(arrived) - arrived[0])
    assert early.max() < 0.02  # never before its time
    assert arrived[-1] >= 11 / 20


def test_a_short_wait_ends_without_a_frame_and_loses_none(make_video):
    source = AsLiveSource(make_video("clip.mp4", 4, numbered, fps=5))
    frames, empty = [], 0
    while len(frames) < 3:
        frame = source.read(0.02)
        empty += frame is None
        frames += [frame] if frame is not None else []
    assert empty > 3
    assert [number(frame) for frame in frames] == [0, 1, 2]
    source.close()


def test_a_late_reader_gets_what_was_due_at_once(make_video):
    source = AsLiveSource(make_video("clip.mp4", 30, numbered, fps=50))
    source.read(1.0)
    time.sleep(0.2)
    begun = time.monotonic()
    late = [source.read(1.0) for _ in range(8)]
    assert time.monotonic() - begun < 0.15
    assert [frame.index for frame in late] == list(range(1, 9))
    source.close()


def test_far_behind_the_clock_is_set_back_and_times_still_rise(make_video):
    source = AsLiveSource(make_video("clip.mp4", 12, numbered, fps=20))
    first = source.read(1.0)
    time.sleep(1.0)
    second, third = source.read(1.0), source.read(1.0)
    assert first.time_s == 0
    assert second.time_s == pytest.approx(1.0, abs=0.2)  # the time at which it was shown, not its due time
    assert third.time_s == pytest.approx(second.time_s + 1 / 20, abs=1e-3)
    assert "fast" in source.notice
    source.close()


def test_a_loop_goes_on_in_time(make_video):
    source = AsLiveSource(make_video("clip.mp4", 5, numbered, fps=50), loop=True)
    frames = [source.read(1.0) for _ in range(13)]
    source.close()
    assert [number(frame) for frame in frames] == [0, 1, 2, 3, 4] * 2 + [0, 1, 2]
    assert [frame.index for frame in frames] == list(range(13))
    np.testing.assert_allclose(np.diff([frame.time_s for frame in frames]), 1 / 50, atol=2e-3)


def test_closing_wakes_a_reader_that_waits(make_video):
    source = AsLiveSource(make_video("clip.mp4", 3, numbered, fps=1))
    source.read(1.0)
    ended = []

    def read():
        try:
            source.read(30.0)
        except Closed:
            ended.append(time.monotonic())

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.1)
    begun = time.monotonic()
    source.close()
    thread.join(5)
    assert ended[0] - begun < 1
    with pytest.raises(Closed):
        source.read(0.1)
    source.close()


def test_what_cannot_be_played_is_told_when_it_is_opened(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    with pytest.raises(SourceError):
        AsLiveSource(broken)
    with pytest.raises(SourceError):
        live_opener(str(broken))()
    with pytest.raises(ConfigError, match="loop"):
        live_opener("0", loop=True)


def test_a_file_is_played_live(make_video):
    source = live_opener(str(make_video("clip.mp4", 3, numbered)))()
    assert isinstance(source, AsLiveSource)
    source.close()
