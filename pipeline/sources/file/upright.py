"""Convert decoded frames to upright BGR images of one size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.video.reformatter import VideoReformatter

from ...core.arrays import Image
from ...system.media import LARGEST_PX


@dataclass(frozen=True, slots=True)
class Shape:
    """Describe stored frames: size in px, and the (2, 2) matrix (row by row) that rights them."""

    width: int
    height: int
    matrix: tuple[int, int, int, int]

    @property
    def turned(self) -> bool:
        """Return whether the upright image is as wide as the stored one is high."""
        return self.matrix[0] == 0


class UprightConverter:
    """Convert decoded frames to upright BGR images of one size.

    The size is that of the first frame if all are alike.

    The conversion covers pixel format, colour range, pixel aspect and rotation. A stream may change its size or
    rotation midway: `hold` announces the shapes that follow. All images then lie in the middle of one that holds each
    of them, scaled to the same diagonal: a camera has the same field of view along it, in whatever size and format it
    records, so that bodies keep their size. A shape that was not announced is scaled down until it fits. One swscale
    context is kept, because building it costs more than converting a frame.
    """

    def __init__(self, first: Any, stream: Any) -> None:
        aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1
        possible = 0.1 < float(aspect) < 10 and first.width * float(aspect) * first.height <= LARGEST_PX
        self._aspect = float(aspect) if possible else 1.0
        self._first = shape_of(first)
        self._reformatter = VideoReformatter()
        self.hold(())

    def hold(self, others: Sequence[Shape]) -> None:
        """Lay out the image so that it holds the first frame and frames of other shapes."""
        sizes = [self._upright_size(shape) for shape in (self._first, *others)]
        self._diagonal = max(math.hypot(*size) for size in sizes)
        scaled = [self._scaled(size) for size in sizes]
        self._size = (max(width for width, _ in scaled), max(height for _, height in scaled))

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) of the upright images in pixels."""
        return self._size

    @property
    def first_size(self) -> tuple[int, int]:
        """Return (width, height) of the part of the image that the first frame fills, in pixels."""
        return self._scaled(self._upright_size(self._first))

    @property
    def rotation_deg(self) -> int:
        """Return the clockwise rotation that the container requests: 0, 90, 180 or 270 degrees."""
        return round(math.degrees(math.atan2(self._first.matrix[2], self._first.matrix[0]))) % 360

    def is_fitted(self, av_frame: Any) -> bool:
        """Return whether the frame differs from the first in size or rotation."""
        return shape_of(av_frame) != self._first

    def bgr(self, av_frame: Any) -> Image:
        """Return the upright (H, W, 3) BGR image of a frame decoded by libav."""
        shape, (width, height) = shape_of(av_frame), self._size
        inner = self._scaled(self._upright_size(shape))
        if inner == self._size:
            return self._converted(av_frame, shape, inner)
        fits = min(1.0, width / inner[0], height / inner[1])
        inner = (min(width, max(1, round(inner[0] * fits))), min(height, max(1, round(inner[1] * fits))))
        image = np.zeros((height, width, 3), np.uint8)
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        image[top : top + inner[1], left : left + inner[0]] = self._converted(av_frame, shape, inner)
        return image

    def _upright_size(self, shape: Shape) -> tuple[int, int]:
        width = max(1, round(shape.width * self._aspect))
        return (shape.height, width) if shape.turned else (width, shape.height)

    def _scaled(self, size: tuple[int, int]) -> tuple[int, int]:
        """Scale a size to the common diagonal."""
        scale = self._diagonal / math.hypot(*size)
        return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))

    def _converted(self, av_frame: Any, shape: Shape, size: tuple[int, int]) -> Image:
        """Return the upright image, scaled to (width, height)."""
        width, height = size[::-1] if shape.turned else size
        converted = self._reformatter.reformat(
            av_frame, width, height, "bgr24", src_color_range=av_frame.color_range or None
        )
        image = converted.to_ndarray()
        if converted is av_frame:  # the frame was BGR already, and the decoder reuses its memory
            image = image.copy()
        a, c, b, d = shape.matrix
        if a == 0:  # x' = c y, y' = b x: transpose, then mirror where the sign is negative
            image, a, d = image.transpose(1, 0, 2), c, b
        return np.ascontiguousarray(image[:: 1 if d > 0 else -1, :: 1 if a > 0 else -1])


def shape_of(av_frame: Any) -> Shape:
    return Shape(av_frame.width, av_frame.height, _display_matrix(av_frame))


def _display_matrix(av_frame: Any) -> tuple[int, int, int, int]:
    """Return the (2, 2) matrix of -1, 0, 1 that maps stored x, y to displayed x', y', row by row.

    Other angles than multiples of 90 degrees are rounded to these.
    """
    # Not `av_frame.side_data`: it makes a circle of references, and dozens of images would wait for the collector.
    side = SideDataContainer(av_frame).get("DISPLAYMATRIX")  # type: ignore[call-arg] # PyAV's stub lacks the frame
    if side is None:
        return (1, 0, 0, 1)
    # libavutil/display.h: nine 16.16 numbers a b u c d v x y w with x' = a x + c y, y' = b x + d y.
    a, b, _, c, d = (int(value) for value in np.frombuffer(bytes(side), np.int32)[:5])
    if abs(a * d) >= abs(b * c):
        return (-1 if a < 0 else 1, 0, 0, -1 if d < 0 else 1)
    return (0, -1 if c < 0 else 1, -1 if b < 0 else 1, 0)
