"""2D in live mode: who is where in a frame, by the detector or, in between, by carrying everyone on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Floats
from ..core.camera import Frame
from ..core.poses import Pose2D
from ..core.skeletons import h36m17_from
from ..detect.base import Detector
from ..detect.keypoint_similarity import joint_box
from ..detect.tracker import Tracker

_CARRIED_S = 0.25  # how long somebody is carried on without being detected
_FADES_S = 0.15  # how fast the speed is let go of


@dataclass(frozen=True, slots=True)
class Observed:
    """A frame and the people in it. `joints` (P, 17, 2), `scores` (P, 17): H36M-17 by the `hourglass` rule."""

    frame: Frame
    pose: Pose2D
    identities: tuple[int, ...]
    joints: Floats
    scores: Floats
    detected: bool  # False: predicted
    captured_at: float  # time.monotonic of the capture,
    taken_at: float  # of when the frame was taken up
    detect_s: float


@dataclass(slots=True)
class _Followed:
    time_s: float
    joints: Floats  # (J, 2)
    scores: Floats  # (J,)
    speed: Floats  # (J, 2) px/s


class LiveObserver:
    """Detector, identities, and predictions between detections. Identities go on counting over a change of size."""

    def __init__(self, detector: Detector, fps_hz: float) -> None:
        self._detector, self._fps_hz = detector, fps_hz
        self._size_px = (0, 0)
        self.tracker: Tracker | None = None
        self._given = self._before = 0  # identities given out, and those of trackers that are gone
        self._followed: dict[int, _Followed] = {}
        detector.reset()

    def detect(self, frame: Frame) -> tuple[Pose2D, tuple[int, ...]]:
        """The people in the frame with at least one known joint, and who they are."""
        height, width = frame.bgr.shape[:2]
        if self.tracker is None or (width, height) != self._size_px:
            self._size_px, self._before, self._followed = (width, height), self._given, {}
            self.tracker = Tracker(self._detector.skeleton, self._fps_hz, self._size_px, keep_rows=False)
        pose = self._detector.detect(frame)
        numbers = self.tracker.update(frame.index, frame.time_s, pose)
        known = [i for i, number in enumerate(numbers) if number]
        identities = tuple(self._before + numbers[i] for i in known)
        self._given = max(self._given, *identities, 0)
        pose = Pose2D(pose.boxes_image[known], pose.joints_image[known], pose.scores[known], pose.skeleton)
        self._remember(frame.time_s, pose, identities)
        return pose, identities

    def predict(self, frame: Frame) -> tuple[Pose2D, tuple[int, ...]]:
        """Those who were just detected, moved on; the speed of each joint fades."""
        people = {i: p for i, p in self._followed.items() if frame.time_s - p.time_s <= _CARRIED_S}
        if not people:
            return Pose2D.nobody(self._detector.skeleton), ()
        moved = []
        for person in people.values():
            gap_s = frame.time_s - person.time_s
            moved.append(person.joints + person.speed * np.float32(_FADES_S * (1 - np.exp(-gap_s / _FADES_S))))
        joints, scores = np.stack(moved), np.stack([person.scores for person in people.values()])
        boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
        return Pose2D(boxes, joints, scores, self._detector.skeleton), tuple(people)

    def _remember(self, time_s: float, pose: Pose2D, identities: tuple[int, ...]) -> None:
        followed = {}
        for identity, joints, scores in zip(identities, pose.joints_image, pose.scores, strict=True):
            before = self._followed.get(identity)
            speed = np.zeros_like(joints)
            if before is not None and 0 < time_s - before.time_s <= _CARRIED_S:
                now = np.nan_to_num((joints - before.joints) / np.float32(time_s - before.time_s))
                speed = (before.speed + now) / 2  # half of it is noise
            followed[identity] = _Followed(time_s, joints, scores, speed)
        for identity, person in self._followed.items():  # missed for a moment
            if identity not in followed and time_s - person.time_s <= _CARRIED_S:
                followed[identity] = person
        self._followed = followed


def in_h36m(pose: Pose2D) -> tuple[Floats, Floats]:
    """(P, 17, 2), (P, 17)"""
    return h36m17_from(pose.skeleton, pose.joints_image, pose.scores)
