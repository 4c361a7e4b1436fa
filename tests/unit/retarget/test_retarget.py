"""Test motions on characters, read back from the written files."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.api import Take, open_character
from pipeline.characters.gltf import open_gltf
from pipeline.core.errors import ConfigError, OutputError
from pipeline.core.export_options import ExportOptions
from pipeline.export.animation.rig_motion import rig_motion
from pipeline.export.tracks import selected
from pipeline.hands.model import mean_shape, relaxed
from pipeline.retarget.read_back import read_animation
from pipeline.retarget.retarget_take import retarget_take
from pipeline.retarget.solve import retarget
from pipeline.retarget.source import bone_turns, source_motion
from pipeline.retarget.write_gltf import write_character
from pipeline.rig.skeleton import rig_from_world
from pipeline.rig.with_hands import rig_with_hands, rotations_with_hands
from tests.helpers.bvh_reader import read_bvh
from tests.helpers.characters import figure, write_bvh, write_glb, write_vrm0, write_vrm1
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene


def armature(scale: float, degrees: float) -> np.ndarray:
    out = np.eye(4)
    out[:3, :3] = scale * Rotation.from_euler("x", degrees, degrees=True).as_matrix()
    return out


CHARACTERS = {
    "mixamo": lambda path: write_glb(path, figure("mixamo")),
    "unreal": lambda path: write_glb(path, figure("unreal")),
    "cmu": lambda path: write_glb(path, figure("cmu")),
    "makehuman": lambda path: write_glb(path, figure("makehuman")),
    "rigify": lambda path: write_glb(path, figure("rigify")),
    "child": lambda path: write_glb(path, figure("child")),
    "giant": lambda path: write_glb(path, figure("mixamo").scaled(4)),
    "rolled": lambda path: write_glb(path, figure("unreal").rolled(), armature=armature(0.01, 90)),
    "lying armature": lambda path: write_glb(path, figure("mixamo"), armature=armature(0.01, -90)),
    "turned, of matrices": lambda path: write_glb(path, figure("cmu").turned(180), matrices=True),
    "VRM 0": lambda path: write_vrm0(path.with_suffix(".vrm")),
    "VRM 1": lambda path: write_vrm1(path.with_suffix(".vrm")),
    "aside": lambda path: write_glb(path, figure("mixamo").turned(90)),
    "without names": lambda path: write_glb(path, figure("child").renamed([f"b{i}" for i in range(52)])),
}


@pytest.fixture(scope="module")
def takes() -> dict[str, Take]:
    return {name: Take.of(scene(facing_camera(clip(name))).take()) for name in ("jump", "walk")}


@pytest.mark.parametrize("name", CHARACTERS)
@pytest.mark.parametrize("motion", ["jump", "walk"])
def test_limbs_point_as_in_the_take_and_held_feet_stay(takes, tmp_path, name, motion):
    character = open_character(CHARACTERS[name](tmp_path / "hero.glb"))
    done = takes[motion].retarget(character, tmp_path / "out", stem="a", report=True)
    agreement = done[0].agreement
    assert agreement.worst_direction_deg < 2
    assert agreement.trunk_deg < 0.1
    assert agreement.slide_mm < 5
    assert agreement.floor_mm < 6
    assert agreement.written_mm < 0.1
    assert agreement.joint_mm < 40 * (4 if name == "giant" else 1)
    assert agreement.held_frames > 0.7 * agreement.frames
    report = json.loads((tmp_path / "out" / "a_characters.json").read_text())
    assert report["characters"][0]["agreement"] == dataclasses.asdict(agreement)


def test_feet_that_are_not_held_slide(takes, tmp_path):
    character = open_character(CHARACTERS["unreal"](tmp_path / "hero.glb"))
    free = takes["walk"].retarget(character, tmp_path / "free", lock_feet=False, report=True)[0].agreement
    assert free.worst_direction_deg < 0.01
    assert free.joint_mm < 0.1, "without held feet nothing is bent"
    assert free.slide_mm > 2


def test_a_jump_has_the_height_of_the_legs(takes, tmp_path):
    take, child = takes["jump"], open_character(CHARACTERS["child"](tmp_path / "hero.glb"))
    person = selected(take, ExportOptions()).people[0]
    source = source_motion(person)
    motion = retarget(source, child)
    ratio = (child.rest.hips_height - child.rest.ankle) / (source.hips_m - source.ankle_m)
    assert 0.5 < ratio < 0.75
    rise = np.ptp(motion.hips_canonical[:, 1])
    assert rise == pytest.approx(ratio * np.ptp(source.root[:, 1]), rel=0.08)


def test_bones_that_are_missing_lose_nothing(takes, tmp_path):
    """Without chest, neck and shoulders arms and head are where they are with them."""
    path = write_glb(tmp_path / "hero.glb", figure("mixamo"))
    whole = open_character(path)
    less = {"chest": "", "upperChest": "", "neck": "", "leftShoulder": "", "rightShoulder": ""}
    fewer = open_character(path, less)
    person = selected(takes["jump"], ExportOptions()).people[0]
    source = source_motion(person)
    one, other = retarget(source, whole), retarget(source, fewer)
    for bone in ("head", "leftUpperArm", "rightHand", "leftFoot"):
        assert np.allclose(one.turns[bone], other.turns[bone], atol=1e-9), bone
    done = takes["jump"].retarget(fewer, tmp_path / "out", report=True)
    assert done[0].agreement.trunk_deg < 0.1


def test_twist_bones_keep_their_rest(takes, tmp_path):
    rig = figure("unreal")
    elbow, wrist = rig.names.index("lowerarm_l"), rig.names.index("hand_l")
    rest = np.concatenate([rig.rest, (rig.rest[elbow] + rig.rest[wrist])[None] / 2])
    rest[-1, :3, :3] = rig.rest[elbow, :3, :3]
    more = dataclasses.replace(rig, names=[*rig.names, "lowerarm_twist_01_l"], parents=[*rig.parents, elbow], rest=rest)
    character = open_character(write_glb(tmp_path / "hero.glb", more))
    path = takes["jump"].retarget(character, tmp_path / "out")[0].files[0]
    file = open_gltf(path)
    moved = {channel["target"]["node"] for channel in file.list_of("animations")[-1]["channels"]}
    assert len(more.names) - 1 not in moved
    assert elbow in moved


def test_fingers_follow_hands_of_the_take(takes, tmp_path):
    character = open_character(CHARACTERS["rolled"](tmp_path / "hero.glb"))
    person = selected(takes["jump"], ExportOptions()).people[0]
    source = source_motion(person)
    poses = []
    for side in ("left", "right"):
        pose = relaxed(source.turns[f"{side}LowerArm"].copy())
        pose.fingers[:], pose.thumb[:] = 0, 0
        pose.fingers[:, 0, 0] = 90  # the index finger points down into the palm
        poses.append(pose)
    solved = rig_motion(person, ExportOptions())
    rig = rig_with_hands(solved.rig, mean_shape(0.19))
    turns = bone_turns(rig, rotations_with_hands(rig, solved.pose.rotations, poses))
    source = dataclasses.replace(source, turns=turns)
    motion = retarget(source, character)
    assert len(motion.bones) == len(character.mapping.nodes)
    write_character(motion, character, tmp_path / "out.glb", "hands")
    _, places = read_animation(tmp_path / "out.glb", character.mapping.nodes, "hands")
    for side in ("left", "right"):
        palm = source.turns[f"{side}Hand"] @ [0.0, -1.0, 0.0]
        along = source.turns[f"{side}Hand"] @ [1.0 if side == "left" else -1.0, 0.0, 0.0]
        for finger, way in (("Index", palm), ("Middle", along), ("Little", along)):
            bone = places[f"{side}{finger}Intermediate"] - places[f"{side}{finger}Proximal"]
            bone /= np.linalg.norm(bone, axis=1, keepdims=True)
            assert np.allclose(bone, way, atol=1e-4), (side, finger)


def test_fingers_keep_the_rest_without_hands(takes, tmp_path):
    character = open_character(CHARACTERS["mixamo"](tmp_path / "hero.glb"))
    motion = retarget(source_motion(selected(takes["jump"], ExportOptions()).people[0]), character)
    assert not [bone for bone in motion.bones if "Index" in bone]


def test_in_place_keeps_the_height_only(takes, tmp_path):
    character = open_character(CHARACTERS["cmu"](tmp_path / "hero.glb"))
    person = selected(takes["walk"], ExportOptions()).people[0]
    path = np.ptp(retarget(source_motion(person, in_place=True), character).hips_canonical, axis=0)
    assert (path[[0, 2]] < 0.1).all()
    assert np.ptp(retarget(source_motion(person), character).hips_canonical, axis=0)[[0, 2]].max() > 0.5


def test_gaps_have_no_keys_and_times_are_those_of_the_video(tmp_path):
    unseen = np.isin(np.arange(205), range(120, 140))
    take = Take.of(scene(facing_camera(clip("jump"))).take(unseen))
    character = open_character(CHARACTERS["cmu"](tmp_path / "hero.glb"))
    done = take.retarget(character, tmp_path / "out", stem="a")
    times, _ = read_animation(done[0].files[0], character.mapping.nodes, "a_hero")
    assert len(times) == int(take.tracks3d[0].seen.sum())
    assert np.allclose(times, take.time_s[take.tracks3d[0].seen], atol=1e-6)


def test_vrma_has_the_same_pose_on_the_t_pose(takes, tmp_path):
    hero = open_character(write_vrm1(tmp_path / "hero.vrm"))
    vrm, vrma = takes["jump"].retarget(hero, tmp_path / "out", ["character", "vrma"], stem="a")[0].files
    assert (vrm.name, vrma.name) == ("a_hero.vrm", "a_hero.vrma")
    motion = open_gltf(vrma).fields.object("extensions").object("VRMC_vrm_animation")
    nodes = {bone: about["node"] for bone, about in motion.object("humanoid").object("humanBones").values.items()}
    assert not [bone for bone in nodes if "Eye" in bone]
    _, one = read_animation(vrm, hero.mapping.nodes, "a_hero")
    _, other = read_animation(vrma, nodes, "a_hero")
    for bone in nodes:
        assert np.abs(one[bone] - other[bone]).max() < 1e-4, bone


@pytest.mark.parametrize("kind", ["glb", "bvh"])
def test_bvh_on_the_own_skeleton(takes, tmp_path, kind):
    rig = figure("cmu")
    path = write_glb(tmp_path / "hero.glb", rig) if kind == "glb" else write_bvh(tmp_path / "hero.bvh", rig)
    character = open_character(path)
    done = takes["jump"].retarget(character, tmp_path / "out", "bvh", stem="a", report=True)[0]
    assert done.agreement.written_mm < 0.01, "read back from the BVH"
    assert done.agreement.worst_direction_deg < 2
    assert done.agreement.slide_mm < 5
    written = done.files[0]
    bvh = read_bvh(written)
    assert 1 / bvh.frame_time == pytest.approx(60, abs=1e-3)
    places = {name: place / 100 for name, place in bvh.positions().items()}
    take = rig_from_world(takes["jump"].tracks3d[0].joints.astype(float))
    for start, end, first, last in (("LeftArm", "LeftForeArm", 11, 12), ("RightLeg", "RightFoot", 2, 3)):
        got = places[end] - places[start]
        want = take[:, last] - take[:, first]
        cosine = (got * want).sum(1) / np.linalg.norm(got, axis=1) / np.linalg.norm(want, axis=1)
        assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 2
    if kind == "bvh":  # its own offsets
        bone = bvh.index("LeftForeArm")
        index = rig.names.index("LeftForeArm")
        own = 100 * (rig.rest[index, :3, 3] - rig.rest[rig.parents[index], :3, 3])
        assert np.allclose(bvh.joints[bone].offset, own, atol=1e-4)


def test_several_people_get_their_characters(tmp_path):
    one = scene(facing_camera(clip("jump")), person=1)
    other = scene(facing_camera(clip("walk"))[:172], person=2)
    people = [hidden(one.person, None), other.person]
    frames = min(len(person.frame_index) for person in people)
    cut = [
        dataclasses.replace(
            person, frame_index=person.frame_index[:frames], time_s=person.time_s[:frames],
            joints_image_h36m=person.joints_image_h36m[:frames], scores=person.scores[:frames],
            relative=person.relative[:frames],
        )
        for person in people
    ]  # fmt: skip
    take = Take.of(make_take(cut, dataclasses.replace(one.info, frame_count=frames), one.config))
    characters = {
        1: open_character(CHARACTERS["mixamo"](tmp_path / "hero.glb")),
        2: open_character(CHARACTERS["child"](tmp_path / "kid.glb")),
    }
    done = take.retarget(characters, tmp_path / "out", stem="a")
    names = [path.name for one in done for path in one.files]
    assert names == ["a_hero_person1.glb", "a_kid_person2.glb"]
    clash = {1: characters[1], 2: open_character(tmp_path / "out" / names[0])}
    with pytest.raises(OutputError, match="one of the characters"):
        take.retarget(clash, tmp_path / "out", stem="a")


def test_what_cannot_be_written_says_so(takes, tmp_path):
    bvh = open_character(write_bvh(tmp_path / "c.bvh", figure("cmu")))
    glb = open_character(write_glb(tmp_path / "a_c.glb", figure("cmu")))
    with pytest.raises(ConfigError, match="usdz"):
        takes["jump"].retarget(glb, tmp_path, "usdz")
    with pytest.raises(OutputError, match="BVH"):
        takes["jump"].retarget(bvh, tmp_path, "fbx")
    with pytest.raises(OutputError):
        retarget_take(takes["jump"], {7: glb}, tmp_path, "a")
