"""Test opening sources by content and suffix, folders of videos, and the sample video."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.sources.file.video import VideoSource
from pipeline.sources.inputs import find_inputs
from pipeline.sources.joints2d.source import Joints2DSource
from pipeline.sources.open import open_source
from pipeline.sources.sample import sample_video
from pipeline.sources.suffixes import VIDEO_SUFFIXES
from tests.helpers.clips import write_clip


def test_the_content_decides_where_the_suffix_does_not(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz", joints_image=np.ones((2, 17, 2)), scores=np.ones((2, 17)), fps_hz=30, width_px=9,
        height_px=9, skeleton="coco17",
    )  # fmt: skip
    renamed = (tmp_path / "a.npz").rename(tmp_path / "a.joints")
    assert isinstance(open_source(renamed), Joints2DSource)
    clip = write_clip(tmp_path / "clip.mp4", 2).rename(tmp_path / "clip.dat")
    assert isinstance(open_source(clip), VideoSource)
    with pytest.raises(SourceError, match="no file"):
        open_source(tmp_path / "nothing.mp4")
    with pytest.raises(SourceError, match="folder"):
        open_source(tmp_path)


def test_folders_stand_for_the_videos_in_them(tmp_path: Path) -> None:
    for name in ("b.mp4", "A.MOV", "c.txt", "._b.mp4", "deep/d.mp4", "e.npz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.mp4").mkdir()
    single = tmp_path / "c.txt"  # named by the user: opening it raises the error
    inputs = find_inputs([single, str(tmp_path)])
    assert [one.path for one in inputs.found] == [single, tmp_path / "A.MOV", tmp_path / "b.mp4"]
    assert ".mp4" in VIDEO_SUFFIXES


def test_a_folder_without_a_video_and_a_name_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceError, match="no video in the folder"):
        find_inputs([tmp_path])
    with pytest.raises(SourceError, match=r"no file or folder .*clp\.mp4"):
        find_inputs([tmp_path / "clp.mp4"])


def test_the_sample_is_found_without_importing_its_package() -> None:
    path = sample_video()
    assert path.name == "demo.mp4"
    assert path.stat().st_size == 3968304
    assert "Sports2D" not in sys.modules


def test_without_the_sample_the_hint_is_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = "python -m pip install --no-deps sports2d==0.8.34"

    def absent(name: str) -> importlib.metadata.Distribution:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", absent)
    with pytest.raises(SourceError) as caught:
        sample_video()
    assert caught.value.hint == command

    class Other(importlib.metadata.PathDistribution):
        version = "0.1"

    monkeypatch.setattr(importlib.metadata, "distribution", lambda _: Other(tmp_path / "sports2d.dist-info"))
    with pytest.raises(SourceError, match=r"0\.1 has no sample") as caught:
        sample_video()
    assert caught.value.hint == command


def test_choosing_inputs_loads_nothing_heavy() -> None:
    code = (
        "import sys, pipeline.sources.open, pipeline.sources.inputs, pipeline.sources.sample;"
        "print(sorted({'av', 'cv2', 'torch', 'scipy', 'mediapipe'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
