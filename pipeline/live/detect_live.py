"""Detect and track people in a live stream, and predict their 2D joints between detections."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Floats
from ..core.camera import Camera, Frame, VideoInfo
from ..core.config import SceneConfig
from ..core.hands.points import SIDES
from ..core.poses import Extras, Pose2D, joined_extras
from ..core.skeletons import SKELETONS
from ..detect.base import Detector
from ..detect.keypoint_similarity import joint_box
from ..detect.tracker import Tracker

_CARRIED_S = 0.25  # s, longest prediction of a person without a detection
_FADES_S = 0.15  # s, time constant of the exponential decay of the predicted speed


@dataclass(frozen=True, slots=True)
class Observed:
    """Hold a frame, the people in it and the times of its processing."""

    frame: Frame
    pose: Pose2D
    identities: tuple[int, ...]  # in the order of `pose`
    camera: Camera  # for frames of this size
    detected: bool  # False: the 2D was predicted
    captured_at: float  # s of time.monotonic, capture
    taken_at: float  # s of time.monotonic, when the detect thread took the frame
    detect_s: float  # s, duration of detection or prediction


@dataclass(slots=True)
class _Followed:
    time_s: float
    joints: Floats  # (J, 2) px
    scores: Floats  # (J,)
    speed: Floats  # (J, 2) px/s
    extras: Extras  # name -> (1, ...), as last seen


class LiveObserver:
    """Detect people in the newest frame and keep their identities; predict between detections.

    Identity numbers are never reused, also across a change of frame size. `info` is what the source states when it
    opens; frames of another size have the field of view of `scene`, or the default one.
    """

    def __init__(self, detector: Detector, info: VideoInfo, scene: SceneConfig) -> None:
        self._detector, self._info, self._scene = detector, info, scene
        self.camera = Camera.of(info, scene)
        self.tracker: Tracker | None = None
        self._given = self._before = 0  # highest identity so far, and that of earlier trackers
        self._followed: dict[int, _Followed] = {}
        detector.reset()

    def detect(self, frame: Frame) -> tuple[Pose2D, tuple[int, ...]]:
        """Detect the people in the frame with at least one known joint, and their identities."""
        tracker = self._tracker_for(frame)
        pose = self._detector.detect(frame)
        numbers = tracker.update(frame.index, frame.time_s, pose)
        known = [i for i, number in enumerate(numbers) if number]
        identities = tuple(self._before + numbers[i] for i in known)
        self._given = max(self._given, *identities, 0)
        pose = pose.people(known)
        self._remember(frame.time_s, pose, identities)
        return pose, identities

    def predict(self, frame: Frame) -> tuple[Pose2D, tuple[int, ...]]:
        """Extrapolate the people detected in the last 0.25 s; the speed of each joint decays."""
        self._tracker_for(frame)
        people = {i: p for i, p in self._followed.items() if frame.time_s - p.time_s <= _CARRIED_S}
        if not people:
            return Pose2D.nobody(self._detector.skeleton), ()
        moved, carried = [], []
        for person in people.values():
            gap_s = frame.time_s - person.time_s
            way = person.speed * np.float32(_FADES_S * (1 - np.exp(-gap_s / _FADES_S)))
            moved.append(person.joints + way)
            carried.append((1, _carried(person.extras, way, self._detector.skeleton)))
        joints, scores = np.stack(moved), np.stack([person.scores for person in people.values()])
        boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
        skeleton = self._detector.skeleton
        extras = joined_extras(carried, skeleton)
        return Pose2D(boxes, joints, scores, skeleton, extras=extras), tuple(people)

    def _tracker_for(self, frame: Frame) -> Tracker:
        """Return the tracker; replace it and the camera when the frame size changes."""
        height, width = frame.bgr.shape[:2]
        if self.tracker is None or (width, height) != self.camera.size_px:
            stated = (width, height) == (self._info.width_px, self._info.height_px)
            info = self._info if stated else replace(self._info, width_px=width, height_px=height, fov_deg=None)
            self.camera = Camera.of(info, self._scene)
            self._before, self._followed = self._given, {}
            self.tracker = Tracker(self._detector.skeleton, self.camera, keep_rows=False)
        return self.tracker

    def _remember(self, time_s: float, pose: Pose2D, identities: tuple[int, ...]) -> None:
        followed = {}
        for i, (identity, joints, scores) in enumerate(zip(identities, pose.joints_image, pose.scores, strict=True)):
            before = self._followed.get(identity)
            speed = np.zeros_like(joints)
            if before is not None and 0 < time_s - before.time_s <= _CARRIED_S:
                now = np.nan_to_num((joints - before.joints) / np.float32(time_s - before.time_s))
                speed = (before.speed + now) / 2  # mean with the last speed: half of a new one is noise
            followed[identity] = _Followed(time_s, joints, scores, speed, pose.people([i]).extras)
        for identity, person in self._followed.items():  # keep people missed for a moment
            if identity not in followed and time_s - person.time_s <= _CARRIED_S:
                followed[identity] = person
        self._followed = followed


def _carried(extras: Extras, way: Floats, skeleton: str) -> Extras:
    """Return a person's extras with the hands moved as their wrists move, by `way` (J, 2) px."""
    names = SKELETONS[skeleton].names
    wrists = [f"{side}_wrist" for side in SIDES]
    if "hands" not in extras or not all(name in names for name in wrists):
        return extras
    hands = extras["hands"].copy()
    hands[..., :2] += way[[names.index(name) for name in wrists]][:, None]  # (1, 2, 21, 2)
    return {**extras, "hands": hands}
