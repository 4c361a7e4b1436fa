"""Draw people for the video exports: joints over the video, skeletons on a floor.

Left is blue and right is coral, as in the whole program. Drawn in place, BGR.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.arrays import Doubles, Floats, Image
from ...core.skeletons import H36M17, SKELETONS, Skeleton

_LEFT, _RIGHT, _CENTRE = (255, 184, 77), (102, 125, 255), (214, 225, 230)  # BGR
_BACKGROUND, _GRID, _TEXT = (25, 20, 18), (56, 47, 42), (178, 163, 154)
_SHIFT = 4  # fractional bits: cv2 takes positions in sixteenths of a pixel
_FAINT = 0.3  # confidence below which joints are drawn thin
_BLAZEPOSE_SMALL = frozenset([*range(1, 7), 9, 10, *range(17, 23)])  # joints of face and fingers
_TURN_DEG, _TILT_DEG = 30.0, 12.0  # degrees, view direction of the panel: from the camera's left, slightly from above
_ROOM = 1.15


def _points(values: Floats | Doubles) -> list[tuple[int, int] | None]:
    """Convert (J, 2) pixels to cv2's fixed-point format; None where unknown or far outside."""
    known = np.isfinite(values).all(axis=1) & (np.abs(np.nan_to_num(values)) < 1e5).all(axis=1)
    finer: Doubles = np.nan_to_num(values).astype(np.float64) * (1 << _SHIFT)
    whole = np.round(finer).astype(int)
    return [(x, y) if ok else None for (x, y), ok in zip(whole.tolist(), known.tolist(), strict=True)]


def _colour(skeleton: Skeleton, joint: int) -> tuple[int, int, int]:
    return _LEFT if joint in skeleton.left else _RIGHT if joint in skeleton.right else _CENTRE


def draw_joints(image: Image, joints: Floats, scores: Floats, skeleton_key: str) -> None:
    """Draw one person's 2D joints (J, 2), pixels of `image`, with scores (J,); NaN = not seen."""
    import cv2

    seen = joints[np.isfinite(joints).all(axis=1)]
    if not len(seen):
        return
    skeleton = SKELETONS[skeleton_key]
    small = _BLAZEPOSE_SMALL if skeleton_key == "blazepose33" else frozenset()
    bones = skeleton.bones + (((23, 24),) if skeleton_key == "blazepose33" else ())  # its bone tree has no hip line
    width = float(np.clip(np.ptp(seen, axis=0).max() / 90, 1.5, 12))
    points = _points(joints)
    for parent, child in bones:
        start, end = points[parent], points[child]
        if start is not None and end is not None:
            thin = 0.4 if parent in small or child in small or min(scores[parent], scores[child]) < _FAINT else 1.0
            thickness = max(1, round(width * thin))
            cv2.line(image, start, end, _colour(skeleton, child), thickness, cv2.LINE_AA, _SHIFT)
    for joint, point in enumerate(points):
        if point is not None and joint not in small:
            radius = round(width * 1.1 * (1 << _SHIFT))
            cv2.circle(image, point, radius, _colour(skeleton, joint), cv2.FILLED, cv2.LINE_AA, _SHIFT)


@dataclass(frozen=True, slots=True)
class Stage:
    """Describe a static camera that covers a whole motion, and its image of the empty floor.

    World space, metres.
    """

    rotation: Doubles  # (3, 3) rows: right, down, forward
    centre: Doubles  # (3,)
    distance_m: float
    focal_px: float
    empty: Image  # (H, W, 3)

    @staticmethod
    def around(joints: list[Doubles], width_px: int, height_px: int) -> Stage:
        """Fit the camera to joints (T, 17, 3) of all persons, NaN = not seen, and the panel size."""
        points = np.concatenate([j[np.isfinite(j).all(axis=(1, 2))].reshape(-1, 3) for j in joints])
        low, high = np.quantile(points, [0.002, 0.998], axis=0)
        low[2] = min(low[2], 0.0)
        turn, tilt = np.radians(_TURN_DEG), np.radians(_TILT_DEG)
        forward = np.array([np.sin(turn) * np.cos(tilt), np.cos(turn) * np.cos(tilt), -np.sin(tilt)])
        right = np.array([np.cos(turn), -np.sin(turn), 0.0])
        rotation = np.stack([right, np.cross(forward, right), forward])
        centre = (low + high) / 2
        corners = np.stack(np.meshgrid(*zip(low, high, strict=True), indexing="ij"), axis=-1).reshape(-1, 3)
        distance = 2.5 * float(np.linalg.norm(high - low)) + 1.0
        seen = (corners - centre) @ rotation.T
        spread = np.abs(seen[:, :2]) / (seen[:, 2:] + distance)
        half = np.array([width_px, height_px]) / 2
        focal = float((half / _ROOM / np.maximum(spread.max(axis=0), 1e-3)).min())
        stage = Stage(rotation, centre, distance, focal, np.full((height_px, width_px, 3), _BACKGROUND, np.uint8))
        stage._draw_floor(low, high)
        return stage

    def image_from_world(self, points: Doubles) -> Doubles:
        """Project (..., 3) metres to (..., 2) pixels of the panel."""
        seen = (points - self.centre) @ self.rotation.T
        half = np.array([self.empty.shape[1], self.empty.shape[0]]) / 2
        return np.asarray(seen[..., :2] / np.maximum(seen[..., 2:] + self.distance_m, 0.05) * self.focal_px + half)

    def _draw_floor(self, low: Doubles, high: Doubles) -> None:
        import cv2

        x0, y0 = np.floor(low[:2] * 2 - 1) / 2
        x1, y1 = np.ceil(high[:2] * 2 + 1) / 2
        lines = [((x, y0, 0), (x, y1, 0)) for x in np.arange(x0, x1 + 0.01, 0.5)]
        lines += [((x0, y, 0), (x1, y, 0)) for y in np.arange(y0, y1 + 0.01, 0.5)]
        for line in lines:
            start, end = _points(self.image_from_world(np.array(line, float)))
            if start is not None and end is not None:
                cv2.line(self.empty, start, end, _GRID, 1, cv2.LINE_AA, _SHIFT)

    def draw(self, people: list[Doubles]) -> Image:
        """Return the panel with all persons' joints (17, 3); unseen persons (NaN) are left out."""
        import cv2

        panel: Any = self.empty.copy()
        for joints in people:
            if not np.isfinite(joints).all():
                continue
            points = _points(self.image_from_world(joints))
            size = self.focal_px / self.distance_m  # pixels per metre
            depth = joints @ self.rotation[2]
            bones = sorted(H36M17.bones, key=lambda bone: -float(depth[bone[0]] + depth[bone[1]]))  # far ones first
            for parent, child in bones:
                start, end = points[parent], points[child]
                if start is not None and end is not None:
                    thickness = max(2, round(0.03 * size))
                    cv2.line(panel, start, end, _colour(H36M17, child), thickness, cv2.LINE_AA, _SHIFT)
            if points[10] is not None:
                middle = _points(self.image_from_world(0.35 * joints[9:10] + 0.65 * joints[10:11]))[0]
                if middle is not None:
                    radius = round(0.085 * size * (1 << _SHIFT))
                    cv2.circle(panel, middle, radius, _CENTRE, cv2.FILLED, cv2.LINE_AA, _SHIFT)
        return np.asarray(panel)
