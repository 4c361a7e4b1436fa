"""Test how takes are related to the files that they were made of, also after a move."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import api
from pipeline.core.camera import VideoInfo
from pipeline.core.errors import TakeError
from pipeline.core.take import Take
from pipeline.sources.file.checks import content_key
from pipeline.take.file import load_take, save_take
from pipeline.take.source_files import find_source, is_of, result_stem, with_source


def project(folder: Path, video: str = "videos/clip.mp4", take: str = "out/clip.pose3d") -> tuple[Path, Path]:
    """Make a folder with a video and a take of it."""
    path, saved = folder / video, folder / take
    for one in (path, saved):
        one.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"the pixels of a video")
    info = VideoInfo(path.name, str(path), 640, 480, 30, 10, 1 / 3, content_key=content_key(path))
    save_take(Take(info, (), (), None), saved)
    return path, saved


@pytest.mark.parametrize(
    ("video", "take"),
    [("clip.mp4", "clip.pose3d"), ("videos/clip.mp4", "out/clip.pose3d"), ("a/b/clip.mp4", "c/d/e/clip.pose3d")],
)
def test_a_video_that_moved_with_its_take_is_found(video: str, take: str, tmp_path: Path) -> None:
    project(tmp_path / "old", video, take)
    shutil.move(tmp_path / "old", tmp_path / "new")
    moved = api.load(tmp_path / "new" / take)
    assert Path(moved.info.path) == tmp_path / "new" / video


def test_only_the_same_video_counts(tmp_path: Path) -> None:
    video, _ = project(tmp_path / "old")
    shutil.move(tmp_path / "old", tmp_path / "new")
    (tmp_path / "new/videos/clip.mp4").write_bytes(b"another video")
    loaded = api.load(tmp_path / "new/out/clip.pose3d")
    assert loaded.info.path == str(video)
    with pytest.raises(TakeError, match="not the video"):
        loaded.with_video(tmp_path / "new/videos/clip.mp4")
    with pytest.raises(TakeError, match="cannot be read"):
        loaded.with_video(tmp_path / "nowhere.mp4")
    (tmp_path / "elsewhere.mp4").write_bytes(b"the pixels of a video")
    assert loaded.with_video(tmp_path / "elsewhere.mp4").info.path == str(tmp_path / "elsewhere.mp4")


def test_a_path_of_another_system_is_understood(tmp_path: Path) -> None:
    video, take = project(tmp_path)
    info = replace(load_take(take).info, path="C:\\Users\\ada\\project\\videos\\clip.mp4")
    assert find_source(info, take) == video
    assert find_source(replace(info, path="/home/ada/project/videos/clip.mp4"), take) == video


def test_a_video_that_is_there_stays(tmp_path: Path) -> None:
    _, take = project(tmp_path)
    loaded = load_take(take)
    assert with_source(loaded, take) is loaded


def test_results_keep_apart_from_those_of_other_videos(tmp_path: Path) -> None:
    video, take = project(tmp_path)
    out = take.parent
    assert is_of(take, video)
    assert result_stem("clip", video, out, [], [video], ["csv"]) == "clip"  # lifted again
    other = tmp_path / "other" / "clip.mp4"
    other.parent.mkdir()
    other.write_bytes(b"another one")
    assert not is_of(take, other)
    assert result_stem("clip", other, out, [], [other], ["csv"]) == "clip_2"
    assert result_stem("clip_wide", other, out, [], [other], ["csv"]) == "clip_wide_2"
    moved = shutil.move(video, tmp_path / "clip.mp4")
    assert result_stem("clip", Path(moved), out, [], [], ["csv"]) == "clip"  # the same content
    damaged = out / "dance.pose3d"
    damaged.write_bytes(b"no take")
    assert result_stem("dance", other, out, [], [], ["csv"]) == "dance_2"


def test_results_in_the_folder_of_the_inputs(tmp_path: Path) -> None:
    joints = tmp_path / "joints.npz"
    joints.touch()
    assert result_stem("joints", joints, tmp_path, [], [joints], ["npz"]) == "joints_2"
    assert result_stem("joints", joints, tmp_path / "out", [], [joints], ["npz"]) == "joints"
