"""Compute the training loss: weighted MPJPE, velocity, bone length and limb direction.

Weighted MPJPE and velocity: Zhang et al., MixSTE, CVPR 2022; bone length and limb direction: Sun et al., Compositional
Human Pose Regression, ICCV 2017, and Zhu et al., MotionBERT, ICCV 2023. Metres; `B` windows, `F` frames, 17 joints.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.core.skeletons import H36M17

# Relative weight by joint, larger for distal joints: pelvis 0, trunk 1, knees and elbows 1.5, ankles and wrists 2.
_JOINT_WEIGHT = (0.0, 1.0, 1.5, 2.0, 1.0, 1.5, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5, 2.0, 1.0, 1.5, 2.0)
_PARENT = [parent for parent, _ in H36M17.bones]
_CHILD = [child for _, child in H36M17.bones]


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the parts of the loss."""

    position: float = 1.0  # MPJPE weighted by joint
    velocity: float = 2.0  # per frame step
    bone_length: float = 0.2
    direction: float = 0.05  # of 1 - cosine, which is 0.06 at 20 degrees


def pose_loss(predicted: Tensor, true: Tensor, weights: LossWeights) -> tuple[Tensor, dict[str, Tensor]]:
    """Compute the loss and its unweighted parts from joints (B, F, 17, 3) in metres.

    `true` is root-relative; `predicted` may have a common offset per frame, which is removed.
    """
    predicted = predicted - predicted[:, :, :1]
    joint = predicted.new_tensor(_JOINT_WEIGHT)
    off = predicted - true
    distance = torch.linalg.vector_norm(off, dim=-1)
    parts = {"position": (distance * joint).mean()}
    if true.shape[1] > 1:
        parts["velocity"] = torch.linalg.vector_norm(off[:, 1:] - off[:, :-1], dim=-1).mean()
    bones = predicted[:, :, _CHILD] - predicted[:, :, _PARENT]
    true_bones = true[:, :, _CHILD] - true[:, :, _PARENT]
    length = torch.linalg.vector_norm(bones, dim=-1) - torch.linalg.vector_norm(true_bones, dim=-1)
    parts["bone_length"] = length.abs().mean()
    parts["direction"] = (1 - functional.cosine_similarity(bones, true_bones, dim=-1)).mean()
    total = sum((getattr(weights, name) * part for name, part in parts.items()), predicted.new_zeros(()))
    return total, parts
