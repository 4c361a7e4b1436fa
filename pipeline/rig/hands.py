"""Compute the hands of a person in the world from a take's 2D points and its 3D skeleton.

They are derived when they are needed, like the rotations of the body, and not stored: the points of the hands are in
the take (`core.poses.EXTRAS`), and the same take gives the same hands.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..camera_motion.steady import camera_rotations
from ..core.arrays import Doubles
from ..core.camera import Camera
from ..core.hands.points import Hands
from ..core.poses import PersonTrack
from ..core.take import SceneEstimate, Track3D
from ..hands.on_skeleton import HandsMotion, hands_on_skeleton
from .rotations import solve
from .skeleton import NAMES, PARENTS, rig_from_world

CUTOFF_HZ = 6.0  # Hz, low-pass of hands and fingers
_ELBOWS, _WRISTS = [12, 15], [13, 16]  # H36M-17, left and right
_RIG_FROM_WORLD: Doubles = np.asarray(rig_from_world(np.eye(3))).T


def hands_in_world(
    track: PersonTrack, skeleton: Track3D, scene: SceneEstimate, camera: Camera, cutoff_hz: float = CUTOFF_HZ
) -> HandsMotion | None:
    """Return a person's hands: joints in world space, rotations from the T-pose in rig axes.

    None if no hand of the person was observed in any frame, or the person was never lifted. `camera`: with the field of
    view of `scene`.
    """
    hands = Hands.of(track.extras)
    rows = np.flatnonzero(skeleton.seen)
    if hands is None or not hands.observed[rows].any():
        return None
    joints = skeleton.joints.astype(np.float64)
    rate_hz = camera.rate_hz
    forearms = np.full((len(joints), 2, 3, 3), np.nan)
    rig_turn = _forearms(rig_from_world(joints[rows]), skeleton.time_s[rows], rate_hz)
    axes = camera_rotations(scene, len(joints))
    camera_from_rig = axes.swapaxes(1, 2) @ _RIG_FROM_WORLD.T
    forearms[rows] = camera_from_rig[rows, None] @ rig_turn
    in_camera = np.einsum("tji,tkj->tki", axes, joints - scene.translation)
    lengths = np.linalg.norm(joints[rows][:, _WRISTS] - joints[rows][:, _ELBOWS], axis=-1)
    found = hands_on_skeleton(
        hands, in_camera[:, _WRISTS], forearms, float(np.median(lengths)), camera, rate_hz, cutoff_hz
    )
    left, right = (replace(pose, hand=camera_from_rig.swapaxes(1, 2) @ pose.hand) for pose in found.poses)
    world = np.einsum("tij,tskj->tski", axes, found.joints) + scene.translation
    return replace(found, joints=world, poses=(left, right))


def _forearms(joints: Doubles, time_s: Doubles, rate_hz: float) -> Doubles:
    """Return the rotations (T, 2, 3, 3) of the forearms from the T-pose, of joints (T, 17, 3) in rig axes."""
    from scipy.spatial.transform import Rotation

    local = solve(joints, time_s, rate_hz).rotations
    matrices = Rotation.from_quat(local.reshape(-1, 4)).as_matrix().reshape(len(joints), len(NAMES), 3, 3)
    both = []
    for side in ("Left", "Right"):
        bone = NAMES.index(f"{side}ForeArm")
        whole = matrices[:, bone]
        while PARENTS[bone] >= 0:
            bone = PARENTS[bone]
            whole = matrices[:, bone] @ whole
        both.append(whole)
    return np.stack(both, axis=1)
