"""Square pieces of a picture, turned and scaled for a network, and the way back from its coordinates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.types import Floats, Image


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

    def crop_from_image(self, points: Floats) -> Floats:
        """Inverse of `image_from_crop`."""
        (ux, uy) = self.up
        axes = np.array([[-uy, ux], [-ux, -uy]], np.float32)
        return np.asarray((points - np.array([self.x, self.y])) @ axes.T / self.side + 0.5, np.float32)

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
