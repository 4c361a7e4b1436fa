"""Set, list and remove the corrections of a take. Pure functions: a take in, a take out.

The detector's points are never overwritten: `Take.detected` keeps them for corrected persons, and `Take.tracks2d` is
what the corrections that are on make of them. 3D is untouched; `Layered.touched` says which rows have to be lifted
again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Ints
from ...core.corrections.apply import corrected, strength
from ...core.corrections.layer import FALLOFF_S, Correction, Key, Point
from ...core.errors import ConfigError
from ...core.poses import PersonTrack
from ...core.skeletons import SKELETONS
from ...core.take import Take, find_person

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layered:
    """Hold a take with other corrections, and the rows (T,) of each person whose 2D changed."""

    take: Take
    touched: Mapping[int, Bools]


def with_corrections(take: Take, corrections: Sequence[Correction]) -> Layered:
    """Return the take with exactly these corrections.

    Raises `NoPersonError` for a correction of a person who is not in the take, `ConfigError` for one whose joints the
    detector's skeleton does not have, or whose values do not fit.
    """
    for one in corrections:
        if one.on:
            _check_joints(one, take.detected_track2d(one.person))
        else:
            take.person_track2d(one.person)
    changed = {
        track.person for track in take.tracks2d if _of(take.corrections, track.person) != _of(corrections, track.person)
    }
    persons = {one.person for one in corrections}
    tracks2d, detected, touched = [], [], {}
    for track in take.tracks2d:
        person, now = track.person, track
        before = find_person(take.detected, person)
        if person in changed:
            now = corrected(before or track, corrections).track
            rows = _differs(track, now)
            if rows.any():
                touched[person] = rows
        tracks2d.append(now)
        if person in persons:
            detected.append(before or track)
    made = replace(take, tracks2d=tuple(tracks2d), detected=tuple(detected), corrections=tuple(corrections))
    return Layered(made, touched)


def move(
    take: Take,
    person: int,
    keys: Mapping[int, Mapping[str, Point]],
    *,
    falloff_s: float = FALLOFF_S,
    name: str = "",
) -> Correction:
    """Make a correction that puts joints at places in the image.

    `keys`: frame -> joint -> x, y px; every key has the same joints. Where the detector did not see a joint, its place
    between the nearest frames in which it did counts. Raises `NoPersonError`, and `ConfigError` for frames that the
    take does not have or in which the person was not seen, and for joints that the detector does not have.
    """
    track = take.detected_track2d(person)
    joints = tuple(dict.fromkeys(joint for points in keys.values() for joint in points))
    if not joints or any(set(points) != set(joints) for points in keys.values()):
        raise ConfigError("The keys of a correction do not have the same joints.", "Give each key all of them.")
    _known_joints(joints, track)
    made = []
    for frame in sorted(keys):
        row = row_of(track, frame)
        offsets, detected = [], []
        for joint in joints:
            base, seen = detected_point(track, joint, row)
            x, y = keys[frame][joint]
            offsets.append((float(x) - base[0], float(y) - base[1]))
            detected.append(base if seen else None)
        made.append(Key(int(frame), tuple(offsets), tuple(detected)))
    return _valid(
        lambda: Correction(
            person, "move", made[0].frame, made[-1].frame, joints, tuple(made), falloff_s=falloff_s, name=name
        )
    )


def detected_point(track: PersonTrack, joint: str, row: int) -> tuple[Point, bool]:
    """Return where the detector has a joint in a row, px, and whether it saw it there.

    Else the place between the nearest rows in which it did. Raises `ConfigError` if it never did.
    """
    path = track.joints_image[:, SKELETONS[track.skeleton].index(joint)].astype(np.float64)
    if np.isfinite(path[row, 0]):
        return (float(path[row, 0]), float(path[row, 1])), True
    known = np.flatnonzero(np.isfinite(path[:, 0]))
    if not len(known):
        raise ConfigError(f"The detector never saw the joint {joint} of this person.", "Choose another joint.")
    x, y = (float(np.interp(row, known, path[known, axis])) for axis in range(2))
    return (x, y), False


def row_of(track: PersonTrack, frame: int) -> int:
    """Return the row of a frame in which the person was seen.

    Raises `ConfigError` if there is none.
    """
    row = int(np.searchsorted(track.frame_index, frame))
    if row >= len(track.frame_index) or track.frame_index[row] != frame:
        raise ConfigError(f"The take has no frame {frame}.", f"Its frames: {frames_of(track.frame_index)}.")
    if not track.seen[row]:
        raise ConfigError(f"Person {track.person} is not seen in frame {frame}.", "Choose another frame.")
    return row


def frames_of(frames: Ints) -> str:
    """Name the frames (T,) of a take in words."""
    return f"{int(frames[0])} to {int(frames[-1])}" if len(frames) else "none"


def recorrected(take: Take) -> Take:
    """Return the take with its corrections applied again, after its tracks were edited.

    `detected` keeps those of persons who still have corrections.
    """
    persons = {one.person for one in take.corrections}
    detected = tuple(track for track in take.detected if track.person in persons)
    fresh = {track.person: corrected(track, take.corrections).track for track in detected}
    tracks2d = tuple(fresh.get(track.person, track) for track in take.tracks2d)
    return replace(take, tracks2d=tracks2d, detected=detected)


def restricted(correction: Correction, track: PersonTrack, mine: Bools) -> list[Correction]:
    """Return the correction limited to rows `mine` (T,) of a track, one for each run of them."""
    here = strength(correction, track) > 0
    if not (here & ~mine).any():
        return [correction] if here.any() else []
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mine, [False])).astype(np.int8))).reshape(-1, 2)
    frames = track.frame_index
    low, high = correction.limits or (0, int(frames[-1]))
    return [
        replace(correction, limits=(max(low, int(frames[a])), min(high, int(frames[b - 1]))))
        for a, b in edges
        if here[a:b].any()
    ]


def _differs(one: PersonTrack, two: PersonTrack) -> Bools:
    """Return the rows (T,) in which two tracks of the same frames differ in what is lifted."""
    if one is two:
        return np.zeros(len(one.frame_index), np.bool_)
    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = [
        (one.h36m17[0], two.h36m17[0]),
        (one.h36m17[1], two.h36m17[1]),
        (one.joints_image, two.joints_image),
    ]
    if one.depth is not None and two.depth is not None:
        pairs.append((one.depth, two.depth))
    out = np.zeros(len(one.frame_index), np.bool_)
    for a, b in pairs:
        if a is not b:
            other = (a != b) & ~(np.isnan(a) & np.isnan(b))
            out |= other.reshape(len(out), -1).any(axis=1)
    return out


def _of(corrections: Iterable[Correction], person: int) -> list[Correction]:
    return [one for one in corrections if one.person == person and one.on]


def _check_joints(one: Correction, track: PersonTrack) -> None:
    _known_joints(one.joints, track)


def _known_joints(joints: Iterable[str], track: PersonTrack) -> None:
    names = SKELETONS[track.skeleton].names
    lost = [joint for joint in joints if joint not in names]
    if lost:
        raise ConfigError(
            f"The detector of this take has no joint {lost[0]}.", f"Its joints: {', '.join(names)}.", field="joints"
        )


def _valid(make: Callable[[], Correction]) -> Correction:
    try:
        return make()
    except ValueError as error:
        raise ConfigError(f"This is no correction: {error}.", "Check its frames and places.") from error
