"""Test the settings file: text comes back unchanged, damage and hostile values count as missing, nothing is run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from app.settings import Settings
from app.settings_file import SettingsFile


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        " spaces ",
        "a=b;c#d",
        "@Variant",
        '"quoted"',
        "[list",
        "two\nlines",
        "ü 視頻 🤸",
        "\x1b[2J",
        "50%",
        "\udcff",
    ],
)
def test_text_comes_back_unchanged(tmp_path: Path, text: str) -> None:
    written = SettingsFile(tmp_path / "s.ini")
    written.put("group", {"Name": text, "other": "kept"})
    written.put_list("files", "recent", [text, "b"])
    written.save()
    read = SettingsFile(tmp_path / "s.ini")
    assert (read.get("group", "Name"), read.get("group", "other")) == (text, "kept")
    assert read.get_list("files", "recent") == [text, "b"]


@pytest.mark.parametrize(
    "value",
    [
        "@Invalid()",
        "@ByteArray(x)",
        "@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\x1ePySide::PyObjectWrapper\\0cos\\nsystem\\n)",
        "x" * 70_000,
    ],
)
def test_typed_and_oversized_values_count_as_missing(tmp_path: Path, value: str) -> None:
    (tmp_path / "s.ini").write_text(f"[run]\nlimbs={value}\nother=1\n")
    read = SettingsFile(tmp_path / "s.ini")
    assert (read.get("run", "limbs"), read.get("run", "other")) == (None, "1")


@pytest.mark.parametrize("content", [b"", b"x=1", b"\xff\xfe", bytes(5000), b"[run\nx=1", b"x" * (2 << 20)])
def test_a_damaged_file_counts_as_empty_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.ini").write_bytes(content)
    file = SettingsFile(tmp_path / "s.ini")
    assert file.get("run", "x") is None
    file.put("run", {"x": "2"})
    file.save()
    assert SettingsFile(tmp_path / "s.ini").get("run", "x") == "2"


def test_two_windows_keep_each_others_changes(tmp_path: Path) -> None:
    first, second = SettingsFile(tmp_path / "s.ini"), SettingsFile(tmp_path / "s.ini")
    first.put("run", {"a": "1", "b": "1"})
    first.save()
    second.put("run", {"b": "2", "c": "2"})
    second.save()
    first.remove("run", "c")
    first.put("view", {"d": "3"})
    first.save()
    read = SettingsFile(tmp_path / "s.ini")
    assert [read.get("run", name) for name in "abc"] == ["1", "2", None]
    assert read.get("view", "d") == "3"


def test_pipes_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "s.ini")
    assert SettingsFile(tmp_path / "s.ini").get("run", "x") is None


def test_a_folder_that_cannot_be_written_does_no_harm(unwritable_folder: Path, as_nobody) -> None:
    with as_nobody():
        file = SettingsFile(unwritable_folder / "s.ini")
        file.put("run", {"x": "2"})
        file.save()
    assert not (unwritable_folder / "s.ini").exists()


def test_layouts_and_recent_files_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURGLASS_CONFIG", str(tmp_path))
    video = tmp_path / "mit Leerzeichen ü, 視頻.mp4"
    video.write_bytes(b"x")
    settings = Settings()
    settings.set_layout("window", QByteArray(b"\x01\xd9\xd0\xcb\x00"))
    settings.add_recent(video)
    again = Settings()
    assert again.layout("window") == QByteArray(b"\x01\xd9\xd0\xcb\x00")
    assert again.recent == [video]
    assert again.layout("other") is None


@pytest.mark.parametrize("number", ["nan", "inf", "-1e999", "1e999", "x", "@Invalid()"])
def test_numbers_that_are_none_fall_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    monkeypatch.setenv("HOURGLASS_CONFIG", str(tmp_path))
    (tmp_path / "hourglass.ini").write_text(
        f"[run]\nheight_cm={number}\nsmooth_hz={number}\n[live]\nmax_people={number}\n"
    )
    settings = Settings()
    assert settings.run.height_cm is None
    assert settings.run.smooth_hz == type(settings.run)().smooth_hz
    assert settings.live.max_people == type(settings.live)().max_people
