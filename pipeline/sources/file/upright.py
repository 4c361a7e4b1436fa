"""Convert decoded frames to upright BGR images of one size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter

from ...core.arrays import Image


@dataclass(frozen=True, slots=True)
class _Shape:
    """How frames are stored: size in pixels, and the (2, 2) matrix that turns them upright, row by row."""

    width: int
    height: int
    matrix: tuple[int, int, int, int]

    @property
    def turned(self) -> bool:
        """Whether the upright image is as wide as the stored one is high."""
        return self.matrix[0] == 0


class UprightConverter:
    """Convert decoded frames to upright BGR images at the display size of the first frame.

    The conversion covers pixel format, colour range, pixel aspect and rotation. A frame of another size or rotation
    than the first (a stream may change both midway) is fitted into the first one's size: scaled evenly, with black
    bars. One swscale context is kept, because building it costs more than converting a frame.
    """

    def __init__(self, first: Any, stream: Any) -> None:
        aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1
        self._aspect = float(aspect) if 0.1 < float(aspect) < 10 else 1.0
        self._first = _shape(first)
        self._reformatter = VideoReformatter()

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) of the upright image in pixels."""
        return self._upright_size(self._first)

    @property
    def rotation_deg(self) -> int:
        """Return the clockwise rotation that the container requests: 0, 90, 180 or 270 degrees."""
        return round(math.degrees(math.atan2(self._first.matrix[2], self._first.matrix[0]))) % 360

    def is_fitted(self, av_frame: Any) -> bool:
        """Return whether the frame differs from the first in size or rotation."""
        return _shape(av_frame) != self._first

    def bgr(self, av_frame: Any) -> Image:
        """Return the upright (H, W, 3) BGR image of a frame decoded by libav."""
        shape = _shape(av_frame)
        if shape == self._first:
            return self._converted(av_frame, shape, self.size)
        width, height = self.size
        own_width, own_height = self._upright_size(shape)
        scale = min(width / own_width, height / own_height)
        inner = (min(width, max(1, round(own_width * scale))), min(height, max(1, round(own_height * scale))))
        image = np.zeros((height, width, 3), np.uint8)
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        image[top : top + inner[1], left : left + inner[0]] = self._converted(av_frame, shape, inner)
        return image

    def _upright_size(self, shape: _Shape) -> tuple[int, int]:
        width = max(1, round(shape.width * self._aspect))
        return (shape.height, width) if shape.turned else (width, shape.height)

    def _converted(self, av_frame: Any, shape: _Shape, size: tuple[int, int]) -> Image:
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


def _shape(av_frame: Any) -> _Shape:
    return _Shape(av_frame.width, av_frame.height, _display_matrix(av_frame))


def _display_matrix(av_frame: Any) -> tuple[int, int, int, int]:
    """Return the (2, 2) matrix of -1, 0, 1 that maps stored x, y to displayed x', y', row by row.

    Other angles than multiples of 90 degrees are rounded to these.
    """
    side = av_frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return (1, 0, 0, 1)
    # libavutil/display.h: nine 16.16 numbers a b u c d v x y w with x' = a x + c y, y' = b x + d y.
    a, b, _, c, d = (int(value) for value in np.frombuffer(bytes(side), np.int32)[:5])
    if abs(a * d) >= abs(b * c):
        return (-1 if a < 0 else 1, 0, 0, -1 if d < 0 else 1)
    return (0, -1 if c < 0 else 1, -1 if b < 0 else 1, 0)
