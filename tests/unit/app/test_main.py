"""What the start command does with names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

import main
from app import bootstrap


@pytest.mark.parametrize("name", ["missing.mp4", "folder/missing"])
def test_a_missing_file_is_said(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([name]) == 2
    assert f"There is no file '{name}'" in capsys.readouterr().err


def test_the_window_gets_all_files_and_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[list[str]] = []
    monkeypatch.setattr(bootstrap, "main", lambda argv: got.append(argv) or 0)
    one, two = tmp_path / "a.mp4", tmp_path / "b.mp4"
    one.write_bytes(b"x")
    assert main.main([str(one), str(two)]) == 0
    assert main.main([str(tmp_path)]) == 0
    assert got == [[str(one), str(two)], [str(tmp_path)]]


def test_a_command_is_still_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["nonsense"])
    assert "nonsense" in capsys.readouterr().err
