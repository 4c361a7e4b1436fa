"""Compute the motion of each bone of a person's body in each frame, ready for the skin.

Rotations are computed once for a whole take (`rig.rotations`, and the hands' where there are some); where a bone is
follows in the frame that is shown. Hands that were not observed hang relaxed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.bones import Body, measure_body
from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from ..core.poses import PersonTrack
from ..core.take import SceneEstimate, Track3D
from ..hands.model import HandPose
from ..rig.foot_directions import foot_directions
from ..rig.hands import hands_in_world
from ..rig.rotations import solve
from ..rig.skeleton import NAMES, PARENTS, Rig, rig_for, rig_from_world
from .asset import human_asset
from .fingers import FINGER_BONES, SIDES, fingers_in_hand, relaxed_fingers
from .fit import fit_shape
from .on_rig import HumanBody, human_on_rig
from .skinning import motions, quaternion_product, rotate

# The rig with all fingers, thumb first, which the body has also where the take has no hands.
BONES = (*NAMES, *FINGER_BONES)


def _parent(bone: int) -> int:
    if bone < 21:
        return PARENTS[bone]
    name = BONES[bone]
    return BONES.index(name[: name.index("Hand") + 4]) if name.endswith("1") else bone - 1


BONE_PARENTS = tuple(_parent(bone) for bone in range(len(BONES)))
_ABOVE = np.array([max(parent, 0) for parent in BONE_PARENTS])
_FINGER_HANDS = [NAMES.index(f"{side}Hand") for side in SIDES]


def _chains() -> Doubles:
    """Return the matrix (B, B) that sums what lies between the hips and each bone."""
    out = np.zeros((len(BONES), len(BONES)))
    for bone in range(1, len(BONES)):
        out[bone] = out[BONE_PARENTS[bone]]
        out[bone, bone] = 1
    return out


_CHAINS = _chains()


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold a person's body on its rig with fingers, in the rest pose; rig axes, metres."""

    skin: HumanBody
    rest: Doubles  # (B, 3) starts of `BONES`

    def motions(self, root: Doubles, turns: Doubles) -> Doubles:
        """Return the motions (B, 8) of bones with the hips at `root` and global rotations (B, 4)."""
        offsets = self.rest - self.rest[_ABOVE]
        steps = rotate(turns[_ABOVE], offsets)
        return motions(turns, self.rest, root + _CHAINS @ steps)


def figure_for(body: Body) -> Figure:
    """Return the body with a person's bone lengths."""
    asset, rig = human_asset(), rig_for(body)
    shape = fit_shape(asset, body)
    starts, top = _rest(rig)
    joints = shape.joints
    fingers = [
        starts[NAMES.index(name[: name.index("Hand") + 4])] + joints[name] - joints[name[: name.index("Hand") + 4]]
        for name in BONES[21:]
    ]
    rest = np.concatenate([starts, fingers])
    return Figure(human_on_rig(asset, shape, BONES, rest, {"HeadTop": top}), rest)


def _rest(rig: Rig) -> tuple[Doubles, Doubles]:
    """Return the bones' starts (21, 3) and the head's top (3,) in the rest pose, standing on the floor."""
    starts = np.zeros((21, 3))
    starts[0] = [0, rig.hips_m, 0]
    for bone in range(1, 21):
        starts[bone] = starts[PARENTS[bone]] + rig.offsets[bone]
    head = NAMES.index("Head")
    return starts, starts[head] + rig.ends[head]


@dataclass(frozen=True, slots=True)
class HumanMotion:
    """Hold one person's body and motion; rows as in the take."""

    figure: Figure
    rows: dict[int, int]  # row of the take -> row of `root` and `turns`, of the frames with the person
    root: Floats  # (T, 3) rig axes
    turns: Floats  # (T, 21, 4) global rotations of the body's bones, x y z w
    fingers: Floats  # (T or 1, 30, 4) rotations of the fingers' bones in the axes of their hands

    def at(self, row: int) -> Floats | None:
        """Return the motions (B, 8) in a row of the take; None where the person is not seen."""
        k = self.rows.get(row)
        if k is None:
            return None
        turns = self.turns[k].astype(np.float64)
        fingers = self.fingers[k if len(self.fingers) > 1 else 0].reshape(2, 15, 4)
        held = quaternion_product(turns[_FINGER_HANDS][:, None], fingers).reshape(30, 4)
        return self.figure.motions(self.root[k].astype(np.float64), np.concatenate([turns, held])).astype(np.float32)


def human_motion(
    skeleton: Track3D, track: PersonTrack | None, scene: SceneEstimate | None, camera: Camera
) -> HumanMotion | None:
    """Return body and motion of a person of a take; None if the person was never lifted."""
    seen = np.flatnonzero(skeleton.seen)
    if not len(seen):
        return None
    world = skeleton.joints.astype(np.float64)
    joints = rig_from_world(world[seen])
    same = track is not None and scene is not None and len(track.joints_image) == len(world)
    feet = foot_directions(world, track, scene, camera) if same and track is not None and scene is not None else None
    feet = None if feet is None else rig_from_world(feet[seen])
    pose = solve(joints, skeleton.time_s[seen], camera.rate_hz, feet)
    turns = global_rotations(pose.rotations)
    fingers = relaxed_fingers()[None]
    if same and track is not None and scene is not None:
        found = hands_in_world(track, skeleton, scene, camera)
        if found is not None:
            hands = [HandPose(hand.hand[seen], hand.fingers[seen], hand.thumb[seen]) for hand in found.poses]
            fingers = np.concatenate([fingers_in_hand(hand, side) for side, hand in enumerate(hands)], axis=1)
            for side, hand in enumerate(hands):
                turns[:, _FINGER_HANDS[side]] = _quaternions(hand.hand)
    rows = {row: k for k, row in enumerate(seen.tolist())}
    return HumanMotion(
        figure_for(measure_body(joints)),
        rows,
        joints[:, 0].astype(np.float32),
        turns.astype(np.float32),
        fingers.astype(np.float32),
    )


def global_rotations(local: Doubles) -> Doubles:
    """Return global rotations (T, 21, 4) of bones from those relative to their parents."""
    out = np.array(local)
    for bone in range(1, 21):
        out[:, bone] = quaternion_product(out[:, PARENTS[bone]], local[:, bone])
    return out


def _quaternions(matrices: Doubles) -> Doubles:
    from scipy.spatial.transform import Rotation

    flat = Rotation.from_matrix(matrices.reshape(-1, 3, 3)).as_quat()
    return np.asarray(flat.reshape(*matrices.shape[:-2], 4))
