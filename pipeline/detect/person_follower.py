"""Provide the base of detectors that track people from frame to frame: resets and output."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import numpy as np

from ..core.arrays import Floats
from ..core.camera import Frame
from ..core.poses import Extras, Pose2D
from .keypoint_similarity import joint_box


class Followed(Protocol):
    """Describe a tracked person as last seen."""

    joints: Floats  # (J, 2) px
    scores: Floats  # (J,)


_Person = TypeVar("_Person", bound=Followed)


class PersonFollower(ABC, Generic[_Person]):
    """Implement the tracking state of a `Detector`.

    A subclass sets up its models, its search for new people and `_cache_key`, and then calls `reset`.
    """

    skeleton: str
    _cache_key: str
    _people: list[_Person]
    _size: tuple[int, int]  # width, height of the last frame
    _time_s: float  # s, time of the last frame
    _closed = False

    @property
    def cache_key(self) -> str:
        return self._cache_key

    def reset(self) -> None:
        self._start((0, 0), -np.inf)

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        self._start(size_px, time_s)
        people = zip(pose.joints_image, pose.scores, strict=True)
        self._people = [self._known(joints, scores) for joints, scores in people]

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._release()

    def detect(self, frame: Frame) -> Pose2D:
        self._take(frame)
        return self._pose(self._people)

    def _is_break(self, frame: Frame) -> bool:
        """Return whether the memory does not apply to a frame: another image size, or back in time."""
        height, width = frame.bgr.shape[:2]
        return (width, height) != self._size or frame.time_s < self._time_s

    def _take(self, frame: Frame) -> None:
        if self._is_break(frame):
            height, width = frame.bgr.shape[:2]
            self._start((width, height), frame.time_s)
        self._time_s = frame.time_s
        self._update(frame)

    def _pose(self, unsorted: Sequence[_Person]) -> Pose2D:
        if not unsorted:
            return Pose2D.nobody(self.skeleton)
        people = sorted(unsorted, key=lambda person: -self._confidence(person))
        joints, scores = np.stack([p.joints for p in people]), np.stack([p.scores for p in people])
        boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
        return Pose2D(boxes, joints, scores, self.skeleton, extras=self._extras(people))

    def _start(self, size_px: tuple[int, int], time_s: float) -> None:
        self._people, self._size, self._time_s = [], size_px, time_s
        self._start_search(size_px)

    @abstractmethod
    def _start_search(self, size_px: tuple[int, int]) -> None:
        """Reset the search for new people to an image of (width, height); (0, 0) if not known yet."""

    @abstractmethod
    def _known(self, joints: Floats, scores: Floats) -> _Person:
        """Return an established person from joints (J, 2) px and scores (J,)."""

    @abstractmethod
    def _update(self, frame: Frame) -> None:
        """Update `_people` to this frame: track them, and search for new ones."""

    def _extras(self, people: Sequence[_Person]) -> Extras:
        """Return the extras of these people; detectors that have any override it."""
        return {}

    @abstractmethod
    def _confidence(self, person: _Person) -> float:
        """Return the confidence; people are reported in its descending order."""

    @abstractmethod
    def _release(self) -> None:
        """Close the models. Called once."""
