"""Solve a person's motion on the rig, for all formats with bones (BVH, glTF, FBX, USD)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ...body.bones import measure_body
from ...core.arrays import Doubles
from ...core.export_options import ExportOptions
from ...hands.model import HandPose
from ...rig.bone_names import WITH_METACARPALS
from ...rig.rotations import RigPose, same_sign, solve
from ...rig.skeleton import Rig, rig_for, rig_from_world
from ...rig.with_hands import rig_with_hands, rotations_with_hands
from ..biomechanics.markers import feet
from ..tracks import SelectedPerson


@dataclass(frozen=True, slots=True)
class Motion:
    """Hold one person's rig proportions, and the rig's pose in the frames with the person.

    Rig axes, metres.
    """

    rig: Rig
    pose: RigPose
    rate_hz: float  # by the median frame step


def rig_motion(person: SelectedPerson, options: ExportOptions) -> Motion:
    """Solve the rig for a person, with fingers if a hand was observed in some frame.

    Without root motion the body stays at its initial position; only its height changes.
    """
    rate, seen = person.rate_hz, person.seen
    joints = rig_from_world(person.joints_world[seen])
    found = feet(person)
    pose = solve(joints, person.time_s[seen], rate, None if found is None else rig_from_world(found[seen]))
    if not options.root_motion:
        root = pose.root.copy()
        root[:, [0, 2]] = root[0, [0, 2]]
        pose = dataclasses.replace(pose, root=np.asarray(root))
    rig = rig_for(measure_body(joints))
    if person.hands is not None:
        rig = rig_with_hands(rig, person.hands.shape, options.preset in WITH_METACARPALS)
        hands = [HandPose(hand.hand[seen], hand.fingers[seen], hand.thumb[seen]) for hand in person.hands.poses]
        pose = dataclasses.replace(pose, rotations=_continuous(rotations_with_hands(rig, pose.rotations, hands)))
    return Motion(rig, pose, rate)


def _continuous(rotations: Doubles) -> Doubles:
    """Choose the signs of quaternions (T, B, 4) so that neighbouring frames are near each other."""
    return np.stack([same_sign(rotations[:, bone]) for bone in range(rotations.shape[1])], axis=1)
