"""Detector on MMPose's top-down networks (RTMPose, HRNet, ...): one box a person, all people in one batch.

A person's box comes from their joints in the frame before; `NewcomerSearch` proposes boxes of people not followed yet,
and they are followed if the network itself believes in most of the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Floats, Image
from ...core.camera import Frame
from ...core.config import DetectConfig
from ..crops import Piece, faded, widened
from ..find_newcomers import NewcomerSearch
from ..keypoint_similarity import body_joints, joint_box, oks
from ..person_follower import PersonFollower
from .network import PoseNetwork, version

_ALGORITHM = 1  # raise it when the same frames would give other results

_BODY_BOX = 1.2  # person's box / box of the joints: the networks were trained on boxes that hold hands and head
_BOX_SCORE = 0.2  # joints that the box is made of
_SHRINK = 0.93  # a box shrinks by no more a frame: who is hidden behind a table for a moment has legs again later
_FOLLOW_SCORE = 0.3  # mean over trunk and limbs, to go on following; MMPose draws joints from 0.3 on
_NEW_SCORE = 0.35  # and to believe in a newcomer
_SEEN_SCORE = 0.3
_SEEN_JOINTS = 4  # of the twelve, at least, with that score: half a body at the picture's edge is one
_SAME_OKS = 0.5  # above this two detections are one person
_ESTABLISHED = 10  # frames after which somebody is no newcomer
_LARGEST = 8.0  # box / picture: beyond that it is none


@dataclass(slots=True)
class _Person:
    """Somebody who is followed, as last seen."""

    box: Floats  # (4,) where the next frame's joints are looked for
    joints: Floats  # (J, 2) px
    scores: Floats  # (J,)
    frames: int = 1  # followed for so long


class MMPoseTopDown(PersonFollower[_Person]):
    """`Detector` on a top-down network. Scores are the heights of its peaks, low outside the picture."""

    def __init__(self, network: PoseNetwork, name: str, checkpoint_sha256: str, config: DetectConfig) -> None:
        """Raises `ModelError` if the search for new people cannot be used here."""
        self.name, self.skeleton = name, network.config.skeleton
        self._network, self._max_people = network, config.max_people
        self._body = list(body_joints(self.skeleton))
        self._search = NewcomerSearch(config.max_people, config.runtime)
        self.runtime = self._search.runtime
        self._cache_key = "-".join(
            [
                name, checkpoint_sha256[:16], network.config.key, f"mmpose{version()}", network.precision,
                self._search.key, f"a{_ALGORITHM}", f"people{config.max_people}",
            ]
        )  # fmt: skip
        self.reset()

    def _start_search(self, size_px: tuple[int, int]) -> None:
        self._search.reset()

    def _known(self, joints: Floats, scores: Floats) -> _Person:
        return _Person(_body_box(joints, scores), joints, scores, frames=_ESTABLISHED)

    def _release(self) -> None:
        self._search.close()

    def _update(self, frame: Frame) -> None:
        self._follow(frame)
        self._admit(frame)

    def _follow(self, frame: Frame) -> None:
        """Everyone's joints in this frame; who is gone is looked for where they were."""
        found = self._locate(frame.bgr, [person.box for person in self._people])
        followed: list[_Person] = []
        for before, now in zip(self._people, found, strict=True):
            if now is None or self._confidence(now) < _FOLLOW_SCORE:
                self._search.lost(before.box, frame.time_s)
                continue
            now.frames = before.frames + 1
            now.box = _not_smaller(now.box, before.box)
            followed.append(now)
        # Two boxes that have slid onto one body: it belongs to whom it was before, not to a newcomer.
        kept: list[_Person] = []
        for person in sorted(followed, key=lambda p: -min(p.frames, _ESTABLISHED)):
            if any(self._same(person, other) for other in kept):
                self._search.lost(person.box, frame.time_s)
            else:
                kept.append(person)
        self._people = kept

    def _admit(self, frame: Frame) -> None:
        """Search for newcomers as far as there is room and it is due; whom the network believes in is followed."""
        if len(self._people) >= self._max_people:
            return
        boxes = self._search.boxes(frame.bgr, frame.time_s, [person.box for person in self._people])
        # The first look is through somebody else's box; what counts is what is seen through the network's own.
        first = [one for one in self._locate(frame.bgr, boxes) if one is not None]
        for person in self._locate(frame.bgr, [one.box for one in first]):
            if len(self._people) >= self._max_people:
                break
            if person is None or self._confidence(person) < _NEW_SCORE:
                continue
            if not any(self._same(person, known) for known in self._people):
                self._people.append(person)

    def _locate(self, bgr: Image, boxes: Sequence[Floats]) -> list[_Person | None]:
        """The joints in each box, all in one batch; None where most of a body is missing."""
        config, longest = self._network.config, max(self._size)
        sensible = [i for i, box in enumerate(boxes) if 4 <= (box[2:] - box[:2]).max() <= _LARGEST * longest]
        pieces = [Piece.around(boxes[i], config.padding, config.input_px, config.udp) for i in sensible]
        joints, scores = self._network.poses([piece.cut(bgr) for piece in pieces])
        out: list[_Person | None] = [None] * len(boxes)
        for i, piece, points, confidences in zip(sensible, pieces, joints, scores, strict=True):
            image = piece.image_from_input(points)
            values = faded(image, confidences, self._size)
            if (values[self._body] >= _SEEN_SCORE).sum() >= _SEEN_JOINTS:
                out[i] = _Person(_body_box(image, values), image, values)
        return out

    def _confidence(self, person: _Person) -> float:
        """Mean over trunk and limbs, of those inside the picture: somebody who is cut off at the knees is somebody."""
        body = person.scores[self._body]
        seen = body[body >= 0.1]
        return float(seen.mean()) if len(seen) else 0.0

    def _same(self, a: _Person, b: _Person) -> bool:
        return oks(a.joints, a.scores, b.joints, b.scores, self.skeleton) > _SAME_OKS


def _body_box(joints: Floats, scores: Floats) -> Floats:
    return widened(joint_box(joints, scores, _BOX_SCORE), _BODY_BOX)


def _not_smaller(box: Floats, before: Floats) -> Floats:
    """The box, but with sides of at least `_SHRINK` of those before."""
    half = np.maximum(box[2:] - box[:2], _SHRINK * (before[2:] - before[:2])) / 2
    middle = (box[:2] + box[2:]) / 2
    return np.concatenate([middle - half, middle + half]).astype(np.float32)
