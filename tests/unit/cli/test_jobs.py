"""Test that several processes lift the inputs of a folder as one does."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli import main

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
NAMES = ("one", "two", "three")


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """Return a folder with three videos of a person, and a file that is none."""
    folder = tmp_path / "videos"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(DATA / "camera" / "pan.mp4", folder / f"{name}.mp4")
    (folder / "text.mp4").write_text("no video")
    return folder


def command(videos: Path, out: Path, *more: str) -> list[str]:
    return ["lift", str(videos), "-o", str(out), "--detector", "mediapipe", "--end", "0.5", "--formats", "bvh", *more]


def test_the_results_and_failures_are_those_of_one_process(
    videos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(command(videos, tmp_path / "alone")) == 2, "one input is no video"
    capfd.readouterr()
    assert main(command(videos, tmp_path / "together", "--jobs", "2")) == 2
    said = capfd.readouterr()
    for name in NAMES:
        alone, together = (tmp_path / way / f"{name}.bvh" for way in ("alone", "together"))
        assert together.read_bytes() == alone.read_bytes()
        assert f"{name}.mp4: 15 frames" in said.out
    assert "4 of 4 done" in said.out
    assert "text.mp4 is a text file" in said.err


def test_every_line_of_json_is_whole(videos: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (videos / "text.mp4").unlink()
    assert main(command(videos, tmp_path / "out", "--jobs", "3", "--json")) == 0
    records = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    done = [Path(record["input"]).stem for record in records if record["status"] == "done"]
    assert sorted(done) == sorted(NAMES)


def test_no_process_at_all_is_refused(videos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(videos, tmp_path / "out", "--jobs", "0")) == 2
    assert "--jobs" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes as Linux shows them")
def test_ctrl_c_ends_all_of_them_and_leaves_no_half_written_file(videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = [sys.executable, "main.py", *command(videos, out, "--jobs", "3", "--no-cache")]
    arguments[arguments.index("--end") + 1] = "4"
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 60
        while len(children(process.pid)) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        started = children(process.pid)
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert len(started) == 3
    assert not any(Path(f"/proc/{child}").exists() for child in started)
    assert not list(out.glob("*")), "nothing was finished, so nothing is there"


def children(parent: int) -> list[int]:
    """Return the processes that `parent` started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found
