"""Test the manifest, file checks, and downloads: good, interrupted, resumed, wrong, offline."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import weights
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, ConfigError, ModelError
from tests.helpers.file_server import CONTENT, FileServer, file_server


@pytest.fixture
def server() -> Iterator[FileServer]:
    with file_server() as made:
        yield made


@pytest.fixture
def entry(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> weights.WeightEntry:
    """Return an entry whose file only the server has; the cache folder is the test's."""
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    return dataclasses.replace(
        weights.find(), name="far", file="far.safetensors", url=server.url, bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )  # fmt: skip


def test_the_manifest_says_everything_a_user_has_to_know():
    listed = weights.manifest()
    assert [entry.default for entry in listed].count(True) == 1
    assert len({entry.name for entry in listed}) == len(listed)
    for entry in listed:
        for field in ("title", "licence", "training_data", "limits", "output", "normalisation", "joint_rule"):
            assert getattr(entry, field), f"{entry.name}: {field}"
        assert len(entry.sha256) == 64


def test_the_default_lifter_is_there_and_whole():
    entry = weights.find()
    assert entry.default
    path = weights.locate(entry)
    assert path.stat().st_size == entry.bytes
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256
    assert weights.find(entry.name) is entry


def test_parameters_in_the_manifest_are_those_of_the_file():
    from pipeline.lift.checkpoints.load import read_state_dict

    entry = weights.find()
    assert sum(v.numel() for v in read_state_dict(weights.locate(entry)).values()) == entry.parameters


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ConfigError) as caught:
        weights.find("nobody")
    assert weights.find().name in caught.value.hint


def test_a_folder_of_the_users_goes_before_the_programs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before, first = weights.manifest(), weights.find()
    monkeypatch.setenv("HOURGLASS_WEIGHTS", str(tmp_path))
    assert weights.manifest() == before, "without a list in it the program's own holds"
    assert weights.path_of(first) == weights.PROJECT_FOLDER / first.file
    (tmp_path / first.file).write_bytes(b"another one")
    assert weights.path_of(first) == tmp_path / first.file
    with pytest.raises(ModelError, match="damaged"):
        weights.locate(first)
    listed = {"version": 1, "entries": [{**first.to_json(), "name": "other"}]}
    (tmp_path / "manifest.json").write_text(json.dumps(listed))
    assert [entry.name for entry in weights.manifest()] == ["other"]


def test_a_missing_file_says_what_to_do(entry: weights.WeightEntry):
    with pytest.raises(ModelError, match="not installed") as caught:
        weights.locate(entry)
    assert entry.url in caught.value.hint
    with pytest.raises(ModelError, match="comes with the program"):
        weights.locate(dataclasses.replace(entry, url=""))


def test_a_damaged_file_is_noticed_also_when_it_is_damaged_later(entry: weights.WeightEntry):
    folder = weights.user_folder()
    folder.mkdir(parents=True)
    path = folder / entry.file
    path.write_bytes(CONTENT)
    assert weights.locate(entry) == path
    broken = bytearray(CONTENT)
    broken[1000] ^= 1
    path.write_bytes(broken)
    os.utime(path, ns=(1, 1))  # another time than the first write, whatever the clock's resolution
    with pytest.raises(ModelError, match="damaged"):
        weights.locate(entry)
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelError, match="damaged"):
        weights.locate(entry)


def test_an_unchanged_file_is_hashed_once(entry: weights.WeightEntry, monkeypatch: pytest.MonkeyPatch):
    weights.user_folder().mkdir(parents=True)
    (weights.user_folder() / entry.file).write_bytes(CONTENT)
    weights.locate(entry)

    def refuse(*args: object) -> None:
        raise AssertionError("hashed again")

    monkeypatch.setattr(hashlib, "file_digest", refuse)
    weights.locate(entry)


def test_manifests_that_do_not_fit(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text("not json")
    with pytest.raises(ModelError, match="cannot be read"):
        weights.manifest(path)
    good = {
        "name": "x", "file": "x.pth", "sha256": "", "bytes": 1, "host": "mixste", "sizes": {}, "frames": 9,
        "rate_hz": [24, 75], "channels": ["x", "y"], "joint_rule": "hourglass", "normalisation": "screen",
        "unit_stature_m": 1.55,
    }  # fmt: skip
    assert weights.WeightEntry.from_json(good).rate_hz == (24, 75)
    for wrong in ({"colour": 1}, {"file": "../x.pth"}, {"rate_hz": [24]}, {"frames": 0}):
        path = tmp_path / f"{next(iter(wrong))}.json"
        path.write_text(json.dumps({"version": 1, "entries": [good | wrong]}))
        with pytest.raises(ModelError, match="does not fit"):
            weights.manifest(path)


def test_download(entry: weights.WeightEntry):
    seen: list[tuple[int, int]] = []
    path = weights.download(entry, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert weights.locate(entry) == path
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert os.listdir(path.parent) == [path.name]


def test_a_download_that_broke_off_is_resumed(entry: weights.WeightEntry, server: FileServer):
    server.cut = 1_500_000
    with pytest.raises(ModelError, match=f"broke off at 1500000 of {len(CONTENT)} bytes"):
        weights.download(entry)
    with pytest.raises(ModelError, match="not installed"):
        weights.locate(entry)
    server.cut = None
    seen: list[int] = []
    path = weights.download(entry, lambda done, total: seen.append(done))
    assert server.asked == [None, "bytes=1500000-"]
    assert seen[0] > 1_500_000
    assert path.read_bytes() == CONTENT


def test_a_server_without_ranges_starts_over(entry: weights.WeightEntry, server: FileServer):
    server.cut, server.ranges = 1_500_000, False
    with pytest.raises(ModelError, match="broke off"):
        weights.download(entry)
    server.cut = None
    assert weights.download(entry).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"x", CONTENT + b"more", b"<html>log in</html>" * 200_000])
def test_wrong_content_never_gets_the_files_name(entry: weights.WeightEntry, server: FileServer, content: bytes):
    server.content = content
    with pytest.raises(ModelError, match="not the file that the manifest describes"):
        weights.download(entry)
    assert os.listdir(weights.user_folder()) == []
    server.content = CONTENT
    assert weights.download(entry).read_bytes() == CONTENT


def test_cancel_keeps_what_was_fetched(entry: weights.WeightEntry):
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        weights.download(entry, lambda done, total: cancel.cancel(), cancel)
    (part,) = weights.user_folder().iterdir()
    assert part.name == "far.safetensors.part"
    assert CONTENT.startswith(part.read_bytes())
    assert part.stat().st_size > 0
    assert weights.download(entry).read_bytes() == CONTENT


def test_offline_and_absent_are_told_apart(entry: weights.WeightEntry, server: FileServer):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{free.getsockname()[1]}/x"
        with pytest.raises(ModelError, match="cannot be reached") as caught:
            weights.download(dataclasses.replace(entry, url=dead))
    assert "network" in caught.value.hint
    with pytest.raises(ModelError, match="404"):
        weights.download(dataclasses.replace(entry, url=f"http://127.0.0.1:{server.server_port}/absent"))


def test_only_safe_addresses(entry: weights.WeightEntry):
    for url in ("file:///etc/hostname", "http://example.org/x", "ftp://example.org/x"):
        with pytest.raises(ModelError, match="https"):
            weights.download(dataclasses.replace(entry, url=url))
    with pytest.raises(ModelError, match="no download address"):
        weights.download(dataclasses.replace(entry, url=""))


# --- checkpoints of detectors: of these, only the first digits of the hash are known, and not the size


@pytest.fixture
def published(server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> weights.DetectorEntry:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    digits = hashlib.sha256(CONTENT).hexdigest()[:8]
    return weights.DetectorEntry(
        name="far", title="Far", config="mmpose::x.py", file=f"far-{digits}_20230504.pth", sha256=digits,
        skeleton="coco17", about_bytes=1_000_000, url=server.url,
    )  # fmt: skip


def test_a_published_checkpoint_is_fetched_and_checked_by_the_digits_in_its_name(published: weights.DetectorEntry):
    seen: list[tuple[int, int]] = []
    path = weights.download(published, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert path.name == published.file
    assert weights.locate(published, added=False) == path
    assert seen[-1] == (len(CONTENT), len(CONTENT))  # the server stated the size
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelError, match="damaged"):
        weights.locate(published, added=False)


def test_a_file_without_a_known_hash_is_never_whole(published: weights.DetectorEntry):
    weights.user_folder().mkdir(parents=True)
    (weights.user_folder() / published.file).write_bytes(CONTENT)
    weights.locate(published, added=False)
    for digits in ("", published.sha256[:7]):
        with pytest.raises(ModelError, match="damaged"):
            weights.locate(dataclasses.replace(published, sha256=digits), added=False)


def test_a_published_checkpoint_that_broke_off_is_resumed(published: weights.DetectorEntry, server: FileServer):
    server.cut = 1_500_000
    with pytest.raises(ModelError, match=f"broke off at 1500000 of {len(CONTENT)} bytes"):
        weights.download(published)
    server.cut = None
    seen: list[tuple[int, int]] = []
    assert weights.download(published, lambda *news: seen.append(news)).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=1500000-"]
    assert seen[0][0] > 1_500_000
    assert {total for _, total in seen} == {len(CONTENT)}


def test_a_published_checkpoint_whose_part_is_whole_already(published: weights.DetectorEntry, server: FileServer):
    """Check a program killed between the last byte and the check: the server sends no more."""
    weights.user_folder().mkdir(parents=True)
    (weights.user_folder() / f"{published.file}.part").write_bytes(CONTENT)
    assert weights.download(published).read_bytes() == CONTENT
    assert server.asked == [f"bytes={len(CONTENT)}-"]


@pytest.mark.parametrize("says_length", [True, False])
def test_a_published_checkpoint_of_another_content(
    published: weights.DetectorEntry, server: FileServer, says_length: bool
):
    server.content, server.says_length = CONTENT[:-1] + b"x", says_length
    with pytest.raises(ModelError, match="not the file that the manifest describes"):
        weights.download(published)
    assert os.listdir(weights.user_folder()) == []
    server.content = CONTENT
    assert weights.download(published).read_bytes() == CONTENT


def test_offline_says_how_to_go_on_by_hand(published: weights.DetectorEntry):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = dataclasses.replace(published, url=f"http://127.0.0.1:{free.getsockname()[1]}/x")
        with pytest.raises(ModelError, match="cannot be reached") as caught:
            weights.download(dead)
    assert published.file in caught.value.hint
    assert str(weights.user_folder()) in caught.value.hint
    weights.user_folder().joinpath(published.file).write_bytes(CONTENT)  # as published
    assert weights.locate(published, added=False).read_bytes() == CONTENT


def test_two_processes_that_add_lifters_at_once_lose_none(entry: weights.WeightEntry) -> None:
    """The other process has read the list and not written it yet when this one begins."""
    other = (
        "import sys; from dataclasses import asdict, replace; from pipeline import weights\n"
        "from pipeline.system.files import one_writer; from pipeline.weights.entries import *\n"
        "folder = weights.user_folder()\n"
        "with one_writer(folder):\n"
        "    listed = read_own_entries(folder / 'manifest.json', 'lifters')\n"
        "    print('read', flush=True); sys.stdin.readline()\n"
        "    new = replace(weights.find(), name='theirs', file='theirs.safetensors').to_json()\n"
        "    write_own_entries(folder / 'manifest.json', [*listed, new])\n"
    )
    command = [sys.executable, "-c", other]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "read\n"
        with ThreadPoolExecutor(1) as pool:
            added = pool.submit(weights.register, dataclasses.replace(entry, name="ours", file="ours.bin"), b"x")
            with pytest.raises(TimeoutError):
                added.result(timeout=0.5)
            process.stdin.write("\n")
            process.stdin.flush()
            added.result(timeout=60)
    assert {one.name for one in weights.catalogue.own().entries} == {"theirs", "ours"}
