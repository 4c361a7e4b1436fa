"""What the curves show: angles, speeds and places of joints over the frames of a take. No widgets.

NaN stays NaN, so gaps stay gaps. A quantity has parts; a part that has two sides gives two curves.
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
from .joint_angles import SIDE_ANGLES, TRUNK_ANGLES, joint_angles

_TURNS = ("trunk_rotation", "lumbar_rotation")  # that may go round and round
_JOINTS = ("wrist", "elbow", "shoulder", "ankle", "knee", "hip", "pelvis", "head_top")
_SETTLE_S = 0.03  # deviation of the Gaussian over the way before its speed is taken


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be shown, with its unit and its parts (key, title)."""

    key: str
    title: str
    unit: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """(T,) values of one part of one side ("left", "right" or "") of a person."""

    person: int
    part: str
    side: str
    values: Doubles


def _title(key: str) -> str:
    return key.replace("_top", "").replace("_", " ").capitalize()


_PLACES = tuple((joint, _title(joint)) for joint in _JOINTS)
QUANTITIES = {
    quantity.key: quantity
    for quantity in (
        Quantity("angle", "Joint angle", "°", tuple((a, _title(a)) for a in (*SIDE_ANGLES, *TRUNK_ANGLES))),
        Quantity("speed", "Speed", "m/s", _PLACES),
        Quantity("height", "Height above the floor", "m", _PLACES),
        Quantity("across", "Place across the picture", "m", _PLACES),
        Quantity("away", "Place away from the camera", "m", _PLACES),
    )
}
_AXIS = {"across": 0, "away": 1, "height": 2}


class TakeCurves:
    """The curves of one take; what was worked out once is kept."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._angles: dict[int, dict[str, Doubles]] = {}
        self._gaits: dict[int, Gait | None] = {}

    def curves(self, persons: Iterable[int], quantity: str, parts: Iterable[str]) -> list[Curve]:
        """Of the persons that are in 3D, part by part; a name that does not exist has no curve."""
        out = []
        wanted = [part for part in parts if part in dict(QUANTITIES[quantity].parts)]
        for person in persons:
            track = self._take.track3d(person)
            if track is None:
                continue
            of: Callable[[str], Doubles | None]
            of = partial(self._angle, track) if quantity == "angle" else partial(_of_joint, track, quantity)
            for part in wanted:
                for side in ("", "right", "left"):
                    values = of(f"{side}_{part}" if side else part)
                    if values is not None:
                        out.append(Curve(person, part, side, values))
        return out

    def gait(self, person: int) -> Gait | None:
        """How `person` walks; None for those who do not, or are not in 3D."""
        if person not in self._gaits:
            track = self._take.track3d(person)
            self._gaits[person] = None if track is None else gait(track.joints.astype(np.float64), track.time_s)
        return self._gaits[person]

    def _angle(self, track: Track3D, name: str) -> Doubles | None:
        if track.person not in self._angles:
            angles = joint_angles(track.joints.astype(np.float64))
            for turn in _TURNS:
                angles[turn] = _unwound(angles[turn])
            self._angles[track.person] = angles
        return self._angles[track.person].get(name)


def _of_joint(track: Track3D, quantity: str, name: str) -> Doubles | None:
    if name not in H36M17.names:
        return None
    places = track.joints[:, H36M17.names.index(name)].astype(np.float64)
    return _speed(places, track.time_s) if quantity == "speed" else places[:, _AXIS[quantity]]


def _speed(places: Doubles, time_s: Doubles) -> Doubles:
    """(T, 3) metres at (T,) seconds -> (T,) m/s, each stretch by itself; NaN where a stretch is too short to tell."""
    from scipy.ndimage import gaussian_filter1d

    out = np.full(len(places), np.nan)
    for run in runs(np.isfinite(places).all(axis=1)):
        if run.stop - run.start >= 2:
            times = time_s[run]
            rate_hz = (len(times) - 1) / max(float(times[-1] - times[0]), 1e-6)
            settled = gaussian_filter1d(places[run], max(_SETTLE_S * rate_hz, 0.1), axis=0, mode="nearest")
            out[run] = np.linalg.norm(np.gradient(settled, times, axis=0), axis=1)
    return out


def _unwound(degrees: Doubles) -> Doubles:
    """Without leaps of whole turns inside a stretch."""
    out = degrees.copy()
    for run in runs(np.isfinite(degrees)):
        out[run] = np.unwrap(degrees[run], period=360)
    return out


def gait_text(found: Gait) -> str:
    """The numbers of a walk in one line."""
    parts = [f"{found.cadence_per_min:.0f} steps/min", f"stride {found.stride_time_s:.2f} s"]
    if found.stride_length_m is not None and found.speed_m_s is not None:
        parts[1] += f", {found.stride_length_m:.2f} m"
        parts.append(f"{found.speed_m_s:.2f} m/s")
    if found.step_width_m is not None:
        parts.append(f"step width {100 * found.step_width_m:.0f} cm")
    parts.append(f"{100 * found.stance_share:.0f} % of a stride on the ground")
    return "  ·  ".join(parts)
