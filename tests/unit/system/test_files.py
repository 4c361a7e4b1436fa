"""Test atomic writes: the old file or the new one, never half of one, and the hint for each cause."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.core.errors import OutputError
from pipeline.system.files import atomic_path, atomic_write, make_folder


def test_a_failure_in_the_middle_keeps_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "ergebnis 結果.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path, "w") as file:
        file.write("new")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


def test_the_result_has_ordinary_permissions(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a") as file:
        file.write(b"x")
    (tmp_path / "b").write_bytes(b"x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_text_is_utf8_with_newlines_as_given(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a", "w") as file:
        file.write("ä\n")
    assert (tmp_path / "a").read_bytes() == b"\xc3\xa4\n"


def test_a_folder_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        make_folder(tmp_path / "file" / "out")
    assert "choose another folder" in caught.value.hint


def test_no_permission_is_explained(unwritable_folder: Path, as_nobody) -> None:
    with as_nobody(), pytest.raises(OutputError) as caught:
        make_folder(unwritable_folder / "out")
    assert "no permission" in caught.value.hint


def test_a_full_disk_is_explained_and_keeps_the_old_file(full_disk: Path) -> None:
    path = full_disk / "take.csv"
    path.write_bytes(b"old")
    with pytest.raises(OutputError) as caught, atomic_write(path) as file:
        file.write(b"x" * 4_000_000)
    assert "full" in caught.value.hint
    assert path.read_bytes() == b"old"
    assert os.listdir(full_disk) == ["take.csv"]


def test_a_file_by_name_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:
        assert (temporary.parent, temporary.suffix) == (tmp_path, ".mp4")
        temporary.write_text("half")
        raise RuntimeError
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["a.mp4"])
    with atomic_path(path) as temporary:
        temporary.write_text("new")
    assert (path.read_text(), os.listdir(tmp_path)) == ("new", ["a.mp4"])


WRITER = """
import signal, sys, time
from pathlib import Path
from pipeline.system.files import atomic_write
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start without it
with atomic_write(Path(sys.argv[1]) / "a.csv", "w") as file:
    file.write("half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_the_next_run_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    names = {".hourglass-notes.part.txt", ".abcdefgh.part", ".hourglass-abcdefgh.partly"}
    for name in names:
        (tmp_path / name).write_text("the user's")
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
    writers[0].send_signal(signal.SIGKILL)
    writers[0].wait()
    assert len(os.listdir(tmp_path)) == len(names) + 2
    next_run = "import sys; from pathlib import Path; from pipeline.system.files import atomic_write\n"
    next_run += "with atomic_write(Path(sys.argv[1]) / 'b.csv') as file: file.write(b'whole')"
    subprocess.run([sys.executable, "-c", next_run, str(tmp_path)], check=True)
    assert len(os.listdir(tmp_path)) == len(names) + 2  # the result, and the file that is still being written
    writers[1].send_signal(signal.SIGINT)
    writers[1].wait()
    assert set(os.listdir(tmp_path)) == {*names, "b.csv"}
