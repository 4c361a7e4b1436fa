"""Test how Blender is found, and the installation of its package on request. Nothing is downloaded here."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from pipeline.characters.blender.install import PACKAGE, install, installed_version
from pipeline.characters.blender.run import find_blender
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, ModelError
from pipeline.registry import find

ROOT = Path(__file__).parents[4]


def executable(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Put an empty module called bpy on Python's path."""
    monkeypatch.delitem(sys.modules, "bpy", raising=False)
    (tmp_path / "site" / "bpy").mkdir(parents=True)
    (tmp_path / "site" / "bpy" / "__init__.py").write_text("raise AssertionError('never imported in this process')")
    monkeypatch.syspath_prepend(tmp_path / "site")


def test_the_package_goes_before_a_blender_on_the_path(package, tmp_path, monkeypatch):
    blender = executable(tmp_path / "blender", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_blender() == (sys.executable, "-P")
    monkeypatch.setitem(sys.modules, "bpy", None)  # as if it were not installed
    assert find_blender()[0] == str(blender)
    monkeypatch.setenv("PATH", str(tmp_path / "site"))
    assert find_blender() is None


def test_fbx_is_offered_with_the_package_alone(package, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find("exporter", "fbx").missing() == ""
    monkeypatch.setitem(sys.modules, "bpy", None)
    assert find("exporter", "fbx").missing() == "needs the program blender or the package bpy"


def test_all_places_name_the_same_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["optional-dependencies"]["fbx"] == [PACKAGE]
    assert PACKAGE in find("exporter", "fbx").hint


def test_pip_is_asked_for_that_version(package, tmp_path, monkeypatch):
    python = executable(tmp_path / "python", f'echo "$@" > {tmp_path}/asked')
    monkeypatch.setattr(sys, "executable", str(python))
    install()
    assert (tmp_path / "asked").read_text().split()[:3] == ["-m", "pip", "install"]
    assert (tmp_path / "asked").read_text().split()[-1] == PACKAGE


def test_what_pip_says_is_told(tmp_path, monkeypatch):
    said = "ERROR: No matching distribution found for bpy"
    monkeypatch.setattr(sys, "executable", str(executable(tmp_path / "python", f"echo {said!r} >&2; exit 1")))
    with pytest.raises(ModelError, match="No matching distribution") as error:
        install()
    assert PACKAGE in error.value.hint


def test_an_installation_can_be_cancelled(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(executable(tmp_path / "python", "exec sleep 600")))
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        install(cancel.check)


def test_the_version_is_that_of_the_package():
    assert installed_version() in ("", PACKAGE.partition("==")[2])
