"""Test how bones are recognised, and what a user's mapping changes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.characters.character import open_character, read_skeleton
from pipeline.characters.humanoid import REQUIRED
from pipeline.characters.mapping import MissingBonesError, Problem, changes, problems
from pipeline.characters.mapping_file import mapping_path, read_mapping, write_mapping
from pipeline.characters.names import TABLES
from pipeline.core.errors import ConfigError, SourceError
from tests.helpers.characters import figure, vrm0, vrm1, write_bvh, write_glb

WORDS = {
    "Hips": "Pelvis", "Spine": "Spine_Lower", "Spine1": "Chest", "Spine2": "UpperChest", "ToeBase": "Toe",
    "UpLeg": "Thigh", "Leg": "Shin", "ForeArm": "LowerArm", "Arm": "UpperArm", "Shoulder": "Clavicle",
}  # fmt: skip


@pytest.mark.parametrize(
    ("rig", "table", "count", "some"),
    [
        ("mixamo", "Mixamo", 52, {"leftHand": "mixamorig:LeftHand", "leftThumbMetacarpal": "mixamorig:LeftHandThumb1"}),
        ("unreal", "Unreal 4", 52, {"chest": "spine_02", "rightToes": "ball_r", "leftLittleDistal": "pinky_03_l"}),
        ("cmu", "CMU", 22, {"spine": "LowerBack", "leftUpperLeg": "LeftUpLeg"}),
        ("makehuman", "MakeHuman", 55, {"hips": "root", "leftLowerArm": "lowerarm01.L", "rightHand": "wrist.R"}),
        ("rigify", "Rigify", 55, {"upperChest": "spine.004", "neck": "spine.005", "leftLowerLeg": "shin.L"}),
    ],
)  # fmt: skip
def test_known_rigs_are_mapped_by_their_tables(tmp_path, rig, table, count, some):
    character = open_character(write_glb(tmp_path / "c.glb", figure(rig)))
    mapping = character.mapping
    assert (mapping.table, len(mapping.nodes), mapping.missing) == (table, count, ())
    assert {bone: character.tree.names[mapping.nodes[bone]] for bone in some} == some


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: name.replace("mixamorig:", "mixamorig"),  # as three.js writes it
        lambda name: name.replace("mixamorig:", "Armature|hero_"),
        lambda name: f"{name}_{len(name):02d}",  # Sketchfab
        str.upper,
    ],
)
def test_prefixes_numbers_and_capitals_do_not_matter(tmp_path, rename):
    rig = figure("mixamo")
    character = open_character(write_glb(tmp_path / "c.glb", rig.renamed([rename(name) for name in rig.names])))
    assert (character.mapping.table, len(character.mapping.nodes)) == ("Mixamo", 52)


def _worded(name: str) -> str:
    name = name.removeprefix("mixamorig:")
    side = next((side for side in ("Left", "Right") if name.startswith(side)), "")
    part = name[len(side) :]
    part = next(
        (part.replace(old, new) for old, new in WORDS.items() if part == old), part.replace("Hand", "", 1) or part
    )
    return f"jnt_{side[:1]}_{part}" if side else f"jnt_{part}"


def test_other_names_are_mapped_by_words_and_sides(tmp_path):
    rig = figure("mixamo")
    names = [
        _worded(name) if "Hand" not in name or name.endswith("Hand") else f"x{i}" for i, name in enumerate(rig.names)
    ]
    names = [
        f"jnt_{name[10]}_Wrist" if name.endswith("Hand") else new for name, new in zip(rig.names, names, strict=True)
    ]
    character = open_character(write_glb(tmp_path / "c.glb", rig.renamed(names)))
    reference = open_character(write_glb(tmp_path / "m.glb", rig))
    assert set(character.mapping.rules.values()) == {"words"}
    for bone in REQUIRED:
        assert character.mapping.nodes[bone] == reference.mapping.nodes[bone], bone
    assert character.mapping.certainty("hips") < 0.9


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_bones_without_names_are_mapped_by_the_shape(tmp_path, degrees):
    rig = figure("mixamo").turned(degrees)
    character = open_character(write_glb(tmp_path / "c.glb", rig.renamed([f"b{i}" for i in range(52)])))
    reference = open_character(write_glb(tmp_path / "m.glb", rig))
    assert set(character.mapping.rules.values()) == {"shape"}
    assert all(
        reference.mapping.nodes[bone] == node for bone, node in character.mapping.nodes.items() if bone != "neck"
    )


def test_a_vrm_says_its_bones_itself(tmp_path):
    rig = figure("mixamo")
    named = open_character(write_glb(tmp_path / "m.glb", rig))
    bones = {bone: named.tree.names[node] for bone, node in named.mapping.nodes.items()}
    hidden = rig.renamed([f"b{i}" for i in range(52)])
    bones = {bone: hidden.names[rig.names.index(name)] for bone, name in bones.items()}
    one = open_character(write_glb(tmp_path / "1.vrm", hidden, extensions=vrm1(hidden, bones)))
    older = {
        "leftThumbProximal": bones["leftThumbMetacarpal"], "leftThumbIntermediate": bones["leftThumbProximal"],
        **{bone: name for bone, name in bones.items() if "Thumb" not in bone},
    }  # fmt: skip
    zero = open_character(write_glb(tmp_path / "0.vrm", hidden, extensions=vrm0(hidden, older)))
    assert (one.kind, zero.kind) == ("vrm1", "vrm0")
    assert one.mapping.nodes == named.mapping.nodes
    assert zero.mapping.nodes["leftThumbMetacarpal"] == named.mapping.nodes["leftThumbMetacarpal"]
    assert set(one.mapping.rules.values()) == {"file"}


def test_missing_bones_are_named(tmp_path):
    rig = figure("mixamo")
    names = [name if "LeftLeg" not in name and "Head" not in name else "x" for name in rig.names]
    with pytest.raises(SourceError, match=r"leftLowerLeg") as caught:
        open_character(write_glb(tmp_path / "hero.glb", rig.renamed(names)), {"leftLowerLeg": "", "head": ""})
    assert "head" in caught.value.message
    assert "hero.mapping.json" in caught.value.hint


def test_a_mapping_beside_the_character_goes_first(tmp_path):
    path = write_glb(tmp_path / "hero.glb", figure("unreal"))
    write_mapping(mapping_path(path), {"chest": "spine_03", "upperChest": ""})
    assert read_mapping(mapping_path(path)) == {"chest": "spine_03", "upperChest": ""}
    mapping = open_character(path).mapping
    assert open_character(path).tree.names[mapping.nodes["chest"]] == "spine_03"
    assert "upperChest" not in mapping.nodes
    assert (mapping.rules["chest"], mapping.rules["hips"]) == ("user", "table Unreal 4")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", SourceError), ('{"bones": {"elbow": "x"}}', SourceError), ('{"bones": {"hips": 3}}', SourceError),
        ('{"bones": {"hips": "nobody"}}', ConfigError), (json.dumps({"bones": []}), SourceError),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_so(tmp_path, text, error):
    path = write_glb(tmp_path / "hero.glb", figure("unreal"))
    mapping_path(path).write_text(text)
    with pytest.raises(error):
        open_character(path)


def test_a_bvh_is_a_character(tmp_path):
    character = open_character(write_bvh(tmp_path / "c.bvh", figure("cmu")))
    reference = open_character(write_glb(tmp_path / "c.glb", figure("cmu")))
    assert (character.kind, character.mapping.table) == ("bvh", "CMU")
    assert character.rest.hips_height == pytest.approx(100 * reference.rest.hips_height, rel=1e-4)
    assert np.allclose(character.rest.file_from_canonical, np.eye(3))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("prefix", ["", "Hero_Rig:", "DEF-"])
def test_every_table_is_recognised(tmp_path, table, prefix):
    rig = figure("mixamo")
    reference = open_character(write_glb(tmp_path / "m.glb", rig)).mapping.nodes
    name_of = {bone: name for name, bone in TABLES[table].items()}
    bones = {node: bone for bone, node in reference.items()}
    names = [prefix + name_of.get(bones[node], f"other{node}") for node in range(len(rig.names))]
    mapping = open_character(write_glb(tmp_path / "c.glb", rig.renamed(names))).mapping
    assert mapping.table.split()[0] == table.split()[0]  # Unreal 4 and 5 differ in the spine alone
    assert mapping.nodes == {bone: node for bone, node in reference.items() if bone in name_of}


@pytest.mark.parametrize(
    "pattern",
    [
        {"": "CC_Base_{part}", "side": "CC_Base_{s}_{part}", "hips": "Hip", "spine": "Waist", "chest": "Spine01",
         "upperChest": "Spine02", "neck": "NeckTwist01", "head": "Head", "UpperArm": "Upperarm", "LowerArm": "Forearm",
         "UpperLeg": "Thigh", "LowerLeg": "Calf", "Shoulder": "Clavicle", "Toes": "ToeBase"},
        {"": "J_Bip_C_{part}", "side": "J_Bip_{s}_{part}", "hips": "Hips", "Toes": "ToeBase"},
        {"": "{part}_jnt", "side": "{part}_{s}_jnt", "hips": "root_pelvis", "Hand": "wrist", "Foot": "ankle",
         "LowerLeg": "knee", "UpperLeg": "thigh", "LowerArm": "elbow", "UpperArm": "upperarm"},
        {"": "{part}", "side": "{s}.{part}", "hips": "hips", "LowerLeg": "Knee", "UpperLeg": "Leg", "Foot": "Ankle",
         "LowerArm": "Elbow", "UpperArm": "Arm", "Hand": "Wrist", "Shoulder": "Shoulder"},
    ],
    ids=["Character Creator", "VRoid", "joints", "knee below leg"],
)  # fmt: skip
def test_rigs_without_a_table_are_recognised(tmp_path, pattern):
    rig = figure("mixamo")
    reference = open_character(write_glb(tmp_path / "m.glb", rig)).mapping.nodes
    names = [f"hair{i}" for i in range(len(rig.names))]
    for bone, node in reference.items():
        side = next((side for side in ("left", "right") if bone.startswith(side)), "")
        part = bone[len(side) :]
        if any(finger in part for finger in ("Thumb", "Index", "Middle", "Ring", "Little")):
            names[node] = pattern["side"].format(s=side[0].upper(), part=part)
        else:
            part = pattern.get(part, part)
            names[node] = pattern["side" if side else ""].format(s=side[0].upper() if side else "", part=part)
    found = open_character(write_glb(tmp_path / "c.glb", rig.renamed(names))).mapping.nodes
    wrong = {bone: node for bone, node in found.items() if node != reference[bone]}
    assert not [bone for bone in wrong if bone in REQUIRED], wrong
    assert len(found) >= 40


def test_what_a_user_changed_is_kept_in_few_words(tmp_path):
    path = write_glb(tmp_path / "hero.glb", figure("unreal"))
    skeleton = read_skeleton(path)
    tree, found = skeleton.tree, skeleton.mapping.nodes
    assert changes(tree, {}, found) == {}
    wanted = {bone: node for bone, node in found.items() if bone != "upperChest"} | {"chest": found["upperChest"]}
    said = changes(tree, {}, wanted)
    assert said == {"chest": "spine_03", "upperChest": ""}
    assert skeleton.remapped(said).mapping.nodes == wanted
    write_mapping(mapping_path(path), said)
    assert open_character(path).mapping.nodes == wanted


def test_problems_of_a_mapping_are_told_apart(tmp_path):
    skeleton = read_skeleton(write_glb(tmp_path / "hero.glb", figure("mixamo")))
    nodes = skeleton.mapping.nodes
    assert problems(skeleton.tree, nodes) == ()
    swapped = nodes | {"leftHand": nodes["leftLowerArm"], "leftLowerArm": nodes["leftHand"]}
    assert Problem("order", "leftHand", "leftLowerArm") in problems(skeleton.tree, swapped)
    assert problems(skeleton.tree, nodes | {"jaw": nodes["head"]}) == (Problem("twice", "jaw", "head"),)
    assert problems(skeleton.tree, {b: n for b, n in nodes.items() if b != "head"}) == (Problem("missing", "head"),)


def test_a_skeleton_without_required_bones_can_be_read_and_completed(tmp_path):
    rig = figure("mixamo")
    names = [name if "LeftLeg" not in name else "x" for name in rig.names]
    path = write_glb(tmp_path / "hero.glb", rig.renamed(names))
    skeleton = read_skeleton(path, {"leftLowerLeg": ""})
    assert skeleton.mapping.missing == ("leftLowerLeg",)
    with pytest.raises(MissingBonesError):
        skeleton.complete()
    hero = skeleton.remapped({"leftLowerLeg": "x"}).complete()
    assert hero.tree.names[hero.mapping.nodes["leftLowerLeg"]] == "x"
    assert hero.skeleton.complete().mapping == hero.mapping
