"""Compute the motion of each bone of a person's body in each frame, ready for the skin.

Rotations are computed once for a whole take (`rig.rotations`, and the hands' where there are some); where a bone is
follows in the frame that is shown. Hands that were not observed hang relaxed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.bones import Body, measure_body
from ..core.arrays import Doubles, Floats, Ints
from ..core.camera import Camera
from ..core.face.motion import face_motion
from ..core.face.weights import face_weights
from ..core.poses import PersonTrack
from ..core.take import SceneEstimate, Track3D
from ..hands.model import HandPose
from ..rig.foot_directions import foot_directions
from ..rig.hands import hands_in_world
from ..rig.rotations import solve
from ..rig.skeleton import NAMES, PARENTS, Rig, rig_for, rig_from_world
from ..rig.with_hands import FINGER_BONES, rig_with_hands, rotations_with_hands
from .asset import human_asset
from .face import shape_names, weights_table
from .fingers import SIDES, relaxed_fingers
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
    turns: Floats  # (T, B, 4) global rotations, x y z w; (T, 21, 4) without fingers, which are relaxed
    face: Floats | None = None  # (T, K) weights of `face.shape_names`; None: no face was found

    def at(self, row: int) -> Floats | None:
        """Return the motions (B, 8) in a row of the take; None where the person is not seen."""
        k = self.rows.get(row)
        if k is None:
            return None
        turns = self.turns[k].astype(np.float64)
        whole = turns if len(turns) == len(BONES) else with_fingers(turns, relaxed_fingers())
        return self.figure.motions(self.root[k].astype(np.float64), whole).astype(np.float32)

    def face_at(self, row: int) -> Floats | None:
        """Return the weights (K,) of the face's shapes in a row of the take; None without a face."""
        k = self.rows.get(row)
        return None if k is None or self.face is None else self.face[k]


def with_fingers(turns: Doubles, fingers: Doubles) -> Doubles:
    """Return the global rotations (B, 4) of all bones, from those of the body's (21, 4).

    `fingers` (30, 4) are in the axes of the hands.
    """
    held = quaternion_product(turns[_FINGER_HANDS][:, None], fingers.reshape(2, 15, 4))
    return np.concatenate([turns, held.reshape(-1, 4)])


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
    body, rotations = measure_body(joints), pose.rotations
    if same and track is not None and scene is not None:
        found = hands_in_world(track, skeleton, scene, camera)
        if found is not None:
            hands = [HandPose(hand.hand[seen], hand.fingers[seen], hand.thumb[seen]) for hand in found.poses]
            rotations = rotations_with_hands(rig_with_hands(rig_for(body), found.shape), rotations, hands)
    rows = {row: k for k, row in enumerate(seen.tolist())}
    return HumanMotion(
        figure_for(body),
        rows,
        joints[:, 0].astype(np.float32),
        global_rotations(rotations).astype(np.float32),
        _face(track, seen) if track is not None and same else None,
    )


def _face(track: PersonTrack, seen: Ints) -> Floats | None:
    """Return the weights (T, K) of the face's shapes in the rows `seen` (T,); None without a face."""
    weights = face_weights(track.extras)
    if weights is None:
        return None
    whole = face_motion(weights, track.time_s)
    return weights_table({name: values[seen] for name, values in whole.items()}, shape_names(), len(seen))


def global_rotations(local: Doubles) -> Doubles:
    """Return global rotations (T, B, 4) of bones from those relative to their parents."""
    out = np.array(local)
    for bone in range(1, out.shape[1]):
        out[:, bone] = quaternion_product(out[:, BONE_PARENTS[bone]], local[:, bone])
    return out
