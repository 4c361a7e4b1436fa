"""The 1-euro filter, for live use: little lag when something moves fast, little jitter when it stands.

Casiez, Roussel, Vogel: 1 EUR Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems, CHI
2012. A first-order low-pass whose cut-off rises with the (itself low-passed) speed: f_c = min_hz + beta |speed|.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles


class OneEuro:
    """Filters an array of any shape, element by element. Use from one thread.

    `min_hz`: cut-off at rest, lower = steadier; `beta`: Hz per (unit per second), higher = less lag; `speed_hz`: that
    of the speed. An element that is NaN stays NaN and starts anew when it comes back; so does everything after a pause
    longer than `forget_s`.
    """

    def __init__(self, min_hz: float = 1.0, beta: float = 0.0, speed_hz: float = 1.0, forget_s: float = 0.5) -> None:
        if min_hz <= 0 or speed_hz <= 0 or beta < 0:
            raise ValueError(f"min_hz {min_hz} and speed_hz {speed_hz} must be above 0, beta {beta} not below")
        self._min_hz, self._beta, self._speed_hz, self._forget_s = min_hz, beta, speed_hz, forget_s
        self._time_s: float | None = None
        self._value: Doubles = np.zeros(0)
        self._speed: Doubles = np.zeros(0)

    def reset(self) -> None:
        """Forget the past."""
        self._time_s = None

    def __call__(self, values: Doubles, time_s: float) -> Doubles:
        """The filtered values at `time_s`, which must grow from call to call (the same time again: the same answer)."""
        values = np.asarray(values, np.float64)
        last = self._time_s
        fresh = last is None or values.shape != self._value.shape
        if last is None or fresh or time_s - last > self._forget_s:
            self._time_s, self._value, self._speed = time_s, values.copy(), np.zeros_like(values)
            return values.copy()
        elapsed = time_s - last
        if elapsed <= 0:
            return self._value.copy()
        known = np.isfinite(self._value)
        # The speed is that against the last filtered value, as in the authors' published code.
        speed = np.where(known, (values - self._value) / elapsed, 0.0)
        share = _share(self._speed_hz, elapsed)
        self._speed = share * speed + (1 - share) * np.where(np.isfinite(self._speed), self._speed, 0.0)
        share = _share(self._min_hz + self._beta * np.abs(self._speed), elapsed)
        self._value = np.where(known, share * values + (1 - share) * self._value, values)
        self._time_s = time_s
        return self._value.copy()


def _share(cutoff_hz: Doubles | float, elapsed_s: float) -> Doubles:
    """How much of a new value a first-order low-pass lets in."""
    return np.asarray(1.0 / (1.0 + 1.0 / (2 * np.pi * np.asarray(cutoff_hz) * elapsed_s)))
