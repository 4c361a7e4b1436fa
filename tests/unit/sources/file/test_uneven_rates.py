"""Test the rate of uneven time stamps: late ones, coarse clocks, bursts, and parts with another rate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.sources.file.timing import true_rate
from pipeline.sources.file.video import VideoSource
from tests.helpers.clips import number_in, write_clip

TICK_S = 0.001
FRAMES = 90
RANDOM = np.random.default_rng(0)


def even(rate_hz: float) -> np.ndarray:
    return np.arange(FRAMES) / rate_hz


def late(rate_hz: float, deviation_s: float) -> np.ndarray:
    """Return times that the system wrote down late by turns."""
    return np.maximum.accumulate(even(rate_hz) + RANDOM.normal(0, deviation_s, FRAMES))


def coarse(rate_hz: float, tick_s: float) -> np.ndarray:
    """Return times of a clock with a coarse tick; Windows' has 1/64 s."""
    return np.floor(even(rate_hz) / tick_s) * tick_s


UNEVEN = {
    "late, 25 Hz": (lambda: late(25, 0.007), 25),
    "late, 30 Hz": (lambda: late(30, 0.008), 30),
    "late, 60 Hz": (lambda: late(60, 0.003), 60),
    "clock of 1/64 s, 25 Hz": (lambda: coarse(25, 1 / 64), 25),
    "clock of 1/64 s, 30 Hz": (lambda: coarse(30, 1 / 64), 30),
    "clock of 10 ms, 60 Hz": (lambda: coarse(60, 0.01), 60),
    "every fifth frame was dropped": (lambda: np.delete(even(30), np.s_[5::5]), 30),
    "a third of the video at 20 Hz": (lambda: np.cumsum(np.r_[0, np.full(60, 1 / 30), np.full(29, 1 / 20)]), 30),
}


@pytest.mark.parametrize("name", UNEVEN)
def test_the_rate_is_that_of_the_camera(name: str) -> None:
    times: Callable[[], np.ndarray]
    times, rate_hz = UNEVEN[name]
    time_s = np.round(times() / TICK_S) * TICK_S
    time_s = np.delete(time_s, np.flatnonzero(np.diff(time_s) <= 0) + 1)
    found_hz, variable = true_rate(time_s - time_s[0], TICK_S, None)
    assert found_hz == pytest.approx(rate_hz, rel=2e-3)
    assert variable


@pytest.mark.parametrize("resolution_ms", [100, 500, 1000])
def test_stamps_of_a_coarse_resolution_are_spread(resolution_ms: int, tmp_path: Path) -> None:
    """Frames of one stamp, which the writing program moved on by a millisecond each."""
    stamps = [1000 * i // 30 // resolution_ms * resolution_ms for i in range(FRAMES)]
    times_ms = [stamp + i - stamps.index(stamp) for i, stamp in enumerate(stamps)]
    source = VideoSource(write_clip(tmp_path / "clip.mkv", FRAMES, options={"bf": "0"}, times_ms=times_ms))
    frames = list(source.frames())
    assert [number_in(frame.bgr) for frame in frames] == list(range(FRAMES))
    assert source.info.fps_hz == pytest.approx(30, rel=1e-3)
    np.testing.assert_allclose([frame.time_s for frame in frames], even(30), atol=0.04)
    assert any("had the time stamp of the frame before" in note for note in source.info.notes)
    source.close()


def test_a_camera_that_is_triggered_keeps_its_pauses(tmp_path: Path) -> None:
    """Thirty frames at 200 Hz every two seconds are no stamps in bursts."""
    times_ms = [2000 * (i // 30) + 5 * (i % 30) for i in range(FRAMES)]
    source = VideoSource(write_clip(tmp_path / "clip.mkv", FRAMES, options={"bf": "0"}, times_ms=times_ms))
    np.testing.assert_allclose([frame.time_s for frame in source.frames()], np.array(times_ms) / 1000, atol=1e-9)
    assert source.info.fps_hz == pytest.approx(200)
    source.close()
