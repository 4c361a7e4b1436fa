"""Read 2D joints of another detector from a NumPy `.npz`, in place of a video.

Arrays in the file; `T` frames, `P` persons (in no particular order), `J` joints of the skeleton:

| name | shape | meaning |
|---|---|---|
| `joints_image` | (T, J, 2) or (T, P, J, 2) | pixels of the upright image, x right, y down; NaN = not seen |
| `scores` | (T, J) or (T, P, J) | confidence in [0, 1]; 0 or NaN = not seen |
| `fps_hz` | scalar | frames a second |
| `width_px`, `height_px` | scalars | size of the upright image |
| `skeleton` | text | `h36m17`, `coco17`, `coco23`, `halpe26` or `blazepose33` |
| `fov_deg` | scalar, optional | horizontal field of view of the camera |
| `time_s` | (T,), optional | true timestamps, rising; without them frame i is at i / fps_hz |
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import FARTHEST_PX, HIGHEST_SCORE, Doubles, Floats, check_times
from ...core.camera import VideoInfo
from ...core.errors import SourceError
from ...core.poses import Pose2D, Poses
from ...core.skeletons import SKELETONS
from ...system.array_file import open_arrays
from ...system.safe_read import open_regular
from .checks import check_readable
from .timing import true_rate

_REQUIRED = ("joints_image", "scores", "fps_hz", "width_px", "height_px", "skeleton")
_OPTIONAL = ("fov_deg", "time_s")
_HINT = f"Expected arrays: {', '.join(_REQUIRED)}; optional: {', '.join(_OPTIONAL)}."
_LARGEST = 1 << 30  # bytes of all arrays: three hours of ten people


class Joints2DSource:
    """Deliver detections from a file through `poses`, in place of `FrameSource.frames`.

    The constructor reads and checks the whole file; it raises `SourceError`.
    """

    def __init__(self, path: str | Path) -> None:
        absolute = Path(path).expanduser().absolute()
        check_readable(absolute)
        self._read(_load(absolute), absolute.name, str(absolute))

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], name: str) -> Joints2DSource:
        """Make a source of arrays in memory, by the names of the file. Raises `SourceError`."""
        source = cls.__new__(cls)
        source._read(arrays, name, "")
        return source

    def _read(self, arrays: dict[str, NDArray[Any]], name: str, path: str) -> None:
        fields = _CheckedArrays(name, arrays)
        self._skeleton = fields.skeleton()
        fps_hz = fields.number("fps_hz", 0.1, 1000.0)
        width_px, height_px = fields.whole("width_px"), fields.whole("height_px")
        self._joints, self._scores = fields.joints(len(SKELETONS[self._skeleton].names))
        self._time_s = fields.times(len(self._joints), fps_hz)
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
        )

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

        Each frame comes once, in order, also without a person. A person without a seen joint is left out. Joints that
        are not seen are NaN with score 0.
        """
        start = 0 if start_s is None else int(np.searchsorted(self._time_s, start_s))
        end = len(self._time_s) if end_s is None else int(np.searchsorted(self._time_s, end_s))
        for index in range(start, end):
            yield index, float(self._time_s[index]), self._pose(index)

    def _pose(self, index: int) -> Pose2D:
        present = (self._scores[index] > 0).any(axis=1)
        joints, scores = self._joints[index, present], self._scores[index, present]
        if not len(joints):
            return Pose2D.nobody(self._skeleton)
        boxes = np.concatenate([np.nanmin(joints, axis=1), np.nanmax(joints, axis=1)], axis=1)
        return Pose2D(boxes.astype(np.float32), joints.copy(), scores.copy(), self._skeleton)

    def close(self) -> None:
        """Do nothing, because no file stays open; `FrameSource` has this method."""


def _load(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with open_regular(path) as file:
            if file.read(6) == b"\x93NUMPY":
                raise SourceError(f"{path.name} holds a single array (.npy), not an .npz with names.", _HINT)
        with open_arrays(path, _LARGEST) as arrays:
            missing = [name for name in _REQUIRED if name not in arrays.headers]
            if missing:
                there = ", ".join(arrays.headers) or "nothing"
                raise SourceError(f"{path.name} lacks {', '.join(missing)}; it has {there}.", _HINT)
            return {name: arrays.read(name) for name in (*_REQUIRED, *_OPTIONAL) if name in arrays.headers}
    except (ValueError, OSError) as error:
        raise SourceError(f"{path.name} is not a readable .npz of plain arrays ({error}).", _HINT) from error


def _key(arrays: dict[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


class _CheckedArrays:
    """Read the arrays with checks; errors name the file, the expected and the actual value."""

    def __init__(self, name: str, arrays: dict[str, NDArray[Any]]) -> None:
        self._name, self._arrays = name, arrays

    def _error(self, field: str, expected: str, actual: object) -> SourceError:
        return SourceError(f"{field} in {self._name} is {actual}, expected {expected}.", _HINT)

    def _numbers(self, field: str, expected: str) -> NDArray[Any]:
        array = self._arrays[field]
        if array.dtype.kind not in "fiu":
            raise self._error(field, expected, f"of type {array.dtype}")
        return array

    def skeleton(self) -> str:
        array, known = self._arrays["skeleton"], "one of " + ", ".join(SKELETONS)
        if array.size != 1 or array.dtype.kind not in "US":
            raise self._error("skeleton", known, f"of type {array.dtype} and shape {array.shape}")
        value = array.reshape(())[()]
        key = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if key not in SKELETONS:
            raise self._error("skeleton", known, f"'{key}'")
        return key

    def number(self, field: str, low: float, high: float) -> float:
        expected = f"one number from {low:g} to {high:g}"
        array = self._numbers(field, expected)
        if array.size != 1:
            raise self._error(field, expected, f"of shape {array.shape}")
        value = float(array.reshape(())[()])
        if not low <= value <= high:
            raise self._error(field, expected, value)
        return value

    def whole(self, field: str) -> int:
        value = self.number(field, 1, 65536)
        if value != int(value):
            raise self._error(field, "a whole number of pixels", value)
        return int(value)

    def joints(self, joint_count: int) -> tuple[Floats, Floats]:
        """Return joints (T, P, J, 2) in pixels and scores (T, P, J).

        Joints that are not seen are NaN with score 0.
        """
        shapes = f"of shape (T, {joint_count}, 2) or (T, P, {joint_count}, 2)"
        joints = self._numbers("joints_image", shapes)
        if joints.ndim not in (3, 4) or joints.shape[-2:] != (joint_count, 2):
            raise self._error("joints_image", shapes, f"of shape {joints.shape}")
        if len(joints) == 0:
            raise self._error("joints_image", "at least one frame", f"of shape {joints.shape}")
        expected = f"of shape {joints.shape[:-1]}, as joints_image is {joints.shape}"
        scores = self._numbers("scores", expected)
        if scores.shape != joints.shape[:-1]:
            raise self._error("scores", expected, f"of shape {scores.shape}")
        for field, array in (("joints_image", joints), ("scores", scores)):
            if np.isinf(array).any():
                frame = int(np.argwhere(np.isinf(array))[0][0])
                raise self._error(field, "numbers, or NaN where nothing was seen", f"infinite in frame {frame}")
        with np.errstate(invalid="ignore"):
            far = np.abs(joints) > FARTHEST_PX
        if far.any():
            frame = int(np.argwhere(far)[0][0])
            raise self._error("joints_image", f"pixels within {FARTHEST_PX:g}", f"beyond that in frame {frame}")
        known = scores[~np.isnan(scores)]
        if known.size and (known.min() < 0 or known.max() > HIGHEST_SCORE):
            raise self._error("scores", "from 0 to 1", f"from {known.min():g} to {known.max():g}")
        if joints.ndim == 3:
            joints, scores = joints[:, None], scores[:, None]
        seen = np.isfinite(joints).all(axis=-1) & (scores > 0)
        return (
            np.where(seen[..., None], joints, np.nan).astype(np.float32),
            np.where(seen, np.minimum(scores, 1), 0).astype(np.float32),
        )

    def times(self, frames: int, fps_hz: float) -> Doubles:
        if "time_s" not in self._arrays:
            return np.arange(frames) / fps_hz
        expected = f"rising seconds of shape ({frames},)"
        time_s = self._numbers("time_s", expected).astype(np.float64)
        if time_s.shape != (frames,):
            raise self._error("time_s", expected, f"of shape {time_s.shape}")
        if not np.isfinite(time_s).all():
            raise self._error("time_s", expected, "not finite everywhere")
        falls = np.flatnonzero(np.diff(time_s) <= 0)
        if len(falls):
            raise self._error("time_s", expected, f"not rising after frame {int(falls[0])}")
        try:
            check_times("time_s", time_s)
        except ValueError as error:
            raise SourceError(f"The times in {self._name} are impossible: {error}.", _HINT) from error
        return time_s
