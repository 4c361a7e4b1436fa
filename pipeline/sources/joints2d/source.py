"""Deliver the 2D joints that another program found, in place of a video and a detector."""

from __future__ import annotations

import copy
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.camera import VideoInfo, turned_info
from ...core.poses import EXTRAS, Pose2D, Poses
from ...core.skeletons import SKELETONS
from ...system.files import printable
from ..file.timing import true_rate
from .npz import CheckedArrays
from .recognise import read_joints

_NOT_CONTENT = ("frame_index",)  # arrays that say nothing about the joints
_SAME_S = 1e-9  # s: rounding of times


class Joints2DSource:
    """Deliver detections of a file or folder through `poses`, as `FrameSource.frames` does.

    The constructor reads and checks all of it; it raises `SourceError`. `fps_hz` and `size_px` (width, height) of the
    image are for formats that do not say them; without them a video beside the file counts, or they are assumed, and
    `info.notes` says so.
    """

    def __init__(self, path: str | Path, fps_hz: float | None = None, size_px: tuple[int, int] | None = None) -> None:
        absolute = Path(path).expanduser().absolute()
        read = read_joints(absolute, fps_hz, size_px)
        self._read(read.arrays, printable(absolute.name), str(absolute), read.notes)
        self.names: tuple[str, ...] = read.names
        self.format: str = read.format

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], name: str) -> Joints2DSource:
        """Make a source of arrays in memory, by the names of the file. Raises `SourceError`."""
        source = cls.__new__(cls)
        source._read(arrays, name, "")
        source.names, source.format = (), "arrays"
        return source

    def _read(self, arrays: dict[str, NDArray[Any]], name: str, path: str, notes: tuple[str, ...] = ()) -> None:
        fields = CheckedArrays(name, arrays)
        self._skeleton = fields.skeleton()
        fps_hz = fields.number("fps_hz", 0.1, 1000.0)
        width_px, height_px = fields.whole("width_px"), fields.whole("height_px")
        self._joints, self._scores = fields.joints(len(SKELETONS[self._skeleton].names))
        self._extras = fields.extras(self._joints.shape[0], self._joints.shape[1], self._skeleton)
        self._time_s = fields.times(len(self._joints), fps_hz)
        self._index = fields.frame_index(len(self._joints))
        self._identity = fields.identity((self._joints.shape[0], self._joints.shape[1]))
        fps_hz, variable = true_rate(self._time_s, 0.0, fps_hz)
        self._info = VideoInfo(
            name=name,
            path=path,
            width_px=width_px,
            height_px=height_px,
            fps_hz=fps_hz,
            frame_count=len(self._time_s),
            duration_s=float(self._time_s[-1] - self._time_s[0]) + 1 / fps_hz,
            variable_rate=variable,
            content_key=_key(arrays),
            fov_deg=fields.number("fov_deg", 1.0, 179.0) if "fov_deg" in arrays else None,
            notes=notes,
        )

    def turned(self, degrees: int) -> Joints2DSource:
        """Return the joints in images that are turned clockwise by 90, 180 or 270 degrees."""
        other = copy.copy(self)
        width, height = self._info.width_px, self._info.height_px

        def placed(points: NDArray[Any]) -> NDArray[Any]:
            x, y = points[..., 0], points[..., 1]
            turned = {90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[degrees]
            return np.concatenate([np.stack(turned, axis=-1), points[..., 2:]], axis=-1)

        other._joints = placed(self._joints)
        other._extras = {
            name: placed(values) if EXTRAS[name].pixels else values for name, values in self._extras.items()
        }
        other._info = turned_info(self._info, degrees)
        return other

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def skeleton(self) -> str:
        """Return the key of the file's skeleton in `skeletons.SKELETONS`."""
        return self._skeleton

    @property
    def person_count(self) -> int:
        """Return P, the number of persons that the file has columns for."""
        return int(self._joints.shape[1])

    def poses(self, start_s: float | None = None, end_s: float | None = None) -> Poses:
        """Yield (frame index, time in s, poses) of the frames with start_s <= time < end_s.

        The range counts from the first frame, as that of a video does, also where the file's times begin later. Each
        frame comes once, in order, also without a person. A person without a seen joint is left out. Joints that are
        not seen are NaN with score 0.
        """
        since = self._time_s - self._time_s[0]
        start = 0 if start_s is None else int(np.searchsorted(since, start_s - _SAME_S))
        end = len(since) if end_s is None else int(np.searchsorted(since, end_s - _SAME_S))
        for row in range(start, end):
            yield int(self._index[row]), float(self._time_s[row]), self._pose(row)

    def _pose(self, row: int) -> Pose2D:
        present = (self._scores[row] > 0).any(axis=1)
        if self._identity is not None:
            present &= self._identity[row] > 0
        joints, scores = self._joints[row, present], self._scores[row, present]
        if not len(joints):
            return Pose2D.nobody(self._skeleton)
        boxes = np.concatenate([np.nanmin(joints, axis=1), np.nanmax(joints, axis=1)], axis=1)
        identity = None if self._identity is None else self._identity[row, present]
        extras = {name: values[row, present] for name, values in self._extras.items()}
        return Pose2D(boxes.astype(np.float32), joints.copy(), scores.copy(), self._skeleton, identity, extras=extras)

    def close(self) -> None:
        """Do nothing, because no file stays open; `FrameSource` has this method."""


def _key(arrays: dict[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        if name not in _NOT_CONTENT:
            digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
