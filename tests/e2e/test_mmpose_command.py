"""Test a user's network on the command line: used by path, added, used by name, removed.

Its weights are random.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.helpers.mmpose_models import HALPE, write_checkpoint


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(HALPE, tmp_path_factory.mktemp("own") / "random-halpe.pth")


def test_an_own_network_lifts_a_video(command, checkpoint: Path, tmp_path: Path, monkeypatch) -> None:
    """Run with random weights: joints are meaningless, but nothing fails, even without people."""
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    done = command(
        "lift", "--sample", "-o", tmp_path, "--json", "--end", "0.4",
        "--detector-config", HALPE, "--detector-checkpoint", checkpoint,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr, "MMPose's chatter goes to the log"
    last = done.records[-1]
    if done.code == 0:
        assert last["status"] == "done"
    else:
        assert done.code == 2
        assert "Nobody was found" in last["message"]


def test_an_own_network_is_added_listed_and_removed(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    """Run commands in this process, which has MMPose imported already."""
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))

    def run(*arguments: str) -> tuple[int, list[dict]]:
        code = main([*arguments, "--json"])
        return code, [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    code, records = run("models", "add", str(checkpoint), "--config", HALPE, "--name", "mine")
    assert code == 0
    assert records[-1]["skeleton"] == "halpe26"
    _, records = run("models")
    listed = {row["name"]: row for row in records if row["kind"] == "detector"}
    assert listed["mine"]["ready"]
    assert listed["mine"]["own"]
    assert run("models", "remove", "mine")[0] == 0
    code, records = run("lift", "--sample", "-o", str(tmp_path), "--detector", "mine")
    assert code == 2
    assert "no detector called 'mine'" in records[-1]["message"]


def test_missing_weights_are_not_fetched_unasked(command, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    done = command("lift", "--sample", "-o", tmp_path / "out", "--detector", "rtmo-s", "--json")
    assert done.code == 2
    assert "not installed" in done.records[-1]["message"]
    assert "models download rtmo-s" in done.records[-1]["hint"]
    assert not (tmp_path / "cache" / "weights").exists()
