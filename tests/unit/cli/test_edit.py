"""Test the `edit` command: people and settings of a saved take, without its video."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.body.stature import chain_from_height, chain_length
from pipeline.cli import USER_ERROR, main
from pipeline.core.take import Take
from pipeline.take.file import load_take, save_take
from pipeline.take.provenance import take_config
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene


@pytest.fixture(scope="module")
def broken() -> Take:
    """Save the take of a one-second walk whose track breaks off at 0.5 s."""
    walk = scene(facing_camera(clip("walk"))[:60])
    other = scene(facing_camera(clip("walk"))[:60], person=2)
    late = np.arange(60) >= 30
    return make_take([hidden(walk.person, late), hidden(other.person, ~late)], walk.info, walk.config)


@pytest.fixture
def path(broken: Take, tmp_path: Path) -> Path:
    return save_take(broken, tmp_path / "walk.pose3d")


def test_settings_are_changed_and_the_rest_stays(path: Path, broken: Take, capfd) -> None:
    assert main(["edit", str(path), "--pitch", "8", "--smooth", "4", "--json"]) == 0
    result = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert result["lifted_again"] == []
    take, before = load_take(path), take_config(broken)
    made = take_config(take)
    assert (made.scene.pitch_deg, made.post.smooth_hz) == (8, 4)
    assert (made.scene.height_cm, made.post.bones) == (before.scene.height_cm, before.post.bones)
    assert take.scene.pitch_deg == 8
    assert main(["edit", str(path), "--pitch", "auto"]) == 0
    assert take_config(load_take(path)).scene.pitch_deg is None


def test_people_are_renamed_and_deleted_into_another_file(path: Path, broken: Take, tmp_path: Path, capfd) -> None:
    out = tmp_path / "new" / "other"
    assert main(["edit", str(path), "-o", str(out), "--rename", "1=Ada Byron", "--delete", "2", "--json"]) == 0
    result = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert result["people"] == {"1": "Ada Byron"}
    take = load_take(tmp_path / "new" / "other.pose3d")
    assert [track.person for track in take.tracks3d] == [1]
    assert len(load_take(path).tracks3d) == 2, "the old one is as it was"


def test_heights_of_everyone_and_of_one_person(path: Path, capfd) -> None:
    assert main(["edit", str(path), "--height", "180", "--height", "2=150"]) == 0
    take = load_take(path)
    made = take_config(take)
    assert (made.scene.height_cm, made.scene.heights_cm) == (180.0, {2: 150.0})
    tall = [chain_length(track.joints[np.flatnonzero(track.seen)[0]]) for track in take.tracks3d]
    np.testing.assert_allclose(tall, [chain_from_height(180), chain_from_height(150)], atol=1e-3)
    assert main(["edit", str(path), "--delete", "1", "--height", "auto"]) == 0
    made = take_config(load_take(path))
    assert (made.scene.height_cm, made.scene.heights_cm) == (None, {2: 150.0})
    assert main(["edit", str(path), "--height", "2=auto"]) == 0
    assert take_config(load_take(path)).scene.heights_cm == {}
    for wrong in ("0=150", "x=150", "2=tall", "2=900", "=170"):
        assert main(["edit", str(path), "--height", wrong]) == USER_ERROR
        assert "--height" in capfd.readouterr().err


def test_edits_are_done_in_order_and_lifted(path: Path, monkeypatch, capsys) -> None:
    lifted: list[list[int]] = []
    monkeypatch.setattr(
        "pipeline.cli.edit._lifted", lambda take, persons, config, report: lifted.append(persons) or take
    )
    flags = ["--merge", "1+2", "--split", "1@0.25", "--rename", "2=Zoë", "--exchange-sides", "2"]
    assert main(["edit", str(path), *flags]) == 0
    take = load_take(path)
    assert lifted == [[1, 2]], "the number 2 was free again"
    assert take.track2d(1).seen.sum() == 15
    assert take.track2d(2).seen.sum() == 45
    assert take.name_of(2) == "Zoë"
    assert [edit["edit"] for edit in take.provenance["edits"]] == ["merge", "split", "exchange_sides"]


@pytest.mark.parametrize(
    "flags",
    [
        ("--split", "1"), ("--split", "1@soon"), ("--merge", "1"), ("--merge", "1+x"), ("--rename", "Ada"),
        ("--delete", "nobody"), ("--delete", "9"), ("--exchange-sides", "x"), ("--exchange-sides", "9"),
        ("--pitch", "steep"), ("--pitch", "95"), ("--split", "1@0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_written(path: Path, flags: tuple[str, ...], capsys) -> None:
    before = path.read_bytes()
    assert main(["edit", str(path), *flags]) == USER_ERROR
    assert path.read_bytes() == before
    assert capsys.readouterr().err.strip()


def test_a_take_of_an_older_version_says_so(broken: Take, tmp_path: Path, capsys) -> None:
    old = save_take(dataclasses.replace(broken, lifted=()), tmp_path / "old.pose3d")
    assert main(["edit", str(old), "--pitch", "3"]) == USER_ERROR
    assert "lift the video again" in capsys.readouterr().err


def test_joints_are_corrected_from_a_file_listed_and_taken_back(
    path: Path, broken: Take, tmp_path: Path, capfd
) -> None:
    at = broken.tracks2d[0].joints_image[10, 13] + [30, -20]
    key = {"frame": 10, "at_px": [at.tolist()]}
    told = {"corrections": [{"person": 1, "kind": "move", "joints": ["left_wrist"], "keys": [key]}]}
    (tmp_path / "c.json").write_text(json.dumps(told))
    assert main(["edit", str(path), "--correct", str(tmp_path / "c.json")]) == 0
    take = load_take(path)
    np.testing.assert_allclose(take.tracks2d[0].joints_image[10, 13], at, atol=1e-3)
    assert not np.array_equal(take.tracks3d[0].joints[10], broken.tracks3d[0].joints[10])
    capfd.readouterr()
    assert main(["edit", str(path), "--list-corrections"]) == 0
    listed = capfd.readouterr().out
    assert json.loads(listed)["corrections"][0]["keys"][0]["offset_px"] == pytest.approx(
        np.array([[30, -20]]), abs=1e-3
    )
    (tmp_path / "none.json").write_text('{"corrections": []}')
    assert main(["edit", str(path), "--correct", str(tmp_path / "none.json")]) == 0
    np.testing.assert_array_equal(load_take(path).tracks2d[0].joints_image, broken.tracks2d[0].joints_image)
    (tmp_path / "bad.json").write_text('{"corrections": [{"person": 1, "kind": "fly"}]}')
    assert main(["edit", str(path), "--correct", str(tmp_path / "bad.json")]) == USER_ERROR
    assert "kind is 'fly'" in capfd.readouterr().err
