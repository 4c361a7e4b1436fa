"""Make live results of real motion seen by a simulated camera, or of synthetic poses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.core.camera import Frame
from pipeline.core.live import LivePerson, LiveResult, LiveStats
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import COCO17, H36M17
from tests.helpers.clips import numbered

_COCO_OF_H36M = dict(
    zip([1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16], [12, 14, 16, 11, 13, 15, 5, 7, 9, 6, 8, 10], strict=True)
)


def coco_from_h36m(joints: np.ndarray) -> np.ndarray:
    """Return COCO joints (17, 2) from which the `hourglass` rule makes these H36M-17 joints."""
    out = np.empty((17, 2), np.float32)
    out[:5] = joints[H36M17.index("nose")]
    for h36m, coco in _COCO_OF_H36M.items():
        out[coco] = joints[h36m]
    thorax = (joints[11] + joints[14]) / 2
    out[3:5] = (joints[H36M17.index("head_top")] + 0.6 * thorax) / 1.6  # ears
    return out


def standing(x: float = 200.0, y: float = 100.0, size: float = 300.0) -> np.ndarray:
    """Return H36M-17 (17, 2) in pixels: a body facing the camera, head top at (x, y)."""
    unit = np.array(
        [(0, 0.5), (-0.06, 0.5), (-0.06, 0.75), (-0.06, 1), (0.06, 0.5), (0.06, 0.75), (0.06, 1), (0, 0.35), (0, 0.2),
         (0, 0.1), (0, 0), (0.11, 0.2), (0.14, 0.35), (0.14, 0.5), (-0.11, 0.2), (-0.14, 0.35), (-0.14, 0.5)]
    )  # fmt: skip
    return (unit * size + (x, y)).astype(np.float32)


def raised(joints: np.ndarray, arms: str = "both") -> np.ndarray:
    """Return the same body with both hands above the head."""
    out, up = joints.copy(), joints[10, 1] - 0.1 * (joints[3, 1] - joints[10, 1])
    for name, (elbow, wrist) in {"left": (12, 13), "right": (15, 16)}.items():
        if arms in ("both", name):
            out[elbow, 1], out[wrist, 1] = joints[10, 1], up
    return out


def result(
    index: int,
    time_s: float,
    bodies: Sequence[np.ndarray],
    *,
    bgr: np.ndarray | None = None,
    identities: Sequence[int] | None = None,
    predicted: bool = False,
    detect_every: int = 1,
    lookahead_s: float = 0.0,
    score: float = 0.9,
) -> LiveResult:
    """Make the result of frame `index` with `bodies` (17, 2) px; the 3D heights are `index`."""
    numbers = tuple(identities or range(1, len(bodies) + 1))
    joints = np.array([coco_from_h36m(body) for body in bodies], np.float32).reshape(-1, 17, 2)
    boxes = np.concatenate([joints.min(1), joints.max(1)], axis=1) if len(joints) else np.zeros((0, 4), np.float32)
    pose = Pose2D(boxes, joints, np.full(joints.shape[:2], score, np.float32), COCO17.key)
    people = tuple(
        LivePerson(number, np.full((17, 3), index, np.float32), np.full(17, score, np.float32), body.astype(np.float32))
        for number, body in zip(numbers, bodies, strict=True)
    )
    frame = Frame(index, time_s, numbered(index % 256) if bgr is None else bgr)
    stats = LiveStats(detect_every=detect_every)
    return LiveResult(frame, pose, numbers, people, time_s - lookahead_s, predicted, stats, not predicted)
