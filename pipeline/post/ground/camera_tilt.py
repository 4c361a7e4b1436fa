"""Determine the camera's pitch and roll: set by the user, or estimated by `gravity`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.config import SceneConfig
from .foot_contacts import contact_positions, standing_feet
from .gravity import find_gravity

_SET = "set by the user"


@dataclass(frozen=True, slots=True)
class Tilt:
    """Hold the camera's pitch and roll, as defined by `geometry.rotation_world_from_camera`.

    `sigma_deg`: standard deviation of an estimated pitch; None: set by the user.
    """

    pitch_deg: float
    roll_deg: float
    sigma_deg: float | None
    notes: dict[str, str] = field(default_factory=dict)


def camera_tilt(
    scene: SceneConfig,
    joints: Sequence[Doubles],
    rate_hz: float,
    postures: Sequence[Doubles | Floats] | None = None,
) -> Tilt:
    """Determine one tilt for the whole take from all people's joints (T, 17, 3) in camera space.

    `postures` (T, 17, 3), camera axes, any size: the lifter's output. Reprojection refinement moves joints to where
    they were detected, and detector errors then tilt the pose: so the lifter's output gives the direction of gravity,
    and the finished pose the positions of the feet. None: the same as `joints`.

    If only the pitch is set, the roll is zero; if only the roll is set, the pitch is estimated.
    """
    if scene.pitch_deg is not None:
        roll_note = "assumed" if scene.roll_deg is None else _SET
        return Tilt(scene.pitch_deg, scene.roll_deg or 0.0, None, {"pitch": _SET, "roll": roll_note})
    bodies = [np.asarray(body, np.float64) for body in (joints if postures is None else postures)]
    posture = find_gravity(bodies, [])
    standing = [contact_positions(person, standing_feet(person, posture.up, rate_hz)) for person in joints]
    found = find_gravity(bodies, standing)
    if not found.observed:
        return Tilt(0.0, scene.roll_deg or 0.0, None, {"pitch": "assumed", "roll": "assumed"})
    pitch_note = f"estimated from how people stand (deviation {found.pitch_sigma_deg:.0f} degrees)"
    roll_note = f"estimated from how people stand (deviation {found.roll_sigma_deg:.0f} degrees)"
    if scene.roll_deg is not None:
        return Tilt(found.pitch_deg, scene.roll_deg, found.pitch_sigma_deg, {"pitch": pitch_note, "roll": _SET})
    return Tilt(found.pitch_deg, found.roll_deg, found.pitch_sigma_deg, {"pitch": pitch_note, "roll": roll_note})
