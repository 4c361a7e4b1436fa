"""Who left and came back: parts of tracks that one person made, by clothes and size, over any time.

The tracker itself bridges short absences by place. A track that begins later is compared with all that ended before it.
They are joined if the clothes are the same and nobody else in the video is dressed alike; otherwise, if the clothes may
be the same under another light, it is suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from .appearance import difference

SAME = 5.0  # difference of colours up to which clothes are the same, see `appearance`
ALIKE = 11.0  # and up to which they may be, under another light
_OTHERS = 2.0  # times further have everyone else's clothes to be
_SIZES = 0.5  # ratio of the smaller body to the larger in the image
_FEWEST_LOOKS = 2  # frames in which the clothes were seen
_MOST = 300  # tracks that are compared: those seen longest


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where in the take a track lies, and how its person looks."""

    identity: int
    first: int  # rows of the take, both included
    last: int
    size: float  # px, of the body in the image
    colours: Doubles  # (appearance.LENGTH,), mean over the looks; NaN unknown
    looks: int


@dataclass(frozen=True, slots=True)
class Return:
    """`later` is the person `earlier`, or (not `sure`) may be."""

    earlier: int
    later: int
    sure: bool


def returns(tracks: Sequence[Appearance]) -> list[Return]:
    """Find those who came back, in the order of their returns; each later track has at most one earlier.

    A person who returned may return again: the track before the latest return stands for it.
    """
    found: list[Return] = []
    followed: set[int] = set()  # tracks that go on in another one
    person = {track.identity: track.identity for track in tracks}  # track -> the first track of the same person
    most = sorted(tracks, key=lambda track: -track.looks)[:_MOST]
    ordered = sorted(most, key=lambda track: (track.first, track.identity))
    for later in ordered:
        earlier = [track for track in ordered if track.last < later.first and track.identity not in followed]
        near = [(apart, track) for track in earlier if (apart := _difference(track, later)) is not None]
        if not near:
            continue
        apart, best = min(near, key=lambda pair: (pair[0], -pair[1].last))
        if apart > ALIKE:
            continue
        same = person[best.identity]
        known = [
            track for track in ordered if track.first <= later.last
        ]  # those who come after it may be the same person again
        strangers = [track for track in known if person[track.identity] not in (same, later.identity)]
        others = [_difference(track, later) for track in strangers]
        told_apart = all(other is None or other > max(_OTHERS * apart, SAME) for other in others)
        sizes = min(best.size, later.size) / max(best.size, later.size, 1e-9)
        sure = apart <= SAME and told_apart and sizes >= _SIZES
        found.append(Return(best.identity, later.identity, sure))
        if sure:
            followed.add(best.identity)
            person[later.identity] = same
    return found


def _difference(one: Appearance, other: Appearance) -> float | None:
    if min(one.looks, other.looks) < _FEWEST_LOOKS or not (np.isfinite(one.colours).any()):
        return None
    return difference(one.colours, other.colours)
