"""Start and stop a recording without a key: after a countdown, or by raised hands.

The triggers have no clock: the caller passes times, in seconds of any clock.
"""

from __future__ import annotations

import math

import numpy as np

from pipeline.core.arrays import Floats
from pipeline.core.live import LiveResult

_HEAD_TOP, _NOSE, _THORAX, _PELVIS = 10, 9, 8, 0
_ARMS = ((11, 12, 13), (14, 15, 16))  # shoulder, elbow, wrist
_MINIMUM_SCORE = 0.3
_FORGIVEN_S = 0.35  # s without a detection that are ignored: detectors lose raised hands now and then


class Countdown:
    """Count down `seconds`; `due` is True once, at the end."""

    def __init__(self, seconds: float) -> None:
        self._seconds = max(0.0, seconds)
        self._until_s: float | None = None

    @property
    def running(self) -> bool:
        return self._until_s is not None

    def start(self, now_s: float) -> None:
        self._until_s = now_s + self._seconds

    def cancel(self) -> None:
        self._until_s = None

    def shown(self, now_s: float) -> int:
        """Return the number to show: 3 in the first of three seconds; 0 when due or not running."""
        return 0 if self._until_s is None else max(0, math.ceil(self._until_s - now_s))

    def due(self, now_s: float) -> bool:
        """Return True once, when the time is over."""
        if self._until_s is None or now_s < self._until_s:
            return False
        self._until_s = None
        return True


class HandsUp:
    """Detect hands held above the head for `hold_s`: True once, then after the hands came down."""

    def __init__(self, hold_s: float = 2.0) -> None:
        self._hold_s = hold_s
        self._since: dict[int, float] = {}  # identity -> when the hands went up
        self._last: dict[int, float] = {}  # identity -> when they were last seen up
        self._done: set[int] = set()

    def update(self, result: LiveResult) -> bool:
        """Check the 2D joints of the next result, which are newer than the 3D skeleton."""
        now_s = result.frame.time_s
        joints, scores = result.pose.h36m17
        for row, identity in enumerate(result.identities):
            if hands_up(joints[row], scores[row]):
                self._since.setdefault(identity, now_s)
                self._last[identity] = now_s
        for identity in [i for i, last_s in self._last.items() if now_s - last_s > _FORGIVEN_S]:
            del self._since[identity], self._last[identity]
            self._done.discard(identity)
        held = {i for i, since_s in self._since.items() if self._last[i] - since_s >= self._hold_s} - self._done
        self._done |= held
        return bool(held)

    def progress(self, now_s: float) -> float:
        """Return the share (0 to 1) of the holding time that has passed."""
        waiting = [now_s - since_s for i, since_s in self._since.items() if i not in self._done]
        return min(1.0, max(waiting, default=0.0) / self._hold_s) if self._hold_s > 0 else float(bool(waiting))


def hands_up(joints_image: Floats, scores: Floats) -> bool:
    """Return whether both wrists of joints (17, 2), y down, are above an upright body's head."""
    used = [_HEAD_TOP, _THORAX, *_ARMS[0], *_ARMS[1]]
    if not np.isfinite(joints_image[used]).all() or scores[used].min() < _MINIMUM_SCORE:
        return False
    height = -joints_image[:, 1]
    trunk = joints_image[_THORAX] - joints_image[_PELVIS]
    if np.isfinite(trunk).all() and -trunk[1] < abs(trunk[0]):  # lying, or doing a handstand
        return False
    return all(
        height[wrist] > height[_HEAD_TOP] and height[elbow] > height[shoulder] for shoulder, elbow, wrist in _ARMS
    )
