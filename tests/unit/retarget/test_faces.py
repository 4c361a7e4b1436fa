"""Test that the faces of characters move by a take's expressions: ARKit's names, VRM 0 and 1, and VRMA."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.characters.character import open_character
from pipeline.characters.gltf import GltfFile
from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.take import Take
from pipeline.retarget.retarget_take import retarget_take
from tests.helpers.characters import figure, vrm0, vrm1, write_glb, write_vrm1
from tests.helpers.motion import clip, facing_camera, scene
from tests.unit.export.animation.test_gltf import Glb, read_glb

OPENS, BLINKS = slice(60, 90), slice(100, 105)
ARKIT = ("JawOpen", "eyeBlinkLeft", "EyeBlinkRight", "mouthSmileLeft", "tongueOut")


@pytest.fixture(scope="module")
def take() -> Take:
    made = scene(facing_camera(clip("jump"))).take()
    (track,) = made.tracks2d
    measures = np.zeros((len(track.time_s), len(EXPRESSIONS)), np.float16)
    measures[OPENS, EXPRESSIONS.index("jawOpen")] = 0.22
    for side in ("Left", "Right"):
        measures[BLINKS, EXPRESSIONS.index(f"eyeBlink{side}")] = 0.17
    return replace(made, tracks2d=(replace(track, extras={"expressions": measures}),))


def written(take: Take, path: Path, kind: str = "character") -> Glb:
    (done,) = retarget_take(take, {1: open_character(path)}, path.parent / "out", "take", [kind])
    return read_glb(done.files[0])


def weights(found: Glb, targets: int) -> np.ndarray | None:
    """Return the weights (T, K) of the animation that was added; None without any."""
    animation = found.document["animations"][-1]
    channels = [c for c in animation["channels"] if c["target"]["path"] == "weights"]
    if not channels:
        return None
    (channel,) = channels
    assert "mesh" in found.document["nodes"][channel["target"]["node"]]
    values = found.array(animation["samplers"][channel["sampler"]]["output"])
    return values.reshape(-1, targets)


def assert_moves(jaw: np.ndarray, blink: np.ndarray) -> None:
    assert jaw[OPENS] == pytest.approx(1, abs=0.02)
    assert blink[102] == pytest.approx(1, abs=0.02)
    assert jaw[20] == blink[20] == 0


def test_targets_with_arkits_names_move_in_any_case_of_letters(take: Take, tmp_path: Path) -> None:
    path = write_glb(tmp_path / "a.glb", figure("mixamo"), targets=5, target_names=ARKIT)
    found = weights(written(take, path), 5)
    assert found is not None
    assert_moves(found[:, 0], found[:, 1])
    assert (found[:, 4] == 0).all(), "the take has no tongue"


def named_vrm(path: Path) -> tuple[Any, dict[str, str]]:
    rig = figure("mixamo")
    named = open_character(write_glb(path.with_name("named.glb"), rig))
    return rig, {bone: named.tree.names[node] for bone, node in named.mapping.nodes.items()}


def test_vrm_1_has_its_vowels_and_blinks(take: Take, tmp_path: Path) -> None:
    rig, bones = named_vrm(tmp_path / "x.vrm")
    about = vrm1(rig, bones)
    body = len(rig.names)
    presets = {"aa": (0, 0.8), "blinkLeft": (1, 1.0), "blinkRight": (2, 1.0), "happy": (3, 1.0)}
    about["VRMC_vrm"]["expressions"] = {
        "preset": {
            name: {"morphTargetBinds": [{"node": body, "index": target, "weight": share}]}
            for name, (target, share) in presets.items()
        }
    }
    found = weights(written(take, write_glb(tmp_path / "a.vrm", rig, extensions=about, targets=4)), 4)
    assert found is not None
    assert found[75, 0] == pytest.approx(0.8, abs=0.1), "as far as the character's vowel goes"
    assert found[102, 1] == pytest.approx(1, abs=0.02)
    assert (found[:, 3] == 0).all(), "a smile is not VRM's happy face"


def test_vrm_0_has_its_groups_and_a_blink_of_both_eyes(take: Take, tmp_path: Path) -> None:
    rig, bones = named_vrm(tmp_path / "x.vrm")
    about = vrm0(rig, bones)
    about["VRM"]["blendShapeMaster"]["blendShapeGroups"] = [
        {"name": "A", "presetName": "a", "binds": [{"mesh": 0, "index": 1, "weight": 100}]},
        {"name": "Blink", "presetName": "blink", "binds": [{"mesh": 0, "index": 0, "weight": 50}]},
    ]
    found = weights(written(take, write_glb(tmp_path / "a.vrm", rig, extensions=about, targets=2)), 2)
    assert found is not None
    assert found[75, 1] == pytest.approx(1, abs=0.1)
    assert found[102, 0] == pytest.approx(0.5, abs=0.02)


def test_a_vrm_animation_has_vowels_and_blinks_as_places_of_nodes(take: Take, tmp_path: Path) -> None:
    found = written(take, write_vrm1(tmp_path / "a.vrm"), "vrma")
    presets = found.document["extensions"]["VRMC_vrm_animation"]["expressions"]["preset"]
    assert set(presets) == {"aa", "ih", "ou", "ee", "oh", "blinkLeft", "blinkRight"}
    animation = found.document["animations"][0]
    node = presets["blinkLeft"]["node"]
    (channel,) = [c for c in animation["channels"] if c["target"]["node"] == node]
    values = found.array(animation["samplers"][channel["sampler"]]["output"])
    assert values[102] == pytest.approx([1, 0, 0], abs=0.02)
    assert values[20] == pytest.approx([0, 0, 0])


@pytest.mark.parametrize("groups", [None, 7, [3], [{"presetName": "a", "binds": [{"mesh": 9, "index": 99}]}]])
def test_groups_that_are_wrong_move_nothing(take: Take, tmp_path: Path, groups: object) -> None:
    rig, bones = named_vrm(tmp_path / "x.vrm")
    about = json.loads(json.dumps(vrm0(rig, bones)))
    about["VRM"]["blendShapeMaster"]["blendShapeGroups"] = groups
    assert weights(written(take, write_glb(tmp_path / "a.vrm", rig, extensions=about, targets=2)), 2) is None


def test_without_a_face_the_character_is_as_before(tmp_path: Path) -> None:
    plain = scene(facing_camera(clip("jump"))).take()
    path = write_glb(tmp_path / "a.glb", figure("mixamo"), targets=5, target_names=ARKIT)
    assert weights(written(plain, path), 5) is None
    assert isinstance(open_character(path).file, GltfFile)
