"""Test files and names as people have them: what `lift` and `export` make of each, by the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import api
from tests.e2e.conftest import ROOT, Finished

CASES = Path(__file__).parents[1] / "data/cases"
Command = Callable[..., Finished]


def done(finished: Finished) -> list[dict]:
    return [record for record in finished.records if record["status"] == "done"]


def test_results_of_one_video_never_replace_those_of_another(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = command("lift", CASES / "wide", "-o", out, "--formats", "csv", "--json")
    assert first.code == 0, first.stderr
    tables = sorted(path.name for path in out.glob("*.csv"))
    assert tables == ["clip.csv", "clip_wide.csv", "clip_wide_2.csv", "clip_wide_2_wide.csv"]
    assert [len(pd.read_csv(out / name)) for name in ("clip_wide.csv", "clip_wide_2_wide.csv")] == [1, 3]
    before = {path: path.read_bytes() for path in out.glob("*.csv")}
    again = command("lift", CASES / "wide/clip_wide.mp4", "-o", out, "--formats", "csv", "--json")
    assert again.code == 0, again.stderr
    assert {path: path.read_bytes() for path in out.glob("clip.csv")} == {out / "clip.csv": before[out / "clip.csv"]}
    assert (out / "clip_wide.csv").read_bytes() == before[out / "clip_wide.csv"]


def test_joints_images_and_webp_are_lifted_in_one_batch(command: Command, tmp_path: Path) -> None:
    names = ("frames", "alphapose-results.json", "openpose_json_folder.zip", "deeplabcut.csv", "animated.webp")
    finished = command("lift", *(CASES / name for name in names), "-o", tmp_path, "--formats", "bvh", "--json")
    results = {Path(record["input"]).name: record for record in done(finished)}
    assert results["frames"]["frames"] == 12
    assert any("frame rate is assumed: 30 Hz" in note for note in results["frames"]["notes"])
    assert results["alphapose-results.json"]["frames"] == 60
    assert any("image size is assumed" in note for note in results["alphapose-results.json"]["notes"])
    assert results["animated.webp"]["frames"] == 20
    # One nose, and a person whose joints are all at one place: read, and said what is wrong.
    errors = {Path(r["input"]).name: r["message"] for r in finished.records if r["status"] == "error"}
    assert "lacks right_hip" in errors["deeplabcut.csv"]
    assert "bug" not in {record["status"] for record in finished.records}
    assert finished.code == 2


@pytest.mark.skipif(sys.platform != "linux", reason="file systems with names of any bytes")
def test_names_of_any_bytes_and_an_output_that_cannot_print_them(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(CASES / "wide/clip.mp4", os.fsencode(folder) + b"/caf\xe9.mp4")
    shutil.copy(CASES / "wide/clip.mp4", folder / "\u4f53\u64cd.mp4")
    formats = "bvh,csv,glb,trc,mot,c3d,json,npz,openpose,dlc,overlay"
    arguments = ["lift", str(folder), "-o", str(tmp_path / "out"), "--formats", formats, "--report"]
    result = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"}, timeout=280, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    written = os.listdir(os.fsencode(tmp_path / "out"))
    for stem in (b"caf\xe9", "\u4f53\u64cd".encode()):
        assert {stem + suffix for suffix in (b".pose3d", b".bvh", b".c3d", b"_overlay.mp4", b"_report.json")} <= {
            *written
        }


def test_what_cannot_be_written_is_refused_before_the_work(command: Command, tmp_path: Path) -> None:
    clip = CASES / "wide/clip.mp4"
    finished = command("lift", clip, "-o", tmp_path / "result.bvh", "--json")
    assert finished.code == 2
    assert "looks like a file" in finished.records[-1]["message"]
    assert "--formats" in finished.records[-1]["hint"]
    assert not list(tmp_path.iterdir())
    long = tmp_path / f"{'x' * 246}.mp4"
    shutil.copy(clip, long)
    finished = command("lift", long, clip, "-o", tmp_path / "out", "--formats", "bvh", "--json")
    assert finished.code == 2
    assert "too long" in finished.records[0]["message"]
    assert [Path(record["input"]).name for record in done(finished)] == ["clip.mp4"]


def test_wildcards_wrong_names_and_own_exports(command: Command, tmp_path: Path) -> None:
    shutil.copy(CASES / "wide/clip.mp4", tmp_path / "clip.mp4")
    first = command(
        "lift", tmp_path / "c*.m*", tmp_path / "nothing.mp4", "-o", tmp_path, "--formats", "overlay", "--json"
    )
    assert first.code == 2  # one name is wrong
    assert [Path(record["input"]).name for record in done(first)] == ["clip.mp4"]
    again = command("lift", tmp_path, "-o", tmp_path / "out", "--formats", "bvh")
    assert again.code == 0, again.stderr
    assert "clip_overlay.mp4 is left out" in again.stdout
    assert sorted(path.name for path in (tmp_path / "out").glob("*.bvh")) == ["clip.bvh"]


def test_a_moved_project_keeps_its_video(command: Command, tmp_path: Path) -> None:
    (tmp_path / "old/videos").mkdir(parents=True)
    shutil.copy(CASES / "wide/clip_wide.mp4", tmp_path / "old/videos/clip.mp4")
    first = command("lift", tmp_path / "old/videos/clip.mp4", "-o", tmp_path / "old/out", "--formats", "bvh")
    assert first.code == 0, first.stderr
    shutil.move(tmp_path / "old", tmp_path / "new")
    take = tmp_path / "new/out/clip.pose3d"
    finished = command("export", take, "--formats", "overlay", "-o", tmp_path / "a", "--json")
    assert finished.code == 0, finished.stderr
    shutil.move(tmp_path / "new/videos/clip.mp4", tmp_path / "elsewhere.mp4")
    lost = command("export", take, "--formats", "overlay", "-o", tmp_path / "b", "--json")
    assert lost.code == 2
    assert "--video" in lost.records[-1]["hint"]
    found = command("export", take, "--formats", "overlay", "--video", tmp_path / "elsewhere.mp4", "-o", tmp_path / "b")
    assert found.code == 0, found.stderr


def test_who_leaves_and_returns_is_one_person(command: Command, tmp_path: Path) -> None:
    finished = command(
        "lift", CASES / "leaves_8s_and_returns.mp4", "-o", tmp_path, "--all", "--formats", "bvh", "--json"
    )
    (result,) = done(finished)
    assert result["persons"] == [1]
    track = api.load(result["take"]).tracks3d[0]
    assert track.seen.sum() == 68
    assert np.flatnonzero(~track.seen).tolist() == list(range(30, 270))


@pytest.mark.parametrize("roll", [None, 180])
def test_a_camera_upside_down_is_found_and_put_right(roll: int | None, command: Command, tmp_path: Path) -> None:
    option = [] if roll is None else ["--roll", str(roll)]
    finished = command("lift", CASES / "camera_upside_down.mp4", "-o", tmp_path, *option, "--formats", "csv", "--json")
    assert finished.code == 0, finished.stderr
    (result,) = done(finished)
    take = api.load(result["take"])
    assert take.scene is not None
    found = [finding for finding in take.scene.findings if finding.kind == "camera_roll"]
    notes = "; ".join(result["notes"])
    if roll is None:
        assert [(finding.other, finding.repaired) for finding in found] == [(180, False)]
        assert "upside down" in notes
        return
    assert not found
    assert take.info.turned_deg == 180
    joints = take.tracks3d[0].joints
    assert np.median(joints[:, 10, 2] - joints[:, [3, 6], 2].mean(axis=1)) > 1.2  # the head over the feet
    assert np.median(joints[:, [3, 6], 2].min(axis=1)) < 0.2


def test_live_has_a_roll(command: Command, tmp_path: Path) -> None:
    video, folder = CASES / "camera_upside_down.mp4", tmp_path / "take"
    finished = command("live", "--source", video, "--roll", "180", "--record", folder, "--no-relift", "--json")
    assert finished.code == 0, finished.stderr
    take = api.load(tmp_path / "take")
    joints = take.tracks2d[0].h36m17[0]
    assert np.nanmedian(joints[:, 8, 1] - joints[:, 0, 1]) < 0  # the thorax over the pelvis


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_the_script_may_be_called_by_a_link(tmp_path: Path) -> None:
    """The head of the script finds its own folder, also through two relative links."""
    home = tmp_path / "home"
    (home / "tools").mkdir(parents=True)
    script = (ROOT / "start").read_text().split("venv=")[0] + 'printf "%s\\n" "$here"\n'
    (tmp_path / "probe").write_text(script)
    (tmp_path / "probe").chmod(0o755)
    (home / "tools/probe").symlink_to("../../probe")
    (home / "probe").symlink_to("tools/probe")
    for link in (tmp_path / "probe", home / "tools/probe", home / "probe"):
        result = subprocess.run(["sh", str(link)], capture_output=True, text=True, cwd=home, check=True)
        assert result.stdout.strip() == str(tmp_path)
