"""Turn gestures on one joint in one frame into corrections: put, hide, show, give back.

Pure functions: each returns the take's corrections as they become, for `layer.with_corrections`. All raise
`NoPersonError`, and `ConfigError` for a joint or frame that the person does not have.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...core.corrections.apply import corrected, strength
from ...core.corrections.layer import FALLOFF_S, WHOLE_PERSON, Correction, Key, Point
from ...core.errors import ConfigError
from ...core.poses import PersonTrack
from ...core.skeletons import SKELETONS
from ...core.take import Take
from .layer import detected_point, row_of

JOINED_WITHIN_S = 3.0  # s: a joint that is put at two places this near belongs to one movement
Corrections = tuple[Correction, ...]


def put(
    take: Take, person: int, joint: str, frame: int, at_px: Point, *, falloff_s: float = FALLOFF_S
) -> tuple[Corrections, Correction]:
    """Put a joint at x, y px in a frame; also return the correction that does so.

    A move of this joint with a key within `JOINED_WITHIN_S` gets another key, or another place for its key; else a move
    is added. What else is corrected in the frame counts: the joint is then at `at_px`. A hidden one is shown.
    """
    track, row = _place(take, person, joint, frame)
    known = shown(take, person, joint, frame)
    joined = _joined(known, track, joint, frame)
    others = tuple(one for one in known if one is not joined)
    base, _ = detected_point(corrected(track, others).track, joint, row)
    was, seen = detected_point(track, joint, row)
    key = Key(frame, ((float(at_px[0]) - base[0], float(at_px[1]) - base[1]),), (was if seen else None,))
    keys = {one.frame: one for one in joined.keys} if joined is not None else {}
    ordered = tuple(one for _, one in sorted({**keys, frame: key}.items()))
    first, last = ordered[0].frame, ordered[-1].frame
    try:
        if joined is None:
            made = Correction(person, "move", first, last, (joint,), ordered, falloff_s=falloff_s)
        else:
            made = replace(joined, first=first, last=last, keys=ordered, falloff_s=falloff_s)
    except ValueError as error:
        raise ConfigError(f"The joint {joint} cannot be put there: {error}.", "Choose another place.") from error
    return (*others, made), made


def hidden(take: Take, person: int, joint: str, frame: int) -> Corrections:
    """Hide a joint in a frame; a run of hidden frames is one correction."""
    track, row = _place(take, person, joint, frame)
    if is_hidden(take, person, joint, frame):
        return take.corrections
    frames = track.frame_index
    first = last = frame
    others = []
    for one in take.corrections:
        mine = one.kind == "hide" and one.on and one.person == person and one.joints == (joint,) and one.limits is None
        before = mine and row > 0 and one.last == frames[row - 1]
        after = mine and row + 1 < len(frames) and one.first == frames[row + 1]
        if before or after:
            first, last = min(first, one.first), max(last, one.last)
        else:
            others.append(one)
    return (*others, Correction(person, "hide", first, last, (joint,)))


def shown(take: Take, person: int, joint: str, frame: int) -> Corrections:
    """Take back what hides a joint in a frame; the frames before and after stay hidden."""
    track, row = _place(take, person, joint, frame)
    out: list[Correction] = []
    for one in take.corrections:
        if one.kind == "hide" and _reaches(one, track, person, joint, row):
            out += _without_frame(one, track, joint, row)
        else:
            out.append(one)
    return tuple(out)


def given_back(take: Take, person: int, joint: str, frame: int) -> Corrections:
    """Give a joint in a frame back to the detector: no move and nothing hidden reaches it there.

    Keys in other frames stay, and end beside this frame. Corrections of the whole person stay.
    """
    track, row = _place(take, person, joint, frame)
    out: list[Correction] = []
    for one in take.corrections:
        if one.kind not in WHOLE_PERSON and _reaches(one, track, person, joint, row):
            out += _without_frame(one, track, joint, row)
        else:
            out.append(one)
    return tuple(out)


def is_hidden(take: Take, person: int, joint: str, frame: int) -> bool:
    """Return whether a correction hides the joint in this frame."""
    track, row = _place(take, person, joint, frame)
    return any(one.kind == "hide" and _reaches(one, track, person, joint, row) for one in take.corrections)


def reach(take: Take, correction: Correction) -> tuple[int, int] | None:
    """Return the first and last frame that a correction changes; None: no frame of the take."""
    track = take.detected_track2d(correction.person)
    rows = np.flatnonzero(strength(correction, track) > 0)
    return (int(track.frame_index[rows[0]]), int(track.frame_index[rows[-1]])) if len(rows) else None


def _place(take: Take, person: int, joint: str, frame: int) -> tuple[PersonTrack, int]:
    """Return the detector's track of a person, and the row of a frame."""
    track = take.detected_track2d(person)
    names = SKELETONS[track.skeleton].names
    if joint not in names:
        raise ConfigError(f"The detector of this take has no joint {joint}.", f"Its joints: {', '.join(names)}.")
    return track, row_of(track, frame)


def _reaches(one: Correction, track: PersonTrack, person: int, joint: str, row: int) -> bool:
    named = one.on and one.person == person and joint in one.joints
    return named and bool(strength(one, track)[row] > 0)


def _joined(known: Corrections, track: PersonTrack, joint: str, frame: int) -> Correction | None:
    """Return the move with the nearest key that a key in this frame belongs to.

    Not one that sides, shift or scale follow: their order counts, and the changed move comes last.
    """
    best, best_s = None, JOINED_WITHIN_S
    mine = [one for one in known if one.person == track.person and one.on]
    whole = max((n for n, one in enumerate(mine) if one.kind in WHOLE_PERSON), default=-1)
    at = float(np.interp(frame, track.frame_index, track.time_s))
    for one in mine[whole + 1 :]:
        low, high = one.limits or (frame, frame)
        if one.kind != "move" or one.joints != (joint,) or not low <= frame <= high:
            continue
        keys_s = np.interp([key.frame for key in one.keys], track.frame_index, track.time_s)
        away_s = float(np.abs(keys_s - at).min())
        if away_s <= best_s:
            best, best_s = one, away_s
    return best


def _without_frame(one: Correction, track: PersonTrack, joint: str, row: int) -> list[Correction]:
    """Return what is left of a move or hide without a joint in one row; other joints keep theirs."""
    left: list[Correction] = []
    others = tuple(n for n, name in enumerate(one.joints) if name != joint)
    if others:
        left.append(_of_joints(one, others))
    alone = _of_joints(one, (one.joints.index(joint),))
    frames = track.frame_index
    low, high = one.limits or (0, max(one.last, int(frames[-1])))
    sides = ((low, int(frames[row]) - 1), (int(frames[row]) + 1, high))
    for side, (a, b) in enumerate(sides):
        part = _cut(alone, a, b, int(frames[row]), after=bool(side))
        if part is not None and (strength(part, track) > 0).any():
            left.append(part)
    return left


def _cut(one: Correction, low: int, high: int, frame: int, *, after: bool) -> Correction | None:
    """Return the part of a joint's correction on one side of a frame; None: nothing."""
    if low > high:
        return None
    if one.kind == "hide":
        first, last = max(one.first, low), min(one.last, high)
        return replace(one, first=first, last=last) if first <= last else None
    keys = tuple(key for key in one.keys if (key.frame > frame if after else key.frame < frame))
    if not keys:
        return None
    return replace(one, first=keys[0].frame, last=keys[-1].frame, keys=keys, limits=(low, high))


def _of_joints(one: Correction, which: tuple[int, ...]) -> Correction:
    """Return the correction for some of its joints alone."""
    keys = tuple(
        Key(key.frame, tuple(key.offset_px[n] for n in which), tuple(key.detected_px[n] for n in which))
        for key in one.keys
    )
    return replace(one, joints=tuple(one.joints[n] for n in which), keys=keys)
