"""Detect from people's bodies that a camera is mounted upside down or on its side."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from ..core.arrays import Floats, Ints
from ..core.poses import PersonTrack
from ..core.skeletons import H36M17
from ..core.take import Finding

_MIN_SCORE = 0.5  # detection score of the joints that give the orientation of a body
_MIN_SHARE = 0.75  # fraction of all fully seen bodies that must have the same orientation
_MIN_BODIES = 10  # number of such bodies
_STRAIGHT = 0.5  # cosine between trunk and legs from which a body counts as stretched
_WATCHED = 90  # latest bodies that count in a live stream
_THORAX, _PELVIS = H36M17.index("thorax"), H36M17.index("pelvis")
_ANKLES = [H36M17.index("left_ankle"), H36M17.index("right_ankle")]


def seen_roll(tracks: Sequence[PersonTrack]) -> int:
    """Estimate the roll of the camera from the people's bodies: 0, 90, 180 or -90 degrees.

    A quarter turn needs stretched bodies: a person who sits or crouches may have the trunk, but not the body, on its
    side. Lying people cannot be distinguished from a camera on its side.
    """
    return _roll(np.concatenate([quarters(*track.h36m17) for track in tracks])) if tracks else 0


def quarters(joints: Floats, scores: Floats) -> Ints:
    """Return the orientation of each body as quarter turns of the camera, 0 to 3.

    `joints` (N, 17, 2) px, `scores` (N, 17). -1 for bodies that are not stretched; bodies that are not seen as a whole
    are left out.
    """
    parts = [_THORAX, _PELVIS, *_ANKLES]
    known = np.isfinite(joints[:, parts]).all(axis=(1, 2)) & (scores[:, parts] >= _MIN_SCORE).all(axis=1)
    body = joints[known].astype(np.float64)
    trunk, legs = body[:, _THORAX] - body[:, _PELVIS], body[:, _PELVIS] - body[:, _ANKLES].mean(axis=1)
    lengths = np.maximum(np.linalg.norm(trunk, axis=1) * np.linalg.norm(legs, axis=1), 1e-9)
    straight = (trunk * legs).sum(axis=1) / lengths >= _STRAIGHT
    up = trunk + legs
    # A camera that is rolled clockwise shows upright bodies rotated counter-clockwise.
    quarter = np.round(np.degrees(np.arctan2(-up[:, 0], -up[:, 1])) / 90).astype(np.int64) % 4
    return np.where(straight, quarter, -1)


def _roll(found: Ints) -> int:
    """Return the roll in degrees of most bodies in `quarters`; 0 if it is not clear."""
    counts = np.bincount(found[found >= 0], minlength=4)
    most = int(np.argmax(counts))
    return (0, 90, 180, -90)[most] if counts[most] >= max(_MIN_BODIES, _MIN_SHARE * len(found)) else 0


class RollWatch:
    """Estimate the camera's roll in a live stream. Use from one thread; any may read `roll_deg`."""

    def __init__(self) -> None:
        self._last: deque[int] = deque(maxlen=_WATCHED)
        self.roll_deg = 0

    def add(self, joints: Floats, scores: Floats) -> None:
        """Add the people of the next frame, as H36M-17."""
        if len(joints):
            self._last.extend(quarters(joints, scores).tolist())
            self.roll_deg = _roll(np.array(self._last, np.int64)) if len(self._last) == _WATCHED else 0


def roll_finding(track: PersonTrack, roll_deg: int) -> Finding:
    """Return the finding about a rolled camera, over all of a person's track."""
    rows = np.flatnonzero(track.seen)
    text = roll_note(roll_deg)
    text = f"{text[0].upper()}{text[1:]}."
    return Finding(track.person, "camera_roll", int(rows[0]), int(rows[-1]), False, text, roll_deg)


def roll_note(roll_deg: int) -> str:
    """Return the note for the user about a camera that seems to be rolled by `roll_deg`."""
    if roll_deg == 180:
        return "people are upside down: is the camera? Set its roll to 180 degrees"
    return f"people lie on their side: does the camera? If so, set its roll to {roll_deg} degrees"
