"""Test VMC at a receiver: Unity's axes, joint positions, left and right."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.errors import ConfigError
from pipeline.core.face.weights import SHAPES
from pipeline.core.live import LivePerson
from pipeline.stream.address import parse
from pipeline.stream.open import open_stream
from pipeline.stream.person_filter import PersonFilter
from tests.helpers.hand_poses import SHAPE
from tests.helpers.hand_takes import hands_on
from tests.helpers.live.people import person, result, t_pose, walk
from tests.helpers.live.receivers import Message, UdpReceiver, wait_for

# The hierarchy of a VRM avatar, and where its bones are in Human3.6M-17: independent of the program's rig.
PARENTS = {
    "Hips": None, "Spine": "Hips", "Chest": "Spine", "Neck": "Chest", "Head": "Neck",
    **{f"{s}{b}": p.format(s) for s in ("Left", "Right") for b, p in (
        ("Shoulder", "Chest"), ("UpperArm", "{}Shoulder"), ("LowerArm", "{}UpperArm"), ("Hand", "{}LowerArm"),
        ("UpperLeg", "Hips"), ("LowerLeg", "{}UpperLeg"), ("Foot", "{}LowerLeg"), ("Toes", "{}Foot"))},
}  # fmt: skip
JOINTS = {
    "Hips": 0, "RightUpperLeg": 1, "RightLowerLeg": 2, "RightFoot": 3, "LeftUpperLeg": 4, "LeftLowerLeg": 5,
    "LeftFoot": 6, "Chest": 7, "Neck": 8, "Head": 9, "LeftUpperArm": 11, "LeftLowerArm": 12, "LeftHand": 13,
    "RightUpperArm": 14, "RightLowerArm": 15, "RightHand": 16,
}  # fmt: skip


def unity_from_world(points: np.ndarray) -> np.ndarray:
    """Convert world to Unity axes: facing the camera (-y) is +z, the person's left (+x) is -x, up is y."""
    return np.stack([-points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def bones(messages: list[Message]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    found = [values for address, values in messages if address == "/VMC/Ext/Bone/Pos"]
    return {values[0]: (np.array(values[1:4]), np.array(values[4:])) for values in found}


def places(received: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    """Compute forward kinematics like Unity; rotation matrices act alike in either handedness."""
    at: dict[str, np.ndarray] = {}
    turn: dict[str, Rotation] = {}
    for name, parent in PARENTS.items():
        place, quaternion = received[name]
        local = Rotation.from_quat(quaternion)
        at[name] = place if parent is None else at[parent] + turn[parent].apply(place)
        turn[name] = local if parent is None else turn[parent] * local
    return at


def frames(*results) -> list[list[Message]]:
    """Send results one after the other and collect the received messages of each."""
    with UdpReceiver() as receiver:
        stream = open_stream(f"vmc://127.0.0.1:{receiver.port}")
        try:
            heard = []
            stream.send(results[0])
            for following in (*results[1:], results[-1]):
                wait_for(lambda: stream.sent > len(heard))
                stream.send(following)
                heard.append(receiver.messages("/VMC/Ext/OK"))
            return heard
        finally:
            stream.close()


@pytest.mark.parametrize("name", ["walk", "jump"])
def test_forward_kinematics_of_what_is_received_gives_the_joints_sent(name):
    joints = walk(name)[::12]
    heard = frames(*(result(12 * index, person(frame)) for index, frame in enumerate(joints)))
    for messages, frame in zip(heard, joints, strict=True):
        found, true = places(bones(messages)), unity_from_world(frame)
        worst = max(np.linalg.norm(found[bone] - true[joint]) for bone, joint in JOINTS.items())
        assert worst < 0.001


def test_a_frame_is_complete_and_has_the_types_of_the_specification():
    (messages,) = frames(result(0, person(t_pose())))
    assert [address for address, _ in messages[:3]] == ["/VMC/Ext/OK", "/VMC/Ext/T", "/VMC/Ext/Root/Pos"]
    assert messages[0][1] == (1, 3, 0, 1)
    assert messages[1][1] == (0.0,)
    assert messages[2][1] == ("root", 0, 0, 0, 0, 0, 0, 1)
    assert set(bones(messages)) == set(PARENTS)
    assert all(len(values) == 8 for address, values in messages[3:])


def test_packets_fit_into_an_ethernet_frame():
    with UdpReceiver() as receiver:
        stream = open_stream(f"vmc://127.0.0.1:{receiver.port}")
        stream.send(result(0, person(t_pose())))
        sizes = [len(receiver.packet()) for _ in range(2)]
        stream.close()
    assert max(sizes) <= 1472


FINGERS = {"Thumb": 1, "Index": 5, "Middle": 9, "Ring": 13, "Little": 17}


def fingertips(received: dict[str, tuple[np.ndarray, np.ndarray]], shape) -> np.ndarray:
    """Return fingertips (2, 5, 3) from the wrists, Unity axes; the last bones are as long as those of `shape`."""
    turn: dict[str, Rotation] = {}
    for name, parent in PARENTS.items():
        local = Rotation.from_quat(received[name][1])
        turn[name] = local if parent is None else turn[parent] * local
    tips = np.zeros((2, 5, 3))
    for side, word in enumerate(("Left", "Right")):
        for number, finger in enumerate(FINGERS):
            rotation, at = turn[f"{word}Hand"], np.zeros(3)
            for part in ("Proximal", "Intermediate", "Distal"):
                place, quaternion = received[f"{word}{finger}{part}"]
                at, rotation = at + rotation.apply(place), rotation * Rotation.from_quat(quaternion)
            way = np.array([1.0, 0, 1.0]) / np.sqrt(2) if number == 0 else np.array([1.0, 0, 0])
            way[0] *= 1 if side else -1  # the avatar's left is at -x
            tips[side, number] = at + rotation.apply(way * shape.bones[number, 2])
    return tips


def test_the_bones_of_all_fingers_put_the_fingertips_where_they_were_seen():
    joints = walk()[::6][:12]
    hands = hands_on(joints, 30.0)
    heard = frames(*(result(i, with_hands(joints[i], hands[i]), time_s=i / 30) for i in range(len(joints))))
    for messages, points in zip(heard, hands, strict=True):
        received = bones(messages)
        assert set(received) > set(PARENTS)
        assert len(received) == 51
        true = unity_from_world(points[:, 4::4] - points[:, :1])
        assert np.linalg.norm(fingertips(received, SHAPE) - true, axis=-1).max() < 0.005


def test_a_lost_hand_passes_into_the_relaxed_pose_without_a_jump():
    joints = np.repeat(t_pose()[None], 24, axis=0)
    hands = hands_on(joints, 30.0)
    hands[8:16, 0] = np.nan
    hands[:, 1] = np.nan
    hands[16:] = hands[7]
    heard = frames(*(result(i, with_hands(joints[i], hands[i]), time_s=i / 30) for i in range(24)))
    turns = [{name: Rotation.from_quat(turn) for name, (_, turn) in bones(m).items()} for m in heard]
    for name in turns[0]:
        steps = [np.degrees((a[name].inv() * b[name]).magnitude()) for a, b in pairwise(turns)]
        assert max(steps) < 12, name
    relaxed = [np.degrees(turn["LeftMiddleIntermediate"].magnitude()) for turn in turns]
    assert relaxed[15] == pytest.approx(32, abs=8)
    assert np.degrees(turns[0]["RightMiddleIntermediate"].magnitude()) == pytest.approx(32, abs=0.1)


def test_packets_with_fingers_fit_into_an_ethernet_frame():
    joints = t_pose()
    with UdpReceiver() as receiver:
        stream = open_stream(f"vmc://127.0.0.1:{receiver.port}")
        stream.send(result(0, with_hands(joints, hands_on(joints[None], 30.0)[0])))
        sizes = [len(receiver.packet()) for _ in range(4)]
        stream.close()
    assert max(sizes) <= 1472


def with_hands(joints: np.ndarray, hands: np.ndarray) -> LivePerson:
    return dataclasses.replace(person(joints), hands=hands.astype(np.float32))


def test_t_pose_is_identity_with_the_hips_above_the_floor():
    received = bones(frames(result(0, person(t_pose())))[0])
    for _, quaternion in received.values():
        assert quaternion == pytest.approx([0, 0, 0, 1], abs=1e-3)
    hips = received["Hips"][0]
    assert hips[[0, 2]] == pytest.approx([0, 0], abs=1e-6)
    assert 0.8 < hips[1] < 1.1
    assert received["LeftUpperArm"][0][0] < -0.1  # the avatar faces +z: its left is at -x
    assert received["RightUpperArm"][0][0] > 0.1


@pytest.mark.parametrize(("side", "shoulder", "away"), [("Left", 11, 1.0), ("Right", 14, -1.0)])
def test_an_arm_that_goes_up_moves_the_bone_of_its_side(side, shoulder, away):
    joints = t_pose()
    arm = [shoulder + 1, shoulder + 2]
    joints[arm] = joints[shoulder] + Rotation.from_euler("y", -60 * away, degrees=True).apply(
        joints[arm] - joints[shoulder]
    )
    assert joints[shoulder + 2, 2] > joints[shoulder, 2] + 0.3  # the hand is up
    received = bones(frames(result(0, person(joints)))[0])
    angles = {name: np.degrees(Rotation.from_quat(turn).magnitude()) for name, (_, turn) in received.items()}
    assert angles.pop(f"{side}UpperArm") == pytest.approx(60, abs=0.1)
    assert max(angles.values()) < 0.1
    assert places(received)[f"{side}Hand"][1] > places(received)[f"{side}UpperArm"][1] + 0.3


def test_walking_forward_is_the_way_the_avatar_looks():
    joints = walk()
    way = unity_from_world(joints[60, 0] - joints[0, 0])
    received = bones(frames(result(0, person(joints[30])))[0])
    looks = Rotation.from_quat(received["Hips"][1]).apply([0, 0, 1.0])
    assert way @ looks > 0.9 * np.linalg.norm(way)


def test_nobody_there_is_said_and_the_clock_goes_on():
    first, second = frames(result(0, person(t_pose())), result(30, time_s=0.5))
    assert first[0][1][3] == 1
    assert second[0][1][3] == 0
    assert second[1][1][0] == pytest.approx(0.5)
    assert not bones(second)


@pytest.mark.parametrize(
    ("query", "jaw", "blink", "count"), [("", "A", "Blink_R", 7), ("?face=arkit", "jawOpen", "eyeBlinkRight", 20)]
)
def test_a_face_that_is_looked_for_moves_the_blend_shapes(query, jaw, blink, count):
    weights = dict.fromkeys(SHAPES, 0.0) | {"aa": 0.5, "jawOpen": 0.75, "eyeBlinkRight": 1.0}
    sent = dataclasses.replace(person(t_pose()), face=weights)
    with UdpReceiver() as receiver:
        stream = open_stream(f"vmc://127.0.0.1:{receiver.port}{query}")
        try:
            stream.send(result(0, sent))
            wait_for(lambda: stream.sent == 1)
            stream.send(result(1, sent))
            heard = receiver.messages("/VMC/Ext/OK")
        finally:
            stream.close()
    addresses = [address for address, _ in heard]
    assert addresses[-1] == "/VMC/Ext/Blend/Apply", "after all values"
    values = dict(values for address, values in heard if address == "/VMC/Ext/Blend/Val")
    assert len(values) == count
    assert values[jaw] == pytest.approx(0.75 if query else 0.5)
    assert values[blink] == 1.0


def test_without_a_face_no_blend_shape_is_sent():
    assert not any("Blend" in address for address, _ in frames(result(0, person(t_pose())))[0])


def test_names_of_a_face_that_are_not_known_are_refused():
    with pytest.raises(ConfigError, match="face=cat") as caught:
        open_stream("vmc://127.0.0.1:39539?face=cat")
    assert "vrm or arkit" in caught.value.hint
    with pytest.raises(ConfigError):
        open_stream("osc://127.0.0.1:39539?face=arkit")


def test_one_avatar_a_stream():
    with pytest.raises(ConfigError, match="one person") as caught:
        open_stream("vmc://127.0.0.1:39539?people=all")
    assert "person=2" in caught.value.hint


class TestChosen:
    def numbers(self, chosen: PersonFilter, time_s: float, *present: int) -> list[int]:
        people = [person(t_pose(), number) for number in present]
        return [one.person for one in chosen(result(0, *people, time_s=time_s))]

    def test_by_default_one_and_the_same(self):
        chosen = PersonFilter(parse("vmc://x"))
        assert self.numbers(chosen, 0.0) == []
        assert self.numbers(chosen, 0.1, 3, 2) == [2]
        assert self.numbers(chosen, 0.2, 1, 2) == [2]  # not again to another person
        assert self.numbers(chosen, 1.0, 1) == []  # missed for a moment
        assert self.numbers(chosen, 1.1, 1, 2) == [2]
        assert self.numbers(chosen, 3.2, 1) == [1]  # gone

    def test_a_clock_set_back_does_not_block(self):
        chosen = PersonFilter(parse("vmc://x"))
        assert self.numbers(chosen, 50.0, 2) == [2]
        assert self.numbers(chosen, 0.0, 5) == [5]

    def test_by_number(self):
        chosen = PersonFilter(parse("vmc://x?person=2"))
        assert self.numbers(chosen, 0.0, 1, 2, 3) == [2]
        assert self.numbers(chosen, 9.0, 1, 3) == []

    def test_all(self):
        assert self.numbers(PersonFilter(parse("udp://x?people=all")), 0.0, 3, 1) == [1, 3]
