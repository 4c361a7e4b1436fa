"""Test that saved takes come back equal; other files are refused with a reason."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import VideoInfo
from pipeline.core.errors import TakeError
from pipeline.core.geometry import rotation_world_from_camera
from pipeline.core.poses import PersonTrack
from pipeline.core.take import Finding, LiftedTrack, SceneEstimate, Take, TokenStages, Track3D
from pipeline.take.file import load_take, save_take
from pipeline.take.provenance import can_refinish
from pipeline.take.time_range import between

EARLIER = Path(__file__).parents[2] / "data" / "take_0619064.pose3d"


def make_take(frames: int = 40) -> Take:
    rng = np.random.default_rng(1)
    index, time_s = np.arange(10, 10 + frames), np.arange(10, 10 + frames) / 29.97
    joints = rng.normal(size=(frames, 17, 3)).astype(np.float32)
    joints[5:9] = np.nan
    tracks2d = tuple(
        PersonTrack.of(
            p, index, time_s, rng.uniform(0, 500, (frames, 33, 2)).astype(np.float32),
            rng.uniform(0, 1, (frames, 33)).astype(np.float32), "blazepose33",
        )
        for p in (1, 2)
    )  # fmt: skip
    track3d = Track3D(2, index, time_s, joints, rng.uniform(0, 1, (frames, 17)).astype(np.float32), "world")
    findings = (Finding(2, "gap", 3, 5, True, "a note"), Finding(2, "sides_throughout", 0, 9, False))
    scene = SceneEstimate(
        61.5, 3.0, rotation_world_from_camera(3.0, -2.0), np.array([0.0, -4.0, 1.5]), {"fov": "assumed"},
        roll_deg=-2.0, tilt_sigma_deg=4.5, reprojection_px={2: rng.uniform(1, 5, frames).astype(np.float32)},
        findings=findings,
    )  # fmt: skip
    info = VideoInfo("clip ü.mp4", "/videos/clip ü.mp4", 640, 360, 29.97, 100, 3.34)
    stages = TokenStages(2, (2, 4), rng.uniform(size=(2, frames)) < 0.5)
    lifted = LiftedTrack(2, rng.normal(size=(frames, 17, 3)).astype(np.float32), 1.55)
    provenance = {"program": "test", "list": [1, 2.5, None]}
    return Take(info, tracks2d, (track3d,), scene, provenance, True, (stages,), (lifted,), {2: "Änne"})


def assert_same(a, b) -> None:
    if dataclasses.is_dataclass(a):
        for field in dataclasses.fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    elif isinstance(a, dict) and any(isinstance(value, np.ndarray) for value in a.values()):
        assert a.keys() == b.keys()
        for key, value in a.items():
            assert_same(value, b[key])
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)
    else:
        assert a == b


@pytest.mark.parametrize("frames", [40, 41, 1])
def test_round_trip(tmp_path: Path, frames: int) -> None:
    take = make_take(frames)
    assert_same(load_take(save_take(take, tmp_path / "aufnahme ü.pose3d")), take)


@pytest.mark.parametrize("used", [True, False])
def test_turns_of_the_camera_come_back_used_or_only_measured(tmp_path: Path, used: bool) -> None:
    turn = np.random.default_rng(2).uniform(-0.3, 0.3, (40, 3))
    take = make_take()
    assert take.scene is not None
    take = dataclasses.replace(
        take, camera_turn=turn, scene=dataclasses.replace(take.scene, turn=turn if used else None)
    )
    read = load_take(save_take(take, tmp_path / "turning.pose3d"))
    assert_same(read, take)
    part = between(read, read.time_s[4] - 1e-6, read.time_s[20])
    assert part.camera_turn is not None
    np.testing.assert_array_equal(part.camera_turn, turn[4 : 4 + part.frame_count])
    assert part.scene is not None
    assert (part.scene.turn is not None) == used


@pytest.mark.parametrize("wrong", [np.full((40, 3), np.nan), np.zeros((39, 3)), np.full((40, 3), 1e9)])
def test_turns_that_are_none_are_refused(tmp_path: Path, wrong: np.ndarray) -> None:
    path = save_take(dataclasses.replace(make_take(), camera_turn=wrong), tmp_path / "wrong.pose3d")
    with pytest.raises(TakeError):
        load_take(path)


def test_a_file_from_before_there_were_token_stages(tmp_path: Path) -> None:
    take = load_take(_with_header(tmp_path, lambda header: header.pop("token_stages")))
    assert_same(take, dataclasses.replace(make_take(), token_stages=()))


def test_a_file_from_before_the_lifted_joints_were_kept(tmp_path: Path) -> None:
    take = load_take(_with_header(tmp_path, lambda header: (header.pop("lifted"), header.pop("names"))))
    assert_same(take, dataclasses.replace(make_take(), lifted=(), names={}))
    assert not can_refinish(take)


def test_a_clock_before_1980_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip cannot hold such times, and a computer without a battery begins in 1970."""
    take = load_take(EARLIER)
    monkeypatch.setattr("time.time", lambda: 86_400.0)
    assert load_take(save_take(take, tmp_path / "t.pose3d")).names == take.names


def test_a_take_without_anybody(tmp_path: Path) -> None:
    take = Take(make_take().info, (), (), None)
    assert_same(load_take(save_take(take, tmp_path / "empty.pose3d")), take)


def test_truncated_files_never_open(tmp_path: Path) -> None:
    data = save_take(make_take(), tmp_path / "a.pose3d").read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.pose3d").write_bytes(data[: int(len(data) * share)])
        with pytest.raises(TakeError):
            load_take(tmp_path / "cut.pose3d")


def _with_header(tmp_path: Path, change) -> Path:
    source, target = save_take(make_take(), tmp_path / "a.pose3d"), tmp_path / "b.pose3d"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        header = json.loads(old.read("take.json"))
        change(header)
        new.writestr("take.json", json.dumps(header))
        new.writestr("arrays.npz", old.read("arrays.npz"))
    return target


@pytest.mark.parametrize(
    "change",
    [
        lambda h: h.update(format="something else"),
        lambda h: h.update(version=99),
        lambda h: h.update(tracks2d=[{"person": 7, "skeleton": "blazepose33"}]),
        lambda h: h["tracks2d"][0].update(skeleton="coco17"),
        lambda h: h.pop("info"),
        lambda h: h["info"].update(colour="red"),
        lambda h: h.update(tracks3d=3),
        lambda h: h["token_stages"][0].update(person=1),
        lambda h: h["token_stages"][0].update(blocks=[2, 4, 5]),
        lambda h: h["lifted"][0].update(person=1),
        lambda h: h.update(names=3),
    ],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path: Path, change) -> None:
    with pytest.raises(TakeError) as caught:
        load_take(_with_header(tmp_path, change))
    assert caught.value.hint


def test_pickles_inside_are_not_read(tmp_path: Path) -> None:
    path = save_take(make_take(), tmp_path / "a.pose3d")
    with zipfile.ZipFile(path) as old:
        header = old.read("take.json")
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("take.json", header)
        with new.open("arrays.npz", "w") as member:
            np.savez(member, frame_index=np.array([object()], dtype=object))
    with pytest.raises(TakeError):
        load_take(path)


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "text.pose3d").write_text("hello")
    for path in (tmp_path / "absent.pose3d", tmp_path / "text.pose3d", tmp_path):
        with pytest.raises(TakeError):
            load_take(path)
