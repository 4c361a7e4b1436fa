"""Test finger bones: forward kinematics of the rotations gives the hands, and the forearm takes half of the roll."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.body.bones import measure_body
from pipeline.hands.model import HandPose, bone_rotations, hand_points, relaxed
from pipeline.rig.bone_names import bone_names
from pipeline.rig.rotations import solve
from pipeline.rig.skeleton import NAMES, Rig, forward_kinematics, rig_for, rig_from_world
from pipeline.rig.with_hands import global_rotation, hand_points_of_rig, rig_with_hands, rotations_with_hands
from tests.helpers.hand_poses import SHAPE, random_pose
from tests.helpers.live.people import walk

RATE_HZ = 60.0


@pytest.fixture(scope="module")
def joints() -> np.ndarray:
    return np.asarray(rig_from_world(walk()))[:60]


@pytest.fixture(scope="module")
def rig(joints: np.ndarray) -> Rig:
    return rig_for(measure_body(joints))


@pytest.fixture(scope="module")
def body(joints: np.ndarray) -> np.ndarray:
    return solve(joints, np.arange(len(joints)) / RATE_HZ, RATE_HZ).rotations


@pytest.mark.parametrize("metacarpals", [False, True])
def test_forward_kinematics_gives_all_points_of_both_hands(joints, rig, body, metacarpals):
    with_fingers = rig_with_hands(rig, SHAPE, metacarpals)
    assert len(with_fingers.names) == 21 + (38 if metacarpals else 30)
    poses = [random_pose(len(joints), seed=side) for side in (0, 1)]
    turns = rotations_with_hands(with_fingers, body, poses)
    places, ends = forward_kinematics(with_fingers, joints[:, 0], turns)
    found = hand_points_of_rig(with_fingers, places, ends)
    wrists = places[:, [NAMES.index("LeftHand"), NAMES.index("RightHand")]]
    true = np.stack([hand_points(poses[side], wrists[:, side], SHAPE, side) for side in (0, 1)], axis=1)
    assert np.abs(found - true).max() < 1e-6
    plain, _ = forward_kinematics(rig, joints[:, 0], body)
    assert np.abs(places[:, :21] - plain).max() < 1e-9, "no joint of the body moves"


@pytest.mark.parametrize(("side", "name"), [(0, "Left"), (1, "Right")])
def test_the_forearm_takes_half_of_the_roll(rig, body, side, name):
    fore, hand = NAMES.index(f"{name}ForeArm"), NAMES.index(f"{name}Hand")
    forearm = global_rotation(rig, body, fore)
    along = np.array([-1.0 if side else 1.0, 0, 0])
    swing = Rotation.from_euler("z", 20, degrees=True)
    turn = (Rotation.from_rotvec(np.radians(70) * along) * swing).as_matrix()
    other = relaxed(global_rotation(rig, body, NAMES.index(f"{'Left' if side else 'Right'}ForeArm")))
    mine = relaxed(forearm @ turn)
    with_fingers = rig_with_hands(rig, SHAPE)
    turns = rotations_with_hands(with_fingers, body, [other, mine] if side else [mine, other])
    rolled = Rotation.from_quat(body[:, fore]).inv() * Rotation.from_quat(turns[:, fore])
    np.testing.assert_allclose(rolled.as_rotvec(degrees=True), np.tile(35 * along, (len(body), 1)), atol=1e-6)
    rest = (Rotation.from_rotvec(np.radians(35) * along) * swing).as_matrix()
    np.testing.assert_allclose(
        Rotation.from_quat(turns[:, hand]).as_matrix(), np.tile(rest, (len(body), 1, 1)), atol=1e-9
    )


def test_the_forearm_never_jumps_where_left_and_right_roll_meet(rig, body):
    fore = NAMES.index("LeftForeArm")
    still = np.repeat(body[:1], 721, axis=0)
    forearm = global_rotation(rig, still, fore)
    roll = Rotation.from_euler("x", np.linspace(-360, 360, 721)[:, None], degrees=True).as_matrix()
    right = relaxed(global_rotation(rig, still, NAMES.index("RightForeArm")))
    turns = rotations_with_hands(rig_with_hands(rig, SHAPE), still, [relaxed(forearm @ roll), right])
    for bone in (fore, NAMES.index("LeftHand")):
        quaternion = Rotation.from_quat(turns[:, bone])
        assert np.degrees((quaternion[:-1].inv() * quaternion[1:]).magnitude()).max() < 2.5


def test_a_relaxed_hand_on_its_forearm_turns_nothing_but_fingers(rig, body):
    poses = [relaxed(global_rotation(rig, body, NAMES.index(f"{name}ForeArm"))) for name in ("Left", "Right")]
    with_fingers = rig_with_hands(rig, SHAPE)
    turns = rotations_with_hands(with_fingers, body, poses)
    assert np.abs(np.abs(np.einsum("tbc,tbc->tb", turns[:, :21], body)) - 1).max() < 1e-9
    index = with_fingers.names.index("LeftHandIndex1")
    expected = bone_rotations(HandPose(poses[0].hand, poses[0].fingers, poses[0].thumb), 0)[:, 1, 0]
    np.testing.assert_allclose(Rotation.from_quat(turns[:, index]).as_matrix(), expected, atol=1e-9)


def test_bvh_order_is_depth_first_and_that_of_the_body_is_its_own(rig):
    assert rig.descent() == list(range(21))
    with_fingers = rig_with_hands(rig, SHAPE)
    names = [with_fingers.names[bone] for bone in with_fingers.descent()]
    at = names.index("LeftHand")
    assert names[at + 1 : at + 5] == ["LeftHandThumb1", "LeftHandThumb2", "LeftHandThumb3", "LeftHandIndex1"]
    assert names[at + 15 : at + 17] == ["LeftHandPinky3", "RightShoulder"]
    assert sorted(names) == sorted(with_fingers.names)


@pytest.mark.parametrize(
    ("preset", "thumb", "index", "little"),
    [
        ("blender", "LeftHandThumb1", "RightHandIndex2", "LeftHandPinky3"),
        ("mixamo", "mixamorig:LeftHandThumb1", "mixamorig:RightHandIndex2", "mixamorig:LeftHandPinky3"),
        ("unity", "LeftThumbProximal", "RightIndexIntermediate", "LeftLittleDistal"),
        ("unreal", "thumb_01_l", "index_02_r", "pinky_03_l"),
        ("unreal5", "thumb_01_l", "index_02_r", "pinky_03_l"),
        ("rigify", "thumb.01.L", "f_index.02.R", "f_pinky.03.L"),
    ],
)
def test_fingers_have_the_names_of_their_preset(rig, preset, thumb, index, little):
    plain = rig_with_hands(rig, SHAPE, preset in ("unreal", "unreal5", "rigify")).names
    named = dict(zip(plain, bone_names(preset, plain), strict=True))
    assert (named["LeftHandThumb1"], named["RightHandIndex2"], named["LeftHandPinky3"]) == (thumb, index, little)
    assert len(set(named.values())) == len(plain)
    if preset == "unreal":
        assert named["LeftHandIndexMetacarpal"] == "index_metacarpal_l"
        assert named["RightHandPinkyMetacarpal"] == "pinky_metacarpal_r"
    if preset == "unreal5":  # not `_metacarpal_`, which automatic retargeting would take for a finger's first bone
        assert named["LeftHandIndexMetacarpal"] == "index_mcarpal_l"
    if preset == "rigify":
        assert named["RightHandPinkyMetacarpal"] == "palm.04.R"
    assert bone_names(preset) == bone_names(preset, plain)[:21]
