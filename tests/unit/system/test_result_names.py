"""Test the names of results: none replaces another input's result or an input, on any system."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from pipeline import registry
from pipeline.core.errors import ConfigError, OutputError
from pipeline.system.result_names import (
    SUFFIXES_OF,
    check_folder,
    check_length,
    clash,
    free_stem,
    is_export,
    portable,
    replaces,
)

E_ACUTE = "caf\u00e9"


def test_every_exporter_is_listed() -> None:
    for entry in registry.entries("exporter"):
        if not entry.missing():
            assert entry.load()().suffix in SUFFIXES_OF[entry.name]
    assert {entry.name for entry in registry.entries("exporter")} <= set(SUFFIXES_OF)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clip", "clip"),
        ("clip", "clip_wide"),
        ("clip", "clip_dlc"),
        ("clip", "clip_person2"),
        ("clip", "clip_wide_person2"),
        ("clip", "clip_part2"),
        ("clip", "clip.csv"),
        ("clip", "Clip_OVERLAY"),
        ("Clip", "clip"),
        ("STRASSE", "stra\u00dfe"),
        (E_ACUTE, unicodedata.normalize("NFD", E_ACUTE)),
        ("clip", "clip."),
    ],
)
def test_stems_that_clash(one: str, other: str) -> None:
    assert clash(one, other)
    assert clash(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("clip", "clip2"), ("clip", "clip_2"), ("a", "b"), ("clip", "clip_widescreen")]
)
def test_stems_that_do_not_clash(one: str, other: str) -> None:
    assert not clash(one, other)


def test_every_input_gets_a_stem_for_itself() -> None:
    taken: list[str] = []
    for wanted in ("clip", "clip_wide", "Clip", "clip", "clip_2", "dance"):
        taken.append(free_stem(wanted, taken))
    assert taken == ["clip", "clip_wide_2", "Clip_2", "clip_3", "clip_2_2", "dance"]
    assert not any(clash(a, b) for i, a in enumerate(taken) for b in taken[:i])


def test_no_result_replaces_an_input() -> None:
    assert free_stem("joints", [], ["joints.npz"], ["npz", "csv"]) == "joints_2"
    assert free_stem("joints", [], ["joints.npz"], ["bvh"]) == "joints"
    assert free_stem("clip", [], ["Clip_overlay.mp4"], ["overlay"]) == "clip_2"
    assert free_stem("clip", [], ["clip_person2.bvh"], ["bvh"]) == "clip_2"
    assert free_stem("clip", [], ["clip.mp4"]) == "clip"


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "LPT9", "aux.left"])
def test_names_of_devices_are_no_names_of_files(name: str) -> None:
    assert portable(name) == f"{name}_"
    assert portable("connie") == "connie"


def test_exports_among_other_files() -> None:
    files = [Path(name) for name in ("clip.mov", "dance.pose3d", "a.csv")]
    exports = ("clip_overlay.mp4", "dance_wide.csv", "dance_openpose.zip", "dance_side_by_side.mp4", "Dance_dlc_3d.csv")
    for name in exports:
        assert is_export(Path(name), files)
    for name in ("clip.mov", "clip_dlc.csv", "dance.mp4", "b_overlay.mp4", "dance2.mp4"):
        assert not is_export(Path(name), files)


def test_an_export_never_replaces_its_own_input(tmp_path: Path) -> None:
    source = tmp_path / "joints.npz"
    source.touch()
    assert replaces(source, tmp_path, "joints", ["bvh", "npz"]) == source
    assert replaces(source, tmp_path, "other", ["npz"]) is None
    assert replaces(source, tmp_path / "out", "joints", ["npz"]) is None


def test_names_that_are_too_long(tmp_path: Path) -> None:
    check_length(tmp_path, "x" * 200)
    with pytest.raises(OutputError, match="too long"):
        check_length(tmp_path, "x" * 250)
    if os.name == "posix":
        with pytest.raises(OutputError, match="too long"):
            check_length(tmp_path / "new", "\u4f53" * 80)  # three bytes each
        check_length(tmp_path, "\udce9" * 100)  # bytes of no encoding


def test_what_should_be_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.touch()
    with pytest.raises(ConfigError, match="is a file"):
        check_folder(file)
    for name in ("result.bvh", "x.pose3d", "y.MP4", "z.csv"):
        with pytest.raises(ConfigError, match="looks like a file"):
            check_folder(tmp_path / name)
    (tmp_path / "real.bvh").mkdir()
    for name in ("real.bvh", "out", "2024.05.01", "v1.2"):
        check_folder(tmp_path / name)
