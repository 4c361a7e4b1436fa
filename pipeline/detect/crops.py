"""Crop images for 2D pose networks, and map crop coordinates back to image pixels.

`Square`: BlazePose's rotated square. `Piece`: the upright rectangle of MMPose's top-down and one-stage networks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.arrays import Floats, Image

_MOST_TILES = 32  # tiles along an image


@dataclass(frozen=True, slots=True)
class Square:
    """Describe a square in image space (px), possibly rotated or beyond the image edges."""

    x: float  # px, centre of the square
    y: float
    side: float
    up: tuple[float, float] = (0.0, -1.0)  # unit vector from the centre to the middle of the crop's upper edge

    @staticmethod
    def around(centre: Floats, circle: Floats, margin: float) -> Square:
        """Return the square around a body, from its hip centre and a point above the head.

        The point lies on the circle around the hip centre that encloses the body. `margin` scales the circle's
        diameter; BlazePose was trained with 1.25.
        """
        dx, dy = float(circle[0] - centre[0]), float(circle[1] - centre[1])
        radius = math.hypot(dx, dy)
        up = (dx / radius, dy / radius) if radius > 0 else (0.0, -1.0)
        return Square(float(centre[0]), float(centre[1]), 2 * radius * margin, up)

    def image_from_crop(self, points: Floats) -> Floats:
        """Convert (..., 2) crop coordinates in [0, 1] to (..., 2) image pixels."""
        (ux, uy), local = self.up, points - 0.5
        axes = np.array([[-uy, ux], [-ux, -uy]], np.float32)  # rows: the crop's x and y axis in the image
        return np.asarray(local @ axes * self.side + np.array([self.x, self.y]), np.float32)

    def cut(self, bgr: Image, size_px: int) -> Image:
        """Crop the square to an RGB image of `size_px` x `size_px`; black beyond the image edges.

        Large squares are first halved repeatedly by averaging 2 x 2 pixels (which OpenCV does four times as fast as one
        step by 4), which avoids flicker by aliasing.
        """
        import cv2

        height, width = bgr.shape[:2]
        reach = self.side * (abs(self.up[0]) + abs(self.up[1])) / 2 + 2
        halvings = max(0, math.floor(math.log2(self.side / size_px)))
        shrink = 2**halvings
        x0, y0 = max(0, math.floor(self.x - reach)), max(0, math.floor(self.y - reach))
        # Whole blocks only: a partial block at the end would shift the averaged image by a fraction of a pixel.
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
        """Return the (2, 3) affine matrix between pixel *indices* (pixel centres at half pixels)."""
        corners = np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 1.5]], np.float32) / size_px
        image = self.image_from_crop(corners).astype(np.float64)
        part = (image - [x0, y0]) / shrink - 0.5
        return np.column_stack([part[1] - part[0], part[2] - part[0], part[0]])


@dataclass(frozen=True, slots=True)
class Piece:
    """Describe an upright image rectangle that a network sees at `input_px`.

    Image space, pixels.

    `udp`: pixel centres of the corners are mapped onto each other, not the corners (Huang et al., CVPR 2020).
    """

    centre: tuple[float, float]
    size: tuple[float, float]  # width, height
    input_px: tuple[int, int]
    udp: bool = False

    @staticmethod
    def around(box: Floats, padding: float, input_px: tuple[int, int], udp: bool = False) -> Piece:
        """Widen the box (4,) by `padding`, then to the input's aspect ratio: MMPose's top-down rule."""
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
        """Return the whole image, centred in the input and as large as it fits."""
        scale = max(width_px / input_px[0], height_px / input_px[1])
        middle = (width_px / 2, height_px / 2)
        return Piece(middle, (input_px[0] * scale, input_px[1] * scale), input_px, udp)

    def image_from_input(self, points: Floats) -> Floats:
        """Convert (..., 2) input pixels to (..., 2) image pixels by MMPose's formula."""
        size, centre = np.array(self.size), np.array(self.centre)
        return np.asarray(points / np.array(self.input_px) * size + centre - size / 2, np.float32)

    def cut(self, bgr: Image, border: tuple[int, ...] = (0, 0, 0)) -> Image:
        """Crop the rectangle to the input size; `border` (BGR) fills beyond the image edges."""
        import cv2

        flags: Any = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_CONSTANT, "borderValue": border}
        return np.asarray(cv2.warpAffine(bgr, self._input_from_image(), self.input_px, **flags))

    def _input_from_image(self) -> Floats:
        """Return the (2, 3) affine matrix."""
        less = 1.0 if self.udp else 0.0
        scale = [(self.input_px[i] - less) / self.size[i] for i in range(2)]
        shift = [(self.input_px[i] - less) / 2 - scale[i] * self.centre[i] for i in range(2)]
        return np.array([[scale[0], 0.0, shift[0]], [0.0, scale[1], shift[1]]])


def search_squares(width_px: int, height_px: int) -> tuple[Square, ...]:
    """Return the search tiles of an image: squares of its shorter side, and the whole image.

    Tiles overlap by a fifth. A detector with 224 px input sees a person in a whole 16:9 image at half the size that a
    square tile gives; on the sample video the whole image gives hardly any true hit and the tiles find nearly everyone.
    An image more than 25 times as long as wide has larger tiles, so that the search stays bounded.
    """
    short, long = min(width_px, height_px), max(width_px, height_px)
    count = 1 if long <= 1.1 * short else 1 + math.ceil((long - short) / (0.8 * short))
    side: float = short
    if count > _MOST_TILES:
        count, side = _MOST_TILES, long / (1 + 0.8 * (_MOST_TILES - 1))
    starts = np.linspace(0, long - side, count)
    middles = [(start + side / 2, short / 2) for start in starts]
    if height_px > width_px:
        middles = [(y, x) for x, y in middles]
    tiles = tuple(Square(float(x), float(y), float(side)) for x, y in middles)
    whole = Square(width_px / 2, height_px / 2, float(long))
    return tiles if count == 1 else (*tiles, whole)


def widened(box: Floats, factor: float) -> Floats:
    """Scale the box (4,) by `factor` around its centre."""
    middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * factor
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def faded(joints: Floats, scores: Floats, size_px: tuple[int, int], falloff: float = 0.05) -> Floats:
    """Reduce scores of joints outside the image with their distance, because they are guesses.

    `falloff`: distance at which a score reaches 0, relative to the longer image side.
    """
    size = np.array(size_px, np.float32)
    beyond = np.nan_to_num(np.maximum(np.maximum(-joints, joints - size), 0).max(axis=-1))
    inside = np.clip(1 - beyond / (falloff * max(size_px)), 0, 1)
    return np.asarray(np.clip(scores, 0, 1) * inside, np.float32)
