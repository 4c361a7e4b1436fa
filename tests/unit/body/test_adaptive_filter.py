"""Test the filter with a speed-dependent cut-off, and the filling of gaps."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.body.adaptive_filter import adaptive
from pipeline.body.filters import fill_gaps, low_pass, savitzky_golay, whittaker
from tests.helpers.motion import clip

RATE = 60.0
TIME = np.arange(600) / RATE
EVERY = np.ones(600, bool)
JUMP = clip("jump") - clip("jump")[:, :1]


def gain(hz: float, cutoff_hz: float) -> float:
    wave = np.sin(2 * np.pi * hz * TIME)[:, None]
    out = whittaker(wave, np.ones(600), RATE, np.full(600, cutoff_hz), 3)
    return float(np.std(out[150:-150]) / np.std(wave[150:-150]))


def test_half_of_the_amplitude_at_the_cutoff():
    assert gain(6.0, 6.0) == pytest.approx(0.5, abs=0.03)
    assert gain(2.0, 6.0) > 0.99
    assert gain(15.0, 6.0) < 0.01


def test_no_delay_and_straight_through_the_ends():
    parabola = (TIME**2)[:, None]  # the third difference is zero: nothing to smooth
    assert np.allclose(whittaker(parabola, np.ones(600), RATE, np.full(600, 3.0), 3), parabola, atol=1e-5)


def test_weight_zero_is_filled_from_the_neighbours():
    wave = np.sin(2 * np.pi * TIME)[:, None]
    weights = np.ones(600)
    weights[200:206] = 0
    wild = wave.copy()
    wild[200:206] = 50.0
    assert np.abs(whittaker(wild, weights, RATE, np.full(600, 8.0), 3) - wave)[100:500].max() < 0.01


def test_noise_where_it_shows_goes_and_fast_turns_stay():
    """At rest it is steadier than a Butterworth filter that keeps as much of the fastest movement."""
    rng = np.random.default_rng(0)
    still = np.repeat(JUMP[:1], 200, axis=0)
    true = np.concatenate([still, JUMP])
    noisy = true + rng.normal(size=true.shape) * 0.006
    every = np.ones(len(true), bool)
    ours = adaptive(noisy, np.ones(true.shape[:2]), every, RATE, 8.0)
    theirs = low_pass(noisy, every, RATE, 8.0)

    def tremble(joints: np.ndarray) -> float:
        return float(np.linalg.norm(np.diff(joints[20:180], 2, axis=0), axis=-1).mean())

    def peak(joints: np.ndarray) -> float:
        return float(np.percentile(np.linalg.norm(np.diff(joints[200:], axis=0), axis=-1)[:, [3, 6, 13, 16]], 95))

    assert peak(ours) > 0.97 * peak(true)
    assert peak(ours) > 0.98 * peak(theirs)
    assert tremble(ours) < 0.35 * tremble(theirs)


def test_a_joint_nobody_saw_does_not_drag():
    weights = np.ones(JUMP.shape[:2])
    wrong = JUMP.copy()
    wrong[90:94, 13] += 0.5
    weights[90:94, 13] = 0.02
    every = np.ones(len(JUMP), bool)
    off = [np.linalg.norm(adaptive(wrong, w, every, RATE, 8.0)[:, 13] - JUMP[:, 13], axis=-1).max()
           for w in (np.ones(JUMP.shape[:2]), weights)]  # fmt: skip
    assert off[1] < 0.4 * off[0]


def test_gaps_separate_and_short_runs_are_safe():
    seen = np.ones(len(JUMP), bool)
    seen[80:100] = seen[104:106] = False
    holed = JUMP.copy()
    holed[~seen] = np.nan
    out = adaptive(holed, np.ones(JUMP.shape[:2]), seen, RATE, 8.0)
    assert np.array_equal(np.isnan(out).any(axis=(1, 2)), ~seen)
    assert np.array_equal(out[100:104], holed[100:104])  # four frames: noise and movement cannot be distinguished
    for length in range(1, 9):
        short = adaptive(JUMP[:length], np.ones((length, 17)), np.ones(length, bool), RATE, 8.0)
        assert np.abs(short - JUMP[:length]).max() < 0.02


def test_off_is_off():
    assert np.array_equal(adaptive(JUMP, np.ones(JUMP.shape[:2]), np.ones(len(JUMP), bool), RATE, 0.0), JUMP)


def test_savitzky_golay_cuts_about_where_it_says():
    gains = {}
    for hz in (2.0, 7.0, 20.0):
        wave = np.sin(2 * np.pi * hz * TIME)[:, None]
        gains[hz] = np.std(savitzky_golay(wave, EVERY, RATE, 7.0)[150:-150]) / np.std(wave[150:-150])
    assert gains[2.0] > 0.98
    assert gains[7.0] == pytest.approx(0.6, abs=0.12)  # -3 dB is 0.71; few frames, rough formula
    assert gains[20.0] < 0.3


@pytest.mark.parametrize("frames", [1, 6, 15])
def test_short_gaps_are_filled_along_the_movement(frames):
    values = JUMP.copy()
    seen = np.ones(len(JUMP), bool)
    hole = slice(90, 90 + frames)
    seen[hole] = False
    values[hole] = np.nan
    filled = fill_gaps(values, seen, 15)
    assert np.array_equal(np.flatnonzero(filled), np.arange(90, 90 + frames))
    straight = JUMP[89] + (JUMP[90 + frames] - JUMP[89]) * (np.arange(1, frames + 1) / (frames + 1))[:, None, None]
    error, error_straight = (np.linalg.norm(x - JUMP[hole], axis=-1).max() for x in (values[hole], straight))
    assert error < 0.1  # a quarter of a second of take-off, wrists included
    assert error <= error_straight + 1e-3


def test_long_gaps_and_ends_stay_empty():
    values, seen = JUMP.copy(), np.ones(len(JUMP), bool)
    seen[:5] = seen[-3:] = seen[60:80] = False
    values[~seen] = np.nan
    assert not fill_gaps(values, seen, 15).any()
    assert np.isnan(values[~seen]).all()
