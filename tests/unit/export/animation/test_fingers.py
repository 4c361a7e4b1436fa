"""Test finger bones in BVH, glTF and USD: the files put both hands where the take has them."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from pipeline.core.take import Take
from pipeline.export.animation.body_mesh import body_for, rest_positions
from pipeline.export.animation.bvh import BvhExporter
from pipeline.export.animation.gltf import GltfExporter
from pipeline.export.animation.rig_motion import rig_motion
from pipeline.export.animation.usd import UsdExporter
from pipeline.export.base import ExportOptions
from pipeline.export.export_take import export_take
from pipeline.export.read_back import check_file
from pipeline.export.tracks import selected
from pipeline.rig.bone_names import bone_names
from pipeline.rig.preset_bones import preset_motion
from pipeline.rig.with_hands import FINGER_BONES
from tests.helpers.bvh_reader import read_bvh
from tests.helpers.hand_takes import take_with_hands

TIPS = {
    (side, point): f"{name}Hand{finger}3"
    for side, name in enumerate(("Left", "Right"))
    for point, finger in ((4, "Thumb"), (8, "Index"), (12, "Middle"), (16, "Ring"), (20, "Pinky"))
}
PRESETS = ("blender", "unity", "unreal", "unreal5", "mixamo", "rigify")


@pytest.fixture(scope="module")
def take() -> Take:
    """Return a take of a person who is away for 20 frames, whose right hand is not observed in 60."""
    return take_with_hands(np.isin(np.arange(205), range(120, 140)))


@pytest.mark.parametrize("preset", PRESETS)
def test_files_read_back_say_how_far_the_hands_are(take, tmp_path, preset):
    options = ExportOptions(preset=preset, t_pose=True, unit="m")
    person = selected(take, options).first
    for name, path in zip(("bvh", "glb"), export_take(take, tmp_path, "clip", ["bvh", "glb"], options), strict=True):
        checks = check_file(name, path, person, options)
        assert "points of both hands" in checks[1].what
        assert checks[1].value < 0.1, "mm"
        moved = dataclasses.replace(person.hands, joints=person.hands.joints + [0, 0, 0.002])
        other = dataclasses.replace(person)
        other.__dict__["hands"] = moved
        assert [check.passed for check in check_file(name, path, other, options)[:2]] == [True, False]


def test_a_file_without_fingers_does_not_pass_for_a_take_with_hands(take, tmp_path):
    bare = dataclasses.replace(take, tracks2d=(dataclasses.replace(take.tracks2d[0], extras={}),))
    person = selected(take, ExportOptions()).first
    for name, path in zip(("bvh", "glb"), export_take(bare, tmp_path, "clip", ["bvh", "glb"]), strict=True):
        assert [check.passed for check in check_file(name, path, person, ExportOptions())[:2]] == [True, False]


def test_bvh_ends_at_the_fingertips(take, tmp_path):
    selection = selected(take, ExportOptions())
    bvh = read_bvh(BvhExporter().write(selection, tmp_path, "clip")[0])
    assert bvh.children("LeftHand") == [f"LeftHand{f}1" for f in ("Thumb", "Index", "Middle", "Ring", "Pinky")]
    places = bvh.positions()
    seen = selection.first.seen
    for (side, point), bone in TIPS.items():
        (end,) = bvh.children(bone)
        x, y, z = places[end][seen].T / 100
        away = np.linalg.norm(np.stack([x, -z, y], axis=-1) - selection.first.hands.joints[seen, side, point], axis=-1)
        assert away.max() < 0.0001, bone


def test_metacarpals_of_unreal_are_bones_that_keep_still(take, tmp_path):
    path = GltfExporter().write(selected(take, ExportOptions(preset="unreal")), tmp_path, "clip")[0]
    data = path.read_bytes()
    document = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    names = [node["name"] for node in document["nodes"]]
    moved = {names[channel["target"]["node"]] for channel in document["animations"][0]["channels"]}
    assert {"thumb_01_l", "index_01_l", "pinky_03_r", "hand_l", "lowerarm_l"} <= moved
    assert "index_metacarpal_l" in names
    assert not {name for name in moved if "metacarpal" in name}
    parent = document["nodes"][names.index("index_metacarpal_l")]
    assert [names[child] for child in parent["children"]] == ["index_01_l"]


def test_quaternions_do_not_change_sign(take):
    motion = rig_motion(selected(take, ExportOptions()).first, ExportOptions())
    steps = np.einsum("tbc,tbc->tb", motion.pose.rotations[1:], motion.pose.rotations[:-1])
    assert steps.min() > 0


def test_hands_that_are_not_observed_hang_relaxed(take):
    motion = rig_motion(selected(take, ExportOptions()).first, ExportOptions())
    at = motion.rig.names.index
    bend = 2 * np.degrees(np.arccos(np.clip(motion.pose.rotations[:30, at("RightHandMiddle2"), 3], -1, 1)))
    assert np.abs(bend - 32).max() < 3, "relaxed: 32 degrees"
    assert np.ptp(motion.pose.rotations[:30, at("LeftHandMiddle2")], axis=0).max() > 0.02


def test_the_body_has_fingers_that_lie_on_their_bones(take):
    rig = rig_motion(selected(take, ExportOptions()).first, ExportOptions()).rig
    body, (places, ends) = body_for(rig), rest_positions(rig)
    for name in FINGER_BONES:
        bone = rig.names.index(name)
        (child,) = rig.children(bone) or [None]
        end = ends[bone] if child is None else places[child]
        mine = body.vertices[(body.bones[:, 0] == bone) & (body.weights[:, 0] > 0.5)]
        assert len(mine) > 8
        assert np.linalg.norm(mine.mean(axis=0) - (places[bone] + end) / 2) < 0.015, name
        middle, along = (places[bone] + end) / 2, (end - places[bone]) / np.linalg.norm(end - places[bone])
        radius = np.linalg.norm(np.cross(mine - middle, along), axis=1).max()
        assert 0.004 < radius < 0.03, name
    assert len(body.vertices) < 65536


@pytest.mark.parametrize("preset", ["unity", "unreal5"])
def test_usd_has_the_fingertips(take, tmp_path, preset):
    pxr = pytest.importorskip("pxr", reason="usd-core is optional (./start test installs it)")
    from pxr import Usd, UsdSkel

    assert pxr
    selection = selected(take, ExportOptions(preset=preset))
    person, motion = selection.first, rig_motion(selection.first, selection.options)
    rig, made = motion.rig, preset_motion(motion.rig, motion.pose, preset)
    stage = Usd.Stage.Open(str(UsdExporter().write(selection, tmp_path, "clip")[0]))
    cache = UsdSkel.Cache()
    cache.Populate(UsdSkel.Root(stage.GetPrimAtPath("/Person")), Usd.PrimDefaultPredicate)
    skeleton = UsdSkel.Skeleton(stage.GetPrimAtPath("/Person/Skeleton"))
    names = [token.rsplit("/", 1)[-1] for token in skeleton.GetJointsAttr().Get()]
    assert tuple(names) == made.rig.names
    assert [names[bone] for bone in made.place_of] == list(bone_names(preset, rig.names))
    query = cache.GetSkelQuery(skeleton)
    for frame in (0, 60, 110, 150, 204):
        matrices = query.ComputeJointSkelTransforms(frame)
        for (side, point), name in TIPS.items():
            bone = rig.names.index(name)
            x, y, z = matrices[int(made.place_of[bone])].Transform(rig.ends[bone].tolist())
            assert np.linalg.norm(person.hands.joints[frame, side, point] - [x, -z, y]) < 0.0005, (frame, name)
