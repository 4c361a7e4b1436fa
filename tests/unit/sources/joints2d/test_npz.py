"""Test 2D joints from a file: the delivered poses, and the error for every mistake in the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.core.skeletons import SKELETONS
from pipeline.sources.joints2d.source import Joints2DSource


def good(skeleton: str = "coco17", frames: int = 6, persons: int | None = None) -> dict[str, object]:
    joints = len(SKELETONS[skeleton].names)
    shape = (frames, joints) if persons is None else (frames, persons, joints)
    rng = np.random.default_rng(1)
    return {
        "joints_image": rng.uniform(0, 600, (*shape, 2)),
        "scores": rng.uniform(0.2, 1, shape),
        "fps_hz": 50.0,
        "width_px": 640,
        "height_px": 480,
        "skeleton": skeleton,
    }


def write(folder: Path, **arrays: object) -> Path:
    np.savez(folder / "joints.npz", **arrays)
    return folder / "joints.npz"


@pytest.mark.parametrize("skeleton", sorted(SKELETONS))
def test_what_is_in_the_file_comes_out(skeleton: str, tmp_path: Path) -> None:
    data = good(skeleton)
    source = Joints2DSource(write(tmp_path, **data, fov_deg=62.5))
    assert source.skeleton == skeleton
    assert source.info.fov_deg == 62.5
    assert (source.info.width_px, source.info.height_px, source.info.fps_hz) == (640, 480, 50.0)
    poses = list(source.poses())
    assert [(index, time_s) for index, time_s, _ in poses] == [(i, pytest.approx(i / 50)) for i in range(6)]
    for index, _, pose in poses:
        assert pose.skeleton == skeleton
        np.testing.assert_allclose(pose.joints_image[0], data["joints_image"][index], rtol=1e-6)
        np.testing.assert_allclose(pose.scores[0], data["scores"][index], rtol=1e-6)
        x, y = data["joints_image"][index].T
        np.testing.assert_allclose(pose.boxes_image[0], [x.min(), y.min(), x.max(), y.max()], rtol=1e-6)


def test_several_people_and_only_those_who_are_seen(tmp_path: Path) -> None:
    data = good(persons=3)
    data["joints_image"][1, 0] = np.nan  # not there
    data["scores"][2, 1] = 0  # not there either
    data["joints_image"][3] = np.nan  # no person
    poses = [pose for _, _, pose in Joints2DSource(write(tmp_path, **data)).poses()]
    assert [len(pose.boxes_image) for pose in poses] == [3, 2, 2, 0, 3, 3]
    np.testing.assert_allclose(poses[1].joints_image, data["joints_image"][1, 1:], rtol=1e-6)
    np.testing.assert_allclose(poses[2].joints_image, data["joints_image"][2, [0, 2]], rtol=1e-6)


def test_a_joint_is_seen_or_it_is_nan_with_score_zero(tmp_path: Path) -> None:
    data = good(persons=1)
    data["joints_image"][0, 0, 3] = (np.nan, 5.0)
    data["scores"][0, 0, 4] = 0
    data["scores"][0, 0, 5] = np.nan
    data["scores"][0, 0, 6] = 1.07
    _, _, pose = next(Joints2DSource(write(tmp_path, **data)).poses())
    assert np.isnan(pose.joints_image[0, 3:6]).all()
    assert (pose.scores[0, 3:6] == 0).all()
    assert pose.scores[0, 6] == 1
    assert np.isfinite(pose.joints_image[0, 6:]).all()
    seen = np.delete(data["joints_image"][0, 0], [3, 4, 5], axis=0)
    np.testing.assert_allclose(pose.boxes_image[0], [*seen.min(axis=0), *seen.max(axis=0)], rtol=1e-6)


def test_true_times(tmp_path: Path) -> None:
    time_s = np.array([0.0, 0.02, 0.04, 0.1, 0.12, 0.15])
    source = Joints2DSource(write(tmp_path, **good(), time_s=time_s))
    assert [time for _, time, _ in source.poses()] == list(time_s)
    assert source.info.variable_rate
    assert source.info.fps_hz == 50  # of the usual step, not the mean
    assert [index for index, _, _ in source.poses(0.04, 0.12)] == [2, 3]


def test_the_content_key_is_of_the_content(tmp_path: Path) -> None:
    key = Joints2DSource(write(tmp_path, **good())).info.content_key
    (tmp_path / "b").mkdir()
    np.savez_compressed(tmp_path / "b" / "other.npz", **good())
    assert Joints2DSource(tmp_path / "b" / "other.npz").info.content_key == key
    changed = good()
    changed["joints_image"][5, 16, 1] += 1
    assert Joints2DSource(write(tmp_path, **changed)).info.content_key != key


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"joints_image": np.zeros((6, 16, 2))}, r"joints_image.*\(6, 16, 2\), expected.*17"),
        ({"joints_image": np.zeros((6, 17, 3))}, r"joints_image.*\(6, 17, 3\)"),
        ({"joints_image": np.zeros((17, 2))}, r"joints_image.*\(17, 2\)"),
        ({"joints_image": np.zeros((0, 17, 2)), "scores": np.zeros((0, 17))}, "at least one frame"),
        ({"joints_image": np.full((6, 17, 2), "x")}, "joints_image.*type <U1"),
        ({"joints_image": np.full((6, 17, 2), np.inf)}, "joints_image.*infinite in frame 0"),
        ({"joints_image": np.zeros((6, 17, 2), complex)}, "joints_image.*complex"),
        ({"scores": np.ones((5, 17))}, r"scores.*\(5, 17\), expected.*\(6, 17\)"),
        ({"scores": np.ones((6, 17, 1))}, r"scores.*\(6, 17, 1\)"),
        ({"scores": np.full((6, 17), -0.1)}, "scores.*-0.1"),
        ({"scores": np.full((6, 17), 90)}, "scores.*90"),
        ({"scores": np.full((6, 17), np.inf)}, "scores.*infinite"),
        ({"fps_hz": 0}, "fps_hz.*0"),
        ({"fps_hz": np.nan}, "fps_hz.*nan"),
        ({"fps_hz": "fast"}, "fps_hz.*type"),
        ({"fps_hz": [25, 30]}, r"fps_hz.*\(2,\)"),
        ({"width_px": -640}, "width_px.*-640"),
        ({"height_px": 480.5}, "height_px.*480.5"),
        ({"skeleton": "smpl"}, "skeleton.*'smpl'.*halpe26"),
        ({"skeleton": 17}, "skeleton.*type int64"),
        ({"fov_deg": 180}, "fov_deg.*180"),
        ({"time_s": np.arange(5) / 50}, r"time_s.*\(5,\)"),
        ({"time_s": np.zeros(6)}, "time_s.*not rising after frame 0"),
        ({"time_s": np.full(6, np.nan)}, "time_s.*not finite"),
        ({"scores": np.array([{}], object)}, "not a readable .npz of plain arrays"),
    ],
)
def test_every_mistake_is_named(change: dict[str, object], says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        Joints2DSource(write(tmp_path, **{**good(), **change}))
    assert "joints.npz" in caught.value.message
    assert "joints_image" in caught.value.hint


@pytest.mark.parametrize("name", ["joints_image", "scores", "fps_hz", "width_px", "height_px", "skeleton"])
def test_a_missing_array_is_named_with_what_is_there(name: str, tmp_path: Path) -> None:
    data = good()
    del data[name]
    with pytest.raises(SourceError, match=f"lacks {name}; it has"):
        Joints2DSource(write(tmp_path, **data))


def test_files_that_are_something_else(tmp_path: Path) -> None:
    single = tmp_path / "single.npz"
    with single.open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(SourceError, match="single array"):
        Joints2DSource(single)
    whole = write(tmp_path, **good()).read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="not a readable"):
        Joints2DSource(tmp_path / "cut.npz")
    with pytest.raises(SourceError, match="no file"):
        Joints2DSource(tmp_path / "nowhere.npz")
