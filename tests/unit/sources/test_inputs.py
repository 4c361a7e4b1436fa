"""Test what names on the command line stand for: files, folders, wildcards, images of one video, own exports."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import cv2
import pytest

from pipeline.core.errors import SourceError
from pipeline.sources.frame_names import frame_numbers, natural_key, series_name
from pipeline.sources.inputs import Input, find_inputs
from tests.helpers.clips import numbered
from tests.unit.sources.joints2d.test_formats import alphapose, openpose, sports2d, write_files, write_json


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def images(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        cv2.imwrite(str(folder / name), numbered(number))
    return folder


def paths(*names: str | Path) -> list[Path]:
    return [one.path for one in find_inputs(names).found]


def test_wildcards_that_the_shell_left_are_expanded(tmp_path: Path) -> None:
    touch(tmp_path / "day1", "clip10.mp4", "clip2.mp4", "notes.txt")
    touch(tmp_path / "day2", "clip1.mkv")
    found = paths(tmp_path / "d*" / "clip*.m*")
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "day1/clip2.mp4", "day1/clip10.mp4", "day2/clip1.mkv",
    ]  # fmt: skip
    assert paths(tmp_path / "day?") == found
    with pytest.raises(SourceError, match=r"that .* stands for"):
        find_inputs([tmp_path / "*.avi"])


def test_a_name_with_brackets_is_a_name_first(tmp_path: Path) -> None:
    touch(tmp_path, "clip[1].mp4", "clip1.mp4")
    assert paths(tmp_path / "clip[1].mp4") == [tmp_path / "clip[1].mp4"]


def test_images_named_one_by_one_are_one_video(tmp_path: Path) -> None:
    images(tmp_path, "a_1.png", "a_2.png", "a_10.png", "b_1.png", "b_2.png", "cover.png")
    touch(tmp_path, "clip.mp4")
    named = sorted(tmp_path.iterdir())  # as the shell expands *
    found = find_inputs(named).found
    assert [(one.stem, len(one.files)) for one in found] == [("a", 3), ("b", 2), ("clip", 0), ("cover", 0)]
    assert [file.name for file in found[0].files] == ["a_1.png", "a_2.png", "a_10.png"]
    assert find_inputs([tmp_path / "a_*.png"]).found == [found[0]]
    source = found[0].open(25)
    assert (source.info.fps_hz, source.info.path) == (25, str(tmp_path / "a_*.png"))


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_a_wildcard_does_not_follow_folders_without_end(tmp_path: Path) -> None:
    touch(tmp_path / "day1", "clip.mp4")
    touch(tmp_path / "day1" / "inner", "deep.mp4")
    (tmp_path / "day1" / "again").symlink_to(tmp_path)
    assert paths(tmp_path / "**" / "*.mp4") == [tmp_path / "day1" / "clip.mp4"]


def test_folders_of_images_and_of_joints(tmp_path: Path) -> None:
    frames = images(tmp_path / "frames", "1.png", "2.png")
    assert find_inputs([frames]).found == [Input(frames)]
    assert find_inputs([frames]).found[0].stem == "frames"
    two = images(tmp_path / "two", "a1.png", "a2.png", "b_1.png", "b_2.png")
    assert [one.stem for one in find_inputs([two]).found] == ["a", "b"]
    json = write_files(tmp_path / "json", openpose(range(3)))
    assert paths(json) == [json]
    assert paths(*json.iterdir()) == [json]  # named one by one
    both = touch(tmp_path / "both", "clip.mp4")
    images(both, "thumb_1.jpg", "thumb_2.jpg")
    assert paths(both) == [both / "clip.mp4"]
    joints = tmp_path / "joints"
    joints.mkdir()
    write_json(joints / "a.json", alphapose())
    write_json(joints / "package.json", {"name": "x"})
    for person in (0, 1):
        (joints / f"b_px_person0{person}.trc").write_text(sports2d(person))
    assert paths(joints) == [joints / "a.json", joints / "b_px_person00.trc"]


def test_own_exports_are_not_lifted_again(tmp_path: Path) -> None:
    touch(tmp_path, "clip.mp4", "clip_overlay.mp4", "clip_side_by_side.mp4", "dance_overlay.mp4")
    inputs = find_inputs([tmp_path])
    assert [one.path.name for one in inputs.found] == ["clip.mp4", "dance_overlay.mp4"]  # somebody's own video
    assert [path.name for path in inputs.left_out] == ["clip_overlay.mp4", "clip_side_by_side.mp4"]
    touch(tmp_path, "dance.pose3d")
    assert paths(tmp_path) == [tmp_path / "clip.mp4"]
    assert paths(tmp_path / "clip_overlay.mp4") == [tmp_path / "clip_overlay.mp4"]  # who names it wants it


def test_one_wrong_name_does_not_stop_the_others(tmp_path: Path) -> None:
    touch(tmp_path, "clip.mp4")
    (tmp_path / "empty").mkdir()
    inputs = find_inputs([tmp_path / "clp.mp4", tmp_path / "clip.mp4", tmp_path / "empty", tmp_path / "clip.mp4"])
    assert [one.path.name for one in inputs.found] == ["clip.mp4"]
    assert [Path(name).name for name, _ in inputs.problems] == ["clp.mp4", "empty"]
    with pytest.raises(SourceError, match="no video in the folder"):
        find_inputs([tmp_path / "empty", tmp_path / "clp.mp4"])
    with pytest.raises(SourceError, match="no file or folder"):
        find_inputs(["x" * 5000])


@pytest.mark.skipif(sys.platform != "linux", reason="file systems with names of any bytes")
def test_names_of_any_bytes(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/caf\xe9.mp4", "wb"):
        pass
    (found,) = find_inputs([tmp_path]).found
    assert os.fsencode(found.path.name) == b"caf\xe9.mp4"
    assert paths(found.path) == [found.path]


def test_names_are_ordered_as_people_count() -> None:
    names = ["b2", "a10", "A9", "a010", "a9b", "a1"]
    assert sorted(names, key=natural_key) == ["a1", "A9", "a9b", "a10", "a010", "b2"]


@pytest.mark.parametrize(
    ("stems", "numbers"),
    [
        (["f_1", "f_2"], [1, 2]),
        (["cam1_007", "cam1_009"], [7, 9]),
        (["10_left", "11_left"], [10, 11]),
        (["clip_3"], [3]),
        (["a1", "b1"], None),
        (["a1_1", "a2_2"], None),
        (["a"], None),
        (["x1700000000", "x1800000000"], None),
        (["a7", "a007"], None),
    ],
)
def test_frame_numbers(stems: list[str], numbers: list[int] | None) -> None:
    assert frame_numbers(stems) == numbers


def test_series_name() -> None:
    assert series_name(["cam1_007", "cam1_009"]) == "cam1_*"
