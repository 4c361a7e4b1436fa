"""Test that every optional array of a person goes wherever its joints go: no step may forget one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Camera, VideoInfo
from pipeline.core.errors import SourceError, TakeError
from pipeline.core.poses import EXTRAS, PersonTrack, Pose2D, joined_extras
from pipeline.core.skeletons import BLAZEPOSE33, SKELETONS
from pipeline.core.take import Take
from pipeline.detect.cache import open_cache
from pipeline.detect.tracker import Tracker
from pipeline.live.recording.row_file import Row, RowWriter, read_rows
from pipeline.sources.joints2d.source import Joints2DSource
from pipeline.system.array_file import write_arrays
from pipeline.system.files import atomic_write
from pipeline.take import edit
from pipeline.take.file import load_take, save_take
from pipeline.take.time_range import between

COUNT = 12
SKELETON = BLAZEPOSE33.key
ALL = pytest.mark.parametrize("name", list(EXTRAS))


def values_of(name: str, seed: int, count: int = COUNT) -> np.ndarray:
    extra = EXTRAS[name]
    shape = (count, *extra.shape(BLAZEPOSE33))
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(extra.dtype)


def pose_of(name: str, seed: int, people: int = 1, with_it: bool = True) -> Pose2D:
    rng = np.random.default_rng(seed)
    joints = rng.uniform(100, 400, (people, 33, 2)).astype(np.float32)
    boxes = np.concatenate([joints.min(1), joints.max(1)], axis=1)
    extras = {name: values_of(name, seed, people)} if with_it else {}
    return Pose2D(boxes, joints, np.full((people, 33), 0.9, np.float32), SKELETON, extras=extras)


def track_of(name: str, seed: int, person: int = 1, with_it: bool = True) -> PersonTrack:
    rng = np.random.default_rng(seed)
    joints = rng.uniform(0, 500, (COUNT, 33, 2)).astype(np.float32)
    scores = rng.uniform(0.3, 1, (COUNT, 33)).astype(np.float32)
    extras = {name: values_of(name, seed)} if with_it else {}
    return PersonTrack.of(person, np.arange(COUNT), np.arange(COUNT) / 30, joints, scores, SKELETON, extras)


def take_of(*tracks: PersonTrack) -> Take:
    return Take(VideoInfo("clip", "/clip", 640, 480, 30.0, COUNT, COUNT / 30), tracks, (), None)


@ALL
def test_rows_are_cut_and_joined(name: str) -> None:
    one, two, without = track_of(name, 0), track_of(name, 1, 2), track_of(name, 2, 3, with_it=False)
    mine = np.arange(COUNT) < 5
    np.testing.assert_array_equal(one.rows(slice(3, 7)).extras[name], one.extras[name][3:7])
    np.testing.assert_array_equal(one.where(mine, two).extras[name][5:], two.extras[name][5:])
    assert np.isnan(one.where(mine).extras[name][5:]).all()
    assert np.isnan(one.where(mine, without).extras[name][5:]).all()
    np.testing.assert_array_equal(without.where(mine, one).extras[name][5:], one.extras[name][5:])
    assert not without.where(mine, without).extras


@ALL
def test_left_and_right_are_exchanged(name: str) -> None:
    track = track_of(name, 0)
    order = EXTRAS[name].mirror(SKELETONS[SKELETON])
    other = track.mirrored()
    np.testing.assert_array_equal(other.extras[name], track.extras[name][:, order])
    assert (other.extras[name] != track.extras[name]).any()
    np.testing.assert_array_equal(other.mirrored().extras[name], track.extras[name])


@ALL
def test_people_of_a_frame_are_chosen_and_moved_with_the_image(name: str) -> None:
    pose = pose_of(name, 0, people=3)
    np.testing.assert_array_equal(pose.people([2, 0]).extras[name], pose.extras[name][[2, 0]])
    moved = pose.scaled(0.5, np.array([10, 20], np.float32))
    np.testing.assert_allclose(moved.joints_image, pose.joints_image / 2 + [10, 20], rtol=1e-6)
    before, after = pose.extras[name].astype(np.float64), moved.extras[name].astype(np.float64)
    if EXTRAS[name].pixels:
        np.testing.assert_allclose(after[..., :2], before[..., :2] / 2 + [10, 20], atol=1e-5)
        np.testing.assert_array_equal(after[..., 2:], before[..., 2:])
    else:
        np.testing.assert_array_equal(after, before)


@ALL
def test_the_tracker_keeps_them_from_frame_to_frame_and_joins_two_identities(name: str) -> None:
    tracker = Tracker(SKELETON, Camera.assumed((640, 480), 30.0))
    poses = [pose_of(name, 0, with_it=row != 3) for row in range(7)]
    for row, pose in enumerate(poses):
        tracker.update(row, row / 30, pose)
    kept = tracker.track(1, 5).extras[name]
    assert np.isnan(kept[3]).all()
    there = [0, 1, 2, 4, 5, 6]
    np.testing.assert_array_equal(kept[there], np.concatenate([poses[row].extras[name] for row in there]))
    for row in (700, 701):
        tracker.update(row, row / 30, pose_of(name, 1))
    joined = tracker.track(tracker.join(1, 2), 1).extras[name]
    assert joined.shape[0] == 9
    np.testing.assert_array_equal(joined[7], pose_of(name, 1).extras[name][0])
    np.testing.assert_array_equal(joined[:7], kept)


@ALL
def test_the_cache_keeps_them(name: str, tmp_path: Path) -> None:
    poses = [pose_of(name, i, people=i % 3, with_it=i != 4) for i in range(6)]
    for _ in range(2):  # the second time, they are in a file
        cache = open_cache("video", "detector", root=tmp_path)
        assert cache is not None
        for i, pose in enumerate(poses):
            cache.put(i, i / 30, pose)
        for i, pose in enumerate(poses):
            found = cache.get(i)
            assert found is not None
            if len(pose.scores) and i != 4:
                np.testing.assert_array_equal(found.extras[name], pose.extras[name])
                assert found.extras[name].dtype == EXTRAS[name].dtype
        cache.flush()


@ALL
def test_takes_keep_them_through_a_file_and_edits(name: str, tmp_path: Path) -> None:
    one, two = track_of(name, 0), track_of(name, 1, 2, with_it=False)
    path = save_take(take_of(one, two), tmp_path / "a.pose3d")
    read = load_take(path)
    np.testing.assert_array_equal(read.tracks2d[0].extras[name], one.extras[name])
    assert read.tracks2d[0].extras[name].dtype == EXTRAS[name].dtype
    assert not read.tracks2d[1].extras
    later = between(read, 5 / 30, None).tracks2d[0]
    np.testing.assert_array_equal(later.extras[name], one.extras[name][5:])
    halves = edit.split(read, 1, 4).take
    assert np.isnan(halves.tracks2d[0].extras[name][4:]).all()
    np.testing.assert_array_equal(halves.tracks2d[-1].extras[name][4:], one.extras[name][4:])
    again = edit.merge(halves, 1, 3).take
    np.testing.assert_array_equal(again.track2d(1).extras[name], one.extras[name])
    exchanged = edit.exchange_sides(read, 1).take.tracks2d[0]
    np.testing.assert_array_equal(exchanged.extras[name], one.mirrored().extras[name])


@ALL
def test_a_take_with_impossible_values_is_refused(name: str, tmp_path: Path) -> None:
    track = track_of(name, 0)
    wrong = track.extras[name].copy()
    wrong[3] = np.inf
    path = save_take(take_of(replace(track, extras={name: wrong})), tmp_path / "a.pose3d")
    with pytest.raises(TakeError, match=f"person1_{name}_image is inf"):
        load_take(path)


@ALL
def test_recordings_keep_them_beside_chunks_without(name: str, tmp_path: Path) -> None:
    poses = [pose_of(name, i, people=2, with_it=i != 1) for i in range(3)]
    writer = RowWriter(tmp_path / "rows")
    for i, pose in enumerate(poses):
        writer.append([Row(i, i / 30, pose, (1, 2), True, (), i / 30)])
    writer.close()
    rows, rest = read_rows(tmp_path / "rows")
    assert rest == 0
    assert rows is not None
    expected = joined_extras([(2, pose.extras) for pose in poses], SKELETON)[name]
    np.testing.assert_array_equal(rows.extras[name], expected)
    assert np.isnan(rows.extras[name][2:4]).all()


@ALL
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_the_programs_own_files_of_joints_keep_them(name: str, degrees: int, tmp_path: Path) -> None:
    pose = pose_of(name, 0, people=2)
    arrays = {
        "joints_image": pose.joints_image[None], "scores": pose.scores[None], "fps_hz": 30, "width_px": 640,
        "height_px": 480, "skeleton": SKELETON, name: pose.extras[name][None],
    }  # fmt: skip
    with atomic_write(tmp_path / "joints.npz") as file:
        write_arrays(file, {key: np.asarray(value) for key, value in arrays.items()})
    source = Joints2DSource(tmp_path / "joints.npz")
    ((_, _, seen),) = (source.turned(degrees) if degrees else source).poses()
    given = pose.extras[name].astype(np.float64)
    if EXTRAS[name].pixels and degrees:
        x, y = given[..., 0].copy(), given[..., 1].copy()
        turned = {90: (480 - y, x), 180: (640 - x, 480 - y), 270: (y, 640 - x)}[degrees]
        given[..., 0], given[..., 1] = turned
    np.testing.assert_allclose(seen.extras[name], given, atol=1e-4)
    with pytest.raises(SourceError, match=name):
        Joints2DSource.of({key: np.asarray(v) for key, v in arrays.items()} | {name: np.zeros((1, 5))}, "x")


def test_unknown_and_misshapen_extras_are_refused() -> None:
    with pytest.raises(ValueError, match="the extra tail is not known"):
        replace(pose_of("depth", 0), extras={"tail": np.zeros((1, 3))})
    with pytest.raises(ValueError, match=r"depth has shape \(2, 33\), expected \(1, 33\)"):
        replace(pose_of("depth", 0), extras={"depth": np.zeros((2, 33), np.float16)})
    with pytest.raises(ValueError, match="depth is of type float32, expected float16"):
        replace(pose_of("depth", 0), extras={"depth": np.zeros((1, 33), np.float32)})
