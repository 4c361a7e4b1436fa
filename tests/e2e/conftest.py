"""Run the command line as a script does: in a separate process, with the real models."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Finished:
    """Hold a finished command: exit code, stdout as JSON objects (with --json), stderr."""

    code: int
    stdout: str
    stderr: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stdout.splitlines()]


def hourglass(*arguments: str | Path, cwd: Path | None = None) -> Finished:
    result = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        timeout=280,
        check=False,
    )
    return Finished(result.returncode, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def command() -> Callable[..., Finished]:
    return hourglass


@dataclass(frozen=True)
class SampleRun:
    folder: Path
    finished: Finished


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """Run `lift --sample` once for all tests."""
    folder = tmp_path_factory.mktemp("sample") / "out"
    finished = hourglass("lift", "--sample", "-o", folder, "--json", "--height", "175")
    assert finished.code == 0, finished.stderr
    return SampleRun(folder, finished)
