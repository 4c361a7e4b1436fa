"""Assign identities to detections over the frames of a take, online and causal.

Each frame's detections are matched to the people seen before by an optimal assignment (Kuhn, 1955) on object keypoint
similarity and box overlap, against positions predicted with constant velocity. The order of matching follows SORT's
descendants (Bewley et al., ICIP 2016; Wojke et al., ICIP 2017): people just seen first, then those missing for up to a
second, then those who vanished longer ago and return at the same position and size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Doubles, Floats, GrowingArray, Ints
from ..core.camera import Camera
from ..core.face.extras import lasting_faces
from ..core.poses import Extras, PersonTrack, Pose2D
from ..core.skeletons import SKELETONS
from .appearance import LENGTH
from .keypoint_similarity import body_joints, box_diagonal, iou, joint_box, oks
from .person_rows import PersonRows
from .returning import Appearance

_FRESH_S = 0.2  # s since last seen: such people are matched before all others
_BRIDGE_S = 1.0  # s: a person missing for less may return anywhere on the predicted path
_RETURN_S = 6.0  # s: a person missing for less may return near the position of vanishing
_FORGET_S = 2 * _RETURN_S  # s, live: after this time without a detection an identity is dropped
_COAST_S = 0.4  # s for which a velocity is extrapolated without a detection
_POSE_DECAY_S = 0.15  # s, decay of the weight of the last seen pose
_MIN_SIMILARITY = 0.2  # similarity below which a detection is no match
_RETURN_DISTANCE = 0.4  # body sizes between the positions of vanishing and return
_RETURN_SIZE_RATIO = 0.7  # smallest ratio of the smaller to the larger body size
_MIN_TRACK_SCORE = 0.2  # mean confidence below which a track is a false detection


@dataclass(frozen=True, slots=True)
class _Seen:
    """Hold a detection with values that are used several times."""

    joints: Floats
    scores: Floats
    extras: Extras  # of this person alone
    colours: Floats | None
    centre: Doubles
    size: float
    box: Floats


@dataclass(slots=True)
class _Person:
    identity: int
    rows: PersonRows
    last: _Seen
    last_time_s: float
    centre: Doubles  # (2,) px
    size: float  # px, averaged over the last frames
    velocity: Doubles  # (2,) px/s
    seen: int = 0
    presence: float = 0.0
    score_sum: float = 0.0
    last_row: int = 0
    size_sum: float = 0.0  # px, over the frames in which the person was seen
    colour_sum: Doubles | None = None  # sum of sampled colours, and number of samples of each
    colour_looks: Ints | None = None


class Tracker:
    """Assign identities (1, 2, ... by order of appearance) to detections, and store joints.

    Rows count the frames fed so far, from 0; a row never changes once its frame was fed. Each frame is converted to
    H36M-17 once, when it is first read. Memory: about 700 bytes per frame and person.

    Poses with given `identity` (2D joints from a file with identities) keep it.

    The rate of `camera` converts counts of frames to durations. `one_person`: every detection is the same person,
    however far it jumps (for joints that were tracked elsewhere). `keep_rows` False (live): no joints are stored, and
    people who do not return in time are dropped, which bounds the memory; `rows`, `track` and `identities` cannot be
    used then.
    """

    def __init__(self, skeleton: str, camera: Camera, one_person: bool = False, keep_rows: bool = True) -> None:
        self._skeleton = skeleton
        self._keep_rows = keep_rows
        self._appeared = 0
        self._body = list(body_joints(skeleton))
        names = SKELETONS[skeleton].names
        self._trunk = [i for i in self._body if names[i].endswith(("shoulder", "hip"))]
        self._rate_hz = camera.rate_hz
        self._diagonal_px = float(np.hypot(*camera.size_px))
        self._one_person = one_person
        self._frame_index = GrowingArray((), np.int64)
        self._time_s = GrowingArray((), np.float64)
        self._people: dict[int, _Person] = {}
        self._given: dict[int, int] = {}  # identity of the source -> identity here

    @property
    def frame_index(self) -> Ints:
        """Return the index (n,) in the source of every frame fed so far."""
        return self._frame_index.values

    @property
    def time_s(self) -> Doubles:
        """Return the timestamp (n,) of every frame fed so far."""
        return self._time_s.values

    def update(self, frame_index: int, time_s: float, pose: Pose2D) -> list[int]:
        """Feed the next frame and return the identity of each detection.

        0 for a detection without a single known joint.
        """
        row = len(self._frame_index) if self._keep_rows else 0
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
        """Return the source's identity for an identity of this tracker, or None."""
        return next((theirs for theirs, ours in self._given.items() if ours == identity), None)

    def identities(self, minimum_s: float = 0.0) -> list[int]:
        """Return identities in order of presence: confidence times body size, over frames.

        With `minimum_s` above 0, people seen for less in total, and false detections by confidence, are left out.
        """
        people = [p for p in self._people.values() if minimum_s <= 0 or self._credible(p, minimum_s)]
        return [p.identity for p in sorted(people, key=lambda p: (-p.presence, p.identity))]

    def rows(self, identity: int, start: int, stop: int) -> PersonTrack:
        """Return the track of the rows start <= row < stop; NaN and 0 where the person was not seen."""
        start = max(0, start)
        stop = max(start, min(stop, len(self._frame_index)))
        kept = self._people[identity].rows
        joints, scores, *h36m17 = kept.between(start, stop)
        extras = kept.extras_between(start, stop)
        index, time_s = self.frame_index[start:stop].copy(), self.time_s[start:stop].copy()
        return PersonTrack(identity, index, time_s, joints, scores, self._skeleton, (h36m17[0], h36m17[1]), extras)

    def track(self, identity: int, person: int) -> PersonTrack:
        """Return all rows of an identity as the track of number `person`."""
        whole = self.rows(identity, 0, len(self._frame_index))
        return replace(whole, person=person, extras=lasting_faces(whole.extras))

    def appearance(self, identity: int) -> Appearance:
        """Return where in the take an identity was seen, and its clothing colours and size."""
        person = self._people[identity]
        colours, looks = np.full(LENGTH, np.nan), 0
        if person.colour_sum is not None and person.colour_looks is not None:
            seen = person.colour_looks > 0
            colours[seen] = person.colour_sum[seen] / person.colour_looks[seen]
            looks = int(person.colour_looks.max())
        size = person.size_sum / max(1, person.seen)
        return Appearance(identity, person.rows.first, person.last_row, size, colours, looks)

    def join(self, earlier: int, later: int) -> int:
        """Merge two identities never seen together into a new one, whose rows all count as new."""
        one, two = self._people.pop(earlier), self._people.pop(later)
        self._appeared += 1
        two.identity = self._appeared
        two.rows = one.rows.followed_by(two.rows)
        two.seen += one.seen
        two.presence += one.presence
        two.score_sum += one.score_sum
        two.size_sum += one.size_sum
        self._people[two.identity] = two
        return two.identity

    def _credible(self, person: _Person, minimum_s: float) -> bool:
        long_enough = person.seen / self._rate_hz >= minimum_s - 1e-9
        return long_enough and person.score_sum / max(1, person.seen) >= _MIN_TRACK_SCORE

    def _look(self, pose: Pose2D, which: int) -> _Seen:
        joints, scores = pose.joints_image[which], pose.scores[which]
        size, box = box_diagonal(joints, scores), joint_box(joints, scores)
        colours = None if pose.colours is None else pose.colours[which]
        extras = {name: values[which] for name, values in pose.extras.items()}
        return _Seen(joints, scores, extras, colours, self._centre(joints), size, box)

    def _centre(self, joints: Floats) -> Doubles:
        """Return the mean of the known shoulders and hips, else of all known joints."""
        for chosen in (joints[self._trunk], joints):
            known = chosen[np.isfinite(chosen).all(axis=1)]
            if len(known):
                return known.mean(axis=0, dtype=np.float64)
        return np.zeros(2)

    def _known(self, seen: dict[int, _Seen], identity: Ints) -> dict[int, _Person]:
        """Return detection -> person for the identities that the source has given before."""
        ours = {i: self._given.get(int(identity[i])) for i in seen}
        return {i: self._people[who] for i, who in ours.items() if who is not None and who in self._people}

    def _assign(self, seen: dict[int, _Seen], time_s: float) -> dict[int, _Person]:
        """Match detections to known people: detection -> person."""
        if self._one_person:
            return dict(zip(seen, self._people.values(), strict=False))
        owners: dict[int, _Person] = {}
        claims = (  # (largest time missing, similarity)
            (_FRESH_S, self._similarity),
            (_BRIDGE_S, self._similarity),
            (_RETURN_S, self._return_similarity),
        )
        for longest_s, similarity in claims:
            free = [i for i in seen if i not in owners]
            taken = {p.identity for p in owners.values()}
            waiting = [
                p
                for p in self._people.values()
                if p.identity not in taken and time_s - p.last_time_s <= longest_s + 0.5 / self._rate_hz
            ]
            if free and waiting:
                table = np.array([[similarity(p, seen[i], time_s) for i in free] for p in waiting])
                for which, column in _best_pairs(table):
                    owners[free[column]] = waiting[which]
        return owners

    def _similarity(self, person: _Person, seen: _Seen, time_s: float) -> float:
        """Return how well a detection fits the person's predicted position, in [0, 1].

        Below the threshold it does not match.
        """
        gap_s = max(0.0, time_s - person.last_time_s)
        shift = (person.velocity * min(gap_s, _COAST_S)).astype(np.float32)
        # No person deviates from the prediction by more than about two body sizes a second, or grows by half in a
        # moment.
        apart = float(np.hypot(*(seen.centre - person.centre - shift)))
        reach = (0.35 + 2.0 * gap_s) * max(seen.size, person.size)
        if apart > reach:
            return 0.0
        # The longer ago, the more the pose has changed: finally only the position counts.
        pose_share = float(np.exp(-gap_s / _POSE_DECAY_S))
        tolerance = 1.0 + 5.0 * gap_s
        last = person.last
        alike = oks(last.joints + shift, last.scores, seen.joints, seen.scores, self._skeleton, tolerance)
        overlap = iou(last.box + np.concatenate([shift, shift]), seen.box)
        return pose_share * (0.6 * alike + 0.4 * overlap) + (1 - pose_share) * (1.0 - apart / max(reach, 1.0))

    def _return_similarity(self, person: _Person, seen: _Seen, time_s: float) -> float:
        """Return the similarity for a person who vanished long ago: position and size must agree."""
        apart = float(np.hypot(*(seen.centre - person.centre)))
        large, small = max(seen.size, person.size), min(seen.size, person.size)
        if large <= 0 or small / large < _RETURN_SIZE_RATIO or apart > _RETURN_DISTANCE * large:
            return 0.0
        return 1.0 - (1.0 - _MIN_SIMILARITY) * apart / (_RETURN_DISTANCE * large)

    def _new_person(self, row: int, seen: _Seen, time_s: float) -> _Person:
        self._appeared += 1
        person = _Person(
            identity=self._appeared,
            rows=PersonRows(row, self._skeleton),
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
        if self._keep_rows:
            person.rows.put(row, np.where(known[:, None], seen.joints, np.nan), scores, seen.extras)
        gap_s = time_s - person.last_time_s
        if gap_s > 0:
            # Weight one half for the new estimate, so that one noisy frame does not distort the prediction.
            person.velocity = 0.5 * person.velocity + 0.5 * (seen.centre - person.centre) / gap_s
            person.size = 0.8 * person.size + 0.2 * seen.size
        person.last, person.last_time_s, person.centre = seen, time_s, seen.centre
        person.seen += 1
        person.last_row = row
        person.size_sum += seen.size
        if seen.colours is not None:
            _add_colours(person, seen.colours)
        confidence = float(scores[self._body].mean())
        extent = float(np.hypot(seen.box[2] - seen.box[0], seen.box[3] - seen.box[1]))
        person.score_sum += confidence
        person.presence += confidence * extent / self._diagonal_px


def _add_colours(person: _Person, colours: Floats) -> None:
    if person.colour_sum is None or person.colour_looks is None:
        person.colour_sum, person.colour_looks = np.zeros(len(colours)), np.zeros(len(colours), np.int64)
    known = np.isfinite(colours)
    person.colour_sum[known] += colours[known]
    person.colour_looks += known


def _best_pairs(table: Doubles) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of the assignment with the largest sum, above the minimum."""
    from scipy.optimize import linear_sum_assignment

    allowed = np.where(table >= _MIN_SIMILARITY, table, 0.0)
    rows, columns = linear_sum_assignment(-allowed)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if allowed[r, c] > 0]
