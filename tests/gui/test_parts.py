"""Test parts that need no window: clock, meter, timeline arithmetic, mesh, settings."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QSize
from pytestqt.qtbot import QtBot

from app.backend.library import Library
from app.progress_meter import ProgressMeter, duration_text
from app.run_settings import RunSettings
from app.session.playback_clock import PlaybackClock
from app.settings import Settings
from app.threads.player_thread import PlayerThread, scaled_frame
from app.views.take_rows import row_at
from app.views.timeline import clock_text, spans
from pipeline.core.camera import Frame
from pipeline.core.errors import ConfigError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.take import Progress
from pipeline.drawing.body_mesh import bodies_mesh, shadow_mesh
from pipeline.drawing.framing import follow_path
from tests.helpers.clips import write_clip
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import walking

WHITE = np.ones((1, 3, 4), np.float32)


def test_meter_measures_rate_and_time_left() -> None:
    now = [0.0]
    meter = ProgressMeter(clock=lambda: now[0])
    reading = meter.read(Progress("detect", 0, 300))
    assert (reading.rate_hz, reading.left_s) == (None, None)
    for i in range(1, 61):
        now[0] = i * 0.1
        reading = meter.read(Progress("detect", i * 3, 300))
    assert reading.rate_hz == pytest.approx(30, rel=0.01)
    assert reading.left_s == pytest.approx(4.0 + 0.1 * 10.0, rel=0.02), "detection, and a tenth of it for the rest"
    assert meter.read(Progress("lift", 0, 2)).rate_hz is None, "a new stage starts anew"


def test_time_left_neither_leaps_nor_misleads() -> None:
    """100 frames come out of the cache, 2000 at 25 a second with pauses for partial takes; 7 s of lifting follow."""
    steps = [(0.002, Progress("detect", n, 2100)) for n in range(100)]
    for n in range(100, 2101):
        steps.append((2.0 if n % 250 == 0 else 0.04, Progress("detect", n, 2100)))
    steps += [(0.5, Progress("lift", 210 * n, 2100)) for n in range(11)]
    steps += [(2.0, Progress("finish", 0, 1))]
    end, now, shown = sum(seconds for seconds, _ in steps), [0.0], []
    meter = ProgressMeter(clock=lambda: now[0])
    for seconds, progress in steps:
        now[0] += seconds
        left = meter.read(progress).left_s
        if left is not None:
            shown.append((now[0], left))
    assert shown[0][0] < 5
    for (at, left), (later, then) in pairwise(shown):
        assert abs(left - then - (later - at)) < 1 + 0.15 * left, "it counts down, without leaps"
        assert abs(left - (end - at)) < 5 + 0.2 * (end - at), f"{left} s left at {at} s of {end} s"


def test_meter_slows_down_when_nothing_comes() -> None:
    now = [0.0]
    meter = ProgressMeter(clock=lambda: now[0])
    meter.read(Progress("detect", 0, 100))
    now[0] = 1.0
    fast = meter.read(Progress("detect", 30, 100)).rate_hz
    now[0] = 3.0
    slow = meter.read(Progress("detect", 30, 100)).rate_hz
    assert fast == pytest.approx(30)
    assert slow == pytest.approx(10)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (65, "1 min 05 s"), (3725, "1 h 02 min"), (-3, "0 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [(0, 2, "0:00.00"), (62.5, 2, "1:02.50"), (5, 0, "0:05"), (3661.25, 2, "1:01:01.25"), (0.5, 1, "0:00.5")],
)
def test_clock(seconds: float, decimals: int, text: str) -> None:
    assert clock_text(seconds, decimals) == text


def test_row_at_is_the_frame_that_is_shown() -> None:
    times = np.array([1.0, 1.1, 1.3, 1.4])
    assert row_at(times, 0.9) is None
    assert row_at(times, 1.0) == 0
    assert row_at(times, 1.09999) == 1, "timestamps are not exact"
    assert row_at(times, 1.29) == 1
    assert row_at(times, 1.45) == 3
    assert row_at(times, 2.0) is None
    assert row_at(np.zeros(0), 0.0) is None


def test_spans_of_what_is_known() -> None:
    times = np.arange(6) / 10
    known = np.array([True, True, False, False, True, True])
    assert spans(times, known) == [(0.0, pytest.approx(0.2)), (pytest.approx(0.4), pytest.approx(0.6))]
    assert spans(times, np.zeros(6, bool)) == []


def test_mesh_surrounds_the_joints_and_faces_outwards() -> None:
    joints = walking(1)
    mesh = bodies_mesh(joints, WHITE)
    assert mesh.faces.max() < len(mesh.vertices)
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-5)
    for joint in (3, 6, 13, 16, 0):
        nearest = np.linalg.norm(mesh.vertices - joints[0, joint], axis=1).min()
        assert nearest < 0.07
    assert mesh.vertices[:, 2].max() == pytest.approx(1.625 + 0.098, abs=0.01), "the head is a ball on top"


def test_mesh_hides_what_was_not_seen_and_keeps_its_size() -> None:
    joints = walking(1)
    whole = bodies_mesh(joints, WHITE)
    joints[0, 13] = np.nan
    part = bodies_mesh(joints, WHITE)
    assert len(part.vertices) == len(whole.vertices)
    assert np.isfinite(part.vertices).all()
    assert np.isfinite(part.normals).all()
    assert part.vertices[:, 0].max() < whole.vertices[:, 0].max(), "the left forearm is gone"
    nobody = bodies_mesh(np.full((1, 17, 3), np.nan, np.float32), WHITE)
    assert not nobody.vertices.any()


def test_shadow_lies_on_the_floor_and_fades_with_height() -> None:
    standing = walking(1)
    jumping = standing + np.array([0, 0, 0.6], np.float32)
    low, high = shadow_mesh(standing), shadow_mesh(jumping)
    assert np.ptp(low.vertices[:, 2]) == 0
    assert high.colours[:, 3].max() < low.colours[:, 3].max()
    assert np.isfinite(shadow_mesh(np.full((1, 17, 3), np.nan, np.float32)).vertices).all()


def test_followed_path_is_calm_and_bridges_gaps() -> None:
    joints = walking(90)
    rng = np.random.default_rng(0)
    noisy = joints + rng.normal(0, 0.02, joints.shape).astype(np.float32)
    noisy[40:50] = np.nan
    path = follow_path(noisy)
    assert path.shape == (90, 3)
    assert np.isfinite(path).all()
    assert np.abs(np.diff(path[:, 0])).max() < 0.004
    np.testing.assert_allclose(path[20:70, 1], joints[20:70, 0, 1], atol=0.03)
    assert follow_path(joints[:1]).shape == (1, 3)
    assert not np.isfinite(follow_path(np.full((5, 17, 3), np.nan, np.float32))).any()


def test_following_shows_a_jump_as_a_jump() -> None:
    joints = walking(120)
    joints[50:65, :, 2] += 0.5
    height = follow_path(joints)[:, 2]
    assert np.ptp(height) < 0.2
    on_a_roof = walking(120) + np.array([0, 0, 2], np.float32)
    np.testing.assert_allclose(follow_path(on_a_roof)[:, 2], 2.9, atol=1e-3)


def test_playback_stays_in_range_and_steps_by_frames(qtbot: QtBot) -> None:
    playback = PlaybackClock()
    playback.set_range(1.0, 2.0, 0.1)
    assert playback.time_s == 1.0
    playback.step(3)
    assert playback.time_s == pytest.approx(1.3)
    playback.step(-10)
    assert playback.time_s == 1.0
    playback.seek(9)
    assert playback.time_s == 2.0


def test_playback_tells_once_a_frame(qtbot: QtBot) -> None:
    playback = PlaybackClock()
    playback.set_range(0.0, 2.0, 0.1)
    told: list[float] = []
    playback.moved.connect(told.append)
    for i in range(1, 41):
        playback.advance(i * 0.01)
    assert told == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_settings_survive_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURGLASS_CONFIG", str(tmp_path))
    (tmp_path / "hourglass.ini").write_text(
        "[live]\nheight_cm=tall\n[run]\nsmooth_hz=3.5\n[view]\nspeed=\nloop=maybe\n"
    )
    settings = Settings()
    assert settings.live.height_cm is None
    assert settings.run.smooth_hz == 3.5
    assert settings.view.speed == 1.0
    settings.live.height_cm = 155.0
    settings.save()
    assert Settings().live.height_cm == 155.0
    settings.live.height_cm = None
    settings.save()
    assert Settings().live.height_cm is None


def test_settings_of_an_older_version_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURGLASS_CONFIG", str(tmp_path))
    (tmp_path / "hourglass.ini").write_text(
        "[run]\neveryone=True\nheight_cm=181.0\nroll_deg=\nlimbs=thigh=44\nsmooth=off\nlifter=mine\npruner=TPS\n"
        'recoverer=TRA\nschedule="121 @ 2, 81 @ 4"\nmotion_share=0.5\ndevice=cpu\ndetector=mediapipe\n'
        "[compare]\nlifter=other\n[live]\ndetector=rtmpose-s\n"
    )
    settings = Settings()
    assert settings.run.detector == "auto", "the only embedded one then: nobody chose it"
    assert settings.live.detector == "rtmpose-s"
    settings.run.detector = "mediapipe"
    settings.save()
    assert Settings().run.detector == "mediapipe", "chosen beside others"
    settings.run.detector = "auto"
    config = settings.run.run_config(None, None, None)
    assert (config.persons, config.detect.device, config.post.smooth) == ("all", "cpu", "off")
    assert (config.scene.height_cm, config.scene.roll_deg, config.scene.limbs_cm) == (
        None,
        None,
        {},
    )  # they belong to a take
    assert config.lift.lifter == "mine"
    assert config.lift.prune == PruneConfig("TPS", ((2, 121), (4, 81)), "TRA", 0.5)
    assert settings.compare.lift_config(config.lift).lifter == "other"
    assert settings.compare.pruner == "none"


def test_run_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ConfigError):
        RunSettings(height_cm=5).run_config(None, None, None)
    config = RunSettings(everyone=False).run_config(3, 1.0, 2.0)
    assert (config.persons, config.start_s, config.end_s) == ((3,), 1.0, 2.0)


def test_shown_frame_is_scaled_down_never_up_and_owns_its_pixels(qtbot: QtBot) -> None:
    bgr = np.zeros((90, 160, 3), np.uint8)
    bgr[..., 0] = 200  # blue
    small = scaled_frame(Frame(4, 0.1, bgr), QSize(80, 80))
    assert (small.image.width(), small.image.height()) == (80, 45)
    assert small.image.pixelColor(10, 10).blue() == 200
    same = scaled_frame(Frame(4, 0.1, bgr), QSize(800, 800))
    assert same.image.width() == 160
    bgr[:] = 0
    assert same.image.pixelColor(10, 10).blue() == 200


def test_the_player_shows_the_video_at_the_speed_of_the_take(library: FakeLibrary, video: Path, qtbot: QtBot) -> None:
    """A take in slow motion counts the seconds of the motion; its video has eight times as many."""
    for slow_motion, rate_hz, last_s in ((None, 30.0, 59 / 30), (1.0, 30.0, 59 / 30), (8.0, 240.0, 59 / 240)):
        parent = QObject()
        player = PlayerThread(1, library, video, parent, slow_motion)
        with qtbot.waitSignal(player.opened) as opened:
            player.start()
        info = opened.args[1]
        assert (info.fps_hz, info.duration_s) == (rate_hz, pytest.approx(60 / rate_hz))
        player.request(last_s, QSize())
        frame = player.frames.get(5.0)
        assert frame is not None
        assert (frame.index, frame.time_s) == (59, pytest.approx(last_s))
        player.close()
        assert player.wait(5000)


def test_a_jump_shows_the_keyframe_first_and_a_newer_request_ends_the_wait(
    library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    clip = write_clip(tmp_path / "long.mp4", 240, options={"g": "120", "sc_threshold": "0"})
    parent = QObject()
    player = PlayerThread(1, Library(), clip, parent)
    shown: list[int] = []
    player.frames.put = lambda frame: shown.append(frame.index)  # all frames, also those that nobody takes in time
    player.start()
    player.request(239 / 30, QSize())
    qtbot.waitUntil(lambda: len(shown) == 2)
    assert shown == [120, 239]
    player.request(110 / 30, QSize())
    player.request(115 / 30, QSize())
    qtbot.waitUntil(lambda: shown[-1] == 115)
    assert shown[2] == 0, "a keyframe again"
    player.close()
    assert player.wait(5000)
