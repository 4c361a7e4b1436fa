"""Locate people in image squares with BlazePose's landmark network, and compare them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np

from ...core.arrays import Floats, Halves, Image
from ...core.config import Runtime
from ...core.skeletons import CHAIN_LEGS, CHAIN_TRUNK, h36m17_from
from ..crops import Square, faded
from ..keypoint_similarity import joint_box, oks
from .model_bundle import ModelBundle
from .networks import LANDMARKER_PX
from .openvino import AnyLandmarker, landmarkers

SKELETON = "blazepose33"
MARGIN = 1.25  # crop side / diameter of the body's circle, as the landmark network was trained
TRUNK = [11, 12, 23, 24]

_FOLLOW_CONFIDENCE = 0.5  # landmark network's confidence needed to keep tracking a person
_NEW_CONFIDENCE = 0.7  # landmark network's confidence needed to accept a new person
_NEW_VISIBILITY = 0.5  # mean visibility of shoulders and hips needed to accept a new person
_SAME_OKS = 0.5  # OKS above which two detections are one person
_COVER_SHARE = 0.8  # share of the smaller box inside the other above which a new person duplicates a tracked one,
_COVER_LENGTHS = 0.6  # unless the ratio of lengths is below this (a child in front of an adult)
_SHORTEST_M = 0.05  # m, shorter chains of joints are no body
_MAX_THREADS = 4


@dataclass(slots=True)
class Person:
    """Hold a tracked person as last seen."""

    square: Square  # where the next frame's landmarks are searched
    joints: Floats  # (33, 2) px
    scores: Floats  # (33,)
    confidence: float
    depth: Halves | None = None  # (33,) the network's own depth, see `core.poses.EXTRAS`; None: not known
    moved: float = 0.0  # body sizes, displacement since the last frame
    frames: int = 1  # number of frames in which the person was tracked
    past: tuple[Floats, ...] = ()  # up to two of (33, 2) px: joints one frame and two frames earlier
    skipped_s: float = 0.0  # s since the last look at a person who was skipped in this frame, see `look_ahead`

    def believable(self, smallest_px: float) -> bool:
        """Return whether a new person is confident and large enough to be tracked."""
        sure = self.confidence >= _NEW_CONFIDENCE and self.scores[TRUNK].mean() >= _NEW_VISIBILITY
        return bool(sure) and self.square.side >= smallest_px


class PeopleLocator:
    """Run the landmark network on several people at once. Use from one thread at a time."""

    def __init__(self, bundle: ModelBundle, max_people: int, runtime: Runtime = "auto") -> None:
        # One thread per network: on two cores nearly twice as fast as in sequence, and the order in which they finish
        # does not change the results.
        threads = max(1, min(_MAX_THREADS, max_people, os.cpu_count() or 1))
        self._landmarkers, self.runtime = landmarkers(bundle, threads, runtime)  # "": MediaPipe
        self._idle: SimpleQueue[AnyLandmarker] = SimpleQueue()
        for landmarker in self._landmarkers:
            self._idle.put(landmarker)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="pose-landmarks")

    def locate_all(self, bgr: Image, squares: Sequence[Square]) -> list[Person | None]:
        if len(squares) < 2:
            return [self.locate(bgr, square) for square in squares]
        return list(self._threads.map(lambda square: self.locate(bgr, square), squares))

    def locate(self, bgr: Image, square: Square) -> Person | None:
        """Locate the person in the square, in image pixels, or return None."""
        height, width = bgr.shape[:2]
        longest = max(width, height)
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
        following = Square.around(ends[0], ends[1], MARGIN)
        if not (np.isfinite(joints).all() and -longest <= following.x <= 2 * longest):
            return None
        scores = faded(joints, seen.visibility, (width, height))
        return Person(following, joints, scores, seen.confidence, own_depth(seen.metres))

    def locate_closely(self, bgr: Image, rough: Square) -> Person | None:
        """Locate the person in a rough square of the person detector.

        Runs the landmark network twice: the second square is the one that the first pass predicts.
        """
        first = self.locate(bgr, rough)
        return None if first is None else self.locate(bgr, first.square)

    def close(self) -> None:
        self._threads.shutdown()
        for landmarker in self._landmarkers:
            landmarker.close()


# H36M-17 joints (17, 33) as sums of the network's joints, which the rule is if all of them are known; and the bones of
# `core.skeletons.chain_length` (7, 33) likewise. In this form a person's length takes a tenth of the time.
_H36M17 = h36m17_from(SKELETON, np.eye(33, dtype=np.float32), np.ones(33, np.float32))[0]
_CHAIN = np.stack([_H36M17[b] - _H36M17[a] for a, b in (*CHAIN_LEGS, *CHAIN_TRUNK)])
_HALF = len(CHAIN_LEGS)  # first bones of the chain, which count half


def own_depth(metres: Floats) -> Halves:
    """Convert the network's own 3D (33, 3), z away, to depth (33,) in chain lengths.

    See `core.poses.EXTRAS`. NaN for a body without length.
    """
    bones = np.sqrt(((_CHAIN @ metres) ** 2).sum(axis=1))
    length = float(bones[:_HALF].sum() / 2 + bones[_HALF:].sum())
    if not length > _SHORTEST_M:
        return np.full(len(metres), np.nan, np.float16)
    return (metres[:, 2] / np.float32(length)).astype(np.float16)


def is_same(a: Person, b: Person) -> bool:
    """Return whether two tracked people are one person."""
    return oks(a.joints, a.scores, b.joints, b.scores, SKELETON) > _SAME_OKS


def is_duplicate(newcomer: Person, known: Person) -> bool:
    """Return whether a new person duplicates a tracked one, however different its joints."""
    return are_near(newcomer.square, known.square, 0.1) or _cover(newcomer, known) or is_same(newcomer, known)


def are_near(a: Square, b: Square, reach: float) -> bool:
    """Return whether two squares cover one body: near centres (`reach` sides) and similar sizes."""
    apart = float(np.hypot(a.x - b.x, a.y - b.y))
    return apart < reach * b.side and 0.4 < a.side / b.side < 2.5


def body_square(joints: Floats) -> Square:
    """Predict the landmark network's next square from its joints (33, 2) alone.

    On the sample video: centre within 0.5 % of the side, rotation within 1.4 degrees, side within 10 %.
    """
    hips, shoulders = joints[TRUNK[2:]].mean(axis=0), joints[TRUNK[:2]].mean(axis=0)
    radius = np.linalg.norm(joints - hips, axis=1).max()
    up = (shoulders - hips) / max(float(np.linalg.norm(shoulders - hips)), 1e-6)
    return Square.around(hips, hips + up * radius, MARGIN)


def _cover(newcomer: Person, known: Person) -> bool:
    """Return whether the new person overlaps a tracked one at nearly the same length.

    Such a detection is a second, worse estimate of the same body.
    """
    a, b = joint_box(newcomer.joints, newcomer.scores), joint_box(known.joints, known.scores)
    shared = float(np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)))
    area = min(float(np.prod(a[2:] - a[:2])), float(np.prod(b[2:] - b[:2])))
    short, long = sorted([float((a[2:] - a[:2]).max()), float((b[2:] - b[:2]).max())])
    return short > _COVER_LENGTHS * long and shared > _COVER_SHARE * area
