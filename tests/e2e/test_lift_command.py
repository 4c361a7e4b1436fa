"""Test the contract of `lift` on which scripts rely."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.gait import gait
from pipeline.core.concurrency import CancelToken
from pipeline.core.skeletons import H36M17
from pipeline.core.take import Take
from pipeline.run.models import Engine
from pipeline.run.refinish import refinish
from pipeline.run.relift import relift
from pipeline.take.file import load_take
from pipeline.take.provenance import take_config
from tests.e2e.conftest import ROOT, SampleRun

FRAMES = 230  # frames of the sample video


def test_sample_writes_the_promised_files(sample_run: SampleRun) -> None:
    names = sorted(path.name for path in sample_run.folder.iterdir())
    assert names == ["demo.bvh", "demo.csv", "demo.csv.json", "demo.pose3d", "demo_wide.csv"]


def test_every_stdout_line_is_json_and_the_last_one_is_the_result(sample_run: SampleRun) -> None:
    records = sample_run.finished.records
    last = records[-1]
    assert last["status"] == "done"
    for key in ("take", "exports", "frames", "seconds", "detect_seconds", "lift_seconds", "peak_memory_mb", "device"):
        assert key in last
    assert last["frames"] == FRAMES
    assert last["gait"] == {"1": None}, "he stands and jumps"
    assert Path(last["take"]).is_file()
    assert all(Path(path).is_file() for path in last["exports"])
    assert last["device"].split(":")[0] in ("cpu", "cuda", "mps")
    done = [r["done"] for r in records if r["status"] == "running" and r["stage"] == "detect"]
    assert done == sorted(done)
    assert done[-1] == FRAMES


def test_a_saved_take_is_finished_again_as_it_would_have_been(sample_run: SampleRun) -> None:
    """Change a setting after the lifter as the window does: equal results without lifting."""
    take = load_take(sample_run.folder / "demo.pose3d")
    config = take_config(take)
    assert config is not None
    again = refinish(take, config)
    np.testing.assert_allclose(again.tracks3d[0].joints, take.tracks3d[0].joints, atol=1e-5)
    tilted = refinish(take, replace(config, scene=replace(config.scene, pitch_deg=10.0)))
    assert tilted.scene is not None
    assert tilted.scene.pitch_deg == 10.0


def test_its_people_are_lifted_again_from_its_2d(sample_run: SampleRun) -> None:
    """Re-lift after edits of tracks: the same 2D gives the same 3D as the run over the video."""
    take = load_take(sample_run.folder / "demo.pose3d")
    config = take_config(take)
    assert config is not None
    with Engine() as engine:
        *_, again = relift(take, (1, 2), config, CancelToken(), engine)
    assert isinstance(again, Take)
    assert [track.person for track in again.tracks3d] == [1, 2]
    np.testing.assert_allclose(again.lifted_of(1).relative, take.lifted_of(1).relative, atol=1e-3)
    walk = gait(again.tracks3d[1].joints.astype(np.float64), again.tracks3d[1].time_s)
    assert walk is not None
    assert walk.cadence_per_min == pytest.approx(99, abs=4), "she walks through the picture"


def test_tidy_csv_has_a_row_for_every_frame_and_joint(sample_run: SampleRun) -> None:
    table = pd.read_csv(sample_run.folder / "demo.csv")
    assert " ".join(table.columns) == (
        "frame time_s person joint x y z confidence x2d y2d error_image_mm error_depth_mm"
    )
    assert len(table) == FRAMES * 17
    assert list(table["joint"][:17]) == list(H36M17.names)
    assert table["frame"].unique().tolist() == list(range(FRAMES))
    assert table["person"].unique().tolist() == [1]
    np.testing.assert_allclose(table["time_s"][::17], np.arange(FRAMES) / 30, atol=2e-3)
    seen = table.dropna(subset=["x"])
    assert len(seen) > 0.9 * len(table)


def test_the_man_stands_on_a_roof_turns_over_in_the_air_and_lands_on_the_ground(sample_run: SampleRun) -> None:
    table = pd.read_csv(sample_run.folder / "demo.csv").dropna(subset=["z"])
    z = table.pivot_table(index="frame", columns="joint", values="z")
    lowest = z[["left_ankle", "right_ankle"]].min(axis=1)
    on_the_roof = z.index < 150
    assert 1.45 < (z["head_top"] - lowest)[on_the_roof].median() < 1.75
    assert (z["head_top"] > z["pelvis"] + 0.4)[on_the_roof].all()
    # The roof is about 2 m high. No point is pulled down to the floor, and he lands on the floor.
    assert 1.6 < lowest[on_the_roof].median() < 2.6
    assert abs(lowest[z.index > 185].median() - 0.09) < 0.25


def test_the_take_opens_without_any_model(sample_run: SampleRun) -> None:
    script = (
        "import sys; from pathlib import Path; from pipeline.take.file import load_take\n"
        "t = load_take(Path(sys.argv[1])); print(t.frame_count, len(t.tracks2d), 'torch' in sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", script, str(sample_run.folder / "demo.pose3d")],
        capture_output=True, text=True, check=True, cwd=ROOT,
    ).stdout.split()  # fmt: skip
    assert out == [str(FRAMES), "2", "False"]
    provenance = load_take(sample_run.folder / "demo.pose3d").provenance
    assert provenance["config"]["scene"]["height_cm"] == 175
    assert len(provenance["lifter"]["sha256"]) == 64


def test_a_second_run_takes_its_2d_from_the_cache_and_gives_the_same(sample_run: SampleRun, command, tmp_path) -> None:
    again = command("lift", "--sample", "-o", tmp_path, "--json", "--height", "175", "--formats", "csv")
    assert again.code == 0, again.stderr
    assert load_take(tmp_path / "demo.pose3d").provenance["run"]["detected"] == 0
    assert (tmp_path / "demo.csv").read_text() == (sample_run.folder / "demo.csv").read_text()


def test_another_recipe_from_the_command_line(sample_run: SampleRun, command, tmp_path) -> None:
    done = command("lift", "--sample", "-o", tmp_path, "--json", "--height", "175", "--prune", "NONE", "--end", "2")
    assert done.code == 0, done.stderr
    lifter = done.records[-1]["lifter"]
    assert lifter["prune"]["schedule"] == []
    assert lifter["gflops_per_window"] > sample_run.finished.records[-1]["lifter"]["gflops_per_window"] > 0
    take = load_take(tmp_path / "demo.pose3d")
    assert take.token_stages == ()
    assert take.provenance["run"]["detected"] == 0
    assert take.provenance["config"]["lift"]["prune"]["schedule"] == []
    assert load_take(sample_run.folder / "demo.pose3d").token_stages[0].blocks == (2, 4)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--prune", "tps", "--tokens", "121,81", "--at", "2"], "--tokens has 2 and --at has 1"),
        (["--prune", "tps", "--tokens", "61", "--at", "6"], "block 6 does not fit"),
        (["--recover", "tra"], "TRA cannot be put into this checkpoint"),
    ],
)
def test_a_recipe_that_does_not_fit_is_a_user_error(sample_run: SampleRun, command, tmp_path, options, says) -> None:
    done = command("lift", "--sample", "-o", tmp_path, "--json", *options)
    assert done.code == 2
    assert says in done.records[-1]["message"]
    assert done.records[-1]["hint"]
    assert list(tmp_path.iterdir()) == []


def test_everyone_gets_a_bvh_and_a_place_in_the_csv(sample_run: SampleRun, command, tmp_path) -> None:
    done = command("lift", "--sample", "--all", "-o", tmp_path, "--json")
    assert done.code == 0, done.stderr
    assert {"demo.bvh", "demo_person2.bvh", "demo_wide.csv", "demo_wide_person2.csv"} <= {
        p.name for p in tmp_path.iterdir()
    }
    assert pd.read_csv(tmp_path / "demo.csv")["person"].unique().tolist() == [1, 2]


def test_person_two_and_a_range(sample_run: SampleRun, command, tmp_path) -> None:
    done = command("lift", "--sample", "--person", "2", "--start", "1", "--end", "2.5", "-o", tmp_path, "--json")
    assert done.code == 0, done.stderr
    table = pd.read_csv(tmp_path / "demo.csv")
    assert (table["frame"].min(), table["frame"].max()) == (30, 74)
    assert table["person"].unique().tolist() == [2]
    assert (tmp_path / "demo.bvh").is_file()


def test_export_of_a_saved_take_equals_the_export_of_the_run(sample_run: SampleRun, command, tmp_path) -> None:
    done = command("export", sample_run.folder / "demo.pose3d", "-o", tmp_path, "--json")
    assert done.code == 0, done.stderr
    for name in ("demo.bvh", "demo.csv", "demo_wide.csv"):
        assert (tmp_path / name).read_bytes() == (sample_run.folder / name).read_bytes()


@pytest.mark.parametrize("skeleton", ["h36m17", "blazepose33"])
def test_2d_joints_found_elsewhere(sample_run: SampleRun, command, tmp_path, skeleton) -> None:
    from pipeline.core.skeletons import h36m17_from

    track = load_take(sample_run.folder / "demo.pose3d").tracks2d[0]
    joints, scores, depth = track.joints_image, track.scores, track.depth
    if skeleton == "h36m17":
        joints, scores = h36m17_from("blazepose33", joints, scores)
        depth = track.depth_h36m17
    inputs = []
    for name in ("eins", "zwei"):  # several files share one start-up
        inputs.append(tmp_path / f"{name}.npz")
        np.savez(
            inputs[-1], joints_image=joints, scores=scores, depth=depth, fps_hz=30.0, width_px=1768, height_px=994,
            skeleton=skeleton,
        )  # fmt: skip
    done = command("lift", *inputs, "-o", tmp_path / "out", "--json", "--height", "175")
    assert done.code == 0, done.stderr
    results = [r for r in done.records if r["status"] == "done"]
    assert [Path(r["take"]).name for r in results] == ["eins.pose3d", "zwei.pose3d"]
    assert results[0]["frames"] == FRAMES
    ours = pd.read_csv(tmp_path / "out" / "eins.csv")
    theirs = pd.read_csv(sample_run.folder / "demo.csv")
    both = ours["x"].notna() & theirs["x"].notna()
    assert both.mean() > 0.9
    # The same numbers as input give the same result (times differ by the container's rounding).
    difference = (ours.loc[both, ["x", "y", "z"]] - theirs.loc[both, ["x", "y", "z"]]).abs()
    assert difference.max().max() < 0.02


def test_ctrl_c_is_clean_and_the_detections_are_kept(sample_path, tmp_path, monkeypatch) -> None:
    import os
    import shutil

    video = shutil.copy(sample_path, tmp_path / "other name.mp4")
    environment = {**os.environ, "HOURGLASS_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "lift", str(video), "-o", str(tmp_path / "out"), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        record = json.loads(line)
        if record.get("stage") == "detect" and record["done"] >= 20:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert json.loads(out.splitlines()[-1]) == {"status": "cancelled"}
    assert "Traceback" not in err
    assert list((tmp_path / "out").iterdir()) == []
    from pipeline.core.config import DetectConfig
    from pipeline.detect.detect_video import cache_for
    from pipeline.detect.mediapipe.detector import MediaPipeDetector
    from pipeline.sources.file.video import VideoSource

    detector, source = MediaPipeDetector(DetectConfig()), VideoSource(Path(video))
    monkeypatch.setenv("HOURGLASS_CACHE", environment["HOURGLASS_CACHE"])
    kept = cache_for(source.info, detector)
    assert kept is not None
    assert kept.get(10) is not None
    detector.close()
    source.close()
