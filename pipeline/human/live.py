"""Show the people of a live run as human bodies, one frame at a time.

The body follows the measured bone lengths: it is fitted again when these have changed, at most twice a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..core.arrays import Floats
from ..core.live import LivePerson
from ..rig.live_hands import LiveHands
from ..rig.live_rotations import LiveSolver
from .face import shape_names
from .fingers import relaxed_fingers
from .fit import body_of
from .motion import Figure, figure_for, global_rotations, with_fingers
from .on_rig import HumanBody

_CHANGE, _EVERY_S = 0.02, 0.5  # share of a bone's length, and s, from which the body is fitted again
_FORGET_S = 5.0  # s without a person after which their body is forgotten


@dataclass(slots=True)
class _Person:
    solver: LiveSolver = field(default_factory=LiveSolver)
    hands: LiveHands = field(default_factory=LiveHands)
    figure: Figure | None = None
    lengths: Floats = field(default_factory=lambda: np.zeros(17, np.float32))
    fitted_s: float = -np.inf
    seen_s: float = 0.0


class LiveBodies:
    """Hold the bodies of a run's people; for one thread."""

    def __init__(self) -> None:
        self._people: dict[int, _Person] = {}
        self._fingers = relaxed_fingers()

    def __call__(self, person: LivePerson, time_s: float) -> tuple[HumanBody, Floats] | None:
        """Return the body and the motions (B, 8) of its bones; None where a joint is not known.

        `time_s` should grow from call to call.
        """
        for number in [n for n, held in self._people.items() if time_s - held.seen_s > _FORGET_S]:
            del self._people[number]
        if not np.isfinite(person.joints).all():
            return None
        held = self._people.setdefault(person.person, _Person())
        held.seen_s = time_s
        pose = held.solver(person.joints, time_s)
        body = body_of(pose.rig)
        changed = np.abs(body.lengths - held.lengths).max() > _CHANGE * body.lengths.max()
        if held.figure is None or (changed and time_s - held.fitted_s > _EVERY_S):
            held.figure, held.fitted_s = figure_for(body), time_s
            held.lengths = body.lengths.astype(np.float32)
        if person.hands is None:
            turns = with_fingers(global_rotations(pose.rotations[None])[0], self._fingers)
        else:
            turns = global_rotations(held.hands(pose, person.hands, time_s).rotations[None])[0]
        return held.figure.skin, held.figure.motions(pose.root, turns).astype(np.float32)

    def face(self, person: LivePerson) -> Floats | None:
        """Return the weights (K,) of the shapes of a person's face; None: faces are not looked for."""
        if person.face is None:
            return None
        return np.array([person.face.get(name, 0.0) for name in shape_names()], np.float32)
