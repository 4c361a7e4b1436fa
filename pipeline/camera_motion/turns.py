"""Measure how the camera of a video turned, from tracked points of its background.

A camera on a tripod pans, tilts or shakes: all points off people follow one rotation. Where they do not, the camera
travels or zooms, or the background moves; then nothing is corrected, and the take says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation, Slerp

from ..core.arrays import Doubles, Ints
from ..core.camera import Camera
from ..core.poses import PersonTrack
from .background_points import WIDTH_PX, FramePoints
from .rotation_fit import fit_rotations
from .steady import turn_at

Bools = NDArray[np.bool_]
Kind = Literal["still", "turns", "travels", "too far", "unknown"]

STILL_DEG = 0.15  # a camera that turns less is still; the measurement's noise is a tenth of it
FARTHEST_DEG = 45.0  # from the middle of its path; beyond, people at the picture's edge leave the virtual picture
_TOLERANCE_PX = 1.5  # in a picture `WIDTH_PX` wide
_FEWEST = 8  # points that must agree in a frame
_LEAST_SHARE = 0.6  # of the points off people that must agree in a frame
_KNOWN_SHARE = 0.8  # of the frames that must be measured
_MARGIN = 0.25  # by which the box of a person's joints is widened to hold the whole body, as a share of its height
_CHUNK = 256  # frames fitted at once
# Focal lengths that are tried, as factors of the assumed one, and by how much more points must agree with another one.
_FOCAL_RATIOS = (0.55, 0.63, 0.71, 0.8, 0.89, 1.12, 1.26, 1.41, 1.58, 1.78)
_BETTER = 1.03
_FOV_DEG = (15.0, 130.0)


@dataclass(frozen=True, slots=True)
class CameraMotion:
    """Hold what is known of a camera's motion over T frames.

    `turn`: rotation vectors (T, 3) in radians from the axes of each frame's camera to those of one camera in the middle
    of its path; None unless `kind` is "turns".
    """

    kind: Kind
    turn: Doubles | None = None
    widest_deg: float = 0.0  # greatest turn from the middle
    fov_deg: float | None = None  # field of view that the turn shows, where it is another one than the camera's

    @property
    def notes(self) -> dict[str, str]:
        """Say what was not corrected, as a note of the scene."""
        said = {
            "travels": "the camera travels or zooms, or the background moves: paths are as seen from the moving camera",
            "too far": f"the camera turns by more than {2 * FARTHEST_DEG:.0f} degrees: paths are as seen from it",
        }
        notes = {"turn": said[self.kind]} if self.kind in said else {}
        if self.fov_deg is not None:
            notes["lens"] = f"the camera's turn shows a field of view of about {self.fov_deg:.0f} degrees"
        return notes


def measure_turns(
    points: Sequence[FramePoints], frame_index: Ints, camera: Camera, people: Sequence[PersonTrack]
) -> CameraMotion:
    """Measure the camera's turns at the frames `frame_index` (T,).

    `people` are all tracks of the take; points on them are left out. A wrong field of view bends the paths of points
    across the picture: where another one fits clearly better, the turns are measured with that, and then given as they
    appear with the camera's own, so that who stands still still does.
    """
    motion, agreeing = _measured(points, frame_index, camera, people)
    if motion.kind in ("still", "unknown"):
        return motion
    best = camera
    for ratio in _FOCAL_RATIOS:
        fov_deg = 2 * np.degrees(np.arctan(np.tan(np.radians(camera.fov_deg) / 2) / ratio))
        if not _FOV_DEG[0] <= fov_deg <= _FOV_DEG[1]:
            continue
        other = replace(camera, fov_deg=float(fov_deg))
        found, more = _measured(points, frame_index, other, people)
        if more > agreeing * _BETTER:
            motion, agreeing, best = found, more, other
    if best is camera:
        return motion
    return replace(motion, turn=turn_at(motion.turn, best, camera), fov_deg=best.fov_deg)


def _measured(
    points: Sequence[FramePoints], frame_index: Ints, camera: Camera, people: Sequence[PersonTrack]
) -> tuple[CameraMotion, int]:
    """Measure the turns with the camera's field of view; also return how many points agree closely."""
    boxes, first = [_boxes(track) for track in people], int(frame_index[0]) if len(frame_index) else 0
    row_of = np.full(1 + max((int(index) for index in frame_index), default=0), -1)
    row_of[frame_index] = np.arange(len(frame_index))
    ordered = sorted(points, key=lambda one: (one.frame_index, one.key_index))
    fits: dict[int, _Fit] = {}
    close = 0
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        rows = [_rows([getattr(one, name) for one in chunk], row_of) for name in ("frame_index", "key_index")]
        key, here, valid = _padded(chunk, rows[0], rows[1], boxes)
        tolerance = _TOLERANCE_PX * max(1.0, max(camera.size_px) / WIDTH_PX) / camera.focal_px
        to_key, agrees = fit_rotations(_rays(key, camera), _rays(here, camera), valid, tolerance)
        close += _close(_rays(key, camera), _rays(here, camera), to_key, agrees, tolerance / 2)
        for place, one in enumerate(chunk):
            agreeing, there = int(agrees[place].sum()), int(valid[place].sum())
            is_key = one.key_index == one.frame_index
            seen = is_key or agreeing >= _FEWEST
            fits[one.frame_index] = _Fit(
                one.key_index, to_key[place], seen, is_key or (seen and agreeing >= _LEAST_SHARE * there)
            )
    return _motion(_chained(fits, first, frame_index), [fits.get(int(index)) for index in frame_index]), close


def _close(key: Doubles, here: Doubles, to_key: Doubles, agrees: Bools, tolerance: float) -> int:
    """Count the points (F, N) that agree with the rotations (F, 3, 3) within a smaller tolerance."""
    off = np.linalg.norm(np.einsum("fij,fnj->fni", to_key, here) - key, axis=-1)
    return int((agrees & (off < tolerance)).sum())


@dataclass(frozen=True, slots=True)
class _Fit:
    """Hold the rotation (3, 3) of a frame's camera to that of its keyframe."""

    key_index: int
    to_key: Doubles
    seen: bool  # enough points agree
    known: bool  # and not too many disagree


def _chained(fits: dict[int, _Fit], first: int, frame_index: Ints) -> Doubles:
    """Return rotations (T, 3, 3) to the camera of one frame; of a frame that was not measured: as the one before."""
    to_one: dict[int, Doubles] = {}
    last = np.eye(3)
    for index, fit in fits.items():
        if fit.known and fit.key_index != index:
            last = to_one.get(fit.key_index, last) @ fit.to_key
        to_one[index] = last
    out, last = np.tile(np.eye(3), (len(frame_index), 1, 1)), to_one.get(first, np.eye(3))
    for row, index in enumerate(frame_index):
        out[row] = last = to_one.get(int(index), last)
    return out


def _motion(to_one: Doubles, fits: Sequence[_Fit | None]) -> CameraMotion:
    """Judge the rotations (T, 3, 3) of the frames' cameras to that of one frame."""
    seen = np.array([fit is not None and fit.seen for fit in fits])
    known = np.array([fit is not None and fit.known for fit in fits])
    if len(fits) < 2 or seen.mean() < _KNOWN_SHARE:
        return CameraMotion("unknown")
    if known.mean() < _KNOWN_SHARE:
        return CameraMotion("travels")
    turns, at = Rotation.from_matrix(to_one), np.flatnonzero(known)
    turns = Slerp(at, turns[at])(np.clip(np.arange(len(fits)), at[0], at[-1]))
    forward = turns.apply([0.0, 0.0, 1.0])
    middle = _middle(turns, forward)
    relative = middle.inv() * turns
    angles_deg = np.degrees(relative.magnitude())
    if angles_deg.max() < STILL_DEG:
        return CameraMotion("still", None, float(angles_deg.max()))
    aside = np.degrees(np.arccos(np.clip(forward @ middle.apply([0.0, 0.0, 1.0]), -1.0, 1.0)))
    if aside.max() > FARTHEST_DEG:
        return CameraMotion("too far", None, float(aside.max()))
    return CameraMotion("turns", relative.as_rotvec(), float(angles_deg.max()))


def _middle(turns: Rotation, forward: Doubles) -> Rotation:
    """Return the orientation of the frame that looks nearest to the middle of all directions."""
    spread = forward.max(axis=0) + forward.min(axis=0)
    return turns[int(np.argmax(forward @ spread))]


def _boxes(track: PersonTrack) -> Doubles:
    """Return boxes (T, 4) px of a person: left, top, right, bottom; NaN where they were not seen."""
    joints = np.where(track.scores[..., None] > 0, track.joints_image, np.nan).astype(np.float64)
    seen = np.isfinite(joints).any(axis=(1, 2))
    out = np.full((len(joints), 4), np.nan)
    if seen.any():
        low, high = np.nanmin(joints[seen], axis=1), np.nanmax(joints[seen], axis=1)
        margin = _MARGIN * (high - low).max(axis=1, keepdims=True)
        out[seen] = np.concatenate([low - margin, high + margin], axis=1)
    return out


def _padded(
    chunk: Sequence[FramePoints], at: NDArray[np.int64], key_at: NDArray[np.int64], boxes: Sequence[Doubles]
) -> tuple[Doubles, Doubles, Bools]:
    """Return places in keyframe and frame (F, N, 2), and which points are there and off people (F, N)."""
    most = max(1, *(len(one.here) for one in chunk))
    key, here = np.zeros((len(chunk), most, 2)), np.zeros((len(chunk), most, 2))
    valid = np.zeros((len(chunk), most), np.bool_)
    for place, one in enumerate(chunk):
        key[place, : len(one.here)], here[place, : len(one.here)] = one.in_key, one.here
        valid[place, : len(one.here)] = True
    for box in boxes:
        blank = np.vstack([box, np.full((1, 4), np.nan)])  # row -1: a frame outside of the take, without people
        valid &= ~_within(here, blank[at]) & ~_within(key, blank[key_at])
    return key, here, valid


def _rows(indices: list[int], row_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of frames in the take; -1: not in it."""
    index = np.asarray(indices)
    return np.where(index < len(row_of), row_of[np.minimum(index, len(row_of) - 1)], -1)


def _within(points: Doubles, boxes: Doubles) -> Bools:
    """Return whether points (F, N, 2) lie in the box (F, 4) of their frame."""
    return np.asarray(((points >= boxes[:, None, :2]) & (points <= boxes[:, None, 2:])).all(axis=-1))


def _rays(points: Doubles, camera: Camera) -> Doubles:
    slopes = camera.rays(points)
    rays = np.concatenate([slopes, np.ones((*slopes.shape[:-1], 1))], axis=-1)
    return np.asarray(rays / np.linalg.norm(rays, axis=-1, keepdims=True))
