"""Test the bones that the skeletons of Unreal 5 and Rigify have in addition."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.export_options import ExportOptions
from pipeline.export.animation.rig_motion import Motion, rig_motion
from pipeline.export.tracks import selected
from pipeline.rig.preset_bones import preset_motion
from pipeline.rig.skeleton import NAMES, forward_kinematics
from pipeline.rig.with_hands import global_rotation
from tests.helpers.hand_takes import take_with_hands

# UE5's Mannequin without fingers, toes' parents and twist bones: bone -> parent.
UE5 = {
    "root": "", "pelvis": "root", "spine_01": "pelvis", "spine_02": "spine_01", "spine_03": "spine_02",
    "spine_04": "spine_03", "spine_05": "spine_04", "neck_01": "spine_05", "neck_02": "neck_01", "head": "neck_02",
    "clavicle_l": "spine_05", "upperarm_l": "clavicle_l", "lowerarm_l": "upperarm_l", "hand_l": "lowerarm_l",
    "index_mcarpal_l": "hand_l", "index_01_l": "index_mcarpal_l", "thumb_01_l": "hand_l",
    "thigh_r": "pelvis", "calf_r": "thigh_r", "foot_r": "calf_r", "ball_r": "foot_r",
    "ik_foot_root": "root", "ik_foot_l": "ik_foot_root", "ik_foot_r": "ik_foot_root",
    "ik_hand_root": "root", "ik_hand_gun": "ik_hand_root", "ik_hand_l": "ik_hand_gun", "ik_hand_r": "ik_hand_gun",
}  # fmt: skip
RIGIFY = {
    "spine": "", "spine.001": "spine", "spine.002": "spine.001", "spine.003": "spine.002", "spine.004": "spine.003",
    "spine.005": "spine.004", "spine.006": "spine.005", "shoulder.L": "spine.003", "upper_arm.L": "shoulder.L",
    "palm.02.R": "hand.R", "f_middle.01.R": "palm.02.R", "thigh.L": "spine", "shin.L": "thigh.L", "toe.L": "foot.L",
}  # fmt: skip


@pytest.fixture(scope="module")
def motions() -> dict[str, Motion]:
    take = take_with_hands()
    options = [ExportOptions(preset=preset) for preset in ("blender", "unreal5", "rigify")]
    return {one.preset: rig_motion(selected(take, one).first, one) for one in options}


@pytest.mark.parametrize(("preset", "wanted"), [("unreal5", UE5), ("rigify", RIGIFY)])
def test_bones_hang_on_each_other_as_in_the_skeleton(motions, preset, wanted):
    rig = preset_motion(motions[preset].rig, motions[preset].pose, preset).rig
    above = {
        name: rig.names[parent] if parent >= 0 else "" for name, parent in zip(rig.names, rig.parents, strict=True)
    }
    assert wanted.items() <= above.items()
    assert len(set(rig.names)) == len(rig.names)
    assert not [name for name in rig.names if "twist" in name or "metacarpal" in name]
    assert all(parent < bone for bone, parent in enumerate(rig.parents))


@pytest.mark.parametrize("preset", ["blender", "unreal5", "rigify"])
def test_all_joints_stay_where_they_are(motions, preset):
    plain, made = motions[preset], preset_motion(motions[preset].rig, motions[preset].pose, preset)
    before, tips = forward_kinematics(plain.rig, plain.pose.root, plain.pose.rotations)
    after, new_tips = forward_kinematics(made.rig, made.moves[0], made.rotations, made.moves)
    assert np.abs(after[:, made.place_of] - before).max() < 1e-9
    for bone, tip in tips.items():
        assert np.abs(new_tips[made.place_of[bone]] - tip).max() < 1e-9
    rest = made.rest_positions[made.place_of]
    assert rest[0] == pytest.approx([0, plain.rig.hips_m, 0])
    assert rest[NAMES.index("LeftHand")][1] == pytest.approx(rest[NAMES.index("LeftArm")][1])


def test_the_root_travels_on_the_floor_and_ik_bones_go_with_feet_and_hands(motions):
    made = preset_motion(motions["unreal5"].rig, motions["unreal5"].pose, "unreal5")
    at = made.rig.names.index
    places, _ = forward_kinematics(made.rig, made.moves[0], made.rotations, made.moves)
    assert np.abs(places[:, at("root"), 1]).max() == 0
    assert np.abs((places[:, at("pelvis")] - places[:, at("root")])[:, [0, 2]]).max() < 1e-12
    assert np.ptp(places[:, at("root")], axis=0).max() > 0.1, "it travels"
    assert (
        np.abs(made.rotations[:, [at("root"), at("ik_foot_root"), at("ik_hand_root"), at("ik_hand_r")], :3]).max() == 0
    )
    pairs = {"ik_foot_l": "foot_l", "ik_foot_r": "foot_r", "ik_hand_gun": "hand_r", "ik_hand_l": "hand_l",
             "ik_hand_r": "hand_r"}  # fmt: skip
    rest = made.rest_positions
    for name, bone in pairs.items():
        assert np.abs(places[:, at(name)] - places[:, at(bone)]).max() < 1e-9, name
        turn, wanted = (global_rotation(made.rig, made.rotations, at(one)) for one in (name, bone))
        assert np.abs(turn - wanted).max() < 1e-9, name
        assert rest[at(name)] == pytest.approx(rest[at(bone)]), name
