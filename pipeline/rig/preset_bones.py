"""Give a rig the further bones of a preset's skeleton, and all of them its names.

Further spine and neck bones never turn: they divide a bone, so that programs find the chains they know. Unreal 5 and
MetaHuman also get `root`, which travels along the floor below the pelvis, and the ik bones, which have the places and
rotations of feet and hands (`ik_hand_gun` those of the right hand); twist bones are left out, as programs compute them.
Rest positions: UE5's Mannequin; Rigify's human metarig.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats
from ..core.export_options import Preset
from .bone_names import bone_names
from .rotations import RigPose, same_sign
from .skeleton import Rig, forward_kinematics
from .with_hands import global_rotation

# Bone of the rig -> bones between it and those that hang on it; the last one carries them.
_BETWEEN: dict[Preset, dict[str, tuple[str, ...]]] = {
    "unreal5": {"Spine": ("spine_02",), "Spine1": ("spine_04", "spine_05"), "Neck": ("neck_02",)},
    "rigify": {"Spine": ("spine.002",), "Neck": ("spine.005",)},
}
_NEXT = {"Spine": "Spine1", "Spine1": "Neck", "Neck": "Head"}  # the bone to whose start a divided one leads
_WITH_ROOT: tuple[Preset, ...] = ("unreal5",)


@dataclass(frozen=True, slots=True)
class PresetMotion:
    """Hold a rig with a preset's bones and names, and its motion; rig axes, metres.

    A parent comes before its children. `rig.offsets[0]` is where the first bone starts in the rest pose.
    """

    rig: Rig
    rotations: Doubles  # (T, B, 4) local quaternions x y z w
    moves: dict[int, Doubles]  # bone -> (T, 3) local translations in place of its offset
    place_of: NDArray[np.uint8]  # (A,) bone here of each bone of the rig before

    @property
    def rest_positions(self) -> Doubles:
        """Return the bones' starts (B, 3) in the rest pose."""
        out = self.rig.offsets.copy()
        for bone, parent in enumerate(self.rig.parents):
            if parent >= 0:
                out[bone] += out[parent]
        return out

    def skin_bones(self, bones: NDArray[np.uint8], weights: Floats) -> NDArray[np.uint8]:
        """Return the bones here of a skin (V, 4) on the rig before.

        They are 0 where they weigh nothing, as glTF wants it.
        """
        return np.where(weights > 0, self.place_of[bones], np.uint8(0))


def preset_motion(rig: Rig, pose: RigPose, preset: Preset) -> PresetMotion:
    """Return the rig and its pose as the preset's skeleton."""
    names, parents, offsets, kept = _divided(rig, preset)
    columns = [pose.rotations[:, bone] if bone >= 0 else None for bone in kept]
    moves = {0: pose.root}
    offsets[0] = np.array([0.0, rig.hips_m, 0.0])
    if preset in _WITH_ROOT:
        names, parents, kept = ["root", *names], [-1, *(parent + 1 for parent in parents)], [-1, *kept]
        offsets, columns = [np.zeros(3), *offsets], [None, *columns]
        moves = {0: pose.root * [1, 0, 1], 1: pose.root * [0, 1, 0]}
        _add_ik(rig, pose, names, parents, offsets, columns, moves)
    kept += [-1] * (len(names) - len(kept))
    at = {bone: here for here, bone in enumerate(kept) if bone >= 0}
    rotations = np.zeros((len(pose.root), len(names), 4))
    rotations[..., 3] = 1
    for bone, column in enumerate(columns):
        if column is not None:
            rotations[:, bone] = column
    place_of = np.array([at[bone] for bone in range(len(rig.names))], np.uint8)
    ends = {int(place_of[bone]): end for bone, end in rig.ends.items()}
    whole = Rig(np.array(offsets), ends, rig.hips_m, tuple(names), tuple(parents))
    return PresetMotion(whole, rotations, moves, place_of)


def _divided(rig: Rig, preset: Preset) -> tuple[list[str], list[int], list[Doubles], list[int]]:
    """Return names, parents and offsets with the bones between, and which bone of the rig each is (-1: none)."""
    own = bone_names(preset, rig.names)
    between = {rig.names.index(bone): extra for bone, extra in _BETWEEN.get(preset, {}).items()}
    names: list[str] = []
    parents: list[int] = []
    offsets: list[Doubles] = []
    kept: list[int] = []
    carrier: dict[int, tuple[int, Doubles]] = {-1: (-1, np.zeros(3))}  # bone -> bone that carries its children, from it
    for bone, name in enumerate(own):
        above, way = carrier[rig.parents[bone]]
        names.append(name)
        parents.append(above)
        offsets.append(rig.offsets[bone] - way)
        kept.append(bone)
        extra = between.get(bone, ())
        carrier[bone] = (len(names) - 1, np.zeros(3))
        if extra:
            step = rig.offsets[rig.names.index(_NEXT[rig.names[bone]])] / (len(extra) + 1)
            for number, part in enumerate(extra, 1):
                names.append(part)
                parents.append(len(names) - 2)
                offsets.append(step)
                kept.append(-1)
                carrier[bone] = (len(names) - 1, number * step)
    return names, parents, offsets, kept


def _add_ik(
    rig: Rig, pose: RigPose, names: list[str], parents: list[int], offsets: list[Doubles],
    columns: list[Doubles | None], moves: dict[int, Doubles],
) -> None:  # fmt: skip
    """Append the ik bones of Unreal's skeletons to a rig whose bone 0 is `root`."""
    from scipy.spatial.transform import Rotation

    still = RigPose(
        np.zeros(1), np.array([[0.0, rig.hips_m, 0.0]]), np.tile([0.0, 0.0, 0.0, 1.0], (1, len(rig.names), 1))
    )
    places, _ = forward_kinematics(rig, pose.root, pose.rotations)
    rest, _ = forward_kinematics(rig, still.root, still.rotations)

    def add(name: str, parent: int, offset: Doubles, move: Doubles | None = None, turn: Doubles | None = None) -> int:
        names.append(name)
        parents.append(parent)
        offsets.append(offset)
        columns.append(None if turn is None else same_sign(Rotation.from_matrix(turn).as_quat()))
        if move is not None:
            moves[len(names) - 1] = move
        return len(names) - 1

    def state(bone: str) -> tuple[Doubles, Doubles, Doubles]:
        """Return place (T, 3) from the root, rotation (T, 3, 3) and rest place (3,) of a bone."""
        index = rig.names.index(bone)
        return places[:, index] - moves[0], global_rotation(rig, pose.rotations, index), rest[0, index]

    feet = add("ik_foot_root", 0, np.zeros(3))
    for side in ("Left", "Right"):
        place, turn, start = state(f"{side}Foot")
        add(f"ik_foot_{side[0].lower()}", feet, start, place, turn)
    hands = add("ik_hand_root", 0, np.zeros(3))
    (left, left_turn, left_start), (right, right_turn, right_start) = state("LeftHand"), state("RightHand")
    gun = add("ik_hand_gun", hands, right_start, right, right_turn)
    back = np.swapaxes(right_turn, 1, 2)
    away = np.einsum("tij,tj->ti", back, left - right)
    add("ik_hand_l", gun, left_start - right_start, away, back @ left_turn)
    add("ik_hand_r", gun, np.zeros(3))
