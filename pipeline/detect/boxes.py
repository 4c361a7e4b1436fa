"""Boxes of people, the pieces of a picture that networks get of them, and the way back from a piece's coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.types import Floats, Image


@dataclass(frozen=True, slots=True)
class Piece:
    """An upright rectangle of a picture that a network sees at `input_px`. Image space, pixels.

    `udp`: pixel centres of the corners are mapped onto each other, not the corners (Huang et al., CVPR 2020).
    """

    centre: tuple[float, float]
    size: tuple[float, float]  # width, height
    input_px: tuple[int, int]
    udp: bool = False

    @staticmethod
    def around(box: Floats, padding: float, input_px: tuple[int, int], udp: bool = False) -> Piece:
        """The box (4,) widened by `padding` and then to the input's shape: MMPose's rule for top-down networks."""
        x0, y0, x1, y1 = (float(value) for value in box)
        width, height = (x1 - x0) * padding, (y1 - y0) * padding
        aspect = input_px[0] / input_px[1]
        if width > height * aspect:
            height = width / aspect
        else:
            width = height * aspect
        return Piece(((x0 + x1) / 2, (y0 + y1) / 2), (width, height), input_px, udp)

    @staticmethod
    def whole(width_px: int, height_px: int, input_px: tuple[int, int], udp: bool = False) -> Piece:
        """The whole picture in the middle of the input, as large as it fits."""
        scale = max(width_px / input_px[0], height_px / input_px[1])
        middle = (width_px / 2, height_px / 2)
        return Piece(middle, (input_px[0] * scale, input_px[1] * scale), input_px, udp)

    def image_from_input(self, points: Floats) -> Floats:
        """(..., 2) pixels of the network's input -> pixels of the picture, by MMPose's formula."""
        size, centre = np.array(self.size), np.array(self.centre)
        return np.asarray(points / np.array(self.input_px) * size + centre - size / 2, np.float32)

    def cut(self, bgr: Image, border: tuple[int, ...] = (0, 0, 0)) -> Image:
        """The piece at the input's size; `border` (BGR) beyond the picture's edges."""
        import cv2

        flags: Any = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_CONSTANT, "borderValue": border}
        return np.asarray(cv2.warpAffine(bgr, self._input_from_image(), self.input_px, **flags))

    def _input_from_image(self) -> Floats:
        """(2, 3) matrix."""
        less = 1.0 if self.udp else 0.0
        scale = [(self.input_px[i] - less) / self.size[i] for i in range(2)]
        shift = [(self.input_px[i] - less) / 2 - scale[i] * self.centre[i] for i in range(2)]
        return np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])


def widened(box: Floats, factor: float) -> Floats:
    """The box (4,) `factor` times as wide and high, around the same middle."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * factor
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def faded(joints: Floats, scores: Floats, size_px: tuple[int, int], falloff: float = 0.05) -> Floats:
    """Scores, less and less the further a joint lies outside the picture, where it is a guess.

    `falloff`: where nothing is left of them, in shares of the picture's longer side.
    """
    size = np.array(size_px, np.float32)
    beyond = np.nan_to_num(np.maximum(np.maximum(-joints, joints - size), 0).max(axis=-1))
    inside = np.clip(1 - beyond / (falloff * max(size_px)), 0, 1)
    return np.asarray(np.clip(scores, 0, 1) * inside, np.float32)
