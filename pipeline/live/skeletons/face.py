"""Follow the expression of one person's face in live mode.

A weight is the way from the person's own rest (`core.face.weights`), which a live run learns from the last seconds: the
first moments count as rest, and a person who smiles for longer than that has a smile as rest.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.face.weights import SHAPES, measures_at_rest, weights_from_rest

_REST_S, _REST_STEP_S = 30.0, 0.1  # s, of the measures that tell the rest, and the least time between two of them
_RECENT_S = 2.0  # s of the latest measures: the longest look-ahead
_HELD_S = 0.3  # s for which a face that is not seen keeps its expression
_RELAX_S = 0.25  # s until nothing is left of it then


class LivePersonFace:
    """Keep the measures of one person's face; use from one thread."""

    def __init__(self) -> None:
        self._rest: deque[tuple[float, Floats]] = deque()
        self._recent: deque[tuple[float, Floats]] = deque()
        self._at_rest: Doubles | None = None

    def push(self, time_s: float, measures: Floats) -> None:
        """Add the measures (K,) of a detected frame, NaN where it has no face; times grow."""
        if not np.isfinite(measures).all():
            return
        self._recent.append((time_s, measures.astype(np.float32)))
        while time_s - self._recent[0][0] > _RECENT_S:
            self._recent.popleft()
        if self._rest and time_s - self._rest[-1][0] < _REST_STEP_S:
            return
        self._rest.append((time_s, measures.astype(np.float32)))
        while time_s - self._rest[0][0] > _REST_S:
            self._rest.popleft()
        self._at_rest = measures_at_rest(np.stack([one for _, one in self._rest]))

    def shown(self, time_s: float) -> dict[str, float]:
        """Return the weight of each shape at `time_s`."""
        seen = [(at_s, one) for at_s, one in self._recent if at_s <= time_s]
        if not seen or self._at_rest is None:
            return dict.fromkeys(SHAPES, 0.0)
        at_s, measures = seen[-1]
        left = float(np.clip(1 - (time_s - at_s - _HELD_S) / _RELAX_S, 0, 1))
        weights = weights_from_rest(measures[None], self._at_rest)
        return {name: left * float(values[0]) for name, values in weights.items()}
