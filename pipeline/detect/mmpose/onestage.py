"""Detect people with MMPose's one-stage networks (RTMO): whole image in, all joints out.

The detector has no memory of earlier frames. Lu et al., "RTMO: Towards High-Performance One-Stage Real-Time
Multi-Person Pose Estimation", CVPR 2024.
"""

from __future__ import annotations

import numpy as np

from ...core.camera import Frame
from ...core.config import DetectConfig
from ...core.poses import Pose2D
from ..crops import Piece, faded
from ..keypoint_similarity import body_joints, joint_box, oks
from .network import PoseNetwork, version

_ALGORITHM = 1  # raise it when the same frames would give other results
_PERSON_SCORE = 0.3  # smallest confidence of the network in a person
_BODY_SCORE = 0.3  # smallest mean score over trunk and limbs
_SAME_OKS = 0.5  # OKS above which two detections are one person


class MMPoseOneStage:
    """Implement `Detector` on a one-stage network.

    Scores are the network's visibilities, low outside the image.
    """

    def __init__(self, network: PoseNetwork, name: str, checkpoint_sha256: str, config: DetectConfig) -> None:
        self.name, self.skeleton = name, network.config.skeleton
        self._network, self._max_people = network, config.max_people
        self._body = list(body_joints(self.skeleton))
        self._cache_key = "-".join(
            [
                name, checkpoint_sha256[:16], network.config.key, f"mmpose{version()}", network.precision,
                f"a{_ALGORITHM}", f"people{config.max_people}",
            ]
        )  # fmt: skip

    @property
    def cache_key(self) -> str:
        return self._cache_key

    def detect(self, frame: Frame) -> Pose2D:
        height, width = frame.bgr.shape[:2]
        config = self._network.config
        piece = Piece.whole(width, height, config.input_px)
        confidences, joints, scores = self._network.people(piece.cut(frame.bgr, config.pad_value))
        image = piece.image_from_input(joints)
        values = faded(image, scores, (width, height)) if len(scores) else scores
        kept: list[int] = []
        for i in np.argsort(-confidences, kind="stable"):
            if len(kept) >= self._max_people or confidences[i] < _PERSON_SCORE:
                break
            if values[i][self._body].mean() < _BODY_SCORE:
                continue
            if not any(oks(image[i], values[i], image[k], values[k], self.skeleton) > _SAME_OKS for k in kept):
                kept.append(int(i))
        if not kept:
            return Pose2D.nobody(self.skeleton)
        boxes = np.stack([joint_box(image[k], values[k]) for k in kept])
        return Pose2D(boxes, image[kept], values[kept], self.skeleton)

    def reset(self) -> None:
        """Do nothing: the detector has no memory."""

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        """Do nothing: the detector has no memory."""

    def close(self) -> None:
        """Do nothing: the network is freed with the last reference to it."""
