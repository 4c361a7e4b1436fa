"""Test the low-pass: pass band, stop band, and separate runs on both sides of a gap."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.body.filters import low_pass, runs
from tests.helpers.motion import clip, facing_camera, scene

RATE = 60.0
TIME = np.arange(600) / RATE
EVERY = np.ones(600, bool)


def wave(hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * TIME)[:, None]


def gain(hz: float) -> float:
    out = low_pass(wave(hz), EVERY, RATE, 7.0)
    return float(np.abs(out[200:400]).max())


def test_runs():
    assert runs(np.array([0, 1, 1, 0, 1], bool)) == [slice(1, 3), slice(4, 5)]
    assert runs(np.zeros(3, bool)) == []
    assert runs(np.ones(3, bool)) == [slice(0, 3)]


def test_cutoff_is_where_it_says():
    assert gain(1.0) > 0.995
    assert gain(7.0) == pytest.approx(2**-0.5, abs=0.005)
    assert gain(20.0) < 0.02


def test_no_delay():
    out = low_pass(wave(2.0), EVERY, RATE, 7.0)
    assert np.abs(out - wave(2.0))[50:-50].max() < 0.02


def test_straight_line_survives_to_its_ends():
    line = TIME[:, None] * [1.0, -2.0]
    assert np.allclose(low_pass(line, EVERY, RATE, 7.0), line, atol=1e-3)


def test_gap_separates():
    """A step hidden in a gap is not blurred into either side; unseen frames stay as they were."""
    seen = EVERY.copy()
    seen[300:320] = False
    values = np.where(np.arange(600) < 310, 0.0, 1.0)[:, None]
    values[300:320] = np.nan
    out = low_pass(values, seen, RATE, 7.0)
    assert np.abs(out[:300]).max() < 1e-9
    assert np.abs(out[320:] - 1).max() < 1e-9
    assert np.isnan(out[300:320]).all()


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 8, 13])
def test_short_runs(length):
    values = np.random.default_rng(0).normal(size=(length, 2))
    out = low_pass(values, np.ones(length, bool), RATE, 7.0)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= np.abs(values).max() * 1.5
    if length < 4:
        assert np.array_equal(out, values)


@pytest.mark.parametrize(("rate", "cutoff"), [(60.0, 0.0), (10.0, 7.0), (0.0, 7.0)])
def test_off_or_impossible_changes_nothing(rate, cutoff):
    assert np.array_equal(low_pass(wave(3.0), EVERY, rate, cutoff), wave(3.0))


def test_jump_keeps_its_height():
    joints = facing_camera(clip("jump"))
    out = low_pass(joints, np.ones(len(joints), bool), RATE, 7.0)
    true, smooth = (np.ptp(j[:, 0, 2]) for j in (joints, out))
    assert abs(true - smooth) < 0.01
    assert scene(joints).config.post.smooth_hz == 7.0
