"""Take a person's motion out of a take as rotations of humanoid bones from the T-pose.

World rotations in rig axes (`rig.skeleton`: y up, facing +z); the rig's rest pose is the T-pose with all rotations
zero, so a bone's world rotation is what it has turned since then, whatever character it is put on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..body.filters import runs
from ..characters.humanoid import finger_bones
from ..core.arrays import Doubles
from ..core.export_options import ExportOptions
from ..export.animation.rig_motion import rig_motion
from ..export.tracks import SelectedPerson
from ..rig.skeleton import NAMES, Rig, rig_from_world
from ..rig.with_hands import FINGERS

_RIG_BONES = {
    "Hips": "hips", "Spine": "spine", "Spine1": "upperChest", "Neck": "neck", "Head": "head",
    "Shoulder": "Shoulder", "Arm": "UpperArm", "ForeArm": "LowerArm", "Hand": "Hand",
    "UpLeg": "UpperLeg", "Leg": "LowerLeg", "Foot": "Foot", "ToeBase": "Toes",
    **{f"Hand{word}{number}": bone
       for finger, word in enumerate(FINGERS)
       for number, bone in enumerate(finger_bones("", finger), 1)},
}  # fmt: skip
_ANKLES = (6, 3)  # H36M-17, left and right
# A locked foot: its ankle moves slower than this between all frames of a contact, and no further from its middle.
_LOCKED_M_S, _LOCKED_M = 0.03, 0.004
_SHORTEST_LOCK_S = 0.09  # s


@dataclass(frozen=True, slots=True)
class SourceMotion:
    """Hold a person's motion over the T frames in which they were seen; rig axes, metres."""

    times_s: Doubles  # (T,)
    rate_hz: float
    turns: dict[str, Doubles]  # humanoid bone -> (T, 3, 3) world rotation since the T-pose
    root: Doubles  # (T, 3) middle of the hips
    trunk: Doubles  # (T, 3) unit vectors from there to the middle of the shoulders
    ankles: Doubles  # (T, 2, 3) left and right
    locked: NDArray[np.bool_]  # (T, 2) whether the take holds the foot in place
    hips_m: float  # heights above the floor in the T-pose
    ankle_m: float


def source_motion(person: SelectedPerson, in_place: bool = False) -> SourceMotion:
    """Solve a person's rotations as exports do; hands and fingers too where the take has them.

    With `in_place` the person stays above the first position; the height still changes.
    """
    seen, motion = person.seen, rig_motion(person, ExportOptions())
    joints = rig_from_world(person.joints_world[seen])
    rig, times = motion.rig, motion.pose.times_s
    turns = bone_turns(rig, motion.pose.rotations)
    legs = -float(rig.offsets[NAMES.index("LeftLeg")][1] + rig.offsets[NAMES.index("LeftFoot")][1])
    root, ankles = joints[:, 0].copy(), joints[:, _ANKLES].copy()
    locked = np.stack([_locked(joints[:, ankle], times, motion.rate_hz) for ankle in _ANKLES], axis=1)
    if in_place:
        away = root - root[:1]
        away[:, 1] = 0
        root, ankles, locked = root - away, ankles - away[:, None], np.zeros_like(locked)
    trunk = unit(joints[:, 8] - joints[:, 0])
    return SourceMotion(times, motion.rate_hz, turns, root, trunk, ankles, locked, rig.hips_m, rig.hips_m - legs)


def bone_turns(rig: Rig, rotations: Doubles) -> dict[str, Doubles]:
    """Return world rotations of humanoid bones from the rig's local quaternions (T, B, 4).

    A live run calls it with `rig.live_rotations`, and with `rig.with_hands` where it has hands.
    """
    from scipy.spatial.transform import Rotation

    count, bones = rotations.shape[:2]
    matrices = Rotation.from_quat(rotations.reshape(-1, 4)).as_matrix().reshape(count, bones, 3, 3)
    for bone, parent in enumerate(rig.parents):
        if parent >= 0:
            matrices[:, bone] = matrices[:, parent] @ matrices[:, bone]
    turns = {}
    for bone, name in enumerate(rig.names):
        side = next((side for side in ("Left", "Right") if name.startswith(side)), "")
        part = _RIG_BONES.get(name[len(side) :])
        if part is not None:
            turns[side.lower() + part] = matrices[:, bone]
    turns["chest"] = _halfway(turns["spine"], turns["upperChest"])
    return turns


def _halfway(first: Doubles, second: Doubles) -> Doubles:
    """Return the rotations (T, 3, 3) in the middle between two."""
    from scipy.spatial.transform import Rotation

    step = Rotation.from_matrix(np.swapaxes(first, 1, 2) @ second).as_rotvec()
    return np.asarray(first @ Rotation.from_rotvec(step / 2).as_matrix())


def _locked(ankle: Doubles, times_s: Doubles, rate_hz: float) -> NDArray[np.bool_]:
    """Return the frames (T,) in which the take holds an ankle (T, 3) at one place."""
    out = np.zeros(len(ankle), np.bool_)
    if len(ankle) < 2:
        return out
    step = np.diff(times_s)
    slow = np.linalg.norm(np.diff(ankle, axis=0), axis=1) < _LOCKED_M_S * step
    slow &= step < 1.5 / rate_hz  # a gap ends a contact
    for run in runs(slow):
        frames = slice(run.start, run.stop + 1)
        if times_s[run.stop] - times_s[run.start] < _SHORTEST_LOCK_S:
            continue
        if np.linalg.norm(ankle[frames] - np.median(ankle[frames], axis=0), axis=1).max() <= _LOCKED_M:
            out[frames] = True
    return out


def chosen(turns: Mapping[str, Doubles], bones: Mapping[str, int]) -> dict[str, Doubles]:
    """Return the rotations for the bones of a character.

    Its last bone of the spine carries the chest. Of a spine of one bone that is the spine itself, of two bones the
    chest.
    """
    out = {bone: turn for bone, turn in turns.items() if bone in bones}
    last = next((bone for bone in ("upperChest", "chest", "spine") if bone in bones), "spine")
    out[last] = turns["upperChest"]
    return out
