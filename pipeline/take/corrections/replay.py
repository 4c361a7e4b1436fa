"""Bring the corrections of a take to another detection of the same video. Pure functions.

A correction was made because of what the detector showed at some points. Where another detection shows the same there,
it applies, and its joints land on the same places of the image; where it shows something else, only the user can tell
whether the correction is still needed: it is kept, off and `asked`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...core.corrections.apply import person_size_px, strength
from ...core.corrections.layer import WHOLE_PERSON, Correction, Key, as_person
from ...core.poses import PersonTrack
from ...core.skeletons import SKELETONS
from ...core.take import Take
from .layer import Layered, with_corrections

AGREES = 0.04  # of the person's diagonal in the image: two detections of a joint this near show the same

_NO_JOINT = "This detector has no such joint."
_NOT_SEEN = "The person is not seen there in this take."
_ELSEWHERE = "The joints were detected elsewhere this time."


def replay(take: Take, before: Take, now: Mapping[int, int], agrees: float = AGREES) -> Layered:
    """Add the corrections of `before` to `take`.

    `now` maps persons of `before` to persons of `take`.
    `agrees`: distance of two detections of a joint that count as the same, as a share of the person's diagonal.
    Corrections of persons who are not in `now` are left out.
    """
    carried = [
        _carried(
            as_person(one, now[one.person]),
            before.detected_track2d(one.person),
            take.detected_track2d(now[one.person]),
            agrees,
        )
        for one in before.corrections
        if one.person in now
    ]
    return with_corrections(take, [*take.corrections, *carried])


def open_questions(take: Take) -> tuple[int, ...]:
    """Return the places in `take.corrections` of those that wait for an answer."""
    return tuple(n for n, one in enumerate(take.corrections) if one.asked)


def accept(take: Take, index: int) -> Layered:
    """Switch on a correction that was asked about; its joints land where they were put.

    IndexError if there is none.
    """
    one = replace(take.corrections[index], on=True, asked=False, note="")
    return with_corrections(take, [*take.corrections[:index], one, *take.corrections[index + 1 :]])


def drop(take: Take, index: int) -> Layered:
    """Remove a correction. IndexError if there is none."""
    take.corrections[index]
    return with_corrections(take, [*take.corrections[:index], *take.corrections[index + 1 :]])


def _carried(one: Correction, old: PersonTrack, new: PersonTrack, agrees: float) -> Correction:
    """Return the correction for the new detection: on, or off with a question and the reason."""
    if any(joint not in SKELETONS[new.skeleton].names for joint in one.joints):
        return _asking(one, _NO_JOINT)
    if not (strength(one, new) > 0).any():
        return _asking(one, _NOT_SEEN)
    if one.kind == "move":
        rebased, same = _rebased(one, new, agrees)
        return rebased if same else _asking(rebased, _ELSEWHERE)
    return one if _alike(one, old, new, agrees) else _asking(one, _ELSEWHERE)


def _asking(one: Correction, note: str) -> Correction:
    """Return the correction off; one that the user had switched off is not asked about."""
    return replace(one, on=False, asked=one.on or one.asked, note=note)


def _rebased(one: Correction, new: PersonTrack, agrees: float) -> tuple[Correction, bool]:
    """Return a move whose keys put the joints on the same places as before, and whether the detections agree."""
    columns = [SKELETONS[new.skeleton].index(joint) for joint in one.joints]
    size = person_size_px(new.joints_image)
    keys, same = [], True
    for key in one.keys:
        row = int(np.searchsorted(new.frame_index, key.frame))
        if row >= len(new.frame_index) or new.frame_index[row] != key.frame:
            keys.append(key)  # not a frame of this take: nothing to compare with
            continue
        offsets, detected = [], []
        for column, offset, was in zip(columns, key.offset_px, key.detected_px, strict=True):
            x, y = (float(value) for value in new.joints_image[row, column])
            seen = bool(np.isfinite(x))
            same &= seen == (was is not None)
            away = (was[0] - x, was[1] - y) if seen and was is not None else (0.0, 0.0)
            same &= bool(np.hypot(*away) <= agrees * size[row])
            offsets.append((offset[0] + away[0], offset[1] + away[1]))
            detected.append((x, y) if seen else None)
        keys.append(Key(key.frame, tuple(offsets), tuple(detected)))
    return replace(one, keys=tuple(keys)), same


def _alike(one: Correction, old: PersonTrack, new: PersonTrack, agrees: float) -> bool:
    """Return whether two detections agree in most of the frames and joints that a correction concerns."""
    _, a, b = np.intersect1d(old.frame_index, new.frame_index, return_indices=True)
    inside = (new.frame_index[b] >= one.first) & (new.frame_index[b] <= one.last)
    a, b = a[inside], b[inside]
    if not len(a):
        return True
    if one.kind in WHOLE_PERSON:
        places, others = old.h36m17[0][a], new.h36m17[0][b]
    else:
        places, others = _joints(old, one, a), _joints(new, one, b)
    away = np.linalg.norm(places.astype(np.float64) - others, axis=-1)
    near = away <= agrees * np.nan_to_num(person_size_px(new.joints_image[b]))[:, None]
    neither = np.isnan(places[..., 0]) & np.isnan(others[..., 0])
    return bool((near | neither).mean() > 0.5)


def _joints(track: PersonTrack, one: Correction, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    names = SKELETONS[track.skeleton].names
    columns = [names.index(joint) if joint in names else -1 for joint in one.joints]
    known = np.array([column >= 0 for column in columns])
    out = track.joints_image[rows][:, columns]
    return np.asarray(np.where(known[None, :, None], out, np.nan))
