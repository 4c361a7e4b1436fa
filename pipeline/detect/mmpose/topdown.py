"""Detect people with MMPose's top-down networks (RTMPose, HRNet, ...): one box per person.

All boxes of a frame are one batch. A person's box comes from the joints in the previous frame; `NewcomerSearch`
proposes boxes of people not tracked yet, who are tracked if the network is confident about most of the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Floats, Image
from ...core.camera import Frame
from ...core.config import DetectConfig
from ...core.hands.whole_body import beyond_body_extras
from ...core.poses import Extras
from ..crops import Piece, faded, widened
from ..find_newcomers import NewcomerSearch
from ..keypoint_similarity import body_joints, joint_box, oks
from ..person_follower import PersonFollower
from .network import PoseNetwork, version

_ALGORITHM = 1  # raise it when the same frames would give other results

_BOX_SCALE = 1.2  # person's box / box of the joints: the networks were trained on boxes that include hands and head
_BOX_SCORE = 0.2  # smallest score of joints that define the box
# smallest ratio of box sides from frame to frame: after a brief occlusion of the legs the box still covers them
_MIN_SHRINK = 0.93
_TRACK_SCORE = 0.3  # mean score over trunk and limbs needed to keep tracking; MMPose draws joints from 0.3 on
_NEW_SCORE = 0.35  # mean score needed to accept a new person
_SEEN_SCORE = 0.3
# number of the twelve trunk and limb joints that need that score: half a body at the image edge counts
_SEEN_JOINTS = 4
_SAME_OKS = 0.5  # OKS above which two detections are one person
_ESTABLISHED_FRAMES = 10  # frames after which a tracked person no longer counts as new
_MAX_BOX_RATIO = 8.0  # box / image: larger boxes are rejected


@dataclass(slots=True)
class _Person:
    """Hold a tracked person as last seen."""

    box: Floats  # (4,) where the next frame's joints are searched
    joints: Floats  # (J, 2) px
    scores: Floats  # (J,)
    beyond: Floats  # (B, 3) px and score of the points of face and hands, see `NetworkConfig.beyond_body`
    frames: int = 1  # number of frames in which the person was tracked


class MMPoseTopDown(PersonFollower[_Person]):
    """Implement `Detector` on a top-down network.

    Scores are the heights of the network's peaks, low outside the image.
    """

    def __init__(self, network: PoseNetwork, name: str, checkpoint_sha256: str, config: DetectConfig) -> None:
        """Prepare the search for new people. Raises `ModelError` if it cannot be used here."""
        self.name, self.skeleton = name, network.config.skeleton
        self._network, self._max_people = network, config.max_people
        self._body = list(body_joints(self.skeleton))
        self._search = NewcomerSearch(config.max_people, config.runtime)
        self.runtime = self._search.runtime
        self._cache_key = "-".join(
            [
                name, checkpoint_sha256[:16], network.config.key, f"mmpose{version()}", network.precision,
                self._search.key, f"a{_ALGORITHM}", f"people{config.max_people}",
                *(["whole"] if network.config.beyond_body else []),
            ]
        )  # fmt: skip
        self.reset()

    def _start_search(self, size_px: tuple[int, int]) -> None:
        self._search.reset()

    def _known(self, joints: Floats, scores: Floats) -> _Person:
        return _Person(_body_box(joints, scores), joints, scores, np.zeros((0, 3), np.float32), _ESTABLISHED_FRAMES)

    def _extras(self, people: Sequence[_Person]) -> Extras:
        if not self._network.config.beyond_body:
            return {}
        return beyond_body_extras(np.stack([person.beyond for person in people]))

    def _release(self) -> None:
        self._search.close()

    def _update(self, frame: Frame) -> None:
        self._follow(frame)
        self._admit(frame)

    def _follow(self, frame: Frame) -> None:
        """Locate each tracked person in this frame; people not found are searched where they were."""
        found = self._locate(frame.bgr, [person.box for person in self._people])
        followed: list[_Person] = []
        for before, now in zip(self._people, found, strict=True):
            if now is None or self._confidence(now) < _TRACK_SCORE:
                self._search.lost(before.box, frame.time_s)
                continue
            now.frames = before.frames + 1
            now.box = _not_smaller(now.box, before.box)
            followed.append(now)
        # Two boxes that converged on one body: the longer-tracked person keeps it, not a new one.
        kept: list[_Person] = []
        for person in sorted(followed, key=lambda p: -min(p.frames, _ESTABLISHED_FRAMES)):
            if any(self._same(person, other) for other in kept):
                self._search.lost(person.box, frame.time_s)
            else:
                kept.append(person)
        self._people = kept

    def _admit(self, frame: Frame) -> None:
        """Search for new people if it is due and there is room, and track those that are confirmed."""
        if len(self._people) >= self._max_people:
            return
        boxes = self._search.boxes(frame.bgr, frame.time_s, [person.box for person in self._people])
        # The first pass uses a proposed box; the second pass, on the network's own box, decides.
        first = [one for one in self._locate(frame.bgr, boxes) if one is not None]
        for person in self._locate(frame.bgr, [one.box for one in first]):
            if len(self._people) >= self._max_people:
                break
            if person is None or self._confidence(person) < _NEW_SCORE:
                continue
            if not any(self._same(person, known) for known in self._people):
                self._people.append(person)

    def _locate(self, bgr: Image, boxes: Sequence[Floats]) -> list[_Person | None]:
        """Locate the joints in each box in one batch; None where most of a body is missing."""
        config, longest = self._network.config, max(self._size)
        sensible = [i for i, box in enumerate(boxes) if 4 <= (box[2:] - box[:2]).max() <= _MAX_BOX_RATIO * longest]
        pieces = [Piece.around(boxes[i], config.padding, config.input_px, config.udp) for i in sensible]
        joints, scores = self._network.poses([piece.cut(bgr) for piece in pieces])
        body = len(config.joints)
        out: list[_Person | None] = [None] * len(boxes)
        for i, piece, points, confidences in zip(sensible, pieces, joints, scores, strict=True):
            image = piece.image_from_input(points)
            values = faded(image, confidences, self._size)
            if (values[self._body] >= _SEEN_SCORE).sum() >= _SEEN_JOINTS:
                beyond = np.column_stack([image[body:], values[body:]]).astype(np.float32)
                image, values = image[:body], values[:body]
                out[i] = _Person(_body_box(image, values), image, values, beyond)
        return out

    def _confidence(self, person: _Person) -> float:
        """Return the mean score over trunk and limbs inside the image.

        A person cut off at the knees by the edge can therefore score high.
        """
        body = person.scores[self._body]
        seen = body[body >= 0.1]
        return float(seen.mean()) if len(seen) else 0.0

    def _same(self, a: _Person, b: _Person) -> bool:
        return oks(a.joints, a.scores, b.joints, b.scores, self.skeleton) > _SAME_OKS


def _body_box(joints: Floats, scores: Floats) -> Floats:
    return widened(joint_box(joints, scores, _BOX_SCORE), _BOX_SCALE)


def _not_smaller(box: Floats, before: Floats) -> Floats:
    """Return the box with sides of at least `_MIN_SHRINK` times the previous ones."""
    half = np.maximum(box[2:] - box[:2], _MIN_SHRINK * (before[2:] - before[:2])) / 2
    middle = (box[:2] + box[2:]) / 2
    return np.concatenate([middle - half, middle + half]).astype(np.float32)
