"""Test bad input on the command line: message, hint, exit code 2, no partial files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.concurrency import CancelToken
from pipeline.core.config import RunConfig
from pipeline.core.errors import OutputError, UserError
from pipeline.core.take import Take
from pipeline.run.lift_video import Engine, analyse
from pipeline.sources.open import open_source
from pipeline.take.file import SUFFIX, save_take


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        yield engine


def lift(path: Path, engine: Engine, **settings) -> Take:
    source = open_source(path)
    try:
        *_, take = analyse(source, RunConfig(**settings), CancelToken(), engine)
    finally:
        source.close()
    assert isinstance(take, Take)
    assert take.complete
    return take


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bad")
    files = {name: folder / f"{name}.mp4" for name in ("empty", "text", "noise", "missing")}
    files["empty"].write_bytes(b"")
    files["text"].write_text("This is not a video.\n" * 200)
    files["noise"].write_bytes(np.random.default_rng(0).bytes(200_000))
    return files


@pytest.mark.parametrize("name", ["empty", "text", "noise", "missing"])
def test_broken_files_are_explained(bad_files, command, tmp_path, name) -> None:
    done = command("lift", bad_files[name], "-o", tmp_path / "out", "--json")
    assert done.code == 2
    last = done.records[-1]
    assert last["status"] == "error"
    assert last["message"]
    assert last["hint"]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_one_bad_file_among_good_ones_does_not_stop_the_others(bad_files, command, tmp_path, sample_path) -> None:
    done = command("lift", bad_files["text"], sample_path, "--end", "0.5", "-o", tmp_path, "--json")
    assert done.code == 2
    assert [r["status"] for r in done.records if r["status"] != "running"] == ["error", "done"]
    assert (tmp_path / "demo.bvh").is_file()


def test_wrong_arguments_and_settings(command, tmp_path) -> None:
    assert command("lift", "-o", tmp_path).code == 2
    assert command("lift", "a.mp4", "-o", tmp_path, "--fov", "300", "--json").records[-1]["status"] == "error"
    assert command("lift", "a.mp4", "-o", tmp_path, "--formats", "doc").code == 2
    assert command("lift", "--sample", "-o", tmp_path, "--detector", "nothing").code == 2
    assert command("lift", "--sample", "-o", tmp_path, "--device", "cuda:99").code == 2
    assert command("nonsense").code == 2


def test_a_range_without_frames(engine, sample_path) -> None:
    with pytest.raises(UserError) as caught:
        lift(sample_path, engine, start_s=100.0)
    assert "7.67 s long" in caught.value.hint


def test_a_video_without_people(engine, make_video) -> None:
    with pytest.raises(UserError) as caught:
        lift(make_video("nobody.mp4", 40), engine)
    assert "Nobody" in caught.value.message
    assert caught.value.hint


def test_a_person_who_is_not_there(engine, sample_path) -> None:
    with pytest.raises(UserError) as caught:
        lift(sample_path, engine, persons=(7,), end_s=1.0)
    assert "There is no person 7" in caught.value.message


def test_a_single_frame(engine, sample_path, make_video) -> None:
    source = open_source(sample_path)
    picture = next(iter(source.frames())).bgr[:, :1766]
    source.close()
    video = make_video("one.mp4", 1, lambda _: picture[:, :, ::1].copy(), size=(1766, 994))
    take = lift(video, engine)
    assert take.frame_count == 1
    assert np.isfinite(take.tracks3d[0].joints).all()


def test_a_person_who_enters_late_and_leaves_early(engine, sample_path, make_video, tmp_path) -> None:
    """Check that frames without a person remain: rows with empty cells, a BVH of full length."""
    source = open_source(sample_path)
    pictures = [frame.bgr for frame in source.frames(1.0, 2.0)]
    source.close()
    grey = np.full_like(pictures[0], 90)
    video = make_video(
        "späť und früh 遅れ.mp4", 100, lambda i: pictures[i - 40] if 40 <= i < 70 else grey, size=(1768, 994)
    )
    take = lift(video, engine)
    seen = take.tracks3d[0].seen
    assert take.frame_count == 100
    assert not seen[:38].any()
    assert seen[42:68].all()
    assert not seen[72:].any()
    from pipeline.export.base import ExportOptions
    from pipeline.export.export_take import export_take

    export_take(take, tmp_path, video.stem, ["bvh", "csv"], ExportOptions())
    table = pd.read_csv(tmp_path / f"{video.stem}.csv")
    assert len(table) == 100 * 17
    assert table.loc[table["frame"] < 38, ["x", "y", "z", "x2d", "y2d"]].isna().all().all()
    assert table.loc[(table["frame"] >= 42) & (table["frame"] < 68), ["x", "y", "z"]].notna().all().all()
    bvh = (tmp_path / f"{video.stem}.bvh").read_text().splitlines()
    assert "Frames: 100" in bvh


def test_paths_with_spaces_and_other_letters(command, sample_path, tmp_path) -> None:
    folder = tmp_path / "Übung 体操 (1)"
    folder.mkdir()
    video = shutil.copy(sample_path, folder / "прыжок на месте.mp4")
    done = command("lift", video, "--end", "0.4", "-o", folder / "вывод", "--json")
    assert done.code == 0, done.stderr
    assert (folder / "вывод" / "прыжок на месте.bvh").is_file()


def test_an_output_folder_that_cannot_be_written(unwritable_folder, as_nobody, sample_run) -> None:
    from pipeline.take.file import load_take

    take = load_take(sample_run.folder / "demo.pose3d")
    with as_nobody(), pytest.raises(OutputError) as caught:
        save_take(take, unwritable_folder / f"a{SUFFIX}")
    assert "no permission" in caught.value.hint
    assert os.listdir(unwritable_folder) == []


def test_a_read_only_place_is_found_before_the_work_begins(command, full_disk, sample_path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(full_disk)], check=True)
    done = command("lift", sample_path, "-o", full_disk / "out", "--json")
    assert done.code == 2
    assert "read-only" in done.records[-1]["hint"]
    assert not [r for r in done.records if r["status"] == "running"]


def test_a_full_disk_leaves_nothing_half_written(command, full_disk, sample_run) -> None:
    (full_disk / "filler").write_bytes(b"x" * 900_000)
    done = command("export", sample_run.folder / "demo.pose3d", "-o", full_disk, "--json")
    assert done.code == 2
    assert "full" in done.records[-1]["hint"]
    assert "filler" in os.listdir(full_disk)
    # files that fitted are complete, the others are absent
    whole = {"filler", "demo.bvh", "demo_wide.csv", "demo.csv.json"}
    assert set(os.listdir(full_disk)) <= whole
