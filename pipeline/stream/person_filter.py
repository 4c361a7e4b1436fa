"""Select the persons that a stream sends."""

from __future__ import annotations

import numpy as np

from ..core.live import LivePerson, LiveResult
from .address import Address

_HOLD_S = 2.0  # s that the followed person may be absent before another person is chosen


class PersonFilter:
    """Select the persons that the address requests: one by number, all, or by default one.

    By default the person with the lowest number is followed until they have been absent for `_HOLD_S`. Otherwise an
    avatar would jump to another person whenever the detector misses the first one for a frame.
    """

    def __init__(self, address: Address) -> None:
        self._person, self._all_people = address.person, address.all_people
        self._followed: int | None = None
        self._seen_s = 0.0

    def __call__(self, result: LiveResult) -> tuple[LivePerson, ...]:
        if self._all_people:
            return tuple(sorted(result.people, key=lambda person: person.person))
        if self._person is not None:
            return tuple(person for person in result.people if person.person == self._person)
        away_s = result.people_time_s - self._seen_s
        present = [person.person for person in result.people]
        # If the clock was set back (a file that begins again), another person is chosen at once.
        if self._followed not in present and (self._followed is None or not 0 <= away_s < _HOLD_S):
            self._followed = min(present, default=None)
        if self._followed in present:
            self._seen_s = result.people_time_s
        return tuple(person for person in result.people if person.person == self._followed)


def is_whole(person: LivePerson) -> bool:
    """Return whether every joint is known, as a rig requires."""
    return bool(np.isfinite(person.joints).all())
