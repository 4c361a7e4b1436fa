"""Run the seeded selection of attacks: some cases of every section, which once failed, in forked children."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .sections import SECTIONS

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the harness needs fork, inotify and /proc")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Run the quick cases in an interpreter of their own: this one may have threads, which a fork would lose."""
    folder = tmp_path_factory.mktemp("attacks")
    command = [sys.executable, "-m", "tests.attacks", "--quick", "--json", str(folder / "outcomes.json")]
    environment = {**os.environ, "HOURGLASS_ATTACKS": str(folder / "work")}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    found: dict[str, list[dict[str, Any]]] = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("section", [name for name in SECTIONS if name != "soak"])
def test_what_once_failed_is_taken_well(section: str, outcomes: dict[str, list[dict[str, Any]]]) -> None:
    assert outcomes[section]
    failed = [f"{one['name']}: {'; '.join(one['faults'])}: {one['said']}" for one in outcomes[section] if one["faults"]]
    assert not failed, "\n".join(failed)
