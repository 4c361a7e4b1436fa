"""Carry a user's edits over to another run of the same video, matched by 2D joints.

Pure functions.

Person numbers of two runs mean different people as soon as other frames are lifted. A person of the new take is the
one of the old take whose joints lie where theirs do, in most of the frames that both have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles
from ..core.errors import UserError
from ..core.poses import PersonTrack
from ..core.skeletons import SKELETONS
from ..core.take import Take
from .corrections.replay import replay
from .edit import Edited, delete, exchange_sides, merge, rename, split

_SAME = 0.25  # mean joint distance relative to the person's image height, up to which it is one person
_MOST = 0.5  # share of a person's common frames that an old person has to match


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one edit that was carried over, and the take before it, to which Undo returns."""

    kind: str  # name of the function in `take.edit`
    persons: tuple[int, ...]  # numbers in `before`
    before: Take


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Hold the new take with the old edits, persons to re-lift, and person numbers old -> new."""

    take: Take
    lift: tuple[int, ...] = ()
    now: Mapping[int, int] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()  # in the order in which the edits were made


@dataclass(frozen=True, slots=True)
class _Match:
    old: int  # person of the old take; 0: none
    mirrored: bool  # the old joints were swapped left and right
    frames: int  # common frames in which the new person is seen


def carry_over(take: Take, before: Take) -> CarriedOver:
    """Apply the edits, names and corrections of `before` to `take`.

    Corrections that the new detection contradicts are off and asked about (`corrections.replay`); undoing a step leaves
    them out, as the take before it had none. A track is split at the frame of an earlier split, if it matches different
    persons on the two sides of it.
    """
    made = {str(edit.get("edit")) for edit in before.provenance.get("edits", [])}
    _, rows, old_rows = np.intersect1d(_frames(take), _frames(before), return_indices=True)
    lift: list[int] = []
    steps: list[Step] = []
    now: dict[int, int] = {}

    def apply(kind: str, change: Callable[[Take], Edited], *persons: int) -> None:
        nonlocal take
        try:
            done = change(take)
        except UserError:
            return  # for example, the last person cannot be deleted
        steps.append(Step(kind, persons, take))
        take = done.take
        lift.extend(done.lift)

    def match(track: PersonTrack, first: int = 0, end: int | None = None) -> _Match:
        inside = (rows >= first) & (rows < (len(track.frame_index) if end is None else end))
        return _match(track, rows[inside], before, old_rows[inside])

    cuts = _cuts(before, _frames(take)) if len(rows) else []
    for track in take.tracks2d if cuts else ():
        person = track.person
        for row in _changes(track, cuts, partial(match, track), "delete" in made):
            apply("split", partial(split, person=person, row=row), person)
            person = take.tracks2d[-1].person  # the later part
    for track in take.tracks2d if len(rows) else ():
        person, found = track.person, match(track)
        if found.mirrored and "exchange_sides" in made:
            apply("exchange_sides", partial(exchange_sides, person=person), person)
        if found.old == 0:
            if found.frames and "delete" in made:
                apply("delete", partial(delete, person=person), person)
        elif found.old not in now:
            now[found.old] = person
        elif "merge" in made:
            apply("merge", partial(merge, into=now[found.old], other=person), now[found.old], person)
    left = {track.person for track in take.tracks2d}
    for old, name in before.names.items():
        if now.get(old) in left:
            apply("rename", partial(rename, person=now[old], name=name), now[old])
    replayed = replay(take, before, {old: person for old, person in now.items() if person in left})
    take = replayed.take
    lift.extend(person for person in replayed.touched if take.track3d(person) is not None)
    lifted = tuple(dict.fromkeys(person for person in lift if person in left))
    return CarriedOver(take, lifted, now, tuple(steps))


def _cuts(before: Take, frames: NDArray[np.int64]) -> list[int]:
    """Return the rows of the new take, in order, at which tracks of `before` were split."""
    at = (edit.get("frame") for edit in before.provenance.get("edits", []) if edit.get("edit") == "split")
    rows = {int(np.searchsorted(frames, frame)) for frame in at if isinstance(frame, int)}
    return sorted(row for row in rows if 0 < row < len(frames))


def _changes(track: PersonTrack, cuts: list[int], match: Callable[[int, int], _Match], deleted: bool) -> list[int]:
    """Return those of `cuts` from which on the old person of `track` is another one.

    `match` finds the old person between two rows. With `deleted`, nobody counts as another one.
    """
    found: list[int] = []
    last: int | None = None
    for first, end in zip([0, *cuts], [*cuts, len(track.frame_index)], strict=True):
        part = match(first, end)
        if not part.frames or (part.old == 0 and not deleted):
            continue
        if last is not None and part.old != last:
            found.append(first)
        last = part.old
    return found


def _frames(take: Take) -> NDArray[np.int64]:
    return take.tracks2d[0].frame_index if take.tracks2d else np.zeros(0, np.int64)


def _match(track: PersonTrack, rows: NDArray[np.intp], before: Take, old_rows: NDArray[np.intp]) -> _Match:
    """Find the person of `before` whose joints `track` has in most common frames."""
    joints = track.h36m17[0][rows].astype(np.float64)
    frames = int(track.seen[rows].sum())
    best = _Match(0, False, frames)
    if not frames:
        return best
    most = _MOST * frames
    for person in (track.person for track in before.tracks2d):
        old = before.detected_track2d(person)
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
