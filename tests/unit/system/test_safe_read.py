"""Test readers of files that anybody may have made: what is no file, too large, too deep or not finite is refused."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipeline.core.camera import VideoInfo
from pipeline.core.errors import ConfigError
from pipeline.system.json_fields import JsonFields, read_dataclass
from pipeline.system.safe_read import DamagedFile, open_regular, parse_json, read_bytes, read_json


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_suffix(".pipe"))
    path.symlink_to(path.with_suffix(".pipe"))


@pytest.mark.parametrize("make", [pipe, link_to_device, link_to_pipe, Path.mkdir])
def test_only_regular_files_are_opened_and_nothing_waits(make, tmp_path: Path) -> None:
    make(tmp_path / "x")
    begun = time.monotonic()
    with pytest.raises(OSError, match=r"not a regular file|folder"):
        open_regular(tmp_path / "x")
    assert time.monotonic() - begun < 1


def test_a_link_to_a_file_is_read_and_a_limit_holds(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").symlink_to("a")
    assert read_bytes(tmp_path / "b", 5) == b"12345"
    with pytest.raises(DamagedFile, match="larger"):
        read_bytes(tmp_path / "b", 4)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 100_000, "NaN", "[Infinity]", "1e999", "9" * 5000, "", "{", "\ufeff\ufeff{}"]
)
def test_json_with_surprises_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    with pytest.raises(DamagedFile, match="JSON"):
        read_json(tmp_path / "a.json")


def test_json_in_other_encodings_is_read() -> None:
    assert parse_json('{"a": "ü"}'.encode("utf-16")) == {"a": "ü"}
    assert parse_json(b'\xef\xbb\xbf{"a": 1.5}') == {"a": 1.5}


class TestFields:
    @pytest.mark.parametrize(
        ("value", "says"),
        [("wide", "'wide'"), (True, "True"), (None, "None"), ([], "a list"), ({}, "an object"),
         (10**400, "a huge number"), (180.0, r"180\.0"), (float("nan"), "nan")],
    )  # fmt: skip
    def test_a_wrong_number_is_named_with_its_place(self, value: object, says: str) -> None:
        fields = JsonFields({"scene": {"fov_deg": value}}).object("scene")
        with pytest.raises(DamagedFile, match=rf"scene\.fov_deg is {says}, expected a number from 1 to 179"):
            fields.number("fov_deg", 1, 179)

    def test_defaults_and_required_fields(self) -> None:
        fields = JsonFields({"a": 1})
        assert fields.number("b", 0, 1, default=0.5) == 0.5
        assert fields.whole("a", 0, 1) == 1
        with pytest.raises(DamagedFile, match="b is missing"):
            fields.text("b")
        with pytest.raises(DamagedFile, match="a is 1, expected an object"):
            fields.object("a")

    def test_a_dataclass_is_read_by_the_kinds_of_its_fields(self) -> None:
        values = {
            "name": "a",
            "path": "",
            "width_px": 4,
            "height_px": 3,
            "fps_hz": 30,
            "frame_count": 1,
            "duration_s": 1,
        }
        info = read_dataclass(VideoInfo, JsonFields(values), {"width_px": (1, 10)})
        assert info == VideoInfo("a", "", 4, 3, 30.0, 1, 1.0)
        for change in ({"width_px": 11}, {"name": 5}, {"variable_rate": "yes"}, {"colour": "red"}, {"path": "a\0b"}):
            with pytest.raises(DamagedFile, match=next(iter(change))):
                read_dataclass(VideoInfo, JsonFields({**values, **change}), {"width_px": (1, 10)})


def test_messages_are_printable_and_of_readable_length() -> None:
    error = ConfigError("a\x1b[2J\u202eb\nc" + "x" * 100_000, "\ud800")
    assert error.message.isprintable()
    assert len(error.message) < 1000
    assert error.message.startswith(r"a\x1b[2J\u202eb c")
    assert error.hint == r"\ud800"
    assert ConfigError("名前 🤸‍♀️ ü").message == "名前 🤸‍♀️ ü"
