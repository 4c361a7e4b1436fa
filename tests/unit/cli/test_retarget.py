"""Test `retarget` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import USER_ERROR, main
from pipeline.cli.characters.retarget import characters_by_person
from pipeline.core.errors import ConfigError
from pipeline.take.file import save_take
from tests.helpers.characters import figure, write_glb
from tests.helpers.motion import clip, facing_camera, scene


@pytest.fixture
def take(tmp_path) -> Path:
    return save_take(scene(facing_camera(clip("jump"))).take(), tmp_path / "jump.pose3d")


def test_a_take_goes_on_a_character(take, tmp_path, capfd):
    hero = write_glb(tmp_path / "hero.glb", figure("unreal"))
    arguments = ["retarget", str(take), "--character", str(hero), "-o", str(tmp_path / "out"), "--report", "--json"]
    assert main([*arguments, "--formats", "character,vrma,bvh"]) == 0
    said = [json.loads(line) for line in capfd.readouterr().out.splitlines()][-1]
    assert [Path(path).name for path in said["exports"]] == ["jump_hero.glb", "jump_hero.vrma", "jump_hero.bvh"]
    assert all(Path(path).is_file() for path in said["exports"])
    assert said["agreement"]["slide_mm"] < 5
    assert said["bones"]["leftUpperArm"] == "upperarm_l"
    assert said["guessed"] == []
    assert (tmp_path / "out" / "jump_characters.json").is_file()


def test_guessed_bones_are_told(take, tmp_path, capfd):
    rig = figure("cmu")
    hero = write_glb(tmp_path / "hero.glb", rig.renamed([f"b{i}" for i in range(len(rig.names))]))
    assert main(["retarget", str(take), "--character", str(hero), "-o", str(tmp_path / "out")]) == 0
    assert "please check: hips" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "--character"), (["--character", "none.glb"], "none.glb"), (["--character", "7=HERO"], "7"),
        (["--character", "HERO", "HERO"], "no person left"), (["--character", "HERO", "--formats", "usdz"], "vrma"),
        (["--character", "TAKE"], ".vrm"),
    ],
)  # fmt: skip
def test_mistakes_are_explained(take, tmp_path, capfd, more, said):
    hero = write_glb(tmp_path / "hero.glb", figure("cmu"))
    more = [text.replace("HERO", str(hero)).replace("TAKE", str(take)) for text in more]
    assert main(["retarget", str(take), "-o", str(tmp_path / "out"), *more]) == USER_ERROR
    assert said in capfd.readouterr().err


def test_files_are_given_to_people():
    assert characters_by_person(["2=b.glb", "a.glb"], None, [1, 2]) == {2: Path("b.glb"), 1: Path("a.glb")}
    assert characters_by_person(["a.glb"], 3, [1, 2, 3]) == {3: Path("a.glb")}
    assert characters_by_person(["1=a.glb", "2=a.glb"], None, [1, 2]) == {1: Path("a.glb"), 2: Path("a.glb")}
    for given, person in ((["1=a", "1=b"], None), (["a", "b"], 1), ([], None), (["1=a", "b"], 1)):
        with pytest.raises(ConfigError):
            characters_by_person(given, person, [1, 2])
