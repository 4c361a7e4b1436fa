"""Track points of the picture from keyframe to frame, to measure the camera's turn by.

Every frame is compared with a keyframe, not with the frame before, so that errors do not add up while the camera is
still. A new keyframe begins where too few points of the last one are left, and with every block of frames, so that a
run that goes on after a break measures what an unbroken one does. Points on people are tracked like others;
`turns` leaves them out once it is known where people are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats, Image
from ..core.camera import Frame

Gray = NDArray[np.uint8]

# Frames; the first of each block is a keyframe. Detection goes on after a break where a block begins.
BLOCK = 600
WIDTH_PX = 480  # width of the pictures in which points are tracked; smaller pictures keep their size
_POINTS = 64  # tracked at once; a turn has three unknowns, and people may hide most points
_CANDIDATES = 400
_APART = 0.03  # least distance of points, as a share of the picture's longer side
_QUALITY = 0.01
_FEWEST = 0.5  # share of a keyframe's points below which a new one begins
_FARTHEST = 0.2  # median move of points, as a share of the width, from which a new keyframe begins
_CALM_PX = 0.15  # median move of points from frame to frame of a camera that stands still: twice the noise
_CALM_FRAMES, _EVERY = 8, 4  # after so many frames without motion, every so many frames are measured
_BACK_PX = 0.5  # px: a point that is not found again from the frame back in the keyframe is dropped
_LEVELS = 3  # of the pyramid; on the way back the place is known, so that one level is enough
_LK: dict[str, Any] = {
    "winSize": (17, 17),
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.01),
}


@dataclass(frozen=True, slots=True)
class FramePoints:
    """Hold the N points of one frame and their places in its keyframe, in pixels."""

    frame_index: int
    key_index: int  # frame of the keyframe; itself for the first frame, of which nothing is known
    in_key: Floats  # (N, 2)
    here: Floats  # (N, 2)


class BackgroundPoints:
    """Track points through the frames of a video, in order."""

    def __init__(self) -> None:
        self._key: Gray | None = None
        self._key_index = -1
        self._begin = np.zeros((0, 2), np.float32)  # all points of the keyframe, in its reduced picture
        self._at = np.zeros((0, 2), np.float32)  # where they were last
        self._last = FramePoints(-1, -1, self._begin, self._begin)
        self._calm = 0  # frames in which nothing moved, up to the last one

    def push(self, frame: Frame) -> FramePoints:
        """Find the keyframe's points in a frame.

        While nothing moves, most frames get those of the one before.
        """
        if self._calm >= _CALM_FRAMES and frame.index % _EVERY and frame.index // BLOCK == self._key_index // BLOCK:
            self._last = replace(self._last, frame_index=frame.index)
        else:
            self._last = self._measured(frame)
        return self._last

    def _measured(self, frame: Frame) -> FramePoints:
        gray, factor = _reduced(frame.bgr)
        if self._key is None or self._key.shape != gray.shape:
            self._restart(gray, frame.index)
            nothing = np.zeros((0, 2), np.float32)
            return FramePoints(frame.index, frame.index, nothing, nothing)
        at, found = _follow(self._key, gray, self._begin, self._at)
        steps = np.linalg.norm(at[found] - self._at[found], axis=1)
        self._calm = self._calm + 1 if found.any() and np.median(steps) < _CALM_PX else 0
        self._at = np.where(found[:, None], at, self._at)
        done = _points(frame.index, self._key_index, self._begin[found], at[found], factor)
        moved = np.linalg.norm(at[found] - self._begin[found], axis=1)
        new_block = frame.index // BLOCK != self._key_index // BLOCK
        few = found.sum() < max(_FEWEST * len(found), 8)
        if new_block or few or np.median(moved) > _FARTHEST * gray.shape[1]:
            self._restart(gray, frame.index)
        return done

    def _restart(self, gray: Gray, index: int) -> None:
        self._key, self._key_index = gray, index
        self._begin = _corners(gray)
        self._at = self._begin.copy()
        self._calm = 0


def _reduced(bgr: Image) -> tuple[Gray, float]:
    """Return the picture in gray and reduced, and the factor from its pixels to those of the image.

    Green stands for gray, and four pixels are read for each: an eighth of the time of an exact average, and the points
    are found as precisely.
    """
    height, width = bgr.shape[:2]
    factor = max(1.0, max(height, width) / WIDTH_PX)
    if factor > 1:
        bgr = cv2.resize(bgr, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.extractChannel(bgr, 1)), factor


def _corners(gray: Gray) -> Floats:
    """Return up to `_POINTS` corners (N, 2), spread over the picture: the best of each cell of a grid first."""
    apart = _APART * max(gray.shape)
    found = cv2.goodFeaturesToTrack(gray, _CANDIDATES, _QUALITY, apart)
    if found is None:
        return np.zeros((0, 2), np.float32)
    points = np.asarray(found, np.float32).reshape(-1, 2)
    cells = (points // (np.array([gray.shape[1], gray.shape[0]]) / (8, 6))).astype(int) @ [1, 8]
    rank = np.zeros(len(points), int)  # how many better points its cell has
    for cell in np.unique(cells):
        inside = np.flatnonzero(cells == cell)  # corners come in order of quality
        rank[inside] = np.arange(len(inside))
    return points[np.argsort(rank, kind="stable")[:_POINTS]]


def _follow(key: Gray, gray: Gray, begin: Floats, guess: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Find points (N, 2) of `key` in `gray`, from a first guess; return places and whether they were found."""
    if not len(begin):
        return begin, np.zeros(0, np.bool_)
    flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    at, status, _ = cv2.calcOpticalFlowPyrLK(key, gray, begin, guess.copy(), flags=flags, maxLevel=_LEVELS, **_LK)
    back, status_back, _ = cv2.calcOpticalFlowPyrLK(gray, key, at, begin.copy(), flags=flags, maxLevel=0, **_LK)
    same = np.linalg.norm(back - begin, axis=1) < _BACK_PX
    inside = ((at >= 0) & (at < [gray.shape[1], gray.shape[0]])).all(axis=1)
    return np.asarray(at, np.float32), (status[:, 0] == 1) & (status_back[:, 0] == 1) & same & inside


def _points(index: int, key: int, in_key: Floats, here: Floats, factor: float) -> FramePoints:
    # A pixel's centre is at a whole number, so that reducing the picture moves the origin by half a pixel.
    full = [((points + 0.5) * factor - 0.5).astype(np.float32) for points in (in_key, here)]
    return FramePoints(index, key, full[0], full[1])
