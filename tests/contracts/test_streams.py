"""Test the contract of every output stream in the registry."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from importlib import import_module

import pytest

from pipeline import registry
from pipeline.core.errors import ConfigError, UserError
from pipeline.stream.address import parse
from pipeline.stream.base import Stream
from pipeline.stream.open import open_stream
from tests.helpers.live.people import person, result, t_pose, walk
from tests.helpers.live.receivers import UdpReceiver, free_port

ROWS = [row for row in registry.entries("stream") if not row.missing()]


def url(name: str) -> str:
    """Return an address of this computer without a receiver."""
    return "lsl://contract test" if name == "lsl" else f"{name}://127.0.0.1:{free_port()}"


@pytest.fixture(params=[row.name for row in ROWS])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def stream(name: str) -> Iterator[Stream]:
    opened = open_stream(url(name))
    yield opened
    opened.close()


def settled(stream: Stream, count: int) -> bool:
    """Wait until the stream has counted all `count` frames as sent or dropped."""
    deadline = time.monotonic() + 10
    while stream.sent + stream.dropped < count and time.monotonic() < deadline:
        time.sleep(0.005)
    return stream.sent + stream.dropped == count


class TestStream:
    def test_is_what_the_registry_says(self, name, stream):
        row = registry.find("stream", name)
        assert isinstance(stream, Stream)
        assert type(stream) is row.load()
        assert parse(row.example).scheme == name
        assert stream.url.startswith(f"{name}://")

    def test_sending_to_nobody_neither_waits_nor_raises(self, stream):
        frames = [result(index, person(joints)) for index, joints in enumerate(walk()[:40])]
        for frame in frames:
            stream.send(frame)
        assert settled(stream, len(frames))

    def test_anybody_may_be_missing(self, stream):
        broken = t_pose()
        broken[13] = float("nan")
        frames = [result(0), result(1, person(broken)), result(2, person(t_pose(), 7)), result(3)]
        for frame in frames:
            stream.send(frame)
            time.sleep(0.02)
        assert settled(stream, len(frames))
        assert "could not be streamed" not in stream.notice

    def test_close_is_quick_twice_harmless_and_leaves_no_thread(self, name):
        before = set(threading.enumerate())
        stream = open_stream(url(name))
        stream.send(result(0, person(t_pose())))
        start = time.monotonic()
        stream.close()
        stream.close()
        assert time.monotonic() - start < 1.0
        assert not set(threading.enumerate()) - before
        stream.send(result(1, person(t_pose())))
        assert settled(stream, 2)

    def test_a_frame_that_cannot_be_sent_is_told_and_the_next_one_is_sent_again(self, stream):
        stream.send(result(0, person(t_pose()[:5])))  # a bug in another part
        assert settled(stream, 1)
        stream.send(result(1, person(t_pose())))
        assert settled(stream, 2)

    def test_can_be_opened_again_at_once(self, name):
        address = url(name)
        for _ in range(2):
            stream = open_stream(address)
            stream.send(result(0, person(t_pose())))
            assert settled(stream, 1)
            stream.close()

    @pytest.mark.parametrize(
        "wrong", ["?person=0", "?person=two", "?people=2", "?people=all&person=1", "?speed=9", "/path", ":99999", ":0"]
    )
    def test_a_wrong_address_says_so_with_a_hint(self, name, wrong):
        if name == "lsl" and wrong.startswith(":"):
            pytest.skip("a name may hold a colon")
        host = "name" if name == "lsl" else "127.0.0.1"
        with pytest.raises(ConfigError, match=name) as caught:
            open_stream(f"{name}://{host}{wrong}")
        assert caught.value.hint


@pytest.mark.parametrize("name", [name for name in (row.name for row in ROWS) if name != "lsl"])
class TestHosts:
    def test_an_unknown_host_is_told_with_a_hint(self, name):
        with pytest.raises(UserError, match=r"no computer called 'nowhere\.invalid'") as caught:
            open_stream(f"{name}://nowhere.invalid:9999")
        assert caught.value.hint

    def test_the_host_is_needed(self, name):
        with pytest.raises(ConfigError, match="host is missing"):
            open_stream(f"{name}://:9999")

    def test_the_usual_port_needs_no_naming(self, name):
        port = import_module(registry.find("stream", name).load().__module__).DEFAULT_PORT
        kind = socket.SOCK_STREAM if name == "ws" else socket.SOCK_DGRAM
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, name == "ws")  # a server that ended a moment ago
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                pytest.skip("another program uses it here")
        if name == "ws":  # it is the server
            stream = open_stream(f"{name}://127.0.0.1")
            socket.create_connection(("127.0.0.1", port)).close()
        else:
            with UdpReceiver(port) as receiver:
                stream = open_stream(f"{name}://127.0.0.1")
                stream.send(result(0, person(t_pose())))
                assert receiver.packet()
        stream.close()


def test_unknown_schemes_are_answered_with_the_known_ones():
    with pytest.raises(ConfigError) as caught:
        open_stream("ftp://127.0.0.1:21")
    assert all(f"{row.name}://" in caught.value.hint for row in registry.entries("stream"))


@pytest.mark.parametrize("text", ["", "127.0.0.1:39539", "vmc:127.0.0.1", "://x"])
def test_what_is_no_url_is_told(text):
    with pytest.raises(ConfigError) as caught:
        open_stream(text)
    assert "vmc://127.0.0.1:39539" in caught.value.hint


def test_a_missing_package_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="needs pylsl") as caught:
        open_stream("lsl://Hourglass")
    assert "pip install pylsl" in caught.value.hint
