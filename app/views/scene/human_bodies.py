"""Choose what stands for the people of the 3D view: stick figures, human bodies, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from app import theme
from app.languages.translation import mark
from pipeline.core.arrays import Floats
from pipeline.core.live import LivePerson
from pipeline.core.take import Track3D
from pipeline.drawing.colours import person_colour

if TYPE_CHECKING:
    from app.views.scene.skinned_item import PosedBody
    from pipeline.human.live import LiveBodies
    from pipeline.human.motion import HumanMotion

# Key -> text of the menu. A human is what a stranger recognises at once; bones show what was measured.
BODIES = (("human", mark("&Human")), ("stick", mark("&Stick figure")), ("both", mark("&Both")))
_ALPHA_OVER_STICKS = 0.45
_PERSON_SHARE = 0.55  # share of a person's own colour in their suit, among several people
_OTHERS_SHARE = 0.6  # share of their colour that others than the followed person keep

# Person -> the skeleton that the body was made of, and body with motion; None for a person who was never lifted.
Motions = Mapping[int, "tuple[Track3D, HumanMotion | None]"]


class HumanBodies:
    """Hold the choice, and the bodies of the people of the shown take as far as they are known."""

    def __init__(self) -> None:
        self.choice = BODIES[0][0]
        self.motions: Motions = {}
        self.faces = True  # have their expressions
        self._live: LiveBodies | None = None
        self._live_s = 0.0

    @property
    def wanted(self) -> bool:
        return self.choice != "stick"

    def of(self, tracks: tuple[Track3D, ...], row: int, subject: int, compared: bool) -> tuple[PosedBody, ...] | None:
        """Return the bodies in a row of the take; None if stick figures stand for its people.

        A body made of another skeleton than the shown one, as before an edit, is not shown. Where takes are `compared`,
        bodies are translucent, for the skeletons in them.
        """
        found = [self.motions.get(track.person) for track in tracks] if self.wanted else []
        known = [made for made, track in zip(found, tracks, strict=False) if made is not None and made[0] is track]
        if not known or len(known) < len(tracks):
            return None
        from app.views.scene.skinned_item import PosedBody

        bodies = []
        for track, motion in known:
            motions = None if motion is None else motion.at(row)
            if motion is not None and motions is not None:
                tint = suit_colour(track.person, track.person == subject, len(tracks) > 1)
                tint[3] = _ALPHA_OVER_STICKS if self.choice == "both" or compared else 1.0
                face = motion.face_at(row) if self.faces else None
                bodies.append(PosedBody(motion.figure.skin, motions, tint, face))
        return tuple(bodies)

    def of_live(self, people: Sequence[LivePerson], subject: int, elapsed_s: float) -> tuple[PosedBody, ...] | None:
        """Return the bodies of a live run, `elapsed_s` after the last call; None: as in `of`."""
        if not self.wanted:
            return None
        from app.views.scene.skinned_item import PosedBody
        from pipeline.human.live import LiveBodies

        self._live = self._live or LiveBodies()
        self._live_s += max(elapsed_s, 1e-3)
        bodies = []
        for person in people:
            found = self._live(person, self._live_s)
            if found is None:
                return None
            tint = suit_colour(person.person, person.person == subject, len(people) > 1)
            tint[3] = _ALPHA_OVER_STICKS if self.choice == "both" else 1.0
            bodies.append(PosedBody(*found, tint, self._live.face(person) if self.faces else None))
        return tuple(bodies)


def suit_colour(person: int, subject: bool, several: bool) -> Floats:
    """Return RGBA (4,) of a person's suit."""
    colours = theme.colours()
    suit = _rgb(colours.suit)
    if several:
        suit = suit + _PERSON_SHARE * (_rgb(person_colour(person, colours.dark)) - suit)
    if not subject:
        suit = _rgb(colours.distance) + _OTHERS_SHARE * (suit - _rgb(colours.distance))
    return np.append(suit, 1.0).astype(np.float32)


def _rgb(colour: str) -> Floats:
    c = QColor(colour)
    return np.array([c.redF(), c.greenF(), c.blueF()], np.float32)
