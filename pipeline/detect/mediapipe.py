"""The embedded 2D detector: MediaPipe's BlazePose, several people, offline.

How a frame is spent. Everyone who is being followed costs one run of the landmark network, on the square that the
previous frame's landmarks predict (BlazePose's own scheme). The person detector, which costs as much, looks at one
square tile of the picture at a time, often enough that each tile's turn comes about every 0.4 s; at once where
someone was just lost; and in every frame while nobody is followed. What it finds is kept if it is not one of those
who are followed already and the landmark network agrees that there is a person.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", CVPR workshop 2020.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np

from pipeline.config import DetectConfig
from pipeline.detect.boxes import faded
from pipeline.detect.crops import Square, search_squares
from pipeline.detect.mediapipe_graphs import FINDER_PX, LANDMARKER_PX, PersonFinder
from pipeline.detect.mediapipe_model import model_bundle
from pipeline.detect.openvino_landmarks import AnyLandmarker, landmarkers
from pipeline.detect.similarity import joint_box, oks
from pipeline.types import Floats, Frame, Image, Pose2D

_ALGORITHM = 1  # raise it when the same frames would give other results

_MARGIN = 1.25  # crop side / diameter of the body's circle; what the landmark network was trained with
_FIND_SCORE = 0.5  # the detector's confidence in a hit
_FOLLOW_CONFIDENCE = 0.5  # the landmark network's, to go on following
_NEW_CONFIDENCE = 0.7  # and to believe in a newcomer
_NEW_VISIBILITY = 0.5  # mean visibility of a newcomer's shoulders and hips
_SEARCH_PERIOD_S = 0.36  # every tile is searched this often (and a few frames more) while people are followed
_LARGE_BODY = 0.8  # side of a body's square, in sides of a tile, from which the whole picture's hits count
_LOST_S = 0.5  # how long a lost person is looked for where they were
_LOST_REACH = 1.5  # in a square so much larger than theirs
_SAME_OKS = 0.5  # above this two detections are one person
_COVER_SHARE = 0.8  # of the smaller box, inside the other: a newcomer there is a second guess at somebody known,
_COVER_LENGTHS = 0.6  # unless much shorter or longer (a child in front of a grown-up)
_TRUNK = [11, 12, 23, 24]
_ESTABLISHED = 10  # frames after which somebody is no newcomer
_MAX_THREADS = 4


@dataclass(slots=True)
class _Person:
    """Somebody who is followed, as last seen."""

    square: Square  # where the next frame's landmarks are looked for
    joints: Floats  # (33, 2) px
    scores: Floats  # (33,)
    confidence: float
    moved: float = 0.0  # how far the body jumped since the last frame, in body sizes
    frames: int = 1  # followed for so long


@dataclass(slots=True)
class _Lost:
    """Where somebody was when they were lost, and how often they were looked for there."""

    time_s: float
    square: Square
    searches: int = 0

    @property
    def around(self) -> Square:
        """Where to look next: in turns upright and, for somebody in a somersault, as they were, since the detector
        knows people upright only."""
        up = self.square.up if self.searches % 2 == 0 else (0.0, -1.0)
        return Square(self.square.x, self.square.y, _LOST_REACH * self.square.side, up)


class MediaPipeDetector:
    """`Detector` on BlazePose-33. Scores are visibilities, low for joints beyond the edge of the picture.

    Needs nothing but MediaPipe's wheel: the model bundle is made in the cache on first use. Raises `ModelError` if
    the wheel lacks it.
    """

    name = "mediapipe"
    skeleton = "blazepose33"

    def __init__(self, config: DetectConfig | None = None) -> None:
        config = config or DetectConfig()
        bundle = model_bundle()
        self._max_people = config.max_people
        self._finder = PersonFinder(bundle, _FIND_SCORE, config.max_people + 2)
        # Several people's landmarks at once, each network on one thread: on two cores nearly twice as fast as one after
        # the other, and the order in which they finish changes nothing.
        threads = max(1, min(_MAX_THREADS, config.max_people, os.cpu_count() or 1))
        self._landmarkers, runtime = landmarkers(bundle, threads)
        self.runtime = runtime or "mediapipe"  # what runs the landmark network
        parts = [self.name, bundle.mediapipe_version, bundle.sha256[:16], f"a{_ALGORITHM}", f"people{self._max_people}"]
        self._cache_key = "-".join([*parts, runtime] if runtime else parts)
        self._idle: SimpleQueue[AnyLandmarker] = SimpleQueue()
        for landmarker in self._landmarkers:
            self._idle.put(landmarker)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pose-landmarks")
        self._finding = ThreadPoolExecutor(1, thread_name_prefix="pose-finder")
        self._closed = False
        self.reset()

    @property
    def cache_key(self) -> str:
        return self._cache_key

    def reset(self) -> None:
        self._people: list[_Person] = []
        self._lost: list[_Lost] = []
        self._size = (0, 0)
        self._tiles: tuple[Square, ...] = ()
        self._turn = 0  # the tile that is searched next
        self._searched_s = -np.inf
        self._time_s = -np.inf
        self._ahead: dict[Square, Future[tuple[Floats, Floats]]] = {}

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        self.reset()
        self._size, self._tiles = size_px, search_squares(*size_px)
        self._time_s = time_s
        for joints, scores in zip(pose.joints_image, pose.scores, strict=True):
            self._people.append(_Person(_body_square(joints), joints, scores, 1.0, frames=_ESTABLISHED))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._threads.shutdown()
            self._finding.shutdown()
            self._finder.close()
            for landmarker in self._landmarkers:
                landmarker.close()

    def detect(self, frame: Frame) -> Pose2D:
        height, width = frame.bgr.shape[:2]
        if (width, height) != self._size or frame.time_s < self._time_s:
            self.reset()  # another picture, or back in time: what was seen before says nothing
            self._size, self._tiles = (width, height), search_squares(width, height)
        self._time_s = frame.time_s
        self._look_ahead(frame)
        self._follow(frame)
        self._search(frame)
        for unused in self._ahead.values():
            unused.cancel()
        people = sorted(self._people, key=lambda person: -person.confidence)
        if not people:
            return Pose2D.nobody(self.skeleton)
        joints = np.stack([person.joints for person in people])
        scores = np.stack([person.scores for person in people])
        boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
        return Pose2D(boxes, joints, scores, self.skeleton)

    def _look_ahead(self, frame: Frame) -> None:
        """Begin the searches that are sure to come, beside following those who are known."""
        self._forget_lost(frame.time_s)
        where = [lost.around for lost in self._lost] + list(self._due_tiles(frame.time_s))
        room = bool(self._people) and len(self._people) < self._max_people
        self._ahead = {square: self._finding.submit(self._find, frame.bgr, square) for square in where if room}

    def _find(self, bgr: Image, where: Square) -> tuple[Floats, Floats]:
        """In the thread `_finding` alone: the finder takes one picture at a time."""
        return self._finder.find(where.cut(bgr, FINDER_PX))

    def _follow(self, frame: Frame) -> None:
        """Everyone's landmarks in this frame; who is gone moves to the lost."""
        followed: list[_Person] = []
        found_again = self._locate_all(frame.bgr, [person.square for person in self._people])
        for person, found in zip(self._people, found_again, strict=True):
            if found is None:
                self._lost.append(_Lost(frame.time_s, person.square))
                continue
            size = person.square.side / (2 * _MARGIN)
            found.frames = person.frames + 1
            found.moved = float(np.hypot(found.square.x - person.square.x, found.square.y - person.square.y)) / size
            followed.append(found)
        # Two squares that have slid onto one body: it belongs to whom it was before, not to a newcomer, and among
        # those followed for long to the one that came the shorter way.
        kept: list[_Person] = []
        for person in sorted(followed, key=lambda p: (-min(p.frames, _ESTABLISHED), p.moved)):
            if any(self._same(person, other) for other in kept):
                self._lost.append(_Lost(frame.time_s, person.square))
            else:
                kept.append(person)
        self._people = kept

    def _search(self, frame: Frame) -> None:
        """Look for newcomers and for those just lost, as far as there is room and it is due."""
        self._forget_lost(frame.time_s)
        if len(self._people) >= self._max_people:
            return
        for lost in list(self._lost):
            where = lost.around
            lost.searches += 1
            if self._admit(frame.bgr, where):
                self._lost.remove(lost)
        for tile in self._due_tiles(frame.time_s):
            # The whole picture is for bodies too large for a tile: smaller ones it shows too coarsely to be believed.
            short = float(min(self._size))
            self._admit(frame.bgr, tile, smallest_px=_LARGE_BODY * short if tile.side > short else 0.0)
            self._turn = (self._turn + 1) % len(self._tiles)
            self._searched_s = frame.time_s

    def _forget_lost(self, time_s: float) -> None:
        self._lost = [lost for lost in self._lost if time_s - lost.time_s <= _LOST_S]

    def _due_tiles(self, time_s: float) -> tuple[Square, ...]:
        """The tiles whose turn it is: all in the first frame, one in every frame while nobody is followed."""
        if self._searched_s == -np.inf:
            return self._tiles
        due = not self._people or time_s - self._searched_s >= _SEARCH_PERIOD_S / len(self._tiles)
        return (self._tiles[self._turn],) if due else ()

    def _admit(self, bgr: Image, where: Square, smallest_px: float = 0.0) -> int:
        """Search one square; everyone found there who is new is followed from now on. Returns how many."""
        begun = self._ahead.pop(where, None) or self._finding.submit(self._find, bgr, where)
        points, scores = begun.result()
        count = 0
        for index in np.argsort(-scores):
            if len(self._people) >= self._max_people:
                break
            centre, circle = where.image_from_crop(points[index])
            square = Square.around(centre, circle, _MARGIN)
            if any(_near(square, person.square, 0.15) for person in self._people):
                continue
            first = self._locate(bgr, square)
            # The detector's square is rough: what counts is what the network sees in the square it would use itself.
            person = None if first is None else self._locate(bgr, first.square)
            if person is None or person.square.side < smallest_px:
                continue
            if person.confidence < _NEW_CONFIDENCE or person.scores[_TRUNK].mean() < _NEW_VISIBILITY:
                continue
            if not any(self._again(person, known) for known in self._people):
                self._people.append(person)
                count += 1
        return count

    def _locate_all(self, bgr: Image, squares: Sequence[Square]) -> list[_Person | None]:
        if len(squares) < 2:
            return [self._locate(bgr, square) for square in squares]
        return list(self._threads.map(lambda square: self._locate(bgr, square), squares))

    def _locate(self, bgr: Image, square: Square) -> _Person | None:
        """The landmarks of the person in the square, in pixels of the picture, or None."""
        longest = max(self._size)
        if not 4 <= square.side <= 8 * longest:
            return None
        piece = square.cut(bgr, LANDMARKER_PX)
        landmarker = self._idle.get()
        try:
            seen = landmarker.locate(piece)
        finally:
            self._idle.put(landmarker)
        if seen is None or seen.confidence < _FOLLOW_CONFIDENCE:
            return None
        joints = square.image_from_crop(seen.joints)
        ends = square.image_from_crop(np.stack([seen.hip_centre, seen.circle]))
        following = Square.around(ends[0], ends[1], _MARGIN)
        if not (np.isfinite(joints).all() and -longest <= following.x <= 2 * longest):
            return None
        return _Person(following, joints, faded(joints, seen.visibility, self._size), seen.confidence)

    def _again(self, newcomer: _Person, known: _Person) -> bool:
        """Whether a newcomer is only a second guess at somebody known, however different the guess."""
        near = _near(newcomer.square, known.square, 0.1)
        return near or _cover(newcomer, known) or self._same(newcomer, known)

    def _same(self, a: _Person, b: _Person) -> bool:
        return oks(a.joints, a.scores, b.joints, b.scores, self.skeleton) > _SAME_OKS


def _body_square(joints: Floats) -> Square:
    """The square that the landmark network would ask for next, told from its joints (33, 2) alone.

    On the sample video: middle within 0.5 % of the side, turned by 1.4 degrees at most, side within 10 %.
    """
    hips, shoulders = joints[_TRUNK[2:]].mean(axis=0), joints[_TRUNK[:2]].mean(axis=0)
    radius = np.linalg.norm(joints - hips, axis=1).max()
    up = (shoulders - hips) / max(float(np.linalg.norm(shoulders - hips)), 1e-6)
    return Square.around(hips, hips + up * radius, _MARGIN)


def _cover(newcomer: _Person, known: _Person) -> bool:
    """Whether the newcomer lies on somebody known and is nearly as long: a second, worse guess at the same body."""
    a, b = joint_box(newcomer.joints, newcomer.scores), joint_box(known.joints, known.scores)
    shared = float(np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)))
    area = min(float(np.prod(a[2:] - a[:2])), float(np.prod(b[2:] - b[:2])))
    short, long = sorted([float((a[2:] - a[:2]).max()), float((b[2:] - b[:2]).max())])
    return short > _COVER_LENGTHS * long and shared > _COVER_SHARE * area


def _near(a: Square, b: Square, reach: float) -> bool:
    """Whether two squares are about one body: middles within `reach` of the side, similar in size."""
    apart = float(np.hypot(a.x - b.x, a.y - b.y))
    return apart < reach * b.side and 0.4 < a.side / b.side < 2.5
