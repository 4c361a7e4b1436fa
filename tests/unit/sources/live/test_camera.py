"""Test cameras that stall, vanish, come back, change size, send bad data, hang, or are in use."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.concurrency import CancelToken, Closed
from pipeline.core.errors import Cancelled, SourceError
from pipeline.sources.live.camera import explain_open_failure
from pipeline.sources.live.camera_list import CameraInfo, find_camera, find_replugged, linux_cameras, list_cameras
from pipeline.sources.live.connection import as_bgr
from pipeline.sources.live.open import open_live
from tests.helpers.clips import number_in
from tests.helpers.live.fake_camera import QUICK, FakeCamera


@pytest.fixture
def camera() -> Iterator[FakeCamera]:
    fake = FakeCamera()
    yield fake
    fake.let_go.set()
    for source in fake.sources:
        source.close()
    until = time.monotonic() + 3
    while any(thread.name.startswith("live-source Fake") for thread in threading.enumerate()):
        assert time.monotonic() < until, "a worker outlived its source"
        time.sleep(0.01)
    assert fake.open_now == 0, "the camera was not released"


def frames(source, count: int, within_s: float = 3.0) -> list[Frame]:
    got: list[Frame] = []
    until = time.monotonic() + within_s
    while len(got) < count:
        assert time.monotonic() < until, f"{len(got)} of {count} frames; notice: {source.notice!r}"
        frame = source.read(0.1)
        if frame is not None:
            got.append(frame)
    return got


def wait_for(source, what: Callable[[], bool], within_s: float = 3.0) -> None:
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, f"never happened; notice: {source.notice!r}"
        source.read(0.02)


def close_quickly(source) -> None:
    begun = time.monotonic()
    source.close()
    assert time.monotonic() - begun < 2.0
    with pytest.raises(Closed):
        source.read(5.0)
    assert time.monotonic() - begun < 2.0


def test_frames_count_up_with_rising_times_and_the_newest_picture(camera: FakeCamera) -> None:
    source = camera.source()
    got = frames(source, 10)
    assert [frame.index for frame in got] == list(range(10))
    assert got[0].time_s == 0
    assert (np.diff([frame.time_s for frame in got]) > 0).all()
    time.sleep(0.2)  # without a reader frames are dropped: the next one is new
    before = camera.shown
    assert number_in(frames(source, 1)[0].bgr) >= (before - 1) % 256
    assert source.notice == ""
    close_quickly(source)


def test_the_wish_is_asked_for_as_mjpeg_and_info_says_what_came(camera: FakeCamera) -> None:
    camera.largest = (1280, 720)
    source = camera.source("2", 1920, 1080, 60)
    assert camera.requested[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert (camera.requested[cv2.CAP_PROP_FRAME_WIDTH], camera.requested[cv2.CAP_PROP_FPS]) == (1920, 60)
    assert (source.info.width_px, source.info.height_px) == (1280, 720)  # what this camera can do
    assert (source.info.name, source.info.path, source.info.fps_hz) == ("Fake HD Webcam", "/dev/video2", 100)
    source.close()
    small = camera.source("2", 640)
    assert camera.requested[cv2.CAP_PROP_FRAME_HEIGHT] == 480
    assert (small.info.width_px, small.info.height_px) == (640, 480)
    small.close()
    with pytest.raises(SourceError, match="no rate of 0"):
        camera.source("2", 640, 480, 0)


def test_the_rate_is_measured_where_the_camera_promises_another(camera: FakeCamera) -> None:
    camera.rate_hz = 20.0
    source = camera.source()
    assert source.info.fps_hz == 20
    camera.rate_hz = 100.0
    times = [frame.time_s for frame in frames(source, 62)]
    assert source.info.fps_hz > 25
    assert source.info.fps_hz == pytest.approx(61 / (times[-1] - times[0]), rel=0.3)
    source.close()


def test_unplugged_and_plugged_in_again_at_another_number(camera: FakeCamera) -> None:
    source = camera.source()
    frames(source, 3)
    (last,) = frames(source, 1)
    camera.plugged = False
    wait_for(source, lambda: "unplugged: waiting for it to come back" in source.notice)
    camera.there = [CameraInfo(0, "Another", "/dev/video0"), CameraInfo(4, "Fake HD Webcam", "/dev/video4")]
    camera.plugged = True
    (back,) = frames(source, 1)
    assert (camera.opened[-1], source.notice) == (4, "")
    assert back.time_s > last.time_s
    assert camera.most_open == 1
    close_quickly(source)


def test_an_error_of_the_driver_while_releasing_changes_nothing(camera: FakeCamera) -> None:
    source = camera.source()
    frames(source, 2)
    camera.fails_to_release, camera.plugged = True, False
    wait_for(source, lambda: "unplugged" in source.notice)
    camera.plugged = True
    frames(source, 2)
    close_quickly(source)


def test_another_size_in_the_middle(camera: FakeCamera) -> None:
    source = camera.source()
    frames(source, 2)
    camera.size = (200, 240)
    wait_for(source, lambda: source.info.width_px == 200)
    assert frames(source, 3)[-1].bgr.shape == (240, 200, 3)
    close_quickly(source)


@pytest.mark.parametrize(
    "garbage",
    [None, "text", np.zeros((720, 1280, 3), np.float32), np.zeros((720, 1280, 2), np.uint8), np.zeros(99, np.uint8),
     np.zeros((0, 0, 3), np.uint8), np.zeros((2, 2, 3), np.uint8)],
)  # fmt: skip
def test_rubbish_is_left_out_and_a_camera_that_sends_nothing_else_is_opened_anew(camera: FakeCamera, garbage) -> None:
    source = camera.source()
    frames(source, 2)
    camera.garbage, camera.damaged = garbage, True
    wait_for(source, lambda: "sends no picture that can be read" in source.notice)
    camera.damaged = False
    assert all(frame.bgr.shape == (180, 320, 3) and frame.bgr.dtype == np.uint8 for frame in frames(source, 5))
    assert source.notice == ""
    assert len(camera.opened) > 1
    close_quickly(source)


def test_grey_and_four_channel_pictures_become_bgr() -> None:
    grey = np.arange(400, dtype=np.uint8).reshape(20, 20)
    assert (as_bgr(grey) == grey[..., None]).all()
    assert (as_bgr(grey[..., None]) == grey[..., None]).all()
    four = np.dstack([grey, grey + 1, grey + 2, grey])
    assert (as_bgr(four) == four[..., :3]).all()


def test_a_stall_is_told_and_passes(camera: FakeCamera) -> None:
    source = camera.source()
    frames(source, 2)
    camera.rate_hz = 3.0
    wait_for(source, lambda: source.notice.startswith("No picture from Fake HD Webcam for 0."))
    camera.rate_hz = 100.0
    frames(source, 5)
    assert source.notice == ""
    close_quickly(source)


@pytest.mark.parametrize("where", ["read", "release"])
def test_a_driver_that_hangs_never_holds_up_the_reader_and_is_replaced(camera: FakeCamera, where: str) -> None:
    source = camera.source()
    frames(source, 2)
    camera.hangs_in = {where}
    camera.plugged = where == "read"  # the worker calls release at its end
    begun = time.monotonic()
    assert [source.read(0.1) for _ in range(3)][-1] is None
    assert time.monotonic() - begun < 1.0
    wait_for(source, lambda: "hangs: trying again" in source.notice)
    camera.plugged, camera.hangs_in = True, set()  # another attempt succeeds while the first still hangs
    frames(source, 3)
    assert source.notice == ""
    camera.hangs_in = {where}
    close_quickly(source)


def test_a_driver_that_hangs_again_and_again_is_given_up(camera: FakeCamera) -> None:
    source = camera.source()
    frames(source, 2)
    camera.hangs_in = {"read"}
    with pytest.raises(SourceError, match="does not answer any more") as caught:
        wait_for(source, lambda: False, within_s=5.0)
    assert caught.value.hint
    close_quickly(source)


def test_a_driver_that_hangs_while_opening(camera: FakeCamera) -> None:
    camera.hangs_in = {"open"}
    with pytest.raises(SourceError, match="does not answer"):
        camera.source(patience=replace(QUICK, open_s=0.4))


def test_opening_can_be_cancelled(camera: FakeCamera) -> None:
    camera.hangs_in = {"open"}
    cancel = CancelToken()
    threading.Timer(0.1, cancel.cancel).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        camera.source(cancel=cancel)
    assert time.monotonic() - begun < 1.8


def test_close_ends_a_read_that_waits_in_another_thread(camera: FakeCamera) -> None:
    source = camera.source()
    frames(source, 2)
    camera.hangs_in = {"read"}
    ended: list[str] = []

    def wait() -> None:
        try:
            while True:
                source.read(30.0)
        except Closed:
            ended.append("closed")

    reader = threading.Thread(target=wait)
    reader.start()
    time.sleep(0.1)
    close_quickly(source)
    reader.join(1.0)
    assert ended == ["closed"]


def test_a_busy_camera_is_explained_and_a_bug_is_not_hidden(camera: FakeCamera) -> None:
    camera.busy = True
    with pytest.raises(SourceError, match=r"Fake HD Webcam|/dev/video2") as caught:
        camera.source()
    assert caught.value.hint
    camera.busy = False
    source = camera.source()
    frames(source, 2)
    camera.cameras = lambda: 1 / 0  # type: ignore[assignment,method-assign]
    source._connect = lambda: 1 / 0  # type: ignore[assignment,return-value]
    camera.plugged = False
    with pytest.raises(ZeroDivisionError):
        wait_for(source, lambda: False)
    source.close()


def test_a_camera_without_a_first_picture_is_an_error(camera: FakeCamera) -> None:
    camera.damaged = True
    with pytest.raises(SourceError, match="sends no picture"):
        camera.source()


# --- names

THREE = (
    CameraInfo(0, "Integrated Camera", "/dev/video0"),
    CameraInfo(2, "HD Webcam C920", "/dev/video2"),
    CameraInfo(4, "HD Webcam C920", "/dev/video4"),
    CameraInfo(6, "Integrated Camera IR", "/dev/video6"),
)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [(2, 2), ("4", 4), ("integrated camera", 0), ("camera ir", 6), ("Integrated Camera IR", 6)],
)
def test_found_by_number_name_or_part_of_it(wanted, index) -> None:
    assert find_camera(wanted, THREE).index == index


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ("7", "no camera number 7", "0 (Integrated Camera), 2 (HD Webcam C920)"),
        ("c920", "2 cameras are called 'c920': 2 (HD Webcam C920), 4 (HD Webcam C920)", "Give its number"),
        ("elgato", "no camera called 'elgato'", "There are: 0"),
        ("/dev/video99", "no device /dev/video99", "There are: 0"),
        ("/dev/null", "/dev/null is not a camera", "There are: 0"),
    ],
)
def test_not_found_says_what_there_is(wanted: str, message: str, hint: str) -> None:
    with pytest.raises(SourceError) as caught:
        find_camera(wanted, THREE)
    assert message in caught.value.message
    assert hint in caught.value.hint
    with pytest.raises(SourceError, match=r"No camera is plugged in|no device|not a camera"):
        find_camera(wanted, ())


def test_of_two_twins_the_one_at_its_place_is_the_same() -> None:
    assert find_replugged(THREE[2], THREE).index == 4
    assert find_replugged(CameraInfo(9, "HD Webcam C920", "/dev/video9"), THREE).index == 2
    assert find_replugged(CameraInfo(0, "Other", "/dev/video0"), THREE) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how Linux lists cameras")
def test_linux_lists_what_captures_with_its_name(tmp_path: Path) -> None:
    assert all(isinstance(camera, CameraInfo) for camera in list_cameras())
    devices, classes = tmp_path / "dev", tmp_path / "sys"
    devices.mkdir()
    for number, name, index in (("0", "Cam", "0"), ("1", "Cam", "1"), ("10", "Zweite Kamera\n", "0"), ("11", "", "0")):
        (devices / f"video{number}").symlink_to(tmp_path / "gone")  # cannot be asked: the description decides
        (classes / f"video{number}").mkdir(parents=True)
        (classes / f"video{number}" / "index").write_text(index + "\n")
        if name:
            (classes / f"video{number}" / "name").write_text(name)
    (devices / "video12").write_text("answers no ioctl")
    (devices / "videox").write_text("")
    found = linux_cameras(devices, classes)
    assert [(camera.index, camera.name) for camera in found] == [(0, "Cam"), (10, "Zweite Kamera"), (11, "video11")]
    assert linux_cameras(tmp_path / "none", classes) == ()


def test_each_system_has_its_hint(as_nobody) -> None:
    camera = CameraInfo(0, "Cam", "")
    assert "Privacy & Security" in explain_open_failure(camera, "darwin").hint
    assert "Let desktop apps" in explain_open_failure(camera, "win32").hint
    assert "Close other programs" in explain_open_failure(camera, "linux").hint
    with as_nobody():
        forbidden = explain_open_failure(CameraInfo(0, "Cam", "/proc/1/mem"), "linux")
    assert "group video" in forbidden.hint


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_the_program_that_holds_a_camera_is_named(tmp_path: Path) -> None:
    import subprocess

    device = tmp_path / "video0"
    device.write_text("")
    with device.open() as opened, subprocess.Popen(["sleep", "30"], stdin=opened) as other:
        try:
            assert explain_open_failure(CameraInfo(0, "Cam", str(device)), "linux").message == "Cam is in use by sleep."
        finally:
            other.kill()
    assert "busy" in explain_open_failure(CameraInfo(0, "Cam", str(device)), "linux").message


def test_open_live_says_what_a_spec_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"x")
    for spec, message in (
        ("", "No camera"), (str(file), "is a file"), ("gopher://a/b", "gopher:// are not known"),
        ("file:///etc/passwd", "file:// are not known"), ("no such camera", "no camera called"),
    ):  # fmt: skip
        with pytest.raises(SourceError, match=message) as caught:
            open_live(spec)
        assert caught.value.hint


@pytest.mark.parametrize("name", ["x" * 5000, "/" + "y" * 300])
def test_a_name_that_no_file_can_have_is_no_camera(name: str, camera: FakeCamera) -> None:
    with pytest.raises(SourceError):
        open_live(name)
