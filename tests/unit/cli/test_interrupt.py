"""Test that Ctrl-C before a command begins ends the program with 130, and without a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import cli

ROOT = Path(__file__).parents[3]
# The import of the command line takes a moment, in which the user may press Ctrl-C.
WHILE_LOADING = """
import runpy, sys
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "pipeline.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
sys.argv = ["main.py", "doctor"]
runpy.run_path("main.py", run_name="__main__")
"""


def test_while_the_arguments_are_read(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "build_parser", interrupted)
    assert cli.main(["doctor"]) == cli.CANCELLED == 130
    assert capfd.readouterr() == ("", "")


def test_while_the_program_is_loaded() -> None:
    ended = subprocess.run([sys.executable, "-c", WHILE_LOADING], check=False, cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
