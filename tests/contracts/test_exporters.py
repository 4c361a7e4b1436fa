"""Test the contract of every exporter in the registry."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, ConfigError, ModelError, OutputError
from pipeline.core.take import Progress, Take
from pipeline.export.base import Exporter, ExportOptions, Watch
from pipeline.export.export_take import expand, export_take
from pipeline.export.tracks import SelectedPerson, selected
from pipeline.registry import entries, find
from tests.helpers.clips import write_clip
from tests.helpers.motion import clip, facing_camera, make_take, scene

ALL = ExportOptions()
WATCHED = {"overlay", "side_by_side", "fbx"}  # formats that take long


@pytest.fixture(scope="module")
def take(tmp_path_factory) -> Take:
    """Return a take of two people over 60 frames; the second is absent at both ends."""
    joints = facing_camera(clip("jump"))[:60]
    one, two = scene(joints), scene(joints, distance_m=5.5, person=2)
    two.person.relative[:10] = two.person.relative[50:] = np.nan
    video = write_clip(tmp_path_factory.mktemp("video") / "clip.mp4", 60, size=(320, 180), rate=60)
    info = dataclasses.replace(one.info, path=str(video), frame_count=60)
    return make_take([one.person, two.person], info, one.config)


@pytest.fixture(params=[entry.name for entry in entries("exporter") if not entry.missing()])
def exporter(request) -> Exporter:
    entry = next(entry for entry in entries("exporter") if entry.name == request.param)
    return entry.load()()


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestExporter:
    def test_is_what_the_registry_says(self, exporter):
        assert isinstance(exporter, Exporter)
        assert type(exporter) is find("exporter", exporter.name).load()

    def test_returns_what_it_wrote_main_file_first(self, exporter, take, tmp_path):
        paths = exporter.write(selected(take, ALL), tmp_path, "clip")
        assert paths[0] == tmp_path / f"clip{exporter.suffix}"
        assert sorted(path.name for path in paths) == listing(tmp_path)
        assert all(path.stat().st_size > 0 for path in paths)

    def test_leaves_the_take_alone(self, exporter, take, tmp_path):
        before = [track.joints.copy() for track in take.tracks3d]
        exporter.write(selected(take, ALL), tmp_path, "clip")
        for track, joints in zip(take.tracks3d, before, strict=True):
            assert np.array_equal(track.joints, joints, equal_nan=True)

    def test_is_the_same_twice(self, exporter, take, tmp_path):
        first = [path.read_bytes() for path in exporter.write(selected(take, ALL), tmp_path, "clip")]
        second = [path.read_bytes() for path in exporter.write(selected(take, ALL), tmp_path, "clip")]
        if exporter.name == "fbx":  # Blender writes the time into it and numbers its parts differently each time
            first, second = [[len(data) for data in files] for files in (first, second)]
        assert first == second

    @pytest.mark.parametrize("stem", ["Größe 走路 клип", "a.b", "with space", "100%", "x" * 100])
    def test_any_file_name(self, exporter, take, tmp_path, stem):
        paths = exporter.write(selected(take, ALL), tmp_path, stem)
        assert paths[0].name == f"{stem}{exporter.suffix}"
        assert all(path.is_file() for path in paths)

    def test_one_of_several_persons_is_the_first(self, exporter, take, tmp_path):
        paths = exporter.write(selected(take, ExportOptions(persons=(2,))), tmp_path, "clip")
        assert paths[0].name == f"clip{exporter.suffix}"
        assert not any("person" in name for name in listing(tmp_path))

    def test_a_person_who_was_not_lifted(self, exporter, take, tmp_path):
        with pytest.raises(OutputError, match="Person 7") as error:
            exporter.write(selected(take, ExportOptions(persons=(1, 7))), tmp_path, "clip")
        assert "1, 2" in error.value.hint
        assert listing(tmp_path) == []

    def test_nothing_to_write(self, exporter, take, tmp_path):
        unseen = dataclasses.replace(take.tracks3d[0], joints=np.full_like(take.tracks3d[0].joints, np.nan))
        for empty in (dataclasses.replace(take, tracks3d=()), dataclasses.replace(take, tracks3d=(unseen,))):
            with pytest.raises(OutputError) as error:
                exporter.write(selected(empty, ALL), tmp_path, "clip")
            assert error.value.hint
        assert listing(tmp_path) == []

    def test_a_missing_folder_is_said(self, exporter, take, tmp_path):
        with pytest.raises(OutputError) as error:
            exporter.write(selected(take, ALL), tmp_path / "nowhere", "clip")
        assert error.value.hint

    def test_a_failure_in_the_middle_leaves_the_old_files(self, exporter, take, tmp_path, monkeypatch):
        """Fill the disk while the last person is written: neither person's file changes."""
        old = {path: path.read_bytes() for path in exporter.write(selected(take, ALL), tmp_path, "clip")}
        joints = take.tracks3d[1].joints + np.float32(0.5)
        changed = dataclasses.replace(
            take, tracks3d=(take.tracks3d[0], dataclasses.replace(take.tracks3d[1], joints=joints))
        )
        full = OSError(28, "No space left on device")

        def broken(_file: int) -> None:
            raise full

        monkeypatch.setattr(os, "fsync", broken)
        with pytest.raises(OutputError, match="No space left") as error:
            exporter.write(selected(changed, ALL), tmp_path, "clip")
        assert "disk is full" in error.value.hint
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == old

    def test_a_full_disk(self, exporter, take, full_disk):
        """Check a full disk, also for libraries and programs that write files themselves."""
        with (full_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096))
        with pytest.raises(OutputError) as error:
            exporter.write(selected(take, ALL), full_disk, "clip")
        assert "full" in error.value.hint
        assert listing(full_disk) == ["filler"]

    def test_a_bug_in_the_middle_leaves_nothing(self, exporter, take, tmp_path):
        class Broken:
            """Fail when the joints of the person or their angles are read."""

            def __init__(self, person: SelectedPerson) -> None:
                self._person = person

            def __getattr__(self, name: str) -> object:
                if name in ("joints_world", "track2d", "angles"):
                    raise ZeroDivisionError
                return getattr(self._person, name)

        both = selected(take, ALL)
        broken = dataclasses.replace(both, people=(both.people[0], Broken(both.people[1])))
        with pytest.raises(ZeroDivisionError):
            exporter.write(broken, tmp_path, "clip")
        assert listing(tmp_path) == []

    def test_cancelled_in_the_middle_the_folder_is_as_it_was(self, exporter, take, tmp_path):
        if exporter.name not in WATCHED:
            pytest.skip("quick: not watched")
        old = tmp_path / f"clip{exporter.suffix}"
        old.write_bytes(b"an older film")
        cancel, told = CancelToken(), []

        def look(progress: Progress) -> None:
            told.append(progress)
            if len(told) == 5:
                cancel.cancel()

        with pytest.raises(Cancelled):
            exporter.write(selected(take, ALL), tmp_path, "clip", Watch(cancel, look))
        assert len(told) == 5  # it stopped at once
        assert listing(tmp_path) == [old.name]
        assert old.read_bytes() == b"an older film"
        assert {(progress.stage, progress.message) for progress in told} == {("export", exporter.name)}

    def test_who_takes_long_tells_how_far_it_is_and_writes_the_same(self, exporter, take, tmp_path):
        told: list[Progress] = []
        paths = exporter.write(selected(take, ALL), tmp_path, "clip", Watch(progress=told.append))
        assert bool(told) == (exporter.name in WATCHED)
        if exporter.name not in WATCHED or exporter.name == "fbx":
            return  # fast formats need not report progress
        assert [(progress.done, progress.total) for progress in told] == [(row, 60) for row in range(60)]
        unwatched = exporter.write(selected(take, ALL), tmp_path, "other")
        assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in unwatched]


def test_a_run_that_is_cancelled_keeps_what_was_finished(take, tmp_path):
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        export_take(take, tmp_path, "clip", ["trc", "overlay", "bvh"], None, Watch(cancel, lambda _: cancel.cancel()))
    assert listing(tmp_path) == ["clip.trc", "clip_person2.trc"]


_UNPRIVILEGED = """
import json, os, sys
from pathlib import Path
from pipeline.core.errors import OutputError
from pipeline.export.export_take import export_take
from tests.helpers.motion import clip, scene
take = scene(clip("jump")[:20]).take()
import scipy.signal, scipy.ndimage, scipy.spatial.transform
from pipeline.registry import find
folder, *names = sys.argv[1:]
for name in names:
    find("exporter", name).load()
user = os.geteuid()
for name in names:
    if user == 0:
        os.seteuid(65534)
    try:
        export_take(take, Path(folder), "clip", [name])
        said = "written"
    except OutputError as error:
        said = f"{error.message} | {error.hint}"
    os.seteuid(user)
    print(json.dumps([name, said, os.listdir(folder)]), flush=True)
"""


@pytest.fixture(scope="module")
def refusals(tmp_path_factory) -> dict[str, tuple[str, list[str]]]:
    """Check every exporter's error for a folder without permission, and what remains there.

    Runs as an unprivileged user, because root may write anywhere; all in one process, since most of its time is its
    start.
    """
    folder = tmp_path_factory.mktemp("locked")
    folder.chmod(0o555)
    names = [entry.name for entry in entries("exporter") if not entry.missing()]
    result = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED, str(folder), *names],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert result.returncode == 0, result.stderr
    replies = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("[")]
    return {name: (said, left) for name, said, left in replies}


@pytest.mark.skipif(sys.platform == "win32", reason="folders have other permissions there")
def test_a_folder_that_cannot_be_written(exporter, refusals):
    said, left = refusals[exporter.name]
    assert "Cannot write" in said
    assert "choose another folder" in said
    assert left == []


def test_export_take_writes_all_formats_once(take, tmp_path):
    paths = export_take(take, tmp_path / "new" / "folder", "clip", ["bvh", "csv"])
    assert [path.name for path in paths] == [
        "clip.bvh", "clip_person2.bvh", "clip.csv", "clip.csv.json", "clip_wide.csv", "clip_wide_person2.csv",
    ]  # fmt: skip
    assert listing(tmp_path / "new" / "folder") == sorted(path.name for path in paths)


def test_csv_means_both_tables():
    assert expand(["csv"]) == ("csv", "csv_wide")
    assert expand(["bvh", "csv_wide", "csv", "bvh"]) == ("bvh", "csv_wide", "csv")


def test_an_unknown_format_is_refused_before_anything_is_written(take, tmp_path):
    with pytest.raises(ConfigError, match="'abc'") as error:
        export_take(take, tmp_path / "out", "clip", ["bvh", "abc"])
    assert "bvh" in error.value.hint
    assert not (tmp_path / "out").exists()


def test_a_format_whose_program_is_missing_says_so(take, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "bpy", None)  # as if it were not installed
    entry = find("exporter", "fbx")
    assert entry.missing() == "needs the program blender or the package bpy"
    with pytest.raises(ModelError) as error:
        export_take(take, tmp_path / "out", "clip", ["fbx"])
    assert "install Blender" in error.value.hint
    assert not (tmp_path / "out").exists()


def test_an_empty_take_leaves_no_folder(take, tmp_path):
    with pytest.raises(OutputError):
        export_take(dataclasses.replace(take, tracks3d=()), tmp_path / "out", "clip", ["bvh"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stem", ["", "../clip", "a/b"])
def test_a_stem_is_a_name_and_not_a_path(take, tmp_path, stem):
    with pytest.raises(OutputError, match="file name"):
        export_take(take, tmp_path, stem, ["bvh"])
