"""Test the 1-euro filter against the paper's formula, and the authors' package if installed."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.body.one_euro import OneEuro

RATE = 30.0
TIMES = np.arange(120) / RATE
NOISY = np.sin(TIMES) + np.random.default_rng(0).normal(size=120) * 0.05


def run(filtering: OneEuro, values: np.ndarray, times: np.ndarray = TIMES) -> np.ndarray:
    return np.array([filtering(value, time) for value, time in zip(values, times, strict=True)])


@pytest.mark.parametrize(("min_hz", "beta"), [(1.0, 0.0), (1.5, 0.7), (0.5, 5.0)])
def test_against_the_published_package(min_hz, beta):
    oracle = pytest.importorskip("OneEuroFilter").OneEuroFilter(RATE, min_hz, beta, 1.0)
    expected = [oracle(value, time) for value, time in zip(NOISY, TIMES, strict=True)]
    assert np.allclose(run(OneEuro(min_hz, beta), NOISY), expected, atol=1e-9)


def test_two_steps_by_hand():
    filtering = OneEuro(min_hz=1.0, beta=0.5, speed_hz=1.0)
    assert filtering(np.array(2.0), 0.0) == 2.0
    share = 1 / (1 + 1 / (2 * np.pi * 0.1))  # of a 1 Hz low-pass after 0.1 s
    speed = share * (3.0 - 2.0) / 0.1
    cutoff = 1.0 + 0.5 * speed
    wanted = 2.0 + 1 / (1 + 1 / (2 * np.pi * cutoff * 0.1)) * (3.0 - 2.0)
    assert filtering(np.array(3.0), 0.1) == pytest.approx(wanted)


def test_steady_at_rest_and_quick_in_motion():
    rng = np.random.default_rng(1)
    still = rng.normal(size=(300, 17, 3)) * 0.01
    times = np.arange(300) / RATE
    assert np.std(run(OneEuro(1.0, 1.0), still, times)[60:]) < 0.5 * np.std(still)
    ramp = np.maximum(times - 2, 0) * 3.0  # 3 m/s from 2 s on
    lag = {beta: (ramp - run(OneEuro(1.0, beta), ramp, times))[-1] / 3.0 for beta in (0.0, 2.0)}
    assert lag[0.0] == pytest.approx(1 / (2 * np.pi), rel=0.15)
    assert lag[2.0] < 0.03


def test_gaps_start_anew_joint_by_joint():
    filtering = OneEuro(0.5)
    values = np.zeros((3, 2))
    for frame in range(10):
        filtering(values, frame / RATE)
    lost = values.copy()
    lost[1] = np.nan
    out = filtering(lost, 10 / RATE)
    assert np.isnan(out[1]).all()
    assert np.isfinite(out[[0, 2]]).all()
    back = values.copy()
    back[1] = 5.0
    assert np.array_equal(filtering(back, 11 / RATE)[1], [5.0, 5.0])  # restarted, not continued from the old value
    assert np.array_equal(filtering(back + 1, 12.0)[0], [1.0, 1.0])  # after a long pause
    assert np.array_equal(filtering(back + 9, 12.0)[0], [1.0, 1.0])  # the same time again
    filtering.reset()
    assert np.array_equal(filtering(values - 3, 12.1), values - 3)


@pytest.mark.parametrize("wrong", [{"min_hz": 0.0}, {"speed_hz": -1.0}, {"beta": -0.1}])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="must be above 0"):
        OneEuro(**wrong)
