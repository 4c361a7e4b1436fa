"""Filter live values with the 1-euro filter: little lag in motion, little jitter at rest.

Casiez, Roussel, Vogel: 1 EUR Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems, CHI
2012. It is a first-order low-pass whose cut-off rises with the low-passed speed: f_c = min_hz + beta |speed|.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles


class OneEuro:
    """Filter an array of any shape, element by element, from one thread.

    `min_hz` is the cut-off at rest (lower = steadier), `beta` its rise in Hz per (unit per second) (higher = less lag),
    `speed_hz` the cut-off of the speed. A NaN element stays NaN; the filter restarts when the element is known again,
    and restarts completely after a pause longer than `forget_s`.
    """

    def __init__(self, min_hz: float = 1.0, beta: float = 0.0, speed_hz: float = 1.0, forget_s: float = 0.5) -> None:
        if min_hz <= 0 or speed_hz <= 0 or beta < 0:
            raise ValueError(f"min_hz {min_hz} and speed_hz {speed_hz} must be above 0, beta {beta} not below")
        self._min_hz, self._beta, self._speed_hz, self._forget_s = min_hz, beta, speed_hz, forget_s
        self._time_s: float | None = None
        self._value: Doubles = np.zeros(0)
        self._speed: Doubles = np.zeros(0)

    def reset(self) -> None:
        """Restart the filter with the next values."""
        self._time_s = None

    def __call__(self, values: Doubles, time_s: float) -> Doubles:
        """Return the filtered values at `time_s`, which must grow from call to call.

        The same time again returns the same values.
        """
        values = np.asarray(values, np.float64)
        last = self._time_s
        is_first = last is None or values.shape != self._value.shape
        if last is None or is_first or time_s - last > self._forget_s:
            self._time_s, self._value, self._speed = time_s, values.copy(), np.zeros_like(values)
            return values.copy()
        elapsed = time_s - last
        if elapsed <= 0:
            return self._value.copy()
        known = np.isfinite(self._value)
        # The speed is measured from the last filtered value, as in the authors' published code.
        speed = np.where(known, (values - self._value) / elapsed, 0.0)
        gain = _gain(self._speed_hz, elapsed)
        self._speed = gain * speed + (1 - gain) * np.where(np.isfinite(self._speed), self._speed, 0.0)
        gain = _gain(self._min_hz + self._beta * np.abs(self._speed), elapsed)
        self._value = np.where(known, gain * values + (1 - gain) * self._value, values)
        self._time_s = time_s
        return self._value.copy()


def _gain(cutoff_hz: Doubles | float, elapsed_s: float) -> Doubles:
    """Return the weight of a new value in a first-order low-pass."""
    return np.asarray(1.0 / (1.0 + 1.0 / (2 * np.pi * np.asarray(cutoff_hz) * elapsed_s)))
