"""Carry a user's edits over to another run of the same video, matched by 2D joints.

Pure functions.

Person numbers of two runs mean different people as soon as other frames are lifted. A person of the new take is the
one of the old take whose joints lie where theirs do, in most of the frames that both have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles
from ..core.errors import UserError
from ..core.poses import PersonTrack
from ..core.skeletons import SKELETONS
from ..core.take import Take
from .edit import Edited, delete, exchange_sides, merge

_SAME = 0.25  # mean joint distance relative to the person's image height, up to which it is one person
_MOST = 0.5  # share of a person's common frames that an old person has to match


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Hold the new take with the old edits, persons to re-lift, and person numbers old -> new."""

    take: Take
    lift: tuple[int, ...] = ()
    now: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Match:
    old: int  # person of the old take; 0: none
    mirrored: bool  # the old joints were swapped left and right
    frames: int  # common frames in which the new person is seen


def carry_over(take: Take, before: Take) -> CarriedOver:
    """Apply the names, left-right swaps, merges and deletions of `before` to `take`.

    A split is not carried over: the tracker decides again whether the two are one.
    """
    made = {str(edit.get("edit")) for edit in before.provenance.get("edits", [])}
    _, rows, old_rows = np.intersect1d(_frames(take), _frames(before), return_indices=True)
    matches = {t.person: _match(t, rows, before, old_rows) for t in take.tracks2d} if len(rows) else {}
    lift: list[int] = []
    now: dict[int, int] = {}

    def apply(change: Callable[[Take], Edited]) -> bool:
        nonlocal take
        try:
            done = change(take)
        except UserError:
            return False  # for example, the last person cannot be deleted
        take = done.take
        lift.extend(done.lift)
        return True

    for person, match in matches.items():
        if match.mirrored and "exchange_sides" in made:
            apply(partial(exchange_sides, person=person))
        if match.old == 0:
            if match.frames and "delete" in made:
                apply(partial(delete, person=person))
        elif match.old not in now:
            now[match.old] = person
        elif "merge" in made:
            apply(partial(merge, into=now[match.old], other=person))
    left = {track.person for track in take.tracks2d}
    names = {now[old]: name for old, name in before.names.items() if now.get(old) in left}
    lifted = tuple(dict.fromkeys(person for person in lift if person in left))
    return CarriedOver(replace(take, names={**take.names, **names}), lifted, now)


def _frames(take: Take) -> NDArray[np.int64]:
    return take.tracks2d[0].frame_index if take.tracks2d else np.zeros(0, np.int64)


def _match(track: PersonTrack, rows: NDArray[np.intp], before: Take, old_rows: NDArray[np.intp]) -> _Match:
    """Find the person of `before` whose joints `track` has in most common frames."""
    joints = track.h36m17[0][rows].astype(np.float64)
    frames = int(track.seen[rows].sum())
    best = _Match(0, False, frames)
    most = _MOST * frames
    for old in before.tracks2d:
        theirs = old.h36m17[0][old_rows].astype(np.float64)
        as_seen, exchanged = _apart(joints, theirs), _apart(joints, theirs[:, SKELETONS["h36m17"].mirror])
        both = np.fmin(as_seen, exchanged) < _SAME
        if int(both.sum()) > most:
            most = int(both.sum())
            best = _Match(old.person, bool(np.nanmean(exchanged[both]) < np.nanmean(as_seen[both])), frames)
    return best


def _apart(one: Doubles, two: Doubles) -> Doubles:
    """Return (T,) mean distances of joints (T, 17, 2) px, relative to the height in the image; inf where unknown."""
    distance = np.linalg.norm(one - two, axis=-1)
    known = np.isfinite(distance).sum(axis=1)
    total = np.nansum(distance, axis=1)
    low, high = np.fmin.reduce(two[..., 1], axis=1), np.fmax.reduce(two[..., 1], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known > 0, total / known / (high - low), np.inf)
