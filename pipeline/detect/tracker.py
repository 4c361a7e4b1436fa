"""Who is who: identities over the frames of a take, online and causal.

Each frame's detections are matched to the people seen before by an optimal assignment (Kuhn, 1955) on object keypoint
similarity and overlap of boxes, against positions predicted with constant velocity. The order of claims follows
SORT's descendants (Bewley et al., ICIP 2016; Wojke et al., ICIP 2017): those just seen first, then those missing for
up to a second, then those who vanished longer ago and come back where they were, at the same size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats, Ints
from ..core.camera import Camera
from ..core.poses import PersonTrack, Pose2D
from ..core.skeletons import SKELETONS
from .keypoint_similarity import body_joints, box_diagonal, iou, joint_box, oks

_FRESH_S = 0.2  # seen so recently: claims before everyone else
_BRIDGE_S = 1.0  # missing so long, an identity lives on wherever the prediction leads
_RETURN_S = 6.0  # and so long if it comes back to where it vanished
_FORGET_S = 2 * _RETURN_S  # live: nobody comes back after that
_COAST_S = 0.4  # how long a velocity is believed without being seen
_POSE_FADES_S = 0.15  # how fast the pose that somebody was last seen in loses its say
_MINIMUM_LIKENESS = 0.2  # below which nobody is the same
_RETURN_REACH = 0.4  # body sizes between the places of vanishing and coming back
_RETURN_SIZES = 0.7  # ratio of the smaller body size to the larger
_MINIMUM_SCORE = 0.2  # mean confidence below which a track is a ghost


class _Growing:
    """An array that grows at its end in amortised constant time."""

    def __init__(self, shape: tuple[int, ...], dtype: type, fill: float) -> None:
        self._fill = fill
        self._data: NDArray = np.full((64, *shape), fill, dtype)
        self.length = 0

    def filled(self, count: int) -> NDArray:
        """Return a new array of `count` rows that hold the fill value."""
        return np.full((count, *self._data.shape[1:]), self._fill, self._data.dtype)

    @property
    def values(self) -> NDArray:
        view = self._data[: self.length]
        view.flags.writeable = False
        return view

    def put(self, row: int, value: object) -> None:
        """Write `value` at `row`, at or beyond the end; rows skipped over keep the fill value."""
        if row >= len(self._data):
            grown = np.full((max(row + 1, 2 * len(self._data)), *self._data.shape[1:]), self._fill, self._data.dtype)
            grown[: self.length] = self._data[: self.length]
            self._data = grown
        self._data[row] = value
        self.length = max(self.length, row + 1)


class _PersonRows:
    """The rows of one person's track as they grow, from the frame of the first sight on; see `PersonTrack`."""

    def __init__(self, first: int, joint_count: int) -> None:
        self.first = first
        self._columns = [  # joints and scores of the detector, then of H36M-17
            column
            for count in (joint_count, 17)
            for column in (_Growing((count, 2), np.float32, np.nan), _Growing((count,), np.float32, 0.0))
        ]

    def put(self, row: int, *values: Floats) -> None:
        """Write joints (J, 2), scores (J,), h36m17 joints (17, 2) and scores (17,) at the row of the take."""
        for column, value in zip(self._columns, values, strict=True):
            column.put(row - self.first, value)

    def between(self, start: int, stop: int) -> list[Floats]:
        """Return copies of the four columns for the rows start <= row < stop of the take; NaN and 0 where not seen."""
        low, high = max(start, self.first), min(stop, self.first + self._columns[0].length)
        parts = []
        for column in self._columns:
            part = column.filled(stop - start)
            if low < high:
                part[low - start : high - start] = column.values[low - self.first : high - self.first]
            parts.append(part)
        return parts


@dataclass(frozen=True, slots=True)
class _Seen:
    """A detection with what is asked of it several times."""

    joints: Floats
    scores: Floats
    h36m17: tuple[Floats, Floats] | None  # (17, 2), (17,); None where no rows are kept
    centre: Doubles
    size: float
    box: Floats


@dataclass(slots=True)
class _Person:
    identity: int
    rows: _PersonRows
    last: _Seen
    last_time_s: float
    centre: Doubles  # (2,) px
    size: float  # px, averaged over the last frames
    velocity: Doubles  # (2,) px/s
    seen: int = 0
    presence: float = 0.0
    score_sum: float = 0.0


class Tracker:
    """Assign every detection an identity (1, 2, ... in order of appearance) and keep everyone's joints.

    Rows count the frames fed so far, from 0; a row never changes once its frame was fed. Each frame is converted to
    H36M-17 once, when it is fed. Memory is what the results need: about 600 bytes a frame and person.

    Poses whose `identity` is given (2D joints from a file that says who is who) keep it.

    The rate of `camera` turns counts of frames into durations. `one_person`: every detection is the same person,
    however far it jumps (for joints that were tracked elsewhere). `keep_rows` False (live): no joints are kept, and
    people who do not come back in time are forgotten, so that the memory does not grow; `rows`, `track` and
    `identities` cannot be used then.
    """

    def __init__(self, skeleton: str, camera: Camera, one_person: bool = False, keep_rows: bool = True) -> None:
        self._skeleton = skeleton
        self._keep_rows = keep_rows
        self._appeared = 0
        self._joint_count = len(SKELETONS[skeleton].names)
        self._body = list(body_joints(skeleton))
        names = SKELETONS[skeleton].names
        self._trunk = [i for i in self._body if names[i].endswith(("shoulder", "hip"))]
        self._rate_hz = camera.rate_hz
        self._diagonal_px = float(np.hypot(*camera.size_px))
        self._one_person = one_person
        self._frame_index = _Growing((), np.int64, 0)
        self._time_s = _Growing((), np.float64, 0.0)
        self._people: dict[int, _Person] = {}
        self._given: dict[int, int] = {}  # identity of the source -> ours

    @property
    def frame_index(self) -> Ints:
        """(n,) index in the source of every frame fed so far."""
        return self._frame_index.values

    @property
    def time_s(self) -> Doubles:
        """(n,) timestamp of every frame fed so far."""
        return self._time_s.values

    def update(self, frame_index: int, time_s: float, pose: Pose2D) -> list[int]:
        """Feed the next frame. Returns the identity of each detection; 0 for one without a single known joint."""
        row = self._frame_index.length if self._keep_rows else 0
        if self._keep_rows:
            self._frame_index.put(row, frame_index)
            self._time_s.put(row, time_s)
        else:
            self._people = {i: p for i, p in self._people.items() if time_s - p.last_time_s <= _FORGET_S}
        seen = {
            i: self._look(pose, i)
            for i in range(len(pose.scores))
            if np.isfinite(pose.joints_image[i]).all(axis=-1).any()
        }
        owners = self._assign(seen, time_s) if pose.identity is None else self._known(seen, pose.identity)
        result = [0] * len(pose.scores)
        for i, detection in seen.items():
            person = owners.get(i)
            if person is None:
                person = self._new_person(row, detection, time_s)
                if pose.identity is not None:
                    self._given[int(pose.identity[i])] = person.identity
            self._record(person, row, detection, time_s)
            result[i] = person.identity
        return result

    def given_identity(self, identity: int) -> int | None:
        """Return the identity that the source has for one of ours; None if it has none."""
        return next((theirs for theirs, ours in self._given.items() if ours == identity), None)

    def identities(self, minimum_s: float = 0.0) -> list[int]:
        """Identities in order of presence: confidence times size of the body in the picture, summed over frames.

        With `minimum_s` above 0, those seen for less than that in all, and those hardly ever believed in, are left out.
        """
        people = [p for p in self._people.values() if minimum_s <= 0 or self._credible(p, minimum_s)]
        return [p.identity for p in sorted(people, key=lambda p: (-p.presence, p.identity))]

    def rows(self, identity: int, start: int, stop: int) -> PersonTrack:
        """Return the track of the rows start <= row < stop; NaN and 0 where the person was not seen."""
        start = max(0, start)
        stop = max(start, min(stop, self._frame_index.length))
        joints, scores, *h36m17 = self._people[identity].rows.between(start, stop)
        index, time_s = self.frame_index[start:stop].copy(), self.time_s[start:stop].copy()
        return PersonTrack(identity, index, time_s, joints, scores, self._skeleton, (h36m17[0], h36m17[1]))

    def track(self, identity: int, person: int) -> PersonTrack:
        """Return all rows of an identity, as the person of that number."""
        return replace(self.rows(identity, 0, self._frame_index.length), person=person)

    def _credible(self, person: _Person, minimum_s: float) -> bool:
        long_enough = person.seen / self._rate_hz >= minimum_s - 1e-9
        return long_enough and person.score_sum / max(1, person.seen) >= _MINIMUM_SCORE

    def _look(self, pose: Pose2D, which: int) -> _Seen:
        joints, scores = pose.joints_image[which], pose.scores[which]
        h36m17 = (pose.h36m17[0][which], pose.h36m17[1][which]) if self._keep_rows else None
        size, box = box_diagonal(joints, scores), joint_box(joints, scores)
        return _Seen(joints, scores, h36m17, self._centre(joints), size, box)

    def _centre(self, joints: Floats) -> Doubles:
        """Mean of shoulders and hips as far as they are known, else of whatever is known."""
        for chosen in (joints[self._trunk], joints):
            known = chosen[np.isfinite(chosen).all(axis=1)]
            if len(known):
                return known.mean(axis=0, dtype=np.float64)
        return np.zeros(2)

    def _known(self, seen: dict[int, _Seen], identity: Ints) -> dict[int, _Person]:
        """Return detection -> person for those whom the source has named before."""
        ours = {i: self._given.get(int(identity[i])) for i in seen}
        return {i: self._people[who] for i, who in ours.items() if who is not None and who in self._people}

    def _assign(self, seen: dict[int, _Seen], time_s: float) -> dict[int, _Person]:
        """Detection -> the person it is, for those that are somebody known."""
        if self._one_person:
            return dict(zip(seen, self._people.values(), strict=False))
        owners: dict[int, _Person] = {}
        claims = (  # (missing for at most, likeness)
            (_FRESH_S, self._likeness),
            (_BRIDGE_S, self._likeness),
            (_RETURN_S, self._return_likeness),
        )
        for longest_s, likeness in claims:
            free = [i for i in seen if i not in owners]
            taken = {p.identity for p in owners.values()}
            waiting = [
                p
                for p in self._people.values()
                if p.identity not in taken and time_s - p.last_time_s <= longest_s + 0.5 / self._rate_hz
            ]
            if free and waiting:
                table = np.array([[likeness(p, seen[i], time_s) for i in free] for p in waiting])
                for which, column in _best_pairs(table):
                    owners[free[column]] = waiting[which]
        return owners

    def _likeness(self, person: _Person, seen: _Seen, time_s: float) -> float:
        """How well a detection fits the person's predicted place, in [0, 1]; below the threshold it does not."""
        gap_s = max(0.0, time_s - person.last_time_s)
        shift = (person.velocity * min(gap_s, _COAST_S)).astype(np.float32)
        # Nobody moves more than about two body sizes a second against a prediction, or grows by half in a moment.
        apart = float(np.hypot(*(seen.centre - person.centre - shift)))
        reach = (0.35 + 2.0 * gap_s) * max(seen.size, person.size)
        if apart > reach:
            return 0.0
        # The longer ago, the more the pose has changed: in the end only the place counts.
        pose_share = float(np.exp(-gap_s / _POSE_FADES_S))
        tolerance = 1.0 + 5.0 * gap_s
        last = person.last
        alike = oks(last.joints + shift, last.scores, seen.joints, seen.scores, self._skeleton, tolerance)
        overlap = iou(last.box + np.concatenate([shift, shift]), seen.box)
        return pose_share * (0.6 * alike + 0.4 * overlap) + (1 - pose_share) * (1.0 - apart / max(reach, 1.0))

    def _return_likeness(self, person: _Person, seen: _Seen, time_s: float) -> float:
        """As `_likeness`, for someone who vanished long ago: the same place at the same size, or nothing."""
        apart = float(np.hypot(*(seen.centre - person.centre)))
        large, small = max(seen.size, person.size), min(seen.size, person.size)
        if large <= 0 or small / large < _RETURN_SIZES or apart > _RETURN_REACH * large:
            return 0.0
        return 1.0 - (1.0 - _MINIMUM_LIKENESS) * apart / (_RETURN_REACH * large)

    def _new_person(self, row: int, seen: _Seen, time_s: float) -> _Person:
        self._appeared += 1
        person = _Person(
            identity=self._appeared,
            rows=_PersonRows(row, self._joint_count),
            last=seen,
            last_time_s=time_s,
            centre=seen.centre,
            size=seen.size,
            velocity=np.zeros(2),
        )
        self._people[person.identity] = person
        return person

    def _record(self, person: _Person, row: int, seen: _Seen, time_s: float) -> None:
        known = np.isfinite(seen.joints).all(axis=-1)
        scores = np.where(known, seen.scores, 0).astype(np.float32)
        if seen.h36m17 is not None:
            person.rows.put(row, np.where(known[:, None], seen.joints, np.nan), scores, *seen.h36m17)
        gap_s = time_s - person.last_time_s
        if gap_s > 0:
            # Half of the new estimate: one noisy frame must not throw the prediction off.
            person.velocity = 0.5 * person.velocity + 0.5 * (seen.centre - person.centre) / gap_s
            person.size = 0.8 * person.size + 0.2 * seen.size
        person.last, person.last_time_s, person.centre = seen, time_s, seen.centre
        person.seen += 1
        confidence = float(scores[self._body].mean())
        extent = float(np.hypot(seen.box[2] - seen.box[0], seen.box[3] - seen.box[1]))
        person.score_sum += confidence
        person.presence += confidence * extent / self._diagonal_px


def _best_pairs(table: Doubles) -> list[tuple[int, int]]:
    """(row, column) pairs of the assignment with the largest sum, without those below the minimum."""
    from scipy.optimize import linear_sum_assignment

    allowed = np.where(table >= _MINIMUM_LIKENESS, table, 0.0)
    rows, columns = linear_sum_assignment(-allowed)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if allowed[r, c] > 0]
