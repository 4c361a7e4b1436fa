"""Search rotated images for people where none were found: the camera may be rolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..core.concurrency import CancelToken
from ..core.errors import SourceError
from ..sources.turned import turned

if TYPE_CHECKING:
    from ..detect.base import Detector
    from ..sources.base import FrameSource

_LOOKS = 5  # number of test frames, spread over the range
_ROLLS_DEG = {180: 180, 90: 90, 270: -90}  # clockwise turn of the image -> roll of the camera
_SURE = 0.5  # smallest mean score of a person who counts


def roll_with_people(
    source: FrameSource, detector: Detector, start_s: float, end_s: float, cancel: CancelToken
) -> int | None:
    """Return the camera roll (degrees) at which `detector` finds people in most frames, or None."""
    best, most = None, _LOOKS // 2
    for turn_deg, roll_deg in _ROLLS_DEG.items():
        images = turned(source, turn_deg)
        found = 0
        for time_s in np.linspace(start_s, end_s, _LOOKS + 2)[1:-1].tolist():
            cancel.check()
            detector.reset()  # each image is detected independently
            try:
                pose = detector.detect(images.frame_at(time_s))
            except SourceError:
                return None
            found += bool(len(pose.scores)) and float(pose.scores.mean(axis=1).max()) >= _SURE
        if found > most:
            best, most = roll_deg, found
    return best
