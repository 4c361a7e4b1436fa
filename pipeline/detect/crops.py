"""Crops of a picture for 2D pose networks, and the way back from a crop's coordinates to pixels of the picture.

`Square`: BlazePose's turned square. `Piece`: the upright rectangle of MMPose's top-down and one-stage networks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.arrays import Floats, Image


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the picture (image space, pixels), possibly turned, possibly reaching beyond the edges."""

    x: float  # middle
    y: float
    side: float
    up: tuple[float, float] = (0.0, -1.0)  # unit vector from the middle to the middle of the crop's upper edge

    @staticmethod
    def around(centre: Floats, circle: Floats, margin: float) -> Square:
        """The square around a body given by its hip centre and a point of the circle that holds it, above the head.

        `margin` scales the circle's diameter; BlazePose was trained with 1.25.
        """
        dx, dy = float(circle[0] - centre[0]), float(circle[1] - centre[1])
        radius = math.hypot(dx, dy)
        up = (dx / radius, dy / radius) if radius > 0 else (0.0, -1.0)
        return Square(float(centre[0]), float(centre[1]), 2 * radius * margin, up)

    def image_from_crop(self, points: Floats) -> Floats:
        """(..., 2) in [0, 1] of the crop -> (..., 2) pixels of the picture."""
        (ux, uy), local = self.up, points - 0.5
        axes = np.array([[-uy, ux], [-ux, -uy]], np.float32)  # rows: the crop's x and y axis in the picture
        return np.asarray(local @ axes * self.side + np.array([self.x, self.y]), np.float32)

    def cut(self, bgr: Image, size_px: int) -> Image:
        """The square as an RGB picture of `size_px` x `size_px`; black beyond the edges.

        Large squares are first halved as often as it takes, by averages of 2 x 2 pixels (which OpenCV does four times
        as fast as one step by 4), so that nothing flickers by aliasing.
        """
        import cv2

        height, width = bgr.shape[:2]
        reach = self.side * (abs(self.up[0]) + abs(self.up[1])) / 2 + 2
        halvings = max(0, math.floor(math.log2(self.side / size_px)))
        shrink = 2**halvings
        x0, y0 = max(0, math.floor(self.x - reach)), max(0, math.floor(self.y - reach))
        # Whole blocks only: a partial block at the end would shift what the averaging gives by a fraction of a pixel.
        columns = (min(width, math.ceil(self.x + reach)) - x0) // shrink
        rows = (min(height, math.ceil(self.y + reach)) - y0) // shrink
        if columns < 1 or rows < 1:
            return np.zeros((size_px, size_px, 3), np.uint8)
        part: Any = bgr[y0 : y0 + rows * shrink, x0 : x0 + columns * shrink]
        for _ in range(halvings):
            part = cv2.resize(part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA)
        matrix = self._part_from_crop(size_px, x0, y0, shrink)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        piece = cv2.warpAffine(part, matrix, (size_px, size_px), flags=flags, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(cv2.cvtColor(piece, cv2.COLOR_BGR2RGB))

    def _part_from_crop(self, size_px: int, x0: int, y0: int, shrink: int) -> Floats:
        """(2, 3) affine matrix between pixel *indices*, whose centres lie half a pixel inside."""
        corners = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]], np.float32) / size_px
        image = self.image_from_crop(corners).astype(np.float64)
        part = (image - [x0, y0]) / shrink - 0.5
        return np.column_stack([part[1] - part[0], part[2] - part[0], part[0]])


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


def search_squares(width_px: int, height_px: int) -> tuple[Square, ...]:
    """Where to look for people: squares of the picture's shorter side, overlapping by a fifth, and the whole.

    A detector that sees 224 pixels of a 16:9 picture sees a person at half the size that it gets from a square tile;
    on the sample video the whole picture gives hardly any true hit and the tiles find nearly everyone.
    """
    short, long = min(width_px, height_px), max(width_px, height_px)
    count = 1 if long <= 1.1 * short else 1 + math.ceil((long - short) / (0.8 * short))
    starts = np.linspace(0, long - short, count)
    middles = [(start + short / 2, short / 2) for start in starts]
    if height_px > width_px:
        middles = [(y, x) for x, y in middles]
    tiles = tuple(Square(float(x), float(y), float(short)) for x, y in middles)
    whole = Square(width_px / 2, height_px / 2, float(long))
    return tiles if count == 1 else (*tiles, whole)


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
