"""Apply corrections to a person's 2D joints.

Pure functions; rows that nothing touches keep their bits.

Shapes: `T` frames of the track, `J` joints of the detector's skeleton, `n` joints of a correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Doubles, Floats
from ..poses import EXTRAS, PersonTrack
from ..skeletons import SKELETONS, h36m17_from
from .layer import Correction

Bools = NDArray[np.bool_]
_OWN_DEPTH_WITHIN = 0.1  # of the person's size: further away, the detector saw something else, and so its depth did


@dataclass(frozen=True, slots=True)
class Corrected:
    """Hold a corrected track, and the rows (T,) in which a correction changed something."""

    track: PersonTrack
    touched: Bools


def corrected(track: PersonTrack, corrections: Sequence[Correction]) -> Corrected:
    """Apply the corrections of this person that are on, in their order, to the detector's track.

    Frames in which the person was not seen stay so. Extras move along with a whole person; those of a moved or hidden
    joint (fingers of a wrist) stay where they are, except the detector's depth of a joint that it saw elsewhere.
    Joints that the detector's skeleton does not have are left out.
    """
    mine = [one for one in corrections if one.on and one.person == track.person]
    touched = np.zeros(len(track.frame_index), np.bool_)
    if not mine:
        return Corrected(track, touched)
    work = _Work(track)
    for one in mine:
        touched |= work.apply(one)
    rows = np.flatnonzero(touched)
    if not len(rows):
        return Corrected(track, touched)
    joints17, scores17 = (values.copy() for values in track.h36m17)
    joints17[rows], scores17[rows] = h36m17_from(track.skeleton, work.joints[rows], work.scores[rows])
    done = replace(track, joints_image=work.joints, scores=work.scores, h36m17=(joints17, scores17), extras=work.extras)
    return Corrected(done, touched)


def strength(correction: Correction, track: PersonTrack) -> Doubles:
    """Return how strongly the frames (T,) are corrected, 0 to 1.

    1 inside, falling smoothly over the falloff.
    Also 0 where the person was not seen, and beyond the correction's `limits`.
    """
    frames, time_s = track.frame_index, track.time_s
    inside = (frames >= correction.first) & (frames <= correction.last)
    out = inside.astype(np.float64)
    fades = correction.kind in ("move", "shift", "scale") and correction.falloff_s > 0
    if fades and len(frames):
        # The rows next to the range, which may lie outside of the take.
        start = float(np.interp(correction.first, frames, time_s))
        end = float(np.interp(correction.last, frames, time_s))
        away = np.maximum(np.maximum(start - time_s, time_s - end), 0.0)
        left = np.clip(1 - away / correction.falloff_s, 0, 1)
        fade = left * left * (3 - 2 * left)
        gone = (correction.last < frames[0]) | (correction.first > frames[-1])
        out = np.where(inside, 1.0, 0.0 if gone else fade)
    if correction.limits is not None:
        out[(frames < correction.limits[0]) | (frames > correction.limits[1])] = 0.0
    out[~track.seen] = 0.0
    return out


def offsets_px(correction: Correction, frames: NDArray[np.int64]) -> Doubles:
    """Interpolate the offsets (T, n, 2) px of a move at frames (T,).

    Held before the first and after the last key.
    Between keys by the monotone cubic of Fritsch and Carlson (1980): smooth, without overshoot.
    """
    at = np.array([key.frame for key in correction.keys], np.float64)
    values = np.array([key.offset_px for key in correction.keys], np.float64)  # (K, n, 2)
    return _monotone(at, values, frames.astype(np.float64))


def person_size_px(joints_image: Floats) -> Doubles:
    """Return the diagonals (T,) of the boxes around joints (T, J, 2), px; NaN: nobody was seen."""
    low = np.fmin.reduce(joints_image.astype(np.float64), axis=1)
    high = np.fmax.reduce(joints_image.astype(np.float64), axis=1)
    return np.asarray(np.linalg.norm(high - low, axis=-1))


class _Work:
    """Hold copies of a track's arrays while corrections are applied to them."""

    def __init__(self, track: PersonTrack) -> None:
        self._track = track
        self._skeleton = SKELETONS[track.skeleton]
        self.joints, self.scores = track.joints_image.copy(), track.scores.copy()
        self.extras: dict[str, NDArray[Any]] = dict(track.extras)

    def apply(self, one: Correction) -> Bools:
        """Apply one correction; return the rows (T,) that it touched."""
        weight = strength(one, self._track)
        rows = np.flatnonzero(weight > 0)
        names = [name for name in one.joints if name in self._skeleton.names]
        if not len(rows) or (one.joints and not names):
            return np.zeros(len(weight), np.bool_)
        columns = [self._skeleton.index(name) for name in names]
        if one.kind == "move":
            kept = [one.joints.index(name) for name in names]
            self._move(rows, columns, offsets_px(one, self._track.frame_index[rows])[:, kept], weight[rows])
        elif one.kind == "hide":
            here = rows[:, None], np.array(columns)[None]
            self.joints[here], self.scores[here] = np.nan, 0
            self._forget_depth(*here)
        elif one.kind == "sides":
            self._exchange(rows)
        else:
            self._whole(one, rows, weight[rows])
        return weight > 0

    def _move(self, rows: NDArray[np.intp], columns: list[int], offset: Doubles, weight: Doubles) -> None:
        """Move joints in rows (r,) by offsets (r, n, 2); unseen ones from where they would be between seen frames."""
        size = np.nan_to_num(person_size_px(self.joints[rows]))
        for n, column in enumerate(columns):
            before = self._path(column, rows)
            here = np.isfinite(before[:, 0])
            if not here.any():
                continue
            at, moved = rows[here], before + weight[:, None] * offset[:, n]
            unseen = ~np.isfinite(self.joints[at, column, 0])
            # In the falloff a joint that was not seen stays so: the correction says nothing about it there.
            keep = ~unseen | (weight[here] >= 1)
            at = at[keep]
            self.joints[at, column] = moved[here][keep]
            sure, share = self.scores[at, column], weight[here][keep]
            self.scores[at, column] = sure + (1 - sure) * share
            far = np.linalg.norm(weight[:, None] * offset[:, n], axis=-1) > _OWN_DEPTH_WITHIN * size
            self._forget_depth(rows[far], np.array(column))

    def _path(self, column: int, rows: NDArray[np.intp]) -> Doubles:
        """Return a joint's positions (r, 2) in rows, interpolated where it was not seen; NaN if it never was."""
        joint = self.joints[:, column].astype(np.float64)
        out = joint[rows]
        known = np.flatnonzero(np.isfinite(joint[:, 0]))
        lost = ~np.isfinite(out[:, 0])
        if len(known) and lost.any():
            for axis in range(2):
                out[lost, axis] = np.interp(rows[lost], known, joint[known, axis])
        return out

    def _exchange(self, rows: NDArray[np.intp]) -> None:
        order = self._skeleton.mirror
        self.joints[rows], self.scores[rows] = self.joints[rows][:, order], self.scores[rows][:, order]
        for name in self.extras:
            values = self._own(name)
            values[rows] = values[rows][:, EXTRAS[name].mirror(self._skeleton)]

    def _whole(self, one: Correction, rows: NDArray[np.intp], weight: Doubles) -> None:
        """Shift or scale everything of the person, pixels of extras too."""
        joints = self.joints[rows].astype(np.float64)
        middle = (np.fmin.reduce(joints, axis=1) + np.fmax.reduce(joints, axis=1)) / 2  # (r, 2)
        factor = 1 + weight * (one.factor - 1)
        shift = weight[:, None] * np.array(one.offset_px)

        def moved(points: NDArray[Any]) -> Doubles:
            back = (len(rows), *[1] * (points.ndim - 2))
            centre = middle.reshape(*back, 2)
            if one.kind == "shift":
                return np.asarray(points + shift.reshape(*back, 2))
            return np.asarray(centre + (points - centre) * factor.reshape(*back, 1))

        self.joints[rows] = moved(joints)
        for name in self.extras:
            if EXTRAS[name].pixels:
                values = self._own(name)
                values[rows, ..., :2] = moved(values[rows][..., :2].astype(np.float64))

    def _forget_depth(self, rows: NDArray[np.intp], columns: NDArray[Any]) -> None:
        if "depth" in self.extras:
            self._own("depth")[rows, columns] = np.nan

    def _own(self, name: str) -> NDArray[Any]:
        """Return an extra that may be changed."""
        if self.extras[name] is self._track.extras.get(name):
            self.extras[name] = self.extras[name].copy()
        return self.extras[name]


def _monotone(at: Doubles, values: Doubles, wanted: Doubles) -> Doubles:
    """Interpolate values (K, ...) at positions (K,) to positions (T,), held at both ends."""
    if len(at) == 1:
        return np.repeat(values, len(wanted), axis=0)
    steps = np.diff(at).reshape(-1, *[1] * (values.ndim - 1))
    rise = np.diff(values, axis=0) / steps
    slope = np.zeros_like(values)  # at rest at both ends, where the offset is held
    if len(at) > 2:
        w1, w2 = 2 * steps[1:] + steps[:-1], steps[1:] + 2 * steps[:-1]
        same = rise[1:] * rise[:-1] > 0
        safe = np.where(same, rise[1:] * rise[:-1], 1.0)
        mean = (w1 + w2) * safe / np.where(same, w1 * rise[1:] + w2 * rise[:-1], 1.0)
        slope[1:-1] = np.where(same, mean, 0.0)
    k = np.clip(np.searchsorted(at, wanted, side="right") - 1, 0, len(at) - 2)
    h = steps[k]
    u = np.clip((wanted - at[k]) / np.diff(at)[k], 0, 1).reshape(-1, *[1] * (values.ndim - 1))
    a, b = values[k], values[k + 1]
    return np.asarray(
        (2 * u**3 - 3 * u**2 + 1) * a
        + (u**3 - 2 * u**2 + u) * h * slope[k]
        + (3 * u**2 - 2 * u**3) * b
        + (u**3 - u**2) * h * slope[k + 1]
    )
