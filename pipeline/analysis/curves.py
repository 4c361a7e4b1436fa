"""Compute curves of joint angles, speeds and positions over the frames of a take.

NaN stays NaN, so gaps stay gaps. A quantity has parts; a part with two sides gives two curves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..body.filters import runs
from ..core.arrays import Doubles
from ..core.skeletons import H36M17
from ..core.take import Take, Track3D
from .gait import Gait, gait
from .joint_angles import FOOT_ANGLES, SIDE_ANGLES, TRUNK_ANGLES, joint_angles
from .trust import NINE_OF_TEN

_UNBOUNDED_ANGLES = ("trunk_rotation", "lumbar_rotation")  # angles that may exceed a full turn
_JOINTS = ("wrist", "elbow", "shoulder", "ankle", "knee", "hip", "pelvis", "head_top")
_SMOOTH_SIGMA_S = 0.03  # s, standard deviation of the Gaussian that smooths a path before its speed is computed


@dataclass(frozen=True, slots=True)
class Quantity:
    """Describe a quantity that can be plotted: its unit, and its parts as (key, title)."""

    key: str
    title: str
    unit: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Hold the values (T,) of one part on one side ("left", "right" or "") of a person.

    `error` (T,) in the unit of the values: nine of ten true values are at most this far away; NaN: not known there.
    """

    person: int
    part: str
    side: str
    values: Doubles
    error: Doubles | None = None  # None: not known for this quantity, or at all


def _title(key: str) -> str:
    return key.replace("_top", "").replace("_", " ").capitalize()


_JOINT_PARTS = tuple((joint, _title(joint)) for joint in _JOINTS)
QUANTITIES = {
    quantity.key: quantity
    for quantity in (
        Quantity(
            "angle", "Joint angle", "°", tuple((a, _title(a)) for a in (*SIDE_ANGLES, *FOOT_ANGLES, *TRUNK_ANGLES))
        ),
        Quantity("speed", "Speed", "m/s", _JOINT_PARTS),
        Quantity("height", "Height above the floor", "m", _JOINT_PARTS),
        Quantity("across", "Position across the image", "m", _JOINT_PARTS),
        Quantity("away", "Position away from the camera", "m", _JOINT_PARTS),
    )
}
_AXIS = {"across": 0, "away": 1, "height": 2}


class TakeCurves:
    """Compute the curves of one take; joint angles and gait are cached per person."""

    def __init__(self, take: Take, soles: Callable[[Track3D], Doubles | None] = lambda _: None) -> None:
        """Compute curves of `take`; `soles` returns the vectors from heels to toes of a track, see `joint_angles`."""
        self._take, self._soles = take, soles
        self._angles: dict[int, dict[str, Doubles]] = {}
        self._gaits: dict[int, Gait | None] = {}

    def curves(self, persons: Iterable[int], quantity: str, parts: Iterable[str]) -> list[Curve]:
        """Return the curves of all persons with 3D joints, part by part; unknown names are skipped."""
        out = []
        wanted = [part for part in parts if part in dict(QUANTITIES[quantity].parts)]
        for person in persons:
            track = self._take.track3d(person)
            if track is None:
                continue
            values_of: Callable[[str], Doubles | None]
            values_of = partial(self._angle, track) if quantity == "angle" else partial(_joint_values, track, quantity)
            for part in wanted:
                for side in ("", "right", "left"):
                    name = f"{side}_{part}" if side else part
                    values = values_of(name)
                    if values is not None:
                        error = None if quantity not in _AXIS else self._error(track, quantity, name)
                        out.append(Curve(person, part, side, values, error))
        return out

    def gait(self, person: int) -> Gait | None:
        """Return the gait of `person`, or None if they do not walk or have no 3D joints."""
        if person not in self._gaits:
            track = self._take.track3d(person)
            self._gaits[person] = None
            if track is not None:
                self._gaits[person] = gait(track.joints.astype(np.float64), track.time_s, self._soles(track))
        return self._gaits[person]

    def _error(self, track: Track3D, quantity: str, name: str) -> Doubles | None:
        """Return how far off (T,) a position may be along a world axis, relative to the pelvis, in metres."""
        joint, scene = H36M17.names.index(name), self._take.scene
        if track.error_m is None or scene is None or track.space != "world" or joint == 0:
            return None
        depth_share = float(scene.rotation[_AXIS[quantity], 2]) ** 2
        across, depth = track.error_m[:, joint].astype(np.float64).T
        return np.asarray(NINE_OF_TEN * np.sqrt((1 - depth_share) * across**2 + depth_share * depth**2))

    def _angle(self, track: Track3D, name: str) -> Doubles | None:
        if track.person not in self._angles:
            joints, rate_hz = track.joints.astype(np.float64), self._take.camera.rate_hz
            angles = joint_angles(joints, self._soles(track), rate_hz)
            for unbounded in _UNBOUNDED_ANGLES:
                angles[unbounded] = _unwrap(angles[unbounded])
            self._angles[track.person] = angles
        return self._angles[track.person].get(name)


def _joint_values(track: Track3D, quantity: str, name: str) -> Doubles | None:
    if name not in H36M17.names:
        return None
    positions = track.joints[:, H36M17.names.index(name)].astype(np.float64)
    return _speed(positions, track.time_s) if quantity == "speed" else positions[:, _AXIS[quantity]]


def _speed(positions: Doubles, time_s: Doubles) -> Doubles:
    """Compute speeds (T,) in m/s of positions (T, 3) in metres at times (T,) in s.

    Each run of consecutive seen frames is treated separately; a run of a single frame gives NaN.
    """
    from scipy.ndimage import gaussian_filter1d

    out = np.full(len(positions), np.nan)
    for run in runs(np.isfinite(positions).all(axis=1)):
        if run.stop - run.start >= 2:
            times = time_s[run]
            rate_hz = (len(times) - 1) / max(float(times[-1] - times[0]), 1e-6)
            smooth = gaussian_filter1d(positions[run], max(_SMOOTH_SIGMA_S * rate_hz, 0.1), axis=0, mode="nearest")
            out[run] = np.linalg.norm(np.gradient(smooth, times, axis=0), axis=1)
    return out


def _unwrap(degrees: Doubles) -> Doubles:
    """Remove jumps of 360 degrees within each run of seen frames (T,)."""
    out = degrees.copy()
    for run in runs(np.isfinite(degrees)):
        out[run] = np.unwrap(degrees[run], period=360)
    return out


def gait_text(found: Gait) -> str:
    """Format the gait parameters as one line of text."""
    parts = [f"{found.cadence_per_min:.0f} steps/min", f"stride {found.stride_time_s:.2f} s"]
    if found.stride_length_m is not None and found.speed_m_s is not None:
        parts[1] += f", {found.stride_length_m:.2f} m"
        parts.append(f"{found.speed_m_s:.2f} m/s")
    if found.step_width_m is not None:
        parts.append(f"step width {100 * found.step_width_m:.0f} cm")
    parts.append(f"{100 * found.stance_share:.0f} % of a stride on the ground")
    return "  ·  ".join(parts)
