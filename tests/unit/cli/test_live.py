"""Test the arguments of `live`, and what it prints."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipeline import cli
from pipeline.api import Take
from pipeline.cli.live import config_from, status_line
from pipeline.core.camera import VideoInfo
from pipeline.core.errors import OutputError
from pipeline.core.live import LiveStats
from pipeline.core.take import Progress
from pipeline.live.engine import LiveEngine
from pipeline.take.recording_folder import TAKE, is_recording
from tests.helpers.live.fakes import FakeCamera, FakeModels


def parsed(*arguments: str):
    return cli.build_parser().parse_args(["live", "--source", "0", *arguments])


def test_arguments_become_settings():
    config = config_from(
        parsed("--lookahead", "7", "--latency-budget", "80", "--max-people", "3", "--fov", "70", "--height", "180")
    )
    assert (config.lookahead, config.latency_budget_ms, config.detect.max_people) == (7, 80, 3)
    assert (config.scene.fov_deg, config.scene.height_cm) == (70, 180)
    assert config_from(parsed()).lift.lifter == "h2ot_fast_v2"
    assert not config_from(parsed("--no-smooth")).smooth
    assert config_from(parsed()).lift.precision == config_from(parsed()).detect.precision == "float32"
    fast = config_from(parsed("--precision", "bfloat16"))
    assert fast.lift.precision == fast.detect.precision == "bfloat16"
    assert config_from(parsed("--detector-runtime", "mediapipe")).detect.runtime == "mediapipe"
    assert parsed("--size", "1280x720").size == (1280, 720)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--source", "absent.mp4", "--as-live"], "no file"),
        (["--source", "0", "--lookahead", "99"], "look-ahead"),
        (["--source", "0", "--loop"], "loop"),
        (["--source", "0", "--lifter", "nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_told_before_anything_is_opened(arguments, said, capfd):
    assert cli.main(["live", *arguments, "--json"]) == cli.USER_ERROR
    last = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert last["status"] == "error"
    assert said in last["message"]


@pytest.fixture
def fake_run(monkeypatch):
    """Run `live` on a fake camera of 30 frames."""
    monkeypatch.setattr(
        "pipeline.live.engine.LiveEngine",
        lambda _, config, models: LiveEngine(lambda: FakeCamera(30), config, FakeModels()),
    )
    monkeypatch.setattr("pipeline.sources.live.open.live_opener", lambda *_, **__: None)


def test_what_is_streamed_recorded_and_lifted_again(fake_run, monkeypatch, tmp_path, capfd):
    sent, closed, lifted = [], [], []

    class Stream:
        def send(self, result):
            sent.append(result.frame.index)

        def close(self):
            closed.append(True)

    def relift(folder, config, cancel, engine, progress, partial):
        lifted.append((folder, config.persons, config.scene.height_cm))
        progress(Progress("lift", 1, 1))
        return Take(VideoInfo("video.mkv", "", 320, 180, 30.0, 60, 2.0), (), (), None)

    monkeypatch.setattr("pipeline.stream.open.open_stream", lambda url: Stream())
    monkeypatch.setattr("pipeline.live.recording.relift.relift", relift)
    folder = tmp_path / "take"
    arguments = ["live", "--source", "0", "--stream", "vmc://127.0.0.1:1", "--record", str(folder), "--height", "180"]
    assert cli.main([*arguments, "--json"]) == cli.DONE
    last = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert last["status"] == "done"
    assert len(sent) == last["shown"] + last["predicted"] == last["recorded"] > 0
    assert closed == [True]
    assert is_recording(folder)
    assert lifted == [(folder, "all", 180)]
    assert last["take"] == str(folder / TAKE)
    again = tmp_path / "again"
    assert cli.main([*arguments[:-3], str(again), "--height", "180"]) == cli.DONE
    assert str(again / TAKE) in capfd.readouterr().out
    assert cli.main([*arguments, "--json"]) == cli.USER_ERROR  # the folder is taken
    assert "already" in json.loads(capfd.readouterr().out.splitlines()[-1])["message"]


def test_what_a_recorder_raises_ends_the_run(fake_run, monkeypatch, tmp_path, capfd):
    class Full:
        def __init__(self, *_):
            raise OutputError("The disk is full.", "Make room.")

    monkeypatch.setattr("pipeline.live.recording.recorder.Recorder", Full)
    assert cli.main(["live", "--source", "0", "--record", str(tmp_path), "--json"]) == cli.USER_ERROR
    assert "full" in json.loads(capfd.readouterr().out.splitlines()[-1])["message"]


def test_the_status_line_says_what_is_left_out():
    assert status_line(LiveStats(notice="Opening")) == "Opening"
    line = status_line(
        LiveStats(captured=9, shown_hz=14.9, captured_hz=30, latency_ms=81, lookahead_ms=67, detect_every=2)
    )
    assert "14.9 fps of 30.0" in line
    assert "81 ms + 67 ms look-ahead" in line
    assert "detects every 2 frames" in line


def test_heavy_modules_are_left_alone_until_a_run_starts():
    program = "import sys, pipeline.live.engine, pipeline.sources.live.open; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "scipy", "cv2", "av", "mediapipe"} & set(loaded)
