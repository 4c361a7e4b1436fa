"""Match people who left and came back by clothing colour and size, over any time.

The tracker bridges short absences by position. A track that begins later is compared with all that ended before it.
They are joined if the clothes are the same and no other person in the video is dressed alike; if the clothes may be the
same under another light, joining is suggested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from .appearance import difference

SAME = 5.0  # colour difference up to which clothes are the same, see `appearance`
ALIKE = 11.0  # colour difference up to which clothes may be the same, under another light
_OTHERS_FACTOR = 2.0  # factor by which the colour difference of all other people has to be larger
_MIN_SIZE_RATIO = 0.5  # smallest ratio of the smaller to the larger body in the image
_MIN_LOOKS = 2  # smallest number of frames in which the clothes were sampled
_MAX_TRACKS = 300  # number of tracks that are compared: those sampled most often


@dataclass(frozen=True, slots=True)
class Appearance:
    """Describe where in the take a track lies, and its clothing colours and size."""

    identity: int
    first: int  # rows of the take, both included
    last: int
    size: float  # px, size of the body in the image
    colours: Doubles  # (appearance.LENGTH,), mean over the samples; NaN = unknown
    looks: int


@dataclass(frozen=True, slots=True)
class Return:
    """State that `later` is the same person as `earlier`, or (not `sure`) may be."""

    earlier: int
    later: int
    sure: bool


def returns(tracks: Sequence[Appearance]) -> list[Return]:
    """Find people who came back, ordered by return; each later track has at most one earlier.

    A person may return several times: the track before the latest return represents the person.
    """
    found: list[Return] = []
    followed: set[int] = set()  # tracks that continue in another one
    person = {track.identity: track.identity for track in tracks}  # track -> the first track of the same person
    most = sorted(tracks, key=lambda track: -track.looks)[:_MAX_TRACKS]
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
        told_apart = all(other is None or other > max(_OTHERS_FACTOR * apart, SAME) for other in others)
        sizes = min(best.size, later.size) / max(best.size, later.size, 1e-9)
        sure = apart <= SAME and told_apart and sizes >= _MIN_SIZE_RATIO
        found.append(Return(best.identity, later.identity, sure))
        if sure:
            followed.add(best.identity)
            person[later.identity] = same
    return found


def _difference(one: Appearance, other: Appearance) -> float | None:
    if min(one.looks, other.looks) < _MIN_LOOKS or not (np.isfinite(one.colours).any()):
        return None
    return difference(one.colours, other.colours)
