"""Whom a stream is about."""

from __future__ import annotations

import numpy as np

from ..core.live import LivePerson, LiveResult
from .address import Address

_HOLD_S = 2.0


class Chosen:
    """Picks the persons of a frame that the address asks for: one by number, everybody, or by default one and the same.

    By default the person with the lowest number is followed until they have been away for two seconds: an avatar that
    jumps to somebody else whenever a person is missed for a frame is of no use.
    """

    def __init__(self, address: Address) -> None:
        self._person, self._everybody = address.person, address.everybody
        self._followed: int | None = None
        self._seen_s = 0.0

    def __call__(self, result: LiveResult) -> tuple[LivePerson, ...]:
        if self._everybody:
            return tuple(sorted(result.people, key=lambda person: person.person))
        if self._person is not None:
            return tuple(person for person in result.people if person.person == self._person)
        away_s = result.people_time_s - self._seen_s
        present = [person.person for person in result.people]
        # A clock that was set back (a file that begins again) is no reason to wait.
        if self._followed not in present and (self._followed is None or not 0 <= away_s < _HOLD_S):
            self._followed = min(present, default=None)
        if self._followed in present:
            self._seen_s = result.people_time_s
        return tuple(person for person in result.people if person.person == self._followed)


def is_whole(person: LivePerson) -> bool:
    """Every joint is known: what a rig needs."""
    return bool(np.isfinite(person.joints).all())
