"""Test that a run reports its frames: damaged ones keep rows, slow motion gets true times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.camera import Frame, VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, RunConfig
from pipeline.core.errors import ConfigError
from pipeline.core.poses import Pose2D
from pipeline.core.take import Take
from pipeline.run.frame_counts import frame_notes, frame_numbers, lift_notes
from pipeline.run.lift_video import analyse
from pipeline.take.file import load_take, save_take
from tests.helpers.motion import clip, facing_camera, scene
from tests.unit.run.test_relift import Flat

FRAMES, RATE = 60, 30.0
PIXELS = np.zeros((4, 4, 3), np.uint8)


class Video:
    """Provide black frames, of which some cannot be decoded or have another size."""

    def __init__(self, damaged: range = range(0), fitted: range = range(0), notes: tuple[str, ...] = ()) -> None:
        self.seen = scene(facing_camera(clip("walk"))[:FRAMES], rate_hz=RATE)
        size = self.seen.info.width_px, self.seen.info.height_px
        self.info = VideoInfo("clip", "", *size, RATE, FRAMES, FRAMES / RATE, content_key="clip", notes=notes)
        self.time_s = np.arange(FRAMES) / RATE
        self._damaged, self._fitted = damaged, fitted

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        start, end = (None if s is None else int(np.searchsorted(self.time_s, s)) for s in (start_s, end_s))
        for index in range(FRAMES)[start:end]:
            if index not in self._damaged:
                yield Frame(index, float(self.time_s[index]), PIXELS, index in self._fitted)

    def frame_at(self, time_s: float) -> Frame:
        raise NotImplementedError

    def close(self) -> None: ...


class Detector:
    """Find the person of `Video` in every frame."""

    name, skeleton, cache_key = "known", "h36m17", "known-1"

    def __init__(self, video: Video) -> None:
        self._track = video.seen.person.track

    def reset(self) -> None: ...
    def resume(self, *_: object) -> None: ...
    def close(self) -> None: ...

    def detect(self, frame: Frame) -> Pose2D:
        joints, scores = self._track.joints_image[frame.index], self._track.scores[frame.index]
        box = np.concatenate([joints.min(axis=0), joints.max(axis=0)])
        return Pose2D(box[None].astype(np.float32), joints[None], scores[None], "h36m17")


class Engine:
    def __init__(self, video: Video) -> None:
        self._detector = Detector(video)

    def detector(self, config: object) -> Detector:
        return self._detector

    def lifter(self, config: LiftConfig) -> Flat:
        return Flat()


def take_of(video: Video, config: RunConfig | None = None) -> Take:
    config = config or RunConfig(use_cache=False)
    *_, take = analyse(video, config, CancelToken(), Engine(video))  # type: ignore[arg-type]
    assert isinstance(take, Take)
    return take


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))


def test_a_video_without_faults_has_nothing_to_tell() -> None:
    take = take_of(Video())
    assert take.notes == ()
    run = take.provenance["run"]
    assert (run["frames"], run["decoded"], run["damaged"]) == (FRAMES, FRAMES, 0)
    assert run["persons"] == {"1": {"seen": FRAMES, "lifted": FRAMES}}


@pytest.mark.parametrize("damaged", [range(20, 32), range(6), range(50, 60)])
def test_damaged_frames_are_rows_without_anybody(damaged: range, tmp_path) -> None:
    video = Video(damaged, notes=("a stamp was far off",))
    take = take_of(video, RunConfig())
    assert take.frame_count == FRAMES
    np.testing.assert_allclose(take.time_s, np.arange(FRAMES) / RATE)
    assert not np.isfinite(take.tracks2d[0].joints_image[list(damaged)]).any()
    told = f"{len(damaged)} of 60 frames cannot be decoded ({damaged[0]} to {damaged[-1]})"
    assert take.notes[0] == "a stamp was far off"
    assert take.notes[1].startswith(told)
    assert take.provenance["run"]["decoded"] == FRAMES - len(damaged)
    again = take_of(video, RunConfig())  # from the cache
    assert again.provenance["run"]["from_cache"] == FRAMES
    assert again.notes == take.notes
    assert load_take(save_take(take, tmp_path / "a.pose3d")).notes == take.notes


def test_frames_of_another_size_are_told_of() -> None:
    assert take_of(Video(fitted=range(40, 60))).notes == (
        "frames 40 to 59 have another size or rotation than the first",
    )


def test_slow_motion_has_the_times_of_the_motion() -> None:
    video = Video()
    take = take_of(video, RunConfig(use_cache=False, recorded_fps=240))
    assert (take.info.fps_hz, take.info.slow_motion) == (240, 8)
    assert take.info.duration_s == pytest.approx(FRAMES / 240)
    np.testing.assert_allclose(take.time_s, np.arange(FRAMES) / 240)
    assert take.camera.rate_hz == 240
    assert take.notes == ("recorded at 240 Hz (set by the user) and stored at 30 Hz: times are the motion's",)
    part = take_of(video, RunConfig(use_cache=False, recorded_fps=240, start_s=10 / 240, end_s=40 / 240))
    assert part.tracks3d[0].frame_index.tolist() == list(range(10, 40))
    assert part.time_s[0] == pytest.approx(10 / 240)


def test_the_users_rate_wins_over_that_of_the_file() -> None:
    video = Video()
    video.info = replace(video.info, fps_hz=240.0, slow_motion=8.0, duration_s=FRAMES / 240)
    video.time_s = np.arange(FRAMES) / 240
    take = take_of(video, RunConfig(use_cache=False, recorded_fps=30))
    assert (take.info.fps_hz, take.info.slow_motion) == (30, 1)
    np.testing.assert_allclose(take.time_s, np.arange(FRAMES) / 30)
    assert take_of(video, RunConfig(use_cache=False, recorded_fps=240)).notes == ()


@pytest.mark.parametrize("fps", [0, -30.0, float("nan"), float("inf"), 1e9])
def test_a_rate_that_no_camera_has(fps: float) -> None:
    with pytest.raises(ConfigError, match="frames a second"):
        RunConfig(recorded_fps=fps)


def test_frame_numbers_are_listed_in_short() -> None:
    assert frame_numbers([]) == ""
    assert frame_numbers([3, 4, 5, 9]) == "3 to 5, 9"
    assert frame_numbers(range(0, 40, 2)) == "0, 2, 4, 6, 8, 10, ..."


def test_differences_of_counts_are_told_of() -> None:
    assert frame_notes(50, 50, [], []) == []
    assert frame_notes(50, None, [], []) == []
    assert frame_notes(48, 50, [], []) == ["the file lists 50 frames, 48 were read"]
    counts = {"1": {"seen": 40, "lifted": 45}, "2": {"seen": 30, "lifted": 12}}
    assert lift_notes(counts) == ["person 2 was seen in 30 frames and lifted in 12"]
