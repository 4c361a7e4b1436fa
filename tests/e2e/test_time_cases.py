"""Test recordings with a wrong clock: rates, rows and times of all files of the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezc3d
import numpy as np
import pandas as pd
import pytest

from tests.e2e.conftest import Finished

CASES = Path(__file__).parents[1] / "data/cases"
# Name -> rows of the take, rows of BVH and C3D, their rate, the notes.
VIDEOS = {
    "joined.ts": (50, 50, 30, "clock of the time stamps leaps"),
    "damaged_12_25.avi": (32, 32, 30, "14 of 32 frames cannot be decoded (12 to 25)"),
    "pause_4s.mkv": (50, 170, 30, ""),
    "turned_midway.ts": (50, 50, 30, "changes its size or rotation midway"),
    "slow_240.mp4": (50, 50, 240, "recorded at 240 Hz and stored at 30 Hz"),
}


@pytest.fixture(scope="module")
def lifted(command: Callable[..., Finished], tmp_path_factory) -> tuple[Path, dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("cases")
    videos = [CASES / name for name in VIDEOS]
    finished = command("lift", *videos, "-o", folder, "--formats", "bvh,c3d,trc,csv,overlay", "--json")
    assert finished.code == 0, finished.stderr
    return folder, {Path(r["input"]).name: r for r in finished.records if r["status"] == "done"}


@pytest.mark.parametrize("name", VIDEOS)
def test_rows_and_rates_of_every_file(lifted, name: str) -> None:
    folder, (rows, even_rows, rate_hz, told) = lifted[0], VIDEOS[name]
    stem, result = Path(name).stem, lifted[1][name]
    assert (result["frames"], result["rate_hz"]) == (rows, rate_hz)
    assert told in "; ".join(result["notes"])
    assert bool(result["notes"]) == bool(told)
    lines = (folder / f"{stem}.bvh").read_text().split("MOTION\n")[1].splitlines()
    assert lines[0] == f"Frames: {even_rows}"
    assert float(lines[1].split()[-1]) == pytest.approx(1 / rate_hz, abs=1e-8)
    points = ezc3d.c3d(str(folder / f"{stem}.c3d"))
    assert points["data"]["points"].shape[2] == even_rows
    assert points["parameters"]["POINT"]["RATE"]["value"][0] == rate_hz
    table = pd.read_csv(folder / f"{stem}_wide.csv")
    assert len(table) == rows
    last_s = (rows - 1) / rate_hz + (4.0 if name == "pause_4s.mkv" else 0.0)
    assert table.time_s.iloc[-1] == pytest.approx(last_s, abs=2e-3)
    assert result["counts"]["exported"] == {
        f"{stem}.bvh": even_rows,
        f"{stem}.c3d": even_rows,
        f"{stem}.trc": rows,
        f"{stem}_wide.csv": rows,
        f"{stem}_overlay.mp4": rows,
    }


def test_damaged_frames_are_counted(lifted) -> None:
    counts = lifted[1]["damaged_12_25.avi"]["counts"]
    assert (counts["decoded"], counts["damaged"], counts["detected"]) == (18, 14, 18)
    assert counts["persons"]["1"]["seen"] == 18


def test_a_body_keeps_its_shape_when_the_size_changes_midway(lifted) -> None:
    """Check the aspect ratio: squashed into the first frame's size it would be 0.24."""
    table = pd.read_csv(lifted[0] / "turned_midway.csv")
    later = table[table.frame >= 25].groupby("frame")[["x2d", "y2d"]].agg(np.ptp).dropna()
    assert len(later) == 25
    assert (later.x2d / later.y2d).mean() == pytest.approx(0.67, abs=0.07)


def test_offsets_of_2d_files_and_the_first_frame_of_a_range(command: Callable[..., Finished], tmp_path: Path) -> None:
    joints = CASES / "stamps_from_12.5s.npz"
    finished = command("lift", joints, "-o", tmp_path, "--start", "0.5", "--end", "1", "--formats", "c3d,trc", "--json")
    assert finished.code == 0, finished.stderr
    assert finished.records[-1]["frames"] == 15
    trial = ezc3d.c3d(str(tmp_path / f"{joints.stem}.c3d"))["parameters"]["TRIAL"]
    assert trial["ACTUAL_START_FIELD"]["value"].tolist() == [16, 0]
    first = (tmp_path / f"{joints.stem}.trc").read_text().splitlines()[5].split("\t")[0]
    assert int(first) == 16


def test_the_rate_of_slow_motion_can_be_given(command: Callable[..., Finished], tmp_path: Path) -> None:
    joints = CASES / "stamps_from_12.5s.npz"
    finished = command("lift", joints, "-o", tmp_path, "--recorded-fps", "240", "--formats", "bvh", "--json")
    assert finished.code == 0, finished.stderr
    result = finished.records[-1]
    assert (result["frames"], result["rate_hz"], result["slow_motion"]) == (60, 240, 8)
    assert "recorded at 240 Hz (set by the user)" in result["notes"][0]
    assert "Frame Time: 0.004166667" in (tmp_path / f"{joints.stem}.bvh").read_text()
    refused = command("lift", joints, "-o", tmp_path, "--recorded-fps", "0")
    assert refused.code == 2
    assert "--recorded-fps" in refused.stderr
