"""Test `live` as a script uses it, with real models and the sample video as a camera."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.conftest import ROOT

NUMBERS = (
    "shown_fps", "predicted_fps", "captured_fps", "latency_p50_ms", "latency_p95_ms", "detect_ms", "lift_ms",
    "peak_memory_mb", "seconds", "lookahead_ms",
)  # fmt: skip


def test_the_sample_as_a_camera_ends_with_what_was_measured(command, sample_path: Path) -> None:
    finished = command("live", "--source", sample_path, "--as-live", "--seconds", "4", "--json")
    assert finished.code == 0, finished.stderr
    last = finished.records[-1]
    assert last["status"] == "done"
    for name in NUMBERS:
        assert isinstance(last[name], float), name
    assert 4 <= last["seconds"] < 8
    assert 20 < last["captured_fps"] < 40
    assert last["shown"] > 0
    assert last["frames"] == last["shown"] + last["predicted"] + last["dropped"]
    assert last["detect_ms"] > 0
    assert last["lift_ms"] > 0
    assert last["latency_p95_ms"] >= last["latency_p50_ms"] > 0
    assert last["device"].split(":")[0] in ("cpu", "cuda", "mps")
    assert {record["status"] for record in finished.records[:-1]} <= {"running"}


def test_ctrl_c_ends_a_loop_with_the_result(make_video, tmp_path: Path) -> None:
    path = make_video("empty.mp4", 30)
    arguments = [sys.executable, str(ROOT / "main.py"), "live", "--source", str(path), "--loop", "--json"]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdout is not None
    while "captured_hz" not in (line := process.stdout.readline()) or not json.loads(line)["shown"]:
        assert line, process.communicate()[1]
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(out.splitlines()[-1])["status"] == "done"
    assert time.monotonic() - begun < 10  # stopping takes two of them; the rest is the interpreter's end
