"""Read and check 2D joints from a NumPy `.npz`, the program's own format.

Arrays in the file; `T` frames, `P` persons (in no particular order), `J` joints of the skeleton:

| name | shape | meaning |
|---|---|---|
| `joints_image` | (T, J, 2) or (T, P, J, 2) | pixels of the upright image, x right, y down; NaN = not seen |
| `scores` | (T, J) or (T, P, J) | confidence in [0, 1]; 0 or NaN = not seen |
| `fps_hz` | scalar | frames a second |
| `width_px`, `height_px` | scalars | size of the upright image |
| `skeleton` | text | a key of `core.skeletons.SKELETONS`: `coco17`, `body25`, ... |
| `fov_deg` | scalar, optional | horizontal field of view of the camera |
| `time_s` | (T,), optional | true timestamps, rising; without them frame i is at i / fps_hz |
| `frame_index` | (T,), optional | number of each frame in its video, rising; without it they count from 0 |
| `identity` | (T, P), optional | identities: the same number from 1 is the same person, 0 is no person |
| `depth` | (T, J) or (T, P, J), optional | the detector's own depth of the joints, see `core.poses.EXTRAS` |
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import FARTHEST_PX, HIGHEST_SCORE, Doubles, Floats, Ints, check_numbers, check_times
from ...core.errors import SourceError
from ...core.poses import EXTRAS
from ...core.skeletons import SKELETONS
from ...system.array_file import open_arrays
from ...system.safe_read import open_regular

_REQUIRED = ("joints_image", "scores", "fps_hz", "width_px", "height_px", "skeleton")
_OPTIONAL = ("fov_deg", "time_s", "frame_index", "identity", *EXTRAS)
_HINT = f"Expected arrays: {', '.join(_REQUIRED)}; optional: {', '.join(_OPTIONAL)}."
_LARGEST = 1 << 30  # bytes of all arrays: three hours of ten people
_MOST = 1 << 40  # highest number of a frame or an identity that is plausible


def read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """Read the arrays of a file by their names, unchecked. Raises `SourceError`."""
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


def is_export_npz(path: Path) -> bool:
    """Return whether a file is the program's own export, which has 3D joints, too; never raises."""
    try:
        with open_arrays(path, _LARGEST) as arrays:
            return "joints_world" in arrays.headers
    except (ValueError, OSError):
        return False


class CheckedArrays:
    """Read the arrays with checks; errors name the file, the expected and the actual value."""

    def __init__(self, name: str, arrays: dict[str, NDArray[Any]]) -> None:
        self._name, self._arrays = name, arrays

    def __contains__(self, field: str) -> bool:
        return field in self._arrays

    def _error(self, field: str, expected: str, actual: object) -> SourceError:
        return SourceError(f"{field} in {self._name} is {actual}, expected {expected}.", _HINT)

    def _numbers(self, field: str, expected: str, kinds: str = "fiu") -> NDArray[Any]:
        array = self._arrays[field]
        if array.dtype.kind not in kinds:
            raise self._error(field, expected, f"of type {array.dtype}")
        return array

    def skeleton(self) -> str:
        """Return the key of the skeleton."""
        array, known = self._arrays["skeleton"], "one of " + ", ".join(SKELETONS)
        if array.size != 1 or array.dtype.kind not in "US":
            raise self._error("skeleton", known, f"of type {array.dtype} and shape {array.shape}")
        value = array.reshape(())[()]
        key = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if key not in SKELETONS:
            raise self._error("skeleton", known, f"'{key}'")
        return key

    def number(self, field: str, low: float, high: float) -> float:
        """Return a single number."""
        expected = f"one number from {low:g} to {high:g}"
        array = self._numbers(field, expected)
        if array.size != 1:
            raise self._error(field, expected, f"of shape {array.shape}")
        value = float(array.reshape(())[()])
        if not low <= value <= high:
            raise self._error(field, expected, value)
        return value

    def whole(self, field: str) -> int:
        """Return a length in pixels."""
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

    def extras(self, frames: int, people: int, skeleton: str) -> dict[str, NDArray[Any]]:
        """Return the extras (T, P, ...) of `core.poses.EXTRAS` that the arrays hold; NaN: unknown."""
        extras: dict[str, NDArray[Any]] = {}
        for name, extra in EXTRAS.items():
            if name not in self._arrays:
                continue
            own = extra.shape(SKELETONS[skeleton])
            expected = f"numbers of shape {(frames, people, *own)}"
            values = self._numbers(name, expected)
            if values.shape != (frames, people, *own) and (values.shape != (frames, *own) or people != 1):
                raise self._error(name, expected, f"of shape {values.shape}")
            try:
                check_numbers(name, values, *extra.limits, gaps=True)
            except ValueError as error:
                raise SourceError(f"{error}, in {self._name}.", _HINT) from error
            extras[name] = values.reshape(frames, people, *own).astype(extra.dtype)
        return extras

    def times(self, frames: int, fps_hz: float) -> Doubles:
        """Return the times (T,) of the frames."""
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

    def frame_index(self, frames: int) -> Ints:
        """Return the numbers (T,) of the frames."""
        if "frame_index" not in self._arrays:
            return np.arange(frames)
        expected = f"rising whole numbers of shape ({frames},)"
        index = self._numbers("frame_index", expected, "iu")
        if index.shape != (frames,):
            raise self._error("frame_index", expected, f"of shape {index.shape}")
        if index[0] < 0 or index[-1] > _MOST or (np.diff(index.astype(np.float64)) <= 0).any():
            raise self._error("frame_index", expected, "not rising from 0 or more")
        return index.astype(np.int64)

    def identity(self, shape: tuple[int, int]) -> Ints | None:
        """Return the identities (T, P); None if the arrays have none."""
        if "identity" not in self._arrays:
            return None
        expected = f"whole numbers from 0 of shape {shape}, each once a frame"
        identity = self._numbers("identity", expected, "iu")
        if identity.shape != shape and (identity.shape != shape[:1] or shape[1] != 1):
            raise self._error("identity", expected, f"of shape {identity.shape}")
        identity = identity.reshape(shape)
        if identity.size and (identity.min() < 0 or identity.max() > _MOST):
            raise self._error("identity", expected, f"from {identity.min()} to {identity.max()}")
        ordered = np.sort(identity, axis=1)
        twice = ((np.diff(ordered, axis=1) == 0) & (ordered[:, 1:] > 0)).any(axis=1)
        if twice.any():
            raise self._error("identity", expected, f"twice the same in frame {int(np.argmax(twice))}")
        return identity.astype(np.int64)
