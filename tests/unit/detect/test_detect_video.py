"""Test detection with a cache: no frame detected twice or lost, the same people as without."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame, VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, SourceError
from pipeline.core.poses import Pose2D
from pipeline.detect import detect_video
from pipeline.detect.cache import DetectionCache, open_cache
from pipeline.detect.detect_video import ObserveStats, cache_for, observe

FRAMES, RATE = 300, 30.0
ANCHOR = 100  # frames, in place of detect_video.ANCHOR
PIXELS = np.zeros((4, 4, 3), np.uint8)


class Numbers:
    """Provide `FRAMES` black images, count decoded ones; may break off or contain damaged ones."""

    def __init__(self, breaks_at: int | None = None, damaged: Iterable[int] = ()) -> None:
        self.info = VideoInfo("numbers", "", 4, 4, RATE, FRAMES, FRAMES / RATE, content_key="numbers")
        self.time_s = np.arange(FRAMES) / RATE
        self.decoded = 0
        self._breaks_at = breaks_at
        self._damaged = set(damaged)

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        for i in range(FRAMES):
            time_s = i / RATE
            if (start_s is None or time_s >= start_s) and (end_s is None or time_s < end_s):
                if i == self._breaks_at:
                    raise SourceError("broken", "look elsewhere")
                if i in self._damaged:
                    continue
                self.decoded += 1
                yield Frame(i, time_s, PIXELS, fitted=i >= 250)

    def frame_at(self, time_s: float) -> Frame:
        raise NotImplementedError

    def close(self) -> None: ...


class Follower:
    """Detect with a memory: a person is seen only if tracked from the very first frame on."""

    name, skeleton, cache_key = "follower", "coco17", "follower-1"

    def __init__(self) -> None:
        self.detected: list[int] = []
        self.reset()

    def reset(self) -> None:
        self._following = False

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        assert size_px == (4, 4)
        self._following = len(pose.scores) > 0

    def detect(self, frame: Frame) -> Pose2D:
        self.detected.append(frame.index)
        self._following |= frame.index == 0
        if not self._following:
            return Pose2D.nobody("coco17")
        joints = np.full((1, 17, 2), frame.index, np.float32)
        return Pose2D(np.zeros((1, 4), np.float32), joints, np.ones((1, 17), np.float32), "coco17")

    def close(self) -> None: ...


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path))
    monkeypatch.setattr(detect_video, "ANCHOR", ANCHOR)


def run(source: Numbers, detector: Follower, start_s: float | None = None, end_s: float | None = None):
    stats = ObserveStats()
    cache = cache_for(source.info, detector, start_s, end_s)
    found = list(observe(source, detector, cache, CancelToken(), stats, start_s, end_s))
    return found, stats


def people(found) -> list[int]:
    return [index for index, _, pose in found if len(pose.scores)]


def test_a_second_run_neither_decodes_nor_detects() -> None:
    first, _ = run(Numbers(), Follower())
    source, detector = Numbers(), Follower()
    second, stats = run(source, detector)
    assert [i for i, _, _ in second] == list(range(FRAMES))
    assert [t for _, t, _ in second] == [t for _, t, _ in first]
    assert people(second) == list(range(FRAMES))
    assert (source.decoded, detector.detected, stats.cached) == (0, [], FRAMES)


def test_a_cancelled_run_goes_on_where_it_was_and_follows_on() -> None:
    source, detector, cancel = Numbers(), Follower(), CancelToken()
    with pytest.raises(Cancelled):
        for index, _, _ in observe(source, detector, cache_for(source.info, detector), cancel, ObserveStats()):
            if index == 149:
                cancel.cancel()
    source, detector = Numbers(), Follower()
    found, stats = run(source, detector)
    assert [i for i, _, _ in found] == list(range(FRAMES))
    assert people(found) == list(range(FRAMES))
    assert detector.detected == list(range(150 - 150 % ANCHOR, FRAMES))
    assert source.decoded == FRAMES - 150 + 150 % ANCHOR
    assert stats.cached == 150 - 150 % ANCHOR


class Counting(Follower):
    """Detect with a memory that `resume` loses: how many frames ago the people were told."""

    cache_key = "counting-1"

    def reset(self) -> None:
        super().reset()
        self._told = 0

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        super().resume(pose, time_s, size_px)
        self._told = 0

    def detect(self, frame: Frame) -> Pose2D:
        pose = super().detect(frame)
        self._told += 1
        return replace(pose, joints_image=pose.joints_image + self._told)


@pytest.mark.parametrize("damaged", [(), range(98, 103)])
@pytest.mark.parametrize("cancelled_at", [3, 99, 100, 149, 299])
def test_a_run_that_goes_on_gives_the_numbers_of_one_without_a_break(cancelled_at: int, damaged) -> None:
    whole = list(observe(Numbers(damaged=damaged), Counting(), None, CancelToken(), ObserveStats()))
    source, cancel = Numbers(damaged=damaged), CancelToken()
    with contextlib.suppress(Cancelled):
        for index, _, _ in observe(source, Counting(), cache_for(source.info, Counting()), cancel, ObserveStats()):
            if index == cancelled_at:
                cancel.cancel()
    found, _ = run(Numbers(damaged=damaged), Counting())
    assert [row[:2] for row in found] == [row[:2] for row in whole]
    for (_, _, pose), (_, _, truth) in zip(found, whole, strict=True):
        np.testing.assert_array_equal(pose.joints_image, truth.joints_image)


def test_a_run_from_the_middle_never_spoils_a_run_from_the_start() -> None:
    late, _ = run(Numbers(), Follower(), start_s=4.0)
    assert people(late) == []  # no tracked person there
    detector = Follower()
    whole, _ = run(Numbers(), detector)
    assert people(whole) == list(range(FRAMES))
    assert detector.detected == list(range(FRAMES))


def test_a_range_uses_the_whole_videos_cache_if_it_is_all_there() -> None:
    run(Numbers(), Follower(), end_s=6.0)
    inside, covered = Follower(), Follower()
    found, _ = run(Numbers(), inside, start_s=2.0, end_s=5.0)
    assert [i for i, _, _ in found] == list(range(60, 150))
    assert people(found) == list(range(60, 150))
    assert inside.detected == []
    found, _ = run(Numbers(), covered, start_s=2.0, end_s=8.0)  # more than it holds
    assert covered.detected == list(range(60, 240))


def test_a_run_from_the_middle_has_a_cache_of_its_own() -> None:
    first, _ = run(Numbers(), Follower(), start_s=2.0, end_s=5.0)
    detector = Follower()
    second, _ = run(Numbers(), detector, start_s=2.0, end_s=5.0)
    assert [i for i, _, _ in second] == [i for i, _, _ in first] == list(range(60, 150))
    assert detector.detected == []


def test_a_lost_chunk_is_detected_again_and_no_frame_is_missing() -> None:
    run(Numbers(), Follower())
    cache = open_cache("numbers", f"follower-1-anchor{ANCHOR}")
    assert isinstance(cache, DetectionCache)
    lost = sorted(cache.folder.glob("*.npz"))
    lost[1].write_bytes(b"rubbish")
    found, _ = run(Numbers(), Follower())
    assert [i for i, _, _ in found] == list(range(FRAMES))
    assert people(found) == list(range(FRAMES))


def test_a_lost_start_of_a_range_is_not_skipped() -> None:
    run(Numbers(), Follower(), start_s=2.0)
    cache = open_cache("numbers", f"follower-1-anchor{ANCHOR}-from2.000s")
    assert cache is not None
    sorted(cache.folder.glob("*.npz"))[0].unlink()
    found, _ = run(Numbers(), Follower(), start_s=2.0)
    assert [i for i, _, _ in found] == list(range(60, FRAMES))


def test_what_came_before_an_error_is_kept() -> None:
    source, detector = Numbers(breaks_at=200), Follower()
    with pytest.raises(SourceError, match="broken"):
        run(source, detector)
    again = Follower()
    run(Numbers(), again)
    assert again.detected == list(range(200 - 200 % ANCHOR, FRAMES))


def test_without_a_content_key_there_is_no_cache() -> None:
    info = replace(Numbers().info, content_key="")
    assert cache_for(info, Follower()) is None


@pytest.mark.parametrize("damaged", [range(100, 115), range(5), range(290, 300), [0, 150, 299]])
def test_damaged_frames_keep_their_place_also_in_the_cache(damaged) -> None:
    source = Numbers(damaged=damaged)
    first, stats = run(source, Follower())
    assert [(i, t) for i, t, _ in first] == [(i, i / RATE) for i in range(FRAMES)]
    assert stats.damaged == list(damaged)
    assert stats.detected == FRAMES - len(damaged)
    again, detector = Numbers(damaged=damaged), Follower()
    second, stats = run(again, detector)
    assert [i for i, _, _ in second] == list(range(FRAMES))
    assert people(second) == people(first)
    assert (stats.damaged, stats.fitted) == (list(damaged), [i for i in range(250, FRAMES) if i not in damaged])
    assert (again.decoded, detector.detected) == (0, [])


def test_a_range_with_damaged_frames_has_all_of_its_rows() -> None:
    found, stats = run(Numbers(damaged=range(28, 42)), Follower(), 1.0, 2.0)
    assert [i for i, _, _ in found] == list(range(30, 60))
    assert stats.damaged == list(range(30, 42))


def test_a_run_that_was_cancelled_among_damaged_frames_goes_on() -> None:
    damaged, cancel = range(100, 115), CancelToken()
    source = Numbers(damaged=damaged)
    with pytest.raises(Cancelled):
        for index, _, _ in observe(source, Follower(), cache_for(source.info, Follower()), cancel, ObserveStats()):
            if index == 107:
                cancel.cancel()
    found, stats = run(Numbers(damaged=damaged), Follower())
    assert [i for i, _, _ in found] == list(range(FRAMES))
    assert stats.damaged == list(damaged)


def test_frames_that_were_told_apart_in_another_way_have_a_cache_of_their_own() -> None:
    plain = Numbers().info
    run(Numbers(), Follower())
    for other in (replace(plain, notes=("a stamp was far off",)), replace(plain, slow_motion=8.0)):
        cache = cache_for(other, Follower())
        assert cache is not None
        assert cache.frames() == []
    cache = cache_for(plain, Follower())
    assert cache is not None
    assert len(cache.frames()) == FRAMES


class Ahead(Follower):
    """Answer a frame with the next one, and where a run is broken."""

    cache_key = "ahead-1"

    def __init__(self) -> None:
        super().__init__()
        self.before: Pose2D | None = None

    def advance(self, frame: Frame) -> Pose2D | None:
        before, self.before = self.before, self.detect(frame)
        return before

    def ready(self) -> Pose2D | None:
        return self.before

    def finish(self) -> Pose2D | None:
        before, self.before = self.before, None
        return before


@pytest.mark.parametrize("damaged", [(), (5, 6, 100), (0, FRAMES - 1), range(FRAMES)])
def test_a_detector_that_looks_ahead_gives_the_same_frames(damaged) -> None:
    expected, counted = run(Numbers(damaged=damaged), Follower())
    found, stats = run(Numbers(damaged=damaged), Ahead())
    assert [(i, t) for i, t, _ in found] == [(i, t) for i, t, _ in expected]
    for (_, _, pose), (_, _, truth) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(pose.joints_image, truth.joints_image)
    assert (stats.detected, stats.damaged) == (counted.detected, counted.damaged)
