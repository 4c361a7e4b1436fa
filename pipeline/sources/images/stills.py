"""Deliver images as a video, decoded one at a time: the common part of image sources."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles, Image
from ...core.camera import Frame, VideoInfo
from ...core.errors import SourceError

log = logging.getLogger(__name__)

_KEPT = 4  # decoded images kept for `frame_at`
_SAME_S = 0.0005  # s: times closer than this are one instant


class StillsSource(ABC):
    """Implement `TimedSource` for images.

    A subclass sets `_info` and `_time_s` and decodes image number `index`.

    Images of another size than the first are fitted into that: scaled evenly, with black bars.
    """

    _info: VideoInfo
    _time_s: Doubles

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Image] = OrderedDict()

    @abstractmethod
    def _decode(self, index: int) -> Image | None:
        """Return the (H, W, 3) BGR image of a frame; None if it is missing or damaged."""

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def path(self) -> Path:
        return Path(self._info.path)

    @property
    def time_s(self) -> Doubles:
        """Return the times (T,) in s of all frames, including missing or damaged ones."""
        return self._time_s

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames with start_s <= time_s < end_s, each once, in order. See `FrameSource`."""
        start = 0 if start_s is None else int(np.searchsorted(self._time_s, start_s))
        end = len(self._time_s) if end_s is None else int(np.searchsorted(self._time_s, end_s))
        delivered = 0
        for index in range(start, end):
            frame = self._frame(index, keep=False)
            if frame is not None:
                delivered += 1
                yield frame
        if end > start and not delivered:
            raise SourceError(f"{self._info.name}: no image of this range can be read.", "Choose another range.")

    def frame_at(self, time_s: float) -> Frame:
        """Return the frame shown at `time_s`, or the nearest one that can be read."""
        wanted = max(0, int(np.searchsorted(self._time_s, time_s + _SAME_S, side="right")) - 1)
        for index in (*range(wanted, -1, -1), *range(wanted + 1, len(self._time_s))):
            frame = self._frame(index, keep=True)
            if frame is not None:
                return frame
        raise SourceError(f"{self._info.name} cannot be read any more.", "Was it moved or changed? Open it again.")

    def close(self) -> None:
        """Forget the decoded images; no file stays open."""
        self._kept.clear()

    def _frame(self, index: int, *, keep: bool) -> Frame | None:
        """Return the frame of an image, which is kept for the next call if `keep`; None if it cannot be read."""
        image = self._kept.get(index)
        if image is None:
            image = self._decode(index)
            if image is None:
                return None
            if keep:
                self._kept[index] = image
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        size = (self._info.width_px, self._info.height_px)
        fitted = (image.shape[1], image.shape[0]) != size
        if fitted:
            image = _fit(image, size)
        elif index in self._kept:
            image = image.copy()
        return Frame(index, float(self._time_s[index]), image, fitted)


def _fit(image: Image, size: tuple[int, int]) -> Image:
    """Scale an image evenly into (width, height), with black bars."""
    import cv2

    width, height = size
    scale = min(width / image.shape[1], height / image.shape[0])
    inner = (min(width, max(1, round(image.shape[1] * scale))), min(height, max(1, round(image.shape[0] * scale))))
    canvas = np.zeros((height, width, 3), np.uint8)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(image, inner, interpolation=cv2.INTER_AREA)
    return canvas
