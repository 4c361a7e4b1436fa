"""Test pauses, damaged frames, ranges and slow motion in files that store time differently."""

from __future__ import annotations

import dataclasses
import json
import struct
from pathlib import Path

import ezc3d
import numpy as np
import pytest

from pipeline.core.camera import at_recorded_rate, frame_rate_hz
from pipeline.core.errors import OutputError
from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.export_take import export_take
from pipeline.export.tracks import selected
from pipeline.export.written_frames import count_frames
from pipeline.sources.file.video import VideoSource
from tests.helpers.clips import number_in, write_clip
from tests.helpers.motion import clip, facing_camera, scene
from tests.unit.export.test_video import probe

RATE_HZ = 30.0


def take_at(index: np.ndarray, time_s: np.ndarray, unseen: np.ndarray | None = None, variable: bool = False) -> Take:
    """Return a jumping person in frames `index` of a video, at `time_s`; NaN in rows `unseen`."""
    lifted = scene(facing_camera(clip("jump")), rate_hz=RATE_HZ).take()
    track, track2d = lifted.tracks3d[0], lifted.tracks2d[0]
    rows = np.arange(len(index))
    joints = track.joints[rows].copy()
    if unseen is not None:
        joints[unseen] = np.nan
    info = dataclasses.replace(lifted.info, fps_hz=RATE_HZ, variable_rate=variable, frame_count=int(index[-1]) + 1)
    return dataclasses.replace(
        lifted,
        info=info,
        tracks2d=(
            dataclasses.replace(
                track2d,
                frame_index=index,
                time_s=time_s,
                joints_image=track2d.joints_image[rows],
                scores=track2d.scores[rows],
                h36m17=(track2d.h36m17[0][rows], track2d.h36m17[1][rows]),
            ),
        ),
        tracks3d=(dataclasses.replace(track.rows(rows), frame_index=index, time_s=time_s, joints=joints),),
    )


def exported(take: Take, folder: Path, *formats: str) -> dict[str, Path]:
    paths = export_take(take, folder, "clip", formats)
    _, notes = count_frames(selected(take, ExportOptions()), paths)
    assert notes == []
    return {path.name.removeprefix("clip"): path for path in paths}


def bvh_rows(path: Path) -> tuple[int, float, np.ndarray]:
    lines = path.read_text().split("MOTION\n")[1].splitlines()
    return int(lines[0].split()[1]), float(lines[1].split()[2]), np.array([line.split() for line in lines[2:]], float)


def trc_rows(path: Path) -> np.ndarray:
    return np.array([line.split("\t")[:5] for line in path.read_text().splitlines()[5:]], float)


def glb_times(path: Path) -> np.ndarray:
    data = path.read_bytes()
    size = int.from_bytes(data[12:16], "little")
    document = json.loads(data[20 : 20 + size])
    about = document["accessors"][document["animations"][0]["samplers"][0]["input"]]
    start = 28 + size + document["bufferViews"][about["bufferView"]]["byteOffset"]
    return np.frombuffer(data[start : start + 4 * about["count"]], "<f4")


def test_a_pause_gets_frames_where_a_file_has_one_rate(tmp_path: Path) -> None:
    """Check 4 s between frames 24 and 25 at 30 Hz: 170 rows of BVH and C3D, 50 rows elsewhere."""
    times = np.arange(50) / 30 + 4.0 * (np.arange(50) >= 25)
    files = exported(take_at(np.arange(50), times, variable=True), tmp_path, "bvh", "c3d", "trc", "glb", "csv_wide")
    count, step_s, rows = bvh_rows(files[".bvh"])
    assert (count, len(rows)) == (170, 170)
    assert step_s == pytest.approx(1 / 30, abs=1e-8)
    file = ezc3d.c3d(str(files[".c3d"]))
    assert file["data"]["points"].shape[2] == 170
    assert file["parameters"]["POINT"]["RATE"]["value"][0] == 30
    np.testing.assert_allclose(trc_rows(files[".trc"])[:, 1], times, atol=1e-6)
    np.testing.assert_allclose(glb_times(files[".glb"]), times, atol=1e-5)
    # At a constant rate, the row at a time equals the take at that time.
    heights = file["data"]["points"][2, 0] / 1000
    joints = take_at(np.arange(50), times).tracks3d[0].joints[:, 0, 2]
    np.testing.assert_allclose(heights[[0, 24, 144, 169]], joints[[0, 24, 25, 49]], atol=1e-3)


@pytest.mark.parametrize("damaged", [range(12, 26), range(4), range(25, 32)])
def test_damaged_frames_are_rows_of_every_file(damaged, tmp_path: Path) -> None:
    times, unseen = np.arange(32) / 30, np.isin(np.arange(32), list(damaged))
    files = exported(take_at(np.arange(32), times, unseen), tmp_path, "bvh", "c3d", "trc", "mot", "glb", "csv_wide")
    assert bvh_rows(files[".bvh"])[0] == 32
    residuals = ezc3d.c3d(str(files[".c3d"]))["data"]["meta_points"]["residuals"][0]
    assert np.array_equal((residuals < 0).all(axis=0), unseen)
    rows = trc_rows(files[".trc"])
    assert np.array_equal(np.isnan(rows[:, 2]), unseen)
    np.testing.assert_allclose(rows[:, 1], times, atol=1e-6)
    np.testing.assert_allclose(glb_times(files[".glb"]), times[~unseen] - times[0], atol=1e-5)
    cells = [line.split(",") for line in (files["_wide.csv"]).read_text().splitlines()[1:]]
    assert [row[2] == "" for row in cells] == unseen.tolist()


def test_takes_of_older_versions_left_damaged_frames_out(tmp_path: Path) -> None:
    index = np.array([*range(12), *range(26, 32)])
    files = exported(take_at(index, index / 30), tmp_path, "bvh", "c3d", "trc")
    assert bvh_rows(files[".bvh"])[0] == 32
    assert ezc3d.c3d(str(files[".c3d"]))["data"]["points"].shape[2] == 32
    assert trc_rows(files[".trc"])[:, 0].tolist() == (index + 1).tolist()


def test_a_range_begins_with_the_number_of_its_first_frame(tmp_path: Path) -> None:
    index = np.arange(15, 30)
    files = exported(take_at(index, index / 30), tmp_path, "c3d", "trc")
    assert trc_rows(files[".trc"])[[0, -1], 0].tolist() == [16, 30]
    file = ezc3d.c3d(str(files[".c3d"]))
    assert file["parameters"]["TRIAL"]["ACTUAL_START_FIELD"]["value"].tolist() == [16, 0]
    assert file["parameters"]["TRIAL"]["ACTUAL_END_FIELD"]["value"].tolist() == [30, 0]
    assert struct.unpack("<HH", files[".c3d"].read_bytes()[6:10]) == (16, 30)
    assert file["data"]["points"].shape[2] == 15
    assert file["header"]["points"]["first_frame"] == 15  # ezc3d counts from 0


def test_a_range_far_into_a_video_has_its_number_beside_the_header(tmp_path: Path) -> None:
    """Check the frame counts: the header has 16 bits; TRIAL has 32."""
    index = np.arange(70_000, 70_020)
    files = exported(take_at(index, index / 30), tmp_path, "c3d")
    trial = ezc3d.c3d(str(files[".c3d"]))["parameters"]["TRIAL"]
    low, high = trial["ACTUAL_START_FIELD"]["value"]
    assert int(low) + 65536 * int(high) == 70_001


def test_the_film_shows_the_last_image_where_frames_are_damaged(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "clip.avi", 32, "mjpeg", "yuvj420p", size=(320, 180))
    data = bytearray(video.read_bytes())
    starts = [i for i in range(len(data) - 4) if data[i : i + 3] == b"\xff\xd8\xff"]
    for frame in (0, 1, *range(12, 26), 31):
        data[starts[frame] : starts[frame] + 900] = bytes(900)
    video.write_bytes(data)
    source = VideoSource(video)
    take = dataclasses.replace(take_at(np.arange(32), source.time_s), info=source.info)
    path = exported(take, tmp_path / "out", "overlay")["_overlay.mp4"]
    assert probe(path)["video"]["nb_read_frames"] == "32"
    film = VideoSource(path)
    assert (film.info.fps_hz, film.info.variable_rate) == (30.0, False)
    expected = [2, 2, *range(2, 12), *[11] * 14, *range(26, 31), 30]
    assert [number_in(frame.bgr) for frame in film.frames()] == expected


def test_the_film_of_slow_motion_runs_at_the_speed_of_the_motion(tmp_path: Path) -> None:
    video = write_clip(tmp_path / "clip.mp4", 40, size=(320, 180))
    info = at_recorded_rate(VideoSource(video).info, 240)
    assert (info.slow_motion, info.duration_s) == (8.0, pytest.approx(40 / 240))
    take = dataclasses.replace(take_at(np.arange(8, 30), np.arange(8, 30) / 240), info=info)
    path = exported(take, tmp_path / "out", "overlay")["_overlay.mp4"]
    film = VideoSource(path)
    assert film.info.fps_hz == 240
    assert [number_in(frame.bgr) for frame in film.frames()] == list(range(8, 30))


def test_a_file_with_too_few_frames_is_told_of(tmp_path: Path) -> None:
    take = take_at(np.arange(20), np.arange(20) / 30)
    paths = export_take(take, tmp_path, "clip", ("bvh", "trc"))
    counts, notes = count_frames(selected(take, ExportOptions()), paths)
    assert (counts, notes) == ({"clip.bvh": 20, "clip.trc": 20}, [])
    paths[0].write_text(paths[0].read_text().replace("Frames: 20", "Frames: 18"))
    assert count_frames(selected(take, ExportOptions()), paths)[1] == ["clip.bvh has 18 frames, the take 20"]


def test_pauses_of_days_are_no_rows(tmp_path: Path) -> None:
    times = np.arange(50) / 30 + 864_000.0 * (np.arange(50) >= 25)
    take = take_at(np.arange(50), times, variable=True)
    with pytest.raises(OutputError, match="even frames a second would need"):
        export_take(take, tmp_path, "clip", ("bvh",))
    assert [path.name for path in export_take(take, tmp_path, "clip", ("trc",))] == ["clip.trc"]


def test_the_usual_step_gives_the_rate_where_none_is_stated() -> None:
    times = np.arange(50) / 30 + 4.0 * (np.arange(50) >= 25)
    assert frame_rate_hz(0, times) == pytest.approx(30)
    assert frame_rate_hz(None, np.array([0.0, 0.02, 0.08, 0.1, 0.16])) == pytest.approx(25)
    assert frame_rate_hz(None, np.array([1.0])) == frame_rate_hz(float("nan"), None) == 30
    assert frame_rate_hz(50, times) == 50
