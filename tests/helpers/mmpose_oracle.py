"""Make an RTMPose whose head has its peaks where BlazePose finds the joints in the crop.

All of the detector then runs on real video (boxes, crops, MMPose's decoding, tracking, person search) without weights,
which cannot be distributed. The replaced head uses only the pixels that the network gets.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.detect.mediapipe.model_bundle import model_bundle
from pipeline.detect.mediapipe.networks import Landmarker
from pipeline.detect.mmpose.network import PoseNetwork
from tests.helpers.mmpose_models import RTMPOSE, random_network

_COCO_FROM_BLAZEPOSE = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]
_SPLIT = 2  # bins per pixel


def simcc(joints: np.ndarray, scores: np.ndarray, input_px: tuple[int, int]) -> tuple[Any, Any]:
    """Return the outputs of an RTMPose head with peaks at joints (N, J, 2), input pixels."""
    import torch

    out = []
    for axis, size in enumerate(input_px):
        bins = np.arange(size * _SPLIT)
        offset = bins - joints[..., axis, None] * _SPLIT
        out.append(torch.from_numpy((scores[..., None] * np.exp(-(offset**2) / 60)).astype(np.float32)))
    return out[0], out[1]


def oracle_network() -> PoseNetwork:
    network = random_network(RTMPOSE)
    landmarker = Landmarker(model_bundle())
    width, height = network.config.input_px
    side = max(width, height)

    preprocessor = network.model.data_preprocessor
    mean, std = (getattr(preprocessor, part).reshape(1, 3, 1, 1) for part in ("mean", "std"))

    def forward(x: Any) -> tuple[Any, Any]:
        pictures = (x * std + mean).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
        joints, scores = np.zeros((len(pictures), 17, 2)), np.zeros((len(pictures), 17))
        for i, rgb in enumerate(pictures):
            square = np.zeros((side, side, 3), np.uint8)
            square[:, (side - width) // 2 : (side + width) // 2] = rgb
            seen = landmarker.locate(square)
            if seen is not None and seen.confidence > 0.5:
                joints[i] = seen.joints[_COCO_FROM_BLAZEPOSE] * side - [(side - width) / 2, 0]
                scores[i] = seen.visibility[_COCO_FROM_BLAZEPOSE]
        return simcc(joints, scores, (width, height))

    network.model.extract_feat = lambda x: x
    network.model.head.forward = forward
    return network
