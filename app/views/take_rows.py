"""Find the row of a take that is shown at a time of the video, and the names of its people."""

from __future__ import annotations

import numpy as np

from app.languages.translation import translate
from pipeline.core.arrays import Doubles
from pipeline.core.camera import UNKNOWN_RATE_HZ
from pipeline.core.take import Take

_EARLY_S = 0.0005  # tolerance in s, as in FrameSource.frame_at


def name_of(take: Take | None, person: int) -> str:
    """Return the name that was given to a person, else "Person 2"."""
    given = take.names.get(person) if take is not None else None
    return given or translate("take_rows", "Person {number}").format(number=person)


def take_times(take: Take | None) -> Doubles:
    """Return the times (T,) in s of the take's frames; empty without a take."""
    return np.zeros(0) if take is None else take.time_s


def frame_step_s(times: Doubles) -> float:
    """Return the median step (s) of `times` (T,); that of 30 Hz for fewer than two frames."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 1 / UNKNOWN_RATE_HZ


def row_at(times: Doubles, time_s: float) -> int | None:
    """Return the row shown at `time_s`: the last one not later; None outside of the take."""
    if len(times) == 0:
        return None
    row = int(np.searchsorted(times, time_s + _EARLY_S, side="right")) - 1
    if row < 0 or time_s > times[-1] + 1.5 * frame_step_s(times):
        return None
    return row
