"""Test streams that break off, send bad data, never answer or need a password; no password leaks."""

from __future__ import annotations

import base64
import functools
import http.server
import logging
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.concurrency import Closed
from pipeline.core.errors import SourceError
from pipeline.sources.live.connection import Patience
from pipeline.sources.live.network_stream import ArrivalClock, StreamSource
from tests.helpers.clips import number_in, write_clip
from tests.helpers.live.mjpeg_server import MjpegServer, endless, jpeg, part
from tests.helpers.live.rtsp_server import RtspServer

QUICK = Patience(open_s=1.0, first_s=1.0, bad_s=0.5, silent_s=0.3, hang_s=1.0, retry_s=0.05, max_retry_s=0.2)


def numbers(source: StreamSource, count: int, within_s: float = 5.0) -> list[int]:
    got: list[int] = []
    until = time.monotonic() + within_s
    while len(got) < count:
        assert time.monotonic() < until, f"{len(got)} of {count} frames; notice: {source.notice!r}"
        frame = source.read(0.1)
        if frame is not None:
            got.append(number_in(frame.bgr))
    return got


def close_quickly(source: StreamSource) -> None:
    begun = time.monotonic()
    source.close()
    assert time.monotonic() - begun < 2.0
    with pytest.raises(Closed):
        source.read(1.0)


def test_pictures_come_in_order_with_times_of_their_arrival() -> None:
    with MjpegServer(lambda _: endless(), period_s=0.03) as server:
        source = StreamSource(server.url(), patience=QUICK)
        assert (source.info.width_px, source.info.height_px) == (160, 120)
        first = source.read(1.0)
        assert first is not None
        assert (first.index, first.time_s) == (0, 0.0)
        begun = time.monotonic()
        times = []
        while len(times) < 25:
            frame = source.read(1.0)
            assert frame is not None
            times.append(frame.time_s)
        assert times == sorted(times)
        assert times[-1] - times[0] == pytest.approx(time.monotonic() - begun, abs=0.2)
        assert source.notice == ""
        close_quickly(source)


def test_a_cut_connection_comes_back() -> None:
    def script(connection: int) -> Iterator[bytes]:
        for sent, piece in enumerate(endless()):
            if connection == 1 and sent == 10:
                return
            yield piece

    with MjpegServer(script) as server:
        source = StreamSource(server.url(), patience=QUICK)
        got = numbers(source, 20)
        back = next(i for i in range(1, len(got)) if got[i] < got[i - 1])
        assert got[:back] == sorted(got[:back])
        assert got[back:] == sorted(got[back:])
        assert source.notice == ""
        close_quickly(source)


def test_a_server_that_goes_away_is_told_and_waited_for() -> None:
    with MjpegServer(lambda _: endless()) as server:
        source = StreamSource(server.url(login="bob:secret@"), patience=QUICK)
        numbers(source, 3)
    until = time.monotonic() + 4
    while "waiting for it to come back" not in source.notice:
        assert time.monotonic() < until
        source.read(0.05)
    assert "secret" not in source.notice
    close_quickly(source)


@pytest.mark.parametrize("rubbish", [b"hello\r\nworld\r\n", bytes(range(256)) * 2, os.urandom(300), b"--frame\r\n"])
def test_rubbish_between_the_pictures_costs_at_most_the_next_one(rubbish: bytes) -> None:
    def script(_: int) -> Iterator[bytes]:
        for sent, piece in enumerate(endless()):
            yield piece + (rubbish if sent % 4 == 3 else b"")

    with MjpegServer(script) as server:
        source = StreamSource(server.url(), patience=QUICK)
        got = numbers(source, 24)
        assert got == sorted(set(got))
        assert got[-1] - got[0] <= 23 * 4 / 3 + 4
        assert len(server.requests) == 1, "it did not have to connect anew"
        close_quickly(source)


@pytest.mark.parametrize("with_length", [True, False])
def test_a_picture_cut_off_in_the_middle_is_left_out(with_length: bool) -> None:
    def script(_: int) -> Iterator[bytes]:
        for number in range(250):
            whole = jpeg(number)
            yield part(whole[: len(whole) // 2] if number % 3 == 2 else whole, with_length)

    with MjpegServer(script) as server:
        source = StreamSource(server.url(), patience=QUICK)
        got = numbers(source, 15)
        assert all(number % 3 != 2 for number in got)
        close_quickly(source)


def test_a_length_that_is_not_true_costs_a_few_pictures() -> None:
    def script(_: int) -> Iterator[bytes]:
        for sent, piece in enumerate(endless()):
            yield piece[: len(piece) // 2] if sent % 8 == 7 else piece

    with MjpegServer(script) as server:
        source = StreamSource(server.url(), patience=QUICK)
        got = numbers(source, 30)
        assert got == sorted(set(got))
        assert got[-1] - got[0] < 60
        close_quickly(source)


def test_nothing_but_rubbish_is_an_error_at_first_and_a_notice_later() -> None:
    def script(connection: int) -> Iterable[bytes]:
        pictures = endless()
        yield from (next(pictures) for _ in range(10 if connection == 1 else 0))
        while True:
            yield os.urandom(2000)

    with MjpegServer(script) as server:
        source = StreamSource(server.url(), patience=QUICK)
        until = time.monotonic() + 6
        while "waiting for it to come back" not in source.notice:
            assert time.monotonic() < until, source.notice
            source.read(0.05)
        close_quickly(source)
        with pytest.raises(SourceError) as caught:
            StreamSource(server.url(), patience=QUICK)
        assert caught.value.hint


def test_another_size_in_the_middle() -> None:
    with MjpegServer(lambda _: endless(lambda i: (160, 120) if i < 8 else (320, 240))) as server:
        source = StreamSource(server.url(), patience=QUICK)
        until = time.monotonic() + 5
        while source.info.width_px != 320:
            assert time.monotonic() < until
            source.read(0.1)
        time.sleep(0.1)
        frame = source.read(1.0)
        assert frame is not None
        assert frame.bgr.shape == (240, 320, 3)
        assert len(server.requests) == 1
        close_quickly(source)


def test_a_server_that_accepts_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        begun = time.monotonic()
        with pytest.raises(SourceError, match="does not answer") as caught:
            StreamSource(f"http://bob:secret@127.0.0.1:{listening.getsockname()[1]}/v", patience=QUICK)
        assert time.monotonic() - begun < 4
        assert caught.value.hint


def test_a_server_that_falls_silent_is_told_and_closes_in_time() -> None:
    stop = threading.Event()

    def script(_: int) -> Iterator[bytes]:
        pictures = endless()
        yield from (next(pictures) for _ in range(5))
        stop.wait(20)

    with MjpegServer(script) as server:
        source = StreamSource(server.url(), patience=QUICK)
        until = time.monotonic() + 5
        while not source.notice:
            assert time.monotonic() < until
            source.read(0.1)
        close_quickly(source)
        stop.set()


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, "another user name or password"), (403, "another user name or password"), (404, "has no such stream"),
     (500, "cannot be reached"), (204, "answers, but not with a video|cannot be reached")],
)  # fmt: skip
def test_a_refusal_says_which_and_never_the_password(status: int, message: str, caplog, capfd) -> None:
    caplog.set_level(logging.DEBUG)
    with MjpegServer(status) as server, pytest.raises(SourceError, match=message) as caught:
        StreamSource(server.url("/live?user=bob&pwd=hush", login="bob:s3cret%21@"), patience=QUICK)
    error = caught.value
    assert error.hint
    assert "127.0.0.1" in error.message
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    told = str(error) + caplog.text + "".join(capfd.readouterr())
    assert not any(secret in told for secret in ("s3cret", "hush", "bob"))


def test_login_is_sent_and_shown_nowhere() -> None:
    with MjpegServer(lambda _: endless(), login=True) as server:
        source = StreamSource(server.url("/v.mjpg?token=hush", login="bob:s3cret@"), patience=QUICK)
        shown = repr(source.info) + source.notice + "".join(thread.name for thread in threading.enumerate())
        assert not any(secret in shown for secret in ("s3cret", "hush", "bob"))
        assert source.info.name.startswith("127.0.0.1:")
        sent = base64.b64decode(server.requests[-1]["Authorization"].removeprefix("Basic ")).decode()
        assert sent == "bob:s3cret"
        source.close()


@pytest.mark.parametrize(
    "url", ["http://", "rtsp://[::1", "ftp://a/b", "concat://a", "http://127.0.0.1:99999/", "pipe://0", "rtsp:///x"]
)
def test_what_is_no_address_is_refused_before_anything_is_opened(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        StreamSource(url, patience=QUICK)
    assert caught.value.hint


def test_a_closed_port_and_an_unknown_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", f"rtsp://127.0.0.1:{port}/a", "http://no-such-host.invalid/"):
        with pytest.raises(SourceError, match=r"cannot be reached|does not answer") as caught:
            StreamSource(url, patience=QUICK)
        assert caught.value.hint


def test_a_video_file_over_http_plays_at_its_rate_and_ends(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mkv", 20, rate=25)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        source = StreamSource(f"http://127.0.0.1:{server.server_port}/clip.mkv", patience=QUICK)
        got = []
        with pytest.raises(Closed):
            while True:
                frame = source.read(1.0)
                if frame is not None:
                    got.append((number_in(frame.bgr), frame.time_s))
        source.close()
        server.shutdown()
    assert [number for number, _ in got] == list(range(20))
    assert [time_s for _, time_s in got] == pytest.approx([i / 25 for i in range(20)], abs=1e-3)


def test_a_playlist_cannot_make_it_read_files(tmp_path: Path) -> None:
    secret = write_clip(tmp_path / "secret.ts", 20, options={"bf": "0"})
    (tmp_path / "list.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n"
    )
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(SourceError):
            StreamSource(f"http://127.0.0.1:{server.server_port}/list.m3u8", patience=QUICK)
        server.shutdown()


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
@pytest.mark.parametrize("kind", ["http", "udp"])
def test_what_ffmpeg_sends(kind: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    clip = write_clip(tmp_path / "clip.mp4", 100, rate=50)
    to, url = {
        "http": (["-c:v", "mjpeg", "-q:v", "2", "-f", "mpjpeg", "-listen", "1"], f"http://127.0.0.1:{port}"),
        "udp": (["-c:v", "libx264", "-g", "10", "-tune", "zerolatency", "-f", "mpegts"], f"udp://127.0.0.1:{port}"),
    }[kind]
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(clip), *to, url]
    with subprocess.Popen(command) as sender:
        try:
            source = _open_as_soon_as_it_listens(url)
            times = []
            for _ in range(40):
                frame = source.read(2.0)
                assert frame is not None
                times.append(frame.time_s)
            assert source.info.width_px == 160
            assert times == sorted(set(times))
            close_quickly(source)
        finally:
            sender.kill()


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
def test_rtsp_with_a_login_comes_back_after_a_cut(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 100, rate=25)
    with RtspServer(clip, login="bob:s3cret") as server:
        with pytest.raises(SourceError, match="another user name or password") as caught:
            StreamSource(server.url("bob:wr0ng@"), patience=Patience(open_s=5.0))
        assert "wr0ng" not in str(caught.value)
        source = StreamSource(server.url("bob:s3cret@"), patience=Patience(open_s=10.0, retry_s=0.05))
        assert (source.info.width_px, source.info.height_px) == (160, 120)
        assert "s3cret" not in repr(source.info)
        times = []
        for _ in range(25):
            frame = source.read(2.0)
            assert frame is not None
            times.append(frame.time_s)
        steps = np.diff(times[5:])  # by the sender's timestamps: even steps, also if packets arrive unevenly
        assert np.median(steps) == pytest.approx(0.04, abs=0.004)
        connected = server.connections
        server.cut()
        until = time.monotonic() + 8
        while server.connections == connected or source.notice:
            assert time.monotonic() < until, source.notice
            source.read(0.1)
        frame = source.read(2.0)
        assert frame is not None
        assert frame.time_s > times[-1]
        close_quickly(source)


def _open_as_soon_as_it_listens(url: str) -> StreamSource:
    until = time.monotonic() + 10
    while True:
        try:
            return StreamSource(url, patience=Patience(open_s=5.0))
        except SourceError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_stamps_make_even_steps_of_uneven_arrivals() -> None:
    clock = ArrivalClock(has_timestamps=True)
    delays = [0.05, 0.02, 0.09, 0.02, 0.06, 0.30, 0.02]
    given = [clock.time_s(i * 0.04, 100 + i * 0.04 + late) for i, late in enumerate(delays)]
    assert given[1:] == pytest.approx([100.02 + i * 0.04 for i in range(1, 7)])
    jumped = clock.time_s(0.0, 200.0)  # the sender started again
    assert jumped == 200.0
    assert clock.time_s(0.04, 200.04) == pytest.approx(200.04)
    assert ArrivalClock(has_timestamps=False).time_s(5.0, 77.0) == 77.0


def test_what_piled_up_while_opening_is_left_out() -> None:
    clock = ArrivalClock(has_timestamps=True)
    piled = [clock.is_current(i * 0.04, 10.0 + i * 0.001) for i in range(20)]
    assert not any(piled)
    assert clock.is_current(20 * 0.04, 10.05)
    assert clock.is_current(21 * 0.04, 10.051), "a burst later on is no pile"
    hasty = ArrivalClock(has_timestamps=True)  # a sender that never waits
    assert any(hasty.is_current(i * 0.04, 10.0 + i * 0.01) for i in range(300))
    bare = ArrivalClock(has_timestamps=True)
    assert [bare.is_current(None, 5.0 + i / 2) for i in range(6)] == [False] * 5 + [True]
    assert ArrivalClock(has_timestamps=False).is_current(1.0, 5.0)
