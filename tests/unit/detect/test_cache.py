"""Test the 2D cache under damaged files, full disks and other processes."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import OutputError
from pipeline.core.poses import Pose2D
from pipeline.detect import cache as cache_module
from pipeline.detect.cache import CHUNK_FRAMES, DetectionCache, make_room, open_cache


def pose(i: int, people: int | None = None) -> Pose2D:
    """Return frame i's people: 0, 1 or 2 of them, every number different."""
    count = i % 3 if people is None else people
    rng = np.random.default_rng(i)
    return Pose2D(
        rng.random((count, 4), np.float32) * 1000,
        rng.random((count, 33, 2), np.float32) * 1000,
        rng.random((count, 33), np.float32),
        "blazepose33",
    )


def assert_same(found: Pose2D | None, i: int) -> None:
    expected = pose(i)
    assert found is not None
    assert found.skeleton == expected.skeleton
    np.testing.assert_array_equal(found.boxes_image, expected.boxes_image)
    np.testing.assert_array_equal(found.joints_image, expected.joints_image)
    np.testing.assert_array_equal(found.scores, expected.scores)


def opened(root: Path, content: str = "video", detector: str = "detector/1") -> DetectionCache:
    cache = open_cache(content, detector, root=root)
    assert cache is not None
    return cache


def fill(cache: DetectionCache, start: int, stop: int) -> None:
    for i in range(start, stop):
        cache.put(i, i / 30, pose(i))


def chunks(root: Path) -> list[Path]:
    return sorted(root.rglob("*.npz"))


def test_comes_back_in_another_run(tmp_path: Path) -> None:
    first = opened(tmp_path)
    fill(first, 0, 300)
    first.mark_complete()
    second = opened(tmp_path)
    assert second.complete
    assert second.frames() == list(range(300))
    assert second.last_time_s() == 299 / 30
    for i in (0, 1, 2, 127, 128, 299, 130, 5):
        assert_same(second.get(i), i)
        assert second.time_s(i) == i / 30
    assert second.get(300) is None
    assert second.time_s(300) is None


def test_known_at_once_and_written_in_chunks(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    fill(cache, 0, CHUNK_FRAMES - 1)
    assert chunks(tmp_path) == []
    assert_same(cache.get(7), 7)
    assert cache.time_s(7) == 7 / 30
    fill(cache, CHUNK_FRAMES - 1, CHUNK_FRAMES + 3)
    assert len(chunks(tmp_path)) == 1
    assert_same(cache.get(7), 7)
    assert_same(cache.get(CHUNK_FRAMES + 1), CHUNK_FRAMES + 1)


def test_cancelled_run_loses_nothing(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    fill(cache, 40, 57)
    cache.flush()
    cache.flush()  # nothing new: no second file
    again = opened(tmp_path)
    assert again.frames() == list(range(40, 57))
    assert not again.complete
    assert len(chunks(tmp_path)) == 1
    fill(again, 50, 60)  # resumes, overlapping
    again.mark_complete()
    third = opened(tmp_path)
    assert third.complete
    assert third.frames() == list(range(40, 60))
    for i in range(40, 60):
        assert_same(third.get(i), i)


def test_frame_without_people_is_known(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    for i in range(10):
        cache.put(i, i / 30, Pose2D.nobody("blazepose33"))
    cache.flush()
    found = opened(tmp_path).get(4)
    assert found is not None
    assert found.scores.shape == (0, 33)


def test_other_video_or_detector_is_another_cache(tmp_path: Path) -> None:
    fill(opened(tmp_path), 0, CHUNK_FRAMES)
    assert opened(tmp_path, content="other").frames() == []
    assert opened(tmp_path, detector="detector/2").frames() == []
    assert opened(tmp_path, detector="detector-1").frames() == []  # the same once cleaned for a file name
    assert len(opened(tmp_path).frames()) == CHUNK_FRAMES


@pytest.mark.parametrize("harm", ["cut off", "empty", "text", "one byte", "a pickle", "counts"])
def test_damaged_chunk_is_dropped(tmp_path: Path, harm: str, caplog: pytest.LogCaptureFixture) -> None:
    first = opened(tmp_path)
    fill(first, 0, 2 * CHUNK_FRAMES)
    first.mark_complete()
    target = chunks(tmp_path)[0]
    data = bytearray(target.read_bytes())
    if harm == "cut off":
        target.write_bytes(data[: len(data) // 2])
    elif harm == "empty":
        target.write_bytes(b"")
    elif harm == "text":
        target.write_text("this is not an archive")
    elif harm == "one byte":
        data[len(data) // 2] ^= 0xFF
        target.write_bytes(data)
    elif harm == "a pickle":
        np.savez(target, frame_index=np.array([{"a": 1}], dtype=object))
    else:
        with np.load(target) as whole:
            arrays = dict(whole)
        np.savez(target, **{**arrays, "count": arrays["count"] + 1})
    with caplog.at_level(logging.WARNING):
        cache = opened(tmp_path)
        assert cache.get(5) is None
        assert cache.time_s(5) is None
    assert any("damaged" in record.message for record in caplog.records)
    assert not target.exists()
    assert not cache.complete
    assert cache.frames() == list(range(CHUNK_FRAMES, 2 * CHUNK_FRAMES))
    assert_same(cache.get(CHUNK_FRAMES + 5), CHUNK_FRAMES + 5)
    fill(cache, 0, CHUNK_FRAMES)  # detected again
    cache.mark_complete()
    healed = opened(tmp_path)
    assert healed.complete
    assert_same(healed.get(5), 5)


@pytest.mark.parametrize("mark", ["", "[1, 2", '{"frames": 3}', "null"])
def test_damaged_mark_means_incomplete(tmp_path: Path, mark: str) -> None:
    cache = opened(tmp_path)
    fill(cache, 0, 10)
    cache.mark_complete()
    next(tmp_path.rglob("complete.json")).write_text(mark)
    again = opened(tmp_path)
    assert not again.complete
    assert_same(again.get(4), 4)


def test_mark_is_plain_json(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    fill(cache, 0, 3)
    cache.mark_complete()
    data = json.loads(next(tmp_path.rglob("complete.json")).read_text())
    assert (data["content"], data["detector"], data["frames"]) == ("video", "detector/1", 3)


def test_full_disk_switches_it_off_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cache = opened(tmp_path)
    fill(cache, 0, CHUNK_FRAMES)

    def full(path: Path, mode: str = "wb") -> None:
        raise OutputError(f"Cannot write {path} (No space left on device).", "Free some space.")

    monkeypatch.setattr(cache_module, "atomic_write", full)
    with caplog.at_level(logging.WARNING):
        fill(cache, CHUNK_FRAMES, 4 * CHUNK_FRAMES)
        cache.flush()
        cache.mark_complete()
    assert len([r for r in caplog.records if "not kept" in r.message]) == 1
    assert not cache.complete
    assert_same(cache.get(3), 3)  # earlier data can still be used
    assert cache.get(2 * CHUNK_FRAMES) is None
    monkeypatch.undo()
    assert opened(tmp_path).frames() == list(range(CHUNK_FRAMES))


def test_no_folder_no_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "detections").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert open_cache("video", "detector", root=tmp_path) is None
    assert "not kept" in caplog.text


def test_video_without_a_key_is_not_cached(tmp_path: Path) -> None:
    assert open_cache("", "detector", root=tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_default_place_is_the_users_cache_folder() -> None:
    cache = open_cache("default place", "detector")
    assert cache is not None
    fill(cache, 0, 2)
    cache.flush()
    assert len(list((Path(os.environ["HOURGLASS_CACHE"]) / "detections").rglob("default-place*/*/*.npz"))) == 1


def _write(root: Path, start: int, stop: int) -> None:
    cache = opened(root)
    for i in range(start, stop):
        cache.put(i, i / 30, pose(i))
        if i % 7 == 0:
            cache.flush()
    cache.flush()


def test_two_processes_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(tmp_path, *span)) for span in ((0, 120), (60, 200))]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    cache = opened(tmp_path)
    assert cache.frames() == list(range(200))
    for i in range(200):
        assert_same(cache.get(i), i)
    assert not list(tmp_path.rglob("*.part"))


def test_oldest_videos_go_first(tmp_path: Path) -> None:
    for age, name in enumerate(["newest", "middle", "oldest"]):
        fill(opened(tmp_path, content=name), 0, CHUNK_FRAMES)
        folder = next(path for path in (tmp_path / "detections").iterdir() if path.name.startswith(name))
        os.utime(folder, (1e9 - age, 1e9 - age))
    one = sum(path.stat().st_size for path in chunks(tmp_path)) // 3
    make_room(tmp_path / "detections", 2 * one + 100)
    left = {path.name.split("-")[0] for path in (tmp_path / "detections").iterdir()}
    assert left == {"newest", "middle"}
    assert len(opened(tmp_path, content="middle").frames()) == CHUNK_FRAMES  # used now: the last to be deleted
    make_room(tmp_path / "detections", one + 100)
    assert {path.name.split("-")[0] for path in (tmp_path / "detections").iterdir()} == {"middle"}


def test_a_video_in_use_is_never_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "LIMIT_BYTES", 1)
    fill(opened(tmp_path, content="mine"), 0, CHUNK_FRAMES)
    fill(opened(tmp_path, content="other"), 0, CHUNK_FRAMES)
    assert len(opened(tmp_path, content="other").frames()) == CHUNK_FRAMES
    assert {path.name.split("-")[0] for path in (tmp_path / "detections").iterdir()} == {"other"}
