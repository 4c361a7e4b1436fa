"""Choose the hands that the 3D view draws, and their colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QColor

from app import theme
from pipeline.core.arrays import Floats
from pipeline.core.live import LivePerson
from pipeline.core.take import Track3D
from pipeline.drawing.colours import OTHERS, person_colour


@dataclass(frozen=True, slots=True)
class PersonHands:
    """Hold both hands of one person in the T frames of a take."""

    track: Track3D  # the skeleton that they stand on
    joints: Floats  # (T, 2, 21, 3) m, world; NaN where the person was not seen
    shares: Floats  # (T, 2) of their colours that they keep: less where their pose is assumed


Hands = tuple[Floats, Floats]  # (N, 21, 3) m, world; (N, 4) RGBA
_NOTHING: Hands = (np.zeros((0, 21, 3), np.float32), np.zeros((0, 4), np.float32))


class SceneHands:
    """Hold whether hands are shown, and those of the take's people as far as they are known."""

    def __init__(self) -> None:
        self.shown = True
        self.people: Mapping[int, PersonHands] = {}

    def of(self, tracks: Sequence[Track3D], row: int, subject: int) -> Hands:
        """Return the hands in a row of the take.

        Hands of another skeleton than the shown one are left out.
        """
        found = [self.people.get(track.person) for track in tracks] if self.shown else []
        known = [one for one, track in zip(found, tracks, strict=False) if one is not None and one.track is track]
        if not known:
            return _NOTHING
        colours = [_colours(one.track.person, one.shares[row], one.track.person == subject) for one in known]
        return np.concatenate([one.joints[row] for one in known]), np.concatenate(colours)

    def of_live(self, people: Sequence[LivePerson], subject: int) -> Hands:
        """Return the hands of the newest skeletons of a live run."""
        known = [(one.person, one.hands) for one in people if one.hands is not None] if self.shown else []
        if not known:
            return _NOTHING
        whole = np.ones(2, np.float32)
        colours = [_colours(person, whole, person == subject) for person, _ in known]
        return np.concatenate([hands for _, hands in known]), np.concatenate(colours)


def _colours(person: int, shares: Floats, subject: bool) -> Floats:
    """Return RGBA (2, 4) of a person's hands, of which 1 - `shares` (2,) is that of the distance."""
    colours = theme.colours()
    far, near = (_rgb(colour) for colour in (colours.distance, person_colour(person, colours.dark)))
    mixed = far + (near - far) * (shares * np.float32(1.0 if subject else OTHERS))[:, None]
    return np.concatenate([mixed, np.ones((2, 1), np.float32)], axis=1)


def _rgb(colour: str) -> Floats:
    c = QColor(colour)
    return np.array([c.redF(), c.greenF(), c.blueF()], np.float32)
